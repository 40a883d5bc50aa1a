"""XLSForm as an Excel workbook: all is text in and out; what is not a plain small workbook is refused with a sentence before opening."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from forms.errors import FormError
from forms.xlsform_sheets import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Sheet, Sheets, build_sheet, build_sheets

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MAX_UNPACKED = 96 * 1024 * 1024
MAX_PARTS = 800
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?r=["']([A-Z]{1,3})(\d{1,8})["'][^>]*?(?<!/)>""")
_WIDTHS = {
    "type": 24,
    "name": 22,
    "label": 34,
    "hint": 34,
    "list_name": 18,
    "relevant": 30,
    "constraint": 36,
    "calculation": 36,
    "appearance": 16,
}
_DAMAGED = "这个 Excel 文件已损坏或没有存完整，请用 WPS 或 Excel 打开后另存为 .xlsx 再试。"


def read_xlsx(data: bytes) -> Sheets:
    """The sheets of a workbook. FormError where it is too large, damaged, locked, carries macros, or is not .xlsx."""
    _refuse_unsafe(data)
    try:
        tables = _read_tables(data)
    except FormError:
        raise
    except BaseException as error:  # calamine raises its own classes, and pyo3's PanicException is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
            raise
        raise FormError(_DAMAGED) from error
    return build_sheets(build_sheet(name, table) for name, table in tables)


def write_xlsx(sheets: Sheets) -> bytes:
    """A workbook with wide columns and a frozen header; every cell is text, so `01` stays `01`."""
    from openpyxl import Workbook

    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    for sheet in sheets.sheets:
        _write_sheet(book.create_sheet(sheet.name), sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _refuse_unsafe(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise FormError(f"文件超过 {MAX_BYTES // 1024 // 1024} 兆，不像是一张表单。")
    if data.startswith(_OLE):
        raise FormError(_why_ole(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_parts(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
        raise FormError(_DAMAGED) from error
    except zlib.error as error:
        raise FormError(_DAMAGED) from error


def _why_ole(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "这个工作簿设了打开密码，请先在 WPS 或 Excel 里取消密码再试。"
    return "这是旧的 .xls 格式，请用 WPS 或 Excel 另存为 .xlsx 再试。"


def _refuse_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise FormError("文件解压后过大，不像是一张表单，已停止读取。")
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names and not any(name.endswith("workbook.xml") for name in names):
        raise FormError("这不是 .xlsx 工作簿，请用 WPS 或 Excel 另存为 .xlsx 再试。")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FormError("工作簿里带有宏，为安全起见不予导入，请另存为不带宏的 .xlsx。")
    left = MAX_UNPACKED
    for part in parts:
        left -= _check_part(archive, part, left)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpack one part, never more than `left` bytes whatever its header claims; returns its size."""
    if not part.filename.lower().endswith((".xml", ".rels")):
        return 0
    with archive.open(part) as stream:
        content = stream.read(left + 1)
    if len(content) > left:
        raise FormError("文件解压后过大，不像是一张表单，已停止读取。")
    plain = content.replace(b"\0", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise FormError("文件里有不安全的内容，已停止读取。")
    if b"macroEnabled" in plain and part.filename == "[Content_Types].xml":
        raise FormError("工作簿里带有宏，为安全起见不予导入，请另存为不带宏的 .xlsx。")
    if "worksheets/" in part.filename:
        _refuse_far_cells(content)
    return len(content)


def _refuse_far_cells(content: bytes) -> None:
    """A lone cell far out would make the reader lay out every cell before it."""
    for letters, digits in _FILLED_CELL.findall(content):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        if int(digits) > MAX_ROWS or column > MAX_COLUMNS:
            place = f"{letters.decode()}{digits.decode()}"
            raise FormError(f"工作表里 {place} 处有内容，超出了 {MAX_ROWS} 行、{MAX_COLUMNS} 列，请删去远处的内容。")


def _read_tables(data: bytes) -> list[tuple[str, list[list[str]]]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        (name, [[_cell_text(value) for value in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)])
        for name in book.sheet_names
    ]


def _cell_text(value: Any) -> str:
    """A cell's value as the author reads it: whole numbers without point, dates ISO, TRUE and FALSE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    return str(value)


def _write_sheet(target: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for column, title in enumerate(sheet.header, 1):
        target.cell(1, column, title).font = bold
        target.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(title.split("::")[0].strip(), 18)
    for row in sheet.rows:
        for column, text in enumerate(row.cells, 1):
            if text:
                cell = target.cell(row.number, column, text)
                cell.data_type = "s"  # never a formula, a number or a date
                cell.number_format = "@"
                cell.alignment = wrapped
    target.freeze_panes = "A2"

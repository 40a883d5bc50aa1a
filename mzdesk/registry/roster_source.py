"""Reads a roster file into plain rows of cells; whatever the bytes are, it ends in rows or in one clear sentence, within bounded memory.

Workbooks are read by calamine (.xls, .xlsx, WPS .et), text files by roster_text. Formulas give their last value; macros are never run.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from mzdesk.errors import MzError
from mzdesk.registry import roster_text, roster_xml

Cell = str | int | float | bool | date | datetime | None
Span = tuple[int, int, int, int]  # merged cells: first row, first column, last row, last column

MAXIMUM_FILE = 40 * 2**20
MAXIMUM_ROWS = 200_000
MAXIMUM_COLUMNS = 300
MAXIMUM_CELLS = 6_000_000
MAXIMUM_SHEETS = 100

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FILE_PASS = re.compile(rb"\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)  # BIFF8: BOF, then FILEPASS
_MACROS = ("_VBA_PROJECT_CUR".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows from its first one, all of the same width; `merged` refers to them."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[Span, ...] = ()
    since_1904: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: `digest` is the SHA-256 of its bytes, `notices` tell in Chinese what was passed over."""

    name: str
    digest: str
    sheets: tuple[Sheet, ...]
    notices: tuple[str, ...] = field(default=())


def read_path(path: Path) -> Source:
    """Read a file; raises MzError: missing, unreadable, empty, damaged, password-protected, too big, not a table."""
    try:
        if path.stat().st_size > MAXIMUM_FILE:
            raise _too_big()
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise MzError("找不到这个文件", f"请核对文件是否已移动或改名：{path.name}") from error
    except IsADirectoryError as error:
        raise MzError("这是一个文件夹", "请选择其中的花名册文件。") from error
    except OSError as error:
        raise MzError("文件打不开", "请先在 Excel 或 WPS 里关闭它，确认 U 盘没有松动，再试一次。") from error
    return read_bytes(data, path.name)


def read_bytes(data: bytes, name: str) -> Source:
    """Read the bytes of a file; see read_path for the errors."""
    if len(data) > MAXIMUM_FILE:
        raise _too_big()
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise MzError("文件是空的", "里面没有任何内容，请换一个文件。")
    digest = hashlib.sha256(data).hexdigest()
    for signature, read in _READERS.items():
        if data.startswith(signature):
            sheets, notices = read(data)
            return Source(name, digest, _checked(sheets), notices)
    table = roster_text.read(data)
    return Source(name, digest, _checked((_text_sheet(table),)))


def read_pasted(text: str) -> Source:
    """Read rows that were pasted from a spreadsheet; raises MzError where there is nothing."""
    if not text.strip():
        raise MzError("剪贴板里没有内容", "请先在 Excel 或 WPS 里选中表格（连同表头）并复制，再回来粘贴。")
    if len(text) > MAXIMUM_FILE:
        raise _too_big()
    sheet = _text_sheet(roster_text.split_rows(text, "\t"))
    return Source("粘贴的内容", hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), _checked((sheet,)))


def _text_sheet(table: list[list[str]]) -> Sheet:
    width = min(max((len(row) for row in table), default=0), MAXIMUM_COLUMNS)
    return Sheet("", tuple(tuple(row[:width]) + ("",) * (width - len(row)) for row in table))


def _read_zip(data: bytes) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    package = roster_xml.open_package(data)
    notices = ("这个表里带有宏：只读取了数据，宏没有运行。",) if package.has_macros else ()
    package.check_extent(MAXIMUM_ROWS, MAXIMUM_CELLS)
    return tuple(_repaired(sheet, package) for sheet in _calamine(data, package.since_1904)), notices


def _repaired(sheet: Sheet, package: roster_xml.Package) -> Sheet:
    """Put back the digits of long numbers that are whole in the file but do not fit into a binary float."""
    if not any(isinstance(cell, float) and abs(cell) >= 1e15 for row in sheet.rows for cell in row):
        return sheet
    whole = package.long_numbers(sheet.name)
    rows = [list(row) for row in sheet.rows]
    for (row, column), digits in whole.items():
        if row < len(rows) and column < len(rows[row]) and isinstance(rows[row][column], (int, float)):
            rows[row][column] = digits
    return Sheet(sheet.name, tuple(tuple(row) for row in rows), sheet.merged, sheet.since_1904)


def _read_ole(data: bytes) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    if _ENCRYPTED in data or _FILE_PASS.search(data):
        raise _protected()
    notices = ("这个表里带有宏：只读取了数据，宏没有运行。",) if any(mark in data for mark in _MACROS) else ()
    return _calamine(data, since_1904=False), notices


def _calamine(data: bytes, since_1904: bool) -> tuple[Sheet, ...]:
    """Read the visible sheets; every way in which the library fails becomes one sentence."""
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            shown = [
                meta.name
                for meta in workbook.sheets_metadata
                if meta.visible == python_calamine.SheetVisibleEnum.Visible and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
            return tuple(_sheet(workbook.get_sheet_by_name(name), since_1904) for name in shown[:MAXIMUM_SHEETS])
    except python_calamine.PasswordError as error:
        raise _protected() from error
    except (KeyboardInterrupt, SystemExit, MemoryError, MzError):
        raise
    except BaseException as error:  # a panic of the Rust library is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise damaged() from error
        raise


def _sheet(sheet: object, since_1904: bool) -> Sheet:
    total_rows, total_columns = sheet.total_height, sheet.total_width  # type: ignore[attr-defined]
    if total_rows > MAXIMUM_ROWS or total_rows * total_columns > MAXIMUM_CELLS:
        raise _too_big()
    rows = sheet.to_python(skip_empty_area=False)  # type: ignore[attr-defined]
    merged = tuple((*first, *last) for first, last in (sheet.merged_cell_ranges or ()))  # type: ignore[attr-defined]
    width = min(max((len(row) for row in rows), default=0), MAXIMUM_COLUMNS)
    return Sheet(sheet.name, tuple(tuple(_cell(cell) for cell in row[:width]) for row in rows), merged, since_1904)  # type: ignore[attr-defined]


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return "" if value.startswith("#") and value.rstrip("!?").isupper() else value
    if isinstance(value, (time, timedelta)):
        return str(value)
    return value if isinstance(value, (int, float, bool, date, datetime)) else None


def _checked(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    filled = tuple(sheet for sheet in sheets if any(cell not in ("", None) for row in sheet.rows for cell in row))
    if not filled:
        raise MzError("表里没有内容", "打开的表格是空的，请核对是不是选错了文件或工作表。")
    if any(len(sheet.rows) > MAXIMUM_ROWS for sheet in filled):
        raise _too_big()
    return filled


def _read_foreign(data: bytes) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    raise MzError("这不是表格文件", "请选择 Excel 或 WPS 表格（.xlsx、.xls、.et），或者 CSV 文本。")


def damaged() -> MzError:
    """Return the sentence for a workbook that cannot be read."""
    return MzError("表格文件已损坏", "请在 Excel 或 WPS 里打开它，另存为 .xlsx，再导入另存的文件。")


def _protected() -> MzError:
    return MzError("表格有密码保护", "请在 Excel 或 WPS 里输入密码打开，去掉密码后另存，再导入。")


def _too_big() -> MzError:
    return MzError("表格太大", "超过了 40 MB、20 万行或 300 列的限度。请删去多余的空行空列，或按村拆成几个文件。")


_READERS: Mapping[bytes, Callable[[bytes], tuple[tuple[Sheet, ...], tuple[str, ...]]]] = {
    _ZIP: _read_zip,
    _OLE: _read_ole,
    b"%PDF": _read_foreign,
    b"\x89PNG": _read_foreign,
    b"\xff\xd8\xff": _read_foreign,
    b"Rar!": _read_foreign,
    b"7z\xbc\xaf": _read_foreign,
    b"MZ\x90": _read_foreign,
}

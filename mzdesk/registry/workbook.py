"""Writes .xlsx for offices: every cell is text, so that no identity number loses its digits and nothing is ever run as a formula."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mzdesk.errors import MzError

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SHEET_NAME = re.compile(r"[\\/*?:\[\]]")
_MEANT_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
WIDEST = 48  # characters of a column


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, a title line ("" for none), headings, and rows of text."""

    name: str
    title: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    note: str = ""


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write sheets to `path` through a temporary file; raises MzError where the place cannot be written."""
    from openpyxl import Workbook

    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    for sheet in sheets:
        _fill(book.create_sheet(_SHEET_NAME.sub(" ", sheet.name)[:31] or "表"), sheet)
    waiting = path.with_name(path.name + ".part")
    try:
        book.save(waiting)
        waiting.replace(path)
    except OSError as error:
        waiting.unlink(missing_ok=True)
        raise MzError("文件写不进去", "请先关闭同名的表格，确认磁盘有空间、文件夹可以写入，再试一次。") from error


def _fill(target: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side

    thin = Side(style="thin", color="999999")
    framed = Border(left=thin, right=thin, top=thin, bottom=thin)
    line = 1
    if sheet.title:
        cell = _put(target, 1, 1, sheet.title)
        cell.font = Font(size=16, bold=True)
        cell.alignment = Alignment(horizontal="center")
        target.merge_cells(start_row=1, end_row=1, start_column=1, end_column=max(len(sheet.headings), 1))
        line = 2
    for column, heading in enumerate(sheet.headings, start=1):
        cell = _put(target, line, column, heading)
        cell.font, cell.border = Font(bold=True), framed
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for offset, row in enumerate(sheet.rows, start=1):
        for column, text in enumerate(row, start=1):
            _put(target, line + offset, column, text).border = framed
    if sheet.note:
        _put(target, line + len(sheet.rows) + 1, 1, sheet.note)
    target.freeze_panes = f"A{line + 1}"
    target.print_title_rows = f"{line}:{line}"
    target.page_setup.orientation, target.page_setup.paperSize = "landscape", 9
    _set_widths(target, sheet)


def _put(target: Worksheet, line: int, column: int, text: str) -> Cell:
    """Write one text cell; what a spreadsheet could take for a formula gets the quote mark that makes it text for good."""
    cell = cast("Cell", target.cell(line, column))
    clean = _FORBIDDEN.sub("", text)[:32_767]
    cell.value = clean
    cell.data_type = "s"
    cell.number_format = "@"
    if clean.startswith(_MEANT_AS_FORMULA):
        cell.quotePrefix = True
    return cell


def _set_widths(target: Worksheet, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    for column, heading in enumerate(sheet.headings):
        texts = [heading, *(row[column] for row in sheet.rows[:200] if column < len(row))]
        width = min(WIDEST, max(_width(text) for text in texts) + 2)
        target.column_dimensions[get_column_letter(column + 1)].width = width


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)

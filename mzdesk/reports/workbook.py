"""A register as an .xlsx workbook: typed cells that Excel and WPS can count with, and no cell that can ever run as a formula."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mzdesk.reports.register import SUPPRESSED, Column, Figure, Register
from mzdesk.reports.register_table import TOTAL_WORD

FORMATS = {"money": "#,##0.00", "percent": "0.0%", "date": "yyyy-mm-dd", "count": "0", "serial": "0"}
THIN = Side(style="thin", color="FF808080")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD_FILL = PatternFill("solid", fgColor="FFEDEDED")
MOST_TEXT = 32_767  # characters in a cell (ECMA-376)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot carry
_RUNNABLE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_workbook(register: Register) -> bytes:
    """The register as .xlsx. Raises MzError where an identity does not hold."""
    register.require_sound()
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _sheet_name(register.title)
    first = _write_heads(sheet, register)
    _write_rows(sheet, register, first)
    _set_up_print(sheet, register, first)
    book.properties.creator = _ILLEGAL.sub("", register.context.station)
    book.properties.title = _ILLEGAL.sub("", register.title)
    if register.context.printed_at is not None:
        book.properties.created = book.properties.modified = register.context.printed_at.replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", _ILLEGAL.sub("", title))[:31].strip() or "报表"


def put_text(cell: Any, text: str) -> None:
    """Write a text as a text: never a formula, whatever it begins with, also after the file is saved as CSV."""
    clean = _ILLEGAL.sub("", text)[:MOST_TEXT]
    cell.value = clean
    cell.data_type = "s"
    if clean.startswith(_RUNNABLE):
        cell.quotePrefix = True


def _write_heads(sheet: Worksheet, register: Register) -> int:
    """Title, period and heads; returns the first row of figures."""
    columns = register.report.columns
    width = len(columns)
    put_text(sheet.cell(1, 1), register.title)
    sheet.cell(1, 1).font = Font(bold=True, size=16)
    sheet.cell(1, 1).alignment = Alignment(horizontal="center")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    words = [f"填报单位：{register.context.station}", register.context.period, register.report.unit]
    put_text(sheet.cell(2, 1), "　　".join(word for word in words if word))
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=width)
    two = any(column.group for column in columns)
    for index, column in enumerate(columns, 1):
        _head(sheet, 3, index, column.group or column.label)
        if two:
            _head(sheet, 4, index, column.label if column.group else "")
    if two:
        _merge_heads(sheet, columns)
    return 5 if two else 4


def _head(sheet: Worksheet, row: int, column: int, label: str) -> None:
    cell = sheet.cell(row, column)
    put_text(cell, label.replace("\n", ""))
    cell.font, cell.fill, cell.border = Font(bold=True), HEAD_FILL, GRID
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _merge_heads(sheet: Worksheet, columns: tuple[Column, ...]) -> None:
    index = 0
    while index < len(columns):
        span = 1
        if columns[index].group:
            while index + span < len(columns) and columns[index + span].group == columns[index].group:
                span += 1
            sheet.merge_cells(start_row=3, start_column=index + 1, end_row=3, end_column=index + span)
        else:
            sheet.merge_cells(start_row=3, start_column=index + 1, end_row=4, end_column=index + 1)
        index += span


def _write_rows(sheet: Worksheet, register: Register, first: int) -> None:
    columns = register.report.columns
    for row, figures in enumerate(register.rows, first):
        for index, (column, figure) in enumerate(zip(columns, figures, strict=True), 1):
            _put_figure(sheet.cell(row, index), column, figure)
    if register.has_totals:
        last = first + len(register.rows)
        for index, (column, figure) in enumerate(zip(columns, register.totals, strict=True), 1):
            cell = sheet.cell(last, index)
            if column.total or column.parts:
                _put_figure(cell, column, figure)
            cell.font, cell.border = Font(bold=True), GRID
        put_text(sheet.cell(last, 1), TOTAL_WORD)


def _put_figure(cell: Any, column: Column, figure: Figure) -> None:
    cell.border = GRID
    cell.alignment = Alignment(horizontal=column.aligned, vertical="center", wrap_text=column.kind == "text")
    value = figure.value
    if value is None or figure.text == SUPPRESSED:
        put_text(cell, figure.text)
    elif column.kind == "money":
        cell.value = value / 100
    elif column.kind in ("count", "percent", "number", "serial") or isinstance(value, date):
        cell.value = value
    else:
        put_text(cell, figure.text)
        return
    cell.number_format = FORMATS.get(column.kind, "General")


def _set_up_print(sheet: Worksheet, register: Register, first: int) -> None:
    for index, column in enumerate(register.report.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(6.0, column.width * 0.9)
    sheet.freeze_panes = f"A{first}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4 (ECMA-376 §18.3.1.63)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_title_rows = f"1:{first - 1}"
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "第 &P 页 共 &N 页"

"""A form as its author sees it: sheets of text with Excel's row numbers, the same from Markdown and from a workbook, within limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from forms.errors import FormError

MAX_BYTES = 8 * 1024 * 1024
MAX_SHEETS = 40
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 32_767  # characters, Excel's own limit

# Characters that XML 1.0 cannot carry (https://www.w3.org/TR/xml/#charsets), except the line ends that are normalised below.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile("[\u00a0\t]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` counts as Excel does (the header is 1), `cells` stand under the header one by one, "" is blank."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, its column names, the rows that have anything in them."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def records(self) -> Iterable[tuple[int, dict[str, str]]]:
        """Every row as its number and {column: text}, blanks left out."""
        for row in self.rows:
            yield row.number, {column: cell for column, cell in zip(self.header, row.cells, strict=True) if cell}


@dataclass(frozen=True, slots=True)
class Sheets:
    """A whole XLSForm, sheets in the author's order."""

    sheets: tuple[Sheet, ...]

    def find(self, name: str) -> Sheet | None:
        """The sheet of this name, whatever the case; None where there is none."""
        return next((sheet for sheet in self.sheets if sheet.name.lower() == name), None)


def clean_cell(text: str, place: str) -> str:
    """The text of a cell, trimmed, line ends as \\n. FormError where XML cannot carry it or it is too long."""
    text = _SPACES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")).strip()
    if len(text) > MAX_CELL:
        raise FormError(f"{place}的文字超过 {MAX_CELL} 个字，请缩短。")
    if _FORBIDDEN.search(text):
        raise FormError(f"{place}里有看不见的控制字符，请删去后重新输入。")
    return text


def build_sheet(name: str, table: list[list[str]]) -> Sheet:
    """A sheet from its raw cells, the first row being the header; nameless columns and empty rows are left out, row numbers stay."""
    if len(table) > MAX_ROWS:
        raise FormError(f"工作表「{name}」超过 {MAX_ROWS} 行，请拆分或删去空行。")
    cleaned = [
        [clean_cell(cell, f"工作表「{name}」第 {number} 行第 {column} 列") for column, cell in enumerate(row, 1)]
        for number, row in enumerate(table, 1)
    ]
    header = cleaned[0] if cleaned else []
    columns = [index for index, column in enumerate(header) if column]
    if len(columns) > MAX_COLUMNS or any(len(row) > MAX_COLUMNS and any(row[MAX_COLUMNS:]) for row in cleaned):
        raise FormError(f"工作表「{name}」超过 {MAX_COLUMNS} 列，请删去多余的列。")
    rows = tuple(
        Row(number, cells)
        for number, row in enumerate(cleaned[1:], 2)
        if any(cells := tuple(row[index] if index < len(row) else "" for index in columns))
    )
    return Sheet(name, tuple(header[index] for index in columns), rows)


def build_sheets(sheets: Iterable[Sheet]) -> Sheets:
    """All the sheets together; FormError where there are too many, two of one name, or a column name twice."""
    found = tuple(sheets)
    if len(found) > MAX_SHEETS:
        raise FormError(f"工作表超过 {MAX_SHEETS} 张，请删去与表单无关的工作表。")
    names = [sheet.name.lower() for sheet in found]
    for name in names:
        if names.count(name) > 1:
            raise FormError(f"有两张名为「{name}」的工作表，请只留一张。")
    for sheet in found:
        twice = next((column for column in sheet.header if sheet.header.count(column) > 1), "")
        if twice:
            raise FormError(f"工作表「{sheet.name}」里列名「{twice}」出现了两次，请删去一个。")
    return Sheets(found)

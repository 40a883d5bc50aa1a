"""XLSForm as Markdown tables: what is written reads back cell for cell, so a form can live in a version history and lose nothing.

The dialect is pyxform's: a table per sheet whose first column carries the sheet's name once. Text outside tables is comment.
A bar in a cell is written `\\|`, a line end `<br>`.
"""

from __future__ import annotations

import re

from forms.errors import FormError
from forms.xlsform_sheets import MAX_BYTES, Sheet, Sheets, build_sheet, build_sheets

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r":?-{3,}:?")
_BREAK = re.compile(r"(\\*)<br>")


def read_markdown(source: str | bytes) -> Sheets:
    """The sheets of a Markdown XLSForm. FormError where it is too large, not UTF-8, or has no table."""
    if len(source) > MAX_BYTES:
        raise FormError(f"表单文件超过 {MAX_BYTES // 1024 // 1024} 兆，不像是一张表单。")
    text = _decode(source) if isinstance(source, bytes) else source
    tables: list[tuple[str, list[list[str]]]] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        cells = _split_row(line)
        if cells is None:
            continue
        name, rest = cells[0], cells[1:]
        if name:
            tables.append((name, [rest] if any(rest) else []))
        elif tables and (rest or tables[-1][1]):
            tables[-1][1].append(rest)
    if not tables:
        raise FormError("没有找到表格：Markdown 表单里每张工作表写成一个表格，第一列写工作表的名字。")
    return build_sheets(build_sheet(name, table) for name, table in tables)


def write_markdown(sheets: Sheets) -> str:
    """Markdown that `read_markdown` turns into equal sheets; empty rows are kept so that row numbers stay."""
    return "\n".join(_write_sheet(sheet) for sheet in sheets.sheets)


def _decode(source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormError("表单文件不是 UTF-8 编码，请用 UTF-8 另存后再试。") from error


def _split_row(line: str) -> list[str] | None:
    line = line.strip()
    if not line.startswith("|"):
        return None
    parts = _BAR.split(line)[1:]
    if parts and (not parts[-1].strip() or parts[-1].lstrip().startswith("#")):
        parts = parts[:-1]  # what follows the last bar: nothing, or a comment
    cells = [_read_cell(part) for part in parts]
    return None if not cells or all(_RULE.fullmatch(cell) for cell in cells) else cells


def _read_cell(text: str) -> str:
    return _BREAK.sub(lambda found: found[1][1:] + "<br>" if found[1] else "\n", text.strip().replace(r"\|", "|"))


def _write_cell(text: str) -> str:
    return _BREAK.sub(lambda found: "\\" + found[0], text).replace("\n", "<br>").replace("|", r"\|")


def _write_row(cells: tuple[str, ...]) -> str:
    return "".join(f"| {_write_cell(cell)} " if cell else "| " for cell in ("", *cells)) + "|"


def _write_sheet(sheet: Sheet) -> str:
    lines = [f"| {_write_cell(sheet.name)} |", _write_row(sheet.header)]
    number = 1
    for row in sheet.rows:
        lines += [_write_row(("",) * len(sheet.header))] * (row.number - number - 1)
        lines.append(_write_row(row.cells))
        number = row.number
    return "\n".join(lines) + "\n"

"""A register as a table on paper: two-level heads, zebra-free rules, a bold total; wide texts wrap, numbers never split."""

from __future__ import annotations

from collections.abc import Sequence

from mzdesk.reports.register import Column, Figure, Register
from mzdesk.reports.table import Cell, Row, Table
from mzdesk.reports.text import TextBlock, TextStyle, Typesetter, word_width

HEAD_GREY = 0.93
PAD_X, PAD_Y = 2.5, 3.0
HEAD = TextStyle("hei", 9.5, 12.5, "center")
TOTAL = TextStyle("hei_bold", 9.5, 12.5, "center")
BODY = {
    "left": TextStyle("song", 9.5, 12.5),
    "center": TextStyle("song", 9.5, 12.5, "center"),
    "right": TextStyle("song", 9.5, 12.5, "right"),
}
SMALL = {align: TextStyle("song", 8, 12.5, style.align) for align, style in BODY.items()}
TOTAL_WORD = "合　计"


class RegisterTable:
    """Builds the rows of one register for a page `width` points wide."""

    def __init__(self, register: Register, typesetter: Typesetter, width: float) -> None:
        self._register = register
        self._columns = register.report.columns
        self._set = typesetter
        shares = [column.width for column in self._columns]
        self._widths = [width * share / sum(shares) for share in shares]
        self._edges = [sum(self._widths[:index]) for index in range(len(shares))]
        self._width = width

    def table(self) -> Table:
        """The whole table, its heads repeated on every page."""
        heads = self._heads()
        rows = [self._row(figures) for figures in self._register.rows]
        if self._register.has_totals:
            rows.append(self._total_row())
        return Table(self._width, (*heads, *rows), head=len(heads), outer=1.1, inner=0.5)

    def _cell(self, index: int, block: TextBlock | None, span: int = 1, rows: int = 1, grey: float | None = None) -> Cell:
        width = sum(self._widths[index : index + span])
        blocks = (block,) if block is not None else ()
        return Cell(self._edges[index], width, blocks, rows=rows, static=grey is not None, grey=grey, pad_x=PAD_X, pad_y=PAD_Y)

    # ---- heads -----------------------------------------------------------------------------------------------------------------

    def _heads(self) -> list[Row]:
        two = any(column.group for column in self._columns)
        upper: list[Cell] = []
        lower: list[Cell] = []
        index = 0
        while index < len(self._columns):
            column = self._columns[index]
            if not column.group:
                upper.append(self._head(index, column.label, 1, 2 if two else 1))
                index += 1
                continue
            span = self._group_span(index)
            upper.append(self._head(index, column.group, span, 1))
            lower += [self._head(inner, self._columns[inner].label, 1, 1) for inner in range(index, index + span)]
            index += span
        rows = [Row(tuple(upper), with_next=True, whole=True)]
        if two:
            rows.append(Row(tuple(lower), with_next=True, whole=True))
        return rows

    def _group_span(self, index: int) -> int:
        group, span = self._columns[index].group, 1
        while index + span < len(self._columns) and self._columns[index + span].group == group:
            span += 1
        return span

    def _head(self, index: int, label: str, span: int, rows: int) -> Cell:
        width = sum(self._widths[index : index + span]) - 2 * PAD_X
        return self._cell(index, self._set.set_balanced(label, HEAD, width), span, rows, HEAD_GREY)

    # ---- rows ------------------------------------------------------------------------------------------------------------------

    def _row(self, figures: Sequence[Figure]) -> Row:
        cells = [self._cell(index, self._block(self._columns[index], figure.text, index)) for index, figure in enumerate(figures)]
        return Row(tuple(cells), least=19.0)

    def _block(self, column: Column, text: str, index: int) -> TextBlock | None:
        if not text:
            return None
        inner = self._widths[index] - 2 * PAD_X
        style = BODY[column.aligned]
        if len(text) * style.size > inner and word_width(text) * style.size > inner:
            style = SMALL[column.aligned]
        return self._set.set_text(text, style, inner)

    def _total_row(self) -> Row:
        first = next(index for index, column in enumerate(self._columns) if column.total or column.parts)
        cells = [self._cell(0, self._bold(TOTAL_WORD, sum(self._widths[:first])), span=first)] if first else []
        for index in range(first, len(self._columns)):
            text = self._register.totals[index].text
            column = self._columns[index]
            cells.append(self._cell(index, self._bold(text, self._widths[index]) if column.total or column.parts else None))
        return Row(tuple(cells), least=20.0, whole=True)

    def _bold(self, text: str, width: float) -> TextBlock:
        return self._set.set_text(text, TOTAL, width - 2 * PAD_X)

"""Building blocks of papers that are no form: rows of label and value, and small lists under a heading, on the table primitives."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mzdesk.reports.table import Cell, Row
from mzdesk.reports.text import TextStyle, Typesetter

GREY = 0.93
LABEL = TextStyle("hei", 9.5, 13, "center")
SECTION = TextStyle("hei_bold", 10.5, 15)
VALUE = TextStyle("song", 10.5, 14)
LIST = TextStyle("song", 9.5, 13)
SMALL = TextStyle("song", 8.5, 12)


class OfficeTable:
    """Sets rows for a table of `width` points."""

    def __init__(self, typesetter: Typesetter, width: float) -> None:
        self._set = typesetter
        self.width = width

    def section(self, title: str) -> Row:
        """Return a heading across the table; it stays with what follows."""
        block = self._set.set_text(title, SECTION, self.width - 8)
        return Row((Cell(0, self.width, (block,), static=True, grey=GREY, pad_x=4, pad_y=2.5),), with_next=True, whole=True)

    def pairs(self, told: Sequence[tuple[str, str, float, float]]) -> Row:
        """Return a row of (label, value, width of label, width of value), widths as shares that sum to 1."""
        cells, x = [], 0.0
        for name, value, label_share, value_share in told:
            wide, rest = label_share * self.width, value_share * self.width
            cells.append(Cell(x, wide, (self._set.set_balanced(name, LABEL, wide - 6),), static=True, label=True, grey=GREY))
            x += wide
            cells.append(Cell(x, rest, (self._set.set_text(value, VALUE, rest - 6),) if value else ()))
            x += rest
        return Row(tuple(cells), least=21.0)

    def heads(self, names: Sequence[str], shares: Sequence[float]) -> Row:
        """Return the headings of a list."""
        return Row(
            tuple(
                Cell(x, wide, (self._set.set_balanced(name, LABEL, wide - 6),), static=True, grey=GREY)
                for name, (x, wide) in zip(names, self._places(shares), strict=True)
            ),
            with_next=True,
            whole=True,
        )

    def line(self, texts: Sequence[str], shares: Sequence[float], *, least: float = 19.0, style: TextStyle = LIST) -> Row:
        """Return one line of a list; blanks stay open to be written on."""
        return Row(
            tuple(
                Cell(x, wide, (self._set.set_text(text, style, wide - 6),) if text else ())
                for text, (x, wide) in zip(texts, self._places(shares), strict=True)
            ),
            least=least,
        )

    def _places(self, shares: Sequence[float]) -> list[tuple[float, float]]:
        edges = [self.width * sum(shares[:count]) / sum(shares) for count in range(len(shares) + 1)]
        return [(left, right - left) for left, right in pairwise(edges)]

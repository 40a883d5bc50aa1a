"""One model for all lists: rows of any frozen dataclass under a tuple of columns; more rows are fetched as the person scrolls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont

from ui.theme import desk_font, look

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

# data() is called for every cell of every paint: comparing plain integers is several times faster than enum members.
DISPLAY = int(Qt.ItemDataRole.DisplayRole)
FOREGROUND = int(Qt.ItemDataRole.ForegroundRole)
FONT = int(Qt.ItemDataRole.FontRole)
TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
TONE = int(Qt.ItemDataRole.UserRole) + 1
_HEADER_ALIGNMENT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_NUMBER_ALIGNMENT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its title, what it shows of a row, its width in em (0 takes the rest of the width).

    `tone` names the colour of the text, or of the chip where `chip` is set; `number` aligns to the right. Where the window is too
    narrow, columns with the highest `optional` go first; those with 0 stay.
    """

    title: str
    text: Callable[[Row], str]
    width: float = 8.0
    tone: Callable[[Row], str] | None = None
    chip: bool = False
    bold: bool = False
    number: bool = False
    tip: Callable[[Row], str] | None = None
    optional: int = 0


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Rows and columns, and nothing else.

    Signals: wanted(last_row): more rows are needed after `last_row`, to be handed to `append`.
    """

    wanted = Signal(object)

    def __init__(self, columns: tuple[Column[Row], ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns
        self._rows: list[Row] = []
        self._complete = True
        self._waiting = False
        self._bold = desk_font(look().px)
        self._bold.setWeight(QFont.Weight.DemiBold)

    def show_rows(self, rows: Sequence[Row], *, complete: bool = True) -> None:
        """Replace all rows; `complete` False lets the table ask for more."""
        self.beginResetModel()
        self._rows = list(rows)
        self._complete, self._waiting = complete, False
        self.endResetModel()

    def append(self, rows: Sequence[Row], *, complete: bool) -> None:
        """Add the next rows."""
        self._complete, self._waiting = complete, False
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    def row_at(self, number: int) -> Row | None:
        """Return a row by its place, None where there is none."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def rows(self) -> tuple[Row, ...]:
        """Return the rows loaded so far."""
        return tuple(self._rows)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        column = self.columns[index.column()]
        row = self._rows[index.row()]
        if role in (DISPLAY, ACCESSIBLE):
            return column.text(row)
        if role == TONE:
            return column.tone(row) if column.tone else ""
        if role == FOREGROUND:
            tone = column.tone(row) if column.tone and not column.chip else ""
            return QColor(getattr(look().tokens, tone)) if tone else None
        if role == FONT:
            return self._bold if column.bold else None
        if role == ALIGNMENT:
            return _NUMBER_ALIGNMENT if column.number else None
        if role == TOOL_TIP:
            return column.tip(row) if column.tip else column.text(row)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == DISPLAY:
            return self.columns[section].title
        return _HEADER_ALIGNMENT if role == ALIGNMENT else None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._complete and not self._waiting

    def fetchMore(self, parent: Index) -> None:
        self._waiting = True
        self.wanted.emit(self._rows[-1] if self._rows else None)

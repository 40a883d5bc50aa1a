"""The table of all lists: whole rows, opened by Enter or a double click, words on a coloured ground painted as chips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from ui.table_model import TONE, Column, Row, RowsModel
from ui.theme import desk_font, look


class ChipDelegate(QStyledItemDelegate):
    """Paints a cell's text as a chip in the tone of the cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        self.initStyleOption(option, index)
        text = option.text
        option.text = ""
        widget: QWidget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        if text:
            paint_chip(painter, QRectF(option.rect), text, index.data(TONE))


def paint_chip(painter: QPainter, cell: QRectF, text: str, tone: str) -> None:
    """Paint a chip at the left of `cell`."""
    tokens = look().tokens
    font = desk_font(look().em(0.9))
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetrics(font)
    width, height = metrics.horizontalAdvance(text) + look().em(1.3), metrics.height() + 4
    place = QRectF(cell.x() + look().em(0.6), cell.center().y() - height / 2, min(width, cell.width() - look().em(0.6)), height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(getattr(tokens, f"{tone or 'grey'}_soft")))
    painter.drawRoundedRect(place, height / 2, height / 2)
    painter.setPen(QColor(getattr(tokens, tone or "muted")))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


LEAST_FLEXIBLE = 9.0  # em


def hidden_columns(columns: Sequence[Column[Row]], ems: float) -> frozenset[int]:
    """Return which columns to leave out so that the others fit into `ems`."""
    needed = sum(column.width or LEAST_FLEXIBLE for column in columns)
    hidden: set[int] = set()
    for number, column in sorted(enumerate(columns), key=lambda item: -item[1].optional):
        if needed <= ems or not column.optional:
            break
        hidden.add(number)
        needed -= column.width or LEAST_FLEXIBLE
    return frozenset(hidden)


class RowsTable(QTableView, Generic[Row]):
    """A list of rows.

    Signals: row_opened(row): Enter or double click; row_selected(row or None).
    """

    row_opened = Signal(object)
    row_selected = Signal(object)

    def __init__(self, columns: tuple[Column[Row], ...], name: str) -> None:
        super().__init__()
        self.setObjectName("rows")
        self.setAccessibleName(name)
        self.rows: RowsModel[Row] = RowsModel(columns, self)
        self.setModel(self.rows)
        self._chips = ChipDelegate(self)
        for number, column in enumerate(columns):
            if column.chip:
                self.setItemDelegateForColumn(number, self._chips)
        self._set_behaviour()
        self._set_header()
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self.selectionModel().currentRowChanged.connect(lambda index, _before: self.row_selected.emit(self.rows.row_at(index.row())))

    def _set_behaviour(self) -> None:
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(False)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(look().em(2.8))
        self.setMinimumHeight(look().em(12))

    def _set_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(look().em(3))
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def selected(self) -> Row | None:
        """Return the row that the cursor is on."""
        return self.rows.row_at(self.currentIndex().row())

    def select(self, number: int) -> None:
        """Put the cursor on a row."""
        self.setCurrentIndex(self.rows.index(number, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Give each column its width; what is left over goes to the columns of width 0, or to all in proportion."""
        columns = self.rows.columns
        hidden = hidden_columns(columns, self.viewport().width() / look().px)
        for number in range(len(columns)):
            self.setColumnHidden(number, number in hidden)
        fixed = [0 if number in hidden else look().em(column.width) for number, column in enumerate(columns)]
        flexible = [number for number, column in enumerate(columns) if not column.width and number not in hidden]
        spare = self.viewport().width() - sum(fixed)
        if flexible:
            share = max(spare // len(flexible), look().em(LEAST_FLEXIBLE))
            for number in flexible:
                fixed[number] = share
        elif spare > 0:
            whole = sum(fixed)
            fixed = [width + spare * width // whole for width in fixed]
        for number, width in enumerate(fixed):
            self.setColumnWidth(number, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _open(self, number: int) -> None:
        row: Any = self.rows.row_at(number)
        if row is not None:
            self.row_opened.emit(row)

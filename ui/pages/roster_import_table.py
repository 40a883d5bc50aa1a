"""The table of a roster that is looked through: two lines a cell, the lower one says what is wrong; cells are mended where they stand."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mzdesk.registry.roster_preview import Examined
from ui.pages.roster_import_sheet import CellWords, SheetView
from ui.table import paint_chip
from ui.theme import desk_font, look

Index = QModelIndex | QPersistentModelIndex
FIXED = ("行", "结论")
LAST = "情况"
WORDS = int(Qt.ItemDataRole.UserRole) + 2
_WIDE = {"id_no": 13.0, "address": 14.0, "hukou_address": 14.0, "name": 8.0, "sex": 5.0, "phone": 9.5}
_ORDINARY, _TELLING, _SUMMARY = 9.5, 15.0, 28.0


class RosterModel(QAbstractTableModel):
    """The rows of one filter. Signal: edited(row number, field, text)."""

    edited = Signal(int, str, str)

    def __init__(self) -> None:
        super().__init__()
        self.view: SheetView | None = None
        self._rows: list[Examined] = []

    def show_view(self, view: SheetView, chosen: str) -> None:
        """Show the rows of a preview that belong to a filter."""
        self.beginResetModel()
        self.view = view
        self._rows = [row for row in view.preview.rows if view.shows(row, chosen)]
        self.endResetModel()

    def row_at(self, number: int) -> Examined | None:
        """Return a row by its place, None where there is none."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def place_of(self, row: int) -> int:
        """Return the place of a row by its number, -1 where the filter hides it."""
        return next((place for place, found in enumerate(self._rows) if found.row == row), -1)

    def field_at(self, column: int) -> str:
        """Return the field of a column, "" for the fixed ones."""
        place = column - len(FIXED)
        return self.view.fields[place] if self.view is not None and 0 <= place < len(self.view.fields) else ""

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        shown = self.view.fields if self.view is not None else ()
        return 0 if self.view is None or (parent is not None and parent.isValid()) else len(FIXED) + len(shown) + 1

    def words(self, index: Index) -> CellWords:
        """Return what a cell shows."""
        row, view = self._rows[index.row()], self.view
        assert view is not None
        if name := self.field_at(index.column()):
            return view.words(row, name)
        if index.column() == 0:
            return CellWords(str(row.line))
        if index.column() == 1:
            word, tone = view.state(row)
            return CellWords(word, "", tone)
        return CellWords(row.problem)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        role = int(role)
        if role == int(Qt.ItemDataRole.DisplayRole):
            return self.words(index).text
        if role == int(Qt.ItemDataRole.EditRole):
            assert self.view is not None
            return self.view.written(self._rows[index.row()], self.field_at(index.column()))
        if role == WORDS:
            return self.words(index)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            words = self.words(index)
            return "\n".join(part for part in (words.text, words.beneath) if part)
        if role == int(Qt.ItemDataRole.AccessibleTextRole):
            words = self.words(index)
            return f"{words.text}　{words.beneath}".strip()
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or self.view is None:
            return None
        if int(role) == int(Qt.ItemDataRole.DisplayRole):
            return (*FIXED, *self.view.headings, LAST)[section]
        if int(role) == int(Qt.ItemDataRole.TextAlignmentRole):
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsEditable if self.field_at(index.column()) else plain

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row, name = self._rows[index.row()], self.field_at(index.column())
        text = str(value).strip()
        if self.view is None or not name or text == self.view.written(row, name):
            return False
        self.edited.emit(row.row, name, text)
        return True


class CellDelegate(QStyledItemDelegate):
    """Paints the two lines of a cell on the ground of its tone; the verdict is a chip."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        words: CellWords = index.data(WORDS)
        if index.column() == 1:
            self._paint_ground(painter, option, index, "")
            paint_chip(painter, QRectF(option.rect), words.text, words.tone)
            return
        self._paint_ground(painter, option, index, words.tone if words.beneath else "")
        inside = QRectF(option.rect).adjusted(look().em(0.6), look().em(0.25), -look().em(0.4), -look().em(0.25))
        painter.save()
        if not words.beneath:
            self._paint_line(painter, inside, words.text, look().tokens.text, 1.0, Qt.AlignmentFlag.AlignVCenter)
        else:
            bold = bool(words.text)
            self._paint_line(painter, inside, words.text, look().tokens.text, 1.0, Qt.AlignmentFlag.AlignTop, bold=bold)
            self._paint_line(painter, inside, words.beneath, getattr(look().tokens, words.tone), 0.86, Qt.AlignmentFlag.AlignBottom)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tone: str) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        widget: QWidget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        if tone in ("red", "amber") and not option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect.adjusted(1, 1, -1, -2), QColor(getattr(look().tokens, f"{tone}_soft")))

    @staticmethod
    def _paint_line(
        painter: QPainter, place: QRectF, text: str, colour: str, size: float, where: Qt.AlignmentFlag, *, bold: bool = False
    ) -> None:
        font = desk_font(look().em(size))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | where, shown)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        line = QLineEdit(parent)
        line.setMaxLength(500)
        line.setFrame(False)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(index.data(Qt.ItemDataRole.EditRole))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        model.setData(index, editor.text())


class RosterTable(QTableView):
    """Signals: moved(row or None, field); pressed_space(): the verdict of the row is to be turned."""

    moved = Signal(object, str)
    pressed_space = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rows")
        self.setAccessibleName("花名册各行")
        self.rows = RosterModel()
        self.setModel(self.rows)
        self._delegate = CellDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(True)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(look().em(3.2))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setHighlightSections(False)
        self.selectionModel().currentChanged.connect(self._tell)

    def show_view(self, view: SheetView, chosen: str) -> None:
        """Show other rows; the cursor stays on its row where it is still there."""
        before = self.rows.row_at(self.currentIndex().row())
        column = max(self.currentIndex().column(), 0)
        same = self.rows.view is not None and self.rows.view.fields == view.fields
        self.rows.show_view(view, chosen)
        if not same:
            self._size_columns()
        place = self.rows.place_of(before.row) if before is not None else -1
        if self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(max(place, 0), min(column, self.rows.columnCount() - 1)))
        else:
            self.moved.emit(None, "")

    def _size_columns(self) -> None:
        """Give each column its width; one in which something is wrong has room for the sentence."""
        view = self.rows.view
        assert view is not None
        telling = {problem.field for row in view.preview.rows for problem in row.problems if view.stops(row, problem)}
        for column in range(self.rows.columnCount()):
            name = self.rows.field_at(column)
            width = (4.0, 8.0)[column] if column < len(FIXED) else _WIDE.get(name, _ORDINARY) if name else _SUMMARY
            self.setColumnWidth(column, look().em(max(width, _TELLING) if name in telling else width))

    def selected(self) -> Examined | None:
        """Return the row that the cursor is on."""
        return self.rows.row_at(self.currentIndex().row())

    def go_to_problem(self) -> None:
        """Put the cursor on the next cell that must be mended, row by row, and open it for writing."""
        view, start = self.rows.view, self.currentIndex()
        if view is None:
            return
        count = self.rows.rowCount()
        for step in range(count + 1):
            place = (max(start.row(), 0) + step) % max(count, 1)
            row = self.rows.row_at(place)
            after = start.column() if step == 0 else -1
            column = self._problem_after(row, after) if row is not None else -1
            if column >= 0:
                self.setCurrentIndex(self.rows.index(place, column))
                self.setFocus()
                return

    def _problem_after(self, row: Examined, after: int) -> int:
        view = self.rows.view
        assert view is not None
        if view.is_skipped(row):
            return -1
        wrong = {problem.field for problem in row.problems if view.stops(row, problem)}
        columns = range(max(after + 1, len(FIXED)), self.rows.columnCount())
        return next((column for column in columns if self.rows.field_at(column) in wrong), -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            return  # the line that is being written in lets Enter through to here
        on_field = bool(self.rows.field_at(self.currentIndex().column()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and on_field and not event.modifiers():
            self.edit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Space and not on_field:
            self.pressed_space.emit()
        else:
            super().keyPressEvent(event)

    def _tell(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.moved.emit(self.rows.row_at(current.row()), self.rows.field_at(current.column()))

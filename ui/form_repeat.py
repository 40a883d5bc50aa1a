"""A repeat on the screen: a table that takes paste from WPS and Excel, or, where answers are long, a block for each instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ui.form_grid_model import EDIT, GridModel
from ui.layouts import FlowLayout
from ui.loose_entry import parse_table
from ui.theme import look
from ui.widgets import button, label

if TYPE_CHECKING:
    from forms.session import FormSession
    from forms.xform import Question
    from ui.editors import Setting

Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """A line for words, a list for choices."""

    def __init__(self, model: GridModel, session: FormSession, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._session = model, session

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        if self._model.questions[index.column()].type != "select_one":
            return QLineEdit(parent)
        made = QComboBox(parent)
        made.addItem("", "")
        for choice in self._session.choices(self._model.cell_ref(index.row(), index.column())):
            made.addItem(choice.label, choice.value)
        made.activated.connect(lambda *_: self.commitData.emit(made))
        return made

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = str(index.data(EDIT))
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findText(text), 0))
        elif isinstance(editor, QLineEdit):
            editor.setText(text)

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        text = editor.currentText() if isinstance(editor, QComboBox) else editor.text() if isinstance(editor, QLineEdit) else ""
        self._model.setData(index, text)


class Grid(QTableView):
    """The table itself. Signal: pasted(text)."""

    pasted = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.model().setData(self.currentIndex(), "")
        else:
            super().keyPressEvent(event)


class RepeatTable(QWidget):
    """A repeat as a table.

    Signals: edited(ref, value); add_asked(ref); remove_asked(instance ref).
    """

    edited = Signal(str, str)
    add_asked = Signal(str)
    remove_asked = Signal(str)

    def __init__(self, session: FormSession, ref: str, questions: tuple[Question, ...], setting: Setting, *, fixed: bool) -> None:
        super().__init__()
        self.ref, self._session = ref, session
        self.model = GridModel(session, ref, questions, setting, self)
        self.model.edited.connect(self.edited)
        self.grid = Grid()
        self.grid.setObjectName("grid")
        self.grid.setModel(self.model)
        self.grid.setItemDelegate(CellDelegate(self.model, session, self.grid))
        self.grid.pasted.connect(self.paste)
        self._set_up_grid()
        self.message = label("", "error", wrap=True)
        self._add = button("添加一行", "plus", on_click=lambda: self.add_asked.emit(self.ref))
        self._remove = button("删除所选行", "trash-2", on_click=self.remove_row)
        self._paste = button("从表格粘贴", tip="在 WPS 或 Excel 里复制几行，再按这里", on_click=self._paste_clipboard)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._words = label("", "strong")
        column.addWidget(self._words)
        column.addWidget(self.grid)
        column.addWidget(self.message)
        verbs = FlowLayout(gap=look().em(0.5))
        for widget in (self._add, self._remove, self._paste):
            verbs.addWidget(widget)
        column.addLayout(verbs)
        if fixed:
            for widget in (self._add, self._remove, self._paste):
                widget.hide()
        self.show_rows()

    def _set_up_grid(self) -> None:
        self.grid.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.grid.setTabKeyNavigation(True)
        header = self.grid.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(look().em(5))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.grid.verticalHeader().setDefaultSectionSize(look().em(2.3))
        self.grid.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def show_rows(self) -> None:
        """Show the instances anew."""
        state = self._session.state(self.ref)
        self._words.setText(state.label)
        self._words.setVisible(bool(state.label))
        if self.isHidden() == state.relevant and self.parentWidget() is not None:
            self.setVisible(state.relevant)
        place = self.grid.currentIndex()
        if self.model.instances() != self._session.instances(self.ref):
            self.model.reload()
        else:
            self.model.refresh()
        rows = len(self.model.instances())
        self.grid.setFixedHeight(look().em(2.3) * (min(max(rows, 1), 12) + 1) + look().em(1.0))
        self._remove.setEnabled(rows > 0)
        if place.isValid() and place.row() < rows:
            self.grid.setCurrentIndex(self.model.index(place.row(), place.column()))

    def show_errors(self, *, all_of_them: bool) -> None:
        """Show the first error of the table beneath it."""
        self.model.shows_errors = all_of_them
        words = ""
        for row in range(self.model.rowCount()):
            for column in range(self.model.columnCount()):
                state = self._session.state(self.model.cell_ref(row, column))
                if state.relevant and state.violation and (all_of_them or state.value) and not words:
                    words = f"✕ 第 {row + 1} 行“{state.label}”：{state.message}"
        self.message.setText(words or " ")
        self.model.refresh()

    def remove_row(self) -> None:
        """Ask to remove the row under the cursor, or the last one."""
        rows = self.model.instances()
        if rows:
            place = self.grid.currentIndex().row()
            self.remove_asked.emit(rows[place if 0 <= place < len(rows) else -1])

    def _paste_clipboard(self) -> None:
        self.paste(QGuiApplication.clipboard().text())

    def paste(self, text: str) -> None:
        """Put a copied table in, from the cell under the cursor on; rows are added where needed."""
        rows = parse_table(text)
        start = self.grid.currentIndex()
        top, left = max(start.row(), 0), max(start.column(), 0)
        for down, cells in enumerate(rows):
            if top + down >= len(self.model.instances()):
                self.add_asked.emit(self.ref)
            if top + down >= len(self.model.instances()):
                return
            for right, cell in enumerate(cells[: self.model.columnCount() - left]):
                self.model.setData(self.model.index(top + down, left + right), cell)

    def focus_ref(self, ref: str) -> bool:
        """Put the cursor on a cell by its ref; False where it is none of this table."""
        for row in range(self.model.rowCount()):
            for column in range(self.model.columnCount()):
                if self.model.cell_ref(row, column) == ref:
                    self.grid.setCurrentIndex(self.model.index(row, column))
                    self.grid.setFocus()
                    return True
        return False

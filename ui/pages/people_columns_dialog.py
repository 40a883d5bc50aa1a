"""Choosing the columns of the list: ticked ones are shown, in the order in which they stand; by mouse or by keys alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui.pages.people_columns import COLUMNS, DEFAULT, title_of
from ui.theme import look
from ui.widgets import button, label

KEY = Qt.ItemDataRole.UserRole


class ColumnDialog(QDialog):
    """Signal: chosen(tuple of keys)."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, shown: Sequence[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle("显示哪些列")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(look().em(1.6), look().em(1.4), look().em(1.6), look().em(1.0))
        column.setSpacing(look().em(0.7))
        column.addWidget(label("显示哪些列", "h2"))
        column.addWidget(label("打勾的显示；拖动，或用 Alt+↑ Alt+↓ 调整先后。会记住您的选择。", "muted", wrap=True))
        self.list = QListWidget()
        self.list.setAccessibleName("列")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setSpacing(1)
        column.addWidget(self.list, 1)
        column.addLayout(self._make_foot())
        self.show_columns(shown)
        for keys, step in (("Alt+Up", -1), ("Alt+Down", 1)):
            QShortcut(QKeySequence(keys), self, lambda step=step: self.move_by(step))
        QShortcut(QKeySequence("Ctrl+Return"), self, self.submit)
        self.resize(look().em(30), look().em(42))
        self.list.setFocus()

    def _make_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(look().em(0.6))
        foot.addWidget(button("恢复默认", "undo-2", on_click=lambda: self.show_columns(DEFAULT)))
        foot.addStretch(1)
        foot.addWidget(button("取消", on_click=self.reject))
        self.accept_button = button("就这样显示", kind="primary", on_click=self.submit, tip="Ctrl+Enter")
        foot.addWidget(self.accept_button)
        return foot

    def show_columns(self, shown: Sequence[str]) -> None:
        """List the shown columns first, then the others."""
        self.list.clear()
        for key in (*shown, *(key for key in COLUMNS if key not in shown)):
            item = QListWidgetItem(title_of(key))
            item.setData(KEY, key)
            item.setFlags((item.flags() | Qt.ItemFlag.ItemIsUserCheckable) & ~Qt.ItemFlag.ItemIsDropEnabled)
            item.setCheckState(Qt.CheckState.Checked if key in shown else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def move_by(self, step: int) -> None:
        """Move the column at the cursor up or down."""
        place = self.list.currentRow()
        if 0 <= place + step < self.list.count():
            item = self.list.takeItem(place)
            self.list.insertItem(place + step, item)
            self.list.setCurrentRow(place + step)

    def keys(self) -> tuple[str, ...]:
        """Return what is ticked, in order."""
        items = (self.list.item(number) for number in range(self.list.count()))
        return tuple(str(item.data(KEY)) for item in items if item.checkState() == Qt.CheckState.Checked)

    def submit(self) -> None:
        """Hand the choice over; the name is always there."""
        keys = self.keys()
        self.chosen.emit(keys if "name" in keys else ("name", *keys))
        self.accept()

"""An order of preference: a list whose lines move up and down, by buttons or Alt+arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout

from ui.editors import Editor, Setting
from ui.theme import look
from ui.widgets import button, tool_button

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice, Question

VALUE = Qt.ItemDataRole.UserRole


class Rank(Editor):
    """All choices in an order; blank until the person moves one or confirms the order as it stands."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self.list = QListWidget()
        self.list.setObjectName("rows")
        self._up = tool_button("arrow-up", "上移（Alt+↑）", lambda: self.move_by(-1))
        self._down = tool_button("arrow-down", "下移（Alt+↓）", lambda: self.move_by(1))
        self._confirm = button("就按这个顺序", kind="link", on_click=self._announce)
        across = QHBoxLayout()
        across.addWidget(self.list, 1)
        side = QVBoxLayout()
        for widget in (self._up, self._down):
            side.addWidget(widget)
        side.addStretch(1)
        across.addLayout(side)
        self.layout_.addLayout(across)
        self.layout_.addWidget(self._confirm, 0, Qt.AlignmentFlag.AlignLeft)
        self.adopt(self.list)

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        labels = {choice.value: choice.label for choice in choices}
        ranked = [value for value in state.value.split() if value in labels]
        order = ranked + [value for value in labels if value not in ranked]
        if order != self.order() or any(self.list.item(row).text() != self._words(row, labels[value]) for row, value in enumerate(order)):
            place = self.list.currentRow()
            self.list.clear()
            for row, value in enumerate(order):
                item = QListWidgetItem(self._words(row, labels[value]))
                item.setData(VALUE, value)
                self.list.addItem(item)
            self.list.setCurrentRow(max(place, 0))
        self.list.setFixedHeight(look().em(1.9) * max(len(order), 1) + 6)
        self._confirm.setVisible(not state.value and not state.readonly)
        for widget in (self._up, self._down):
            widget.setEnabled(not state.readonly)

    def order(self) -> list[str]:
        """Return the values from the first to the last."""
        return [self.list.item(row).data(VALUE) for row in range(self.list.count())]

    def move_by(self, step: int) -> None:
        """Move the line under the cursor."""
        row, order = self.list.currentRow(), self.order()
        target = row + step
        if 0 <= row < len(order) and 0 <= target < len(order):
            order[row], order[target] = order[target], order[row]
            self.list.setCurrentRow(target)
            self.edited.emit(" ".join(order))

    def _announce(self) -> None:
        self.edited.emit(" ".join(self.order()))

    @staticmethod
    def _words(row: int, label: str) -> str:
        return f"{row + 1}. {label}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if step and self._up.isEnabled():
                self.move_by(step)
                return True
        return super().eventFilter(watched, event)

"""A number on a scale: a slider with its value beside it; blank until the person has moved it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider

from ui.editors import Editor, Setting
from ui.theme import look
from ui.widgets import label, tool_button

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice, Question


def _number(text: str, otherwise: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(otherwise)


class Range(Editor):
    """`start`, `end` and `step` come from the question's parameters."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self._start = _number(question.parameters.get("start", ""), "0")
        self._step = _number(question.parameters.get("step", ""), "1") or Decimal(1)
        steps = int((_number(question.parameters.get("end", ""), "10") - self._start) / self._step)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, max(abs(steps), 1))
        self.slider.setPageStep(max(abs(steps) // 10, 1))
        self._figure = label("未填", "strong")
        self._figure.setMinimumWidth(look().em(3))
        self._clear = tool_button("x", "清除", lambda: self.edited.emit(""))
        across = QHBoxLayout()
        across.addWidget(label(f"{self._start}", "hint"))
        across.addWidget(self.slider, 1)
        across.addWidget(label(f"{self._start + self._step * max(abs(steps), 1)}", "hint"))
        across.addWidget(self._figure)
        across.addWidget(self._clear)
        self.layout_.addLayout(across)
        self.slider.valueChanged.connect(self._moved)
        self.adopt(self.slider)

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        self.slider.blockSignals(True)
        place = int((_number(state.value, str(self._start)) - self._start) / self._step)
        self.slider.setValue(place)
        self.slider.blockSignals(False)
        self._figure.setText(state.value or "未填")
        self.slider.setEnabled(not state.readonly)
        self._clear.setVisible(bool(state.value) and not state.readonly)

    def _moved(self, place: int) -> None:
        self.edited.emit(f"{(self._start + self._step * place).normalize():f}")

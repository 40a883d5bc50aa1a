"""A matrix: questions with the same choices under one heading, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QRadioButton, QWidget

from ui.editors import Editor, Setting
from ui.theme import look
from ui.widgets import label, rename, rule

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice, Question


class MatrixRow(Editor):
    """One question of a matrix; its buttons stand in the grid of the matrix, so that columns line up."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self.buttons: dict[str, QRadioButton | QCheckBox] = {}
        self.name = label("", wrap=True)
        self.message = label("", "error", wrap=True)
        self._group = QButtonGroup(self)
        self._many = question.type == "select_multiple"

    def build(self, choices: tuple[Choice, ...]) -> None:
        """Make one button a choice."""
        for choice in choices:
            made: QRadioButton | QCheckBox = QCheckBox() if self._many else QRadioButton()
            made.clicked.connect(lambda *_: self._changed())
            if not self._many:
                self._group.addButton(made)
            self.buttons[choice.value] = made
        self.adopt(*self.buttons.values())

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        chosen = set(state.value.split())
        self._group.setExclusive(False)
        for value, made in self.buttons.items():
            made.setChecked(value in chosen)
            made.setEnabled(not state.readonly)
        self._group.setExclusive(not self._many)
        labels = {choice.value: choice.label for choice in choices}
        for value, made in self.buttons.items():
            made.setAccessibleName(f"{state.label}：{labels.get(value, value)}")

    def _changed(self) -> None:
        self.edited.emit(" ".join(value for value, made in self.buttons.items() if made.isChecked()))


class MatrixView(QWidget):
    """The grid. Signals: edited(ref, value), left(ref)."""

    edited = Signal(str, str)
    left = Signal(str)

    def __init__(self, rows: tuple[tuple[str, Question], ...], setting: Setting) -> None:
        super().__init__()
        self.rows: dict[str, MatrixRow] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().em(0.5))
        self._grid.setVerticalSpacing(look().em(0.15))
        self._heads: list[QWidget] = []
        self._choices: tuple[Choice, ...] = ()
        for ref, question in rows:
            row = MatrixRow(question, setting)
            row.edited.connect(lambda value, ref=ref: self.edited.emit(ref, value))
            row.left.connect(lambda ref=ref: self.left.emit(ref))
            self.rows[ref] = row

    def show_row(self, ref: str, state: State, choices: tuple[Choice, ...], *, show_error: bool) -> None:
        """Show one question."""
        if choices and not self._choices:
            self._lay_out(choices)
        row = self.rows[ref]
        row.show_state(state, choices)
        row.name.setText(f"{state.label} *" if state.required else state.label)
        error = state.message if state.violation and show_error else ""
        row.message.setText(f"✕ {error}" if error else "")
        rename(row.name, "error" if error else "")
        row.message.setVisible(bool(error) and state.relevant)
        for widget in (row.name, *row.buttons.values()):
            widget.setVisible(state.relevant)

    def _lay_out(self, choices: tuple[Choice, ...]) -> None:
        self._choices = choices
        self._grid.setColumnStretch(0, 1)
        for column, choice in enumerate(choices, 1):
            head = label(choice.label, "hint")
            head.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._grid.addWidget(head, 0, column)
            self._grid.setColumnMinimumWidth(column, look().em(4.5))
        self._grid.addWidget(rule(), 1, 0, 1, len(choices) + 1)
        for number, row in enumerate(self.rows.values()):
            row.build(choices)
            self._grid.addWidget(row.name, 2 + number * 2, 0)
            for column, made in enumerate(row.buttons.values(), 1):
                self._grid.addWidget(made, 2 + number * 2, column, Qt.AlignmentFlag.AlignCenter)
            self._grid.addWidget(row.message, 3 + number * 2, 0, 1, len(choices) + 1)

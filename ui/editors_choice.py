"""Editors for choices: radio buttons in a row that wraps, a list to unfold, a list to search in, check boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QWidget

from ui.editors import COMBO_FROM, LIST_FROM, Editor, Setting
from ui.layouts import FlowLayout
from ui.option import WrappingCheck, WrappingRadio
from ui.search_combo import SearchCombo
from ui.theme import look

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice, Question

BLANK_WORDS = "请选择"
COMBO_APPEARANCES = frozenset({"minimal", "autocomplete", "search", "minimal-autocomplete"})


class Option(WrappingRadio):
    """A radio button that a second click, Delete or Backspace clears. Signal: cleared()."""

    cleared = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._was_checked = self.isChecked()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._was_checked and self.rect().contains(event.position().toPoint()):
            self.cleared.emit()
        self._was_checked = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
        else:
            super().keyPressEvent(event)

    _was_checked = False


class RadioRow(QWidget):
    """Radio buttons in a row. A digit picks the choice of that place. Signal: picked(value)."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._flow = FlowLayout(self, gap=look().em(1.1), line_gap=0)
        self._group = QButtonGroup(self)
        self.buttons: list[Option] = []
        self._values: list[str] = []

    def offer(self, choices: tuple[Choice, ...]) -> None:
        """Replace the buttons."""
        for old in self.buttons:
            self._group.removeButton(old)
            self._flow.removeWidget(old)
            old.deleteLater()
        self.buttons = [Option(choice.label) for choice in choices]
        self._values = [choice.value for choice in choices]
        for number, made in enumerate(self.buttons):
            made.clicked.connect(lambda _on, number=number: self.picked.emit(self._values[number]))
            made.cleared.connect(lambda: self.picked.emit(""))
            made.installEventFilter(self)
            self._group.addButton(made)
            self._flow.addWidget(made)

    def show_value(self, value: str) -> None:
        """Check the button of a value, or none."""
        self._group.setExclusive(False)
        for made, own in zip(self.buttons, self._values, strict=True):
            made.setChecked(own == value)
        self._group.setExclusive(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.text().isdigit():
            number = int(event.text()) - 1
            if 0 <= number < len(self._values):
                self.buttons[number].setFocus()
                self.buttons[number].setChecked(True)
                self.picked.emit(self._values[number])
                return True
        return False


class OneOf(Editor):
    """One choice: radio buttons up to seven, otherwise (or where the form says so) a list; a long list can be searched."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self._choices: tuple[Choice, ...] | None = None
        self._readonly = False
        self._face: RadioRow | QComboBox | None = None
        self._value = ""

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        if choices != self._choices or state.readonly != self._readonly:
            self._choices, self._readonly = choices, state.readonly
            self._build(choices)
        self._value = state.value
        if isinstance(self._face, RadioRow):
            self._face.show_value(state.value)
        elif self._face is not None:
            place = self._face.findData(state.value) if state.value else 0
            self._face.setCurrentIndex(max(place, 0))
        if self._face is not None:
            self._face.setEnabled(not state.readonly)

    def _build(self, choices: tuple[Choice, ...]) -> None:
        as_combo = bool(COMBO_APPEARANCES & self.question.appearance) or len(choices) >= COMBO_FROM
        had_focus = self.has_focus()
        if isinstance(self._face, RadioRow) and not as_combo:
            self._face.offer(choices)
        elif as_combo and isinstance(self._face, QComboBox) and isinstance(self._face, SearchCombo) == (len(choices) >= LIST_FROM):
            self._fill(self._face, choices)
        else:
            self._replace_face(self._make_combo(choices) if as_combo else self._make_radios(choices))
        self.forget_inputs()
        face = self._face
        inputs: list[QWidget] = list(face.buttons) if isinstance(face, RadioRow) else [face] if face is not None else []
        if isinstance(face, SearchCombo):
            inputs = [face, face.line]
        self.adopt(*inputs)
        if had_focus:
            self.take_focus()

    def _replace_face(self, face: RadioRow | QComboBox) -> None:
        if self._face is not None:
            self.layout_.removeWidget(self._face)
            self._face.hide()
            self._face.deleteLater()
        self._face = face
        self.layout_.addWidget(face)

    def _make_radios(self, choices: tuple[Choice, ...]) -> RadioRow:
        face = RadioRow()
        face.offer(choices)
        face.picked.connect(self._picked)
        return face

    def _make_combo(self, choices: tuple[Choice, ...]) -> QComboBox:
        face = SearchCombo() if len(choices) >= LIST_FROM else QuietCombo()
        self._fill(face, choices)
        face.activated.connect(lambda place, face=face: self._picked(face.itemData(place) or ""))
        return face

    def _fill(self, face: QComboBox, choices: tuple[Choice, ...]) -> None:
        face.blockSignals(True)
        face.clear()
        face.addItem(BLANK_WORDS, "")
        for choice in choices:
            face.addItem(choice.label, choice.value)
        face.blockSignals(False)
        if isinstance(face, SearchCombo):
            face.reindex()

    def _picked(self, value: str) -> None:
        if value != self._value:
            self._value = value
            self.edited.emit(value)
        if isinstance(self._face, RadioRow):
            self._face.show_value(value)


class QuietCombo(QComboBox):
    """A list that the wheel does not turn by accident, and that never widens its column."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMaxVisibleItems(14)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]


class ManyOf(Editor):
    """Any number of choices, as check boxes in a row that wraps; answers keep the order of the form."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self._choices: tuple[Choice, ...] | None = None
        self._boxes: dict[str, WrappingCheck] = {}
        self._holder = QWidget()
        self._flow = FlowLayout(self._holder, gap=look().em(1.1), line_gap=0)
        self.layout_.addWidget(self._holder)

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        if choices != self._choices:
            self._choices = choices
            self._build(choices)
        chosen = set(state.value.split())
        for value, box in self._boxes.items():
            box.setChecked(value in chosen)
            box.setEnabled(not state.readonly)

    def _build(self, choices: tuple[Choice, ...]) -> None:
        self.forget_inputs()
        for box in self._boxes.values():
            self._flow.removeWidget(box)
            box.deleteLater()
        self._boxes = {choice.value: WrappingCheck(choice.label) for choice in choices}
        for box in self._boxes.values():
            box.clicked.connect(lambda *_: self._changed())
            self._flow.addWidget(box)
        self.adopt(*self._boxes.values())

    def _changed(self) -> None:
        self.edited.emit(" ".join(value for value, box in self._boxes.items() if box.isChecked()))

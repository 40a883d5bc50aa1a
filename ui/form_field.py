"""One question on the screen: label, editor, and the line beneath that is always there, so that a message never moves the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.editors import Editor, Setting, editor_for
from ui.form_plan import Cell
from ui.theme import look
from ui.widgets import label, rename, show_name

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice

OWN_WORDS = frozenset({"note"})  # shows its label itself


class FormField(QWidget):
    """The widget of a `Cell`. It is told a state and shows it; what the person does comes out of `editor`."""

    def __init__(self, ref: str, cell: Cell, setting: Setting) -> None:
        super().__init__()
        self.ref, self.cell = ref, cell
        self.editor: Editor = editor_for(cell.question, setting)
        self.name = label("", "label", wrap=True)
        self.message = label("", "hint", wrap=True)
        for part in (self.name, self.message):  # also where the editor needs none: a part without a parent would be a window
            part.setParent(self)
            part.hide()
        self._words = cell.question.type not in OWN_WORDS
        self._shows_error = False
        self._build()

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(look().em(0.2))
        if not self._words:
            outer.addWidget(self.editor)
        elif self.cell.inline:
            self._build_inline(outer)
        else:
            if not self.cell.compact:
                outer.addWidget(self.name)
            outer.addWidget(self.editor)
            outer.addLayout(self._make_foot())
        outer.addStretch(1)
        self.name.setBuddy(self.editor)
        self.name.setHidden(not self._words or self.cell.compact)

    def _build_inline(self, outer: QVBoxLayout) -> None:
        """Put name, buttons and message side by side."""
        across = QHBoxLayout()
        across.setSpacing(look().em(0.9))
        self.name.setFixedWidth(look().em(6.2))
        rename(self.name, "")
        across.addWidget(self.name, 0, Qt.AlignmentFlag.AlignVCenter)
        across.addWidget(self.editor)
        across.addWidget(self.message, 1, Qt.AlignmentFlag.AlignVCenter)
        outer.addLayout(across)

    def _make_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.addWidget(self.message, 1)
        if (counter := self.editor.counter) is not None:
            foot.addWidget(counter, 0, Qt.AlignmentFlag.AlignTop)
        return foot

    def show_state(self, state: State, choices: tuple[Choice, ...], *, show_error: bool) -> None:
        """Show an answer with its words; an error only where `show_error` says that the person may see it by now."""
        self.setVisible(state.relevant)
        if not state.relevant:
            return
        show_name(self.name, state.label, required=state.required and not state.readonly)
        self.editor.show_state(state, choices)
        error = state.message if state.violation and show_error else ""
        if self._words:
            self._show_words(state, error)
        self.editor.show_name(state.label, error or state.hint)
        self.editor.mark_bad(bool(error))

    def _show_words(self, state: State, error: str) -> None:
        self._shows_error = bool(error)
        if self.cell.compact:
            words = f"{state.label}（必填）" if state.required and not state.value else state.label
            self.editor.show_placeholder(words)
            error = error if state.value or not state.required else ""
        text = f"✕ {error}" if error else state.hint
        rename(self.message, "error" if error else "hint")
        self.message.setText(text or " ")
        self.message.setToolTip(state.guidance)
        self.message.setVisible(bool(text) or not self.cell.compact)

    @property
    def shows_error(self) -> bool:
        """Tell whether an error is on show."""
        return self._shows_error

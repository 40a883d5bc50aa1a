"""Words that are only read, and words that must be acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox

from ui.editors import Editor, Setting
from ui.widgets import Banner, label

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice, Question

ACKNOWLEDGED = "OK"
TABLE_HEADING = "generated_table_list_label"  # how pyxform names the note that it makes of the label of a table-list group


class Note(Editor):
    """A note; `report`, `warning` or `late` in its name makes it stand out."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self.banner = Banner()
        self.heading = label("", "h2", wrap=True)
        self._is_heading = question.name.startswith(TABLE_HEADING)
        self.layout_.addWidget(self.heading if self._is_heading else self.banner)

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        if self._is_heading:
            self.heading.setText(state.label)
            return
        urgent = "report" in self.question.name or "110" in state.label
        warns = any(word in self.question.name for word in ("warn", "late", "blocked", "barred", "mismatch"))
        self.banner.show_text(state.label, "red" if urgent else "amber" if warns else "primary")


class Acknowledge(Editor):
    """A box to tick: "OK" where it is, blank otherwise."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self.box = QCheckBox("我已知晓")
        self.box.clicked.connect(lambda on: self.edited.emit(ACKNOWLEDGED if on else ""))
        self.layout_.addWidget(self.box)
        self.adopt(self.box)

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        self.box.setChecked(bool(state.value))
        self.box.setEnabled(not state.readonly)

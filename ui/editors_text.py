"""Editors for words and numbers; what is pasted is cleaned, full-width digits become plain, lengths count characters, not UTF-16 units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from ui.editors import Editor, Setting
from ui.loose_entry import clean_line, clean_number, clean_text
from ui.theme import look, restyle
from ui.widgets import label

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice, Question

SHORT = 22  # em: no number or date needs a whole row
LINE_LIMIT, TEXT_LIMIT = 2_000, 20_000  # of the wire (PROTOCOL.md §3)


class Line(Editor):
    """One line of text."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self.line = QLineEdit()
        self.line.textEdited.connect(self._typed)
        self.layout_.addWidget(self.line)
        self.adopt(self.line)

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        if self.to_value(self.line.text()) != state.value:
            self.line.setText(self.to_text(state.value))
            self.line.setCursorPosition(0 if not self.line.hasFocus() else len(self.line.text()))
        if self.line.isReadOnly() != state.readonly:
            self.line.setReadOnly(state.readonly)
            restyle(self.line)

    def show_placeholder(self, text: str) -> None:
        self.line.setPlaceholderText(text)

    def to_value(self, text: str) -> str:
        """Return the answer that a text on screen stands for."""
        return clean_line(text)

    def to_text(self, value: str) -> str:
        """Return how an answer is shown."""
        return value

    def _typed(self, text: str) -> None:
        clean = clean_line(text)
        if clean != text:
            place = self.line.cursorPosition()
            self.line.setText(clean)
            self.line.setCursorPosition(place - len(text) + len(clean))
        self.edited.emit(self.to_value(clean)[:LINE_LIMIT])

    def finish(self) -> None:
        tidy = self.to_text(self.to_value(self.line.text()))
        trimmed = tidy.strip()
        if trimmed != self.line.text() and not self.line.isReadOnly():
            self.line.setText(trimmed)
            if self.to_value(trimmed) != self.to_value(tidy):
                self.edited.emit(self.to_value(trimmed)[:LINE_LIMIT])


class Number(Line):
    """A whole or decimal number."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self.line.setMaximumWidth(look().em(SHORT))

    def to_value(self, text: str) -> str:
        return clean_number(text)


class _Area(QPlainTextEdit):
    """Several lines; Tab leaves, the wheel scrolls the page unless the cursor is inside."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(1)


class LongText(Editor):
    """Several lines of text with a count of characters."""

    tall = True

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self.area = _Area()
        self.area.textChanged.connect(self._typed)
        self.length = label("0 字", "hint")
        self.counter = self.length
        self.layout_.addWidget(self.area)
        self._quiet = False
        self.adopt(self.area)
        self._grow()

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        if self.area.toPlainText() != state.value:
            self._quiet = True
            self.area.setPlainText(state.value)
            self.area.moveCursor(QTextCursor.MoveOperation.End)
            self._quiet = False
            self._grow()
        if self.area.isReadOnly() != state.readonly:
            self.area.setReadOnly(state.readonly)
            restyle(self.area)
        self._show_length()

    def show_placeholder(self, text: str) -> None:
        self.area.setPlaceholderText(text)

    def _typed(self) -> None:
        if self._quiet:
            return
        text = clean_text(self.area.toPlainText())
        self._grow()
        self._show_length()
        self.edited.emit(text[:TEXT_LIMIT])

    def _show_length(self) -> None:
        length = len(self.area.toPlainText().strip())
        over = length - TEXT_LIMIT
        self.length.setText(f"{length} 字" if over <= 0 else f"{length} 字，超出 {over} 字的部分不能保存")

    def _grow(self) -> None:
        """Be three lines high, up to ten where the text needs them."""
        lines = min(max(self.area.document().blockCount(), len(self.area.toPlainText()) // 38 + 1, 3), 10)
        self.area.setFixedHeight(round(lines * self.area.fontMetrics().lineSpacing()) + look().em(1.4))

"""Typing as a person types: plain keys for ASCII, an input method for everything else (QTest aborts on non-ASCII keys)."""

from __future__ import annotations

from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def type_text(widget: QWidget, text: str) -> None:
    """Type `text` into a widget."""
    for sign in text:
        if sign.isascii():
            QTest.keyClicks(widget, sign)
        else:
            event = QInputMethodEvent()
            event.setCommitString(sign)
            QApplication.sendEvent(widget, event)


def write(text: str) -> None:
    """Type `text` where the cursor is."""
    widget = QApplication.focusWidget()
    assert widget is not None, "the cursor is nowhere"
    type_text(widget, text)

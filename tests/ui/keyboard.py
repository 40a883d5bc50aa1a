"""Typing as a person types (an input method for what is not ASCII: QTest aborts on such keys), and what the keys called forth."""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from ui.page import Page

Kind = TypeVar("Kind", bound=QWidget)


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


def press(button: QPushButton) -> None:
    """Press a button by key."""
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


def ctrl(widget: QWidget, key: Qt.Key) -> None:
    """Type a key with Ctrl."""
    QTest.keyClick(widget, key, Qt.KeyboardModifier.ControlModifier)


def dialog(kind: type[Kind]) -> Kind:
    """Return the one open window of a kind."""
    QApplication.processEvents()
    (found,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    return found


def wishes(page: Page) -> list[Any]:
    """Return the list that gathers what a page asks the desk for, from now on; the desk no longer hears it."""
    asked: list[Any] = []
    page.requested.disconnect()
    page.requested.connect(asked.append)
    return asked

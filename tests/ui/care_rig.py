"""A desk for the tests of the pages of care, cases and forms: a real station, no screen, and errors that fail the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mzdesk.station import Station
from ui.desk import Desk, desk_for
from ui.page import Page
from ui.requests import Request
from ui.tasks import Tasks
from ui.theme import Look, apply_look, register_fonts

Widget = TypeVar("Widget", bound=QObject)
FONTS = Path(__file__).parents[2] / "assets" / "fonts"


@dataclass
class Rig:
    """A desk and what its pages said and asked for."""

    station: Station
    desk: Desk
    tasks: Tasks
    window: QWidget
    told: list[str] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def show(self, make: Callable[[Desk], Page], width: int = 1163, height: int = 768) -> Page:
        """Open a page and wait until it has read its data."""
        page = make(self.desk)
        page.setParent(self.window)
        page.requested.connect(self.asked.append)
        self.window.resize(width, height)
        page.resize(width, height)
        self.window.show()
        page.show()
        page.opened()
        self.wait()
        return page

    def wait(self) -> None:
        """Let everything behind the window finish; an error nobody expected fails the test."""
        assert self.tasks.wait()
        QApplication.processEvents()
        assert self.failed == []

    def dialog(self, kind: type[Widget]) -> Widget:
        """Return the dialog that is open."""
        QApplication.processEvents()
        found = [widget for widget in self.window.findChildren(kind) if isinstance(widget, QWidget) and widget.isVisible()]
        assert len(found) == 1, found
        return found[0]

    def press(self, widget: QWidget, keys: str) -> None:
        """Type plain text into a widget."""
        QTest.keyClicks(widget, keys)

    def key(self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press one key."""
        QTest.keyClick(widget, key, modifier)


def make_rig(station: Station, application: QApplication) -> Rig:
    """Return a desk of a station."""
    register_fonts(application, FONTS)
    apply_look(application, Look.of())
    tasks, window = Tasks(), QWidget()
    told: list[str] = []
    failed: list[BaseException] = []
    return Rig(station, desk_for(station, tasks, window, told.append, failed.append), tasks, window, told, failed)


def close_rig(rig: Rig) -> None:
    """Let go of threads and window."""
    rig.tasks.close()
    rig.window.close()
    rig.window.deleteLater()
    QApplication.processEvents()

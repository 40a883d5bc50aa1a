"""The base of all pages: title, actions, content that scrolls, and loading behind the window's back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.desk import Desk
from ui.layouts import FlowLayout, ScrollColumn
from ui.requests import Request
from ui.theme import look
from ui.widgets import Banner, ElidedLabel

Result = TypeVar("Result")
IDLE_MINUTES = 15  # without a key or a click, then the desk locks itself


class Page(QWidget):
    """One screen. A subclass fills `content` (scrolls) or, with `scrolls = False`, its own `body`; buttons go into `tools`.

    Signals: requested(Request): something to open; changed(): data was saved, so that other pages are stale.
    """

    title = ""
    scrolls = True
    requested = Signal(object)
    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._turn = 0
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._make_head())
        self.banner = Banner()
        side = look().em(2)
        holder = QVBoxLayout()
        holder.setContentsMargins(side, 0, side, 0)
        holder.setSpacing(look().em(0.8))  # between what is visible only: no gap where there is no banner
        holder.addWidget(self.banner)
        nothing = QWidget()
        nothing.setFixedHeight(0)
        holder.addWidget(nothing)
        outer.addLayout(holder)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(*((0, 0, 0, 0) if self.scrolls else (side, 0, side, look().em(1.5))))
        self.body.setSpacing(look().em(0.8))
        outer.addLayout(self.body, 1)
        self.foot = QVBoxLayout()
        outer.addLayout(self.foot)
        if self.scrolls:
            self.scroller = ScrollColumn()
            self.content = self.scroller.column
            self.body.addWidget(self.scroller, 1)

    def _make_head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(look().em(2), look().em(1.4), look().em(2), look().em(1.0))
        words = QVBoxLayout()
        words.setSpacing(look().em(0.1))
        self.heading = ElidedLabel(self.title, "h1")
        self.subtitle = ElidedLabel("", "muted")
        words.addWidget(self.heading)
        words.addWidget(self.subtitle)
        row.addLayout(words, 1)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(look().em(0.6))
        row.addLayout(self.tools)
        return head

    def opened(self) -> None:
        """Called each time the page comes to the front; a subclass loads its data here."""

    def receive(self, request: Request) -> None:
        """Called before `opened` with the request that led here."""

    def left(self) -> bool:
        """Called before another page comes to the front; False keeps this one."""
        return True

    def save_now(self) -> None:
        """Save what is being typed: called on idle lock, on closing and after a crash."""

    def open(self, request: Request) -> None:
        """Ask the window to open something."""
        self.requested.emit(request)

    def load(self, work: Callable[[], Result], show: Callable[[Result], None]) -> None:
        """Run `work` behind and show its result, unless a newer load was started meanwhile."""
        self._turn += 1
        turn = self._turn

        def show_newest(result: Result) -> None:
            if turn == self._turn:
                show(result)

        self.desk.tasks.run(work, show_newest, self.desk.fail, owner=self)

    def act(self, work: Callable[[], Result], done: Callable[[Result], None] | None = None) -> None:
        """Run a change behind; afterwards other pages are told that data changed."""

        def finish(result: Result) -> None:
            if done is not None:
                done(result)
            self.changed.emit()

        self.desk.tasks.run(work, finish, self.desk.fail, owner=self)


def flow(*widgets: QWidget) -> QWidget:
    """Return widgets in a row that wraps."""
    holder = QWidget()
    layout = FlowLayout(holder, gap=look().em(0.6), line_gap=look().em(0.5))
    for widget in widgets:
        layout.addWidget(widget)
    return holder

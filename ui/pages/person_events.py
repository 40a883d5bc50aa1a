"""The timeline of a person: what happened, newest first, each record a step from its form."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from mzdesk.casework.timeline import Event
from ui.loose_entry import show_date
from ui.requests import OpenRecord
from ui.theme import look
from ui.widgets import Card, Chip, EmptyState, button, label
from ui.words import status_tone, status_words

STEP = 30


class EventList(Card):
    """Signal: requested(Request)."""

    requested = Signal(object)

    def __init__(self) -> None:
        super().__init__("经过", "最近的在上面", padded=False)
        self._events: tuple[Event, ...] = ()
        self._shown = 0
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.body.addLayout(self._rows)
        self._more = button("再看以前的", kind="link", on_click=self._show_more)
        self.body.addWidget(self._more, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(1)

    def show_events(self, events: tuple[Event, ...]) -> None:
        """Show other events."""
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._events, self._shown = events, 0
        if not events:
            self._rows.addWidget(EmptyState("history", "还没有记录", "登记、走访、评估和资料变动都会按时间列在这里。"))
        self._show_more()

    def _show_more(self) -> None:
        for event in self._events[self._shown : self._shown + STEP]:
            self._rows.addWidget(self._make_row(event))
        self._shown = min(self._shown + STEP, len(self._events))
        self._more.setVisible(self._shown < len(self._events))

    def _make_row(self, event: Event) -> QFrame:
        made = QFrame()
        made.setObjectName("row")
        across = QHBoxLayout(made)
        across.setContentsMargins(look().em(1.3), look().em(0.45), look().em(1.0), look().em(0.45))
        across.setSpacing(look().em(0.8))
        day = label(show_date(event.day[:10]), "muted")
        day.setFixedWidth(look().em(8))
        across.addWidget(day, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(event.title, "strong", wrap=True))
        if event.detail:
            words.addWidget(label(event.detail, "hint", wrap=True))
        across.addLayout(words, 1)
        if event.kind == "record":
            across.addWidget(Chip(status_words(event.verdict, event.receipt), status_tone(event.verdict, event.receipt)))
        if event.record_id:
            across.addWidget(button("查看", kind="link", on_click=lambda: self.requested.emit(OpenRecord(event.record_id))))
        return made

"""The chip at the lower left that says how many records the county has not received yet."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QToolButton

from ui.desk import Desk
from ui.exchange_state import ExchangeState, read_exchange
from ui.widgets import set_tone

EVERY_MS = 60_000


class SyncChip(QToolButton):
    """Shows `ExchangeState`; asks again every minute and after each save. Signal: pressed (of QToolButton)."""

    shown = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setObjectName("chip")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("打开“数据交换”")
        self.setText("…")
        timer = QTimer(self)
        timer.timeout.connect(self.refresh)
        timer.start(EVERY_MS)
        if desk.may("cases"):
            self.refresh()
        else:
            self.hide()

    def refresh(self) -> None:
        """Count again."""
        self._desk.tasks.run(lambda: read_exchange(self._desk.station), self.show_state, owner=self)

    def show_state(self, state: ExchangeState) -> None:
        """Show a state."""
        self.setText(state.words)
        set_tone(self, state.tone)
        self.shown.emit(state)

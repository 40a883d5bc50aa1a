"""数据交换 · 报送: what waits and how long that takes, the last receipt, the next try and why; joining, and the stick beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from mzdesk.errors import MzError
from sync import exchange, lines
from sync.errors import RevokedError
from sync.exchange import Exchanged, ExchangeStatus
from ui import dialogs
from ui.layouts import SPLIT_STEPS, ScrollColumn, SpanGrid
from ui.page import Page, flow
from ui.pages.exchange_join import JoinCard
from ui.pages.exchange_stick import StickCard
from ui.pages.exchange_words import clock_words, last_words, left_words, must_rejoin, next_words, result_words, waiting_words
from ui.panels import Panel
from ui.requests import OpenPage
from ui.widgets import Banner, Card, Chip, ProgressLine, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class Sending:
    """The state of the exchange, the measured pace in bytes a second (None where there is none), and when it was read."""

    status: ExchangeStatus
    rate: int | None
    read_at: int


def read_sending(station: Station) -> Sending:
    """Read the state."""
    return Sending(exchange.status(station), lines.rate_of(station), station.clock.now_ms())


class SendPanel(Panel):
    """The part that sends. Signals: availability_changed(): `may_send` or `may_take` may be another."""

    availability_changed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.may_send = False
        self.may_take = False
        self._shown: Sending | None = None
        self._start = ""
        self._asked = False
        scroll = ScrollColumn(margin=(0, 0, 0, 0.4), gap=0.8)
        self.column.addWidget(scroll)
        self.trouble = Banner()
        self.clock = Banner()
        self.result = Banner()
        self.join = JoinCard(self.desk)
        self.join.joined.connect(self._joined)
        self.grid = SpanGrid(SPLIT_STEPS, gap=1.0, line_gap=1.0)
        self.stick = StickCard(self)
        self.stick.done.connect(self._stick_done)
        self.stick.busy.connect(self._stick_busy)
        self.grid.add(self._make_state(), 3)
        self.grid.add(self.stick, 2)
        for widget in (self.trouble, self.clock, self.result, self.join, self.grid):
            scroll.column.addWidget(widget)
        self.join.hide()
        self.grid.hide()
        scroll.column.addStretch(1)
        runner = self.desk.exchange
        runner.started.connect(lambda: self._show_flight("正在连接…"))
        runner.stopped.connect(lambda: self._show_flight("正在停下：等这一批有结果…"))
        runner.progressed.connect(self._show_progress)
        runner.finished.connect(self._finished)
        runner.failed.connect(self._failed)
        self.shortcut("Ctrl+E", self.stick.export_button.click)
        self.shortcut("Ctrl+I", self.stick.take_button.click)
        if runner.is_running:
            self._show_flight("正在同步…")

    def _make_state(self) -> Card:
        card = Card("报送")
        self.chip = Chip("…")
        card.head.addWidget(self.chip)
        self.county, self.pending = label("", wrap=True), label("", wrap=True)
        self.left, self.last, self.next = (label("", "muted", wrap=True) for _ in range(3))
        for widget in (self.county, self.pending, self.left, self.last, self.next):
            card.body.addWidget(widget)
        self.progress = ProgressLine()
        card.body.addWidget(self.progress)
        self.returned_button = button("看县里退回的…", "undo-2", on_click=lambda: self._go("returned"))
        self.waiting_button = button("看待同步的记录…", "clipboard-list", on_click=self._list_waiting)
        card.body.addWidget(flow(self.waiting_button, self.returned_button))
        card.body.addStretch(1)
        return card

    def _go(self, part: str) -> None:
        self.page.choose(part)  # type: ignore[attr-defined]

    def _list_waiting(self) -> None:
        self.page.open(OpenPage("records", {"status": "waiting"}))

    def begin_with(self, start: str) -> None:
        """Once the state is shown, begin what the person came for: sync or stick."""
        self._start = start

    # ---- showing

    def opened(self) -> None:
        self.desk.tasks.run(lambda: read_sending(self.desk.station), self.show_sending, self.desk.fail, owner=self)

    def show_sending(self, shown: Sending) -> None:
        """Show the state, and begin what the person came for."""
        self._shown = shown
        status = shown.status
        rejoin = must_rejoin(status.last_error)
        about = f"{status.county}　本机编号 {status.device[:8]}" if status.enrolled else "还没有加入县级系统"
        if self.isVisible():
            self.page.subtitle.show_text(about)
        self.join.setVisible(not status.enrolled or rejoin)
        self.join.show_again(status.enrolled)
        self.grid.setVisible(status.enrolled)
        self.may_take = status.enrolled
        self.may_send = status.enrolled and not rejoin
        self._show_status(shown)
        self._show_availability()
        self._begin_start()

    def _begin_start(self) -> None:
        start, self._start = self._start, ""
        if start == "sync" and self.may_send:
            self.sync()
        elif start == "stick" and self.may_take:
            self.stick.export_button.setFocus()

    def _show_status(self, shown: Sending) -> None:
        status = shown.status
        waiting = sum(status.pending_by_kind.values())
        self.chip.show_text(f"{waiting} 条待同步" if waiting else "已全部送达", "amber" if waiting else "green")
        self.county.setText(f"报送到：{status.county}")
        self.pending.setText(f"待同步：{waiting_words(status.pending_by_kind)}" if waiting else "没有要报送的内容。")
        self.left.setText(left_words(status, shown.rate))
        self.left.setVisible(bool(self.left.text()))
        held = f"　有 {status.held} 条已到县里，在等它们所属的档案。" if status.held else ""
        self.last.setText(f"{last_words(status)}{held}")
        self.next.setText(next_words(status, shown.read_at))
        self.waiting_button.setVisible(bool(status.pending_by_kind.get("record")))
        self.returned_button.setVisible(status.returned > 0)
        error = status.last_error
        tone = "red" if error is not None and error.final else "amber"
        self.trouble.show_text(f"{error.title}：{error.message}" if error is not None else "", tone)
        self.clock.show_text(clock_words(status.offset_ms), "amber")

    def _show_availability(self) -> None:
        self.stick.set_available(self.may_take and not self.desk.exchange.is_running)
        self.join.setEnabled(not self.desk.exchange.is_running)
        self.availability_changed.emit()

    # ---- the flight

    def sync(self) -> None:
        """Send everything that waits and take in what is new."""
        self._asked = True
        self.result.show_text("")
        self.desk.exchange.run()

    def _show_flight(self, words: str) -> None:
        self.progress.show_progress(0, 0, words)
        self._show_availability()

    def _show_progress(self, done: int, total: int, words: str) -> None:
        told = f"{words}：第 {done + 1} 批，共约 {max(total, done + 1)} 批" if words == "正在发送" else f"{words}…"
        if not self.desk.exchange.is_stopping:
            self.progress.show_progress(done, total, told)
        self.desk.tasks.run(lambda: read_sending(self.desk.station), self._show_on_the_way, self.desk.fail, owner=self)

    def _show_on_the_way(self, shown: Sending) -> None:
        """Count down what is left while batches go out."""
        if self.desk.exchange.is_running and shown.status.enrolled:
            self._show_status(shown)

    def _finished(self, done: Exchanged) -> None:
        self.progress.hide()
        asked, self._asked = self._asked, False
        if done.problem is not None:
            sent = f"（之前已送达 {done.accepted} 条）" if done.accepted else ""
            self.result.show_text(f"这次没有送完{sent}：没送完的还在本机，不会丢。" if asked else "", "amber")
        elif asked or done.sent or done.pulled or done.files:
            self.result.show_text(result_words(done), "amber" if done.returned or done.stopped else "green")

    def _failed(self, error: Exception) -> None:
        self.progress.hide()
        asked, self._asked = self._asked, False
        if isinstance(error, RevokedError):
            self.result.show_text(f"{error.title}：{error.message}", "red")
        elif not isinstance(error, MzError):
            self.desk.fail(error)
        elif asked:
            dialogs.tell(self, error.title, error.message)
        self.opened()

    # ---- the stick, and joining

    def _stick_busy(self, busy: bool) -> None:
        self.stick.set_available(not busy)

    def _stick_done(self) -> None:
        self.page.changed.emit()
        self._reopen()

    def _joined(self) -> None:
        self.trouble.show_text("")
        self.page.changed.emit()
        self._reopen()

    def _reopen(self) -> None:
        self.page.opened()

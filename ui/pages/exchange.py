"""数据交换: sending and sticks, what the county sent back, fields in dispute, and the line; nothing is called sent before its receipt."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut

from sync import disputes, returns
from sync.exchange import Exchanged
from ui.desk import Desk
from ui.pages.exchange_conflicts import ConflictsPanel
from ui.pages.exchange_line import LinePanel
from ui.pages.exchange_returned import ReturnedPanel
from ui.pages.exchange_send import SendPanel
from ui.panels import PanelPage, Part
from ui.requests import OpenPage, Request
from ui.widgets import button

SUFFIX = ".mzp"


class ExchangePage(PanelPage):
    """The page of the exchange."""

    title = "数据交换"

    def __init__(self, desk: Desk) -> None:
        parts = (
            Part("send", "报送", SendPanel),
            Part("returned", "县里退回", ReturnedPanel),
            Part("conflicts", "两处不一致", ConflictsPanel),
            Part("line", "连接设置", LinePanel),
        )
        super().__init__(desk, parts)
        self.setAcceptDrops(True)
        self.sync_button = button("立即同步", "refresh-cw", kind="primary", on_click=self.sync, tip="F9")
        self.stop_button = button("取消", "x", on_click=desk.exchange.stop, tip="这一批有了结果就停下；收到的不会丢")
        self.tools.addWidget(self.stop_button)
        self.tools.addWidget(self.sync_button)
        QShortcut(QKeySequence("F9"), self, self.sync)
        runner = desk.exchange
        for signal in (runner.started, runner.finished, runner.failed, runner.stopped):
            signal.connect(lambda *_: self._show_flight())
        runner.finished.connect(self._finished)
        self.sending.availability_changed.connect(self._show_flight)
        self._show_flight()

    @property
    def sending(self) -> SendPanel:
        """The part that sends."""
        return cast(SendPanel, self.panel("send"))

    def receive(self, request: Request) -> None:
        super().receive(request)
        start = request.filters.get("start") if isinstance(request, OpenPage) else None
        if start in ("sync", "stick"):
            self.current = "send"
            self.sending.begin_with(str(start))

    def opened(self) -> None:
        super().opened()
        self.refresh_counts()

    def refresh_counts(self) -> None:
        """Count what came back and what is in dispute."""
        station = self.desk.station
        self.desk.tasks.run(
            lambda: (sum(not line.correcting for line in returns.waiting(station)), len(disputes.waiting(station))),
            lambda found: self._show_counts(*found),
            self.desk.fail,
            owner=self,
        )

    def _show_counts(self, returned: int, disputed: int) -> None:
        self.count("returned", returned)
        self.count("conflicts", disputed)

    def _show_flight(self) -> None:
        runner = self.desk.exchange
        self.sync_button.setEnabled(not runner.is_running and self.sending.may_send)
        self.stop_button.setVisible(runner.is_running)
        self.stop_button.setEnabled(not runner.is_stopping)

    def sync(self) -> None:
        """Send everything that waits and take in what is new, and say how it ended."""
        if self.sync_button.isEnabled():
            self.choose("send")
            self.sending.sync()

    def _finished(self, _done: Exchanged) -> None:
        self.changed.emit()
        if self.isVisible():
            self.opened()

    # ---- a parcel dropped anywhere on the page

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_parcel(event.mimeData()) is not None and self.sending.may_take:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_parcel(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.choose("send")
            self.sending.stick.take_from(path)


def dropped_parcel(data: QMimeData) -> Path | None:
    """Return the parcel among what is dragged, None where there is not exactly one file of that kind."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].suffix.lower() == SUFFIX else None

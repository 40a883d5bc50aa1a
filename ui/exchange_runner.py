"""The one flight of the exchange: by hand or by itself, never two at once; it wakes by a timer and when the network returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ui.tasks import Progress, Task, Tasks

if TYPE_CHECKING:
    from mzdesk.station import Station
    from sync.exchange import Exchanged

EVERY_MS = 60_000
QUIET_MS = 30 * 60_000  # with nothing to send, how often the county is asked for news
NETWORK_DELAY_MS = 8_000


class ExchangeRunner(QObject):
    """Signals: started(); progressed(done, total, text); finished(Exchanged); failed(error); stopped(): told to stop after this batch."""

    started = Signal()
    progressed = Signal(int, int, str)
    finished = Signal(object)
    failed = Signal(object)
    stopped = Signal()

    def __init__(self, station: Station, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._station, self._tasks = station, tasks
        self._task: Task | None = None
        self._stopping = False
        self._last_ms = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.wake)

    def start_by_itself(self) -> None:
        """Begin to exchange without being asked."""
        self._timer.start(EVERY_MS)
        QTimer.singleShot(NETWORK_DELAY_MS, self, self._watch_network)

    @property
    def is_stopping(self) -> bool:
        """Tell whether an exchange was told to stop and still ends its batch."""
        return self._task is not None and self._stopping

    @property
    def is_running(self) -> bool:
        """Tell whether an exchange is under way."""
        return self._task is not None

    def run(self) -> None:
        """Exchange now; one that is under way goes on."""
        if self._task is None:
            self._stopping = False
            self._task = self._tasks.run_long(self._exchange, self._finish, self._fail, self.progressed.emit, owner=self)
            self.started.emit()

    def stop(self) -> None:
        """Stop after the batch under way; what was received stays received. It ends with `finished`; no second one begins before."""
        if self._task is not None and not self._stopping:
            self._stopping = True
            self.stopped.emit()

    def wake(self, *, new_network: bool = False) -> None:
        """Look whether there is reason to exchange, and do so without a word where it fails; on another network at once."""
        if self._task is None:
            self._tasks.run(lambda: self._has_reason(new_network), lambda wanted: self.run() if wanted else None, owner=self)

    def _has_reason(self, new_network: bool) -> bool:
        from sync import exchange

        status = exchange.status(self._station)
        now = self._station.clock.now_ms()
        waits = now < status.next_try and not new_network
        if not status.enrolled or waits or (status.last_error is not None and status.last_error.final):
            return False
        return new_network or any(status.pending_by_kind.values()) or status.batches_waiting > 0 or now - self._last_ms > QUIET_MS

    def _exchange(self, progress: Progress) -> Exchanged:
        from sync import exchange

        def tell(step: exchange.Progress) -> None:
            if not progress.stopped:
                progress.report(step.sent, step.total, step.stage)

        return exchange.run_once(self._station, progress=tell, stop=lambda: self._stopping or progress.stopped)

    def _finish(self, done: Exchanged) -> None:
        self._task = None
        self._last_ms = self._station.clock.now_ms()
        self.finished.emit(done)

    def _fail(self, error: Exception) -> None:
        self._task = None
        self.failed.emit(error)

    def _watch_network(self) -> None:
        from PySide6.QtNetwork import QNetworkInformation

        if QNetworkInformation.loadDefaultBackend() and (network := QNetworkInformation.instance()) is not None:
            network.reachabilityChanged.connect(lambda *_: self.wake(new_network=True))

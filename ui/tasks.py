"""The only starter of threads: work runs behind, its result arrives in the window's thread, and an error never vanishes."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, Signal, Slot
from shiboken6 import isValid

Result = TypeVar("Result")
WORKERS = 3


class Cancelled(Exception):
    """Raised inside work that the person has stopped."""


class Progress:
    """What long work reports to: `report` raises Cancelled once the person has stopped it."""

    def __init__(self, announce: Callable[[int, int, str], None]) -> None:
        self._announce = announce
        self._stopped = Event()

    def report(self, done: int, total: int, text: str = "") -> None:
        """Say that `done` of `total` steps are behind (total 0: unknown)."""
        if self._stopped.is_set():
            raise Cancelled
        self._announce(done, total, text)

    def stop(self) -> None:
        """Ask the work to end at its next report."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Tell whether the person has stopped the work."""
        return self._stopped.is_set()


class Task(QObject):
    """One piece of work on its way.

    Signals: finished(result), failed(error), progressed(done, total, text); all emitted in the window's thread.
    """

    finished = Signal(object)
    failed = Signal(object)
    progressed = Signal(int, int, str)
    _ended = Signal(object, object)

    def __init__(self, parent: QObject, forget: Callable[[Task], None]) -> None:
        super().__init__(parent)
        self._forget = forget
        self.progress = Progress(self.progressed.emit)
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Stop at the next step; nothing is delivered afterwards."""
        self.progress.stop()

    def work(self, function: Callable[[Progress], Any]) -> None:
        """Run `function` in a worker's thread and pass on what came of it."""
        try:
            result, error = function(self.progress), None
        except BaseException as caught:
            result, error = None, caught
        if isValid(self):
            self._ended.emit(result, error)

    @Slot(object, object)
    def _deliver(self, result: Any, error: BaseException | None) -> None:
        if not self.progress.stopped:
            if error is None:
                self.finished.emit(result)
            elif not isinstance(error, Cancelled):
                self.failed.emit(error)
        self._forget(self)
        self.deleteLater()


class Tasks(QObject):
    """The workers of a window.

    Signals: failed(error): an error that no caller asked to handle; busy_changed(bool).
    """

    failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="mzdesk")
        self._running: set[Task] = set()
        self._closed = False

    def run(
        self,
        work: Callable[[], Result],
        on_done: Callable[[Result], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> Task:
        """Run `work` behind; nothing is delivered once `owner` is gone."""
        return self.run_long(lambda _progress: work(), on_done, on_failed, owner=owner)

    def run_long(
        self,
        work: Callable[[Progress], Result],
        on_done: Callable[[Result], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        on_progress: Callable[[int, int, str], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> Task:
        """Run work that reports progress and can be cancelled."""
        task = Task(self, self._forget)
        task.finished.connect(_guarded(on_done, owner))
        task.failed.connect(_guarded(on_failed or self.failed.emit, owner if on_failed else None))
        task.progressed.connect(_guarded(on_progress, owner))
        if self._closed:
            task.cancel()
            return task
        self._running.add(task)
        if len(self._running) == 1:
            self.busy_changed.emit(True)
        self._pool.submit(task.work, work)
        return task

    @property
    def busy(self) -> bool:
        """Tell whether anything is under way."""
        return bool(self._running)

    def wait(self, seconds: float = 30.0) -> bool:
        """Let events run until all work is delivered; False where it took longer than `seconds`. For pictures and tests."""
        until = time.monotonic() + seconds
        while self._running and time.monotonic() < until:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.002)  # or this loop takes the interpreter's lock from the work it waits for
        return not self._running

    def close(self) -> None:
        """Stop what can be stopped and wait for the rest: a save under way, or still in the queue, is completed."""
        self._closed = True
        for task in tuple(self._running):
            task.cancel()
        self._pool.shutdown(wait=True)
        self._running.clear()

    def _forget(self, task: Task) -> None:
        self._running.discard(task)
        if not self._running:
            self.busy_changed.emit(False)


def _guarded(receiver: Callable[..., None] | None, owner: QObject | None) -> Callable[..., None]:
    def deliver(*values: Any) -> None:
        if receiver is not None and (owner is None or isValid(owner)):
            receiver(*values)

    return deliver

"""Checks filled forms in several processes at once; a batch is cut into pieces, so that one large batch uses every core."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Lock, Thread

from sync.county.checks import EngineChecker, Fault, FilledForm

PIECE = 32
SMALL = 8  # fewer are checked here: a trip to another process would cost more


class PoolChecker:
    """The engine in `workers` processes (one for each core), with one in this process for small batches and as a fallback."""

    def __init__(self, workers: int | None = None) -> None:
        self._own = EngineChecker()
        self._documents: list[tuple[str, str, bytes]] = []
        self._workers = workers or os.cpu_count() or 1
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None

    def add_forms(self, documents: Iterable[tuple[str, str, bytes]]) -> None:
        """Learn forms that the county issued; the processes start anew with them."""
        new = list(documents)
        self._own.add_forms(new)
        with self._lock:
            self._documents += new
            self._drop()

    def check(self, filled: Sequence[FilledForm]) -> list[Fault | None]:
        """Return the first fault of each form."""
        if len(filled) <= SMALL or self._workers == 1:
            return self._own.check(filled)
        starts = range(0, len(filled), PIECE)
        pieces = [json.dumps([[item.form_id, item.version, item.answers] for item in filled[at : at + PIECE]]) for at in starts]
        try:
            return [fault for piece in self._running().map(_check_piece, pieces) for fault in piece]
        except BrokenProcessPool:
            with self._lock:
                self._drop()
            return self._own.check(filled)

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            self._drop(wait=True)

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                context = get_context("spawn")
                self._pool = ProcessPoolExecutor(self._workers, context, _Worker.start, (list(self._documents),))
            return self._pool

    def _drop(self, *, wait: bool = False) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=wait, cancel_futures=True)
            self._pool = None


class _Worker:
    """The checker of a worker process."""

    checker: EngineChecker

    @classmethod
    def start(cls, documents: list[tuple[str, str, bytes]]) -> None:
        Thread(target=_end_with_parent, daemon=True).start()
        cls.checker = EngineChecker()
        cls.checker.add_forms(documents)


def _end_with_parent() -> None:
    """End this worker when the receiver is gone: one that was killed cannot say goodbye, and its workers would wait for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)


def _check_piece(piece: str) -> list[Fault | None]:
    return _Worker.checker.check([FilledForm(*item) for item in json.loads(piece)])

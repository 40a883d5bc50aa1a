"""Keeps the draft of a form: one save at a time, always the newest answers, none after the form is submitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from mzdesk.casework import drafts
from mzdesk.casework.records import Filling
from ui.tasks import Tasks

if TYPE_CHECKING:
    from forms.session import FormSession
    from mzdesk.station import Station


class DraftKeeper(QObject):
    """Signals: kept(milliseconds): the answers up to now are safe; failed(error)."""

    kept = Signal(object)  # an int of Qt has 32 bits: milliseconds would not fit
    failed = Signal(object)

    def __init__(self, station: Station, tasks: Tasks, session: FormSession, filling: Filling, parent: QObject) -> None:
        super().__init__(parent)
        self._station, self._tasks, self._session = station, tasks, session
        self.filling = filling if filling.draft_id else replace(filling, draft_id=station.new_id())
        self.exists = bool(filling.draft_id)
        self._running = self._again = self._ended = self._dirty = False
        self._newest: Mapping[str, Any] = {}
        self._then: Callable[[], None] | None = None

    def touch(self) -> None:
        """Note that answers changed."""
        self._dirty = True

    @property
    def is_dirty(self) -> bool:
        """Tell whether there are answers that no draft holds."""
        return self._dirty

    def keep(self) -> None:
        """Keep the answers as they are now, behind the window's back."""
        if self._ended:
            return
        if self._running:
            self._again = True
            return
        self._running, self._dirty = True, False
        self._newest = self._session.draft()
        self._tasks.run(self._write, self._done, self._fail, owner=self)

    def keep_now(self) -> None:
        """Keep the answers before returning: on lock, on closing, after a crash."""
        if self._dirty and not self._ended:
            self._newest = self._session.draft()
            self._write()
            self._dirty, self.exists = False, True

    def end(self, then: Callable[[], None]) -> None:
        """Keep nothing more, and call `then` once a save under way is over."""
        self._ended, self._again = True, False
        if self._running:
            self._then = then
        else:
            then()

    def resume(self) -> None:
        """Go on after all: the submission failed."""
        self._ended = False
        self._dirty = True

    def _write(self) -> int:
        drafts.keep_answers(self._station, self._session.form, lambda: self._newest, self.filling)
        return self._station.clock.now_ms()

    def _done(self, at: int) -> None:
        self._running, self.exists = False, True
        self.kept.emit(at)
        self._go_on()

    def _fail(self, error: Exception) -> None:
        self._running, self._dirty = False, True
        self.failed.emit(error)
        self._go_on()

    def _go_on(self) -> None:
        if self._then is not None:
            then, self._then = self._then, None
            then()
        elif self._again:
            self._again = False
            self.keep()

"""What every page is handed: the open station, the workers, and the two ways to speak to the person at the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui import dialogs
from ui.exchange_runner import ExchangeRunner
from ui.form_shelf import FormShelf
from ui.tasks import Tasks

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True)
class Desk:
    """`tell` shows a passing sentence, `fail` a dialog for an error that a person can act on, or the crash dialog for a bug.

    `exchange` is the one flight of the exchange with the county, `forms` the forms at hand.
    """

    station: Station
    tasks: Tasks
    exchange: ExchangeRunner
    forms: FormShelf
    tell: Callable[[str], None]
    fail: Callable[[BaseException], None]

    def may(self, permission: str) -> bool:
        """Tell whether the person at the desk has a permission."""
        from mzdesk.store.scope import Permission

        return self.station.scope.may(Permission(permission))


def desk_for(
    station: Station, tasks: Tasks, window: QWidget, tell: Callable[[str], None], fail: Callable[[BaseException], None] | None = None
) -> Desk:
    """Return the desk of a window; `fail` replaces the dialogs for errors where nobody sits before the screen."""
    runner, shelf = ExchangeRunner(station, tasks, window), FormShelf(station)
    runner.finished.connect(lambda _done: shelf.forget())
    return Desk(station, tasks, runner, shelf, tell, fail or (lambda error: dialogs.show_error(window, error)))

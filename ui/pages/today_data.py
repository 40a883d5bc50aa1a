"""What 今日工作 shows, read in one go behind the window's back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mzdesk.casework import today as casework
from mzdesk.casework.today import Today
from mzdesk.registry import divisions
from mzdesk.store.visit_months import VisitMonth, visits_by_month
from sync import exchange
from sync.exchange import ExchangeStatus

if TYPE_CHECKING:
    from mzdesk.station import Station
    from mzdesk.store.exchange import ReturnedOperation

MONTHS = 6


@dataclass(frozen=True, slots=True)
class Desktop:
    """The first page: the day's work, six months, the exchange, what came back, and the names of villages."""

    today: Today
    months: tuple[VisitMonth, ...]
    exchange: ExchangeStatus
    returned: tuple[ReturnedOperation, ...]
    villages: dict[str, str]


def read_desktop(station: Station, village: str) -> Desktop:
    """Read everything for one village, or for all in scope."""
    months = last_months(station.today(), MONTHS)
    with station.read() as connection:
        counted = visits_by_month(connection, station.scope, months, village=village)
    names = {row.code: divisions.display_name(row.name) for row in divisions.villages(station)}
    day = casework.overview(station, village=village)
    return Desktop(day, counted, exchange.status(station), exchange.returned_inbox(station), names)


def last_months(day: date, count: int) -> tuple[str, ...]:
    """Return the last `count` months up to that of `day`, as YYYY-MM."""
    found: list[str] = []
    while len(found) < count:
        found.append(day.isoformat()[:7])
        day = day.replace(day=1) - timedelta(days=1)
    return tuple(reversed(found))

"""What 今日工作 shows, read in one go behind the window's back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mzdesk.casework import months
from mzdesk.casework import today as casework
from mzdesk.casework.months import MonthBar
from mzdesk.casework.today import Today
from mzdesk.registry import divisions
from sync import exchange, returns
from sync.exchange import ExchangeStatus

if TYPE_CHECKING:
    from mzdesk.station import Station
    from mzdesk.store.returns import ReturnedLine


@dataclass(frozen=True, slots=True)
class Desktop:
    """The first page: the day's work, the last months, the exchange, what came back, and the names of villages."""

    today: Today
    months: tuple[MonthBar, ...]
    exchange: ExchangeStatus
    returned: tuple[ReturnedLine, ...]
    villages: dict[str, str]


def read_desktop(station: Station, village: str) -> Desktop:
    """Read everything for one village, or for all in scope."""
    names = {row.code: divisions.display_name(row.name) for row in divisions.villages(station)}
    day = casework.overview(station, village=village)
    bars = months.bars(station, village=village)
    return Desktop(day, bars, exchange.status(station), returns.waiting(station), names)


def close_months(station: Station, village: str) -> tuple[MonthBar, ...] | None:
    """Compute closed months that are missing; return the new bars, None where nothing was missing."""
    return months.bars(station, village=village) if months.close_months(station) else None

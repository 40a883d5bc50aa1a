"""What a report is asked for: a period, a village or all in scope, a group; and the names that stand on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from mzdesk.clock import BEIJING
from mzdesk.registry.divisions import display_name
from mzdesk.registry.groups import GROUPS
from mzdesk.reports.register import Context
from mzdesk.store import divisions

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class Selection:
    """A period from `first` to `last`, both included; `village` and `group` "" for all in scope."""

    first: date
    last: date
    village: str = ""
    group: str = ""
    publication: bool = False
    unmasked: bool = False

    @property
    def is_month(self) -> bool:
        """Tell whether the period is one calendar month."""
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1 and self.first.month == self.last.month

    @property
    def period(self) -> str:
        """Return the period in words."""
        if self.is_month:
            return f"{self.first.year}年{self.first.month}月"
        if (self.first.month, self.first.day, self.last.month, self.last.day) == (1, 1, 12, 31) and self.first.year == self.last.year:
            return f"{self.first.year}年"
        return f"{self.first:%Y-%m-%d} 至 {self.last:%Y-%m-%d}"

    def instants(self) -> tuple[int, int]:
        """Return the first instant of the period and the first one after it, in Unix milliseconds."""
        after = self.last + timedelta(days=1)
        first, last = (datetime(day.year, day.month, day.day, tzinfo=BEIJING) for day in (self.first, after))
        return int(first.timestamp() * 1000), int(last.timestamp() * 1000)


def village_names(station: Station) -> Mapping[str, str]:
    """Return code → display name of the villages in scope and of the township."""
    with station.read() as connection:
        rows = divisions.villages(connection, station.scope, station.identity.township, with_retired=True)
        names = {row.code: display_name(row.name) for row in rows}
        return names | divisions.names(connection, [station.identity.township, station.identity.township[:6]])


def context_of(station: Station, wanted: Selection, names: Mapping[str, str], *, with_group: bool = False) -> Context:
    """Return what surrounds the figures on paper."""
    township = names.get(station.identity.township, "")
    place = township + (names.get(wanted.village, "") if wanted.village else "")
    month = wanted.period + (GROUPS.get(wanted.group, "") if with_group else "")
    return Context(
        station=station.identity.name,
        place=place,
        period=wanted.period,
        month=month,
        printed_by=station.scope.name,
        printed_at=station.local_now(),
        publication=wanted.publication,
        unmasked=wanted.unmasked,
    )

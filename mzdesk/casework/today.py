"""今日工作: who is due, what waits, what came back; every number is counted from data at the moment it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mzdesk.casework.due import month_end
from mzdesk.store import drafts, due, follow_ups
from mzdesk.store.drafts import StoredDraft
from mzdesk.store.due import DueCounts, DuePerson
from mzdesk.store.follow_ups import FollowUpRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

AHEAD_DAYS = 7


@dataclass(frozen=True, slots=True)
class Today:
    """Everything that the first page shows."""

    on: date
    counts: DueCounts
    planned: int
    done: int
    people: tuple[DuePerson, ...]
    drafts: tuple[StoredDraft, ...]
    follow_ups: tuple[FollowUpRow, ...]


def overview(station: Station, *, village: str = "", limit: int = 200) -> Today:
    """Return the day's work for the person at the desk, of one village or of all in scope."""
    on = station.today()
    week = on + timedelta(days=AHEAD_DAYS)
    scope = station.scope
    with station.read() as connection:
        planned, done = _month(connection, station, on, village)
        return Today(
            on=on,
            counts=due.due_counts(connection, scope, today=on.isoformat(), week=week.isoformat(), village=village),
            planned=planned,
            done=done,
            people=due.due_people(connection, scope, until=week.isoformat(), village=village, limit=limit),
            drafts=drafts.all_of(connection, scope),
            follow_ups=follow_ups.find(connection, scope, until=week.isoformat()),
        )


def _month(connection: Connection, station: Station, day: date, village: str) -> tuple[int, int]:
    first, last = day.replace(day=1).isoformat(), month_end(day).isoformat()
    return due.month_counts(connection, station.scope, first=first, last=last, village=village)

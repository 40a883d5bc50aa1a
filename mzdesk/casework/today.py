"""今日工作: who is due, what waits, what came back; every number is counted from data at the moment it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mzdesk.casework.due import month_end
from mzdesk.store import agreements, drafts, due, follow_ups
from mzdesk.store.agreements import Ending
from mzdesk.store.drafts import StoredDraft
from mzdesk.store.due import DueCounts, DuePerson
from mzdesk.store.follow_ups import FollowUpRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

AHEAD_DAYS, AGREEMENT_DAYS = 7, 30
AGREEMENT_NAMES = {"care_agreement": "委托照料服务协议", "entrusted_care_agreement": "委托照护协议"}


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
            follow_ups=_open_matters(connection, station, on, week),
        )


def _open_matters(connection: Connection, station: Station, on: date, week: date) -> tuple[FollowUpRow, ...]:
    """Return what must be followed up within the week, and the agreements that have ended or end within a month."""
    warned = (on + timedelta(days=AGREEMENT_DAYS)).isoformat()
    ending = [_of_agreement(item) for item in agreements.ending(connection, station.scope, warned)]
    found = follow_ups.find(connection, station.scope, until=week.isoformat())
    return tuple(sorted((*found, *ending), key=lambda matter: (matter.due_on, matter.person_name)))


def _of_agreement(item: Ending) -> FollowUpRow:
    title = f"{AGREEMENT_NAMES.get(item.form_id, '协议')}到期，请续签"
    return FollowUpRow("", item.record_id, item.person_id, item.name, item.village, "agreement", title, "", item.end_on, "", "", "", False)


def _month(connection: Connection, station: Station, day: date, village: str) -> tuple[int, int]:
    first, last = day.replace(day=1).isoformat(), month_end(day).isoformat()
    return due.month_counts(connection, station.scope, first=first, last=last, village=village)

"""应访 and 已访 by month and village: the running month from the due dates, a closed month computed once from the raw facts and kept.

应访 of a month are the people who were seen in it or were due by its end; 已访 are those who were seen. A record that is entered
late for a closed month makes that month be computed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from mzdesk.casework import due
from mzdesk.casework.due import RoleFact, VisitFact, last_counting, month_end, next_due
from mzdesk.casework.rules import RuleSet, rules_on
from mzdesk.store import due as due_store
from mzdesk.store import months as store
from mzdesk.store.months import Tally
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

SHOWN = 6
STEP = 2000


@dataclass(frozen=True, slots=True)
class MonthBar:
    """One month of the chart: `first` its first day, people who should be seen, people who were."""

    first: date
    planned: int
    done: int

    @property
    def label(self) -> str:
        """Return such as 6月."""
        return f"{self.first.month}月"


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's facts as they were at the end of a month."""

    village: str
    roles: Sequence[RoleFact]
    visits: Sequence[VisitFact]


def judge(standing: Standing, first: date, rules: RuleSet) -> tuple[bool, bool]:
    """Tell (应访, 已访) of one person for the month that starts on `first`."""
    last = month_end(first)
    if not standing.roles:
        return False, False
    seen = any(
        (visit := last_counting(standing.visits, rules.rule_for(role.group, role.category, role.risk))) is not None and visit.on >= first
        for role in standing.roles
    )
    owing = next_due(standing.roles, standing.visits, rules)
    return seen or (owing is not None and owing.on <= last), seen


def bars(station: Station, *, village: str = "", months: int = SHOWN) -> tuple[MonthBar, ...]:
    """Return the last months in scope, the running one last; closed months that are not yet known are left out (see `close_months`)."""
    firsts = _firsts(station.today(), months)
    running = firsts[-1]
    with station.read() as connection:
        kept = store.sums(connection, station.scope, since=firsts[0].isoformat()[:7], village=village)
        planned, done = due_store.month_counts(
            connection, station.scope, first=running.isoformat(), last=month_end(running).isoformat(), village=village
        )
    closed = [MonthBar(first, *kept[first.isoformat()[:7]]) for first in firsts[:-1] if first.isoformat()[:7] in kept]
    return (*closed, MonthBar(running, planned, done))


def _firsts(today: date, months: int) -> list[date]:
    firsts = [today.replace(day=1)]
    while len(firsts) < months:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts[::-1]


def close_months(station: Station, months: int = SHOWN) -> int:
    """Compute every closed month that is missing; return how many. Runs behind the screen; each month is one transaction."""
    missing = [first for first, _ in pairwise(_firsts(station.today(), months)) if not _known(station, first)]
    for first in missing:
        _close(station, first)
    return len(missing)


def _known(station: Station, first: date) -> bool:
    with station.read() as connection:
        return store.is_known(connection, first.isoformat()[:7])


def _close(station: Station, first: date) -> None:
    last, month = month_end(first), first.isoformat()[:7]
    counted: dict[str, list[int]] = {}
    with station.write() as connection:
        rules, after = rules_on(connection, last), ""
        while people := store.people_enrolled(connection, SYSTEM, after, last.isoformat(), STEP):
            for standing in _standings(connection, people, last):
                planned, done = judge(standing, first, rules)
                tally = counted.setdefault(standing.village, [0, 0])
                tally[0] += planned
                tally[1] += done
            after = people[-1][0]
        store.keep(connection, month, [Tally(month, village, *tally) for village, tally in counted.items()], station.clock.now_ms())


def _standings(connection: Connection, people: Sequence[tuple[str, str]], last: date) -> list[Standing]:
    ids = [person for person, _ in people]
    roles: Mapping[str, list[RoleFact]] = due.role_facts(store.roles_on(connection, SYSTEM, ids, last.isoformat()))
    visits = due.visit_facts(row for row in due_store.visits_of(connection, SYSTEM, ids) if row.occurred_on[:10] <= last.isoformat())
    return [Standing(village, roles.get(person, ()), visits.get(person, ())) for person, village in people]


def forget_from(connection: Connection, day: str) -> None:
    """Let the closed months from the month of `day` be computed anew: a record was entered late."""
    if day:
        store.forget(connection, day[:7])

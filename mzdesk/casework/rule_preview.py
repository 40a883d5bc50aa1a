"""What a new set of visit rules would do, before anybody puts it in force: how many due dates move, and which way; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from mzdesk.casework import due
from mzdesk.casework.rules import RuleSet, parse_rules, rules_on
from mzdesk.store import due as store
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

STEP = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Preview:
    """People with a due date, and of them: due earlier, due later, and overdue today under the new rules who are not under the old."""

    people: int = 0
    earlier: int = 0
    later: int = 0
    newly_overdue: int = 0

    @property
    def changed(self) -> int:
        """Return how many due dates move."""
        return self.earlier + self.later


def of(station: Station, value: Mapping[str, Any], progress: Progress | None = None) -> Preview:
    """Compare the due dates of everybody under the rules of today and under `value`. Raises MzError where it cannot be read."""
    new, told, after, done = parse_rules(value, "", ""), Preview(), "", 0
    with station.read() as connection:
        old, total = rules_on(connection, station.today()), store.count_enrolled(connection, SYSTEM)
        while chunk := store.enrolled_after(connection, SYSTEM, after, STEP):
            told = _add(connection, chunk, (old, new), station.today(), told)
            after, done = chunk[-1], done + len(chunk)
            if progress is not None:
                progress(min(done, total), total)
    return told


def _add(connection: Connection, people: tuple[str, ...], rules: tuple[RuleSet, RuleSet], today: date, told: Preview) -> Preview:
    roles = due.role_facts(store.current_roles(connection, SYSTEM, people))
    visits = due.visit_facts(store.visits_of(connection, SYSTEM, people))
    for person in people:
        before, after = (due.next_due(roles.get(person, ()), visits.get(person, ()), one) for one in rules)
        if before is None or after is None:
            continue
        told = replace(
            told,
            people=told.people + 1,
            earlier=told.earlier + (after.on < before.on),
            later=told.later + (after.on > before.on),
            newly_overdue=told.newly_overdue + (after.on < today <= before.on),
        )
    return told

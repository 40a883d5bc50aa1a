"""Rows of the visit statistics: 走访月报 by village or by group, and 逾期清单; every figure with the people or records behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mzdesk.casework import due as due_rules
from mzdesk.casework.due import RoleFact, VisitFact
from mzdesk.casework.months import Standing, bars, judge
from mzdesk.casework.rules import RuleSet, rules_on
from mzdesk.registry.groups import GROUPS, RISKS
from mzdesk.reports.declared.rosters import OverdueRow
from mzdesk.reports.declared.visits import MonthPoint, VisitRow, visit_trends
from mzdesk.reports.register import Trend
from mzdesk.reports.sources.selection import Selection
from mzdesk.store import due as due_store
from mzdesk.store import statistics as store
from mzdesk.store.statistics import Counted, Enrolled, Visit

if TYPE_CHECKING:
    from datetime import date

    from mzdesk.station import Station

MODES = ("home", "phone", "video", "school")
CHUNK = 500


@dataclass
class _Line:
    """What is counted for one village or group: key → ids behind it."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def add(self, key: str, identity: str) -> None:
        self.ids.setdefault(key, []).append(identity)

    def row(self, name: str) -> VisitRow:
        counts = {key: len(self.ids.get(key, ())) for key in _KEYS}
        behind = {key: tuple(ids) for key, ids in self.ids.items()}
        return VisitRow(name=name, **counts, remark="；".join(self.remarks[:2]), behind=behind)


_KEYS = (
    "enrolled", "high", "medium", "low", "due", "visited", "overdue", "visits", *MODES, "unreached", "problems", "reports",
    "referred", "closed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Facts:
    """Everything read for one report."""

    people: tuple[Enrolled, ...]
    visits: tuple[Visit, ...]
    reports: tuple[Counted, ...]
    closed: tuple[Counted, ...]
    history: Mapping[str, Sequence[VisitFact]]
    rules: RuleSet


def _read(station: Station, wanted: Selection) -> _Facts:
    first, last = wanted.first.isoformat(), wanted.last.isoformat()
    scope = station.scope
    with station.read() as connection:
        people = store.enrolled(connection, scope, on=last, group=wanted.group, village=wanted.village)
        ids = list(dict.fromkeys(person.person_id for person in people))
        chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
        rows = [row for chunk in chunks for row in due_store.visits_of(connection, scope, chunk) if row.occurred_on[:10] <= last]
        return _Facts(
            people,
            store.visits(connection, scope, first=first, last=last, village=wanted.village),
            store.reports(connection, scope, first=first, last=last, village=wanted.village),
            store.closed_matters(connection, scope, first=first, last=last, village=wanted.village),
            due_rules.visit_facts(rows),
            rules_on(connection, wanted.last),
        )


def month_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[VisitRow, ...]:
    """Return the month by village; of one village, by group. Somebody in two groups counts once in a village, at their highest risk."""
    facts = _read(station, wanted)
    lines: dict[str, _Line] = {}
    key_of = _by_group(facts) if wanted.village else _by_village(facts)
    for key, people in _people_by(facts, key_of).items():
        line = lines.setdefault(key, _Line())
        for roles in people.values():
            _count_person(line, roles, facts, wanted)
    for visit in facts.visits:
        for key in key_of(visit.person_id, visit.village):
            _count_visit(lines.setdefault(key, _Line()), visit)
    for kind, counted in (("reports", facts.reports), ("closed", facts.closed)):
        for item in counted:
            for key in key_of(item.person_id, item.village):
                lines.setdefault(key, _Line()).add(kind, item.id)
    titles = GROUPS if wanted.village else names
    return tuple(lines[key].row(titles.get(key, key or "未注明")) for key in sorted(lines))


KeyOf = Callable[[str, str], tuple[str, ...]]


def _by_village(facts: _Facts) -> KeyOf:
    homes = {person.person_id: person.village for person in facts.people}
    return lambda person_id, village: (homes.get(person_id, village),)


def _by_group(facts: _Facts) -> KeyOf:
    """Somebody in several groups is told of in the one that asks for the soonest visit, so that sums stay true."""
    groups: dict[str, str] = {}
    for person in sorted(facts.people, key=lambda item: (item.next_due == "", item.group)):
        groups.setdefault(person.person_id, person.group)
    return lambda person_id, _village: (groups.get(person_id, ""),)


def _people_by(facts: _Facts, key_of: KeyOf) -> dict[str, dict[str, list[Enrolled]]]:
    found: dict[str, dict[str, list[Enrolled]]] = {}
    for person in facts.people:
        for key in key_of(person.person_id, person.village):
            found.setdefault(key, {}).setdefault(person.person_id, []).append(person)
    return found


def _count_person(line: _Line, roles: Sequence[Enrolled], facts: _Facts, wanted: Selection) -> None:
    person = roles[0]
    line.add("enrolled", person.person_id)
    line.add(min((role.risk for role in roles), key=list(RISKS).index), person.person_id)
    visits = facts.history.get(person.person_id, ())
    planned, seen = judge(Standing(person.village, [role_fact(role) for role in roles], visits), wanted.first, facts.rules)
    if planned:
        line.add("due", person.person_id)
        line.add("visited" if seen else "overdue", person.person_id)
    tried = [visit for visit in visits if visit.on >= wanted.first]
    if tried and not any(visit.reached for visit in tried):
        line.add("unreached", person.person_id)


def role_fact(role: Enrolled) -> RoleFact:
    """Return the facts of a role that due dates need."""
    from datetime import date

    until = date.fromisoformat(role.suspended_until) if role.suspended_until else None
    return RoleFact(role.person_id, role.group, role.category, role.risk, date.fromisoformat(role.entered_on), until, role.suspended_why)


def _count_visit(line: _Line, visit: Visit) -> None:
    if visit.contact_mode in MODES:
        line.add("visits", visit.record_id)
        line.add(visit.contact_mode, visit.record_id)
    if visit.problems and visit.problems.strip("。 ") != "无":
        line.add("problems", visit.record_id)
        line.remarks.append(visit.problems.splitlines()[0][:40].rstrip("。；"))
    if visit.refer_to and visit.refer_to != "none":
        line.add("referred", visit.record_id)


def trends(station: Station, wanted: Selection, rows: Sequence[VisitRow]) -> tuple[Trend, ...]:
    """Return the charts beside the month: the last six months, and the risk levels at the end of the period."""
    months = bars(station, village=wanted.village)
    points = [MonthPoint(bar.label, bar.planned, bar.done) for bar in months]
    return visit_trends(points, rows, f"{wanted.last.month}月末")


def overdue_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[OverdueRow, ...]:
    """Return who is overdue at the end of the period (today at the latest), the longest first."""
    day = min(wanted.last, station.today())
    facts = _read(station, wanted)
    by_person: dict[str, list[Enrolled]] = {}
    for person in facts.people:
        by_person.setdefault(person.person_id, []).append(person)
    found = [row for roles in by_person.values() if (row := _overdue(roles, facts, day, names)) is not None]
    return tuple(sorted(found, key=lambda row: (-row.days, row.village, row.name)))


def _overdue(roles: Sequence[Enrolled], facts: _Facts, day: date, names: Mapping[str, str]) -> OverdueRow | None:
    visits = facts.history.get(roles[0].person_id, ())
    due = due_rules.next_due([role_fact(role) for role in roles], visits, facts.rules)
    if due is None or due.on >= day:
        return None
    person = roles[0]
    missed = sum(1 for visit in visits if not visit.reached and (due.last_visit is None or visit.on > due.last_visit))
    risk = min((role.risk for role in roles), key=list(RISKS).index)
    return OverdueRow(
        village=names.get(person.village, person.village),
        name=person.name,
        group="、".join(GROUPS.get(role.group, role.group) for role in roles),
        risk=RISKS.get(risk, ""),
        due_on=due.on,
        days=(day - due.on).days,
        last_visit=due.last_visit,
        attempts=missed,
        responsible=person.responsible,
        behind={"name": (person.person_id,), "attempts": (person.person_id,)},
    )

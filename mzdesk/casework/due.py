"""When a person must be seen next, and why: one pure function over facts, and the step that keeps `next_due` true.

Rules: domain/README.md §2. The shortest of a person's roles decides; a failed visit (未联系上) never counts; a contact by phone
or video counts only where the rule lists that mode; a calendar-month rule is met once in each month; a date agreed in the last visit can
only bring the next one forward; a suspension (hospital, away with the parents) puts it off until the day after it ends.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from mzdesk.casework.rules import GROUP_NAMES, RISK_NAMES, Rule, RuleSet, rules_on
from mzdesk.store import due as store
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

CHUNK = 500


@dataclass(frozen=True, slots=True)
class RoleFact:
    """A current enrolment, as far as due dates care; dates are Beijing dates."""

    enrolment_id: str
    group: str
    category: str
    risk: str
    entered_on: date
    suspended_until: date | None = None
    suspended_why: str = ""


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One standing contact with a person."""

    on: date
    mode: str
    reached: bool
    agreed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The next date by which a person must be seen, the role that asks for it, and the sentence that explains it."""

    enrolment_id: str
    on: date
    why: str
    last_visit: date | None


def counts(visit: VisitFact, rule: Rule) -> bool:
    """Tell whether a visit satisfies a rule."""
    return visit.reached and visit.mode in rule.modes


def last_counting(visits: Sequence[VisitFact], rule: Rule) -> VisitFact | None:
    """Return the latest visit that satisfies the rule."""
    return max((visit for visit in visits if counts(visit, rule)), key=lambda visit: visit.on, default=None)


def month_end(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def interval_end(rule: Rule, start: date, *, visited: bool) -> date:
    """Return the day by which the next visit is due after `start` (a visit, or the entry)."""
    if not rule.monthly:
        return start + timedelta(days=rule.days)
    return month_end(month_end(start) + timedelta(days=1)) if visited else month_end(start)


def role_due(role: RoleFact, visits: Sequence[VisitFact], rules: RuleSet) -> Due:
    """Return the due date of one role."""
    rule = rules.rule_for(role.group, role.category, role.risk)
    last = last_counting(visits, rule)
    start = last.on if last else role.entered_on
    on = interval_end(rule, start, visited=last is not None)
    seen = f"上次见面 {last.on.isoformat()}" if last else f"{role.entered_on.isoformat()} 纳入后还没有见过面"
    name = f"{GROUP_NAMES.get(role.group, role.group)}（{RISK_NAMES.get(role.risk, role.risk)}）"
    why = f"{name}{rule.sentence}，{seen}，应在 {on.isoformat()} 前走访。依据：{rules.document_no or rules.source}"
    latest = max((visit for visit in visits if visit.reached), key=lambda visit: visit.on, default=None)
    if latest and latest.agreed_on and latest.on < latest.agreed_on < on:
        on = latest.agreed_on
        why = f"{latest.on.isoformat()} 走访时约定 {on.isoformat()} 再去"
    if role.suspended_until and on <= role.suspended_until:
        on = role.suspended_until + timedelta(days=1)
        why = f"{role.suspended_why or '暂停走访'}至 {role.suspended_until.isoformat()}，次日起应走访"
    return Due(role.enrolment_id, on, why, last.on if last else None)


def next_due(roles: Sequence[RoleFact], visits: Sequence[VisitFact], rules: RuleSet) -> Due | None:
    """Return when a person must be seen next: the earliest of their roles, None where there is no current role."""
    return min((role_due(role, visits, rules) for role in roles), key=lambda due: (due.on, due.enrolment_id), default=None)


def refresh(connection: Connection, station: Station, person_ids: Iterable[str]) -> None:
    """Recompute `next_due` of these people in the transaction that changed what it depends on."""
    rules = rules_on(connection, station.today())
    pending = iter(dict.fromkeys(person_ids))
    while chunk := list(islice(pending, CHUNK)):
        roles = role_facts(store.current_roles(connection, SYSTEM, chunk))
        visits = visit_facts(store.visits_of(connection, SYSTEM, chunk))
        answers = [(person, next_due(roles.get(person, ()), visits.get(person, ()), rules)) for person in chunk]
        store.write_due(connection, SYSTEM, [_written(person, due) for person, due in answers])


def _written(person: str, due: Due | None) -> store.DueRow:
    if due is None:
        return store.DueRow(person, "", "", "", "")
    last = due.last_visit.isoformat() if due.last_visit else ""
    return store.DueRow(person, due.enrolment_id, due.on.isoformat(), due.why, last)


def _day(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def role_facts(rows: Iterable[store.RoleRow]) -> Mapping[str, list[RoleFact]]:
    """Return person id → facts of their roles."""
    found: dict[str, list[RoleFact]] = {}
    for row in rows:
        entered = _day(row.entered_on) or date.min
        fact = RoleFact(row.id, row.group, row.category, row.risk, entered, _day(row.suspended_until), row.suspended_why)
        found.setdefault(row.person_id, []).append(fact)
    return found


def visit_facts(rows: Iterable[store.VisitRow]) -> Mapping[str, list[VisitFact]]:
    """Return person id → facts of their visits."""
    found: dict[str, list[VisitFact]] = {}
    for row in rows:
        if day := _day(row.occurred_on):
            fact = VisitFact(day, row.contact_mode, row.reached != "no", _day(row.follow_up_on))
            found.setdefault(row.person_id, []).append(fact)
    return found

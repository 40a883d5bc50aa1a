"""Queries behind due dates: facts of roles and visits in, `next_due` of the leading role out, and the counts of 今日工作."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, select, update

from mzdesk.store.scope import Scope
from mzdesk.store.tables import ENROLMENT, PERSON, RECORD, RELATION


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A current enrolment."""

    id: str
    person_id: str
    group: str
    category: str
    risk: str
    entered_on: str
    suspended_until: str
    suspended_why: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A standing contact with a person."""

    person_id: str
    occurred_on: str
    contact_mode: str
    reached: str
    follow_up_on: str


@dataclass(frozen=True, slots=True)
class DueRow:
    """The due date of a person, carried by the enrolment that leads."""

    person_id: str
    enrolment_id: str
    next_due: str
    why: str
    last_visit_on: str


@dataclass(frozen=True, slots=True)
class DuePerson:
    """A line of the due list."""

    person_id: str
    name: str
    sex: str
    birth_date: str
    village: str
    address: str
    phone: str
    group: str
    risk: str
    next_due: str
    why: str
    last_visit_on: str
    carer: str


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How many people are due; `oldest` is the earliest date that was missed."""

    overdue: int
    today: int
    week: int
    oldest: str
    high_today: int


_STANDING = and_(ENROLMENT.c.left_on == "", ENROLMENT.c.deleted_at == 0)


def current_roles(connection: Connection, scope: Scope, person_ids: Sequence[str]) -> tuple[RoleRow, ...]:
    """Return the current enrolments of living, present people among `person_ids`."""
    query = (
        select(*(ENROLMENT.c[name] for name in RoleRow.__slots__))
        .select_from(ENROLMENT.join(PERSON, PERSON.c.id == ENROLMENT.c.person_id))
        .where(ENROLMENT.c.person_id.in_(person_ids), _STANDING, scope.where(PERSON.c.village))
        .where(PERSON.c.life == "here", PERSON.c.deleted_at == 0, PERSON.c.merged_into == "")
        .with_hint(ENROLMENT, "INDEXED BY ix_enrolment_person_id", "sqlite")
        .with_hint(PERSON, "INDEXED BY sqlite_autoindex_person_1", "sqlite")  # else everybody who is not merged is read
    )
    return tuple(RoleRow(*row) for row in connection.execute(query))


def visits_of(connection: Connection, scope: Scope, person_ids: Sequence[str]) -> tuple[VisitRow, ...]:
    """Return the standing visits of these people, oldest first."""
    query = (
        select(*(RECORD.c[name] for name in VisitRow.__slots__))
        .where(RECORD.c.person_id.in_(person_ids), RECORD.c.kind == "visit", scope.where(RECORD.c.village))
        .where(RECORD.c.amended_by == "", RECORD.c.deleted_at == 0)
        .order_by(RECORD.c.occurred_on, RECORD.c.saved_at)
        .with_hint(RECORD, "INDEXED BY ix_record_person_id", "sqlite")  # without it all visits are read for a few hundred people
    )
    return tuple(VisitRow(*row) for row in connection.execute(query))


def count_enrolled(connection: Connection, scope: Scope) -> int:
    """Return how many people have a current role."""
    query = select(func.count(ENROLMENT.c.person_id.distinct())).where(_STANDING, scope.where(ENROLMENT.c.village))
    return int(connection.execute(query).scalar_one())


def enrolled_after(connection: Connection, scope: Scope, after: str, limit: int) -> tuple[str, ...]:
    """Return the next ids of people with any role, in order of id."""
    query = select(ENROLMENT.c.person_id).distinct().where(ENROLMENT.c.person_id > after, scope.where(ENROLMENT.c.village))
    return tuple(connection.execute(query.order_by(ENROLMENT.c.person_id).limit(limit)).scalars())


def write_due(connection: Connection, scope: Scope, rows: Sequence[DueRow]) -> None:
    """Set `next_due` on the leading enrolment of each person and clear it on the others; a trigger carries it to the listing."""
    if not rows:
        return
    leads = ENROLMENT.c.id == bindparam("lead")
    statement = (
        update(ENROLMENT)
        .where(ENROLMENT.c.person_id == bindparam("person"), scope.where(ENROLMENT.c.village))
        .values(
            next_due=case((leads, bindparam("due")), else_=""),
            due_why=case((leads, bindparam("explanation")), else_=""),
            last_visit_on=bindparam("last"),
        )
    )
    values = [
        {"person": row.person_id, "lead": row.enrolment_id, "due": row.next_due, "explanation": row.why, "last": row.last_visit_on}
        for row in rows
    ]
    connection.execute(statement, values)


def _due_columns() -> list[Any]:
    carer = (
        select(RELATION.c.name)
        .where(RELATION.c.person_id == PERSON.c.id, RELATION.c.kind.in_(("guardian", "carer")), RELATION.c.deleted_at == 0)
        .order_by(RELATION.c.kind.desc())
        .limit(1)
        .scalar_subquery()
    )
    person = [PERSON.c.id, PERSON.c.name, PERSON.c.sex, PERSON.c.birth_date, PERSON.c.village, PERSON.c.address, PERSON.c.phone]
    role = [ENROLMENT.c.group, ENROLMENT.c.risk, ENROLMENT.c.next_due, ENROLMENT.c.due_why, ENROLMENT.c.last_visit_on]
    return [*person, *role, func.coalesce(carer, "")]


def due_people(connection: Connection, scope: Scope, *, until: str, village: str = "", limit: int = 200) -> tuple[DuePerson, ...]:
    """Return who is due up to the date `until`, the longest overdue first."""
    query = (
        select(*_due_columns())
        .select_from(ENROLMENT.join(PERSON, PERSON.c.id == ENROLMENT.c.person_id))
        .where(ENROLMENT.c.next_due != "", ENROLMENT.c.next_due <= until, scope.where(ENROLMENT.c.village))
        .order_by(ENROLMENT.c.next_due, ENROLMENT.c.person_id)
        .limit(limit)
    )
    if village:
        query = query.where(ENROLMENT.c.village == village)
    return tuple(DuePerson(*row) for row in connection.execute(query))


def due_counts(connection: Connection, scope: Scope, *, today: str, week: str, village: str = "") -> DueCounts:
    """Count people overdue (before `today`), due `today`, and due after today up to `week`."""
    due = ENROLMENT.c.next_due
    on_day = due == today
    columns = (
        func.coalesce(func.sum(case((due < today, 1), else_=0)), 0),
        func.coalesce(func.sum(case((on_day, 1), else_=0)), 0),
        func.coalesce(func.sum(case((due > today, 1), else_=0)), 0),
        func.coalesce(func.min(due), ""),
        func.coalesce(func.sum(case((and_(on_day, ENROLMENT.c.risk == "high"), 1), else_=0)), 0),
    )
    query = select(*columns).where(due != "", due <= week, scope.where(ENROLMENT.c.village))
    if village:
        query = query.where(ENROLMENT.c.village == village)
    row = connection.execute(query).one()
    return DueCounts(*row)


def month_counts(connection: Connection, scope: Scope, *, first: str, last: str, village: str = "") -> tuple[int, int]:
    """Return (应访, 已访) of a month: people seen in it or still due by its end, and people seen in it."""
    seen = and_(ENROLMENT.c.last_visit_on >= first, ENROLMENT.c.last_visit_on <= last)
    owes = and_(ENROLMENT.c.next_due != "", ENROLMENT.c.next_due <= last)
    query = select(func.count().filter(seen | owes), func.count().filter(seen)).where(
        ENROLMENT.c.next_due != "", scope.where(ENROLMENT.c.village)
    )
    if village:
        query = query.where(ENROLMENT.c.village == village)
    planned, done = connection.execute(query).one()
    return int(planned), int(done)

"""Queries on 特困 care: who is or was supported, their assessments, agreements and care logs, and the confirmed monthly lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from mzdesk import canonical
from mzdesk.store import records
from mzdesk.store.scope import Scope
from mzdesk.store.tables import ENROLMENT, MONTHLY_ENTITLEMENT, PERSON, RECORD

GROUP = "extreme_poverty"


@dataclass(frozen=True, slots=True)
class SupportedRow:
    """One 特困 enrolment with its person; `profile` as the registration form told it."""

    enrolment_id: str
    person_id: str
    name: str
    sex: str
    birth_date: str
    village: str
    address: str
    category: str
    entered_on: str
    left_on: str
    left_why: str
    next_due: str
    profile: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CareRecord:
    """A standing assessment, agreement or care log; `answers` nested by name."""

    record_id: str
    number: str
    person_id: str
    village: str
    occurred_on: str
    author_name: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of a confirmed monthly list; `basic` and `care` in 分."""

    person_id: str
    name: str
    village: str
    area: str
    level: str
    basic: int
    care: int


def _with_json(row: Sequence[Any]) -> list[Any]:
    """Return the values of a row whose last column is JSON."""
    return [*row[:-1], canonical.loads(row[-1])]


def supported(connection: Connection, scope: Scope, *, current_on: str = "") -> tuple[SupportedRow, ...]:
    """Return everybody in scope who is or was supported, by village and name; only those current on a date where one is given."""
    role = [ENROLMENT.c.category, ENROLMENT.c.entered_on, ENROLMENT.c.left_on, ENROLMENT.c.left_why, ENROLMENT.c.next_due]
    person = [PERSON.c.id, PERSON.c.name, PERSON.c.sex, PERSON.c.birth_date, PERSON.c.village, PERSON.c.address]
    query = (
        select(ENROLMENT.c.id, *person, *role, ENROLMENT.c.profile_json)
        .select_from(ENROLMENT.join(PERSON, PERSON.c.id == ENROLMENT.c.person_id))
        .where(ENROLMENT.c.group == GROUP, ENROLMENT.c.deleted_at == 0, PERSON.c.deleted_at == 0, PERSON.c.merged_into == "")
        .where(scope.where(PERSON.c.village))
        .order_by(PERSON.c.village, PERSON.c.name, PERSON.c.id)
    )
    if current_on:
        query = query.where(ENROLMENT.c.entered_on <= current_on, (ENROLMENT.c.left_on == "") | (ENROLMENT.c.left_on > current_on))
    return tuple(SupportedRow(*_with_json(row)) for row in connection.execute(query))


def care_records(
    connection: Connection, scope: Scope, form_id: str, *, since: str = "", until: str = "9", person_ids: Sequence[str] = ()
) -> tuple[CareRecord, ...]:
    """Return the standing records of a care form, oldest first; of some people only where they are named."""
    columns = (RECORD.c.id, RECORD.c.number, RECORD.c.person_id, RECORD.c.village, RECORD.c.occurred_on, RECORD.c.author_name)
    query = (
        select(*columns, RECORD.c.answers_json)
        .where(RECORD.c.form_id == form_id, RECORD.c.occurred_on >= since, RECORD.c.occurred_on <= until)
        .where(RECORD.c.amended_by == "", RECORD.c.deleted_at == 0, records.visible(scope))
        .order_by(RECORD.c.occurred_on, RECORD.c.saved_at)
    )
    if person_ids:
        query = query.where(RECORD.c.person_id.in_(person_ids))
    return tuple(CareRecord(*_with_json(row)) for row in connection.execute(query))


def confirmed(connection: Connection, scope: Scope, month: str) -> tuple[ListLine, ...]:
    """Return the confirmed list of a month in scope, by village and name."""
    columns = [MONTHLY_ENTITLEMENT.c[name] for name in ListLine.__slots__]
    query = select(*columns).where(MONTHLY_ENTITLEMENT.c.month == month, scope.where(MONTHLY_ENTITLEMENT.c.village))
    ordered = query.order_by(MONTHLY_ENTITLEMENT.c.village, MONTHLY_ENTITLEMENT.c.name, MONTHLY_ENTITLEMENT.c.person_id)
    return tuple(ListLine(*row) for row in connection.execute(ordered))


def confirmed_months(connection: Connection) -> tuple[str, ...]:
    """Return the months whose list was confirmed, newest first."""
    query = select(MONTHLY_ENTITLEMENT.c.month).distinct().order_by(MONTHLY_ENTITLEMENT.c.month.desc())
    return tuple(connection.execute(query).scalars())


def confirm(connection: Connection, scope: Scope, month: str, lines: Sequence[ListLine], *, now_ms: int) -> None:
    """Keep the list of a month, which was not confirmed before."""
    values = [
        {name: getattr(line, name) for name in ListLine.__slots__} | {"month": month, "confirmed_at": now_ms, "confirmed_by": scope.actor}
        for line in lines
        if scope.covers(line.village)
    ]
    if values:
        connection.execute(insert(MONTHLY_ENTITLEMENT), values)


def withdraw(connection: Connection, scope: Scope, month: str) -> int:
    """Take a confirmed list back; return how many lines it had."""
    chosen = (MONTHLY_ENTITLEMENT.c.month == month) & scope.where(MONTHLY_ENTITLEMENT.c.village)
    return int(connection.execute(delete(MONTHLY_ENTITLEMENT).where(chosen)).rowcount)

"""Queries behind registers and statistics: people of a group on a day, visits and matters of a period, each with its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from mzdesk.store.records import visible
from mzdesk.store.scope import Scope
from mzdesk.store.tables import BATCH, ENROLMENT, FOLLOW_UP, OPERATION, PERSON, RECEIPT, RECORD, RELATION

KEEPERS = ("guardian", "carer", "spouse", "child", "father", "mother")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One person in one group on a day."""

    person_id: str
    name: str
    sex: str
    birth_date: str
    id_no: str
    phone: str
    village: str
    group: str
    category: str
    risk: str
    entered_on: str
    suspended_until: str
    suspended_why: str
    next_due: str
    last_visit_on: str
    responsible: str
    keeper: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One standing visit of a period; `problems` as written, "" for none."""

    record_id: str
    person_id: str
    village: str
    occurred_on: str
    contact_mode: str
    reached: str
    refer_to: str
    problems: str


@dataclass(frozen=True, slots=True)
class Counted:
    """One record or matter that a report counts."""

    id: str
    person_id: str
    village: str


@dataclass(frozen=True, slots=True)
class SentBatch:
    """A batch with what its receipt said; `accepted` counts every verdict but returned and pending ones."""

    seq: int
    digest: str
    count: int
    sealed_at: int
    channel: str
    receipt: str
    accepted: int
    returned: int


def _keeper() -> Any:
    """Return the name of who looks after the person: the guardian or carer first, then spouse, child, parent."""
    rank = func.instr("guardian carer spouse child father mother", RELATION.c.kind)
    return (
        select(RELATION.c.name)
        .where(RELATION.c.person_id == PERSON.c.id, RELATION.c.kind.in_(KEEPERS), RELATION.c.deleted_at == 0, RELATION.c.name != "")
        .order_by(rank)
        .limit(1)
        .scalar_subquery()
    )


def enrolled(connection: Connection, scope: Scope, *, on: str, group: str = "", village: str = "") -> tuple[Enrolled, ...]:
    """Return who was in a group (all groups) on a date, by village and name; somebody in two groups stands twice."""
    person = [PERSON.c.id, PERSON.c.name, PERSON.c.sex, PERSON.c.birth_date, PERSON.c.id_no, PERSON.c.phone, PERSON.c.village]
    names = ("group", "category", "risk", "entered_on", "suspended_until", "suspended_why", "next_due", "last_visit_on", "responsible")
    query = (
        select(*person, *(ENROLMENT.c[name] for name in names), func.coalesce(_keeper(), ""))
        .select_from(ENROLMENT.join(PERSON, PERSON.c.id == ENROLMENT.c.person_id))
        .where(ENROLMENT.c.entered_on <= on, or_(ENROLMENT.c.left_on == "", ENROLMENT.c.left_on > on), ENROLMENT.c.deleted_at == 0)
        .where(PERSON.c.deleted_at == 0, PERSON.c.merged_into == "", scope.where(PERSON.c.village))
        .order_by(PERSON.c.village, PERSON.c.name, PERSON.c.id)
    )
    if group:
        query = query.where(ENROLMENT.c.group == group)
    if village:
        query = query.where(PERSON.c.village == village)
    return tuple(Enrolled(*list(row)) for row in connection.execute(query))


def _standing(scope: Scope, first: str, last: str, village: str) -> ColumnElement[bool]:
    own = RECORD.c.village == village if village else RECORD.c.village == RECORD.c.village
    in_time = RECORD.c.occurred_on.between(first, last)
    return and_(in_time, own, RECORD.c.amended_by == "", RECORD.c.deleted_at == 0, scope.where(RECORD.c.village))


def visits(connection: Connection, scope: Scope, *, first: str, last: str, village: str = "") -> tuple[Visit, ...]:
    """Return the standing visits of a period."""
    problems = func.coalesce(func.json_extract(RECORD.c.answers_json, "$.action.problems"), "")
    columns = [RECORD.c.id, RECORD.c.person_id, RECORD.c.village, RECORD.c.occurred_on, RECORD.c.contact_mode, RECORD.c.reached]
    query = select(*columns, RECORD.c.refer_to, problems).where(RECORD.c.kind == "visit", _standing(scope, first, last, village))
    return tuple(Visit(*list(row)) for row in connection.execute(query))


def reports(connection: Connection, scope: Scope, *, first: str, last: str, village: str = "") -> tuple[Counted, ...]:
    """Return the mandatory reports of a period that may be seen."""
    query = select(RECORD.c.id, RECORD.c.person_id, RECORD.c.village).where(
        RECORD.c.form_id == "mandatory_report", visible(scope), _standing(scope, first, last, village)
    )
    return tuple(Counted(*row) for row in connection.execute(query))


def closed_matters(connection: Connection, scope: Scope, *, first: str, last: str, village: str = "") -> tuple[Counted, ...]:
    """Return the matters that were closed in a period."""
    query = select(FOLLOW_UP.c.id, FOLLOW_UP.c.person_id, FOLLOW_UP.c.village).where(
        FOLLOW_UP.c.done_on.between(first, last), scope.where(FOLLOW_UP.c.village)
    )
    if village:
        query = query.where(FOLLOW_UP.c.village == village)
    return tuple(Counted(*row) for row in connection.execute(query))


def batches(connection: Connection, *, first_ms: int, last_ms: int) -> tuple[SentBatch, ...]:
    """Return the batches sealed between two instants with what came back of each; the station's own, not of any person."""
    settled = and_(OPERATION.c.verdict.is_not(None), ~OPERATION.c.verdict.startswith("returned"))
    query = (
        select(
            BATCH.c.seq,
            BATCH.c.digest,
            BATCH.c.count,
            BATCH.c.sealed_at,
            BATCH.c.channel,
            func.coalesce(RECEIPT.c.number, ""),
            func.count(OPERATION.c.seq).filter(settled),
            func.count(OPERATION.c.seq).filter(OPERATION.c.verdict.startswith("returned")),
        )
        .select_from(BATCH.outerjoin(RECEIPT, RECEIPT.c.seq == BATCH.c.seq).outerjoin(OPERATION, OPERATION.c.batch == BATCH.c.seq))
        .where(BATCH.c.sealed_at >= first_ms, BATCH.c.sealed_at < last_ms)
        .group_by(BATCH.c.seq)
        .order_by(BATCH.c.seq)
    )
    return tuple(SentBatch(*row) for row in connection.execute(query))

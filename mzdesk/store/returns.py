"""Queries on what the county sent back: whom it is about, how far its correction is; a restricted record stays with who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from mzdesk.store.records import visible
from mzdesk.store.scope import Scope
from mzdesk.store.tables import ENROLMENT, FOLLOW_UP, OPERATION, PERSON, RECORD, RELATION

PERSON_KINDS = ("person", "tombstone")
RECORD_KINDS = ("record", "tombstone")


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """An operation that the county sent back and nobody has closed.

    `field` is the reference of the faulty answer or the column; `sentence` the county's words; `newest` the record that corrects it,
    the record itself where there is none; `correcting`: a correction is saved and has no verdict yet.
    """

    op: str
    kind: str
    subject: str
    reason: str
    field: str
    sentence: str
    created_at: int
    person_id: str
    person_name: str
    form_id: str
    form_version: str
    number: str
    occurred_on: str
    newest: str
    correcting: bool


def inbox(connection: Connection, scope: Scope, op: str = "", limit: int = 500) -> tuple[ReturnedLine, ...]:
    """Return what came back and is not closed, newest first, or only operation `op`, as far as `scope` may see it.

    A record whose correction came back too is left out: the correction stands in its place.
    """
    corrected = aliased(OPERATION, name="corrected")
    latest = select(func.max(corrected.c.seq)).where(corrected.c.subject == RECORD.c.amended_by, corrected.c.kind == "record")
    answer = aliased(OPERATION, name="answer")
    joined = _joined().outerjoin(answer, answer.c.seq == latest.scalar_subquery())
    superseded = and_(RECORD.c.amended_by.is_not(None), RECORD.c.amended_by != "", answer.c.verdict.is_not(None))
    query = select(*_columns(answer)).select_from(joined).where(*_open_in(scope), ~func.coalesce(superseded, False))
    if op:
        query = query.where(OPERATION.c.op == op)
    rows = connection.execute(query.order_by(OPERATION.c.seq.desc()).limit(limit)).mappings()
    return tuple(ReturnedLine(**{**row, "correcting": bool(row["correcting"])}) for row in rows)


def _joined() -> Any:
    person = func.coalesce(ENROLMENT.c.person_id, RELATION.c.person_id, FOLLOW_UP.c.person_id, RECORD.c.person_id, OPERATION.c.subject)
    return (
        OPERATION.outerjoin(RECORD, and_(OPERATION.c.kind.in_(RECORD_KINDS), RECORD.c.id == OPERATION.c.subject))
        .outerjoin(ENROLMENT, and_(OPERATION.c.kind == "enrolment", ENROLMENT.c.id == OPERATION.c.subject))
        .outerjoin(RELATION, and_(OPERATION.c.kind == "relation", RELATION.c.id == OPERATION.c.subject))
        .outerjoin(FOLLOW_UP, and_(OPERATION.c.kind == "follow_up", FOLLOW_UP.c.id == OPERATION.c.subject))
        .outerjoin(PERSON, PERSON.c.id == person)
    )


def _columns(answer: Any) -> list[Any]:
    later = aliased(OPERATION, name="later")
    again = (
        select(later.c.seq)
        .where(later.c.subject == OPERATION.c.subject, later.c.kind == OPERATION.c.kind, later.c.seq > OPERATION.c.seq)
        .where(later.c.verdict.is_(None))
        .exists()
    )
    amended = func.coalesce(RECORD.c.amended_by, "")
    told = [OPERATION.c[name] for name in ("op", "kind", "subject", "reason", "field", "sentence", "created_at")]
    of_record = [func.coalesce(RECORD.c[name], "").label(name) for name in ("form_id", "form_version", "number", "occurred_on")]
    return [
        *told,
        func.coalesce(PERSON.c.id, "").label("person_id"),
        func.coalesce(PERSON.c.name, "").label("person_name"),
        *of_record,
        func.coalesce(func.nullif(amended, ""), OPERATION.c.subject).label("newest"),
        or_(and_(amended != "", answer.c.verdict.is_(None)), again).label("correcting"),
    ]


def _open_in(scope: Scope) -> list[Any]:
    return [
        OPERATION.c.verdict == "returned",
        OPERATION.c.closed_by == "",
        or_(RECORD.c.id.is_(None), visible(scope)),
        or_(PERSON.c.id.is_(None), scope.where(PERSON.c.village)),
        or_(RECORD.c.id.is_not(None), PERSON.c.id.is_not(None), OPERATION.c.village == "", scope.where(OPERATION.c.village)),
    ]

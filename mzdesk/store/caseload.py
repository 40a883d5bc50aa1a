"""What one person is responsible for, and moving it to another; every query is filtered by scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select, update

from mzdesk.store.scope import Scope
from mzdesk.store.tables import DRAFT, ENROLMENT, FOLLOW_UP, PERSON


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One current role of a person in a caseload."""

    enrolment_id: str
    person_id: str
    name: str
    village: str
    group: str
    risk: str
    next_due: str
    open_follow_ups: int


def current_roles(connection: Connection, scope: Scope, villages: Sequence[str], responsible: str) -> tuple[CaseRow, ...]:
    """Return the current roles in `villages` that `responsible` answers for, or nobody does, by village and name."""
    waiting = (
        select(func.count())
        .where(FOLLOW_UP.c.person_id == PERSON.c.id, FOLLOW_UP.c.done_on == "", scope.where(FOLLOW_UP.c.village))
        .correlate(PERSON)
        .scalar_subquery()
    )
    columns = (ENROLMENT.c.id, PERSON.c.id, PERSON.c.name, ENROLMENT.c.village, ENROLMENT.c.group, ENROLMENT.c.risk, ENROLMENT.c.next_due)
    query = (
        select(*columns, waiting)
        .join(PERSON, PERSON.c.id == ENROLMENT.c.person_id)
        .where(ENROLMENT.c.left_on == "", ENROLMENT.c.deleted_at == 0, PERSON.c.deleted_at == 0)
        .where(ENROLMENT.c.village.in_(list(villages)), ENROLMENT.c.responsible.in_([responsible, ""]))
        .where(scope.where(ENROLMENT.c.village), scope.where(PERSON.c.village))
        .order_by(ENROLMENT.c.village, PERSON.c.name, ENROLMENT.c.id)
    )
    return tuple(CaseRow(*row) for row in connection.execute(query))


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft that may be handed over: its form, and its answers as JSON."""

    id: str
    form_id: str
    form_version: str
    answers_json: str


def drafts_of(connection: Connection, scope: Scope, villages: Sequence[str], author: str) -> tuple[DraftRow, ...]:
    """Return the drafts of account `author` in `villages`, as far as they are in scope."""
    query = select(*(DRAFT.c[name] for name in DraftRow.__slots__)).where(DRAFT.c.author == author, DRAFT.c.village.in_(list(villages)))
    return tuple(DraftRow(*row) for row in connection.execute(query.where(scope.where(DRAFT.c.village))))


def move_work(
    connection: Connection, scope: Scope, villages: Sequence[str], old: str, new: str, *, but_drafts: Sequence[str] = ()
) -> tuple[int, int]:
    """Give open follow-ups and drafts of account `old` in `villages` to account `new`; return how many of each."""
    return (
        _move(
            connection,
            FOLLOW_UP.c.owner,
            scope.where(FOLLOW_UP.c.village) & FOLLOW_UP.c.village.in_(list(villages)) & (FOLLOW_UP.c.done_on == ""),
            old,
            new,
        ),
        _move(
            connection,
            DRAFT.c.author,
            scope.where(DRAFT.c.village) & DRAFT.c.village.in_(list(villages)) & DRAFT.c.id.not_in(list(but_drafts)),
            old,
            new,
        ),
    )


def _move(connection: Connection, column: ColumnElement[str], condition: ColumnElement[bool], old: str, new: str) -> int:
    table = column.table
    return int(connection.execute(update(table).where(column == old, condition).values({column: new})).rowcount)

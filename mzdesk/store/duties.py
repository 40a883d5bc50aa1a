"""Queries behind the checklists: what the data itself proves of a village's month, and the checklists that were signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from mzdesk import canonical
from mzdesk.store.scope import Scope
from mzdesk.store.tables import AUDIT_ENTRY, CHANGE, ENROLMENT, PERSON, RECORD

CHILD_GROUPS = ("left_behind_child", "child_in_difficulty")


@dataclass(frozen=True, slots=True)
class Signed:
    """A saved checklist, spot check or activity; `answers` are nested by name."""

    record_id: str
    form_id: str
    village: str
    period: str
    author: str
    author_name: str
    occurred_on: str
    answers: dict[str, object]


@dataclass(frozen=True, slots=True)
class Child:
    """A child of a village as a checklist counts it; `seen` within the period asked for."""

    person_id: str
    name: str
    group: str
    risk: str
    birth_date: str
    id_no: str
    entered_on: str
    left_on: str
    left_why: str
    next_due: str
    profile: dict[str, object]
    seen: bool


def founded_at(connection: Connection) -> int:
    """Return when the station was made, in Unix ms: the first entry of its log; 0 where there is none."""
    return int(connection.execute(select(AUDIT_ENTRY.c.at).where(AUDIT_ENTRY.c.seq == 1)).scalar() or 0)


def signed(connection: Connection, scope: Scope, *, forms: Sequence[str], since: str) -> tuple[Signed, ...]:
    """Return the standing records of `forms` from the date `since`, newest first."""
    query = (
        select(
            RECORD.c.id,
            RECORD.c.form_id,
            RECORD.c.village,
            RECORD.c.author,
            RECORD.c.author_name,
            RECORD.c.occurred_on,
            RECORD.c.answers_json,
        )
        .where(RECORD.c.form_id.in_(forms), RECORD.c.occurred_on >= since, scope.where(RECORD.c.village))
        .where(RECORD.c.amended_by == "", RECORD.c.deleted_at == 0)
        .order_by(RECORD.c.saved_at.desc())
    )
    found = []
    for row in connection.execute(query):
        answers = canonical.loads(row.answers_json)
        period = str(answers.get("head", {}).get("period", ""))
        found.append(Signed(row.id, row.form_id, row.village, period, row.author, row.author_name, row.occurred_on, answers))
    return tuple(found)


def children(connection: Connection, scope: Scope, *, village: str, first: str, last: str) -> tuple[Child, ...]:
    """Return the children of a village who were enrolled at any time between two dates, by name, each once."""
    visited = (
        select(RECORD.c.id)
        .where(RECORD.c.person_id == PERSON.c.id, RECORD.c.kind == "visit", RECORD.c.occurred_on.between(first, last))
        .where(RECORD.c.reached != "no", RECORD.c.contact_mode.in_(("home", "school")), RECORD.c.amended_by == "", RECORD.c.deleted_at == 0)
        .exists()
    )
    present = and_(ENROLMENT.c.entered_on <= last, (ENROLMENT.c.left_on == "") | (ENROLMENT.c.left_on >= first))
    query = (
        select(PERSON.c.id, PERSON.c.name, PERSON.c.birth_date, PERSON.c.id_no, ENROLMENT, visited.label("seen"))
        .select_from(ENROLMENT.join(PERSON, PERSON.c.id == ENROLMENT.c.person_id))
        .where(ENROLMENT.c.village == village, ENROLMENT.c.group.in_(CHILD_GROUPS), ENROLMENT.c.deleted_at == 0, present)
        .where(scope.where(ENROLMENT.c.village), PERSON.c.deleted_at == 0, PERSON.c.merged_into == "")
        .order_by(PERSON.c.name, ENROLMENT.c.next_due.desc())
    )
    found: dict[str, Child] = {}
    for row in connection.execute(query).mappings():
        facts = {name: row[name] for name in ("group", "risk", "entered_on", "left_on", "left_why", "next_due")}
        child = Child(
            person_id=row[PERSON.c.id],
            name=row[PERSON.c.name],
            birth_date=row[PERSON.c.birth_date],
            id_no=row[PERSON.c.id_no],
            profile=canonical.loads(row["profile_json"]),
            seen=bool(row["seen"]),
            **facts,
        )
        found.setdefault(child.person_id, child)
    return tuple(found.values())


def changed_people(
    connection: Connection, scope: Scope, *, village: str, fields: Sequence[str], first_ms: int, last_ms: int
) -> dict[str, int]:
    """Return field → number of people of a village whose field changed between two instants."""
    query = (
        select(CHANGE.c.field, func.count(CHANGE.c.person_id.distinct()))
        .where(CHANGE.c.village == village, CHANGE.c.field.in_(fields), CHANGE.c.old != "", scope.where(CHANGE.c.village))
        .where(CHANGE.c.at >= first_ms, CHANGE.c.at < last_ms)
        .group_by(CHANGE.c.field)
    )
    return dict(connection.execute(query).all())

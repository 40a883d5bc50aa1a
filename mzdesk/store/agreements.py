"""Queries behind the watch over entrusted children: who of them is still here, and when a visit last heard of a parent's contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mzdesk.store.scope import Scope
from mzdesk.store.tables import ENROLMENT, PERSON, RECORD

CHUNK = 500
VISIT = "left_behind_child_visit"


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A person by id."""

    person_id: str
    name: str
    village: str


def current_people(connection: Connection, scope: Scope, person_ids: Sequence[str]) -> dict[str, NamedPerson]:
    """Return id → person for those in scope who live here and have a current role."""
    found: dict[str, NamedPerson] = {}
    for start in range(0, len(person_ids), CHUNK):
        standing = select(ENROLMENT.c.person_id).where(ENROLMENT.c.left_on == "", ENROLMENT.c.deleted_at == 0)
        query = (
            select(PERSON.c.id, PERSON.c.name, PERSON.c.village)
            .where(PERSON.c.id.in_(person_ids[start : start + CHUNK]), PERSON.c.id.in_(standing), PERSON.c.life == "here")
            .where(PERSON.c.deleted_at == 0, PERSON.c.merged_into == "", scope.where(PERSON.c.village))
        )
        found |= {row.id: NamedPerson(*row) for row in connection.execute(query)}
    return found


@dataclass(frozen=True, slots=True)
class Ending:
    """The newest agreement of one form of a person, with the ISO date on which it ends."""

    record_id: str
    form_id: str
    person_id: str
    name: str
    village: str
    end_on: str


def ending(connection: Connection, scope: Scope, until: str) -> tuple[Ending, ...]:
    """Return the newest agreements in scope that have ended or end by a date, of people who are still here; the earliest first."""
    end_on = func.coalesce(func.json_extract(RECORD.c.answers_json, "$.terms.end_on"), "")
    query = (
        select(RECORD.c.id, RECORD.c.form_id, PERSON.c.id, PERSON.c.name, PERSON.c.village, end_on)
        .select_from(RECORD.join(PERSON, PERSON.c.id == RECORD.c.person_id))
        .where(RECORD.c.kind == "agreement", RECORD.c.amended_by == "", RECORD.c.deleted_at == 0, PERSON.c.life == "here")
        .where(PERSON.c.deleted_at == 0, PERSON.c.merged_into == "", scope.where(PERSON.c.village))
        .order_by(RECORD.c.occurred_on, RECORD.c.saved_at)
    )
    newest = {(row[1], row[2]): Ending(*list(row)) for row in connection.execute(query)}
    late = [item for item in newest.values() if item.end_on and item.end_on <= until]
    return tuple(sorted(late, key=lambda item: (item.end_on, item.name)))


def last_contacts(connection: Connection, scope: Scope, person_ids: Sequence[str]) -> dict[str, str]:
    """Return person id → the latest `parent_contact_on` that a standing visit was told, ISO date."""
    told = func.json_extract(RECORD.c.answers_json, "$.news_section.parent_contact_on")
    found: dict[str, str] = {}
    for start in range(0, len(person_ids), CHUNK):
        query = (
            select(RECORD.c.person_id, func.max(told))
            .where(RECORD.c.person_id.in_(person_ids[start : start + CHUNK]), RECORD.c.form_id == VISIT)
            .where(RECORD.c.amended_by == "", RECORD.c.deleted_at == 0, scope.where(RECORD.c.village))
            .group_by(RECORD.c.person_id)
        )
        found |= {person_id: str(day) for person_id, day in connection.execute(query) if day}
    return found

"""Persons, enrolments and relations as frozen rows, and the few statements that write them; every read is filtered by scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from mzdesk.store.bulk import insert_rows
from mzdesk.store.scope import Scope
from mzdesk.store.tables import ENROLMENT, PERSON, RELATION, SEARCH_KEY

CHUNK = 500


@dataclass(frozen=True, slots=True)
class PersonData:
    """A person as stored; see store.models.Person."""

    id: str
    name: str
    id_no: str
    id_no_absent: str
    sex: str
    birth_date: str
    identity_override: str
    ethnicity: str
    marital: str
    hukou_village: str
    hukou_address: str
    village: str
    address: str
    phone: str
    phone_absent: str
    disability_no: str
    aids: str
    tags: str
    profile_json: str
    life: str
    life_on: str
    merged_into: str
    deleted_at: int
    created_at: int
    updated_at: int
    field_ops_json: str


@dataclass(frozen=True, slots=True)
class EnrolmentData:
    """An enrolment as stored; see store.models.Enrolment."""

    id: str
    person_id: str
    village: str
    group: str
    category: str
    risk: str
    entered_on: str
    left_on: str
    left_why: str
    responsible: str
    last_visit_on: str
    next_due: str
    due_why: str
    agreed_on: str
    suspended_until: str
    suspended_why: str
    profile_json: str
    deleted_at: int
    field_ops_json: str


@dataclass(frozen=True, slots=True)
class RelationData:
    """A relation as stored; see store.models.Relation."""

    id: str
    person_id: str
    other_id: str
    kind: str
    name: str
    id_no: str
    phone: str
    place: str
    since: str
    until: str
    profile_json: str
    village: str
    deleted_at: int
    field_ops_json: str


TABLES: Mapping[str, Table] = {"person": PERSON, "enrolment": ENROLMENT, "relation": RELATION}
_PERSON = select(*(PERSON.c[name] for name in PersonData.__slots__))
_ENROLMENT = select(*(ENROLMENT.c[name] for name in EnrolmentData.__slots__))
_RELATION = select(*(RELATION.c[name] for name in RelationData.__slots__))


def person(connection: Connection, scope: Scope, person_id: str) -> PersonData | None:
    """Return a person that is in scope and not deleted."""
    row = connection.execute(_PERSON.where(PERSON.c.id == person_id, PERSON.c.deleted_at == 0, scope.where(PERSON.c.village))).first()
    return PersonData(*row) if row else None


def people(connection: Connection, scope: Scope, person_ids: Iterable[str]) -> dict[str, PersonData]:
    """Return id → person for those in scope and not deleted."""
    wanted = list(dict.fromkeys(person_ids))
    found: dict[str, PersonData] = {}
    for start in range(0, len(wanted), CHUNK):
        for row in connection.execute(_people_query(scope), {"ids": wanted[start : start + CHUNK]}):
            found[row.id] = PersonData(*row)
    return found


@lru_cache(maxsize=32)
def _people_query(scope: Scope) -> Any:
    chosen = PERSON.c.id.in_(bindparam("ids", expanding=True))
    return _PERSON.where(chosen, PERSON.c.deleted_at == 0, scope.where(PERSON.c.village))


def people_by_id_no(connection: Connection, scope: Scope, id_nos: Iterable[str]) -> dict[str, PersonData]:
    """Return ID number → person, of those in scope, living or not, neither deleted nor merged away."""
    wanted = sorted({id_no for id_no in id_nos if id_no})
    found: dict[str, PersonData] = {}
    for start in range(0, len(wanted), CHUNK):
        chosen = PERSON.c.id_no.in_(wanted[start : start + CHUNK])
        query = _PERSON.where(chosen, PERSON.c.deleted_at == 0, PERSON.c.merged_into == "", scope.where(PERSON.c.village))
        query = query.with_hint(PERSON, "INDEXED BY ix_person_id_no", "sqlite")
        found.update({row.id_no: PersonData(*row) for row in connection.execute(query)})
    return found


def people_by_birth(connection: Connection, scope: Scope, birth_dates: Iterable[str]) -> tuple[PersonData, ...]:
    """Return the people born on these days, for finding doubles of those who have no ID number."""
    wanted = sorted({day for day in birth_dates if day})
    found: list[PersonData] = []
    for start in range(0, len(wanted), CHUNK):
        chosen = PERSON.c.birth_date.in_(wanted[start : start + CHUNK])
        query = _PERSON.where(chosen, PERSON.c.deleted_at == 0, PERSON.c.merged_into == "", scope.where(PERSON.c.village))
        query = query.with_hint(PERSON, "INDEXED BY ix_person_birth_date", "sqlite")
        found.extend(PersonData(*row) for row in connection.execute(query))
    return tuple(found)


def enrolments(connection: Connection, scope: Scope, person_ids: Sequence[str], *, current: bool = False) -> tuple[EnrolmentData, ...]:
    """Return the enrolments of people, by entry."""
    found: list[EnrolmentData] = []
    for start in range(0, len(person_ids), CHUNK):
        rows = connection.execute(_enrolments_query(scope, current), {"ids": person_ids[start : start + CHUNK]})
        found.extend(EnrolmentData(*row) for row in rows)
    return tuple(found)


@lru_cache(maxsize=32)
def _enrolments_query(scope: Scope, current: bool) -> Any:
    chosen = ENROLMENT.c.person_id.in_(bindparam("ids", expanding=True))
    query = _ENROLMENT.where(chosen, ENROLMENT.c.deleted_at == 0, scope.where(ENROLMENT.c.village))
    if current:
        query = query.where(ENROLMENT.c.left_on == "")
    return query.order_by(ENROLMENT.c.entered_on, ENROLMENT.c.id)


def relations(connection: Connection, scope: Scope, person_ids: Sequence[str]) -> tuple[RelationData, ...]:
    """Return what is stated about these people: their parents, carers, contacts …"""
    return _relations(connection, scope, "person_id", person_ids)


def relations_to(connection: Connection, scope: Scope, person_ids: Sequence[str]) -> tuple[RelationData, ...]:
    """Return where these people are the other side: whose parent, carer … they are."""
    return _relations(connection, scope, "other_id", person_ids)


def _relations(connection: Connection, scope: Scope, side: str, person_ids: Sequence[str]) -> tuple[RelationData, ...]:
    found: list[RelationData] = []
    for start in range(0, len(person_ids), CHUNK):
        rows = connection.execute(_relations_query(scope, side), {"ids": person_ids[start : start + CHUNK]})
        found.extend(RelationData(*row) for row in rows)
    return tuple(found)


@lru_cache(maxsize=32)
def _relations_query(scope: Scope, side: str) -> Any:
    chosen = RELATION.c[side].in_(bindparam("ids", expanding=True))
    query = _RELATION.where(chosen, RELATION.c.deleted_at == 0, scope.where(RELATION.c.village))
    return query.order_by(RELATION.c.created_at, RELATION.c.id)


Row = PersonData | EnrolmentData | RelationData
_MAKERS: Mapping[str, tuple[Any, Callable[..., Row]]] = {
    "person": (_PERSON, PersonData),
    "enrolment": (_ENROLMENT, EnrolmentData),
    "relation": (_RELATION, RelationData),
}


def one(connection: Connection, scope: Scope, kind: str, row_id: str) -> Row | None:
    """Return a row of `kind` by id, deleted ones too: a merge or an import may have to be undone."""
    query, make = _MAKERS[kind]
    table = TABLES[kind]
    row = connection.execute(query.where(table.c.id == row_id, scope.where(table.c.village))).first()
    return make(*row) if row else None


def add(connection: Connection, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of `kind`; all of them have the same columns."""
    insert_rows(connection, TABLES[kind], rows)


def change(connection: Connection, scope: Scope, kind: str, row_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of one row in scope."""
    table = TABLES[kind]
    connection.execute(update(table).where(table.c.id == row_id, scope.where(table.c.village)).values(**values))


def change_many(connection: Connection, scope: Scope, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of many rows; each mapping holds `id` and the same further columns."""
    if not rows:
        return
    table = TABLES[kind]
    columns = [name for name in rows[0] if name != "id"]
    statement = update(table).where(table.c.id == bindparam("row_id"), scope.where(table.c.village))
    values = [{"row_id": row["id"], **{f"new_{name}": row[name] for name in columns}} for row in rows]
    connection.execute(statement.values({name: bindparam(f"new_{name}") for name in columns}), values)


def carers(connection: Connection, scope: Scope, person_ids: Sequence[str]) -> tuple[RelationData, ...]:
    """Return who looks after these people, guardians before carers before parents."""
    order = {"guardian": 0, "carer": 1, "mother": 2, "father": 3}
    found = [row for row in relations(connection, scope, person_ids) if row.kind in order and not row.until]
    return tuple(sorted(found, key=lambda row: order[row.kind]))


def people_by_phone(connection: Connection, scope: Scope, name: str, phone: str) -> tuple[PersonData, ...]:
    """Return the people of a name and phone; found through the search keys, so that no table is scanned."""
    keyed = select(SEARCH_KEY.c.person_id).where(SEARCH_KEY.c.key == phone)
    query = _PERSON.where(PERSON.c.id.in_(keyed), PERSON.c.name == name, PERSON.c.deleted_at == 0, scope.where(PERSON.c.village))
    query = query.with_hint(PERSON, "INDEXED BY sqlite_autoindex_person_1", "sqlite")
    return tuple(PersonData(*row) for row in connection.execute(query))


def people_born(connection: Connection, scope: Scope, first: str, last: str, limit: int) -> tuple[PersonData, ...]:
    """Return the people who live here and were born from `first` to `last`, by birth date."""
    query = _PERSON.where(PERSON.c.birth_date >= first, PERSON.c.birth_date <= last, PERSON.c.life == "here", PERSON.c.deleted_at == 0)
    query = query.where(PERSON.c.merged_into == "", scope.where(PERSON.c.village)).order_by(PERSON.c.birth_date, PERSON.c.id).limit(limit)
    query = query.with_hint(PERSON, "INDEXED BY ix_person_birth_date", "sqlite")
    return tuple(PersonData(*row) for row in connection.execute(query))

"""Queries on the divisions that a station knows; a rename or merger keeps the old row, so that history can still be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from mzdesk.store.scope import Scope
from mzdesk.store.tables import DIVISION, DRAFT, ENROLMENT, FOLLOW_UP, LISTING, PERSON, RECORD, RELATION, SEARCH_KEY

_FOLLOWERS = (PERSON, ENROLMENT, RELATION, RECORD, DRAFT, FOLLOW_UP, LISTING, SEARCH_KEY)


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """A division; `retired_on` is "" while it is in use, `merged_into` the code that took it over."""

    code: str
    name: str
    parent: str
    retired_on: str = ""
    merged_into: str = ""
    edited: bool = False


_COLUMNS = tuple(DIVISION.c[name] for name in DivisionRow.__slots__)


def get(connection: Connection, code: str) -> DivisionRow | None:
    """Return a division; names of divisions are public and not scoped."""
    row = connection.execute(select(*_COLUMNS).where(DIVISION.c.code == code)).first()
    return DivisionRow(*row) if row else None


def under(connection: Connection, parent: str, *, with_retired: bool = False) -> tuple[DivisionRow, ...]:
    """Return the divisions directly within `parent`, by code."""
    query = select(*_COLUMNS).where(DIVISION.c.parent == parent).order_by(DIVISION.c.code)
    if not with_retired:
        query = query.where(DIVISION.c.retired_on == "")
    return tuple(DivisionRow(*row) for row in connection.execute(query))


def villages(connection: Connection, scope: Scope, township: str, *, with_retired: bool = False) -> tuple[DivisionRow, ...]:
    """Return the villages of a township that are in scope."""
    return tuple(row for row in under(connection, township, with_retired=with_retired) if scope.covers(row.code))


def names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Return code → name."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    query = select(DIVISION.c.code, DIVISION.c.name).where(DIVISION.c.code.in_(wanted))
    return {row.code: row.name for row in connection.execute(query)}


def put(connection: Connection, rows: Iterable[DivisionRow]) -> None:
    """Insert or replace divisions."""
    values = [{name: getattr(row, name) for name in DivisionRow.__slots__} for row in rows]
    if values:
        statement = insert(DIVISION)
        changed = {name: statement.excluded[name] for name in DivisionRow.__slots__ if name != "code"}
        connection.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changed), values)


def put_keys(connection: Connection, code: str, keys: Iterable[str]) -> None:
    """Replace the search keys of a village."""
    connection.execute(delete(SEARCH_KEY).where(SEARCH_KEY.c.key.like("@%"), SEARCH_KEY.c.person_id == code))
    rows = [{"key": key, "person_id": code, "tier": 1, "village": code} for key in sorted(keys)]
    if rows:
        connection.execute(insert(SEARCH_KEY).on_conflict_do_nothing(), rows)


def move_everything(connection: Connection, old: str, new: str) -> int:
    """Let people, their roles, records, drafts and tasks follow a village into another code; return how many people moved."""
    moved = connection.execute(select(func.count()).select_from(PERSON).where(PERSON.c.village == old)).scalar_one()
    for table in _FOLLOWERS:
        statement = update(table).where(table.c.village == old).values(village=new)
        connection.execute(statement.where(~table.c.key.startswith("@")) if table is SEARCH_KEY else statement)
    return int(moved)


def population(connection: Connection, scope: Scope, code: str) -> int:
    """Return how many people live in a village."""
    query = (
        select(func.count()).select_from(PERSON).where(PERSON.c.village == code, PERSON.c.deleted_at == 0, scope.where(PERSON.c.village))
    )
    return int(connection.execute(query).scalar_one())


def populations(connection: Connection, scope: Scope) -> dict[str, int]:
    """Return village code → how many people live there, of the villages in scope."""
    counted = select(PERSON.c.village, func.count()).where(PERSON.c.deleted_at == 0, PERSON.c.merged_into == "", PERSON.c.life == "here")
    found = connection.execute(counted.where(scope.where(PERSON.c.village)).group_by(PERSON.c.village))
    return {str(village): int(people) for village, people in found}

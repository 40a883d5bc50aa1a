"""Rosters that were read: the choices made while one is looked through, and what it changed, so that it can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from mzdesk import canonical
from mzdesk.store.scope import Scope
from mzdesk.store.tables import IMPORT_ROW, IMPORT_RUN, PERSON, RECORD


@dataclass(frozen=True, slots=True)
class RunData:
    """An import; `state` is open, taken or undone."""

    id: str
    file_name: str
    digest: str
    group: str
    state: str
    choices_json: str
    counts_json: str
    actor: str
    actor_name: str
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """A row that changed the registry."""

    row: int
    person_id: str
    created: bool


_COLUMNS = tuple(IMPORT_RUN.c[name] for name in RunData.__slots__)


def get(connection: Connection, run_id: str) -> RunData | None:
    """Return an import."""
    row = connection.execute(select(*_COLUMNS).where(IMPORT_RUN.c.id == run_id)).first()
    return RunData(*row) if row else None


def of_file(connection: Connection, digest: str) -> tuple[RunData, ...]:
    """Return the imports of a file, newest first."""
    query = select(*_COLUMNS).where(IMPORT_RUN.c.digest == digest).order_by(IMPORT_RUN.c.updated_at.desc(), IMPORT_RUN.c.id.desc())
    return tuple(RunData(*row) for row in connection.execute(query))


def recent(connection: Connection, scope: Scope, limit: int = 50) -> tuple[RunData, ...]:
    """Return the last imports: all of them for who sees the whole township, else one's own."""
    query = select(*_COLUMNS).order_by(IMPORT_RUN.c.updated_at.desc(), IMPORT_RUN.c.id.desc()).limit(limit)
    if scope.villages is not None:
        query = query.where(IMPORT_RUN.c.actor == scope.actor)
    return tuple(RunData(*row) for row in connection.execute(query))


def put(connection: Connection, run: RunData) -> None:
    """Insert an import, or write over it."""
    values = {name: getattr(run, name) for name in RunData.__slots__}
    if get(connection, run.id) is None:
        connection.execute(insert(IMPORT_RUN).values(**values))
    else:
        connection.execute(update(IMPORT_RUN).where(IMPORT_RUN.c.id == run.id).values(**values))


def add_rows(connection: Connection, run_id: str, rows: Sequence[RunRow]) -> None:
    """Note which rows changed whom."""
    if rows:
        values = [{"run_id": run_id, "row": row.row, "person_id": row.person_id, "created": row.created} for row in rows]
        connection.execute(insert(IMPORT_ROW), values)


def rows_of(connection: Connection, scope: Scope, run_id: str) -> tuple[RunRow, ...]:
    """Return what an import changed, of the people in scope."""
    query = (
        select(IMPORT_ROW.c.row, IMPORT_ROW.c.person_id, IMPORT_ROW.c.created)
        .select_from(IMPORT_ROW.join(PERSON, PERSON.c.id == IMPORT_ROW.c.person_id))
        .where(IMPORT_ROW.c.run_id == run_id, scope.where(PERSON.c.village))
        .order_by(IMPORT_ROW.c.row)
    )
    return tuple(RunRow(*row) for row in connection.execute(query))


def have_records(connection: Connection, scope: Scope, person_ids: Sequence[str]) -> frozenset[str]:
    """Return those of these people of whom a record was saved."""
    found: set[str] = set()
    for start in range(0, len(person_ids), 500):
        query = select(RECORD.c.person_id).where(RECORD.c.person_id.in_(person_ids[start : start + 500]), RECORD.c.deleted_at == 0)
        found.update(connection.execute(query.where(scope.where(RECORD.c.village)).distinct()).scalars())
    return frozenset(found)


def as_json(value: Mapping[str, Any]) -> str:
    """Return the canonical text of choices or counts."""
    return canonical.text(dict(value))

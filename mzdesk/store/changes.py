"""The history of people: one row for each field that changed, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from mzdesk.store.bulk import insert_rows
from mzdesk.store.scope import Scope
from mzdesk.store.tables import CHANGE


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change: `field` is "" where the row itself was made; `source` is such as form:ID, import:ID, county, merge, edit."""

    id: str
    person_id: str
    subject: str
    table: str
    field: str
    old: str
    new: str
    actor: str
    actor_name: str
    at: int
    source: str
    reason: str
    village: str


_COLUMNS = tuple(CHANGE.c[name] for name in ChangeRow.__slots__)


def append(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows; they are never changed."""
    insert_rows(connection, CHANGE, list(rows))


def of_person(connection: Connection, scope: Scope, person_id: str, limit: int = 500) -> tuple[ChangeRow, ...]:
    """Return the history of a person, newest first."""
    query = select(*_COLUMNS).where(CHANGE.c.person_id == person_id, scope.where(CHANGE.c.village))
    return tuple(ChangeRow(*row) for row in connection.execute(query.order_by(CHANGE.c.at.desc(), CHANGE.c.id.desc()).limit(limit)))


def of_source(connection: Connection, scope: Scope, person_ids: Iterable[str], source: str) -> tuple[ChangeRow, ...]:
    """Return what one act changed of these people, newest first."""
    query = select(*_COLUMNS).where(CHANGE.c.person_id.in_(list(person_ids)), CHANGE.c.source == source, scope.where(CHANGE.c.village))
    return tuple(ChangeRow(*row) for row in connection.execute(query.order_by(CHANGE.c.at.desc(), CHANGE.c.id.desc())))


def since(connection: Connection, scope: Scope, person_id: str, at: int, but_source: str) -> bool:
    """Tell whether a person was changed by another act after the instant `at` (ms)."""
    query = select(CHANGE.c.id).where(
        CHANGE.c.person_id == person_id, CHANGE.c.at >= at, CHANGE.c.source != but_source, scope.where(CHANGE.c.village)
    )
    return connection.execute(query.limit(1)).first() is not None

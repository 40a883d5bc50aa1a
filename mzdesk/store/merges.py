"""Merges of people, and the records that moved with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from mzdesk.store.scope import Scope
from mzdesk.store.tables import FOLLOW_UP, MERGE, RECORD


@dataclass(frozen=True, slots=True)
class MergeData:
    """A merge; `moved_json` tells what to move back."""

    id: str
    kept_id: str
    gone_id: str
    village: str
    moved_json: str
    reason: str
    actor: str
    actor_name: str
    at: int
    undone_at: int


_COLUMNS = tuple(MERGE.c[name] for name in MergeData.__slots__)


def add(connection: Connection, merge: MergeData) -> None:
    """Keep a merge."""
    connection.execute(insert(MERGE).values(**{name: getattr(merge, name) for name in MergeData.__slots__}))


def get(connection: Connection, scope: Scope, merge_id: str) -> MergeData | None:
    """Return a merge in scope."""
    row = connection.execute(select(*_COLUMNS).where(MERGE.c.id == merge_id, scope.where(MERGE.c.village))).first()
    return MergeData(*row) if row else None


def of_person(connection: Connection, scope: Scope, person_id: str) -> tuple[MergeData, ...]:
    """Return the merges that a person was kept in, newest first."""
    query = (
        select(*_COLUMNS).where(MERGE.c.kept_id == person_id, scope.where(MERGE.c.village)).order_by(MERGE.c.at.desc(), MERGE.c.id.desc())
    )
    return tuple(MergeData(*row) for row in connection.execute(query))


def recent(connection: Connection, scope: Scope, limit: int = 100) -> tuple[MergeData, ...]:
    """Return the merges in scope, newest first."""
    query = select(*_COLUMNS).where(scope.where(MERGE.c.village)).order_by(MERGE.c.at.desc(), MERGE.c.id.desc()).limit(limit)
    return tuple(MergeData(*row) for row in connection.execute(query))


def mark_undone(connection: Connection, merge_id: str, now_ms: int) -> None:
    """Note that a merge was taken apart."""
    connection.execute(update(MERGE).where(MERGE.c.id == merge_id).values(undone_at=now_ms))


def move_records(connection: Connection, gone_id: str, kept_id: str) -> list[str]:
    """Show the records and tasks of one person under another; return the records' ids. What the records say is not touched."""
    found = list(connection.execute(select(RECORD.c.id).where(RECORD.c.person_id == gone_id)).scalars())
    connection.execute(update(RECORD).where(RECORD.c.person_id == gone_id).values(person_id=kept_id))
    connection.execute(update(FOLLOW_UP).where(FOLLOW_UP.c.person_id == gone_id).values(person_id=kept_id))
    return found


def move_records_back(connection: Connection, record_ids: Sequence[str], gone_id: str) -> None:
    """Show records and their tasks under the person whom they were saved for."""
    for start in range(0, len(record_ids), 500):
        chosen = list(record_ids[start : start + 500])
        connection.execute(update(RECORD).where(RECORD.c.id.in_(chosen)).values(person_id=gone_id))
        connection.execute(update(FOLLOW_UP).where(FOLLOW_UP.c.record_id.in_(chosen)).values(person_id=gone_id))

"""Queries on follow-ups and referrals: what must happen after a record, by whom, until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, false, insert, or_, select, update

from mzdesk.store.scope import Permission, Scope
from mzdesk.store.tables import FOLLOW_UP, PERSON


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """One open or closed matter; `done_on` is "" while it is open, `created_at` is in Unix milliseconds."""

    id: str
    record_id: str
    person_id: str
    person_name: str
    village: str
    kind: str
    title: str
    owner: str
    due_on: str
    stage: str
    outcome: str
    done_on: str
    restricted: bool
    created_at: int = 0


def _visible(scope: Scope) -> ColumnElement[bool]:
    hidden = false() if scope.may(Permission.RESTRICTED) else FOLLOW_UP.c.restricted.is_(True)
    return and_(scope.where(FOLLOW_UP.c.village), ~hidden)


def _row(values: RowMapping) -> FollowUpRow:
    found: dict[str, Any] = {name: values[name] for name in FollowUpRow.__slots__}
    return FollowUpRow(**found | {"person_name": values["person_name"] or ""})


def add(connection: Connection, row: FollowUpRow, *, now_ms: int) -> None:
    """Insert a follow-up."""
    values = {name: getattr(row, name) for name in FollowUpRow.__slots__ if name not in ("person_name", "created_at")}
    connection.execute(insert(FOLLOW_UP), values | {"created_at": now_ms, "updated_at": now_ms})


def get(connection: Connection, scope: Scope, follow_up_id: str) -> FollowUpRow | None:
    """Return a follow-up in scope, None where there is none."""
    values = connection.execute(_query(scope).where(FOLLOW_UP.c.id == follow_up_id)).mappings().first()
    return _row(values) if values is not None else None


def _query(scope: Scope) -> Any:
    columns: list[Any] = [FOLLOW_UP, PERSON.c.name.label("person_name")]
    return select(*columns).select_from(FOLLOW_UP.outerjoin(PERSON, PERSON.c.id == FOLLOW_UP.c.person_id)).where(_visible(scope))


def find(
    connection: Connection,
    scope: Scope,
    *,
    person_id: str = "",
    record_id: str = "",
    kinds: tuple[str, ...] = (),
    until: str = "",
    open_only: bool = True,
    limit: int = 500,
) -> tuple[FollowUpRow, ...]:
    """Return follow-ups in scope, the earliest due first."""
    query = _query(scope)
    choices: tuple[tuple[Any, ColumnElement[bool]], ...] = (
        (person_id, FOLLOW_UP.c.person_id == person_id),
        (record_id, FOLLOW_UP.c.record_id == record_id),
        (kinds, FOLLOW_UP.c.kind.in_(kinds)),
        (until, or_(FOLLOW_UP.c.due_on == "", FOLLOW_UP.c.due_on <= until)),
        (open_only, FOLLOW_UP.c.done_on == ""),
    )
    query = query.where(*(condition for chosen, condition in choices if chosen)).order_by(FOLLOW_UP.c.due_on, FOLLOW_UP.c.id).limit(limit)
    return tuple(_row(values) for values in connection.execute(query).mappings())


def close(connection: Connection, scope: Scope, follow_up_id: str, *, outcome: str, done_on: str, now_ms: int) -> bool:
    """Close a follow-up with its outcome; tell whether there was an open one in scope."""
    statement = update(FOLLOW_UP).where(FOLLOW_UP.c.id == follow_up_id, FOLLOW_UP.c.done_on == "", _visible(scope))
    return bool(connection.execute(statement.values(outcome=outcome, done_on=done_on, updated_at=now_ms)).rowcount)


def change(connection: Connection, scope: Scope, follow_up_id: str, values: dict[str, str], *, now_ms: int) -> bool:
    """Give an open follow-up another owner, stage or due date; tell whether there was one in scope."""
    statement = update(FOLLOW_UP).where(FOLLOW_UP.c.id == follow_up_id, FOLLOW_UP.c.done_on == "", _visible(scope))
    return bool(connection.execute(statement.values(**values, updated_at=now_ms)).rowcount)


def follow_correction(connection: Connection, old_record: str, new_record: str) -> tuple[tuple[str, str], ...]:
    """Let the matters of a corrected record belong to its correction; return their (kind, title)."""
    moved = update(FOLLOW_UP).where(FOLLOW_UP.c.record_id == old_record).values(record_id=new_record)
    connection.execute(moved.returning(FOLLOW_UP.c.id)).all()
    found = connection.execute(select(FOLLOW_UP.c.kind, FOLLOW_UP.c.title).where(FOLLOW_UP.c.record_id == new_record))
    return tuple((str(kind), str(title)) for kind, title in found)

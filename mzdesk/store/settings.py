"""Remembered choices of one user: column mappings, saved filters, columns of lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from mzdesk import canonical
from mzdesk.store.scope import Scope
from mzdesk.store.tables import SETTING


def read(connection: Connection, scope: Scope, key: str, default: Any = None) -> Any:
    """Return what the person at the desk chose under `key`."""
    found = connection.execute(select(SETTING.c.value_json).where(SETTING.c.actor == scope.actor, SETTING.c.key == key)).scalar()
    return default if found is None else canonical.loads(found)


def read_all(connection: Connection, scope: Scope, prefix: str) -> dict[str, Any]:
    """Return key → choice of everything under keys that begin with `prefix`, by key."""
    query = select(SETTING.c.key, SETTING.c.value_json).where(
        SETTING.c.actor == scope.actor, SETTING.c.key.startswith(prefix, autoescape=True)
    )
    return {row.key: canonical.loads(row.value_json) for row in connection.execute(query.order_by(SETTING.c.key))}


def write(connection: Connection, scope: Scope, key: str, value: Any) -> None:
    """Remember a choice."""
    statement = insert(SETTING).values(actor=scope.actor, key=key, value_json=canonical.text(value))
    changed = {"value_json": statement.excluded.value_json}
    connection.execute(statement.on_conflict_do_update(index_elements=["actor", "key"], set_=changed))


def forget(connection: Connection, scope: Scope, key: str) -> None:
    """Remove a choice."""
    connection.execute(delete(SETTING).where(SETTING.c.actor == scope.actor, SETTING.c.key == key))

"""Single values of the station, by key."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from mzdesk.store.tables import META


def read_meta(connection: Connection, key: str, default: str = "") -> str:
    """Return the value of `key`, or `default`."""
    value = connection.execute(select(META.c.value).where(META.c.key == key)).scalar()
    return default if value is None else str(value)


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Set `key` to `value`."""
    statement = insert(META).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

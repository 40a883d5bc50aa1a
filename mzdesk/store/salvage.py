"""What can still be read of a damaged database: row by row around the broken pages, never giving up at the first error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, asc, desc, select
from sqlalchemy.exc import DBAPIError

from mzdesk.errors import MzError
from mzdesk.store.database import Database
from mzdesk.store.tables import STATION_TABLES

PAGE_ROWS = 500
MAXIMUM_FAILURES = 400  # each costs a fresh connection
Row = Mapping[str, Any]


@dataclass(frozen=True)
class TableReading:
    """What was read of one table; `whole` is False where rows may be missing."""

    table: str
    rows: tuple[Row, ...]
    whole: bool


def read_table(database: Database, table: Table) -> TableReading:
    """Read a table from its first row forwards, and after a broken page from its last row backwards, and again by single rows."""
    rows: dict[tuple[Any, ...], Row] = {}
    whole = _walk(database, table, rows, forwards=True)
    if not whole:
        _walk(database, table, rows, forwards=False)
        _probe_gaps(database, table, rows)
    return TableReading(table.name, tuple(rows[key] for key in sorted(rows, key=repr)), whole)


def read_all(database: Database) -> Iterator[TableReading]:
    """Read every table of the station."""
    for table in STATION_TABLES:
        yield read_table(database, table)


def _walk(database: Database, table: Table, rows: dict[tuple[Any, ...], Row], *, forwards: bool) -> bool:
    """Read by pages of keys in one direction until the end (True) or an error (False)."""
    order, after = asc if forwards else desc, None
    keys = list(table.primary_key.columns)
    while True:
        query = select(table).order_by(*(order(key) for key in keys)).limit(PAGE_ROWS)
        if after is not None:
            query = query.where(_beyond(keys, after, forwards=forwards))
        page, sound = _fetch(database, query)
        for row in page:
            rows[tuple(row[key.name] for key in keys)] = row
        if not sound:
            return False
        if len(page) < PAGE_ROWS:
            return True
        after = tuple(page[-1][key.name] for key in keys)


def _beyond(keys: list[Any], after: tuple[Any, ...], *, forwards: bool) -> Any:
    from sqlalchemy import tuple_

    left = tuple_(*keys)
    return left > after if forwards else left < after


def _fetch(database: Database, query: Any) -> tuple[list[Row], bool]:
    """Return the rows until an error, and whether there was none."""
    page: list[Row] = []
    try:
        with database.read() as connection:
            page.extend(dict(row) for row in connection.execute(query).mappings())
        return page, True
    except (MzError, DBAPIError):
        database.reconnect()  # SQLCipher answers nothing more on a connection that met a broken page
        return page, False


def _probe_gaps(database: Database, table: Table, rows: dict[tuple[Any, ...], Row]) -> None:
    """For integer keys: ask for each key that neither walk reached."""
    keys = list(table.primary_key.columns)
    if len(keys) != 1 or not rows or not all(isinstance(key[0], int) for key in rows):
        return
    failures = 0
    for number in range(1, max(key[0] for key in rows) + 1):
        if (number,) in rows:
            continue
        page, sound = _fetch(database, select(table).where(keys[0] == number))
        for row in page:
            rows[(number,)] = row
        failures += not sound
        if failures >= MAXIMUM_FAILURES:
            return

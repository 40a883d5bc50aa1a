"""Many new rows at once: one statement for each table and set of columns, made once and run by the driver, every value bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows by column name; all of them name the same columns, and columns that they leave out take their defaults."""
    if not rows:
        return
    names = tuple(rows[0])
    if any(len(row) != len(names) for row in rows):
        raise ValueError(f"rows of {table.name} must all have the columns {names}")
    insert_values(connection, table, names, list(map(itemgetter(*names), rows)))


def insert_values(connection: Connection, table: Table, names: Sequence[str], values: Sequence[tuple[Any, ...]]) -> None:
    """Insert tuples of the values of `names`, two columns or more; columns that are left out take their defaults."""
    if values:
        connection.exec_driver_sql(_insertion(table, tuple(names)), list(values))


@lru_cache(maxsize=64)
def _insertion(table: Table, names: tuple[str, ...]) -> str:
    """Return the statement; the defaults of further columns are written into it."""
    columns = [table.c[name].name for name in names]  # an unknown name is a KeyError, not a statement
    spare = {column.name: _literal(column.default.arg) for column in table.columns if column.name not in names and column.default}  # type: ignore[attr-defined]
    quoted = ", ".join(f'"{name}"' for name in (*columns, *spare))
    return f'INSERT INTO "{table.name}" ({quoted}) VALUES ({", ".join((*("?" * len(columns)), *spare.values()))})'  # noqa: S608 - names and defaults of our own tables


def _literal(value: str | int | bool) -> str:
    """Return a default of ours as SQL writes it."""
    return f"'{value.replace(chr(39), chr(39) * 2)}'" if isinstance(value, str) else str(int(value))

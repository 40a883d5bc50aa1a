"""After a restore: what the replaced database held beyond the backup is carried over, so that nothing newer is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from mzdesk.errors import MzError
from mzdesk.store import exchange, salvage
from mzdesk.store.database import Database
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.tables import DRAFT, META, PERSON, STATION_TABLES

# Of the replaced database's single values these must not come over: who the device was, and what the new file says of itself.
DEVICE_KEYS = ("sync.device", "sync.sign_key", "sync.box_key")
_OWN_KEYS = frozenset({"identity", "vault_counter", *DEVICE_KEYS})


@dataclass
class Carried:
    """How many rows came over from the replaced database, and the tables of it that could not be read whole."""

    rows: dict[str, int] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    refused: int = 0  # rows that refer to somebody who is in neither


def carry_over(target: Connection, donor: Database) -> Carried:
    """Write every readable row of `donor` over the restored state: it is the later state of the same station."""
    told = Carried()
    for table in STATION_TABLES:
        try:
            reading = salvage.read_table(donor, table)
        except MzError:  # not even the catalogue can be read
            reading = salvage.TableReading(table.name, (), False)
        if not reading.whole:
            told.damaged.append(table.name)
        if table is META:
            _carry_meta(target, reading.rows)
        else:
            _carry_table(target, table, reading, told)
    return told


def _carry_table(target: Connection, table: Table, reading: salvage.TableReading, told: Carried) -> None:
    keys = [column.name for column in table.primary_key.columns]
    if table is DRAFT and reading.whole:  # a draft that is gone was saved or thrown away
        target.execute(delete(DRAFT).where(DRAFT.c.id.not_in([row["id"] for row in reading.rows])))
    changed = 0
    for row in reading.rows:
        existing = target.execute(select(table).where(*(table.c[key] == row[key] for key in keys))).mappings().first()
        if existing is not None and dict(existing) == dict(row):
            continue
        changed += _upsert(target, table, keys, row, told)
    if changed:
        told.rows[table.name] = changed


def _upsert(target: Connection, table: Table, keys: list[str], row: Mapping[str, Any], told: Carried) -> int:
    values = {name: value for name, value in row.items() if name not in keys}
    statement = insert(table).values(dict(row))
    statement = statement.on_conflict_do_update(index_elements=keys, set_=values) if values else statement.on_conflict_do_nothing()
    try:
        with target.begin_nested():
            target.execute(statement)
    except IntegrityError:
        told.refused += 1
        return 0
    return 1


def _carry_meta(target: Connection, rows: tuple[Mapping[str, Any], ...]) -> None:
    for row in rows:
        if row["key"] in _OWN_KEYS:
            continue
        value = row["value"]
        if row["key"] == "hlc":
            value = _later(read_meta(target, "hlc", "0 0"), value)
        write_meta(target, row["key"], value)


def _later(first: str, second: str) -> str:
    return max(first, second, key=lambda text: tuple(int(part) for part in text.split()))


def every_person(connection: Connection) -> list[str]:
    """Return the ids of all people."""
    return list(connection.execute(select(PERSON.c.id)).scalars())


def become_new_device(target: Connection) -> None:
    """Forget the county's device record and keys: a restored station enrols again, and sends what waits under the old operation ids."""
    for key in DEVICE_KEYS:
        write_meta(target, key, "")
    exchange.begin_device(target)

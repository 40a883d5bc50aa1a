"""An open county: its folder, database, clock and form checker, handed to everything that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from mzdesk.clock import Clock, SystemClock
from sync.county import config
from sync.county.checks import EngineChecker, FormChecker
from sync.county.config import DATABASE, CountyFolder
from sync.county.database import CountyDatabase, insert_ignore
from sync.county.tables import META


@dataclass(frozen=True, slots=True)
class County:
    """One county's receiver; several may share one PostgreSQL."""

    folder: CountyFolder
    database: CountyDatabase
    clock: Clock
    checker: FormChecker

    @property
    def id(self) -> str:
        """The county's id on the wire."""
        return self.folder.settings.id

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection for reading."""
        with self.database.read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside one transaction."""
        with self.database.write() as connection:
            yield connection

    def close(self) -> None:
        """Close the database and the checker."""
        self.checker.close()
        self.database.close()


def open_county(path: Path, database_url: str | None = None, *, clock: Clock | None = None, checker: FormChecker | None = None) -> County:
    """Open the county in `path`; its tables are made where they are missing."""
    folder = config.load(path)
    url = database_url or folder.settings.database_url
    database = CountyDatabase.postgresql(url) if url else CountyDatabase.embedded(path / DATABASE, folder.keys.database)
    database.create_tables()
    county = County(folder, database, clock or SystemClock(), checker or EngineChecker())
    with county.write() as connection:
        insert_ignore(connection, META, [{"key": "epoch", "value": "1"}])
    return county


def epoch_of(connection: Connection) -> int:
    """Return the county's epoch: it rises with each restored backup."""
    return int(connection.execute(select(META.c.value).where(META.c.key == "epoch")).scalar_one())

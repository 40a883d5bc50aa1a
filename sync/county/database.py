"""The county's database: PostgreSQL through psycopg 3, or one embedded SQLCipher file; reads and whole transactions only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from mzdesk.errors import MzError
from sync.county.tables import METADATA

MINIMUM_SQLITE = (3, 51, 3)  # earlier ones carry the WAL-reset bug (PROTOCOL.md §9)
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "temp_store=2", "busy_timeout=30000", "cache_size=-65536")


class CountyDatabase:
    """An engine on either database; `key` is the 96 hex digits of key and salt for the embedded one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.postgres = engine.dialect.name == "postgresql"

    @classmethod
    def embedded(cls, path: Path, key: str) -> CountyDatabase:
        """Open (or make) the embedded database at `path`."""
        if len(key) != 96:
            raise ValueError("key and salt are 96 hex digits; anything else is silently a passphrase")
        assert sqlcipher.sqlite_version_info >= MINIMUM_SQLITE, sqlcipher.sqlite_version

        def connect() -> Any:
            connection = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False, timeout=30)
            connection.execute(f"PRAGMA key=\"x'{key}'\"")
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            return connection

        engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=32, hide_parameters=True)
        event.listen(engine, "begin", _begin)
        return cls(engine)

    @classmethod
    def postgresql(cls, url: str) -> CountyDatabase:
        """Open PostgreSQL at `url` (postgresql://…); raises MzError where the address is of another kind."""
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise MzError("数据库地址不对", "请写成 postgresql://用户@主机:端口/库名。")
        parsed = parsed.set(drivername="postgresql+psycopg")
        return cls(create_engine(parsed, pool_size=16, max_overflow=32, pool_pre_ping=True, hide_parameters=True))

    def create_tables(self) -> None:
        """Create the tables that are missing; two receivers may do so at once."""
        with self.write() as connection:
            if self.postgres:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5067330)")
            METADATA.create_all(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection for reading."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside one transaction; it is rolled back only where it is still open, so the real error shows."""
        with self.engine.connect().execution_options(mz_write=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("mz_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def is_postgres(connection: Connection) -> bool:
    """Tell whether this connection leads to PostgreSQL."""
    return connection.dialect.name == "postgresql"


def copy_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    if not is_postgres(connection):
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', [tuple(row) for row in rows])  # noqa: S608
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def upsert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or replace the ones with the same key."""
    if not rows:
        return
    make = postgresql.insert if is_postgres(connection) else sqlite.insert
    statement = make(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))


def insert_ignore(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """Insert rows, skipping keys that exist; return how many were new."""
    if not rows:
        return 0
    make = postgresql.insert if is_postgres(connection) else sqlite.insert
    return int(connection.execute(make(table).on_conflict_do_nothing(), list(rows)).rowcount)

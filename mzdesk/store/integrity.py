"""Is the database whole? Page HMACs, b-trees, foreign keys, and the log's chain; what is wrong is named, never a bare error."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, table

from mzdesk.errors import MzError
from mzdesk.store import audit
from mzdesk.store.database import Database

MAXIMUM_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: `part` is pages, structure, links or log; `detail` is for the one who helps by phone."""

    part: str
    message: str
    detail: str = ""


def problems(database: Database, *, log_too: bool = True) -> tuple[Problem, ...]:
    """Check everything and return what is wrong, () for a sound file. Reads the whole file: seconds for a large one."""
    try:
        if not database.read_only:
            database.checkpoint()  # cipher_integrity_check ignores the write-ahead log
        with database.read() as connection:
            found = [*_pages(connection), *_structure(connection), *_links(connection)]
            if log_too:
                found += [Problem("log", one.why, str(one.seq)) for one in audit.verify(connection)]
            return tuple(found[:MAXIMUM_FINDINGS])
    except MzError as error:
        return (Problem("pages", error.title, error.message),)


def _pages(connection: Connection) -> list[Problem]:
    rows = connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchmany(MAXIMUM_FINDINGS)
    return [Problem("pages", "数据文件有损坏的页", str(row[0])) for row in rows]


def _structure(connection: Connection) -> list[Problem]:
    rows = connection.exec_driver_sql(f"PRAGMA integrity_check({MAXIMUM_FINDINGS})").fetchall()
    return [Problem("structure", "数据结构损坏", str(row[0])) for row in rows if row[0] != "ok"]


def _links(connection: Connection) -> list[Problem]:
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MAXIMUM_FINDINGS)
    return [Problem("links", f"“{row[0]}”里有一行指向不存在的对象", str(row[1])) for row in rows]


def counts(connection: Connection) -> dict[str, int]:
    """Return the number of rows of every table of the file, whatever its schema."""
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    tables = [table(name) for name in names.scalars()]
    return {one.name: int(connection.execute(select(func.count()).select_from(one)).scalar_one()) for one in tables}

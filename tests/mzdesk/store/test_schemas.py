"""Every released schema, kept as SQL under schemas/, opens and becomes the newest one; the data in it stays.

At a release: `uv run python -m tests.mzdesk.store.test_schemas` writes the schema of today, which from then on is never changed again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from mzdesk.store import integrity
from mzdesk.store.database import SCHEMA_VERSION, Database, connect_encrypted

SCHEMAS = Path(__file__).with_name("schemas")
RELEASED = sorted(SCHEMAS.glob("*.sql"))
KEY, SALT = b"k" * 32, b"s" * 16


def schema_of(database: Database) -> list[str]:
    """Return the statements that make the tables, indices and triggers of a file."""
    query = (
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'trigger', type = 'index', rowid"
    )
    with database.read() as connection:
        return list(connection.exec_driver_sql(query).scalars())


def comparable(statements: list[str]) -> list[str]:
    """Return statements without differences of spacing and quoting, which ALTER TABLE leaves."""
    return sorted("".join(one.replace('"', "").split()) for one in statements)


def write_today(folder: Path) -> Path:
    """Write the schema of this program as SQL; return the file."""
    with tempfile.TemporaryDirectory() as name:
        database = Database.create(Path(name) / "s.db", KEY, SALT)
        statements = schema_of(database)
        database.close()
    folder.mkdir(exist_ok=True)
    path = folder / f"{SCHEMA_VERSION:04}.sql"
    path.write_text(";\n".join(statements) + ";\n", "utf-8")
    return path


def old_database(path: Path, released: Path) -> None:
    """Make a database as the release wrote it, with one row."""
    raw = connect_encrypted(path, (KEY + SALT).hex())
    raw.executescript(released.read_text("utf-8"))
    raw.execute("INSERT INTO meta (key, value) VALUES ('kept', '还在')")
    raw.execute(f"INSERT INTO alembic_version VALUES ('{released.stem}')")
    raw.execute(f"PRAGMA user_version={int(released.stem)}")
    raw.close()


@pytest.mark.parametrize("number", range(1, SCHEMA_VERSION))
def test_every_earlier_schema_was_kept(number: int) -> None:
    assert (SCHEMAS / f"{number:04}.sql").is_file()


def test_every_released_schema_becomes_the_newest(tmp_path: Path) -> None:
    newest = Database.create(tmp_path / "newest.db", KEY, SALT)
    wanted = comparable(schema_of(newest))
    newest.close()
    for released in [*RELEASED, write_today(tmp_path / "today")]:
        path = tmp_path / f"{released.stem}.db"
        path.unlink(missing_ok=True)
        old_database(path, released)
        opened = Database.open(path, KEY, SALT)
        assert comparable(schema_of(opened)) == wanted and integrity.problems(opened) == ()
        with opened.read() as connection:
            assert connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'kept'").scalar_one() == "还在"
        opened.close()


if __name__ == "__main__":
    print(write_today(SCHEMAS))

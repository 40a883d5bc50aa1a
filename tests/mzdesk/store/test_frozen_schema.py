"""The frozen first schema makes what the tables of today say, until a second migration follows it.

Before the first release, `uv run python -m tests.mzdesk.store.test_frozen_schema` freezes it anew; afterwards it is never changed again.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from mzdesk.store.database import SCHEMA_VERSION, Database
from mzdesk.store.tables import STATION_TABLES
from tests.mzdesk.store.test_schemas import KEY, SALT, comparable, schema_of


def living_schema() -> list[str]:
    """The statements that the tables of today make."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        for table in STATION_TABLES:
            table.create(connection)
        query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'trigger', rowid"
        statements = list(connection.exec_driver_sql(query).scalars())
    engine.dispose()
    return statements


@pytest.mark.skipif(SCHEMA_VERSION != 1, reason="later schemas are made by their own migrations")
def test_the_frozen_schema_is_that_of_the_tables(tmp_path: Path) -> None:
    database = Database.create(tmp_path / "frozen.db", KEY, SALT)
    frozen = [statement for statement in schema_of(database) if "alembic_version" not in statement]
    database.close()
    assert comparable(frozen) == comparable(living_schema())


def freeze() -> Path:
    """Write the statements of the first migration."""
    path: Path = import_module("mzdesk.store.migrations.versions.0001_first").STATEMENTS
    path.write_text(json.dumps(living_schema(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


if __name__ == "__main__":
    print(freeze())

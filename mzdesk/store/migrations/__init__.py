"""The way from any released schema to the newest; each step is one transaction, so that a kill half-way changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mzdesk.store.database import Database


def upgrade(database: Database) -> None:
    """Run the missing Alembic revisions on `database` and record the schema number in `user_version`."""
    from alembic import command
    from alembic.config import Config

    from mzdesk.store.database import SCHEMA_VERSION

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")

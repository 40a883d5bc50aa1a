"""The first schema, as it was released: frozen statements, so that later changes of the tables never change what this step makes."""

import json
from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = Path(__file__).with_suffix(".json")


def upgrade() -> None:
    """Create every table, index and trigger of the first release."""
    for statement in json.loads(STATEMENTS.read_text("utf-8")):
        op.execute(statement)

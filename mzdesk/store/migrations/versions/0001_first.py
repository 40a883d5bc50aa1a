"""The first schema."""

from alembic import op

from mzdesk.store.tables import STATION_TABLES

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first release, in the order of models.py: what a trigger or key refers to comes first."""
    for table in STATION_TABLES:
        table.create(op.get_bind())

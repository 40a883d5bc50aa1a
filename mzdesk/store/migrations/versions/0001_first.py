"""The first schema."""

from alembic import op
from sqlmodel import SQLModel

from mzdesk.store import models  # noqa: F401

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first release."""
    SQLModel.metadata.create_all(op.get_bind())

"""Alembic's entry: it runs on the connection that `migrations.upgrade` hands over, inside its transaction."""

from alembic import context
from sqlmodel import SQLModel

from mzdesk.store import tables  # noqa: F401  (declares the tables)

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

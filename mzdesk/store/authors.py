"""Queries on who made an operation: a person of this station, or somebody elsewhere of whom only the time is known."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from mzdesk import canonical
from mzdesk.store.tables import OPERATION


@dataclass(frozen=True, slots=True)
class Author:
    """`own`: made on this station, by account `actor`; `at` in Unix milliseconds, 0 where the id does not tell."""

    own: bool
    actor: str
    at: int


def of_operation(connection: Connection, op: str) -> Author:
    """Return who made an operation; ids are UUIDv7, so that the time of one made elsewhere can be read from its id."""
    row = connection.execute(select(OPERATION.c.body, OPERATION.c.created_at).where(OPERATION.c.op == op)).first()
    if row is not None:
        return Author(True, str(canonical.loads(row.body)["actor"]), row.created_at)
    try:
        made = UUID(op.rstrip("+"))
    except ValueError:
        return Author(False, "", 0)
    return Author(False, "", made.int >> 80 if made.version == 7 else 0)

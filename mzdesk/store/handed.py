"""Queries on sealed batches as people hand them over: what lies on a stick without a receipt."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from mzdesk.store.exchange import FIRST_BATCH
from mzdesk.store.meta import read_meta
from mzdesk.store.tables import BATCH

STICK = "stick"


@dataclass(frozen=True, slots=True)
class OnStick:
    """A batch in a parcel; `sealed_at` in Unix milliseconds."""

    digest: str
    count: int
    sealed_at: int


def on_stick(connection: Connection) -> tuple[OnStick, ...]:
    """Return the batches of this device that were written into a parcel and have no receipt yet, in order."""
    first = int(read_meta(connection, FIRST_BATCH, "0"))
    query = select(BATCH.c.digest, BATCH.c.count, BATCH.c.sealed_at)
    query = query.where(BATCH.c.channel == STICK, BATCH.c.receipt.is_(None), BATCH.c.seq > first)
    return tuple(OnStick(*row) for row in connection.execute(query.order_by(BATCH.c.seq)))

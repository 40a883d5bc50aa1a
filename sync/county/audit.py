"""The county's audit log: append-only and hash-chained, written in the transaction of the act."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from sync import strict
from sync.county.database import is_postgres
from sync.county.tables import AUDIT

_LOCK = 5067331


def append(connection: Connection, actor: str, act: str, subject: str, detail: Mapping[str, Any], at: int) -> None:
    """Add one act; `detail` holds no content of records."""
    if is_postgres(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    last = connection.execute(select(AUDIT.c.digest).order_by(AUDIT.c.n.desc()).limit(1)).scalar() or ""
    row = {"at": at, "actor": actor, "act": act, "subject": subject, "detail": strict.dumps(dict(detail)).decode(), "previous": last}
    connection.execute(AUDIT.insert(), row | {"digest": _digest(row)})


def _digest(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(strict.dumps(dict(row))).hexdigest()


def first_break(connection: Connection) -> int | None:
    """Return the number of the first entry that does not follow from the one before, None where the chain holds."""
    previous = ""
    for entry in connection.execute(select(AUDIT).order_by(AUDIT.c.n)):
        row = {name: getattr(entry, name) for name in ("at", "actor", "act", "subject", "detail", "previous")}
        if entry.previous != previous or entry.digest != _digest(row):
            return int(entry.n)
        previous = entry.digest
    return None

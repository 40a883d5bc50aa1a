"""Whom or what an entry of the log is about, by name; only as far as the reader's scope goes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from mzdesk.store.records import visible
from mzdesk.store.scope import Scope
from mzdesk.store.tables import DIVISION, PERSON, RECORD

CHUNK = 500


def names(connection: Connection, scope: Scope, subjects: Sequence[str]) -> dict[str, str]:
    """Return id → name of a person, printed number of a record, name of a division; ids out of scope are left out."""
    found: dict[str, str] = {}
    wanted = sorted(set(subjects))
    queries = (
        select(PERSON.c.id, PERSON.c.name).where(scope.where(PERSON.c.village)),
        select(RECORD.c.id, RECORD.c.number).where(visible(scope)),
    )
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        for query in queries:
            identity = query.selected_columns[0]
            found.update({str(key): str(name) for key, name in connection.execute(query.where(identity.in_(chunk)))})
        divisions = select(DIVISION.c.code, DIVISION.c.name).where(DIVISION.c.code.in_(chunk))
        found.update({str(key): str(name) for key, name in connection.execute(divisions)})
    return found

"""Queries on parameters: rules and amounts that hold from a date, each with its document number (文号)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from mzdesk import canonical
from mzdesk.store.tables import PARAMETER


@dataclass(frozen=True, slots=True)
class StoredParameter:
    """One value of a parameter, valid from `effective_from` until the day before `effective_to` ("" = still)."""

    id: str
    name: str
    effective_from: str
    effective_to: str
    value: Any
    document_no: str
    source: str


def _parameter(row: Any) -> StoredParameter:
    return StoredParameter(
        row.id, row.name, row.effective_from, row.effective_to, canonical.loads(row.value_json), row.document_no, row.source
    )


def value_on(connection: Connection, name: str, on: date) -> StoredParameter | None:
    """Return the value of `name` on a Beijing date, None where there is none."""
    day = on.isoformat()
    query = (
        select(PARAMETER)
        .where(PARAMETER.c.name == name, PARAMETER.c.effective_from <= day)
        .where(or_(PARAMETER.c.effective_to == "", PARAMETER.c.effective_to > day))
        .order_by(PARAMETER.c.effective_from.desc(), PARAMETER.c.created_at.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return _parameter(row) if row else None


def history(connection: Connection, name: str) -> tuple[StoredParameter, ...]:
    """Return every value of `name`, oldest first."""
    query = select(PARAMETER).where(PARAMETER.c.name == name).order_by(PARAMETER.c.effective_from, PARAMETER.c.created_at)
    return tuple(_parameter(row) for row in connection.execute(query))


def names(connection: Connection) -> tuple[str, ...]:
    """Return the names of all parameters."""
    return tuple(connection.execute(select(PARAMETER.c.name).distinct().order_by(PARAMETER.c.name)).scalars())


def put(connection: Connection, parameter: StoredParameter, *, now_ms: int) -> None:
    """Add a value; the value that held until then ends the day it starts."""
    earlier = (PARAMETER.c.name == parameter.name) & (PARAMETER.c.effective_from < parameter.effective_from)
    open_ended = or_(PARAMETER.c.effective_to == "", PARAMETER.c.effective_to > parameter.effective_from)
    connection.execute(update(PARAMETER).where(earlier, open_ended).values(effective_to=parameter.effective_from))
    values = {
        "id": parameter.id,
        "name": parameter.name,
        "effective_from": parameter.effective_from,
        "effective_to": parameter.effective_to,
        "value_json": canonical.text(parameter.value),
        "document_no": parameter.document_no,
        "source": parameter.source,
        "created_at": now_ms,
    }
    connection.execute(insert(PARAMETER), values)

"""Queries on issued forms: a version once issued is never changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from mzdesk.store.tables import FORM_VERSION


@dataclass(frozen=True, slots=True)
class IssuedForm:
    """A form as it was issued: its source (an .xlsx, .md or .xml) and the XForm that was made of it."""

    form_id: str
    version: str
    title: str
    source_kind: str
    source: bytes
    xml: str
    issued_by: str
    received_at: int


_COLUMNS = tuple(FORM_VERSION.c[name] for name in IssuedForm.__slots__)


def all_of(connection: Connection) -> tuple[IssuedForm, ...]:
    """Return every issued version, by form and version."""
    return tuple(IssuedForm(*row) for row in connection.execute(select(*_COLUMNS).order_by(FORM_VERSION.c.form_id, FORM_VERSION.c.version)))


def add(connection: Connection, form: IssuedForm) -> bool:
    """Keep an issued version; tell whether it was new."""
    values = {name: getattr(form, name) for name in IssuedForm.__slots__}
    done = connection.execute(insert(FORM_VERSION).values(values).on_conflict_do_nothing())
    return bool(done.rowcount)

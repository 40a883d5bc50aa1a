"""Which files lie in a person's file: those of records and of matters, as far as the reader may see what they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, true

from mzdesk.store.records import visible
from mzdesk.store.scope import Permission, Scope
from mzdesk.store.tables import ATTACHMENT, FOLLOW_UP, RECORD

LIMIT = 500


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file: `record_id` is the record it belongs to, "" where it belongs to a matter; `about` the form's id or the matter's title."""

    digest: str
    record_id: str
    about: str
    question: str
    name: str
    media_type: str
    size: int
    created_at: int


def of_person(connection: Connection, scope: Scope, person_id: str) -> tuple[FileRow, ...]:
    """Return the files of a person, newest first."""
    of_records = (
        select(ATTACHMENT, RECORD.c.form_id)
        .join(RECORD, RECORD.c.id == ATTACHMENT.c.record_id)
        .where(RECORD.c.person_id == person_id, RECORD.c.deleted_at == 0, visible(scope))
    )
    open_to_reader = true() if scope.may(Permission.RESTRICTED) else FOLLOW_UP.c.restricted.is_(False)
    of_matters = (
        select(ATTACHMENT, FOLLOW_UP.c.title)
        .join(FOLLOW_UP, FOLLOW_UP.c.id == ATTACHMENT.c.record_id)
        .where(FOLLOW_UP.c.person_id == person_id, scope.where(FOLLOW_UP.c.village), open_to_reader)
    )
    found = [_row(row, row.record_id, row.form_id) for row in connection.execute(of_records.limit(LIMIT))]
    found += [_row(row, "", row.title) for row in connection.execute(of_matters.limit(LIMIT))]
    return tuple(sorted(found, key=lambda row: -row.created_at))


def _row(row: object, record_id: str, about: str) -> FileRow:
    names = ("digest", "question", "name", "media_type", "size", "created_at")
    told = {name: getattr(row, name) for name in names}
    return FileRow(record_id=record_id, about=about, **told)

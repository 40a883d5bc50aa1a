"""Which people stand on which page of a printed route sheet, kept with the station so that a photo of it finds them again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from mzdesk import canonical
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.scope import Scope
from mzdesk.store.tables import ATTACHMENT, FOLLOW_UP

_PREFIX = "route_sheet:"


@dataclass(frozen=True, slots=True)
class StoredSheet:
    """A printed sheet: `pages` holds the ids of the people on each page; `at` in Unix milliseconds."""

    id: str
    village: str
    at: int
    by: str
    pages: tuple[tuple[str, ...], ...]


def keep(connection: Connection, sheet: StoredSheet) -> None:
    """Keep a sheet."""
    told = {"village": sheet.village, "at": sheet.at, "by": sheet.by, "pages": [list(page) for page in sheet.pages]}
    write_meta(connection, _PREFIX + sheet.id, canonical.text(told))


def get(connection: Connection, scope: Scope, sheet_id: str) -> StoredSheet | None:
    """Return a sheet of a village in scope."""
    text = read_meta(connection, _PREFIX + sheet_id)
    if not text:
        return None
    told = canonical.loads(text)
    if not scope.covers(told["village"]):
        return None
    return StoredSheet(sheet_id, told["village"], int(told["at"]), told["by"], tuple(tuple(page) for page in told["pages"]))


def bound(connection: Connection, scope: Scope, question: str) -> dict[str, str]:
    """Return person id → matter, for whom a scan of this page is already kept."""
    query = (
        select(FOLLOW_UP.c.person_id, FOLLOW_UP.c.id)
        .join(ATTACHMENT, ATTACHMENT.c.record_id == FOLLOW_UP.c.id)
        .where(ATTACHMENT.c.question == question, scope.where(FOLLOW_UP.c.village))
    )
    return {row.person_id: row.id for row in connection.execute(query)}


def has(connection: Connection, matter_id: str, question: str, digest: str) -> bool:
    """Tell whether this very picture is kept with a matter."""
    same = (ATTACHMENT.c.record_id == matter_id, ATTACHMENT.c.question == question, ATTACHMENT.c.digest == digest)
    return connection.execute(select(ATTACHMENT.c.digest).where(*same)).first() is not None

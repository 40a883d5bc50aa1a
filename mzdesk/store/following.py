"""What is told of a person lies where the person lives now: the file is whole for whoever is responsible there, and for nobody else.

Only the column that scope filters by follows; what records, papers and answers say of the place of a visit is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from mzdesk.store.tables import ATTACHMENT, CHANGE, DRAFT, FOLLOW_UP, MERGE, PERSON, RECORD

CHUNK = 500
_TOLD_OF = ((RECORD, "person_id"), (FOLLOW_UP, "person_id"), (DRAFT, "person_id"), (CHANGE, "person_id"), (MERGE, "kept_id"))


def follow(connection: Connection, person_ids: Iterable[str]) -> None:
    """Let records, files, tasks, drafts and history of these people follow them; whoever lives where they did costs a look only."""
    wanted = list(dict.fromkeys(person_ids))
    for start in range(0, len(wanted), CHUNK):
        chosen = wanted[start : start + CHUNK]
        _move_files(connection, chosen)
        for table, owner in _TOLD_OF:
            home, elsewhere = _home(table, owner, chosen)
            connection.execute(update(table).where(elsewhere).values(village=home))


def _move_files(connection: Connection, person_ids: list[str]) -> None:
    home, elsewhere = _home(RECORD, "person_id", person_ids)
    for record_id, village in connection.execute(select(RECORD.c.id, home).where(elsewhere)).all():
        connection.execute(update(ATTACHMENT).where(ATTACHMENT.c.record_id == record_id).values(village=village))


def _home(table: Any, owner: str, person_ids: list[str]) -> tuple[Any, ColumnElement[bool]]:
    """Return where the person of a row lives, and the condition that the row still lies in another village."""
    home = select(PERSON.c.village).where(PERSON.c.id == table.c[owner]).correlate(table).scalar_subquery()
    return home, and_(table.c[owner].in_(person_ids), table.c.village != home, home != "")

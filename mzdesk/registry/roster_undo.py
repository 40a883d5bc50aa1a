"""A whole roster taken back: whom it made goes, what it changed returns; whoever was visited or edited since then stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mzdesk.errors import MzError
from mzdesk.registry.journal import Journal
from mzdesk.store import audit, changes, imports, rows
from mzdesk.store.changes import ChangeRow
from mzdesk.store.imports import RunData, RunRow
from mzdesk.store.rows import PersonData
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

WHY = "撤销导入"


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody whom the undo left alone."""

    person_id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: people removed, people whose fields were put back, and who was left alone."""

    removed: int
    restored: int
    kept: tuple[Kept, ...]


def recent(station: Station) -> tuple[RunData, ...]:
    """Return the last imports, newest first."""
    with station.read() as connection:
        return imports.recent(connection, station.scope)


def undo(station: Station, run_id: str) -> Undone:
    """Undo an import in one transaction; raises MzError where there is nothing to undo."""
    from mzdesk.casework import due

    with station.write() as connection:
        run = imports.get(connection, run_id)
        if run is None or run.state != "taken":
            raise MzError("没有可以撤销的导入", "它可能已经撤销过，或者还没有导入。")
        touched = imports.rows_of(connection, station.scope, run_id)
        journal = Journal(connection, station, f"undo:{run_id}", WHY)
        kept = _kept(connection, run, touched)
        left_alone = {person.person_id for person in kept}
        removed = restored = 0
        for row in touched:
            if row.person_id in left_alone:
                continue
            if row.created:
                _remove(connection, journal, row.person_id)
                removed += 1
            else:
                restored += _restore(connection, journal, run, row.person_id)
        imports.put(connection, replace(run, state="undone", updated_at=station.clock.now_ms()))
        due.refresh(connection, station, journal.close())
        audit.append(connection, station.scope, "import", run_id, {"undone": True, "removed": removed}, now_ms=station.clock.now_ms())
    return Undone(removed, restored, kept)


def _kept(connection: Connection, run: RunData, touched: Iterable[RunRow]) -> tuple[Kept, ...]:
    """Return who must stay: people whom the import made, and who have a record or were changed by somebody since."""
    made = [row.person_id for row in touched if row.created]
    visited = imports.have_records(connection, SYSTEM, made)
    people = rows.people(connection, SYSTEM, made)
    kept = []
    for person_id in made:
        person = people.get(person_id)
        if person is None:
            continue
        if person_id in visited:
            kept.append(Kept(person_id, person.name, "之后已有走访等记录"))
        elif changes.since(connection, SYSTEM, person_id, run.created_at, f"import:{run.id}"):
            kept.append(Kept(person_id, person.name, "之后修改过"))
    return tuple(kept)


def _remove(connection: Connection, journal: Journal, person_id: str) -> None:
    for relation in rows.relations(connection, SYSTEM, [person_id]):
        journal.delete("relation", relation, WHY)
    for role in rows.enrolments(connection, SYSTEM, [person_id]):
        journal.delete("enrolment", role, WHY)
    person = rows.one(connection, SYSTEM, "person", person_id)
    if isinstance(person, PersonData) and not person.deleted_at:
        journal.delete("person", person, WHY)


def _restore(connection: Connection, journal: Journal, run: RunData, person_id: str) -> int:
    """Put back what the import changed of somebody who was there before, except what was changed again since."""
    done = 0
    for change in changes.of_source(connection, SYSTEM, [person_id], f"import:{run.id}"):
        row = rows.one(connection, SYSTEM, change.table, change.subject)
        if row is None or row.deleted_at:
            continue
        if not change.field:
            journal.delete(change.table, row, WHY)
            done = 1
        elif str(getattr(row, change.field)) == change.new:
            done |= int(journal.change(change.table, row, _before(row, change)))
    return done


def _before(row: Any, change: ChangeRow) -> dict[str, Any]:
    kind = type(getattr(row, change.field))
    return {change.field: kind(change.old)}

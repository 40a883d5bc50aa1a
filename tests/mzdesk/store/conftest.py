"""The station of the vault's tests, with a few rows in it."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from mzdesk import canonical
from mzdesk import clock as clocks
from mzdesk.station import Station
from mzdesk.store import outbox
from mzdesk.store.outbox import Edit
from mzdesk.store.tables import PERSON, RECORD
from tests.mzdesk.vault.conftest import VILLAGES, clock, created, folder

__all__ = ["add_person", "add_record", "clock", "created", "folder"]


def add_person(connection: Connection, station: Station, name: str, village: str = VILLAGES[0], **more: object) -> str:
    """Insert a person as it would stand after registration and return the id."""
    now = station.clock.now_ms()
    row = {"id": clocks.new_id(station.clock), "name": name, "village": village, "created_at": now, "updated_at": now, **more}
    connection.execute(insert(PERSON).values(**row))
    return str(row["id"])


def add_record(connection: Connection, station: Station, person: str, note: str, village: str = VILLAGES[0]) -> str:
    """Insert a filled visit and its outgoing operation, as one save does, and return the record's id."""
    record, now, answers = clocks.new_id(station.clock), station.clock.now_ms(), canonical.text({"note": note})
    row = {"form_id": "visit", "form_version": "1", "kind": "visit", "person_id": person, "village": village, "answers_json": answers}
    more = {"digest": canonical.digest(note), "author": station.scope.actor, "author_name": station.scope.name, "saved_at": now}
    connection.execute(insert(RECORD).values(id=record, **row, **more))
    edit = Edit(clocks.new_id(station.clock), "record", record, {"answers": answers}, {}, village, outbox.LANE_RECORD)
    outbox.enqueue(connection, [edit], actor=station.scope.actor, device=station.identity.device, now_ms=now)
    return record

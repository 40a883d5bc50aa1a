"""A laptop for the benchmarks: a real encrypted station with an outbox of filled visits."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from mzdesk.clock import SystemClock, new_id
from mzdesk.station import Station, StationIdentity
from mzdesk.store import outbox
from mzdesk.store.database import Database
from mzdesk.store.outbox import LANE_RECORD, Edit
from mzdesk.store.scope import SYSTEM
from tests.benchmarks.peers.records import Visit


def make_laptop(folder: Path, township: str, villages: tuple[str, ...]) -> Station:
    """Make an empty station."""
    folder.mkdir(parents=True)
    identity = StationIdentity("测速站", township, villages, f"s-{secrets.token_hex(4)}")
    return Station(folder, identity, Database.create(folder / "station.db", b"k" * 32, b"s" * 16), SYSTEM, SystemClock())


def fill_outbox(station: Station, filled: Iterable[Visit]) -> int:
    """Queue filled visits as the desk does; return how many."""
    clock = SystemClock()
    edits = [Edit(new_id(clock), "record", visit.id, visit.content, {}, visit.content["village"], LANE_RECORD) for visit in filled]
    for start in range(0, len(edits), 1000):
        with station.write() as connection:
            chosen = edits[start : start + 1000]
            outbox.enqueue(connection, chosen, actor="u1", device=station.identity.device, now_ms=clock.now_ms())
    return len(edits)

"""What the tests of the exchange share: real stations, a real county, and a line that can be told to fail."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from mzdesk.clock import FixedClock, new_id
from mzdesk.station import Station, StationIdentity
from mzdesk.store import outbox
from mzdesk.store.database import Database
from mzdesk.store.outbox import LANE_RECORD, Edit
from mzdesk.store.scope import SYSTEM
from sync import enrolment
from sync.county import blobs, config, feeding, ingest, ledger, registrar
from sync.county.blobs import BlobRange, BlobRefusedError
from sync.county.checks import Fault, FilledForm, FormChecker
from sync.county.config import CountySettings
from sync.county.county import County, epoch_of, open_county
from sync.county.ingest import Refused
from sync.errors import LineError, RefusedError
from sync.transport import Head

CODE = "370902"
TOWNSHIP = "370902001"
OTHER_TOWNSHIP = "370902002"
VILLAGE, NEXT_VILLAGE = "370902001201", "370902001202"
NOW = "2026-11-24T10:30:00"


class AcceptingChecker:
    """A checker for tests that are not about forms."""

    def add_forms(self, documents: Iterable[tuple[str, str, bytes]]) -> None:
        """Take any form."""

    def check(self, filled: Sequence[FilledForm]) -> list[Fault | None]:
        return [Fault("VALUE", "/data/x", "第一题：不对") if item.answers.get("bad") else None for item in filled]

    def close(self) -> None:
        """Nothing to let go of."""


def make_county(folder: Path, clock: FixedClock, *, database_url: str | None = None, checker: FormChecker | None = None) -> County:
    if not (folder / config.KEYS).exists():
        config.init(folder, CountySettings(CODE, "泰山区民政局", "http://127.0.0.1:1"))
    return open_county(folder, database_url, clock=clock, checker=checker or AcceptingChecker())


def make_station(folder: Path, clock: FixedClock, *, township: str = TOWNSHIP, villages: tuple[str, ...] = (VILLAGE,)) -> Station:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "station.db"
    identity = StationIdentity("测试站", township, villages, f"s-{secrets.token_hex(4)}")
    return Station(folder, identity, Database.create(path, b"k" * 32, b"s" * 16), SYSTEM, clock)


class DirectLine:
    """A Transport that calls the county in this process; `plan` may lose requests and answers."""

    def __init__(self, county: County, station: Station | None = None) -> None:
        self.county = county
        self.station = station
        self.device = ""
        self.plan: list[str] = []
        self.sent: list[bytes] = []
        self.requests = 0

    def _step(self) -> str:
        self.requests += 1
        return self.plan.pop(0) if self.plan else "ok"

    def _row(self) -> ledger.DeviceRow:
        with self.county.read() as connection:
            row = ledger.device(connection, self.device)
        assert row is not None
        return row

    def head(self) -> Head:
        row = self._row()
        with self.county.read() as connection:
            township = ledger.township(connection, row.township)
            epoch = epoch_of(connection)
        return Head(epoch, row.head, row.head_digest, township.feed, township.floor, self.county.clock.now_ms())

    def send(self, frame: bytes, digest: str, *, fresh: bool, meanwhile: Callable[[], None] | None) -> bytes:
        step = self._step()
        self.sent.append(frame)
        if step == "drop_request":
            raise LineError("丢了请求")
        answer = ingest.receive(self.county, frame)
        if meanwhile is not None:
            meanwhile()
        if step == "twice":
            assert ingest.receive(self.county, frame) == ingest.Received(answer.receipt, replay=True)  # type: ignore[union-attr]
        if step == "drop_answer":
            raise LineError("丢了回答")
        if isinstance(answer, Refused):
            raise RefusedError(answer.code, {"head": answer.head})
        return answer.receipt[:-1] if step == "cut" else answer.receipt

    def feed(self, after: int) -> bytes:
        if self._step() in ("drop_request", "drop_answer"):
            raise LineError("丢了")
        return feeding.page(self.county, self._row(), after)

    def put_blob(self, digest: str, offset: int, total: int, sealed: bytes) -> int:
        step = self._step()
        if step == "drop_request":
            raise LineError("丢了请求")
        try:
            have = blobs.take(self.county, self._row(), BlobRange(digest, offset, total), sealed)
        except BlobRefusedError as error:
            raise RefusedError(error.code, {"offset": error.offset}) from error
        if step == "drop_answer":
            raise LineError("丢了回答")
        return have

    def enrol(self, request: bytes) -> bytes:
        try:
            return registrar.enrol(self.county, request)
        except registrar.EnrolmentRefusedError as error:
            raise RefusedError(error.code) from error


def join(station: Station, county: County, *, villages: tuple[str, ...] | None = None) -> DirectLine:
    line = DirectLine(county, station)
    chosen = station.identity.villages if villages is None else villages
    code = registrar.issue(county, station.identity.township, chosen, actor="test")
    line.device = enrolment.join(station, code, line).grant.device
    return line


def record_set(clock: FixedClock, **more: Any) -> dict[str, Any]:
    content = {
        "form_id": "left_behind_child_visit",
        "form_version": "1",
        "kind": "visit",
        "number": "370902001-20261124-ABCD-0001",
        "person_id": "",
        "village": VILLAGE,
        "occurred_on": "2026-11-24",
        "amends": "",
        "author_name": "李翀",
        "saved_at": clock.now_ms(),
        "answers": {"visit": {"reached": "yes", "note": "家里平安"}},
    }
    return content | more


def enqueue(station: Station, kind: str, subject: str, fields: dict[str, Any], base: dict[str, str] | None = None, **more: Any) -> str:
    op = new_id(station.clock)
    edit = Edit(op, kind, subject, fields, base or {}, str(fields.get("village", "")), more.get("lane", LANE_RECORD))
    with station.write() as connection:
        outbox.enqueue(connection, [edit], actor="u1", device=station.identity.device, now_ms=station.clock.now_ms())
    return op


def enqueue_record(station: Station, **more: Any) -> tuple[str, str]:
    """Queue a record; return (record id, operation id)."""
    subject = new_id(station.clock)
    assert isinstance(station.clock, FixedClock)
    return subject, enqueue(station, "record", subject, record_set(station.clock, **more), lane=more.get("lane", LANE_RECORD))


Maker = Callable[..., Station]

"""The invariants of PROTOCOL.md §8 by number, those that the state machine does not reach (it holds I2, I3, I4, I9, I10, I11, I14)."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store.database import Database
from mzdesk.store.outbox import LANE_URGENT
from mzdesk.store.tables import OPERATION
from sync import account as accounts
from sync import conflicts, exchange, protocol, push
from sync.county import ingest, ledger, quarantine, registrar
from sync.county.county import County
from sync.county.ingest import Received, Refused
from sync.errors import RefusedError, RevokedError
from sync.pacing import Pace
from tests.sync import rig
from tests.sync.machine import dump


def seal_one(station: Station) -> bytes:
    batch = push.seal_next(station, accounts.require(station), Pace())
    assert batch is not None
    return batch.frame


def test_i1_what_was_shown_as_saved_survives_a_kill(station: Station, tmp_path: Path) -> None:
    shown = tmp_path / "shown"
    station.close()
    child = os.fork()
    if child == 0:  # the laptop, which shows each save by writing its id
        opened = Database.open(station.database.path, b"k" * 32, b"s" * 16)
        again = Station(station.folder, station.identity, opened, station.scope, station.clock)
        with shown.open("a") as screen:
            while True:
                screen.write(rig.enqueue_record(again)[1] + "\n")
                screen.flush()
    while not shown.exists() or shown.read_text().count("\n") < 5:
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    saved = set(shown.read_text().splitlines()[:-1])
    opened = Database.open(station.database.path, b"k" * 32, b"s" * 16)
    with opened.read() as connection:
        kept = {row.op for row in connection.execute(OPERATION.select())}
    opened.close()
    assert saved <= kept


def test_i5_a_batch_is_all_or_nothing(station: Station, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.join(station, county)
    rig.enqueue_record(station)
    rig.enqueue(station, "person", "p1", {"name": "王一", "village": rig.VILLAGE})
    frame = seal_one(station)
    before = dump(county)

    def power_cut(*words: object) -> None:
        raise OSError("disk")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "keep_batch", power_cut)
        with pytest.raises(OSError, match="disk"):
            ingest.receive(county, frame)
    assert dump(county) == before
    assert isinstance(ingest.receive(county, frame), Received)


@settings(max_examples=120, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_i6_any_altered_byte_changes_nothing(frame_and_county: tuple[bytes, County], place: float, flip: int) -> None:
    frame, county = frame_and_county
    altered = bytearray(frame)
    altered[int(place * len(frame))] ^= flip
    before = dump(county)
    assert isinstance(ingest.receive(county, bytes(altered)), Refused)
    assert dump(county) == before


@pytest.fixture(scope="module")
def frame_and_county(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, County]:
    folder = tmp_path_factory.mktemp("i6")
    clock = FixedClock.at(rig.NOW)
    county, station = rig.make_county(folder / "county", clock), rig.make_station(folder / "station", clock)
    rig.join(station, county)
    rig.enqueue_record(station)
    return seal_one(station), county


def test_i7_no_plaintext_in_frames_or_files(station: Station, county: County, tmp_path: Path) -> None:
    rig.join(station, county)
    rig.enqueue(station, "person", "p1", {"name": "亓官秘密", "village": rig.VILLAGE})
    frame = seal_one(station)
    assert isinstance(ingest.receive(county, frame), Received)
    secret = "亓官秘密".encode()
    assert secret not in frame
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 4
    assert not [path.name for path in files if secret in path.read_bytes()]


def test_i12_after_revocation_no_effect(station: Station, county: County) -> None:
    line = rig.join(station, county)
    rig.enqueue_record(station)
    exchange.run_once(station, line)
    _, op = rig.enqueue_record(station)
    frame = seal_one(station)
    before = dump(county)
    registrar.revoke(county, line.device, "遗失", actor="test")
    assert ingest.receive(county, frame) == Refused("REVOKED")
    assert dump(county) == before
    with county.read() as connection:
        (kept,) = quarantine.waiting(connection)
    verdicts = quarantine.release(county, kept.digest, [op], actor="主管")
    assert [item.verdict for item in verdicts] == ["accepted"]
    assert {row[2] for row in dump(county)["log"]} - {row[2] for row in before["log"]} == {op}


def test_revoked_laptop_is_ordered_to_destroy_its_keys(station: Station, county: County) -> None:
    line = rig.join(station, county)
    rig.enqueue_record(station)
    registrar.revoke(county, line.device, "遗失", actor="test")
    order = registrar.destroy_order(county, line.device)

    def refuse(frame: bytes, digest: str, *, fresh: bool, meanwhile: object) -> bytes:
        raise RefusedError("REVOKED", {"order": order})

    line.send = refuse  # type: ignore[method-assign]
    with pytest.raises(RevokedError, match="已被县里注销"):
        exchange.run_once(station, line)
    forged = rig.DirectLine(county)
    forged.send = lambda *words, **more: (_ for _ in ()).throw(RefusedError("REVOKED", {"order": order[:-4] + "AAAA"}))  # type: ignore[method-assign]
    done = exchange.run_once(station, forged)
    assert done.problem is not None and done.problem.final


def test_fork_freezes_the_device_and_re_enrolment_heals_it(station: Station, county: County) -> None:
    line = rig.join(station, county)
    account = accounts.require(station)
    _, first = rig.enqueue_record(station)
    exchange.run_once(station, line)
    header = protocol.Header(county.id, rig.TOWNSHIP, line.device, 1, protocol.ZERO_DIGEST, "k1", "x", "")
    other = protocol.seal(header, [b'{"op":"clone"}'], account.sign_key, account.record.card.box_key)
    assert ingest.receive(county, other.frame) == Refused("FORK")
    _, second = rig.enqueue_record(station)
    stopped = exchange.run_once(station, line)
    assert stopped.problem is not None and stopped.problem.final and stopped.next_try == 0
    line = rig.join(station, county)
    assert exchange.run_once(station, line).accepted == 1
    assert {row[2] for row in dump(county)["log"]} == {first, second}


def test_urgent_lane_is_sealed_first(station: Station, county: County) -> None:
    line = rig.join(station, county)
    for _ in range(5):
        rig.enqueue_record(station)
    _, urgent = rig.enqueue_record(station, lane=LANE_URGENT)
    exchange.run_once(station, line)
    assert dump(county)["log"][0][2] == urgent


def test_conflict_keeps_both_and_a_supervisor_decides(make_station: rig.Maker, county: County) -> None:
    left, right = make_station("left"), make_station("right")
    lines = rig.join(left, county), rig.join(right, county)
    rig.enqueue(left, "person", "p1", {"name": "王一", "village": rig.VILLAGE, "aids": "dibao"})
    exchange.run_once(left, lines[0])
    exchange.run_once(right, lines[1])
    with county.read() as connection:
        fields = ledger.known(connection, rig.TOWNSHIP, [], [("person", "p1")], []).states["person", "p1"].fields
    rig.enqueue(left, "person", "p1", {"aids": "medical"}, {"aids": fields["aids"]["op"]})
    rig.enqueue(right, "person", "p1", {"aids": "housing"}, {"aids": fields["aids"]["op"]})
    exchange.run_once(left, lines[0])
    assert exchange.run_once(right, lines[1]).problem is None
    (dispute,) = conflicts.waiting(right)
    assert (dispute.name, dispute.field, dispute.current, dispute.contender) == ("王一", "aids", "medical", "housing")
    conflicts.resolve(right, dispute.id, keep_current=False)
    assert conflicts.waiting(right) == ()
    exchange.run_once(right, lines[1])
    exchange.run_once(left, lines[0])
    assert conflicts.waiting(left) == ()
    with county.read() as connection:
        fields = ledger.known(connection, rig.TOWNSHIP, [], [("person", "p1")], []).states["person", "p1"].fields
    assert fields["aids"]["v"] == "housing"
    with pytest.raises(MzError, match="已经裁定"):
        conflicts.resolve(right, dispute.id, keep_current=True)

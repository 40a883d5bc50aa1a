"""A county restored from backup, sticks in any order, and damaged parcels: nothing lost, nothing doubled, a clear sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store.outbox import status_of
from sync import exchange, parcel, stick
from sync.county import config, safekeeping
from sync.county import stick as county_stick
from sync.county.county import County
from sync.parcel import Parcel
from tests.sync import rig
from tests.sync.machine import dump


def verdict_of(station: Station, record: str) -> str:
    with station.read() as connection:
        return status_of(connection, record)[0]


def test_restored_county_is_offered_what_it_lacks(station: Station, county: County, clock: FixedClock, tmp_path: Path) -> None:
    line = rig.join(station, county)
    first, _ = rig.enqueue_record(station)
    exchange.run_once(station, line)
    backup = safekeeping.backup(county.folder.path, tmp_path / "backups")
    later = [rig.enqueue_record(station)[0] for _ in range(3)]
    rig.enqueue(station, "person", "p1", {"name": "王一", "village": rig.VILLAGE})
    exchange.run_once(station, line)
    before = dump(county)
    county.close()
    assert safekeeping.restore(backup, tmp_path / "restored") == 2
    line.county = rig.make_county(tmp_path / "restored", clock)
    try:
        assert len(dump(line.county)["log"]) == 1
        done = exchange.run_once(station, line)  # nothing of its own to send: the pulled page tells of the new epoch
        assert done.problem is None and done.sent == 4
        assert {row[2] for row in dump(line.county)["log"]} == {row[2] for row in before["log"]}
        assert [verdict_of(station, record) for record in [first, *later]] == ["accepted"] * 4
        assert exchange.run_once(station, line).sent == 0
        assert safekeeping.verify(line.county) == []
    finally:
        line.county.close()


def test_backup_is_refused_where_something_is(county: County, tmp_path: Path) -> None:
    backup = safekeeping.backup(county.folder.path, tmp_path / "backups")
    with pytest.raises(MzError, match="已有"):
        safekeeping.restore(backup, county.folder.path)
    shutil.copy(backup, tmp_path / "cut.tar")
    (tmp_path / "cut.tar").write_bytes(backup.read_bytes()[:700])
    with pytest.raises(MzError, match="备份"):
        safekeeping.restore(tmp_path / "cut.tar", tmp_path / "new")


def test_stick_out_and_back(station: Station, county: County, tmp_path: Path) -> None:
    rig.join(station, county)
    records = [rig.enqueue_record(station)[0] for _ in range(4)]
    path = stick.export(station, tmp_path)
    assert [verdict_of(station, record) for record in records] == [""] * 4
    report = county_stick.receive(county, path)
    assert (report.received, report.replayed, report.refused) == (1, 0, {})
    assert county_stick.receive(county, path).replayed == 1
    back = county_stick.write_answer(report, tmp_path, "back")
    done = stick.take(station, back)
    assert (done.batches, done.accepted, done.pulled) == (1, 4, 0)  # own records need no pulling
    assert stick.take(station, back).batches == 0
    assert [verdict_of(station, record) for record in records] == ["accepted"] * 4


def test_stick_and_network_mix(station: Station, county: County, tmp_path: Path) -> None:
    line = rig.join(station, county)
    record, _ = rig.enqueue_record(station)
    path = stick.export(station, tmp_path)
    assert exchange.run_once(station, line).sent == 1
    report = county_stick.receive(county, path)
    assert report.replayed == 1 and verdict_of(station, record) == "accepted"
    assert report.answer is not None
    assert len(dump(county)["log"]) == 1


def test_pages_of_a_stick_wait_for_the_missing_one(make_station: rig.Maker, county: County, tmp_path: Path) -> None:
    left, right = make_station("left"), make_station("right")
    line = rig.join(left, county)
    right_line = rig.join(right, county)
    answers = []
    for turn in range(2):
        rig.enqueue_record(left)
        exchange.run_once(left, line)
        asked = Parcel(county.id, 1, cursors={right_line.device: turn})
        parcel.write(tmp_path / f"ask-{turn}.mzp", asked)
        report = county_stick.receive(county, tmp_path / f"ask-{turn}.mzp")
        answers.append(county_stick.write_answer(report, tmp_path, f"answer-{turn}"))
    with pytest.raises(MzError, match="还缺前一份"):
        stick.take(right, answers[1])
    assert stick.take(right, answers[0]).pulled == 1
    assert stick.take(right, answers[1]).pulled == 1


def test_wrong_parcels_are_refused_with_a_sentence(station: Station, county: County, tmp_path: Path, clock: FixedClock) -> None:
    rig.join(station, county)
    rig.enqueue_record(station)
    path = stick.export(station, tmp_path)
    other = rig.make_county(tmp_path / "other", clock)
    config.save_settings(other.folder.path, config.CountySettings("370911", "岱岳区民政局", "http://127.0.0.1:1"))
    other.close()
    other = rig.make_county(tmp_path / "other", clock)
    with pytest.raises(MzError, match="另一个县"):
        county_stick.receive(other, path)
    other.close()
    with pytest.raises(MzError, match="没有给这台电脑"):
        stick.take(station, path)
    with pytest.raises(MzError, match="找不到"):
        stick.take(station, tmp_path / "nothing.mzp")
    (tmp_path / "text.mzp").write_text("hello")
    with pytest.raises(MzError, match="损坏"):
        stick.take(station, tmp_path / "text.mzp")


@pytest.fixture(scope="module")
def whole_parcel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("parcel") / "whole.mzp"
    parcel.write(path, Parcel("county-370902", 1, {("d-1", 1): b"frame" * 40}, {("d-1", 1): b"receipt"}, {}, {"d-1": 3}))
    return path


@settings(max_examples=150, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), keep=st.floats(0, 1))
def test_cut_or_altered_parcel_is_whole_or_refused(whole_parcel: Path, place: float, flip: int, keep: float) -> None:
    raw = whole_parcel.read_bytes()
    altered = bytearray(raw)
    altered[int(place * len(raw))] ^= flip
    intact = parcel.read(whole_parcel).entries()
    for content in (bytes(altered), raw[: int(keep * len(raw))]):
        path = whole_parcel.with_name("damaged.mzp")
        path.write_bytes(content)
        try:
            assert parcel.read(path).entries() == intact
        except MzError as error:
            assert error.message

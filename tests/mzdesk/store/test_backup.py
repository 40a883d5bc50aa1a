from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.opening import Created
from mzdesk.store import attachments, audit, backup, diskfile, snapshot_file
from mzdesk.store.tables import AUDIT_ENTRY
from mzdesk.vault import keys, upkeep
from tests.mzdesk.store.conftest import add_person


def test_a_backup_is_written_verified_tried_and_logged(created: Created, folder: Path) -> None:
    station = created.station
    with station.write() as connection:
        add_person(connection, station, "䶮小花")
    made = backup.make(station, "manual")
    assert made.header.counts["person"] == 1
    assert backup.check_newest(station) == ""
    state = backup.state(station)
    assert state.newest == made and state.checked_at and not state.due and state.second_place is None
    assert {path.suffix for path in (folder / backup.FOLDER).iterdir()} == {".mzk"}
    assert "䶮小花".encode() not in made.path.read_bytes()
    with station.read() as connection:
        assert "backup" in connection.execute(select(AUDIT_ENTRY.c.act)).scalars().all()


def test_the_second_place_gets_the_backup_and_its_attachments(created: Created, tmp_path: Path) -> None:
    station = created.station
    stored = attachments.put(station, b"%PDF-1.7 agreement", "application/pdf")
    with station.write() as connection:
        attachments.link(connection, stored, record_id="r", question="q", name="协议.pdf", village="", now_ms=1)
    stick = tmp_path / "U盘"
    stick.mkdir()
    with pytest.raises(MzError, match="另一个位置"):
        backup.set_second_place(station, station.folder / "backups")
    backup.set_second_place(station, stick)
    made = backup.make(station, "manual")
    assert (stick / made.path.name).read_bytes() == made.path.read_bytes()
    assert len(list((stick / attachments.FOLDER).iterdir())) == 1
    stick.rename(tmp_path / "拔掉")
    backup.make(station, "manual")  # the stick is out: the first place still works
    assert not backup.state(station).second_reachable


def test_upkeep_makes_one_backup_a_day_and_tries_it_the_next(created: Created, clock: FixedClock, folder: Path) -> None:
    for _ in range(3):
        report = upkeep.run(created.station)
        assert report.breaks == () and report.problems == () and report.backup_problem == ""
    assert len(backup.snapshots(folder / backup.FOLDER)) == 1
    clock.advance(days=1)
    upkeep.run(created.station)
    assert len(backup.snapshots(folder / backup.FOLDER)) == 2


def test_a_damaged_newest_backup_is_told(created: Created) -> None:
    made = backup.make(created.station, "manual")
    content = bytearray(made.path.read_bytes())
    content[len(content) // 2] ^= 1
    made.path.write_bytes(content)
    assert "备份文件损坏" in backup.check_newest(created.station)
    assert "备份文件损坏" in backup.state(created.station).check_problem


def test_a_backup_that_does_not_read_back_is_an_error_and_leaves_no_file(
    created: Created, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, key: bytes = b"") -> None:
        raise snapshot_file.damaged(path, "数据部分")

    monkeypatch.setattr(snapshot_file, "verify", fail)
    with pytest.raises(MzError, match="备份文件损坏"):
        backup.make(created.station, "manual")
    assert list((folder / backup.FOLDER).iterdir()) == []


def test_every_flipped_byte_of_the_small_parts_is_named(created: Created) -> None:
    made = backup.make(created.station, "manual")
    content = made.path.read_bytes()
    start = len(content) - made.header.database_size
    key = keys.backup_key(created.station.open_vault().data_key)
    for place in [*range(0, start, 7), *range(start, len(content), 9973)]:
        damaged = bytearray(content)
        damaged[place] ^= 0x40
        made.path.write_bytes(damaged)
        with pytest.raises(MzError, match="备份文件损坏"):
            snapshot_file.verify(made.path, key)


@settings(max_examples=150, deadline=None)
@given(content=st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda tail: snapshot_file.MAGIC + tail)))
def test_any_bytes_are_a_backup_or_a_clear_error(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.mzk"
    path.write_bytes(content)
    for read in (snapshot_file.read_header, snapshot_file.read_vault, snapshot_file.verify):
        with pytest.raises(MzError):
            read(path)


@settings(max_examples=60, deadline=None)
@given(gaps=st.lists(st.integers(0, 9), max_size=400))
def test_the_rotation_keeps_what_it_promises(gaps: list[int]) -> None:
    today, day, days = date(2026, 3, 2), date(2026, 3, 2), []
    for gap in gaps:
        day -= timedelta(days=gap)
        days.append(day)
    keep = {days[index] for index in backup.kept(days, today)}
    assert set(days[: backup.KEEP_NEWEST]) <= keep
    assert {one for one in days if (today - one).days < backup.KEEP_DAYS} <= keep
    months = {(one.year, one.month) for one in days if (today - one).days < 31 * backup.KEEP_MONTHS}
    assert months <= {(one.year, one.month) for one in keep}
    assert len(backup.kept(days, today)) <= backup.KEEP_NEWEST + backup.KEEP_DAYS + backup.KEEP_WEEKS + backup.KEEP_MONTHS + 3


def test_a_full_disk_while_backing_up_is_told_and_leaves_nothing(created: Created, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "injected")

    monkeypatch.setattr(diskfile, "sync_folder", full)
    with pytest.raises(MzError, match="磁盘已满"):
        snapshot_file.write(folder / "x.mzk", _header(), b"k" * 32, b"", folder / "vault.json")
    assert not list(folder.glob(".mz-*"))


def _header() -> snapshot_file.SnapshotHeader:
    texts = {"reason": "manual", "vault": "v", "station": "s", "vault_sha256": "", "database_sha256": "", "audit_digest": ""}
    numbers = {"created_at": 1, "epoch": 1, "schema": 1, "vault_size": 0, "database_size": 10, "audit_seq": 1}
    return snapshot_file.SnapshotHeader(**texts, **numbers, salt=b"", counts={}, attachments=())  # type: ignore[arg-type]


def test_the_log_that_a_backup_names_is_still_in_the_station(created: Created) -> None:
    made = backup.make(created.station, "manual")
    with created.station.read() as connection:
        assert audit.contains(connection, made.header.audit_seq, made.header.audit_digest)
        assert not audit.contains(connection, made.header.audit_seq, "0" * 64)

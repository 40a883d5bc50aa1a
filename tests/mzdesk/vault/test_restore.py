from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.opening import Created
from mzdesk.station import Station
from mzdesk.store import attachments, audit, backup, integrity
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.scope import Role
from mzdesk.store.tables import BATCH, OPERATION, PERSON, RECORD
from mzdesk.vault import accounts, rescue, restore
from mzdesk.vault import document as documents
from mzdesk.vault.credentials import Proof
from tests.mzdesk.store.conftest import add_person, add_record
from tests.mzdesk.vault.conftest import PASSWORD, make_station

OTHER = "第二位同事的长密码在这里"


def fill(station: Station, count: int, name: str) -> list[str]:
    with station.write() as connection:
        person = add_person(connection, station, name)
        return [add_record(connection, station, person, f"{name}{number}" * 40) for number in range(count)]


def records(station: Station) -> set[str]:
    with station.read() as connection:
        assert audit.verify(connection) == ()
        return set(connection.execute(select(RECORD.c.id)).scalars())


def proof_of(station: Station) -> Proof:
    return Proof(station.scope.actor, PASSWORD)


def test_a_new_laptop_gets_the_station_back_from_a_stick_with_the_recovery_key(created: Created, tmp_path: Path, clock: FixedClock) -> None:
    station, stick = created.station, tmp_path / "U盘"
    stick.mkdir()
    kept = fill(station, 5, "小明")
    stored = attachments.put(station, b"%PDF-1.7", "application/pdf")
    with station.write() as connection:
        attachments.link(connection, stored, record_id=kept[0], question="q", name="x.pdf", village="", now_ms=1)
    backup.set_second_place(station, stick)
    made = backup.make(station, "manual")
    station.close()
    shutil.rmtree(station.folder)
    target = tmp_path / "新电脑"
    with pytest.raises(MzError, match="打不开这个备份"):
        restore.from_snapshot(target, stick / made.path.name, Proof("nobody", PASSWORD), clock=clock)
    report = restore.from_snapshot(target, stick / made.path.name, Proof(recovery_text=created.recovery_key), clock=clock)
    assert report.kept_in is None and report.carried.rows == {}
    opened = opening.unlock(target, station.scope.actor, PASSWORD, clock=clock)
    assert records(opened) == set(kept) and attachments.read(opened, stored.digest) == b"%PDF-1.7"
    assert opened.identity.device != station.identity.device
    opened.close()


def test_what_is_newer_than_the_backup_is_kept_when_pages_are_broken(created: Created, folder: Path, clock: FixedClock) -> None:
    station = created.station
    old = fill(station, 30, "旧")
    made = backup.make(station, "manual")
    clock.advance(hours=1)
    new = fill(station, 30, "新")
    station.close()
    path = next(folder.glob("station-*.db"))
    content = bytearray(path.read_bytes())
    for page in range(len(content) // 4096 - 8, len(content) // 4096 - 4):  # what was written last: the newer records
        content[page * 4096 + 100] ^= 0xFF
    path.write_bytes(content)
    plan = rescue.plan_for_folder(folder, proof_of(station), clock=clock)
    assert not plan.sound and plan.snapshots[0].path == made.path
    assert [step.kind for step in plan.steps][:2] == [rescue.StepKind.COPY_FOLDER, rescue.StepKind.RESTORE]
    assert any(not one.whole for one in plan.readable)
    report = restore.from_snapshot(folder, made.path, proof_of(station), clock=clock)
    assert report.kept_in is not None and report.kept_in.is_dir()
    opened = opening.unlock(folder, station.scope.actor, PASSWORD, clock=clock)
    with opened.read() as connection:
        found = set(connection.execute(select(RECORD.c.id)).scalars())
    assert set(old) <= found and found <= set(old) | set(new)
    assert integrity.problems(opened.database, log_too=False) == ()
    opened.close()


def test_an_unreadable_database_still_gives_the_backup(created: Created, folder: Path, clock: FixedClock) -> None:
    station = created.station
    old = fill(station, 3, "旧")
    made = backup.make(station, "manual")
    station.close()
    path = next(folder.glob("station-*.db"))
    path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(MzError):
        opening.unlock(folder, station.scope.actor, PASSWORD, clock=clock)
    assert rescue.plan_for_folder(folder, proof_of(station), clock=clock).problems
    restore.from_snapshot(folder, made.path, proof_of(station), clock=clock)
    opened = opening.unlock(folder, station.scope.actor, PASSWORD, clock=clock)
    assert records(opened) == set(old)
    opened.close()


def test_a_damaged_vault_file_is_restored_with_the_data_beside_it(created: Created, folder: Path, clock: FixedClock) -> None:
    station = created.station
    old = fill(station, 3, "旧")
    made = backup.make(station, "manual")
    station.close()
    (folder / documents.FILE_NAME).write_bytes(b"{")
    assert rescue.plan_for_folder(folder, proof_of(station), clock=clock).problems[0].part == "vault"
    restore.from_snapshot(folder, made.path, proof_of(station), clock=clock)
    opened = opening.unlock(folder, station.scope.actor, PASSWORD, clock=clock)
    assert records(opened) == set(old)
    opened.close()


def test_a_removed_account_does_not_come_back_with_an_old_backup(created: Created, folder: Path, clock: FixedClock) -> None:
    station = created.station
    gone = accounts.add(station, "离岗的人", Role.SUPERVISOR, (), OTHER)
    old = fill(station, 3, "旧")
    made = backup.make(station, "manual")
    accounts.remove(station, gone.id, "离岗")
    fill(station, 2, "新")
    station.close()
    restore.from_snapshot(folder, made.path, proof_of(station), clock=clock)
    with pytest.raises(MzError, match="密码不对"):
        opening.unlock(folder, gone.id, OTHER, clock=clock)
    opened = opening.unlock(folder, station.scope.actor, PASSWORD, clock=clock)
    assert set(old) < records(opened) and len(records(opened)) == 5
    opened.close()


def test_an_open_station_restores_in_one_click_and_keeps_what_is_newer(created: Created, folder: Path) -> None:
    station = created.station
    old = fill(station, 3, "旧")
    made = backup.make(station, "manual")
    new = fill(station, 2, "新")
    before = station.database.path
    report = restore.into_open_station(station, made.path)
    assert records(station) == {*old, *new} and not before.exists() and report.carried.rows["record"] == 2
    with station.write() as connection:
        add_person(connection, station, "还能写")
        assert connection.execute(select(func.count()).select_from(PERSON)).scalar_one() == 3


def test_after_a_restore_unconfirmed_operations_wait_again_under_their_old_ids(created: Created, clock: FixedClock) -> None:
    station = created.station
    fill(station, 4, "旧")
    with station.write() as connection:
        for seq, receipt in ((1, b"receipt"), (2, None)):
            connection.execute(insert(BATCH).values(seq=seq, digest="d", frame=b"f", count=2, sealed_at=1, receipt=receipt))
        connection.execute(update(OPERATION).where(OPERATION.c.seq <= 2).values(batch=1, verdict="accepted", feed_hi=1))
        connection.execute(update(OPERATION).where(OPERATION.c.seq > 2).values(batch=2))
        write_meta(connection, "sync.device", "kept")
        ids = connection.execute(select(OPERATION.c.op).order_by(OPERATION.c.seq)).scalars().all()
    restore.into_open_station(station, backup.make(station, "manual").path)
    with station.read() as connection:
        rows = connection.execute(select(OPERATION.c.op, OPERATION.c.batch, OPERATION.c.verdict).order_by(OPERATION.c.seq)).all()
        assert read_meta(connection, "sync.device") == ""
    assert [tuple(row) for row in rows] == [(ids[0], 1, "accepted"), (ids[1], 1, "accepted"), (ids[2], None, None), (ids[3], None, None)]


def test_a_backup_of_another_station_is_refused(created: Created, folder: Path, tmp_path: Path, clock: FixedClock) -> None:
    other = make_station(tmp_path / "别的站", clock)
    made = backup.make(other.station, "manual")
    other.station.close()
    with pytest.raises(MzError):
        restore.into_open_station(created.station, made.path)
    created.station.close()
    with pytest.raises(MzError, match="打不开这个备份"):
        restore.from_snapshot(folder, made.path, proof_of(created.station), clock=clock)
    opening.unlock(folder, created.station.scope.actor, PASSWORD, clock=clock).close()


def test_restores_are_for_those_who_answer_for_the_station(created: Created) -> None:
    station = created.station
    worker = accounts.add(station, "社工", Role.SOCIAL_WORKER, (), OTHER)
    made = backup.make(station, "manual")
    with pytest.raises(MzError, match="没有权限"):
        restore.into_open_station(opening.switch_account(station, worker.id, OTHER), made.path)


def test_the_rescue_page_is_no_way_round_the_throttle(created: Created, folder: Path, clock: FixedClock) -> None:
    made = backup.make(created.station, "manual")
    created.station.close()
    wrong = Proof(created.station.scope.actor, "不是这个密码不是这个")
    for told in ("密码不对", "密码不对", "密码不对", "请稍等再试"):
        with pytest.raises(MzError, match=told) as caught:
            rescue.plan_for_folder(folder, wrong, clock=clock)
        assert caught.value.field == "password"
    with pytest.raises(MzError, match="请稍等再试"):
        restore.from_snapshot(folder, made.path, wrong, clock=clock)


def test_a_sound_station_needs_no_steps(created: Created) -> None:
    plan = rescue.plan_for_station(created.station)
    assert plan.sound and plan.steps == () and plan.waiting == 0


def test_what_waits_for_the_county_is_counted_in_the_plan(created: Created, folder: Path, clock: FixedClock) -> None:
    station = created.station
    fill(station, 12, "未报送")
    station.close()
    path = next(folder.glob("station-*.db"))
    content = bytearray(path.read_bytes())
    content[-2000] ^= 0xFF
    path.write_bytes(content)
    plan = rescue.plan_for_folder(folder, proof_of(station), clock=clock)
    assert not plan.sound and {one.name for one in plan.readable} >= {"服务对象", "走访和照料记录"}
    assert plan.steps[1].kind is rescue.StepKind.CHOOSE_BACKUP and 0 <= plan.waiting <= 12

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.opening import Created
from mzdesk.station import Station
from mzdesk.store import audit, backup, integrity
from mzdesk.store.database import Database
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.scope import Role
from mzdesk.vault import accounts, arrival, escrow, recovery, rekey, rights, slots
from mzdesk.vault import document as documents
from tests.mzdesk.vault.conftest import PASSWORD, VILLAGES

OTHER = "第二位同事的长密码在这里"


@pytest.fixture
def director(created: Created) -> accounts.Account:
    return accounts.add(created.station, "李儿童主任", Role.CHILDREN_DIRECTOR, VILLAGES[:1], OTHER)


def log(station: Station) -> list[audit.Entry]:
    with station.read() as connection:
        assert audit.verify(connection) == ()
        return list(reversed(audit.entries(connection, station.scope)))


def test_an_added_director_opens_the_station_with_their_villages_only(
    created: Created, director: accounts.Account, folder: Path, clock: FixedClock
) -> None:
    created.station.close()
    station = opening.unlock(folder, director.id, OTHER, clock=clock)
    assert station.scope.role is Role.CHILDREN_DIRECTOR and station.scope.villages == frozenset(VILLAGES[:1])
    with pytest.raises(MzError, match="没有权限"):
        accounts.add(station, "某人", Role.SUPERVISOR, (), OTHER)
    with pytest.raises(MzError, match="没有权限"):
        accounts.remove(station, director.id, "")
    station.close()


def test_what_an_account_must_be(created: Created, director: accounts.Account) -> None:
    station = created.station
    with pytest.raises(MzError, match="同名"):
        accounts.add(station, "李儿童主任", Role.SUPERVISOR, (), OTHER)
    for villages in ((), ("110101001001",)):
        with pytest.raises(MzError, match="负责的村"):
            accounts.add(station, "新人", Role.CHILDREN_DIRECTOR, villages, OTHER)
    with pytest.raises(MzError, match="密码不合要求"):
        accounts.add(station, "新人", Role.SUPERVISOR, (), "太短")
    with pytest.raises(MzError, match="至少要有一位管理员"):
        accounts.change(station, station.scope.actor, name="王主任", role=Role.SUPERVISOR, villages=())


def test_changed_rights_hold_at_the_next_unlock_and_are_logged(
    created: Created, director: accounts.Account, folder: Path, clock: FixedClock
) -> None:
    accounts.change(created.station, director.id, name="李主任", role=Role.CHILDREN_DIRECTOR, villages=VILLAGES[1:])
    entry = log(created.station)[-1]
    assert entry.act == "rights" and entry.subject == director.id and entry.detail["before"] != entry.detail["after"]
    created.station.close()
    station = opening.unlock(folder, director.id, OTHER, clock=clock)
    assert station.scope.name == "李主任" and station.scope.villages == frozenset(VILLAGES[1:])
    station.close()


def test_passwords_are_changed_by_oneself_and_reset_by_an_administrator(
    created: Created, director: accounts.Account, folder: Path, clock: FixedClock
) -> None:
    mine = opening.switch_account(created.station, director.id, OTHER)
    with pytest.raises(MzError, match="密码不对"):
        accounts.change_password(mine, "不是这个密码不是这个", OTHER + "新")
    accounts.change_password(mine, OTHER, OTHER + "新")
    with pytest.raises(MzError, match="密码不对"):
        opening.switch_account(created.station, director.id, OTHER)
    opening.switch_account(created.station, director.id, OTHER + "新")
    accounts.reset_password(created.station, director.id, OTHER)
    created.station.close()
    opening.unlock(folder, director.id, OTHER, clock=clock).close()


def test_removing_an_account_rotates_the_key_without_the_others_passwords(
    created: Created, director: accounts.Account, folder: Path, clock: FixedClock
) -> None:
    station = created.station
    with station.write() as connection:
        write_meta(connection, "kept", "一条记录")
    before = (folder / documents.FILE_NAME).read_bytes()
    old_key, old_file = station.open_vault().data_key, station.database.path
    accounts.remove(station, director.id, "离岗")
    assert station.open_vault().data_key != old_key and not old_file.exists()
    with station.read() as connection:
        assert read_meta(connection, "kept") == "一条记录"
    assert log(station)[-1].detail["reason"] == "离岗"
    with station.write() as connection:
        write_meta(connection, "after", "还能写")
    station.close()
    with pytest.raises(MzError, match="密码不对"):
        opening.unlock(folder, director.id, OTHER, clock=clock)
    opening.unlock(folder, created.station.scope.actor, PASSWORD, clock=clock).close()
    opening.unlock_with_recovery(folder, created.recovery_key, clock=clock).close()
    (folder / documents.FILE_NAME).write_bytes(before)  # the removed one puts the old file back
    with pytest.raises(MzError, match="找不到数据文件"):
        opening.unlock(folder, director.id, OTHER, clock=clock)


def test_old_backups_stay_readable_after_a_rekey(created: Created) -> None:
    old = backup.make(created.station, "manual")
    rekey.rotate(created.station)
    assert created.station.open_vault().document.epoch == 2
    assert backup.check(created.station, old) == ""


def test_one_removes_neither_oneself_nor_the_last(created: Created, director: accounts.Account) -> None:
    with pytest.raises(MzError, match="不能移除自己"):
        accounts.remove(created.station, created.station.scope.actor, "")
    with pytest.raises(MzError, match="没有这个账户"):
        accounts.remove(created.station, "nobody", "")


def test_a_write_that_waits_for_a_rekey_lands_in_the_new_file(created: Created, monkeypatch: pytest.MonkeyPatch) -> None:
    station = created.station
    started = threading.Event()

    def save_late() -> None:
        started.set()
        with station.write() as connection:
            write_meta(connection, "late", "没有丢")

    writer = threading.Thread(target=save_late)

    def while_the_old_file_is_locked(database: Database) -> tuple[()]:
        writer.start()
        started.wait()
        time.sleep(0.2)  # let it queue for the write lock
        return ()

    monkeypatch.setattr(integrity, "problems", while_the_old_file_is_locked)
    rekey.rotate(station)
    writer.join()
    with station.read() as connection:
        assert read_meta(connection, "late") == "没有丢"


def test_the_recovery_key_is_confirmed_from_paper_and_can_be_replaced(created: Created, folder: Path, clock: FixedClock) -> None:
    station = created.station
    assert not recovery.is_confirmed(station)
    slip = created.recovery_key[:-1] + ("0" if created.recovery_key[-1] != "0" else "1")
    with pytest.raises(MzError, match="抄错了"):
        recovery.confirm(station, slip)
    recovery.confirm(station, created.recovery_key)
    assert recovery.is_confirmed(station)
    fresh = recovery.replace(station)
    assert not recovery.is_confirmed(station)
    station.close()
    with pytest.raises(MzError, match="不是这个站点的"):
        opening.unlock_with_recovery(folder, created.recovery_key, clock=clock)
    opening.unlock_with_recovery(folder, fresh, clock=clock).close()


def test_the_county_gives_a_lost_station_back(created: Created, folder: Path, clock: FixedClock) -> None:
    private, public = slots.new_pair()
    station = created.station
    with pytest.raises(MzError, match="没有县级托管"):
        escrow.request(folder)
    escrow.enrol(station, "某县民政局", public)
    rekey.rotate(station)  # the escrow follows the epoch by itself
    station.close()
    asked = escrow.request(folder)
    with pytest.raises(MzError, match="不是托管给本县"):
        escrow.answer(asked.content, slots.new_pair()[0])
    answered = escrow.answer(asked.content, private)
    with pytest.raises(MzError, match="打不开"):
        escrow.open_answer(folder, escrow.request(folder), answered)
    opened = opening.unlock_with_data_key(folder, escrow.open_answer(folder, asked, answered), clock=clock)
    who = accounts.every(opened)[0].id
    accounts.reset_password(opened, who, OTHER)
    opened.close()
    opening.unlock(folder, who, OTHER, clock=clock).close()


def test_rights_and_their_log_entry_fail_together(created: Created, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    station, before = created.station, (folder / documents.FILE_NAME).read_bytes()

    def fail_after_saving(edit: object) -> None:
        type(station.open_vault()).change(station.open_vault(), edit)  # type: ignore[arg-type]
        raise MzError("磁盘已满")

    monkeypatch.setattr(station.open_vault(), "change", fail_after_saving, raising=False)
    with pytest.raises(MzError, match="磁盘已满"):
        rights.change(station, "rights", "x", {}, lambda document: document)
    monkeypatch.undo()
    assert (folder / documents.FILE_NAME).read_bytes() == before
    assert [entry.act for entry in log(station)] == ["station_created"]
    with station.read() as connection:
        assert read_meta(connection, arrival.COUNTER_KEY) == "1"

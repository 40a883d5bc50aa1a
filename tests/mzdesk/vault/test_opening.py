from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.opening import Created, Founder, StationSpec
from mzdesk.station import Station
from mzdesk.store import audit, diskfile
from mzdesk.store.database import SCHEMA_VERSION
from mzdesk.store.meta import write_meta
from mzdesk.vault import document as documents
from mzdesk.vault.document import KdfCost
from tests.mzdesk.vault.conftest import PASSWORD, TOWNSHIP, VILLAGES, make_station


def founder_of(folder: Path) -> str:
    return opening.station_card(folder).accounts[0].id


def acts(station: Station) -> list[str]:
    with station.read() as connection:
        return [entry.act for entry in reversed(audit.entries(connection, station.scope))]


def test_a_station_is_made_closed_and_opened_again(created: Created, folder: Path, clock: FixedClock) -> None:
    created.station.close()
    card = opening.station_card(folder)
    assert (card.name, card.township, [account.name for account in card.accounts]) == ("测试镇社工站", TOWNSHIP, ["王主任"])
    station = opening.unlock(folder, founder_of(folder), PASSWORD, clock=clock)
    assert station.identity.villages == VILLAGES
    assert acts(station) == ["station_created", "unlock"]
    station.close()


def test_a_children_director_is_bound_to_the_villages_of_the_station(folder: Path, clock: FixedClock) -> None:
    station = make_station(folder, clock, role="children_director").station
    assert station.scope.villages == frozenset(VILLAGES)
    station.close()


def test_no_second_station_in_the_same_folder(created: Created, folder: Path, clock: FixedClock) -> None:
    created.station.close()
    with pytest.raises(MzError, match="已经有一个站点"):
        make_station(folder, clock)


def test_wrong_passwords_are_counted_told_throttled_and_logged(created: Created, folder: Path, clock: FixedClock) -> None:
    created.station.close()
    who = founder_of(folder)
    for told in ("再错 2 次", "再错 1 次", "请等 5 秒"):
        with pytest.raises(MzError, match=told):
            opening.unlock(folder, who, "不是这个密码不是这个", clock=clock)
    with pytest.raises(MzError, match="请稍等再试"):
        opening.unlock(folder, who, PASSWORD, clock=clock)
    clock.ms -= 86_400_000  # a clock set back shortens nothing
    with pytest.raises(MzError, match="请稍等再试"):
        opening.unlock(folder, who, PASSWORD, clock=clock)
    clock.advance(days=1, seconds=6)
    station = opening.unlock(folder, who, PASSWORD, clock=clock)
    with station.read() as connection:
        failed = next(entry for entry in audit.entries(connection, station.scope) if entry.act == "unlock_failed")
    assert failed.detail["count"] == 3
    station.close()
    opening.unlock(folder, who, PASSWORD, clock=clock).close()


def test_an_unknown_account_is_a_wrong_password(created: Created, folder: Path, clock: FixedClock) -> None:
    created.station.close()
    with pytest.raises(MzError, match="密码不对"):
        opening.unlock(folder, "nobody", PASSWORD, clock=clock)


def test_the_recovery_key_opens_as_administrator(folder: Path, clock: FixedClock) -> None:
    made = make_station(folder, clock, role="children_director")
    made.station.close()
    typed = made.recovery_key.lower().replace("-", " ").replace("0", "o")
    station = opening.unlock_with_recovery(folder, typed, clock=clock)
    assert station.scope.role.value == "administrator"
    station.close()


def test_a_recovery_key_of_another_station_is_told_apart(created: Created, folder: Path, tmp_path: Path, clock: FixedClock) -> None:
    other = make_station(tmp_path / "别的站", clock)
    other.station.close()
    created.station.close()
    with pytest.raises(MzError, match="不是这个站点的"):
        opening.unlock_with_recovery(folder, other.recovery_key, clock=clock)


def test_a_second_window_is_refused_and_a_crash_is_not(created: Created, folder: Path, clock: FixedClock) -> None:
    with pytest.raises(MzError, match="已经打开"):
        opening.unlock(folder, founder_of(folder), PASSWORD, clock=clock)
    created.station.close()
    holder = (
        "import os, sys, pathlib; from mzdesk.vault.lock import StationLock;"
        "lock = StationLock.take(pathlib.Path(sys.argv[1])); print('held', flush=True); os.kill(os.getpid(), 9)"
    )
    died = subprocess.run([sys.executable, "-c", holder, str(folder)], capture_output=True, text=True, check=False)
    assert died.stdout == "held\n" and died.returncode != 0
    opening.unlock(folder, founder_of(folder), PASSWORD, clock=clock).close()


def test_another_process_that_holds_the_station_keeps_us_out(created: Created, folder: Path, clock: FixedClock) -> None:
    created.station.close()
    holder = (
        "import sys, pathlib; from mzdesk.vault.lock import StationLock;"
        "lock = StationLock.take(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", holder, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == b"held"
        with pytest.raises(MzError, match="已经打开"):
            opening.unlock(folder, founder_of(folder), PASSWORD, clock=clock)
        process.communicate()
    opening.unlock(folder, founder_of(folder), PASSWORD, clock=clock).close()


def test_foreign_and_damaged_folders_are_named(created: Created, folder: Path, tmp_path: Path, clock: FixedClock) -> None:
    created.station.close()
    with pytest.raises(MzError, match="这不是民政社工台的站点"):
        opening.station_card(tmp_path)
    vault = folder / documents.FILE_NAME
    whole = vault.read_bytes()
    vault.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MzError, match="账户文件损坏"):
        opening.station_card(folder)


def test_a_role_changed_in_the_file_is_noticed(created: Created, folder: Path, clock: FixedClock) -> None:
    who = founder_of(folder)
    created.station.close()
    vault = folder / documents.FILE_NAME
    tree = json.loads(vault.read_bytes())
    tree["slots"][0]["role"] = "supervisor"
    vault.write_text(json.dumps(tree), "utf-8")
    with pytest.raises(MzError, match="账户文件损坏"):
        opening.unlock(folder, who, PASSWORD, clock=clock)


def test_a_weakened_cost_is_refused(created: Created, folder: Path, clock: FixedClock) -> None:
    who = founder_of(folder)
    created.station.close()
    vault = folder / documents.FILE_NAME
    tree = json.loads(vault.read_bytes())
    tree["slots"][0]["kdf"] = {"m": 8, "t": 1, "p": 1}
    vault.write_text(json.dumps(tree), "utf-8")
    with pytest.raises(MzError, match="强度被改动"):
        opening.unlock(folder, who, PASSWORD, clock=clock)
    with pytest.raises(MzError, match="强度被改动"):
        opening.create(
            folder / "x", StationSpec("站", TOWNSHIP, ()), Founder("甲", "supervisor", PASSWORD), clock=clock, cost=KdfCost(8, 1, 1)
        )


def test_a_newer_database_and_a_newer_vault_are_left_alone(created: Created, folder: Path, clock: FixedClock) -> None:
    who = founder_of(folder)
    with created.station.database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    created.station.close()
    with pytest.raises(MzError, match="更新版本"):
        opening.unlock(folder, who, PASSWORD, clock=clock)
    vault = folder / documents.FILE_NAME
    vault.write_text(json.dumps(json.loads(vault.read_bytes()) | {"format": 2}), "utf-8")
    with pytest.raises(MzError, match="更新版本"):
        opening.station_card(folder)


def test_an_older_vault_file_put_back_is_refused_to_passwords_only(created: Created, folder: Path, clock: FixedClock) -> None:
    who = founder_of(folder)
    with created.station.write() as connection:
        write_meta(connection, "vault_counter", "7")
    created.station.close()
    with pytest.raises(MzError, match="换成了旧的"):
        opening.unlock(folder, who, PASSWORD, clock=clock)
    station = opening.unlock_with_recovery(folder, created.recovery_key, clock=clock)
    assert "vault_reconciled" in acts(station)
    station.close()
    opening.unlock(folder, who, PASSWORD, clock=clock).close()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_failing_disk_while_making_a_station_is_told_and_leaves_nothing(
    folder: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, "injected")

    with monkeypatch.context() as patch, pytest.raises(MzError) as caught:
        patch.setattr(diskfile, "_write_synced", fail)
        make_station(folder, clock)
    assert caught.value.title in {"磁盘已满", "文件夹不能写入", "磁盘读写出错"}
    assert not list(folder.glob("station-*.db*"))
    make_station(folder, clock).station.close()


def test_a_weak_password_is_refused_with_a_reason(folder: Path, clock: FixedClock) -> None:
    for password in ("短", "111111111111", "123456789012", "王主任123456789"):
        with pytest.raises(MzError, match="密码不合要求"):
            opening.create(folder, StationSpec("站", TOWNSHIP, ()), Founder("王主任", "supervisor", password), clock=clock)
    assert not folder.exists()


def test_switching_the_person_at_the_desk_asks_for_the_password(created: Created, clock: FixedClock) -> None:
    who = created.station.scope.actor
    with pytest.raises(MzError, match="密码不对"):
        opening.switch_account(created.station, who, "不是这个密码不是这个")
    assert opening.switch_account(created.station, who, PASSWORD).scope.actor == who
    assert acts(created.station)[-2:] == ["unlock_failed", "unlock"]


def test_importing_the_unlock_window_side_loads_no_database_code() -> None:
    heavy = "sqlalchemy,sqlmodel,pydantic,alembic,sqlcipher3,keyring,argon2,cryptography"
    code = f"import sys, mzdesk.opening; print([name for name in {heavy.split(',')!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

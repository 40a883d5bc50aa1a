"""Opening, read-only media, full disk, migrations killed at every step, and what the write-ahead log's end tells."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.opening import Created
from mzdesk.store import audit, backup, database, diskfile, integrity, migrations, reserve, wal_tail
from mzdesk.store.database import SCHEMA_VERSION, Database
from mzdesk.store.tables import PERSON
from mzdesk.vault import upkeep
from tests.mzdesk.store.conftest import add_person
from tests.mzdesk.vault.conftest import PASSWORD

KEY, SALT = b"k" * 32, b"s" * 16
ROOT = Path(__file__).parents[3]


def listing(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def locked_folder(created: Created, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A station on a medium that cannot be written; whoever writes there is caught by comparing the files."""
    with created.station.write() as connection:
        add_person(connection, created.station, "小花")
    monkeypatch.setattr(diskfile, "can_write", lambda _: False)
    return folder


def test_key_and_salt_lengths_are_asserted(tmp_path: Path) -> None:
    for key, salt in ((b"k" * 31, SALT), (KEY, b"s" * 15)):
        with pytest.raises(ValueError, match="passphrase"):
            Database(tmp_path / "x.db", key, salt)


def test_the_pragmas_hold(created: Created) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "temp_store": 2, "foreign_keys": 1, "secure_delete": 1}
    with created.station.read() as connection:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted


def test_a_station_on_read_only_media_is_read_and_not_touched(created: Created, locked_folder: Path, clock: FixedClock) -> None:
    created.station.close()
    before = listing(locked_folder)
    station = opening.unlock(locked_folder, created.station.scope.actor, PASSWORD, clock=clock)
    with station.read() as connection:
        assert connection.execute(select(PERSON.c.name)).scalar_one() == "小花"
    with pytest.raises(MzError, match="文件夹不能写入"), station.write():
        pass
    assert upkeep.run(station).breaks == ()
    station.close()
    assert {name: digest for name, digest in listing(locked_folder).items() if name != "attempts.json"} == before


def test_a_killed_station_on_read_only_media_shows_its_last_saves(
    created: Created, locked_folder: Path, clock: FixedClock, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(locked_folder, copy)  # with the log not folded
    created.station.close()
    assert (copy / f"{created.station.database.path.name}-wal").stat().st_size > 0
    station = opening.unlock(copy, created.station.scope.actor, PASSWORD, clock=clock)
    with station.read() as connection:
        assert connection.execute(select(PERSON.c.name)).scalar_one() == "小花"
    temporary = station.database.path.parent
    assert temporary != copy and temporary.exists()
    station.close()
    assert not temporary.exists()


def test_a_full_disk_frees_the_reserve_and_the_second_press_saves(created: Created, folder: Path) -> None:
    station = created.station
    assert reserve.ensure(folder) and (folder / reserve.FILE_NAME).stat().st_size == reserve.SIZE
    with station.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with pytest.raises(MzError, match="再按一次保存"), station.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # the disk is full
        for number in range(500):
            add_person(connection, station, f"人{number}" * 50)
    assert not (folder / reserve.FILE_NAME).exists()
    station.database.reconnect()
    with station.write() as connection:
        add_person(connection, station, "第二次")
    with station.read() as connection:
        assert connection.execute(select(PERSON.c.name)).scalars().all() == ["第二次"]


def test_no_reserve_where_the_disk_is_nearly_full(folder: Path, created: Created, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": reserve.SIZE})())
    assert not reserve.ensure(folder) and not reserve.release(folder)


def test_a_broken_end_of_the_log_is_told_until_somebody_looked(created: Created, folder: Path, clock: FixedClock, tmp_path: Path) -> None:
    station = created.station
    for number in range(3):
        with station.write() as connection:
            add_person(connection, station, f"人{number}")
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    station.close()
    log = copy / f"{station.database.path.name}-wal"
    assert not wal_tail.inspect(copy / station.database.path.name).suspicious
    content = bytearray(log.read_bytes())
    content[-2000] ^= 1
    log.write_bytes(content)
    opened = opening.unlock(copy, station.scope.actor, PASSWORD, clock=clock)
    assert upkeep.run(opened).saves_in_doubt
    with opened.read() as connection:
        assert "integrity" in [entry.act for entry in audit.entries(connection, opened.scope)]
    upkeep.acknowledge_doubt(opened)
    assert not upkeep.run(opened).saves_in_doubt
    opened.close()


def test_a_downgrade_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    made = Database.create(path, KEY, SALT)
    with made.write() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    made.close()
    before = path.read_bytes()
    with pytest.raises(MzError, match="更新版本"):
        Database.open(path, KEY, SALT)
    assert path.read_bytes() == before


def schema_of(database: Database) -> list[str]:
    with database.read() as connection:
        return sorted(connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").scalars())


def test_an_empty_file_gets_the_newest_schema(tmp_path: Path) -> None:
    made = Database.create(tmp_path / "s.db", KEY, SALT)
    assert made.schema_version() == SCHEMA_VERSION
    assert integrity.problems(made) == ()
    with made.read() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == f"{SCHEMA_VERSION:04}"
    made.close()


KILLED = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from mzdesk.store.database import Database
path, wanted = Path(sys.argv[1]), int(sys.argv[2])
database, seen = Database(path, b"k" * 32, b"s" * 16), [0]
@event.listens_for(database._engine, "before_cursor_execute")
def count(connection, cursor, statement, parameters, context, many):
    seen[0] += 1
    if seen[0] == wanted:
        os.kill(os.getpid(), 9)
database.migrate()
print(seen[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_migration_killed_at_any_statement_can_be_run_again(tmp_path: Path) -> None:
    whole = Database.create(tmp_path / "whole.db", KEY, SALT)
    wanted = schema_of(whole)
    whole.close()
    done = _migrate_and_die(tmp_path / "count.db", 0)
    assert done.returncode == 0, done.stderr
    statements = int(done.stdout)
    for number in sorted({2, statements // 2, statements}):
        path = tmp_path / f"{number}.db"
        assert _migrate_and_die(path, number).returncode != 0
        again = Database.open(path, KEY, SALT)
        assert schema_of(again) == wanted and integrity.problems(again) == ()
        again.close()


def _migrate_and_die(path: Path, statement: int) -> subprocess.CompletedProcess[str]:
    Database(path, KEY, SALT)._connect().close()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(statement)], env=environment, capture_output=True, text=True, check=False
    )


def test_an_older_schema_is_backed_up_before_it_is_migrated(
    created: Created, folder: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with created.station.write() as connection:
        add_person(connection, created.station, "小花")
    created.station.close()

    def to_the_next(database: Database) -> None:
        with database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE person ADD COLUMN invented TEXT DEFAULT ''")
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION + 1}")

    monkeypatch.setattr(database, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    monkeypatch.setattr(migrations, "upgrade", to_the_next)
    station = opening.unlock(folder, created.station.scope.actor, PASSWORD, clock=clock)
    kept = backup.snapshots(folder / backup.FOLDER)
    assert [one.header.reason for one in kept] == ["migration"] and kept[0].header.schema == SCHEMA_VERSION
    assert station.database.schema_version() == SCHEMA_VERSION + 1
    station.close()


def test_a_failed_backup_stops_the_migration(created: Created, folder: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    created.station.close()
    monkeypatch.setattr(database, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    monkeypatch.setattr(migrations, "upgrade", lambda _: pytest.fail("migrated without a backup"))

    def full(*_: object) -> None:
        raise MzError("磁盘已满")

    monkeypatch.setattr(Database, "copy_to", full)
    with pytest.raises(MzError, match="磁盘已满"):
        opening.unlock(folder, created.station.scope.actor, PASSWORD, clock=clock)

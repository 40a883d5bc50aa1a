"""Backups: made by themselves, encrypted, verified after writing, copied to a second place, rotated; only a checked one counts."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from mzdesk import clock as clocks
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import attachments, audit, diskfile, integrity, snapshot_file
from mzdesk.store.database import SCHEMA_VERSION, Database
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.snapshot_file import SnapshotHeader
from mzdesk.vault import document as documents
from mzdesk.vault import kdf, keys
from mzdesk.vault.document import VaultDocument
from mzdesk.vault.keys import OpenVault

FOLDER = "backups"
REASONS = {
    "daily": "每日",
    "manual": "手动",
    "import": "导入前",
    "migration": "升级前",
    "rekey": "更换密钥前",
    "restore": "恢复前",
}
_SECOND_PLACE, _CHECKED = "backup.second_place", "backup.checked"
KEEP_NEWEST, KEEP_DAYS, KEEP_WEEKS, KEEP_MONTHS = 3, 7, 5, 12


@dataclass(frozen=True)
class Snapshot:
    """One backup file and what it tells of itself."""

    path: Path
    header: SnapshotHeader

    @property
    def day(self) -> date:
        """The Beijing date on which it was made."""
        return clocks.beijing(self.header.created_at).date()


@dataclass(frozen=True)
class BackupState:
    """What the backup page and the status line show; `second_place` is None where none is set."""

    newest: Snapshot | None
    second_place: Path | None
    second_reachable: bool
    due: bool
    checked_at: int
    check_problem: str


def make(station: Station, reason: str) -> Snapshot:
    """Write a backup now (`reason`: a key of REASONS), verify it, copy it to the second place if that can be reached, rotate, log.

    Raises MzError where the first place fails; a second place that fails is told by `state`.
    """
    place = station.folder / FOLDER
    made = make_of(station.open_vault(), station.database, reason, station.clock.now_ms())
    second = second_place(station)
    copied = second is not None and copy_to(station, made, second)
    rotate(place, station.today())
    with station.write() as connection:
        detail = {"reason": reason, "file": made.path.name, "second": copied}
        audit.append(connection, station.scope, "backup", made.path.name, detail, now_ms=station.clock.now_ms())
    return made


def _place(place: Path) -> Path:
    with diskfile.telling_disk_errors():
        place.mkdir(parents=True, exist_ok=True)
    return place


def make_of(vault: OpenVault, database: Database, reason: str, now_ms: int) -> Snapshot:
    """Write and verify one backup of `database` in the station's folder; no copy, no log entry. Raises MzError."""
    place, salt = _place(vault.folder / FOLDER), secrets.token_bytes(16)
    copy = place / f"{diskfile.TEMPORARY_PREFIX}{secrets.token_hex(6)}"
    try:
        key = snapshot_key(vault.data_key, salt)
        database.copy_to(copy, key, salt)
        header = _header(vault.document, copy, key, salt, (reason, now_ms))
        path = place / f"{_stamp(header.created_at)}-{reason}-{secrets.token_hex(3)}{snapshot_file.SUFFIX}"
        signing = keys.backup_key(vault.data_key)
        snapshot_file.write(path, header, signing, documents.render(vault.document), copy)
        try:
            snapshot_file.verify(path, signing)
        except MzError:
            diskfile.discard(path)
            raise
        return Snapshot(path, header)
    finally:
        diskfile.discard(copy)


def snapshot_key(data_key: bytes, salt: bytes) -> bytes:
    """Return the SQLCipher key of the database in one backup."""
    return kdf.derive(data_key, b"mz-backup-database", salt)


def _stamp(now_ms: int) -> str:
    return clocks.beijing(now_ms).strftime("%Y%m%d-%H%M%S")


def _header(document: VaultDocument, copy: Path, key: bytes, salt: bytes, occasion: tuple[str, int]) -> SnapshotHeader:
    vault = documents.render(document)
    database = Database(copy, key, salt)
    try:
        with database.read() as connection:
            counts, log = integrity.counts(connection), audit.head(connection)
            schema = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
            files = attachments.stored_names(connection)
    finally:
        database.close()
    size, digest = snapshot_file.digest_of(copy)
    vault_digest = hashlib.sha256(vault).hexdigest()
    place = (document.vault, document.station_name, document.epoch, schema, salt, len(vault), vault_digest, size, digest)
    return SnapshotHeader(occasion[1], occasion[0], *place, counts, log[0], log[1], files)


def copy_to(station: Station, snapshot: Snapshot, place: Path) -> bool:
    """Copy a backup and the attachments it names to another folder, verified; False where that place fails (USB stick out, full)."""
    if not place.is_dir():  # never make it: where a stick was mounted, that would land on the system's own disk
        return False
    try:
        target = place / snapshot.path.name
        with diskfile.telling_disk_errors():
            partial = target.with_name(f"{diskfile.TEMPORARY_PREFIX}{secrets.token_hex(6)}")
            try:
                shutil.copyfile(snapshot.path, partial)
                diskfile.sync_file(partial)
                partial.replace(target)
                diskfile.sync_folder(place)
            finally:
                diskfile.discard(partial)
        snapshot_file.verify(target, keys.backup_key(station.open_vault().data_key))
        attachments.copy_files(station.folder, place, snapshot.header.attachments)
        rotate(place, station.today())
    except MzError:
        return False
    return True


def snapshots(place: Path) -> tuple[Snapshot, ...]:
    """Return the readable backups in a folder, newest first; damaged ones are left out (see `unreadable`)."""
    found = []
    for path in place.glob(f"*{snapshot_file.SUFFIX}"):
        with contextlib.suppress(MzError):
            found.append(Snapshot(path, snapshot_file.read_header(path)))
    return tuple(sorted(found, key=lambda one: (one.header.created_at, one.path.name), reverse=True))


def unreadable(place: Path) -> tuple[Path, ...]:
    """Return the files in a folder that look like backups and are not readable."""
    readable = {snapshot.path for snapshot in snapshots(place)}
    return tuple(sorted(path for path in place.glob(f"*{snapshot_file.SUFFIX}") if path not in readable))


def rotate(place: Path, today: date) -> tuple[Path, ...]:
    """Delete the backups that the plan no longer keeps; return them."""
    every = snapshots(place)
    keep = kept([snapshot.day for snapshot in every], today)
    gone = tuple(snapshot.path for index, snapshot in enumerate(every) if index not in keep)
    for path in gone:
        with contextlib.suppress(OSError):
            path.unlink()
    return gone


def kept(days: list[date], today: date) -> set[int]:
    """Return the indices to keep of backups made on `days`, newest first: the newest 3, then one a day, a week, a month."""
    keep = set(range(min(KEEP_NEWEST, len(days))))
    seen: set[tuple[str, object]] = set()
    for index, day in enumerate(days):
        age = (today - day).days
        marks = (
            ("day", day, age < KEEP_DAYS),
            ("week", day - timedelta(days=day.weekday()), age < 7 * KEEP_WEEKS),
            ("month", (day.year, day.month), age < 31 * KEEP_MONTHS),
        )
        for kind, mark, wanted in marks:
            if wanted and (kind, mark) not in seen:
                seen.add((kind, mark))
                keep.add(index)
    return keep


def due(station: Station) -> bool:
    """Tell whether today's backup is still to be made."""
    newest = next(iter(snapshots(station.folder / FOLDER)), None)
    return newest is None or newest.day != station.today()


def second_place(station: Station) -> Path | None:
    """Return the second folder (a USB stick, a share), None where none is set."""
    with station.read() as connection:
        text = read_meta(connection, _SECOND_PLACE)
    return Path(text) if text else None


def set_second_place(station: Station, place: Path | None) -> None:
    """Choose the second folder; it must not lie in the station's own. Raises MzError."""
    if place is not None:
        if place.resolve().is_relative_to(station.folder.resolve()):
            raise MzError("请选另一个位置", "第二份备份要放在 U 盘或别的磁盘上，不能放在站点文件夹里。")
        if not place.is_dir() or not diskfile.can_write(place):
            raise MzError("这个位置不能写入", "请插好 U 盘，或选一个可以写入的文件夹。")
    with station.write() as connection:
        write_meta(connection, _SECOND_PLACE, str(place) if place else "")
        audit.append(connection, station.scope, "parameter", _SECOND_PLACE, {"set": place is not None}, now_ms=station.clock.now_ms())


def state(station: Station) -> BackupState:
    """Return what the backup page shows."""
    newest = next(iter(snapshots(station.folder / FOLDER)), None)
    place = second_place(station)
    with station.read() as connection:
        name, at, problem = (read_meta(connection, _CHECKED) or "||").split("|", 2)
    checked = newest is not None and name == newest.path.name
    reachable = place is not None and place.is_dir()
    return BackupState(newest, place, reachable, due(station), int(at) if checked and at else 0, problem if checked else "")


def check_newest(station: Station) -> str:
    """Try the newest backup as a restore would: extract, open, check, count; remember and return the problem, "" where it is sound.

    Meant for the background at the first start after each backup; does nothing when the newest was checked already.
    """
    newest = next(iter(snapshots(station.folder / FOLDER)), None)
    if newest is None or state(station).checked_at:
        return state(station).check_problem
    problem = check(station, newest)
    with station.write() as connection:
        write_meta(connection, _CHECKED, f"{newest.path.name}|{station.clock.now_ms()}|{problem}")
    return problem


def check(station: Station, snapshot: Snapshot) -> str:
    """Try one backup as a restore would; return the problem in Chinese, "" where it is sound."""
    target = snapshot.path.with_name(f"{diskfile.TEMPORARY_PREFIX}{secrets.token_hex(6)}")
    try:
        data_key = data_key_of(station, snapshot.header.epoch)
        snapshot_file.verify(snapshot.path, keys.backup_key(data_key))
        header = snapshot_file.extract_database(snapshot.path, target)
        return _trial(target, snapshot_key(data_key, header.salt), header)
    except MzError as error:
        return str(error)
    finally:
        diskfile.discard(target)


def _trial(path: Path, key: bytes, header: SnapshotHeader) -> str:
    database = Database(path, key, header.salt)
    try:
        if header.schema > SCHEMA_VERSION:
            return "备份是更新版本的程序写的，请先升级。"
        if found := integrity.problems(database):
            return found[0].message
        if header.schema < SCHEMA_VERSION:
            return ""
        with database.read() as connection:
            return "" if integrity.counts(connection) == dict(header.counts) else "备份里的条数和说明不符。"
    finally:
        database.close()


def data_key_of(station: Station, epoch: int) -> bytes:
    """Return the data key of a backup's epoch; raises MzError where this station does not know it."""
    from mzdesk.store import keyring_table

    vault = station.open_vault()
    if epoch == vault.document.epoch:
        return vault.data_key
    with station.read() as connection:
        key = keyring_table.data_key_of(connection, epoch)
    if key is None:
        raise MzError("这个备份的密钥不在本站", "它可能来自另一个站点，或比现在的数据新。请用恢复密钥打开这个备份。")
    return key

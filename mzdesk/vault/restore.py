"""Back from a backup: a new database file beside the old one, what is newer carried over, one rename of vault.json to switch.

The replaced file goes to a folder `damaged-…`. The restored station is a new device with the old operation ids (PROTOCOL.md §1).
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mzdesk import clock as clocks
from mzdesk.clock import Clock
from mzdesk.errors import MzError
from mzdesk.registry import indexing
from mzdesk.station import Station
from mzdesk.store import attachments, audit, backup, carry, diskfile, identity, integrity, keyring_table, snapshot_file
from mzdesk.store.carry import Carried, every_person
from mzdesk.store.database import Database
from mzdesk.store.meta import write_meta
from mzdesk.store.scope import Permission, Role, Scope, scope_for
from mzdesk.vault import arrival, credentials, keys, slots
from mzdesk.vault import document as documents
from mzdesk.vault.credentials import Proof
from mzdesk.vault.document import VaultDocument
from mzdesk.vault.founding import new_database_name
from mzdesk.vault.lock import StationLock
from mzdesk.vault.pepper import PepperStore
from mzdesk.vault.throttle import Throttle

if TYPE_CHECKING:
    from sqlalchemy import Connection

WRONG_PROOF = MzError("打不开这个备份", "备份要用当时的密码，或恢复密钥。请换一个再试。")
NOT_SOUND = MzError("这个备份不能用", "恢复出来的数据没有通过检查，原来的文件没有动。请换另一个备份。")


@dataclass(frozen=True)
class RestoreReport:
    """What a restore did: the day of the backup, what came over from the replaced file, and where that lies now."""

    made_at: int
    carried: Carried
    kept_in: Path | None
    files_complete: bool = True  # False where attachments could not be copied from beside the backup: `attachments.damaged` names them


@dataclass(frozen=True)
class _Source:
    """A backup that was opened: where, its header, the data key of its epoch, its accounts."""

    path: Path
    header: snapshot_file.SnapshotHeader
    data_key: bytes
    document: VaultDocument


def from_snapshot(folder: Path, snapshot: Path, proof: Proof, *, clock: Clock, pepper: PepperStore | None = None) -> RestoreReport:
    """Restore into `folder`: an empty one (a new laptop), or one whose database is damaged or gone. Raises MzError; then nothing changed.

    `proof` is a password or the recovery key, of now or of when the backup was made. Open the station afterwards with `opening.unlock`.
    """
    with diskfile.telling_disk_errors():
        folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        throttle = Throttle(folder)
        if proof.account_id:
            throttle.begin(proof.account_id, clock.now_ms())
        current = _current(folder, proof, pepper)
        source = _opened(snapshot, proof, pepper, current, folder)
        throttle.succeed(proof.account_id)
        document, data_key = current or (source.document, source.data_key)
        report = _restore(folder, source, document, data_key, clock, had=current is not None)
        return report


def into_open_station(station: Station, snapshot: Path) -> RestoreReport:
    """Restore a backup of the open station: what is newer is kept, accounts stay as they are. Raises MzError; then nothing changed."""
    if not (
        station.scope.may(Permission.ACCOUNTS) or station.scope.may(Permission.REVIEW) or len(station.open_vault().document.accounts()) == 1
    ):
        raise MzError("没有权限", "恢复备份由管理员或主管来做。")
    with contextlib.suppress(MzError):  # a file too damaged to copy must not stop its own repair
        backup.make(station, "restore")
    vault = station.open_vault()
    header = snapshot_file.verify(snapshot)
    source = _Source(snapshot, header, backup.data_key_of(station, header.epoch), documents.parse(snapshot_file.read_vault(snapshot)))
    document = _next(vault.document, vault.data_key)
    path, old_path = station.folder / document.database, station.database.path
    try:
        with station.write():
            carried = _build(path, source, document, vault.data_key, station.database, station.scope, station.clock)
            documents.save(station.folder, document)
            vault.adopt(document, vault.data_key)
            station.database.switch_to(path, keys.database_key(vault.data_key), document.database_salt)
    except BaseException:
        if vault.document is not document:
            diskfile.discard(path)
        raise
    complete = _copy_files(snapshot.parent, station.folder, header.attachments)
    return RestoreReport(header.created_at, carried, _set_aside(station.folder, [old_path], station.clock), complete)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = StationLock.take(folder)
    try:
        yield
    finally:
        lock.release()


def _current(folder: Path, proof: Proof, pepper: PepperStore | None) -> tuple[VaultDocument, bytes] | None:
    """Return the accounts and key that the folder has now, where they are sound and `proof` opens them."""
    with contextlib.suppress(MzError):
        document = documents.load(folder)
        data_key = credentials.data_key_by(document, proof, pepper)
        if data_key is not None:
            keys.require_authentic(document, data_key)
            return document, data_key
    return None


def _opened(path: Path, proof: Proof, pepper: PepperStore | None, current: tuple[VaultDocument, bytes] | None, folder: Path) -> _Source:
    header, document = snapshot_file.verify(path), documents.parse(snapshot_file.read_vault(path))
    for data_key in _candidates(document, header, proof, pepper, current, folder):
        with contextlib.suppress(MzError):
            snapshot_file.verify(path, keys.backup_key(data_key))
            keys.require_authentic(document, data_key)
            return _Source(path, header, data_key, document)
    raise MzError(WRONG_PROOF.title, WRONG_PROOF.message)


def _candidates(
    document: VaultDocument,
    header: snapshot_file.SnapshotHeader,
    proof: Proof,
    pepper: PepperStore | None,
    current: tuple[VaultDocument, bytes] | None,
    folder: Path,
) -> Iterator[bytes]:
    if current is not None:
        if current[0].epoch == header.epoch:
            yield current[1]
        else:
            yield from _remembered(folder, *current, header.epoch)
    found = credentials.data_key_by(document, proof, pepper)
    if found is not None:
        yield found


def _remembered(folder: Path, document: VaultDocument, data_key: bytes, epoch: int) -> Iterator[bytes]:
    with _donor(folder, document, data_key) as database, contextlib.suppress(MzError):
        if database is not None:
            with database.read() as connection:
                key = keyring_table.data_key_of(connection, epoch)
            if key is not None:
                yield key


@contextlib.contextmanager
def _donor(folder: Path, document: VaultDocument, data_key: bytes) -> Iterator[Database | None]:
    path = folder / document.database
    if not path.exists():
        yield None
        return
    database = Database(path, keys.database_key(data_key), document.database_salt)
    try:
        yield database
    finally:
        with contextlib.suppress(MzError):
            database.close()


def _next(document: VaultDocument, data_key: bytes) -> VaultDocument:
    fresh = replace(document, counter=document.counter + 1, database=new_database_name())
    return keys.authenticate(replace(fresh, database_salt=secrets.token_bytes(slots.SALT_BYTES)), data_key)


def _restore(folder: Path, source: _Source, old: VaultDocument, data_key: bytes, clock: Clock, *, had: bool) -> RestoreReport:
    document = _next(old, data_key)
    scope = scope_for("restore", "从备份恢复", Role.ADMINISTRATOR, None)
    path = folder / document.database
    try:
        with _donor(folder, old, data_key) if had else contextlib.nullcontext() as donor:
            carried = _build(path, source, document, data_key, donor, scope, clock)
        documents.save(folder, document)
    except BaseException:
        diskfile.discard(path)
        raise
    complete = _copy_files(source.path.parent, folder, source.header.attachments)
    replaced = [one for one in folder.glob("station-*.db*") if not one.name.startswith(path.name)]
    return RestoreReport(source.header.created_at, carried, _set_aside(folder, replaced, clock), complete)


def _copy_files(place: Path, folder: Path, names: tuple[str, ...]) -> bool:
    """The station is restored already: a failure here is told, and raises nothing."""
    try:
        attachments.copy_files(place, folder, names)
    except MzError:
        return False
    return all((folder / attachments.FOLDER / name).exists() for name in names)


def _build(
    path: Path, source: _Source, document: VaultDocument, data_key: bytes, donor: Database | None, scope: Scope, clock: Clock
) -> Carried:
    """Write the restored database to `path` and check it."""
    _unpack(path, source, keys.database_key(data_key), document.database_salt)
    restored = Database.open(path, keys.database_key(data_key), document.database_salt)
    try:
        with restored.write() as connection:
            carried = carry.carry_over(connection, donor) if donor is not None else Carried()
            _index_again(connection, carried)
            told = identity.read(connection)
            identity.write(connection, replace(told, device=clocks.new_id(clock)))
            carry.become_new_device(connection)
            if source.document.epoch != document.epoch:
                keyring_table.remember(connection, source.document.epoch, source.data_key)
            write_meta(connection, arrival.COUNTER_KEY, str(document.counter))
            detail = {"snapshot": source.path.name, "made_at": source.header.created_at, "carried": sum(carried.rows.values())}
            audit.append(connection, scope, "restore", source.path.name, detail, now_ms=clock.now_ms())
        if integrity.problems(restored, log_too=False):
            raise MzError(NOT_SOUND.title, NOT_SOUND.message)
    finally:
        restored.close()
    with diskfile.telling_disk_errors():
        diskfile.sync_file(path)
        diskfile.sync_folder(path.parent)
    return carried


def _index_again(connection: Connection, carried: Carried) -> None:
    """Make the search keys and lists anew where people came over from a file that could not be read whole."""
    if "person" in carried.rows and carried.damaged:
        indexing.refresh(connection, every_person(connection))


def _unpack(path: Path, source: _Source, key: bytes, salt: bytes) -> None:
    temporary = path.with_name(f"{diskfile.TEMPORARY_PREFIX}{secrets.token_hex(6)}")
    try:
        header = snapshot_file.extract_database(source.path, temporary)
        packed = Database(temporary, backup.snapshot_key(source.data_key, header.salt), header.salt)
        try:
            packed.copy_to(path, key, salt)
        finally:
            packed.close()
    finally:
        diskfile.discard(temporary)


def _set_aside(folder: Path, paths: list[Path], clock: Clock) -> Path | None:
    """Move the replaced files to their own folder; they stay encrypted, and the user may delete them once all is well."""
    present = [one for path in paths for one in folder.glob(f"{path.name}*")]
    if not present:
        return None
    place = folder / f"damaged-{clocks.beijing(clock.now_ms()):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    with contextlib.suppress(OSError):
        place.mkdir()
        for path in present:
            with contextlib.suppress(OSError):  # still held open (Windows): it stays, and goes at the next opening
                path.replace(place / path.name)
    return place

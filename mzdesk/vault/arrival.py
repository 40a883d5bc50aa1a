"""From an authenticated vault to an open station: the right file, the right schema, the failures of the past in the log."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from mzdesk.clock import Clock, SystemClock
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import audit, diskfile, identity, read_only, reserve, wal_tail
from mzdesk.store.database import Database
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.scope import Permission, Role, Scope, scope_for
from mzdesk.store.wal_tail import WalTail
from mzdesk.vault import keys
from mzdesk.vault.document import ACCOUNT, Slot, VaultDocument
from mzdesk.vault.keys import OpenVault
from mzdesk.vault.throttle import Throttle

COUNTER_KEY = "vault_counter"
DOUBT_KEY = "integrity.doubt"
ROLLED_BACK = MzError(
    "账户文件被换成了旧的",
    "vault.json 比数据旧，可能有人用旧文件覆盖了它。请用恢复密钥打开，核对账户后重设密码。数据没有改动。",
)


def scope_of(slot: Slot, document: VaultDocument) -> Scope:
    """Return what the holder of `slot` may see; the recovery key and the county's escrow open as an administrator.

    Until a station has an administrator, its oldest account keeps the accounts: somebody must be able to add the first colleague.
    """
    if slot.kind != ACCOUNT:
        return scope_for(slot.id, slot.name, Role.ADMINISTRATOR, None)
    scope = scope_for(slot.id, slot.name, Role(slot.role), frozenset(slot.villages))
    accounts = document.accounts()
    is_oldest = bool(accounts) and accounts[0].id == slot.id
    if is_oldest and all(Role(account.role) is not Role.ADMINISTRATOR for account in accounts):
        return replace(scope, permissions=scope.permissions | {Permission.ACCOUNTS})
    return scope


def enter(vault: OpenVault, slot: Slot, clock: Clock, throttle: Throttle) -> Station:
    """Open the current database of `vault` for the holder of `slot`; on a full disk for reading only, if need be. Raises MzError."""
    first: MzError | None = None
    for last_resort in (lambda: reserve.release(vault.folder), lambda: _read_only_from_now(vault), lambda: None):
        try:
            return _enter(vault, slot, clock, throttle)
        except MzError as error:
            first = first or error
            if first.title != diskfile.DISK_FULL.title:
                raise
            last_resort()
    assert first is not None
    raise first


def _read_only_from_now(vault: OpenVault) -> None:
    vault.read_only, vault.disk_full = True, True


def _enter(vault: OpenVault, slot: Slot, clock: Clock, throttle: Throttle) -> Station:
    document = vault.document
    path = vault.folder / document.database
    tail = wal_tail.inspect(path)
    database = open_database(vault, path)
    try:
        with database.read() as connection:
            told = identity.read(connection)
            counted = int(read_meta(connection, COUNTER_KEY, "0"))
        if counted > document.counter and slot.kind == ACCOUNT:
            raise MzError(ROLLED_BACK.title, ROLLED_BACK.message)
        station = Station(vault.folder, told, database, scope_of(slot, document), clock, vault)
        if not vault.read_only:
            _tidy(vault.folder, path)
            _reconcile(station, counted)
            log_unlock(station, throttle)
            if tail.suspicious:
                _doubt_last_saves(station, tail)
        return station
    except BaseException:
        database.close()
        raise


def open_database(vault: OpenVault, path: Path) -> Database:
    """Open the database at `path` with the vault's keys: for reading only on media that cannot be written. Raises MzError."""
    key, salt = keys.database_key(vault.data_key), vault.document.database_salt
    if vault.read_only:
        database = read_only.open_database(path, key, salt)
        database.refusal = diskfile.DISK_FULL if vault.disk_full else diskfile.READ_ONLY
        return database
    database = Database.open(path, key, salt, before_migration=lambda old: backup_of_old_schema(vault, old))
    database.when_full(lambda: reserve.release(vault.folder))
    return database


def backup_of_old_schema(vault: OpenVault, database: Database) -> None:
    """Back up a database of an older schema before it is migrated. Raises MzError; then it is not migrated."""
    from mzdesk.store import backup

    backup.make_of(vault, database, "migration", SystemClock().now_ms())


def log_unlock(station: Station, throttle: Throttle) -> None:
    """Write the unlock and the failures before it into the log."""
    scope, now_ms = station.scope, station.clock.now_ms()
    attempts = throttle.attempts(scope.actor)
    failed = attempts.failures - 1  # the last one is this success
    with station.write() as connection:
        if failed > 0:
            audit.append(
                connection, scope, "unlock_failed", scope.actor, {"count": failed, "times": list(attempts.times[:-1])}, now_ms=now_ms
            )
        audit.append(connection, scope, "unlock", scope.actor, now_ms=now_ms)


def _reconcile(station: Station, counted: int) -> None:
    """A kill between vault.json and the database leaves a change that the log has not seen: write it down now."""
    now = station.open_vault().document.counter
    if now == counted:
        return
    with station.write() as connection:
        detail = {"logged": counted, "found": now}
        audit.append(connection, station.scope, "vault_reconciled", "vault.json", detail, now_ms=station.clock.now_ms())
        write_meta(connection, COUNTER_KEY, str(now))


def _doubt_last_saves(station: Station, tail: WalTail) -> None:
    """Remember that the newest saves may be missing, until somebody has looked (`vault.upkeep.acknowledge_doubt`)."""
    now_ms = station.clock.now_ms()
    with station.write() as connection:
        write_meta(connection, DOUBT_KEY, str(now_ms))
        detail = {"frames": tail.frames, "doubtful": tail.doubtful, "commits": tail.commits, "header": tail.header}
        audit.append(connection, station.scope, "integrity", "wal", detail, now_ms=now_ms)


def _tidy(folder: Path, current: Path) -> None:
    """Delete what an interrupted creation, rekey or write left; only after the current database opened."""
    diskfile.remove_temporaries(folder)
    for path in folder.glob("station-*.db*"):
        if not path.name.startswith(current.name):
            with contextlib.suppress(OSError):
                path.unlink()

"""Making and opening a station: light to import, because the unlock window paints before any database code is loaded."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mzdesk.clock import Clock, new_id
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import diskfile
from mzdesk.vault import credentials, kdf, keys, passwords, recovery_key, slots
from mzdesk.vault import document as documents
from mzdesk.vault.credentials import RECOVERY_SLOT
from mzdesk.vault.document import ACCOUNT, RECOVERY, KdfCost, Slot, VaultDocument
from mzdesk.vault.keys import OpenVault
from mzdesk.vault.lock import StationLock
from mzdesk.vault.throttle import Throttle

if TYPE_CHECKING:
    from mzdesk.vault.pepper import PepperStore


@dataclass(frozen=True)
class StationSpec:
    """A station to be made: its name, the 9-digit township code, the 12-digit codes of its villages."""

    name: str
    township: str
    villages: tuple[str, ...]


@dataclass(frozen=True)
class Founder:
    """The first account; `role` is a value of store.scope.Role. A children's director gets the station's villages."""

    name: str
    role: str
    password: str


@dataclass(frozen=True)
class Created:
    """A new, open station and its recovery key, which is shown once, printed, and retyped (vault.recovery.confirm)."""

    station: Station
    recovery_key: str


@dataclass(frozen=True)
class AccountCard:
    """An account as the unlock window shows it."""

    id: str
    name: str
    role: str
    villages: tuple[str, ...]


@dataclass(frozen=True)
class StationCard:
    """What can be told of a station before it is unlocked; not authenticated yet."""

    name: str
    township: str
    accounts: tuple[AccountCard, ...]


def is_station(folder: Path) -> bool:
    """Tell whether `folder` holds a station."""
    return (folder / documents.FILE_NAME).is_file()


def station_card(folder: Path) -> StationCard:
    """Return what the unlock window shows; raises MzError where the folder is foreign, damaged or newer."""
    document = documents.load(folder)
    accounts = tuple(AccountCard(slot.id, slot.name, slot.role, slot.villages) for slot in document.accounts())
    return StationCard(document.station_name, document.township, accounts)


def create(
    folder: Path, spec: StationSpec, founder: Founder, *, clock: Clock, pepper: PepperStore | None = None, cost: KdfCost = kdf.DEFAULT
) -> Created:
    """Make a station in `folder` with its first account.

    `pepper` is the computer's secret store, None for a password alone (12 characters at least).
    `cost` may be lowered to `kdf.FLOOR` by tests.
    Raises MzError: a station is there already, weak password, read-only folder, full disk. Killed half-way, it can be called again.
    """
    from mzdesk.vault import founding

    passwords.require_good(founder.password, founder.name, peppered=pepper is not None and pepper.usable)
    kdf.check_cost(cost)
    if founder.role == "children_director" and not spec.villages:
        raise MzError("请选择负责的村", "儿童主任至少负责一个村，请先选村再建站。", field="villages")
    with diskfile.telling_disk_errors():
        folder.mkdir(parents=True, exist_ok=True)
    if is_station(folder):
        raise MzError("这里已经有一个站点", "请选择另一个文件夹，或直接打开已有的站点。")
    lock = StationLock.take(folder)
    try:
        return founding.found(folder, spec, founder, clock=clock, pepper=pepper, cost=cost, lock=lock)
    except BaseException:
        lock.release()
        raise


def unlock(folder: Path, account_id: str, password: str, *, clock: Clock, pepper: PepperStore | None = None) -> Station:
    """Open the station for an account.

    Raises MzError: wrong password (with the tries left or the seconds to wait), keyring entry missing, damaged or foreign folder,
    newer database, another window open, full disk. On read-only media the station opens for reading.
    """
    folder_lock = _lock(folder)
    try:
        document = documents.load(folder)
        throttle = Throttle(folder)
        throttle.begin(account_id, clock.now_ms())
        slot = document.slot(account_id)
        data_key = credentials.data_key_by_password(document, account_id, password, pepper)
        if slot is None or data_key is None:
            raise throttle.wrong(account_id)
        station = _open(folder, document, data_key, slot, clock=clock, pepper=pepper, lock=folder_lock, throttle=throttle)
        throttle.succeed(account_id)
        return station
    except BaseException:
        folder_lock.release()
        raise


def unlock_with_recovery(folder: Path, recovery_text: str, *, clock: Clock, pepper: PepperStore | None = None) -> Station:
    """Open the station with the printed key, as an administrator who may set new passwords. Raises MzError."""
    recovery_key.to_secret(recovery_text)  # a slip of the pen is told before the folder is touched
    folder_lock = _lock(folder)
    try:
        document = documents.load(folder)
        data_key = credentials.data_key_by_recovery(document, recovery_text)
        slot = document.slot(RECOVERY_SLOT) or Slot(RECOVERY_SLOT, RECOVERY, "", "", (), b"")
        return _open(folder, document, data_key, slot, clock=clock, pepper=pepper, lock=folder_lock, throttle=Throttle(folder))
    except BaseException:
        folder_lock.release()
        raise


def unlock_with_data_key(folder: Path, data_key: bytes, *, clock: Clock, pepper: PepperStore | None = None) -> Station:
    """Open the station with the data key that the county's escrow gave back (vault.escrow), as with the recovery key. Raises MzError."""
    folder_lock = _lock(folder)
    try:
        document = documents.load(folder)
        keys.require_authentic(document, data_key)
        slot = Slot("county", RECOVERY, "县级托管", "", (), b"")
        return _open(folder, document, data_key, slot, clock=clock, pepper=pepper, lock=folder_lock, throttle=Throttle(folder))
    except BaseException:
        folder_lock.release()
        raise


def switch_account(station: Station, account_id: str, password: str) -> Station:
    """Return the open station with another person at the desk, or the same one after the idle lock. Raises MzError as `unlock`."""
    from mzdesk.vault import arrival

    vault = station.open_vault()
    throttle = Throttle(station.folder)
    throttle.begin(account_id, station.clock.now_ms())
    slot = vault.document.slot(account_id)
    if slot is None or credentials.data_key_by_password(vault.document, account_id, password, vault.pepper) is None:
        raise throttle.wrong(account_id)
    arrived = station.as_user(arrival.scope_of(slot, vault.document))
    arrival.log_unlock(arrived, throttle)
    throttle.succeed(account_id)
    return arrived


def new_data_key() -> bytes:
    """Return the random 256-bit data key of a new epoch."""
    return secrets.token_bytes(kdf.KEY_BYTES)


def new_account_slot(vault: str, account: AccountCard, password: str, pepper: tuple[str, bytes], cost: KdfCost) -> Slot:
    """Return a fresh slot for `account` without a wrap; `pepper` is (entry name, value)."""
    private, public = slots.new_pair()
    slot = Slot(account.id, ACCOUNT, account.name, account.role, account.villages, public, cost=cost, pepper=pepper[0])
    return keys.seal_account(vault, slot, password, pepper[1], private)


def new_account_id(clock: Clock) -> str:
    """Return the id of a new account."""
    return new_id(clock)


def _lock(folder: Path) -> StationLock:
    if not is_station(folder):
        raise MzError(documents.FOREIGN.title, documents.FOREIGN.message)
    return StationLock.take(folder, writable=diskfile.can_write(folder))


def _open(
    folder: Path,
    document: VaultDocument,
    data_key: bytes,
    slot: Slot,
    *,
    clock: Clock,
    pepper: PepperStore | None,
    lock: StationLock,
    throttle: Throttle,
) -> Station:
    from mzdesk.vault import arrival

    keys.require_authentic(document, data_key)
    account = document.accounts()[0] if document.accounts() else slot
    vault = OpenVault(folder, document, data_key, lock, pepper, account.cost, read_only=not diskfile.can_write(folder))
    return arrival.enter(vault, slot, clock, throttle)

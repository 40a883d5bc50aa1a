"""Making a station: database first, vault.json last, so that a kill half-way leaves a folder where it can be done again."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from mzdesk import opening
from mzdesk.clock import Clock
from mzdesk.opening import AccountCard, Created, Founder, StationSpec
from mzdesk.station import Station, StationIdentity
from mzdesk.store import audit, diskfile, identity, keyring_table, reserve
from mzdesk.store.database import Database
from mzdesk.store.meta import write_meta
from mzdesk.store.scope import Role
from mzdesk.vault import arrival, keys, recovery_key, slots
from mzdesk.vault import document as documents
from mzdesk.vault.credentials import RECOVERY_SLOT, recovery_slot_key
from mzdesk.vault.document import RECOVERY, KdfCost, Slot, VaultDocument
from mzdesk.vault.keys import OpenVault
from mzdesk.vault.lock import StationLock
from mzdesk.vault.pepper import place_new

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.vault.pepper import PepperStore


def found(
    folder: Path, spec: StationSpec, founder: Founder, *, clock: Clock, pepper: PepperStore | None, cost: KdfCost, lock: StationLock
) -> Created:
    """Make the station under `lock`; raises MzError, and then leaves no database behind."""
    secret, data_key = recovery_key.new_secret(), opening.new_data_key()
    document = _first_document(spec, founder, clock, pepper, cost, secret, data_key)
    path = folder / document.database
    try:
        database = Database.create(path, keys.database_key(data_key), document.database_salt)
        vault = OpenVault(folder, document, data_key, lock, pepper, cost)
        station = _fill(vault, database, spec, clock)
        diskfile.sync_folder(folder)
        documents.save(folder, document)
    except BaseException:
        diskfile.discard(path)
        raise
    return Created(station, recovery_key.to_text(secret))


def _first_document(
    spec: StationSpec, founder: Founder, clock: Clock, pepper: PepperStore | None, cost: KdfCost, secret: bytes, data_key: bytes
) -> VaultDocument:
    name = secrets.token_hex(16)
    role = Role(founder.role)
    villages = spec.villages if role is Role.CHILDREN_DIRECTOR else ()
    card = AccountCard(opening.new_account_id(clock), founder.name, role.value, villages)
    account = opening.new_account_slot(name, card, founder.password, place_new(pepper), cost)
    bare = VaultDocument(name, 1, spec.name, spec.township, 1, new_database_name(), secrets.token_bytes(slots.SALT_BYTES), ())
    holders = (account, recovery_slot(name, secret))
    for slot in holders:
        bare = bare.with_slot(slots.wrap(bare, slot, data_key))
    return keys.authenticate(bare, data_key)


def recovery_slot(vault: str, secret: bytes) -> Slot:
    """Return the slot of a printed recovery key, without a wrap."""
    private, public = slots.new_pair()
    slot = Slot(RECOVERY_SLOT, RECOVERY, "恢复密钥", "", (), public)
    return slots.seal_private(vault, slot, private, recovery_slot_key(secret))


def new_database_name() -> str:
    """Return a name that no file of the folder has."""
    return f"station-{secrets.token_hex(8)}.db"


def _fill(vault: OpenVault, database: Database, spec: StationSpec, clock: Clock) -> Station:
    founder = vault.document.accounts()[0]
    device = opening.new_account_id(clock)
    scope = arrival.scope_of(founder, vault.document)
    told = StationIdentity(spec.name, spec.township, spec.villages, device)
    with database.write() as connection:
        identity.write(connection, told)
        write_meta(connection, arrival.COUNTER_KEY, str(vault.document.counter))
        keyring_table.new_attachment_key(connection)
        audit.append(connection, scope, "station_created", vault.document.vault, {"role": founder.role}, now_ms=clock.now_ms())
        _seed_divisions(connection, spec.township)
    database.when_full(lambda: reserve.release(vault.folder))
    return Station(vault.folder, told, database, scope, clock, vault)


def _seed_divisions(connection: Connection, township: str) -> None:
    from mzdesk.registry import divisions  # here, because the registry's services import the station

    divisions.seed(connection, township)

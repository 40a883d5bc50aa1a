"""The opened vault: the data key and what comes from it; vault.json changes only through here, authenticated and counted."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from mzdesk.errors import MzError
from mzdesk.vault import document as documents
from mzdesk.vault import kdf, slots
from mzdesk.vault.document import KdfCost, Slot, VaultDocument
from mzdesk.vault.lock import StationLock
from mzdesk.vault.pepper import PepperStore, place_new


def authenticate(document: VaultDocument, data_key: bytes) -> VaultDocument:
    """Return `document` with the MAC that only a holder of the data key can make."""
    return replace(document, mac=_mac(document, data_key))


def require_authentic(document: VaultDocument, data_key: bytes) -> None:
    """Raise MzError where anything in vault.json was changed from outside."""
    if not hmac.compare_digest(document.mac, _mac(document, data_key)):
        raise MzError(documents.DAMAGED.title, documents.DAMAGED.message)


def _mac(document: VaultDocument, data_key: bytes) -> bytes:
    return hmac.digest(kdf.derive(data_key, b"mz-vault-mac"), documents.authenticated_bytes(document), "sha256")


def database_key(data_key: bytes) -> bytes:
    """Return the SQLCipher key of an epoch's data key."""
    return kdf.derive(data_key, b"mz-sqlcipher")


def backup_key(data_key: bytes) -> bytes:
    """Return the key that authenticates the backups of an epoch."""
    return kdf.derive(data_key, b"mz-backup")


@dataclass
class OpenVault:
    """What an open station holds in memory: `document` as on disk, the data key of its epoch, the lock and the pepper store.

    `cost` is that of new passwords. A change replaces `document` (and the key) only after the file is safe.
    """

    folder: Path
    document: VaultDocument
    data_key: bytes
    lock: StationLock
    pepper: PepperStore | None
    cost: KdfCost
    read_only: bool = False
    disk_full: bool = False  # why it is read-only: even the opening could not be written

    @property
    def peppered(self) -> bool:
        """Tell whether new passwords are helped by this computer's keyring."""
        return self.pepper is not None and self.pepper.usable

    def change(self, edit: Callable[[VaultDocument], VaultDocument]) -> None:
        """Apply `edit`, count and authenticate, write atomically. Raises MzError; nothing changes then."""
        document = self.prepared(edit, self.data_key)
        documents.save(self.folder, document)
        self.document = document

    def prepared(self, edit: Callable[[VaultDocument], VaultDocument], data_key: bytes) -> VaultDocument:
        """Return the next document, authenticated under `data_key`, without writing it."""
        edited = edit(self.document)
        return authenticate(replace(edited, counter=self.document.counter + 1), data_key)

    def adopt(self, document: VaultDocument, data_key: bytes) -> None:
        """Take over a document that is on disk already (after a rekey)."""
        self.document, self.data_key = document, data_key

    def pepper_entry(self) -> tuple[str, bytes]:
        """Return (name, pepper) that new passwords use: the one in use here, else a new one, else none."""
        for slot in self.document.accounts():
            if slot.pepper and self.pepper is not None and (value := self.pepper.read(slot.pepper)) is not None:
                return slot.pepper, value
        return place_new(self.pepper)

    def close(self) -> None:
        """Drop the key and let another window in."""
        self.data_key = b""
        self.lock.release()


def seal_account(vault: str, slot: Slot, password: str, pepper: bytes, private: bytes) -> Slot:
    """Return `slot` with `private` under `password`, with a fresh salt."""
    import secrets

    salted = replace(slot, salt=secrets.token_bytes(slots.SALT_BYTES))
    key = kdf.password_key(password, salted.salt, salted.cost, pepper)
    return slots.seal_private(vault, salted, private, key)

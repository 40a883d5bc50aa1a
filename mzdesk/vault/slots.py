"""How one slot holds the data key: HPKE-wrapped to an X25519 pair whose private half is sealed under a password."""

from __future__ import annotations

import secrets
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from mzdesk import canonical
from mzdesk.vault.document import Slot, VaultDocument

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import Suite

NONCE_BYTES, SALT_BYTES, PUBLIC_BYTES = 12, 16, 32


@cache
def _suite() -> Suite:
    from cryptography.hazmat.primitives import hpke

    return hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def new_pair() -> tuple[bytes, bytes]:
    """Return a fresh X25519 (private, public), 32 raw bytes each."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = X25519PrivateKey.generate()
    return key.private_bytes_raw(), key.public_key().public_bytes_raw()


def seal_private(vault: str, slot: Slot, private: bytes, key: bytes) -> Slot:
    """Return `slot` with `private` sealed (AES-256-GCM) under the 32-byte `key`, bound to the vault, the slot and its cost."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE_BYTES)
    return replace(slot, nonce=nonce, sealed=AESGCM(key).encrypt(nonce, private, _bound_to(vault, slot)))


def open_private(vault: str, slot: Slot, key: bytes) -> bytes | None:
    """Return the private half, None where `key` is not the one that sealed it."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(slot.nonce) != NONCE_BYTES or not slot.sealed:
        return None
    try:
        return AESGCM(key).decrypt(slot.nonce, slot.sealed, _bound_to(vault, slot))
    except InvalidTag:
        return None


def wrap(document: VaultDocument, slot: Slot, data_key: bytes) -> Slot:
    """Return `slot` with `data_key` wrapped to it for the document's epoch; needs no password."""
    return replace(slot, wrap=encrypt_to(slot.public, data_key, _wrap_info(document, slot)))


def unwrap(document: VaultDocument, slot: Slot, private: bytes) -> bytes | None:
    """Return the data key, None where the wrap is damaged or of another epoch."""
    return decrypt_with(private, slot.wrap, _wrap_info(document, slot))


def encrypt_to(public: bytes, plain: bytes, info: bytes) -> bytes:
    """Return HPKE(X25519, HKDF-SHA256, AES-256-GCM) of `plain` to a raw public key."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    return _suite().encrypt(plain, X25519PublicKey.from_public_bytes(public), info)


def decrypt_with(private: bytes, sealed: bytes, info: bytes) -> bytes | None:
    """Return what `encrypt_to` sealed, None where it does not open."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    try:
        return _suite().decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info)
    except (InvalidTag, ValueError):
        return None


def _bound_to(vault: str, slot: Slot) -> bytes:
    cost = [slot.cost.memory_kib, slot.cost.passes, slot.cost.lanes]
    parts = {"vault": vault, "id": slot.id, "kind": slot.kind, "public": slot.public.hex(), "cost": cost}
    return b"mz-slot\0" + canonical.dumps({**parts, "salt": slot.salt.hex(), "pepper": slot.pepper})


def _wrap_info(document: VaultDocument, slot: Slot) -> bytes:
    return b"mz-wrap\0" + canonical.dumps({"vault": document.vault, "slot": slot.id, "epoch": document.epoch})

"""From a password to a key: Argon2id, then HKDF with the device pepper; no slot may ask for less work than the floor."""

from __future__ import annotations

import unicodedata

from mzdesk.errors import MzError
from mzdesk.vault.document import KdfCost

DEFAULT = KdfCost(memory_kib=65536, passes=3, lanes=4)  # RFC 9106 §4, second recommended option
FLOOR = KdfCost(memory_kib=19456, passes=2, lanes=1)  # OWASP Password Storage Cheat Sheet
CEILING = KdfCost(memory_kib=1 << 20, passes=20, lanes=16)  # a hostile file must not take all memory
KEY_BYTES = 32


def check_cost(cost: KdfCost) -> KdfCost:
    """Return `cost`; raises MzError where it lies under the floor (a downgrade) or over the ceiling."""
    for value, low, high in zip(_parts(cost), _parts(FLOOR), _parts(CEILING), strict=True):
        if not low <= value <= high:
            raise MzError("账户文件损坏", "密码保护的强度被改动，已拒绝打开。请用“从备份恢复”。")
    return cost


def _parts(cost: KdfCost) -> tuple[int, int, int]:
    return cost.memory_kib, cost.passes, cost.lanes


def password_key(password: str, salt: bytes, cost: KdfCost, pepper: bytes) -> bytes:
    """Return the 32-byte key of `password` (NFC): HKDF-SHA256(Argon2id(password, salt) ‖ pepper); `pepper` may be empty."""
    from argon2.low_level import Type, hash_secret_raw

    check_cost(cost)
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    stretched = hash_secret_raw(text, salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID)
    return derive(stretched + pepper, b"mz-account-key")


def derive(secret: bytes, purpose: bytes, salt: bytes | None = None) -> bytes:
    """Return 32 bytes of HKDF-SHA256(`secret`) for one `purpose`."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(hashes.SHA256(), KEY_BYTES, salt, purpose).derive(secret)

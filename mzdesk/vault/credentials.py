"""What a person can show to get the data key: a password, the printed recovery key, or the county's answer."""

from __future__ import annotations

from dataclasses import dataclass

from mzdesk.errors import MzError
from mzdesk.vault import kdf, recovery_key, slots
from mzdesk.vault.document import ACCOUNT, VaultDocument
from mzdesk.vault.pepper import PepperStore

RECOVERY_SLOT = "recovery"


@dataclass(frozen=True)
class Proof:
    """What somebody shows: an account with its password, or else the text of the recovery key."""

    account_id: str = ""
    password: str = ""
    recovery_text: str = ""


NO_PEPPER = MzError(
    "这台电脑的密钥环里没有本站的条目",
    "可能是换了电脑、换了系统用户，或密钥环没有解锁。请先登录系统的密钥环；不行就用恢复密钥打开，再重设密码。",
)


def data_key_by(document: VaultDocument, proof: Proof, pepper: PepperStore | None) -> bytes | None:
    """Return the data key for `proof`, None for a wrong password. Raises MzError for a recovery key that does not fit."""
    if proof.recovery_text:
        return data_key_by_recovery(document, proof.recovery_text)
    return data_key_by_password(document, proof.account_id, proof.password, pepper)


def private_by_password(document: VaultDocument, account_id: str, password: str, pepper: PepperStore | None) -> bytes | None:
    """Return the private half of an account's pair, None for a wrong password or unknown account. Raises MzError without its pepper."""
    slot = document.slot(account_id)
    if slot is None or slot.kind != ACCOUNT:
        return None
    secret = b""
    if slot.pepper:
        found = pepper.read(slot.pepper) if pepper is not None else None
        if found is None:
            raise MzError(NO_PEPPER.title, NO_PEPPER.message)
        secret = found
    return slots.open_private(document.vault, slot, kdf.password_key(password, slot.salt, slot.cost, secret))


def data_key_by_password(document: VaultDocument, account_id: str, password: str, pepper: PepperStore | None) -> bytes | None:
    """Return the data key, None for a wrong password or unknown account. Raises MzError where the keyring has lost its pepper."""
    private = private_by_password(document, account_id, password, pepper)
    slot = document.slot(account_id)
    return slots.unwrap(document, slot, private) if slot is not None and private is not None else None


def data_key_by_recovery(document: VaultDocument, text: str) -> bytes:
    """Return the data key for a retyped recovery key; raises MzError for a slip of the pen or the key of another station."""
    secret = recovery_key.to_secret(text)
    slot = document.slot(RECOVERY_SLOT)
    private = slots.open_private(document.vault, slot, recovery_slot_key(secret)) if slot else None
    data_key = slots.unwrap(document, slot, private) if slot and private else None
    if data_key is None:
        raise MzError("恢复密钥不是这个站点的", "请核对纸上的站点名称，或换一张恢复密钥。")
    return data_key


def recovery_slot_key(secret: bytes) -> bytes:
    """Return the key that seals the recovery slot; 160 random bits need no stretching."""
    return kdf.derive(secret, b"mz-recovery-slot")

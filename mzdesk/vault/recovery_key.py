"""The printed recovery key: 160 random bits and 20 check bits as nine groups of four; a slip of the pen is told from a wrong key."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata

from mzdesk.errors import MzError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: no I, L, O, U
SECRET_BYTES, CHARACTERS, GROUP = 20, 36, 4
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_secret() -> bytes:
    """Return 160 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def _check_bits(secret: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"mz-recovery" + secret).digest()[:3], "big") >> 4


def to_text(secret: bytes) -> str:
    """Return the printed form, XXXX-XXXX-… (nine groups)."""
    number = int.from_bytes(secret, "big") << 20 | _check_bits(secret)
    text = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(CHARACTERS)))
    return "-".join(text[start : start + GROUP] for start in range(0, CHARACTERS, GROUP))


def to_secret(text: str) -> bytes:
    """Return the secret of a retyped key; spaces, hyphens, case, full width and O/0, I/1 do not matter. Raises MzError."""
    folded = unicodedata.normalize("NFKC", text[:400]).upper().translate(_LOOKALIKES)
    typed = "".join(letter for letter in folded if not letter.isspace() and letter not in "-–—−_.")
    if len(typed) != CHARACTERS:
        raise MzError("恢复密钥位数不对", f"应为 36 个字符（9 组，每组 4 个），现在是 {len(typed)} 个。请对照打印的纸再输一次。")
    number = 0
    for place, letter in enumerate(typed):
        if letter not in ALPHABET:
            raise MzError("恢复密钥有认不出的字符", f"第 {place // GROUP + 1} 组里的“{letter}”不对，只有数字和大写字母。")
        number = number << 5 | ALPHABET.index(letter)
    secret = (number >> 20).to_bytes(SECRET_BYTES, "big")
    if number & 0xFFFFF != _check_bits(secret):
        raise MzError("恢复密钥抄错了", "校验不符，可能有一两个字符看错了。请对照打印的纸逐组核对。")
    return secret

"""What a password must be: longer where no keyring helps it, and not one of the first that a colleague would try."""

from __future__ import annotations

import unicodedata

from mzdesk.errors import MzError

MINIMUM_WITH_PEPPER, MINIMUM_ALONE, MAXIMUM = 8, 12, 200
_SEQUENCES = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "password", "1q2w3e4r5t6y7u8i9o0p")


def password_problem(password: str, name: str, *, peppered: bool) -> str:
    """Return why `password` is refused for the account `name`, "" where it is good."""
    text = unicodedata.normalize("NFC", password)
    minimum = MINIMUM_WITH_PEPPER if peppered else MINIMUM_ALONE
    if len(text) < minimum:
        why = "" if peppered else "这台电脑没有系统密钥环，密码要长一些。"
        return f"{why}密码至少 {minimum} 个字符，可以用一句记得住的话。现在是 {len(text)} 个。"
    if len(text) > MAXIMUM:
        return f"密码最多 {MAXIMUM} 个字符。"
    if len(set(text)) < 4:
        return "密码里不同的字符太少，很容易被猜到。"
    folded = text.lower()
    if any(folded in sequence or folded in sequence[::-1] for sequence in _SEQUENCES):
        return "密码是键盘或数字的顺序，很容易被猜到。"
    if name and folded.replace(name.lower(), "").strip("0123456789") == "":
        return "密码只是姓名加数字，很容易被猜到。"
    return ""


def require_good(password: str, name: str, *, peppered: bool) -> None:
    """Raise MzError where `password` is refused."""
    if problem := password_problem(password, name, peppered=peppered):
        raise MzError("密码不合要求", problem, field="password")

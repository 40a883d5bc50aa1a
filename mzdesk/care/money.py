"""Amounts of money as people type them, in 元 and 角 and in any width, made into 分; what is no amount is named, never guessed."""

from __future__ import annotations

import re
import unicodedata

from mzdesk.errors import MzError

MOST_FEN = 10_000_000_00
_AMOUNT = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?(?:元|圆)?(?:/月|/人|每月)?")


def read_yuan(text: str, name: str = "金额", *, field: str = "") -> int:
    """Return 分 for 1007, 1,007.50, １００７ 元 or 1007元/月. Raises MzError that names the amount."""
    plain = re.sub(r"[\s,¥￥]", "", unicodedata.normalize("NFKC", text).replace("，", ","))
    match = _AMOUNT.fullmatch(plain)
    fen = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")) if match else -1
    if not 0 <= fen <= MOST_FEN:
        shown = text.strip()[:20] or "空白"
        raise MzError("金额写法不对", f"{name}请填以元为单位的数，最多两位小数，例如 760 或 760.50；现在是“{shown}”。", field=field)
    return fen

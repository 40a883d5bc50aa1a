"""Telephone numbers of the mainland: mobile and landline, mended, checked and masked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mzdesk.registry.characters import hyphenated, plain

MOBILE = re.compile(r"1[3-9][0-9]{9}")
LANDLINE = re.compile(r"(?:0[0-9]{2,3}-?)?[2-9][0-9]{6,7}(?:-[0-9]{1,6})?")
SERVICE = re.compile(r"[48]00[0-9]{7}|1[0-9]{2,4}")
ABSENT = frozenset({"无", "没有", "无电话", "无手机", "没电话", "没有电话", "无联系电话", "/", "-", "--", "×", "NULL", "NONE"})
_SEPARATORS = re.compile(r"[/、,;；，|\\]|或| {2,}|(?<=[0-9]{11}) ")
_COUNTRY = re.compile(r"^(?:\+|00)?86-?(?=1[3-9][0-9]{9}$)")
_LABEL = re.compile(r"^[^0-9+]{1,10}[:：]")


@dataclass(frozen=True, slots=True)
class Phone:
    """What a cell or field holds: the first usable number in `text`, further ones in `others`, `absent` for 无, `problem` in Chinese."""

    text: str = ""
    others: tuple[str, ...] = ()
    absent: bool = False
    changed: bool = False
    problem: str = ""


def is_valid(text: str) -> bool:
    """Tell whether `text` is a mobile number `1[3-9]` + 9 digits, or a landline."""
    return MOBILE.fullmatch(text) is not None or LANDLINE.fullmatch(text) is not None


def mend(raw: object) -> Phone:
    """Return the number inside what was typed or a workbook holds; nothing is guessed."""
    if raw is None or isinstance(raw, bool):
        return Phone()
    if isinstance(raw, float):
        raw = str(int(raw)) if raw.is_integer() and 0 <= raw < 1e15 else str(raw)
    given = str(raw)
    text = hyphenated(plain(given))
    if not text:
        return Phone()
    if text.upper() in ABSENT:
        return Phone(absent=True, changed=text != "无")
    numbers = [number for part in _SEPARATORS.split(text) if (number := _one(part))]
    usable = [number for number in numbers if is_valid(number)]
    if not usable:
        return Phone(text, problem=_problem(text))
    return Phone(usable[0], tuple(usable[1:]), changed=usable[0] != given)


def _one(part: str) -> str:
    text = re.sub(r"(?<=[0-9]{7})\.0+$", "", _LABEL.sub("", part).strip())
    digits = re.sub(r"[ ()（）.]", "", text)
    digits = _COUNTRY.sub("", re.sub(r"(?<=[0-9])-(?=[0-9])", "", digits) if _is_mobile_shaped(digits) else digits)
    return re.sub(r"[^0-9-]+$", "", digits)


def _is_mobile_shaped(text: str) -> bool:
    bare = re.sub(r"[^0-9]", "", text)
    return re.search(r"1[3-9][0-9]{9}$", bare) is not None


def _problem(text: str) -> str:
    if re.search(r"[0-9.]E\+?[0-9]", text, re.IGNORECASE):
        return "电话被表格软件变成了科学计数，请重新填写"
    digits = re.sub(r"[^0-9]", "", text)
    if digits.startswith("1") and len(digits) != 11:
        return f"手机号码应为 11 位，这里有 {len(digits)} 位"
    return "电话号码不对，请核对"


def mask(text: str) -> str:
    """Return `138****2206`; of a landline the area code and the last two digits stay."""
    if MOBILE.fullmatch(text):
        return f"{text[:3]}****{text[-4:]}"
    return text[:-6] + "****" + text[-2:] if len(text) >= 7 else "*" * len(text)

"""The citizen identity number of GB 11643: read, checked, mended where nothing is guessed, and masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mzdesk.errors import MzError
from mzdesk.registry.characters import digits_and_letters, hyphenated

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))  # 83: residence permits of Taiwan
    for code in range(first, last + 1)
)
_EXPONENT = re.compile(r"([0-9])(?:\.([0-9]*))?E\+?([0-9]{1,2})", re.IGNORECASE)
_EIGHTEEN = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIFTEEN = re.compile(r"[1-9][0-9]{14}")
_DECIMAL_ZERO = re.compile(r"([0-9]{15,18})\.0*")


class Fault(StrEnum):
    """What is wrong with a number."""

    EMPTY = "empty"
    SCIENTIFIC = "scientific"
    LENGTH = "length"
    CHARACTERS = "characters"
    REGION = "region"
    DATE = "date"
    FUTURE = "future"
    CHECK = "check digit"


SENTENCES: Mapping[Fault, str] = {
    Fault.EMPTY: "没有填写身份证号码",
    Fault.SCIENTIFIC: "身份证号码被表格软件变成了科学计数，后几位已经丢失，请照证件重新填写",
    Fault.LENGTH: "身份证号码应为 18 位",
    Fault.CHARACTERS: "身份证号码只能是数字，最后一位可以是 X",
    Fault.REGION: "身份证号码的前两位不是省份代码",
    Fault.DATE: "身份证号码中的出生日期不存在",
    Fault.FUTURE: "身份证号码中的出生日期在今天之后",
    Fault.CHECK: "身份证号码的校验码不对，请照证件核对",
}


class IdNumberError(MzError):
    """A number that cannot be used as it is; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__("身份证号码有误", SENTENCES[fault], field="id_no")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A valid number: `text` has 18 characters, `region` is the 6-digit code where it was first issued, `sex` as in GB/T 2261.1."""

    text: str
    region: str
    birth_date: date
    sex: str

    @property
    def masked(self) -> str:
        """Return the number as it is shown by default."""
        return mask(self.text)


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a number as it was typed; `changed` tells whether it needed cleaning, `fault` what cannot be mended."""

    text: str
    changed: bool = False
    fault: Fault | None = None


def check_digit(first_seventeen: str) -> str:
    """Return the last character for 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first_seventeen, WEIGHTS, strict=True)) % 11]


def mend(raw: object) -> Mended:
    """Return the number inside what a person typed or a workbook holds, without guessing a single digit.

    Blanks, full-width signs, hyphens and a lower-case x are mended; a 15-digit number is lengthened; scientific notation is undone
    only where all digits are still there.
    """
    if isinstance(raw, bool) or raw is None:
        return Mended("", fault=Fault.EMPTY)
    if isinstance(raw, (int, float)):
        return _from_number(raw)
    given = str(raw)
    text = hyphenated(digits_and_letters(given)).replace("-", "").upper().replace("×", "X").replace("Ⅹ", "X")
    if not text:
        return Mended("", fault=Fault.EMPTY)
    if (whole := _DECIMAL_ZERO.fullmatch(text)) is not None:
        text = whole[1]
    if (exponent := _EXPONENT.fullmatch(text)) is not None:
        return _from_exponent(exponent)
    if _FIFTEEN.fullmatch(text):
        return Mended(lengthen(text), True)
    return Mended(text, text != given)


def _from_number(value: float) -> Mended:
    """Return what a numeric cell still holds: 15 digits survive in a binary float, 18 do not."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf")) or not value.is_integer()):
        return Mended(str(value), fault=Fault.CHARACTERS)
    if isinstance(value, float) and value >= 2**53:
        return Mended(f"{value:.14E}", fault=Fault.SCIENTIFIC)
    digits = str(int(value))
    return Mended(lengthen(digits), True) if _FIFTEEN.fullmatch(digits) else Mended(digits, True)


def _from_exponent(match: re.Match[str]) -> Mended:
    """Undo scientific notation that was kept as text, where the mantissa has every digit."""
    digits, power = match[1] + (match[2] or ""), int(match[3])
    if len(digits) == power + 1 and power + 1 in (15, 18):
        return Mended(lengthen(digits) if power == 14 else digits, True)
    return Mended(match[0], fault=Fault.SCIENTIFIC)


def lengthen(fifteen: str) -> str:
    """Return the 18-character form of an old 15-digit number (GB 11643-1989): the century is 19, the check digit is computed."""
    first_seventeen = f"{fifteen[:6]}19{fifteen[6:]}"
    return first_seventeen + check_digit(first_seventeen)


def parse(text: str, today: date) -> IdNumber:
    """Return the parts of an 18-character number; raises IdNumberError with the first fault."""
    if (fault := _shape_fault(text)) is not None:
        raise IdNumberError(fault)
    born = _birth_date(text)
    if born is None:
        raise IdNumberError(Fault.DATE)
    if born > today:
        raise IdNumberError(Fault.FUTURE)
    if check_digit(text[:17]) != text[17]:
        raise IdNumberError(Fault.CHECK)
    return IdNumber(text, text[:6], born, "1" if int(text[16]) % 2 else "2")


def read(raw: object, today: date) -> IdNumber:
    """Return `parse(mend(raw))`; raises IdNumberError."""
    mended = mend(raw)
    if mended.fault is not None:
        raise IdNumberError(mended.fault)
    return parse(mended.text, today)


def _shape_fault(text: str) -> Fault | None:
    if not text:
        return Fault.EMPTY
    if len(text) != 18:
        return Fault.LENGTH
    if _EIGHTEEN.fullmatch(text) is None:
        return Fault.CHARACTERS
    return None if text[:2] in PROVINCES else Fault.REGION


def _birth_date(text: str) -> date | None:
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
    return born if born.year >= 1880 else None


def mask(text: str) -> str:
    """Return `3709**********001X`: four characters at either end, stars between; anything shorter than 15 is all stars."""
    return text[:4] + "*" * (len(text) - 8) + text[-4:] if len(text) >= 15 else "*" * len(text)


def region_hint(region: str, names: Mapping[str, str]) -> str:
    """Return the names of province, city and county for a 6-digit prefix, "" where the snapshot does not know it (retired codes)."""
    parts = [names.get(region[:length], "") for length in (2, 4, 6)]
    return "".join(part for part in parts if part and part != "市辖区") if parts[2] else ""

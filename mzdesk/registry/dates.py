"""Dates as people and workbooks write them; whatever is ambiguous or impossible comes back as None, never as a guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from mzdesk.registry.characters import hyphenated, plain


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Toward(StrEnum):
    """Which year a date without one means: the last time it was, the next time it will be, or this year's."""

    PAST = "past"
    FUTURE = "future"
    THIS_YEAR = "this_year"


@dataclass(frozen=True, slots=True)
class LooseDate:
    """A date that was read; a part that is not known is 1 in `value`, and `precision` says so."""

    value: date
    precision: Precision = Precision.DAY

    def agrees_with(self, other: date) -> bool:
        """Tell whether `other` is the same date as far as this one is known."""
        if self.precision is Precision.YEAR:
            return self.value.year == other.year
        if self.precision is Precision.MONTH:
            return (self.value.year, self.value.month) == (other.year, other.month)
        return self.value == other


@dataclass(frozen=True, slots=True)
class _Context:
    today: date
    toward: Toward


_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], _Context], "LooseDate | None"]]
_SEPARATOR = r"\s*[-./、,，\\\s]\s*"
_RELATIVE = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "昨天": -1,
    "昨日": -1,
    "昨": -1,
    "今天": 0,
    "今日": 0,
    "今": 0,
    "当天": 0,
    "明天": 1,
    "明日": 1,
    "明": 1,
    "后天": 2,
    "后日": 2,
    "大后天": 3,
}
_NUMERALS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "Ｏ": 0, "两": 2}
_LUNAR = re.compile("农历|阴历|旧历|正月|腊月|冬月|闰|初[一二三四五六七八九十]|廿")
_TIME = re.compile(r"(?<=\d)[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$|(?<=日)\s*\d{1,2}[:时点].*$")
EARLIEST, LATEST = 1880, 2199


def read_date(text: str, today: date, toward: Toward = Toward.PAST) -> date | None:
    """Return the full date that a person typed, None where it is none or only a month or year."""
    loose = read_loose(text, today, toward)
    return loose.value if loose is not None and loose.precision is Precision.DAY else None


def read_loose(raw: object, today: date, toward: Toward = Toward.PAST, *, since_1904: bool = False) -> LooseDate | None:
    """Return the date in a cell or field: text, a date, or a serial day of Excel (`since_1904`: of a workbook in the 1904 system)."""
    if isinstance(raw, datetime):
        return LooseDate(raw.date())
    if isinstance(raw, date):
        return LooseDate(raw)
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, (int, float)):
        return _from_number(raw, since_1904)
    text = _TIME.sub("", _chinese_digits(hyphenated_date(str(raw)))).strip()
    if not text or _LUNAR.search(str(raw)):
        return None
    context = _Context(today, toward)
    return next((found for pattern, read in _RULES if (match := pattern.fullmatch(text)) and (found := read(match, context))), None)


def hyphenated_date(text: str) -> str:
    """Return plain text with every dash a hyphen."""
    return hyphenated(plain(text))


def _chinese_digits(text: str) -> str:
    """Return `text` with Chinese numerals made digits, as in 二〇一四年十二月三十日."""
    if "年" not in text and "月" not in text:
        return text
    return re.sub(r"[〇零○一二三四五六七八九十]+(?=[年月日号]|$)", lambda match: _numeral(match[0]), text)


def _numeral(signs: str) -> str:
    if "十" not in signs:
        return "".join(str(_NUMERALS[sign]) for sign in signs)
    tens, _, units = signs.partition("十")
    return str((_NUMERALS.get(tens, 1) if tens else 1) * 10 + (_NUMERALS.get(units, 0) if units else 0))


def _from_number(value: float, since_1904: bool) -> LooseDate | None:
    if value != value or abs(value) > 1e9:
        return None
    if float(value).is_integer():
        whole = int(value)
        if 10_000_000 <= whole <= 99_999_999 or 100_000 <= whole <= 999_999:
            return read_loose(str(whole), date(LATEST, 12, 31))
        if EARLIEST <= whole <= LATEST:
            return LooseDate(date(whole, 1, 1), Precision.YEAR)
        return from_serial(whole, since_1904)
    if EARLIEST <= value < LATEST:
        return _year_and_fraction(value)
    return from_serial(int(value), since_1904)


def _year_and_fraction(value: float) -> LooseDate | None:
    """Return 1956.08 as August 1956; 1956.1 may have been 1956.10, so that only its year is known."""
    year, _, fraction = repr(round(value, 4)).partition(".")
    if fraction == "1" or not 1 <= int(fraction) <= 12:
        return LooseDate(date(int(year), 1, 1), Precision.YEAR)
    return LooseDate(date(int(year), int(fraction), 1), Precision.MONTH)


def from_serial(days: int, since_1904: bool = False) -> LooseDate | None:
    """Return the date of an Excel serial day; the 1900 system counts a 29 February 1900 that never was."""
    if not 1 <= days <= 110_000:
        return None
    if since_1904:
        return LooseDate(date(1904, 1, 1) + timedelta(days=days))
    return LooseDate(date(1899, 12, 30 if days > 59 else 31) + timedelta(days=days))


def _make(year: int, month: int | None, day: int | None) -> LooseDate | None:
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        value = date(year, month or 1, day or 1)
    except ValueError:
        return None
    return LooseDate(value, Precision.DAY if day else Precision.MONTH if month else Precision.YEAR)


def _full_year(text: str, context: _Context) -> int:
    """Return a year of two digits as the nearest one that is not after today."""
    year = int(text)
    if len(text) == 4:
        return year
    century = context.today.year // 100 * 100
    return century + year if century + year <= context.today.year else century - 100 + year


def _ymd(match: re.Match[str], context: _Context) -> LooseDate | None:
    return _make(_full_year(match[1], context), int(match[2]), int(match[3]))


def _mdy(match: re.Match[str], context: _Context) -> LooseDate | None:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    return _make(year, first, second) if first <= 12 else _make(year, second, first)


def _ym(match: re.Match[str], context: _Context) -> LooseDate | None:
    return _make(int(match[1]), int(match[2]), None)


def _y(match: re.Match[str], context: _Context) -> LooseDate | None:
    return _make(int(match[1]), None, None)


def _six(match: re.Match[str], context: _Context) -> LooseDate | None:
    """Read 195608 as a month of a year, 560806 as a day of one."""
    year, month = int(match[0][:4]), int(match[0][4:])
    if 1900 <= year <= context.today.year + 1 and 1 <= month <= 12:
        return _make(year, month, None)
    return _make(_full_year(match[0][:2], context), int(match[0][2:4]), int(match[0][4:]))


def _eight(match: re.Match[str], context: _Context) -> LooseDate | None:
    return _make(int(match[0][:4]), int(match[0][4:6]), int(match[0][6:]))


def _serial(match: re.Match[str], context: _Context) -> LooseDate | None:
    return from_serial(int(match[1]))


def _month_day(match: re.Match[str], context: _Context) -> LooseDate | None:
    return _without_year(int(match[1]), int(match[2]), context)


def _without_year(month: int, day: int, context: _Context) -> LooseDate | None:
    step = {Toward.PAST: -1, Toward.FUTURE: 1, Toward.THIS_YEAR: 0}[context.toward]
    for year in [context.today.year + step * back for back in range(5)]:
        found = _make(year, month, day)
        if found is not None and _lies(found.value, context):
            return found
    return None


def _lies(day: date, context: _Context) -> bool:
    if context.toward is Toward.PAST:
        return day <= context.today
    return context.toward is Toward.THIS_YEAR or day >= context.today


def _day_of_month(match: re.Match[str], context: _Context) -> LooseDate | None:
    return _make(context.today.year, context.today.month, int(match[1]))


def _relative(match: re.Match[str], context: _Context) -> LooseDate | None:
    return LooseDate(context.today + timedelta(days=_RELATIVE[match[0]]))


def _days_away(match: re.Match[str], context: _Context) -> LooseDate | None:
    count = int(match[1]) if match[1].isdigit() else int(_numeral(match[1]))
    days = count * (7 if match[2] in ("周", "个星期", "星期", "个礼拜") else 1)
    return LooseDate(context.today + timedelta(days=days if match[3] in ("后", "以后", "之后") else -days))


def _weekday(match: re.Match[str], context: _Context) -> LooseDate | None:
    monday = context.today - timedelta(days=context.today.weekday())
    weeks = {"上上": -2, "上": -1, "本": 0, "这": 0, "": 0, "下": 1, "下下": 2}[match[1] or ""]
    return LooseDate(monday + timedelta(days=weeks * 7 + min("一二三四五六日天".index(match[2]), 6)))


_RULES: tuple[_Rule, ...] = (
    (re.compile("|".join(sorted(_RELATIVE, key=len, reverse=True))), _relative),
    (re.compile(r"([0-9]{1,3}|[一二三四五六七八九十两]{1,3})(天|周|个星期|星期|个礼拜)(前|以前|之前|后|以后|之后)"), _days_away),
    (re.compile(r"(上上|上|本|这|下|下下)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])"), _weekday),
    (re.compile(r"([0-9]{4}|[0-9]{2})\s*年\s*([0-9]{1,2})\s*月份?\s*([0-9]{1,2})\s*[日号]?(?:生|出生)?"), _ymd),
    (re.compile(rf"([0-9]{{4}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}})[日号.]?"), _ymd),
    (re.compile(r"[0-9]{8}"), _eight),
    (re.compile(rf"([0-9]{{2}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}})"), _ymd),
    (re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"), _mdy),
    (re.compile(r"([0-9]{4})\s*年\s*([0-9]{1,2})\s*月份?(?:生|出生)?"), _ym),
    (re.compile(r"([0-9]{4})[-./]([0-9]{1,2})"), _ym),
    (re.compile(r"((?:18|19|20|21)[0-9]{2})\s*年?"), _y),
    (re.compile(r"[0-9]{6}"), _six),
    (re.compile(r"([0-9]{5})(?:\.[0-9]+)?"), _serial),
    (re.compile(r"([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]?"), _month_day),
    (re.compile(r"([0-9]{1,2})[-./]([0-9]{1,2})"), _month_day),
    (re.compile(r"([01][0-9])([0-3][0-9])"), _month_day),
    (re.compile(r"(?:本月|这个月)?([0-9]{1,2})\s*[日号]"), _day_of_month),
)

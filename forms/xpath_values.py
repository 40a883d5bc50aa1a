"""The values of expressions and their conversions: XPath 1.0 rules, with ODK's dates, which count as days since 1970."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

from forms.tree import Node

DAY = 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t\r\n]*")
_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
INVALID_DATE = "Invalid Date"


class Moment:
    """A date or an instant: ``millis`` since 1970 UTC (NaN when invalid), shown in ``zone``.

    ``whole_days`` is what ``number()`` adds to a date: a number that is written as whole days.
    """

    __slots__ = ("millis", "whole_days", "zone")

    def __init__(self, millis: float, zone: tzinfo, whole_days: float | None = None) -> None:
        self.millis = millis
        self.zone = zone
        self.whole_days = whole_days

    def days(self) -> float:
        """Days since 1970-01-01T00:00Z, with fraction."""
        return self.millis / DAY

    def local(self) -> datetime | None:
        """The local time in ``zone``; None when invalid or outside the years 1–9999."""
        return local_time(self.millis, self.zone)

    def text(self) -> str:
        """ISO date at local midnight, otherwise date and time to the millisecond with offset."""
        if self.whole_days is not None:
            return number_text(self.whole_days)
        local = self.local()
        if local is None:
            return INVALID_DATE
        if not (local.hour or local.minute or local.second or local.microsecond // 1000):
            return f"{local.year:04d}-{local.month:02d}-{local.day:02d}"
        return local.isoformat(timespec="milliseconds")


Value = float | str | bool | Moment | list[Node]


def local_time(millis: float, zone: tzinfo) -> datetime | None:
    """Local time of an instant in milliseconds since 1970 UTC; None when it has none."""
    if not math.isfinite(millis):
        return None
    try:
        return (EPOCH + timedelta(milliseconds=round(millis))).astimezone(zone)
    except (OverflowError, ValueError):
        return None


def millis_of(moment: datetime) -> float:
    """Milliseconds since 1970 UTC of an aware time, cut to whole milliseconds."""
    gap = moment - EPOCH
    return float((gap.days * 86_400 + gap.seconds) * 1000 + gap.microseconds // 1000)


def parse_moment(text: str, zone: tzinfo) -> float | None:
    """Milliseconds of an ISO date or date-time (local in ``zone`` where it has no offset); None if it is not one."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if offset is not None and hour is None:
        return None
    try:
        naive = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
        aware = naive.replace(tzinfo=zone if offset is None else offset_zone(offset))
        return millis_of(aware) + (int(fraction[:3].ljust(3, "0")) if fraction else 0)
    except (ValueError, OverflowError):
        return None


def offset_zone(offset: str) -> tzinfo:
    """``Z`` or ±hh[:mm] as a time zone. Raises ValueError beyond ±23:59."""
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(offset)
    return timezone(timedelta(minutes=sign * (hours * 60 + minutes)))


def number_text(number: float) -> str:
    """A number as XPath writes it: no exponent, no trailing zeros, no sign on zero."""
    if number != number:
        return "NaN"
    if number in (math.inf, -math.inf):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    shown = repr(number)
    if "e" in shown or shown.endswith(".0"):
        shown = format(Decimal(shown), "f")
        if "." in shown:
            shown = shown.rstrip("0").rstrip(".")
    return shown


def text_number(text: str, zone: tzinfo) -> float:
    """A string as a number: a decimal, or an ISO date as days; otherwise NaN."""
    number = plain_number(text)
    if number == number:
        return number
    if len(text) >= 10 and text[4:5] == "-":
        millis = parse_moment(text.strip(), zone)
        if millis is not None:
            return millis / DAY
    return math.nan


def plain_number(text: str) -> float:
    """A decimal (an exponent is allowed, as XPath 1.0 does not, but ODK's engines do); otherwise NaN."""
    if text.isascii() and text.isdigit():
        return float(text)
    match = _NUMBER.fullmatch(text)
    return math.nan if match is None else float(match.group(1))


def to_text(value: Value) -> str:
    """The string() of a value."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return value[0].text() if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    return value.text()


def to_number(value: Value, zone: tzinfo) -> float:
    """The number() of a value."""
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        return text_number(value, zone)
    if isinstance(value, list):
        return text_number(value[0].text(), zone) if value else math.nan
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return value.days()


def to_boolean(value: Value) -> bool:
    """The boolean() of a value."""
    if isinstance(value, float):
        return value == value and value != 0.0
    if isinstance(value, Moment):
        return value.millis == value.millis and (value.whole_days is not None or value.millis != 0.0)
    return bool(value)

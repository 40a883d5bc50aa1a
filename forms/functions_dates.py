"""OpenRosa's dates and times: days since 1970 as numbers, ISO 8601 as text, the session's time zone where none is written."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

from forms.functions_registry import Shelf
from forms.xpath_code import MOMENT, NUMBER, STRING
from forms.xpath_context import Context
from forms.xpath_values import DAY, Moment, Value, local_time, millis_of, offset_zone, parse_moment, to_text

SHELF = Shelf()
_UNPADDED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(T.*)?", re.ASCII)
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_DAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "zh": tuple(f"周{day}" for day in "一二三四五六日")}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "zh": tuple(f"{month}月" for month in range(1, 13)),
}


@SHELF.add("now", "", MOMENT, most=0, contextual=True)
def now(run: Context) -> Moment:
    return Moment(millis_of(run.env.clock()), run.env.timezone)


@SHELF.add("today", "", MOMENT, most=0, contextual=True)
def today(run: Context) -> Moment:
    """Local midnight of today."""
    zone = run.env.timezone
    local = run.env.clock().astimezone(zone)
    return Moment(millis_of(local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)), zone)


@SHELF.add("date", "any", "any", contextual=True)
def date(run: Context, value: Value) -> Value:
    """A date or instant of a text or of days since 1970; "" of a blank; an invalid date of anything else."""
    if isinstance(value, Moment):
        return value
    if isinstance(value, bool):
        return ""
    zone = run.env.timezone
    if isinstance(value, float):
        return Moment(_checked(value * DAY, run), zone)
    text = to_text(value).strip()
    return Moment(_millis(text, run), zone) if text else ""


SHELF.add("date-time", "any", "any", contextual=True)(date)


def _checked(millis: float, run: Context) -> float:
    """NaN instead of an instant no calendar can show."""
    return math.nan if local_time(millis, run.env.timezone) is None else float(round(millis))


def _millis(text: str, run: Context) -> float:
    match = _UNPADDED.fullmatch(text)
    if match is None:
        return math.nan
    year, month, day, rest = match.groups()
    millis = parse_moment(f"{year}-{int(month):02d}-{int(day):02d}{rest or ''}", run.env.timezone)
    return math.nan if millis is None else millis


@SHELF.add("decimal-date-time", "any", NUMBER, contextual=True)
def decimal_date_time(run: Context, value: Value) -> float:
    """Days since 1970-01-01T00:00Z, with fraction."""
    moment = date(run, value)
    return moment.days() if isinstance(moment, Moment) else math.nan


SHELF.add("decimal-date", "any", NUMBER, contextual=True)(decimal_date_time)


@SHELF.add("decimal-time", "string", NUMBER, contextual=True)
def decimal_time(run: Context, text: str) -> float:
    """The local time of day as a fraction of a day, on the day the epoch began."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return math.nan
    hour, minute, second, fraction, offset = match.groups()
    try:
        zone = run.env.timezone if offset is None else offset_zone(offset)
        at = datetime(1970, 1, 1, int(hour), int(minute), int(second or 0), int((fraction or "0")[:6].ljust(6, "0")), zone)
    except ValueError:
        return math.nan
    local = at.astimezone(run.env.timezone)
    return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond) / timedelta(days=1)


@SHELF.add("format-date", "any string", STRING, contextual=True)
def format_date(run: Context, value: Value, pattern: str) -> str:
    """A date by the escapes %Y %y %m %n %b %d %e %a."""
    return _formatted(run, value, pattern, with_time=False)


@SHELF.add("format-date-time", "any string", STRING, contextual=True)
def format_date_time(run: Context, value: Value, pattern: str) -> str:
    """An instant by the escapes of format-date() and %H %h %M %S %3."""
    return _formatted(run, value, pattern, with_time=True)


def _formatted(run: Context, value: Value, pattern: str, *, with_time: bool) -> str:
    moment = date(run, value)
    local = moment.local() if isinstance(moment, Moment) else None
    if local is None:
        return ""
    fields = _date_fields(local, "zh" if run.env.language.lower().startswith(("zh", "chinese", "中")) else "en")
    if with_time:
        fields |= _time_fields(local)
    return re.sub("%(.)", lambda match: fields.get(match.group(1), match.group()), pattern)


def _date_fields(local: datetime, language: str) -> dict[str, str]:
    return {
        "Y": f"{local.year:04d}",
        "y": f"{local.year % 100:02d}",
        "m": f"{local.month:02d}",
        "n": str(local.month),
        "b": _MONTHS[language][local.month - 1],
        "d": f"{local.day:02d}",
        "e": str(local.day),
        "a": _DAYS[language][local.weekday()],
        "%": "%",
    }


def _time_fields(local: datetime) -> dict[str, str]:
    return {
        "H": f"{local.hour:02d}",
        "h": str(local.hour),
        "M": f"{local.minute:02d}",
        "S": f"{local.second:02d}",
        "3": f"{local.microsecond // 1000:03d}",
    }

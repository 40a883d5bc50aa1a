"""XForms data types: which texts are values of a type, and how a form's own text becomes one; what a person typed is never rewritten."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

_INT = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$")
_BOOLEANS = frozenset(("true", "false", "1", "0"))

LABELS: Mapping[str, str] = {
    "int": "请填写整数。",
    "decimal": "请填写数字。",
    "date": "请填写有效的日期，例如 2026-06-13。",
    "time": "请填写有效的时间，例如 08:30。",
    "dateTime": "请填写有效的日期和时间。",
    "geopoint": "请填写经纬度，例如 36.19 117.08（纬度在前）。",
    "geotrace": "请填写一串经纬度，用分号隔开。",
    "geoshape": "请填写一串首尾相同的经纬度，用分号隔开。",
    "boolean": "请填写 true 或 false。",
}


def is_value(text: str, kind: str) -> bool:
    """Whether a text that is not blank is a value of the data type; types without rules take any text."""
    check = _CHECKS.get(kind)
    return check is None or check(text.strip())


def calculated(text: str, kind: str) -> str:
    """A default's or a calculation's text as the bind's type keeps it: whole for int, the day for date, blank where it is no value."""
    if not text:
        return ""
    if kind in ("int", "decimal"):
        return _number(text, kind)
    if kind == "date":
        return text[:10] if _is_date(text) else ""
    if kind in ("geopoint", "geotrace", "geoshape"):
        return ";".join(_written_point(point) for point in _points(text)) if is_value(text, kind) else ""
    return text


def _written_point(text: str) -> str:
    """A place as ODK writes it, every number with a decimal point."""
    return " ".join(str(float(part)) for part in text.split())


def _number(text: str, kind: str) -> str:
    """Whole for int; with a decimal point for decimal, as Collect writes it; blank for what is no number at all."""
    if not _DECIMAL.fullmatch(text):
        return ""
    if kind == "decimal":
        return f"{text}.0" if _INT.fullmatch(text) else text
    number = float(text)
    return text if _INT.fullmatch(text) else str(math.trunc(number)) if math.isfinite(number) else ""


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text[:10]) or (len(text) > 10 and text[10] != "T"):
        return False
    return _parses(date.fromisoformat, text[:10]) and (len(text) == 10 or _is_time(text[11:]))


def _is_time(text: str) -> bool:
    return bool(text) and _parses(time.fromisoformat, _ZONE.sub("", text))


def _is_moment(text: str) -> bool:
    return "T" in text and _parses(datetime.fromisoformat, _ZONE.sub("", text))


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _is_point(text: str) -> bool:
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(_DECIMAL.fullmatch(part) for part in parts):
        return False
    return abs(float(parts[0])) <= 90 and abs(float(parts[1])) <= 180


def _points(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _is_trace(text: str) -> bool:
    points = _points(text)
    return len(points) >= 2 and all(_is_point(point) for point in points)


def _is_shape(text: str) -> bool:
    points = _points(text)
    return len(points) >= 3 and points[0].split()[:2] == points[-1].split()[:2] and all(_is_point(point) for point in points)


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "int": lambda text: _INT.fullmatch(text) is not None,
    "decimal": lambda text: _DECIMAL.fullmatch(text) is not None,
    "date": _is_date,
    "time": _is_time,
    "dateTime": _is_moment,
    "geopoint": _is_point,
    "geotrace": _is_trace,
    "geoshape": _is_shape,
    "boolean": lambda text: text in _BOOLEANS,
}

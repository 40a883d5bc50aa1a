"""Answers as an office writes them: dates in full, choices by label, numbers masked; what cannot be read is printed as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from forms.xform import Choice, Question
from mzdesk.reports.masking import mask_numbers

CHOICES = frozenset(("select_one", "select_multiple", "rank"))
PICTURES = frozenset(("image", "audio", "video", "file"))
PLACES = frozenset(("geopoint", "geotrace", "geoshape"))


def format_date(value: date) -> str:
    """2025年6月13日, without leading zeros (GB/T 9704-2012 §7.3.5.4)."""
    return f"{value.year}年{value.month}月{value.day}日"


def format_moment(value: datetime) -> str:
    """2025年6月13日16时20分."""
    return f"{format_date(value.date())}{value.hour}时{value.minute:02d}分"


def written(question: Question, value: str, mask: bool) -> str:
    """The text of an answer that is not a choice."""
    text = _REGISTRY.get(question.type, str)(value).strip("\n")
    return mask_numbers(text) if mask else text


def _date(value: str) -> str:
    try:
        return format_date(date.fromisoformat(value[:10]))
    except ValueError:
        return value


def _moment(value: str) -> str:
    try:
        return format_moment(datetime.fromisoformat(value))
    except ValueError:
        return value


def _time(value: str) -> str:
    try:
        moment = time.fromisoformat(value[:5])
    except ValueError:
        return value
    return f"{moment.hour}时{moment.minute:02d}分"


def _place(value: str) -> str:
    points = [point.split()[:2] for point in value.split(";") if len(point.split()) >= 2]
    if not points:
        return value
    first = f"纬度 {points[0][0]}，经度 {points[0][1]}"
    return first if len(points) == 1 else f"{first} 等 {len(points)} 点"


def _file(value: str) -> str:
    return "见电子档案附件" if value else ""


_REGISTRY = {
    "date": _date,
    "dateTime": _moment,
    "time": _time,
    **dict.fromkeys(PLACES, _place),
    **dict.fromkeys(PICTURES, _file),
}


def short_date(text: str, question: Question, value: str) -> str:
    """The date as 2025-06-13, for a cell in which the long form would need two lines."""
    return value[:10] if question.type == "date" and text != value else text


def chosen_labels(offered: Sequence[Choice], value: str) -> list[str]:
    """Labels of the chosen options, in the order of the form (of the answer for a ranking); a value without option as it is stored."""
    labels = {choice.value: choice.label for choice in offered}
    picked = value.split()
    if len(picked) > 1 or value in labels:
        return [labels.get(item, item) for item in picked]
    return [labels.get(value, value)] if value else []

"""What people type and paste, made into answers in XForms lexical form, and back into words; pure functions, no widgets."""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

from mzdesk.registry.dates import Toward, read_date

if TYPE_CHECKING:
    from forms.xform import Question

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ZONE = ":00.000+08:00"
_BREAKS = re.compile(r"[\t\r\n\v\f\u0085\u2028\u2029]+")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0e-\x1f]")
_FUTURE_NAMES = re.compile(r"follow_up|next|until|expir|due|_end(_on)?$|planned|valid_to")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(.*)")
_TIME_WORDS = re.compile(r"(上午|下午|晚上|早上|中午|凌晨)?\s*(\d{1,2})\s*[:点时.]?\s*(\d{2}|半|\d)?\s*分?")
TABLE_ROWS, TABLE_BYTES = 500, 2_000_000


def clean_line(text: str) -> str:
    """Return one line: tabs and line breaks become spaces, invisible signs go."""
    return _INVISIBLE.sub("", _BREAKS.sub(" ", text))


def clean_text(text: str) -> str:
    """Return text without invisible signs; line breaks stay."""
    return _INVISIBLE.sub("", text)


def clean_number(text: str) -> str:
    """Return a number as typed in any width: full-width digits, Chinese commas and spaces are made plain."""
    plain = unicodedata.normalize("NFKC", clean_line(text)).replace(" ", "").replace(",", "").replace("。", ".").replace("−", "-")
    return plain.strip()


def show_date(value: str) -> str:
    """Return "2025年6月13日" for "2025-06-13", anything else as it is."""
    if not ISO_DATE.fullmatch(value):
        return value
    year, month, day = value.split("-")
    return f"{int(year)}年{int(month)}月{int(day)}日"


def show_moment(value: str) -> str:
    """Return "2025年6月13日 09:30" for a dateTime, anything else as it is."""
    match = _MOMENT.fullmatch(value)
    return f"{show_date(match[1])} {match[2]}" if match else value


def toward_of(question: Question) -> Toward:
    """Return where a date without a year lies: `body::toward` says it, otherwise the name of the question does."""
    told = question.attributes.get("toward", "")
    if told in (Toward.PAST.value, Toward.FUTURE.value, Toward.THIS_YEAR.value):
        return Toward(told)
    return Toward.FUTURE if _FUTURE_NAMES.search(question.name) else Toward.PAST


def date_value(text: str, today: date, toward: Toward) -> str:
    """Return the ISO date that a text means, the text itself where it means none."""
    plain = clean_line(text).strip()
    if not plain or ISO_DATE.fullmatch(plain):
        return plain
    found = read_date(plain, today, toward)
    return found.isoformat() if found else plain


def read_time(text: str) -> str:
    """Return "HH:MM" for 9:30, 0930, 9点半, 下午3点 or ９：３０, and "" where it is no time."""
    match = _TIME_WORDS.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return ""
    half, hour, minute = match[1] or "", int(match[2]), match[3] or "0"
    minutes = 30 if minute == "半" else int(minute)
    if half in ("下午", "晚上") and hour < 12:
        hour += 12
    return f"{hour:02d}:{minutes:02d}" if hour < 24 and minutes < 60 else ""


def time_value(text: str) -> str:
    """Return the XForms time that a text means, the text itself where it means none."""
    plain = clean_line(text).strip()
    if re.fullmatch(r"\d{2}:\d{2}:\d{2}.*", plain):
        return plain
    found = read_time(plain)
    return f"{found}{ZONE}" if found else plain


def moment_value(text: str, today: date, toward: Toward) -> str:
    """Return the XForms dateTime that "6.13 9:30" means, the text itself where it means none."""
    plain = clean_line(text).strip()
    if not plain or _MOMENT.fullmatch(plain):
        return plain
    day, _, hour = plain.rpartition(" ")
    found = read_date(day or plain, today, toward)
    time = read_time(hour) if day else "00:00"
    return f"{found.isoformat()}T{time}{ZONE}" if found and time else plain


def parse_table(text: str, limit: int = TABLE_ROWS) -> list[list[str]]:
    """Return the cells of a table copied from WPS or Excel: lines of tab-separated text, a cell with line breaks in quotes."""
    lines = text[:TABLE_BYTES].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip("\n")
    try:
        rows = list(csv.reader(StringIO(lines), delimiter="\t"))
    except csv.Error:  # a cell beyond csv's own limit: take the lines as they are
        rows = [line.split("\t") for line in lines.split("\n")]
    return [[clean_line(cell).strip() for cell in row] for row in rows[:limit]]

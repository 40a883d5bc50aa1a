"""Dates and times: as numbers, as text, in time zones, and blank."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.xpath_values import DAY, millis_of, parse_moment
from tests.forms.xpath_support import number, text, truth, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("today()", "2026-03-05"),
        ("now()", "2026-03-05T12:30:15.250+08:00"),
        ("date('2026-03-05')", "2026-03-05"),
        ("date('2026-3-5')", "2026-03-05"),
        ("date('2026-03-05T01:02:03.004+00:00')", "2026-03-05T09:02:03.004+08:00"),
        ("date('2026-03-05T16:00:00Z')", "2026-03-06"),
        ("date('2026-03-05T10:00')", "2026-03-05T10:00:00.000+08:00"),
        ("date-time('2026-03-05T00:00:00.123456')", "2026-03-05T00:00:00.123+08:00"),
        ("date(today() + 1)", "2026-03-06"),
        ("date(today() - 365)", "2025-03-05"),
        ("date(0)", "1970-01-01T08:00:00.000+08:00"),
        ("date(-0.5)", "1969-12-31T20:00:00.000+08:00"),
        ("date('')", ""),
        ("date(true())", ""),
        ("date('2026-02-30')", "Invalid Date"),
        ("date('2026-13-01')", "Invalid Date"),
        ("date('yesterday')", "Invalid Date"),
        ("date('2026-03-05T25:00:00')", "Invalid Date"),
        ("date('2026-03-05T10:00:00+24:00')", "Invalid Date"),
        ("date(1e20)", "Invalid Date"),
        ("date(1 div 0)", "Invalid Date"),
        ("number('1969-12-31')", "-1"),
        ("number('2026-03-05T20:00:00Z')", "20517"),
        ("if(true(), today(), '')", "2026-03-05"),
        ("coalesce('', today())", "2026-03-05"),
        ("concat(today(), '!')", "2026-03-05!"),
    ],
)
def test_as_text(expression: str, expected: str) -> None:
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("decimal-date-time('1970-01-02T00:00:00Z')", 1),
        ("decimal-date-time('1970-01-01')", -1 / 3),
        ("decimal-date-time(2.5)", 2.5),
        ("date('2026-03-06') - date('2026-03-05')", 1),
        ("'2026-03-06' - '2026-03-05'", 1),
        ("today() - '2025-03-05'", 365),
        ("int((today() - date('1960-03-06')) div 365.25)", 65),
        ("decimal-time('06:00:00')", 0.25),
        ("decimal-time('06:00:00.000+08:00')", 0.25),
        ("decimal-time('00:00:00Z')", 1 / 3),
        ("decimal-time('12:30')", 12.5 / 24),
        ("number(date('1970-01-01T00:00:00Z'))", 0),
        ("round(now() - today(), 4)", 0.521),
    ],
)
def test_as_number(expression: str, expected: float) -> None:
    assert number(expression) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "expression",
    [
        "decimal-time('24:00:00')",
        "decimal-time('06:60')",
        "decimal-time('6:00')",
        "decimal-time(0.5)",
        "decimal-date-time('x')",
        "'x' + today()",
    ],
)
def test_what_is_no_time(expression: str) -> None:
    assert math.isnan(number(expression))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (". <= today()", True),
        (". = '2026-03-05'", True),
        (". = today()", True),
        ("date(.) = today()", True),
        (". > '2026-03-04'", True),
        ("'2026-03-05' < '2026-03-05T00:00:00.001+08:00'", True),
        ("today() < now()", True),
        ("date('') = ''", True),
        ("date('x') = date('x')", False),
        ("boolean(date('x'))", False),
        ("boolean(today())", True),
        ("true() = today()", True),
        ("'' < today()", False),
    ],
)
def test_compared(expression: str, expected: bool) -> None:
    assert truth(expression, "<d>2026-03-05</d>") is expected


@pytest.mark.parametrize(
    ("expression", "language", "expected"),
    [
        ("format-date(today(), '%Y年%n月%e日')", "", "2026年3月5日"),
        ("format-date('2026-03-05', '%y/%m/%d %b %a')", "en", "26/03/05 Mar Thu"),
        ("format-date('2026-03-05', '%b %a')", "zh", "3月 周四"),
        ("format-date('2026-03-05', '%b %a')", "中文 (zh)", "3月 周四"),
        ("format-date('2026-03-05', '%H')", "", "%H"),
        ("format-date-time(now(), '%H:%M:%S.%3 %h')", "", "12:30:15.250 12"),
        ("format-date-time('2026-03-05', '%h:%M')", "", "0:00"),
        ("format-date-time(now(), '100%%')", "", "100%"),
        ("format-date('', '%Y')", "", ""),
        ("format-date('x', '%Y')", "", ""),
        ("format-date(20517.2, '%Y-%m-%d')", "", "2026-03-05"),
        ("format-date(0 div 0, '%Y')", "", ""),
    ],
)
def test_formatted(expression: str, language: str, expected: str) -> None:
    assert text(expression, language=language) == expected


def test_the_time_zone_is_the_sessions() -> None:
    phoenix = ZoneInfo("America/Phoenix")
    assert text("now()", timezone=phoenix) == "2026-03-04T21:30:15.250-07:00"
    assert text("today()", timezone=phoenix) == "2026-03-04"
    assert number("decimal-date-time('1970-01-01')", timezone=phoenix) == pytest.approx(7 / 24)


def test_a_literal_date_is_not_fixed_to_one_time_zone() -> None:
    assert number("'1970-01-01' + 0", timezone=UTC) == 0
    assert number("'1970-01-01' + 0", timezone=timezone(timedelta(hours=-6))) == 0.25


def test_a_date_stays_a_date_until_used_as_a_number() -> None:
    assert value("today() + 1") == pytest.approx(20517 - 8 / 24 + 1)


zones = st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")])
earliest, latest = datetime(1, 1, 3), datetime(9998, 1, 1)  # noqa: DTZ001


@given(st.datetimes(earliest, latest, timezones=zones))
def test_every_instant_survives_text_and_number(moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    try:
        written = moment.isoformat(timespec="milliseconds")
        millis = parse_moment(written, UTC)
    except ValueError:
        return
    if moment.utcoffset() is not None and moment.utcoffset() % timedelta(minutes=1):  # type: ignore[operator]
        return
    assert millis == millis_of(moment)
    assert number(f"date('{written}')") == pytest.approx(millis / DAY, abs=1e-9)


@given(st.text("0123456789-T:.+Z ", max_size=30))
def test_no_text_crashes_the_parser(written: str) -> None:
    parse_moment(written, ZoneInfo("Asia/Shanghai"))
    text(f"format-date-time(date('{written}'), '%Y-%m-%d %H:%M')")
    number(f"decimal-time('{written}') + decimal-date-time('{written}')")

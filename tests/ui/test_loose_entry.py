"""What people type and paste."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzdesk.registry.dates import Toward
from ui import loose_entry as entry

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0613", "2026-06-13"),
        ("6.13", "2026-06-13"),
        ("６．１３", "2026-06-13"),
        ("昨天", "2026-06-14"),
        ("2025年6月13日", "2025-06-13"),
        ("20250613", "2025-06-13"),
        ("2025/6/13", "2025-06-13"),
        ("\t6.13\n", "2026-06-13"),
        ("瞎写", "瞎写"),
        ("2026-02-30", "2026-02-30"),
        ("", ""),
    ],
)
def test_dates(typed: str, value: str) -> None:
    assert entry.date_value(typed, TODAY, Toward.PAST) == value


def test_a_date_to_come_lies_ahead() -> None:
    assert entry.date_value("6.1", TODAY, Toward.FUTURE) == "2027-06-01"
    assert entry.date_value("6.1", TODAY, Toward.PAST) == "2026-06-01"


@pytest.mark.parametrize(
    ("typed", "value"),
    [("9:30", "09:30"), ("0930", "09:30"), ("9点半", "09:30"), ("下午3点", "15:00"), ("９：３０", "09:30"), ("25:00", ""), ("早", "")],
)
def test_times(typed: str, value: str) -> None:
    assert entry.read_time(typed) == value


def test_moments_go_out_and_back() -> None:
    value = entry.moment_value("6.13 9:30", TODAY, Toward.PAST)
    assert value == "2026-06-13T09:30:00.000+08:00"
    shown = entry.show_moment(value)
    assert shown == "2026年6月13日 09:30"
    assert entry.moment_value(shown, TODAY, Toward.PAST) == value


def test_numbers_and_lines_are_cleaned() -> None:
    assert entry.clean_number(" １，２００．５ ") == "1200.5"
    assert entry.clean_line("王\t小\r\n明\u200b") == "王 小 明"


def test_a_table_from_wps() -> None:
    assert entry.parse_table('王一\t好\n"李\n二"\t差\n') == [["王一", "好"], ["李 二", "差"]]


@given(st.text(max_size=300))
def test_no_text_breaks_an_entry(text: str) -> None:
    entry.parse_table(text)
    entry.clean_number(text)
    entry.time_value(text)
    entry.moment_value(text, TODAY, Toward.PAST)
    value = entry.date_value(text, TODAY, Toward.PAST)
    assert entry.date_value(value, TODAY, Toward.PAST) == value


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_shown_is_read_back(day: date) -> None:
    assert entry.date_value(entry.show_date(day.isoformat()), TODAY, Toward.PAST) == day.isoformat()

from __future__ import annotations

from datetime import date

from mzdesk.registry.ages import age_of, age_on, birthday


def test_full_years() -> None:
    assert age_on(date(2010, 11, 24), date(2026, 11, 23)) == 15
    assert age_on(date(2010, 11, 24), date(2026, 11, 24)) == 16


def test_leap_day_births_turn_older_on_1_march() -> None:
    born = date(2012, 2, 29)
    assert age_on(born, date(2028, 2, 28)) == 15
    assert age_on(born, date(2028, 2, 29)) == 16
    assert age_on(born, date(2026, 2, 28)) == 13
    assert age_on(born, date(2026, 3, 1)) == 14
    assert birthday(born, 14) == date(2026, 3, 1)
    assert birthday(born, 16) == date(2028, 2, 29)


def test_unknown_birth() -> None:
    assert age_of("", date(2026, 1, 1)) is None
    assert age_of("2020-01-01", date(2026, 1, 1)) == 6

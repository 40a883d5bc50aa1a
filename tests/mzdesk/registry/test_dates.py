from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzdesk.registry.dates import LooseDate, Precision, Toward, from_serial, read_date, read_loose

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    "raw",
    """1956-08-06|1956.8.6|19560806|1956年8月6日|1956/08/06|1956/8/6|１９５６－０８－０６|1956. 8. 6|1956年08月06|1956 8 6|56.8.6|560806|
    1956-08-06 00:00:00|1956-08-06T00:00:00|一九五六年八月六日|1956、8、6|1956—8—6|
    1956.08.06.|'1956-08-06|1956-08-06\xa0|1956年8月6号|20673|
    8/6/1956|1956年 8月 6日|1956-8-6日""".replace("\n    ", "").split("|"),
)
def test_shapes_of_one_day(raw: str) -> None:
    assert read_date(raw, TODAY) == date(1956, 8, 6)


def test_cells() -> None:
    assert read_loose(20673.0, TODAY) == LooseDate(date(1956, 8, 6))
    assert read_loose(20673 - 1462, TODAY, since_1904=True) == LooseDate(date(1956, 8, 6))
    assert read_loose(19560806.0, TODAY) == LooseDate(date(1956, 8, 6))
    assert read_loose(datetime(1956, 8, 6, 12), TODAY) == LooseDate(date(1956, 8, 6))  # noqa: DTZ001
    assert read_loose(date(1956, 8, 6), TODAY) == LooseDate(date(1956, 8, 6))
    assert from_serial(1) == LooseDate(date(1900, 1, 1))
    assert from_serial(61) == LooseDate(date(1900, 3, 1))


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("1956年8月", date(1956, 8, 1), Precision.MONTH),
        ("1956.08", date(1956, 8, 1), Precision.MONTH),
        ("195608", date(1956, 8, 1), Precision.MONTH),
        (1956.08, date(1956, 8, 1), Precision.MONTH),
        (1956.1, date(1956, 1, 1), Precision.YEAR),
        (1956.12, date(1956, 12, 1), Precision.MONTH),
        ("1956", date(1956, 1, 1), Precision.YEAR),
        (1956.0, date(1956, 1, 1), Precision.YEAR),
        ("1956年", date(1956, 1, 1), Precision.YEAR),
    ],
)
def test_part_of_a_date(raw: object, value: date, precision: Precision) -> None:
    assert read_loose(raw, TODAY) == LooseDate(value, precision)


def test_part_of_a_date_agrees_with_every_day_in_it() -> None:
    assert LooseDate(date(1956, 8, 1), Precision.MONTH).agrees_with(date(1956, 8, 6))
    assert not LooseDate(date(1956, 8, 1), Precision.MONTH).agrees_with(date(1956, 9, 6))
    assert LooseDate(date(1956, 1, 1), Precision.YEAR).agrees_with(date(1956, 8, 6))
    assert not LooseDate(date(1956, 8, 1)).agrees_with(date(1956, 8, 6))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("0613", date(2026, 6, 13)),
        ("6.13", date(2026, 6, 13)),
        ("6月13日", date(2026, 6, 13)),
        ("1225", date(2025, 12, 25)),
        ("昨天", date(2026, 11, 23)),
        ("前天", date(2026, 11, 22)),
        ("大前天", date(2026, 11, 21)),
        ("今天", TODAY),
        ("3天前", date(2026, 11, 21)),
        ("三天前", date(2026, 11, 21)),
        ("两周前", date(2026, 11, 10)),
        ("上周三", date(2026, 11, 18)),
        ("周日", date(2026, 11, 29)),
        ("星期天", date(2026, 11, 29)),
        ("5日", date(2026, 11, 5)),
        ("2.29", date(2024, 2, 29)),
    ],
)
def test_short_hand(raw: str, value: date) -> None:
    assert read_date(raw, TODAY) == value


def test_the_next_time_it_will_be() -> None:
    assert read_date("0613", TODAY, Toward.FUTURE) == date(2027, 6, 13)
    assert read_date("1225", TODAY, Toward.FUTURE) == date(2026, 12, 25)
    assert read_date("明天", TODAY, Toward.FUTURE) == date(2026, 11, 25)
    assert read_date("0613", TODAY, Toward.THIS_YEAR) == date(2026, 6, 13)


@pytest.mark.parametrize(
    "raw",
    ["", "不详", "1956-02-30", "1956-13-01", "农历1956年八月初六", "八十岁", "0000", "99999999", None, True, float("nan"), 1e300, "1956-8"],
)
def test_no_full_date(raw: object) -> None:
    loose = read_loose(raw, TODAY)
    assert loose is None or loose.precision is not Precision.DAY


def test_a_date_that_is_to_come_is_read_as_such() -> None:
    assert read_date("2031.5.5", TODAY) == date(2031, 5, 5)


@given(st.dates(date(1900, 3, 1), date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y.%m.%d"]))
def test_every_day_reads_back(day: date, shape: str) -> None:
    assert read_date(day.strftime(shape), TODAY) == day
    assert read_loose((day - date(1899, 12, 30)).days + 0.5, TODAY) == LooseDate(day) or day < date(1906, 1, 1)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.text("0123456789年月日.-/一二三十前后天周上下", max_size=12)))
def test_anything_is_read_or_refused(raw: object) -> None:
    loose = read_loose(raw, TODAY)
    assert loose is None or isinstance(loose.value, date)

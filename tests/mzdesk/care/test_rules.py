"""Care rules against slow recomputation: levels, floors, working days, aid, entitlement across changes, reconciliation, indicators."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzdesk.care import temporary_aid
from mzdesk.care.entitlements import Dated, Poverty, entitlement, monthly_list, next_month, reconcile, spans, standard_on
from mzdesk.care.indicators import Supported, dependent_in_institutions, willing_in_institutions
from mzdesk.care.levels import Indicator, Level, assess
from mzdesk.care.standards import FIRST_STANDARDS, breaches, parse, yuan
from mzdesk.care.workdays import WorkCalendar
from mzdesk.errors import MzError

FIRST = parse(FIRST_STANDARDS, effective_from="2020-12-01")
SECOND = parse({**FIRST_STANDARDS, "basic_rural": 80000, "care_full": 60000}, effective_from="2026-07-01")
MIDDLE = parse({**FIRST_STANDARDS, "basic_rural": 90000}, effective_from="2026-09-15")
HISTORY = (FIRST, SECOND, MIDDLE)

ABLE = st.fixed_dictionaries({indicator: st.booleans() for indicator in Indicator})


@given(ABLE)
def test_level_follows_the_number_of_fails(able: dict[Indicator, bool]) -> None:
    outcome = assess(able)
    fails = list(able.values()).count(False)
    expected = {0: Level.SELF, 1: Level.PARTIAL, 2: Level.PARTIAL, 3: Level.PARTIAL}.get(fails, Level.FULL)
    assert (outcome.fails, outcome.computed, outcome.final, outcome.reason) == (fails, expected, expected, "")


def test_all_six_are_required() -> None:
    with pytest.raises(MzError, match="洗澡"):
        assess({indicator: True for indicator in Indicator if indicator is not Indicator.BATHING})


def test_another_final_level_needs_a_reason() -> None:
    able = dict.fromkeys(Indicator, True)
    with pytest.raises(MzError, match="理由"):
        assess(able, final=Level.FULL, reason="  ")
    outcome = assess(able, final=Level.FULL, reason="精神残疾一级，需专人看护")
    assert (outcome.computed, outcome.final, outcome.reason) == (Level.SELF, Level.FULL, "精神残疾一级，需专人看护")


def test_shipped_standards_stand_on_their_floors() -> None:
    assert breaches(FIRST) == ()
    assert breaches(replace(FIRST, minimum_wage_last_year=165000)) == ()


def test_a_breach_shows_its_working() -> None:
    found = breaches(replace(FIRST, basic_rural=69800, care_full=55000, minimum_wage_last_year=168000))
    assert [breach.name for breach in found] == ["basic_rural", "care_full", "care_self"]
    assert found[0].sentence == "农村特困基本生活标准 698 元低于下限：农村低保 537 元 × 1.3 = 698.10 元。"


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 10**7))
def test_floors_are_exact(basic: int, dibao: int, wage: int) -> None:
    standards = replace(FIRST, basic_urban=basic, dibao_urban=dibao, minimum_wage_last_year=wage)
    names = {breach.name for breach in breaches(standards)}
    assert ("basic_urban" in names) == (basic * 10 < dibao * 13)
    assert ("care_partial" in names) == (standards.care_partial * 6 < wage)


@pytest.mark.parametrize("amount", [-1, 1.5, "100", True, None])
def test_an_amount_that_is_no_fen_is_named(amount: object) -> None:
    with pytest.raises(MzError, match="农村低保标准"):
        parse({**FIRST_STANDARDS, "dibao_rural": amount})


def test_ten_working_days_over_the_national_day_2026() -> None:
    calendar = WorkCalendar()
    due = calendar.after(date(2026, 9, 25), 10)
    assert due == date(2026, 10, 15)  # 28–30 September, 8–10 October (Saturday 10th works), 12–15 October
    assert calendar.between(date(2026, 9, 25), due) == 10
    assert calendar.known(date(2026, 5, 1))


def test_an_imported_table_goes_first_and_unknown_years_use_weekdays() -> None:
    calendar = WorkCalendar({"2035-01-02": False})
    assert calendar.after(date(2035, 1, 1), 1) == date(2035, 1, 3)
    assert not WorkCalendar().known(date(2035, 1, 1))
    assert WorkCalendar().after(date(2035, 1, 5), 1) == date(2035, 1, 8)


def test_aid_shows_its_working_and_keeps_to_the_range() -> None:
    aid = temporary_aid.compute(FIRST, "education", 4)
    assert (aid.lowest, aid.highest, aid.amount) == (215700, 431400, 287600)
    assert "城市低保标准 719 元 × 4 = 2876 元" in aid.working
    for cause, times in (("education", 7), ("illness", 2), ("illness", 13), ("other", 3)):
        with pytest.raises(MzError):
            temporary_aid.compute(FIRST, cause, times)


def person(**changes: Any) -> Poverty:
    base = Poverty(
        "p1",
        "王桂兰",
        "370983103201",
        date(2026, 3, 20),
        None,
        "",
        (Dated(date(2026, 3, 20), "independent"),),
        (Dated(date(2026, 3, 20), "rural"),),
    )
    return replace(base, **changes)


def test_paid_from_the_month_of_recognition_until_the_month_of_exit() -> None:
    left = person(left_on=date(2026, 6, 2), left_why="死亡")
    paid = [month for month in range(1, 13) if entitlement(left, date(2026, month, 1), HISTORY)]
    assert paid == [3, 4, 5, 6]


def test_changes_in_mid_month_count_from_the_next_first_day() -> None:
    changed = person(levels=(Dated(date(2026, 3, 20), "independent"), Dated(date(2026, 8, 10), "dependent")))
    lines = {month: entitlement(changed, date(2026, month, 1), HISTORY) for month in (8, 9, 10)}
    assert [(line.basic, line.care) for line in lines.values() if line] == [(80000, 16500), (80000, 60000), (90000, 56000)]


def test_spans_tell_the_history_of_one_person() -> None:
    told = [(first, line.total) for first, line in spans(person(), HISTORY, date(2026, 12, 31))]
    assert told == [(date(2026, 3, 1), 92500), (date(2026, 7, 1), 96500), (date(2026, 10, 1), 106500)]


def test_movements_say_why() -> None:
    before = monthly_list([person(), person(person_id="p2", name="李明", left_on=date(2026, 6, 30))], date(2026, 6, 1), HISTORY)
    after = monthly_list([person(), person(person_id="p3", name="赵强", entered_on=date(2026, 7, 3))], date(2026, 7, 1), HISTORY)
    found = reconcile(before, after, {"p2": "死亡"})
    assert found.gap == 0
    assert [(item.name, item.kind, item.why) for item in found.movements] == [
        ("赵强", "joined", "本月起享受"),
        ("李明", "left", "死亡"),
        ("王桂兰", "changed", "标准调整：925 → 965 元"),
    ]


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
PEOPLE = st.lists(
    st.builds(
        lambda key, entered, stay, levels, area: Poverty(
            f"p{key}",
            "某",
            "370983103201",
            entered,
            None if stay is None else entered + timedelta(days=stay),
            "",
            tuple(Dated(max(day, entered), level) for day, level in levels) or (Dated(entered, "independent"),),
            (Dated(entered, area),),
        ),
        st.integers(0, 10**6),
        DAYS,
        st.none() | st.integers(0, 300),
        st.lists(st.tuples(DAYS, st.sampled_from(["independent", "partial", "dependent"])), max_size=3),
        st.sampled_from(["urban", "rural"]),
    ),
    max_size=12,
    unique_by=lambda item: item.person_id,
)


def slowly(item: Poverty, first: date) -> int:
    """The total of one month by walking its days."""
    days = [first + timedelta(days=step) for step in range((next_month(first) - first).days)]
    present = [day for day in days if item.entered_on <= day and (item.left_on is None or day <= item.left_on)]
    if not present:
        return 0
    day = present[0]
    sets = [history for history in HISTORY if date.fromisoformat(history.effective_from) <= first]
    standards = sets[-1] if sets else HISTORY[0]
    held: Dated | None = None
    for change in item.levels:
        if change.since <= day and (held is None or change.since >= held.since):
            held = change if held is None or change.since > held.since else held
    chosen = held or min(item.levels, key=lambda change: change.since)
    return standards.basic(item.areas[0].value) + standards.care(Level(chosen.value))


@given(PEOPLE)
def test_a_year_reconciles_to_zero(people: list[Poverty]) -> None:
    lists = [monthly_list(people, date(2026, month, 1), HISTORY) for month in range(1, 13)]
    for month, lines in enumerate(lists, 1):
        assert sum(line.total for line in lines) == sum(slowly(item, date(2026, month, 1)) for item in people)
    for before, after in pairwise(lists):
        found = reconcile(before, after)
        assert found.gap == 0
        assert found.after - found.before == sum(movement.change for movement in found.movements)


def test_before_the_first_set_the_first_holds() -> None:
    assert standard_on(HISTORY, date(2019, 1, 1)) is FIRST


@given(
    st.lists(
        st.builds(
            Supported, st.uuids().map(str), st.just("某"), st.booleans(), st.none() | st.booleans(), st.none() | st.sampled_from(Level)
        )
    )
)
def test_indicators_are_plain_counts(people: list[Supported]) -> None:
    willing = willing_in_institutions(people)
    assert len(willing.concerned) == sum(item.wishes_institution is True for item in people)
    assert len(willing.counted) == sum(item.wishes_institution is True and item.institution for item in people)
    assert len(willing.unknown) == sum(item.wishes_institution is None for item in people)
    dependent = dependent_in_institutions(people)
    assert {item.person_id for item in dependent.concerned} == {
        item.person_id for item in people if item.level in (Level.PARTIAL, Level.FULL)
    }
    if willing.concerned:
        assert willing.percent == f"{round(len(willing.counted) / len(willing.concerned) * 100 + 1e-9, 1):.1f}%"
    else:
        assert willing.percent == "—"


def test_money_is_written_in_yuan() -> None:
    assert [yuan(fen) for fen in (0, 100, 69810, 5, -250)] == ["0", "1", "698.10", "0.05", "-2.50"]

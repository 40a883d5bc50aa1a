"""Due dates: each rule of domain/README.md §2 on its own, then against a slow day-by-day recomputation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzdesk.casework.due import RoleFact, VisitFact, next_due, role_due
from mzdesk.casework.rules import FIRST_RULES, parse_rules
from mzdesk.errors import MzError

RULES = parse_rules(FIRST_RULES, "鲁民〔2021〕1号", "")
ENTERED = date(2026, 1, 15)


def role(group: str = "left_behind_child", risk: str = "medium", **more: object) -> RoleFact:
    return RoleFact(f"{group}-{risk}", group, str(more.pop("category", "")), risk, ENTERED, **more)  # type: ignore[arg-type]


def visit(on: date, mode: str = "home", reached: bool = True, agreed_on: date | None = None) -> VisitFact:
    return VisitFact(on, mode, reached, agreed_on)


@pytest.mark.parametrize(
    ("group", "category", "risk", "expected"),
    [
        ("left_behind_child", "", "high", date(2026, 3, 17)),
        ("left_behind_child", "", "medium", date(2026, 4, 9)),
        ("left_behind_child", "", "low", date(2026, 6, 8)),
        ("child_in_difficulty", "orphan", "low", date(2026, 4, 9)),
        ("left_behind_elder", "", "high", date(2026, 3, 17)),
        ("left_behind_elder", "", "medium", date(2026, 4, 30)),
        ("left_behind_woman", "", "low", date(2026, 9, 6)),
        ("extreme_poverty", "scattered", "low", date(2026, 4, 30)),
        ("extreme_poverty", "institution", "high", date(2026, 4, 30)),
        ("extreme_poverty", "institution", "low", date(2026, 6, 8)),
    ],
)
def test_frequency_table(group: str, category: str, risk: str, expected: date) -> None:
    due = role_due(role(group, risk, category=category), [visit(date(2026, 3, 10))], RULES)
    assert due.on == expected


def test_first_visit_is_counted_from_entry() -> None:
    assert role_due(role(), [], RULES).on == ENTERED + timedelta(days=30)
    assert role_due(role("left_behind_elder", "low"), [], RULES).on == date(2026, 1, 31)


@pytest.mark.parametrize(
    "miss", [visit(date(2026, 3, 10), "phone"), visit(date(2026, 3, 10), "video"), visit(date(2026, 3, 10), reached=False)]
)
def test_phone_and_failed_visits_never_count(miss: VisitFact) -> None:
    assert role_due(role(), [visit(date(2026, 2, 1)), miss], RULES).on == date(2026, 3, 3)


def test_a_rule_may_allow_the_phone() -> None:
    rules = parse_rules({**FIRST_RULES, "modes": ["home", "school", "phone"]}, "", "")
    assert role_due(role(), [visit(date(2026, 3, 10), "phone")], rules).on == date(2026, 4, 9)


def test_shortest_of_several_roles_decides() -> None:
    roles = [role("left_behind_child", "low"), role("child_in_difficulty", "high")]
    due = next_due(roles, [visit(date(2026, 3, 10))], RULES)
    assert due is not None
    assert (due.enrolment_id, due.on) == ("child_in_difficulty-high", date(2026, 3, 17))


def test_nobody_without_a_current_role_is_due() -> None:
    assert next_due([], [visit(date(2026, 3, 10))], RULES) is None


def test_an_agreed_date_brings_forward_and_never_puts_off() -> None:
    sooner = visit(date(2026, 3, 10), agreed_on=date(2026, 3, 20))
    later = visit(date(2026, 3, 10), agreed_on=date(2026, 5, 20))
    assert role_due(role(), [sooner], RULES).on == date(2026, 3, 20)
    assert "约定" in role_due(role(), [sooner], RULES).why
    assert role_due(role(), [later], RULES).on == date(2026, 4, 9)


def test_suspension_puts_off_until_the_day_after() -> None:
    away = role(suspended_until=date(2026, 8, 31), suspended_why="随父母外出")
    due = role_due(away, [visit(date(2026, 3, 10))], RULES)
    assert due.on == date(2026, 9, 1)
    assert due.why == "随父母外出至 2026-08-31，次日起应走访"


def test_the_reason_names_the_document() -> None:
    why = role_due(role(), [visit(date(2026, 3, 10))], RULES).why
    assert why == "留守儿童（中风险）每 30 天至少见面一次，上次见面 2026-03-10，应在 2026-04-09 前走访。依据：鲁民〔2021〕1号"


def test_unknown_group_is_never_left_unvisited() -> None:
    assert role_due(role("new_group", "low"), [visit(date(2026, 3, 10))], RULES).on == date(2026, 4, 30)


@pytest.mark.parametrize("text", ["0d", "7", "weekly", "", None, 7, "99999d"])
def test_an_unreadable_frequency_is_named(text: object) -> None:
    with pytest.raises(MzError, match="left_behind_child high"):
        parse_rules({"left_behind_child": {"high": text}}, "", "")


def slowly(fact: RoleFact, visits: list[VisitFact]) -> date:
    """Walk day by day from the start until the rule is broken by not visiting."""
    rule = RULES.rule_for(fact.group, fact.category, fact.risk)
    counted = [item for item in visits if item.reached and item.mode in ("home", "school")]
    start = max((item.on for item in counted), default=None)
    day = start or fact.entered_on
    if rule.monthly:
        months = 2 if start else 1
        changes = 0
        while changes < months:
            day += timedelta(days=1)
            changes += day.day == 1
        day -= timedelta(days=1)
    else:
        for _ in range(rule.days):
            day += timedelta(days=1)
    reached = [item for item in visits if item.reached]
    if reached:
        newest = max(item.on for item in reached)
        agreed = next(item.agreed_on for item in reached if item.on == newest)
        if agreed and newest < agreed < day:
            day = agreed
    while fact.suspended_until and day <= fact.suspended_until:
        day += timedelta(days=1)
    return day


DAYS = st.dates(date(2026, 1, 1), date(2027, 3, 1))
VISITS = st.lists(
    st.builds(VisitFact, DAYS, st.sampled_from(["home", "phone", "video", "school"]), st.booleans(), st.none() | DAYS),
    max_size=8,
    unique_by=lambda item: item.on,
)
ROLES = st.builds(
    RoleFact,
    st.uuids().map(str),
    st.sampled_from(["left_behind_child", "child_in_difficulty", "left_behind_woman", "left_behind_elder", "extreme_poverty"]),
    st.sampled_from(["", "institution"]),
    st.sampled_from(["high", "medium", "low"]),
    DAYS,
    st.none() | DAYS,
)


@given(st.lists(ROLES, min_size=1, max_size=3), VISITS)
def test_equals_slow_recomputation(roles: list[RoleFact], visits: list[VisitFact]) -> None:
    due = next_due(roles, visits, RULES)
    assert due is not None
    assert due.on == min(slowly(fact, visits) for fact in roles)

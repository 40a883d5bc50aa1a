"""A year of one township on a real station: 300 people, arrivals, departures, new levels, two new standards; every month reconciles."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from mzdesk.care import exits, monthly, standards
from mzdesk.care.entitlements import Entitlement, next_month
from mzdesk.care.monthly import MonthlyList
from mzdesk.care.standards import FIRST_STANDARDS, Standards
from mzdesk.clock import FixedClock
from mzdesk.registry.groups import EXITS
from mzdesk.station import Station
from mzdesk.store.database import Database
from tests.mzdesk.care.township import LEVELS, Settled, Township
from tests.mzdesk.registry.conftest import KEY, SALT, SUPERVISOR, open_station

YEAR = 2026
CHANGES = (
    standards.parse(
        FIRST_STANDARDS | {"basic_rural": 82000, "basic_urban": 108000}, effective_from="2026-04-01", document_no="泰民发〔2026〕8号"
    ),
    standards.parse(
        FIRST_STANDARDS | {"basic_rural": 84000, "basic_urban": 109000, "care_full": 66000, "care_partial": 33000, "care_self": 19800},
        effective_from="2026-09-10",
        document_no="泰民发〔2026〕27号",
    ),
)


@dataclass
class Life:
    """What the test remembers of one person, apart from the program."""

    who: Settled
    entered: date
    levels: list[tuple[date, str]]
    left: date | None = None


def seed_lives(town: Township, dice: random.Random) -> list[Life]:
    lives = []
    for number in range(300):
        entered = date(2025, 6, 1) + timedelta(days=dice.randrange(200)) if number < 270 else day_of_year(dice)
        who = town.settle(entered, institution=number % 6 == 0)
        lives.append(Life(who, entered, [(entered, who.level)]))
    for life in dice.sample(lives, 90):
        level = dice.choice(LEVELS)
        on = max(day_of_year(dice), life.entered)
        town.assess(life.who, on, level)
        life.levels.append((on, level))
    town.write()
    return lives


def day_of_year(dice: random.Random) -> date:
    return date(YEAR, 1, 1) + timedelta(days=dice.randrange(364))


def level_on(life: Life, day: date) -> str:
    held = [(since, order, level) for order, (since, level) in enumerate(life.levels) if since <= day]
    return max(held)[2]


def slow_amount(life: Life, first: date, sets: list[Standards]) -> int:
    """One person's month by the words of the rule, in 分."""
    last = next_month(first) - timedelta(days=1)
    if life.entered > last or (life.left is not None and life.left < first):
        return 0
    told = FIRST_STANDARDS
    for one in sets:
        if one.effective_from <= first.isoformat():
            told = standards.values(one)
    level = level_on(life, max(first, life.entered))
    care = {"independent": "care_self", "partial": "care_partial", "dependent": "care_full"}[level]
    return told[f"basic_{life.who.area}"] + told[care]


@dataclass
class Played:
    """The year as the program kept it, and as the test remembers it."""

    station: Station
    lives: list[Life]
    months: list[MonthlyList]
    previews: list[tuple[int, int]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("year")
    station = open_station(folder, Database.create(folder / "station.db", KEY, SALT), SUPERVISOR)
    dice = random.Random(300)
    station = replace(station, clock=FixedClock.at("2026-01-01T09:00:00"))
    lives = seed_lives(Township(station), dice)
    leaving = [(max(day_of_year(dice), life.entered), life) for life in dice.sample(lives, 40)]
    played = Played(station, lives, [], [])
    for month in range(1, 13):
        play_month(played, date(YEAR, month, 1), [pair for pair in leaving if pair[0].month == month])
    yield played
    station.close()


def play_month(played: Played, first: date, leaving: list[tuple[date, Life]]) -> None:
    """Let a month pass: standards first, then departures, then the list is confirmed on its last day."""
    station, clock = played.station, played.station.clock
    assert isinstance(clock, FixedClock)
    clock.ms = FixedClock.at(f"{first.isoformat()}T09:00:00").ms
    for proposed in CHANGES:
        if monthly.first_month(proposed) == first:
            change = monthly.preview_change(station, proposed)
            played.previews.append((len(change.changes), change.difference))
            assert change.breaches == ()
            monthly.apply_change(station, proposed)
    last = next_month(first) - timedelta(days=1)
    clock.ms = FixedClock.at(f"{last.isoformat()}T17:00:00").ms
    for day, life in leaving:
        exits.leave(station, life.who.enrolment_id, day, EXITS["extreme_poverty"][0])
        life.left = day
    played.months.append(monthly.confirm(station, first))


def test_every_month_equals_slow_recomputation(played: Played) -> None:
    for kept in played.months:
        sets = [one for one in CHANGES if monthly.first_month(one) <= kept.first]
        assert kept.total == sum(slow_amount(life, kept.first, sets) for life in played.lives)


def test_every_month_reconciles_to_zero(played: Played) -> None:
    totals = [kept.total for kept in played.months]
    for number, kept in enumerate(played.months):
        told = kept.reconciliation
        assert told.gap == 0
        assert told.after - told.before == sum(move.change for move in told.movements)
        if number:
            assert told.before == totals[number - 1]


def test_the_year_is_explained_from_its_first_list_to_its_last(played: Played) -> None:
    moved = sum(move.change for kept in played.months[1:] for move in kept.reconciliation.movements)
    assert played.months[-1].total - played.months[0].total == moved
    people = len(played.months[0].lines)
    for kept in played.months[1:]:
        kinds = [move.kind for move in kept.reconciliation.movements]
        people += kinds.count("joined") - kinds.count("left")
        assert people == len(kept.lines)
    assert sum(move.kind == "left" for kept in played.months for move in kept.reconciliation.movements) >= 30


def test_a_new_standard_changes_what_its_preview_said(played: Played) -> None:
    assert len(played.previews) == 2
    for (number, difference), month in zip(played.previews, (4, 10), strict=True):
        kept = played.months[month - 1]
        by_standard = [move for move in kept.reconciliation.movements if move.why.startswith("标准调整")]
        assert 0 < len(by_standard) <= number
        assert sum(move.change for move in by_standard) <= difference


def test_a_confirmed_month_stays_as_it_was_reported(played: Played) -> None:
    before: tuple[Entitlement, ...] = played.months[2].lines
    assert monthly.month(played.station, date(YEAR, 3, 1)).lines == before
    assert monthly.month(played.station, date(YEAR, 3, 1)).confirmed


def test_one_persons_history_is_the_sum_of_the_lists(played: Played) -> None:
    for life in played.lives[::37]:
        spans = monthly.history_of(played.station, life.who.person_id)
        for kept in played.months:
            line = next((item for item in kept.lines if item.person_id == life.who.person_id), None)
            held = [amount for first, amount in spans if first <= kept.first]
            if line is not None:
                assert held and held[-1].total == line.total

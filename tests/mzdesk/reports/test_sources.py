"""Statistics on random data equal a slow recomputation from the raw rows; every figure leads back to its people and records."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.reports.register import Register
from mzdesk.reports.sources import behind
from mzdesk.reports.sources.build import SOURCES, build
from mzdesk.reports.sources.selection import Selection
from mzdesk.store.scope import Role, scope_for
from mzdesk.store.tables import PERSON, RECORD
from tests.mzdesk.casework.conftest import OTHER_VILLAGE, VILLAGE, Desk, desk, director_of, empty_database, snapshot, station

__all__ = ["desk", "empty_database", "snapshot", "station"]

DECEMBER = Selection(date(2026, 12, 1), date(2026, 12, 31))


def live(desk: Desk, seed: int) -> None:
    """Six weeks of entries and visits of every mode in two villages."""
    chance = random.Random(seed)
    villages, risks = (VILLAGE, OTHER_VILLAGE), ("high", "medium", "low")
    people = [desk.register(village=chance.choice(villages), risk=chance.choice(risks)) for _ in range(9)]
    for _ in range(36):
        desk.pass_days(1)
        for saved in people:
            if chance.random() < 0.12:
                mode = chance.choice(["home", "home", "school", "phone", "video"])
                told = {"contact_mode": mode, "saw_child": "no"} if mode == "phone" else {"contact_mode": mode}
                if chance.random() < 0.15:
                    told |= {"reached": "no", "unreached_reason": "家中无人"}
                desk.visit(saved.person_id, risk=chance.choice(risks), **told)


def column(register: Register, key: str) -> list[object]:
    place = next(number for number, item in enumerate(register.report.columns) if item.key == key)
    return [row[place].value for row in register.rows]


@pytest.mark.parametrize("seed", [3, 11])
def test_the_month_equals_slow_recomputation(desk: Desk, seed: int) -> None:
    live(desk, seed)
    register = build(desk.station, "visits_township", DECEMBER)
    register.require_sound()
    with desk.station.read() as connection:
        rows = connection.execute(select(RECORD)).mappings().all()
        homes = {row["id"]: row["village"] for row in connection.execute(select(PERSON)).mappings()}
    month = [row for row in rows if row["kind"] == "visit" and "2026-12-01" <= row["occurred_on"] <= "2026-12-31"]
    modes = Counter((homes[row["person_id"]], canonical.loads(row["answers_json"])["visit"]["contact_mode"]) for row in month)
    villages = sorted(set(homes.values()))
    for mode in ("home", "phone", "video", "school"):
        assert column(register, mode) == [modes[village, mode] for village in villages]
    assert column(register, "enrolled") == [list(homes.values()).count(village) for village in villages]
    seen = {row["person_id"] for row in month if row["contact_mode"] in ("home", "school") and row["reached"] == "yes"}
    assert column(register, "visited") == [sum(homes[person] == village for person in seen) for village in villages]


def test_a_figure_opens_what_stands_behind_it(desk: Desk) -> None:
    live(desk, 5)
    register = build(desk.station, "visits_township", DECEMBER)
    for row in register.rows:
        for item, figure in zip(register.report.columns, row, strict=True):
            if item.kind == "count" and figure.value:
                assert len(figure.behind) == figure.value, item.key
                assert behind.of(desk.station, figure.behind)


def test_overdue_lists_only_those_who_are(desk: Desk) -> None:
    late, fine = desk.register(risk="high"), desk.register(risk="low")
    desk.pass_days(10)
    desk.visit(late.person_id, risk="high", reached="no", unreached_reason="家中无人")
    register = build(desk.station, "overdue", Selection(date(2026, 12, 1), date(2026, 12, 31)))
    assert [row[2].behind for row in register.rows] == [(late.person_id,)]
    assert column(register, "days") == [3]
    assert column(register, "attempts") == [1]
    assert fine.person_id


def test_every_report_of_a_director_stays_within_the_villages(desk: Desk) -> None:
    live(desk, 7)
    director = director_of(desk.station, VILLAGE)
    for key in SOURCES:
        wanted = Selection(DECEMBER.first, DECEMBER.last, village=OTHER_VILLAGE if key == "visits_village" else "")
        register = build(director, key, wanted)
        ids = {item for row in register.rows for figure in row for item in figure.behind}
        with desk.station.read() as connection:
            villages = {row.village for row in connection.execute(select(PERSON.c.village).where(PERSON.c.id.in_(ids)))}
        assert villages <= {VILLAGE}, key


def test_rights_are_asked_before_anything_is_read(desk: Desk) -> None:
    worker = desk.station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None))
    with pytest.raises(MzError, match="没有查看这份报表的权限"):
        build(worker, "mandatory_register", DECEMBER)
    with pytest.raises(MzError, match="没有显示完整号码的权限"):
        build(worker, "roster", Selection(DECEMBER.first, DECEMBER.last, unmasked=True))
    with pytest.raises(MzError, match="请选择一个村"):
        build(desk.station, "visits_village", DECEMBER)


def test_a_quarter_and_a_year_are_named(desk: Desk) -> None:
    assert Selection(date(2026, 1, 1), date(2026, 12, 31)).period == "2026年"
    assert Selection(date(2026, 12, 1), date(2026, 12, 31)).period == "2026年12月"
    quarter = Selection(date(2026, 10, 1), date(2026, 12, 31))
    assert quarter.period == "2026-10-01 至 2026-12-31"
    first, last = quarter.instants()
    assert last - first == timedelta(days=92) // timedelta(milliseconds=1)

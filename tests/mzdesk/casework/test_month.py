"""A month in the life of a township, played at random, against a slow recomputation that shares no code with the product.

Entries, exits, visits kept and missed, phone calls, corrections, risk changes, a suspension, and a rule change in mid-month.
"""

from __future__ import annotations

import calendar
import random
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mzdesk import canonical
from mzdesk.casework import due, months, rule_changes, suspensions, today
from mzdesk.casework.rules import FIRST_RULES
from mzdesk.registry import people
from mzdesk.registry.journal import Journal, require_enrolment
from mzdesk.store.tables import ENROLMENT, RECORD
from tests.mzdesk.casework.conftest import Desk

NEW_RULES = {**FIRST_RULES, "left_behind_child": {"high": "5d", "medium": "14d", "low": "month"}}


def slow_due(desk: Desk, rules: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """Person → (due date, seen in the running month), from the raw rows alone."""
    with desk.station.read() as connection:
        records = connection.execute(select(RECORD)).mappings().all()
        roles = connection.execute(select(ENROLMENT)).mappings().all()
    amended = {row["amends"] for row in records if row["amends"]}
    visits = defaultdict(list)
    for row in records:
        answers = canonical.loads(row["answers_json"])
        if row["kind"] == "visit" and row["id"] not in amended and not row["deleted_at"]:
            told = answers["visit"]
            visits[row["person_id"]].append((told["occurred_on"], told["contact_mode"], told["reached"] == "yes"))
    found = {}
    for role in roles:
        if role["left_on"]:
            continue
        good = sorted(day for day, mode, reached in visits[role["person_id"]] if reached and mode in ("home", "school"))
        interval = rules["left_behind_child"][role["risk"]]
        start = date.fromisoformat(good[-1] if good else role["entered_on"])
        if interval == "month":
            year, month = (start.year, start.month) if not good else (start.year + start.month // 12, start.month % 12 + 1)
            due = date(year, month, calendar.monthrange(year, month)[1])
        else:
            due = start + timedelta(days=int(interval[:-1]))
        if role["suspended_until"] and due <= date.fromisoformat(role["suspended_until"]):
            due = date.fromisoformat(role["suspended_until"]) + timedelta(days=1)
        month = desk.station.today().isoformat()[:7]
        found[role["person_id"]] = (due.isoformat(), bool(good) and good[-1][:7] == month)
    return found


def leave(desk: Desk, enrolment_id: str) -> None:
    with desk.station.write() as connection:
        journal = Journal(connection, desk.station, "test")
        values = {"left_on": desk.station.today().isoformat(), "left_why": "父母返回"}
        journal.change("enrolment", require_enrolment(connection, desk.station, enrolment_id), values)
        due.refresh(connection, desk.station, journal.close())


def agree(desk: Desk, rules: dict[str, Any]) -> None:
    expected = slow_due(desk, rules)
    now = desk.station.today()
    page = today.overview(desk.station, limit=1000)
    overdue = sorted(person for person, (due, _) in expected.items() if due < now.isoformat())
    week = (now + timedelta(days=7)).isoformat()
    assert {person.person_id: person.next_due for person in page.people} == {
        person: due for person, (due, _) in expected.items() if due <= week
    }
    assert page.counts.overdue == len(overdue)
    assert page.counts.today == sum(due == now.isoformat() for due, _ in expected.values())
    last = now.replace(day=calendar.monthrange(now.year, now.month)[1]).isoformat()
    assert page.planned == sum(seen or due <= last for due, seen in expected.values())
    assert page.done == sum(seen for _, seen in expected.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_month_equals_slow_recomputation(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    rules = FIRST_RULES
    living: list[str] = [desk.register(risk=chance.choice(["high", "medium", "low"])).person_id for _ in range(12)]
    for day in range(35):
        desk.pass_days(1)
        for person in list(living):
            act = chance.random()
            if act < 0.08:
                visit = desk.visit(person, risk=chance.choice(["high", "medium", "low"]))
                if chance.random() < 0.3:
                    desk.visit(person, amends=visit.record_id, on=desk.station.today() - timedelta(days=1))
            elif act < 0.11:
                desk.visit(person, contact_mode="phone", saw_child="no")
            elif act < 0.13:
                desk.visit(person, reached="no", unreached_reason="家中无人")
            elif act < 0.14:
                role = people.get(desk.station, person).current[0]
                suspensions.suspend(desk.station, role.id, desk.station.today() + timedelta(days=chance.randint(1, 20)), "随父母外出")
            elif act < 0.15:
                role = people.get(desk.station, person).current[0]
                leave(desk, role.id)
                living.remove(person)
        if chance.random() < 0.3:
            living.append(desk.register(risk=chance.choice(["high", "low"])).person_id)
        if day == 17:
            rules = NEW_RULES
            rule_changes.change(desk.station, rules, desk.station.today(), "肥民〔2026〕9号")
            assert rule_changes.is_pending(desk.station)
            rule_changes.refresh_all(desk.station)
            assert not rule_changes.is_pending(desk.station)
        agree(desk, rules)
    assert "肥民〔2026〕9号" in today.overview(desk.station, limit=1000).people[0].why or len(living) < 3


def test_a_closed_month_is_kept_and_computed_anew_after_a_late_entry(desk: Desk) -> None:
    seen, missed = desk.register(risk="high"), desk.register(risk="high")
    desk.pass_days(3)
    desk.visit(seen.person_id)
    desk.pass_days(10)
    assert months.close_months(desk.station, 2) == 1
    assert months.close_months(desk.station, 2) == 0
    bars = months.bars(desk.station, months=2)
    assert [(bar.label, bar.planned, bar.done) for bar in bars] == [("11月", 1, 1), ("12月", 2, 0)]
    desk.visit(missed.person_id, on=date(2026, 11, 29))
    assert months.close_months(desk.station, 2) == 1
    assert next((bar.label, bar.planned, bar.done) for bar in months.bars(desk.station, months=2)) == ("11月", 2, 2)

"""The month report of a township from the database to paper: 60 villages, 3,000 people, 9,000 visits, queries included (issue H: < 2 s).

The floor is the queries alone, in the same run.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mzdesk.clock import FixedClock
from mzdesk.reports.register_pdf import print_register
from mzdesk.reports.sources.build import build
from mzdesk.reports.sources.selection import Selection
from mzdesk.station import Station, StationIdentity
from mzdesk.store import statistics as store
from mzdesk.store.database import Database
from mzdesk.store.scope import Role, scope_for
from mzdesk.store.tables import DIVISION, ENROLMENT, PERSON, RECORD

VILLAGES, PEOPLE, VISITS = 60, 3_000, 9_000
TOWNSHIP, FIRST, LAST = "370983103", date(2026, 11, 1), date(2026, 11, 30)
LIMIT_S = 2.0
ROUNDS = 5


def run() -> dict[str, Any]:
    """Make the township, build and print its month; figures in seconds."""
    with tempfile.TemporaryDirectory() as temporary:
        station = _make(Path(temporary))
        wanted = Selection(FIRST, LAST)
        whole = _median(lambda: print_register(build(station, "visits_township", wanted)))
        queries = _median(lambda: _query(station))
        station.close()
    figures = {"month_report_s": whole, "queries_s": queries, "limit_s": LIMIT_S}
    ratios = {"report_to_queries": whole / queries, "report_to_limit": whole / LIMIT_S}
    for name, value in (figures | ratios).items():
        print(f"{name:24s} {value:8.3f}")
    return {"figures": figures, "ratios": ratios}


def _median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _query(station: Station) -> None:
    with station.read() as connection:
        store.enrolled(connection, station.scope, on=LAST.isoformat())
        store.visits(connection, station.scope, first=FIRST.isoformat(), last=LAST.isoformat())


def _blank(table: Any) -> dict[str, Any]:
    """A row with every column that must not be null at its plain value."""
    plain: dict[str, Any] = {"VARCHAR": "", "INTEGER": 0, "BOOLEAN": False}
    return {column.name: plain.get(str(column.type), "") for column in table.columns if not column.nullable}


def _make(folder: Path) -> Station:
    database = Database.create(folder / "station.db", bytes(range(32)), bytes(range(16)))
    scope = scope_for("u1", "督导员", Role.SUPERVISOR, None)
    station = Station(folder, StationIdentity("基准站", TOWNSHIP, (), "bench"), database, scope, FixedClock.at("2026-11-30T10:00:00"))
    chance = random.Random(1)
    villages = [f"{TOWNSHIP}{200 + number}" for number in range(VILLAGES)]
    people = [(f"p{number:05d}", villages[number % VILLAGES]) for number in range(PEOPLE)]
    named = [
        {**_blank(DIVISION), "code": code, "name": f"第{number}村村委会", "parent": TOWNSHIP} for number, code in enumerate(villages, 1)
    ]
    answers = json.dumps({"action": {"problems": "放学后无人照看，已请邻居帮忙。"}}, ensure_ascii=False)
    with database.write() as connection:
        connection.execute(DIVISION.insert(), named)
        connection.execute(PERSON.insert(), [_person(person, village) for person, village in people])
        connection.execute(ENROLMENT.insert(), [_role(person, village, chance) for person, village in people])
        connection.execute(RECORD.insert(), [_visit(number, *chance.choice(people), answers, chance) for number in range(VISITS)])
    with database.read() as connection:
        connection.exec_driver_sql("ANALYZE")
    return station


def _person(person: str, village: str) -> dict[str, Any]:
    told = {"id": person, "name": "王明", "village": village, "birth_date": "2015-03-01", "life": "here"}
    return {**_blank(PERSON), **told, "profile_json": "{}", "field_ops_json": "{}"}


def _role(person: str, village: str, chance: random.Random) -> dict[str, Any]:
    told = {"id": f"e{person}", "person_id": person, "village": village, "group": "left_behind_child", "entered_on": "2026-01-01"}
    return {**_blank(ENROLMENT), **told, "risk": chance.choice(("high", "medium", "low")), "profile_json": "{}", "field_ops_json": "{}"}


def _visit(number: int, person: str, village: str, answers: str, chance: random.Random) -> dict[str, Any]:
    on = FIRST + timedelta(days=chance.randrange(0, 30))
    told = {"id": f"r{number:05d}", "kind": "visit", "person_id": person, "village": village, "occurred_on": on.isoformat()}
    rest = {"contact_mode": chance.choice(("home", "phone", "school")), "reached": "yes", "answers_json": answers}
    return {**_blank(RECORD), **told, **rest, "form_id": "left_behind_child_visit"}

"""No search, list or file ever reads a whole table: every statement's plan is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from mzdesk.casework import due
from mzdesk.registry import merging, people, pointing_out
from mzdesk.registry.people import Query
from mzdesk.station import Station
from tests.mzdesk.registry.conftest import director_of, village_called
from tests.mzdesk.registry.test_people import person

SMALL = ("meta", "division", "setting", "parameter", "json_each", "(subquery")  # of a sub-select its own step tells


@contextmanager
def statements(station: Station) -> Iterator[list[tuple[str, Any]]]:
    """Collect what is asked of the database."""
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        seen.append((statement, parameters[0] if many else parameters))

    engine = station.database._engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def scans(station: Station, act: Callable[[], object]) -> list[str]:
    """Return the steps of plans that read a whole table."""
    with statements(station) as seen:
        act()
    asked = [(text, values) for text, values in seen if text.split(" ")[0] in ("SELECT", "UPDATE", "DELETE")]
    assert asked
    found = []
    with station.read() as connection:
        for text, values in asked:
            steps = [step[3] for step in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + text, values).all()]
            whole = [step for step in steps if step.startswith("SCAN") or "ix_person_merged_into" in step]
            found += [f"{step}: {text}" for step in whole if not any(name in step for name in SMALL)]
    return found


@pytest.fixture
def filled(station: Station) -> Station:
    village = village_called(station, "潘庄")
    for serial in range(30):
        person(station, f"李{chr(0x4E00 + serial)}", village, serial=serial, phone=f"1380000{serial:04d}", next_due="2026-12-01")
    return station


@pytest.mark.parametrize("text", ["李", "li", "l", "lii", "370983", "0003", "13800000003", "潘庄", "李 潘庄", "li pz", "王秀英"])
def test_no_search_scans(filled: Station, text: str) -> None:
    village = village_called(filled, "潘庄")
    for desk in (filled, director_of(filled, village, village_called(filled, "业长"))):
        for query in (
            Query(text),
            Query(text, group="*"),
            Query(text, village=village, risk="low"),
            Query(text, group="left_behind_child"),
        ):
            assert scans(filled, lambda desk=desk, query=query: people.find(desk, query)) == []  # type: ignore[misc]


@pytest.mark.parametrize("sort", ["name", "due", "village", "risk", "birth", "-due"])
def test_no_list_scans_or_sorts_the_whole(filled: Station, sort: str) -> None:
    for query in (Query(sort=sort, limit=5), Query(sort=sort, limit=5, group="left_behind_child"), Query(sort=sort, limit=5, due="week")):
        page = people.find(filled, query)
        assert scans(filled, lambda query=query: people.find(filled, query)) == []  # type: ignore[misc]
        if page.after is None:
            continue
        following = Query(sort=sort, limit=5, group=query.group, due=query.due, after=page.after)
        with statements(filled) as seen:
            people.find(filled, following)
        text, values = next((text, values) for text, values in seen if "FROM listing" in text)
        with filled.read() as connection:
            plan = [step[3] for step in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + text, values).all()]
        assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in plan), plan


def test_neither_files_nor_suggestions_nor_due_dates_scan(filled: Station) -> None:
    person_id = people.find(filled, Query(limit=1)).rows[0].id
    assert scans(filled, lambda: people.get(filled, person_id)) == []
    assert scans(filled, lambda: pointing_out.for_person(filled, person_id)) == []
    assert scans(filled, lambda: pointing_out.soon(filled)) == []
    assert scans(filled, lambda: merging.candidates(filled, person_id)) == []

    def refresh() -> None:
        with filled.write() as connection:
            due.refresh(connection, filled, [person_id])

    assert scans(filled, refresh) == []
    assert scans(filled, lambda: people.edit(filled, person_id, {"address": "三组"})) == []

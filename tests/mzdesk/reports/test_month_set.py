"""The month-end set: prepared once by itself, of the villages of whoever is at the desk, and kept in the encrypted database only."""

from __future__ import annotations

from mzdesk.reports.sources import month_set
from tests.mzdesk.casework.conftest import OTHER_VILLAGE, VILLAGE, Desk, desk, director_of, empty_database, snapshot, station

__all__ = ["desk", "empty_database", "snapshot", "station"]


def test_the_set_is_prepared_once_and_kept(desk: Desk) -> None:
    assert month_set.prepare_once(desk.station) is None
    child = desk.register()
    desk.visit(child.person_id)
    desk.pass_days(10)
    steps: list[tuple[int, int]] = []
    made = month_set.prepare_once(desk.station, lambda done, total: steps.append((done, total)))
    assert made is not None
    assert made.month == "2026-11"
    assert any("走访工作月报表" in title for title in made.titles)
    assert made.pages >= len(made.titles)
    assert made.problems == ()
    assert steps[-1] == (len(month_set.REPORTS), len(month_set.REPORTS))
    assert month_set.prepare_once(desk.station) == made


def test_each_person_has_a_set_of_their_own_villages(desk: Desk) -> None:
    for village in (VILLAGE, OTHER_VILLAGE):
        desk.register(village=village)
    desk.pass_days(10)
    whole, own = month_set.prepare_once(desk.station), month_set.prepare_once(director_of(desk.station, VILLAGE))
    assert whole is not None
    assert own is not None
    assert whole.pdf != own.pdf

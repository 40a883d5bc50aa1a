from __future__ import annotations

from pathlib import Path

import pytest

from mzdesk.errors import MzError
from mzdesk.registry import people, roster_import, roster_undo
from mzdesk.registry.people import Query
from mzdesk.station import Station
from tests.mzdesk.registry.conftest import village_called
from tests.mzdesk.registry.numbers import id_number
from tests.mzdesk.registry.test_merging import record
from tests.mzdesk.registry.test_people import names
from tests.mzdesk.registry.test_roster_import import plain_roster


def test_an_import_is_undone_as_a_whole(station: Station, tmp_path: Path) -> None:
    first = plain_roster(tmp_path / "a.xlsx", [["王一", id_number("2015-01-01", 1), "潘庄村", ""]])
    roster_import.import_roster(station, first, "留守儿童")
    rows: list[list[object]] = [
        ["王一", id_number("2015-01-01", 1), "潘庄村", "13800002206"],
        ["李二", id_number("2015-01-01", 2), "潘庄村", ""],
        ["赵三", id_number("2015-01-01", 3), "潘庄村", ""],
        ["钱四", id_number("2015-01-01", 4), "潘庄村", ""],
    ]
    outcome = roster_import.import_roster(station, plain_roster(tmp_path / "b.xlsx", rows), "困境儿童")
    assert (outcome.created, outcome.updated) == (3, 1)
    visited = people.find(station, Query("赵三")).rows[0].id
    record(station, "r1", visited, village_called(station, "潘庄"))
    station.clock.advance(days=1)  # type: ignore[attr-defined]
    edited = people.find(station, Query("钱四")).rows[0].id
    people.edit(station, edited, {"address": "三组"})
    done = roster_undo.undo(station, outcome.run_id)
    assert (done.removed, done.restored) == (1, 1)
    assert {(kept.name, kept.why) for kept in done.kept} == {("赵三", "之后已有走访等记录"), ("钱四", "之后修改过")}
    assert sorted(names(people.find(station, Query(group="*")).rows)) == sorted(["王一", "赵三", "钱四"])
    (row,) = people.find(station, Query("王一")).rows
    assert (row.groups, row.phone_masked) == (("left_behind_child",), "")
    assert people.find(station, Query("李二")).total == 0
    assert [run.state for run in roster_undo.recent(station)] == ["undone", "taken"]
    with pytest.raises(MzError, match="撤销"):
        roster_undo.undo(station, outcome.run_id)


def test_after_an_undo_the_file_can_be_taken_again(station: Station, tmp_path: Path) -> None:
    path = plain_roster(tmp_path / "a.xlsx", [["王一", id_number("2015-01-01", 1), "潘庄村", ""]])
    roster_undo.undo(station, roster_import.import_roster(station, path).run_id)
    assert people.find(station, Query(group="*")).total == 0
    assert roster_import.import_roster(station, path).created == 1

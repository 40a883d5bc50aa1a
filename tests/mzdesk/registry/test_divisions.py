from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from mzdesk.errors import MzError
from mzdesk.registry import divisions, filters, people
from mzdesk.registry.people import Query
from mzdesk.registry.snapshot import Snapshot
from mzdesk.station import Station
from tests.mzdesk.registry.conftest import TOWNSHIP, director_of, village_called
from tests.mzdesk.registry.test_people import names, person


def test_the_snapshot_from_province_to_village(snapshot: Snapshot) -> None:
    assert len(snapshot.children()) == 31
    assert [division.name for division in snapshot.children("3709")] == ["泰山区", "岱岳区", "宁阳县", "东平县", "新泰市", "肥城市"]
    assert sum(len(snapshot.below(county.code, 9)) for county in snapshot.children("3709")) == 88
    assert len(snapshot.below("3709", 12)) == 3782
    assert snapshot.full_name("370983103") == "山东省泰安市肥城市桃园镇"
    assert snapshot.full_name("110101001") == "北京市东城区东华门街道"
    assert snapshot.name("000000") == snapshot.name("370983103999") == ""
    assert snapshot.children("441900")[0].parent == "441900"
    assert snapshot.children("370983103201") == ()


def test_a_damaged_snapshot_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "d.xz"
    broken.write_bytes(lzma.compress(b"11\t\xe5\x8c\x97\n")[:-8])
    with pytest.raises(MzError, match="重新安装"):
        Snapshot(broken)


def test_seeding_again_keeps_what_the_station_edited(station: Station, snapshot: Snapshot) -> None:
    code = village_called(station, "潘庄")
    divisions.rename(station, code, "新潘庄村委会")
    with station.write() as connection:
        assert divisions.seed(connection, TOWNSHIP, snapshot) == 40
    assert village_called(station, "新潘庄") == code
    with pytest.raises(MzError), station.write() as connection:
        divisions.seed(connection, "999999999", snapshot)


def test_adding_and_renaming_with_history(station: Station) -> None:
    row = divisions.add(station, "幸福社区居委会")
    assert row.code == "370983103999"
    divisions.rename(station, row.code, "新幸福社区居委会")
    assert {(change.field, change.old, change.new) for change in divisions.history(station, row.code)} >= {
        ("name", "幸福社区居委会", "新幸福社区居委会")
    }
    for bad in ("", "村", "新幸福社区居委会"):
        with pytest.raises(MzError):
            divisions.add(station, bad)
    assert divisions.names(station, frozenset({row.code})) == {row.code: "新幸福社区"}


def test_people_follow_a_merger(station: Station) -> None:
    first, second = village_called(station, "潘庄"), village_called(station, "业长")
    person_id = person(station, "李甲", first)
    with pytest.raises(MzError, match="还有 1 人"):
        divisions.retire(station, first)
    assert divisions.merge(station, first, second) == 1
    assert people.get(director_of(station, second), person_id).current[0].village == second
    assert names(people.find(director_of(station, second), Query("李甲")).rows) == ["李甲"]
    assert names(people.find(station, Query("业长")).rows) == ["李甲"]
    assert people.find(station, Query("潘庄")).total == 0
    assert first not in {row.code for row in divisions.villages(station)}
    with pytest.raises(MzError):
        divisions.merge(station, second, first)


def test_an_empty_village_is_retired(station: Station) -> None:
    code = village_called(station, "潘庄")
    assert divisions.retire(station, code).retired_on == "2026-11-24"
    assert code in {row.code for row in divisions.villages(station, with_retired=True)}


def test_display_names() -> None:
    assert divisions.display_name("南龙湾村委会") == "南龙湾村"
    assert divisions.display_name("馨瑞苑社区居委会") == "馨瑞苑社区"
    assert divisions.display_name("鲁泰工程公司社区") == "鲁泰工程公司社区"


def test_filters_and_columns_are_kept_for_each_user(station: Station) -> None:
    filters.save(station, "高风险儿童", Query(group="left_behind_child", risk="high", limit=5))
    assert filters.saved(station) == (filters.SavedFilter("高风险儿童", Query(group="left_behind_child", risk="high")),)
    assert filters.saved(director_of(station, "x")) == ()
    filters.forget(station, "高风险儿童")
    assert filters.saved(station) == ()
    with pytest.raises(MzError):
        filters.save(station, " ", Query())
    assert filters.saved_columns(station, ("name",)) == ("name",)
    filters.save_columns(station, ("name", "risk"))
    assert filters.saved_columns(station, ("name",)) == ("name", "risk")

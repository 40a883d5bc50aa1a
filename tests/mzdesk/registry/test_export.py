from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from mzdesk.errors import MzError
from mzdesk.registry import enrolments, export, people, relations
from mzdesk.registry.people import Query
from mzdesk.station import Station
from mzdesk.store import audit
from mzdesk.store.scope import Role, scope_for
from tests.mzdesk.registry.conftest import director_of, village_called
from tests.mzdesk.registry.numbers import id_number
from tests.mzdesk.registry.test_people import person


def table(path: Path) -> list[list[str]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_a_list_goes_out_masked(station: Station, tmp_path: Path) -> None:
    person_id = person(station, "李𬱖", village_called(station, "潘庄"), phone="13800002206", sex="1")
    relations.add(station, person_id, "guardian", {"name": "王桂兰", "phone": "13900002207"})
    assert export.export_list(station, Query(), tmp_path / "a.xlsx") == 1
    headings, line, *_ = table(tmp_path / "a.xlsx")
    number = id_number("2015-01-01")
    assert headings[:6] == ["序号", "村（居）", "姓名", "性别", "年龄", "身份证号码"]
    assert line[:8] == ["1", "潘庄村", "李𬱖", "男", "11", f"3709**********{number[-4:]}", "王桂兰", "138****2206"]
    assert number not in str(table(tmp_path / "a.xlsx"))


def test_whole_numbers_need_a_right_a_reason_and_leave_a_line(station: Station, tmp_path: Path) -> None:
    village = village_called(station, "潘庄")
    person(station, "李甲", village)
    with pytest.raises(MzError, match="原因"):
        export.export_list(station, Query(), tmp_path / "a.xlsx", whole_numbers=True)
    worker = station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None))
    for other in (worker, director_of(station, village)):
        with pytest.raises(MzError, match="权限"):
            export.export_list(other, Query(), tmp_path / "a.xlsx", whole_numbers=True, reason="录入国家系统")
    assert not (tmp_path / "a.xlsx").exists()
    export.export_register(station, "left_behind_child", tmp_path / "a.xlsx", whole_numbers=True, reason="录入国家系统")
    assert id_number("2015-01-01") in str(table(tmp_path / "a.xlsx"))
    with station.read() as connection:
        (entry,) = audit.entries(connection, station.scope, audit.Filters(act="export"))
    assert (entry.detail["plain"], entry.detail["reason"], entry.detail["count"]) == (True, "录入国家系统", 1)


@pytest.mark.parametrize("group", sorted(export.REGISTERS))
def test_registers_of_every_group(station: Station, tmp_path: Path, group: str) -> None:
    person(station, "李甲", village_called(station, "潘庄"), group=group)
    assert export.export_register(station, group, tmp_path / "a.xlsx") == 1
    headings, line, *_ = table(tmp_path / "a.xlsx")
    assert line[headings.index("乡镇（街道）")] == "桃园镇"


def test_nothing_in_a_workbook_is_run(station: Station, tmp_path: Path) -> None:
    person_id = person(station, "李甲", village_called(station, "潘庄"), address='=HYPERLINK("http://x","y")')
    people.edit(station, person_id, {"hukou_address": "@SUM(1+1)*cmd|' /C calc'!A0"})
    export.export_list(station, Query(), tmp_path / "a.xlsx", ("name", "address", "hukou_address"))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=3, max_row=3) for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [bool(cell.quotePrefix) for cell in cells] == [False, True, True]


def test_an_export_can_be_read_in_again(station: Station, tmp_path: Path) -> None:
    from mzdesk.registry import roster_import

    person(station, "李甲", village_called(station, "潘庄"), phone="13800002206")
    export.export_register(station, "left_behind_child", tmp_path / "a.xlsx", whole_numbers=True, reason="核对")
    outcome = roster_import.import_roster(station, tmp_path / "a.xlsx")
    assert [(row.verdict.value, row.reason) for row in outcome.preview.rows] == [("taken", "")]
    assert outcome.created == 0


def test_filters_hold_and_an_empty_list_is_said(station: Station, tmp_path: Path) -> None:
    first, second = village_called(station, "潘庄"), village_called(station, "业长")
    person(station, "李甲", first, serial=1)
    left = person(station, "李乙", second, serial=2)
    assert export.export_list(station, Query(village=first), tmp_path / "a.xlsx") == 1
    assert export.export_list(director_of(station, second), Query(group="*"), tmp_path / "a.xlsx") == 1
    enrolments.leave(station, people.get(station, left).current[0].id, "2026-11-01", "迁出")
    with pytest.raises(MzError, match="没有可以导出"):
        export.export_list(station, Query(village=second), tmp_path / "b.xlsx")
    with pytest.raises(MzError, match="取消"):
        export.export_list(station, Query(), tmp_path / "b.xlsx", progress=lambda *_: False)
    assert not (tmp_path / "b.xlsx").exists()


def test_a_search_goes_out_whole_however_many_the_screen_shows(station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "SEARCH_CAP", 5)
    village, other = village_called(station, "潘庄"), village_called(station, "业长")
    for serial in range(12):
        person(station, f"李{chr(0x4E00 + serial)}", village if serial % 2 else other, serial=serial)
    assert people.find(station, Query("李")).total_is_floor
    assert export.export_list(station, Query("李"), tmp_path / "a.xlsx") == 12
    assert export.export_list(director_of(station, village), Query("李"), tmp_path / "b.xlsx") == 6
    assert export.export_list(station, Query("李", village=other), tmp_path / "c.xlsx") == 6
    with pytest.raises(MzError, match="没有可以导出"):
        export.export_list(station, Query("，"), tmp_path / "d.xlsx")

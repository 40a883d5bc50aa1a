from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import openpyxl
import pytest

from mzdesk.errors import MzError
from mzdesk.registry import command, divisions, people, roster_import, roster_report
from mzdesk.registry.people import Query
from mzdesk.registry.roster_preview import Action, Choice, Verdict
from mzdesk.registry.snapshot import Snapshot
from mzdesk.station import Station
from mzdesk.store import audit
from mzdesk.store.database import Database
from tests.mzdesk.registry import messy
from tests.mzdesk.registry.conftest import KEY, SALT, director_of, open_station, village_called
from tests.mzdesk.registry.numbers import id_number

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
TRUTHS = sorted(SAMPLES.glob("*.truth.json"))


@pytest.mark.skipif(not TRUTHS, reason="the shared sample rosters are not on this machine")
@pytest.mark.parametrize("truth_path", TRUTHS, ids=lambda path: path.name)
def test_the_sample_rosters_come_out_as_their_truth_says(truth_path: Path, tmp_path: Path, snapshot: Snapshot) -> None:
    truth = json.loads(truth_path.read_text(encoding="utf-8"))
    stem = truth_path.name.removesuffix(".truth.json")
    original = next(path for path in SAMPLES.glob(f"{stem}.*") if path.suffix != ".json")
    copy = Path(shutil.copy(original, tmp_path))
    opened = open_station(tmp_path, Database.create(tmp_path / "station.db", KEY, SALT), township=truth["township"])
    with opened.write() as connection:
        divisions.seed(connection, truth["township"], snapshot)
    said: list[str] = []
    outcome = command.import_file(opened, copy, tmp_path / "report.json", said.append)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    rows = {row["row"]: row for row in report["rows"]}
    assert len(rows) == truth["rows"]
    assert {n: row["reason"] for n, row in rows.items() if row["verdict"] == "needs_look"} == {
        look["row"]: look["why"] for look in truth["needs_look"]
    }
    mended = {repair["row"] for repair in truth["repaired"] if repair["why"] != "clean"}
    assert {n for n, row in rows.items() if row["verdict"] == "repaired"} == mended
    assert sum(row["verdict"] != "needs_look" for row in rows.values()) == truth["must_take"] == outcome.created
    assert people.find(opened, Query()).total == truth["must_take"]
    rejected = openpyxl.load_workbook(tmp_path / f"{stem}-需要核对.xlsx").worksheets[0]
    assert rejected.max_row == 2 + len(truth["needs_look"])
    assert any("需要核对" in line for line in said)
    opened.close()


def villages_of(station: Station) -> list[str]:
    return [row.name for row in divisions.villages(station)]


def verdicts(outcome: roster_import.Outcome) -> list[tuple[str, str]]:
    return [(row.verdict.value, row.reason) for row in outcome.preview.rows]


@pytest.mark.parametrize("seed", range(24))
def test_messy_workbooks(station: Station, tmp_path: Path, seed: int) -> None:
    roster = messy.make(seed, villages_of(station))
    path = messy.write_xlsx(roster, tmp_path / "r.xlsx", seed)
    outcome = roster_import.import_roster(station, path)
    assert verdicts(outcome) == [(person.verdict, person.reason) for person in roster.people], roster.headings
    assert outcome.preview.group == roster.group
    assert people.find(station, Query(group=roster.group)).total == sum(person.verdict != "needs_look" for person in roster.people)


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("gb18030", ","), ("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("gb18030", "\t"), ("utf-16-le", ","), ("utf-8", "|")],
)
def test_messy_text_files(station: Station, tmp_path: Path, encoding: str, separator: str) -> None:
    ways = [name for name in messy.DAMAGES if name not in ("scientific_text",)]
    roster = messy.make(len(encoding) + ord(separator), villages_of(station), damages=ways)
    path = messy.write_csv(roster, tmp_path / "r.csv", encoding, separator)
    outcome = roster_import.import_roster(station, path)
    assert verdicts(outcome) == [(person.verdict, person.reason) for person in roster.people], roster.headings


def plain_roster(path: Path, rows: list[list[object]], headings: tuple[str, ...] = ("姓名", "身份证号", "村", "电话")) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["留守儿童花名册"])
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_a_dry_run_writes_nothing(station: Station, tmp_path: Path) -> None:
    path = plain_roster(tmp_path / "r.xlsx", [["王一", id_number("2015-01-01"), "潘庄村", "13800002206"]])
    looked = roster_import.preview(station, roster_import.open_roster(station, path))
    assert looked.count(Verdict.TAKEN) == 1
    assert people.find(station, Query(group="*")).total == 0


def test_importing_twice_changes_nothing_and_says_so(station: Station, tmp_path: Path) -> None:
    path = plain_roster(tmp_path / "r.xlsx", [["王一", id_number("2015-01-01"), "潘庄村", "13800002206"]])
    assert roster_import.import_roster(station, path).created == 1
    again = roster_import.import_roster(station, path)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert any("导入过" in notice for notice in again.preview.notices)
    assert people.find(station, Query()).total == 1


def test_a_second_roster_adds_a_role_and_fills_what_was_missing(station: Station, tmp_path: Path) -> None:
    number = id_number("1950-01-01")
    first = plain_roster(tmp_path / "a.xlsx", [["王一", number, "潘庄村", ""]])
    roster_import.import_roster(station, first, "留守老年人")
    second = plain_roster(tmp_path / "b.xlsx", [["王一", number, "潘庄村", "13800002206"]])
    outcome = roster_import.import_roster(station, second, "extreme_poverty")
    assert (outcome.created, outcome.updated) == (0, 1)
    (row,) = people.find(station, Query("13800002206")).rows
    assert row.groups == ("left_behind_elder", "extreme_poverty")


def test_doubles_are_shown_side_by_side_and_settled_field_by_field(station: Station, tmp_path: Path) -> None:
    number = id_number("2015-01-01")
    roster_import.import_roster(station, plain_roster(tmp_path / "a.xlsx", [["王一", number, "潘庄村", "13800002206"]]))
    opened = roster_import.open_roster(station, plain_roster(tmp_path / "b.xlsx", [["汪一", number, "潘庄村", "13900002207"]]))
    (row,) = roster_import.preview(station, opened).rows
    assert (row.verdict, row.reason) == (Verdict.NEEDS_LOOK, "name differs")
    choice = {1: Choice(fields={"name": "theirs", "phone": "theirs"})}
    (settled,) = roster_import.preview(station, opened, choices=choice).rows
    assert settled.verdict is Verdict.TAKEN
    assert {(found.field, found.ours, found.theirs) for found in settled.differences} == {
        ("name", "王一", "汪一"),
        ("phone", "13800002206", "13900002207"),
    }
    roster_import.take(station, opened, choices=choice)
    (found,) = people.find(station, Query("汪一")).rows
    assert found.phone_masked == "139****2207"


def test_what_the_registry_holds_is_not_overwritten_without_a_choice(station: Station, tmp_path: Path) -> None:
    number = id_number("2015-01-01")
    roster_import.import_roster(station, plain_roster(tmp_path / "a.xlsx", [["王一", number, "潘庄村", "13800002206"]]))
    outcome = roster_import.import_roster(station, plain_roster(tmp_path / "b.xlsx", [["王一", number, "潘庄村", "13900002207"]]))
    assert outcome.unchanged == 1
    assert "不同" in outcome.preview.rows[0].problem
    assert people.find(station, Query()).rows[0].phone_masked == "138****2206"


def test_cells_are_corrected_in_the_preview_and_kept_over_a_break(station: Station, tmp_path: Path) -> None:
    good = id_number("2015-01-01")
    path = plain_roster(tmp_path / "r.xlsx", [["王一", good[:-1] + "9", "潘庄村", ""], ["李二", id_number("2015-01-02"), "潘庄", ""]])
    opened = roster_import.open_roster(station, path)
    choices = {1: Choice(corrected={"id_no": good}), 2: Choice(Action.SKIP)}
    roster_import.save_choices(station, opened, "left_behind_child", choices)
    group, kept = roster_import.saved_choices(station, roster_import.open_roster(station, path))
    assert (group, kept) == ("left_behind_child", choices)
    outcome = roster_import.take(station, opened, group, kept)
    assert [row.name for row in people.find(station, Query()).rows] == ["王一"]
    assert [row.row for row in outcome.rejected] == [2]
    assert roster_import.saved_choices(station, opened) == ("", {})


def test_a_mismatch_is_overridden_with_a_reason(station: Station, tmp_path: Path) -> None:
    headings = ("姓名", "身份证号", "村", "性别", "出生日期")
    path = plain_roster(tmp_path / "r.xlsx", [["王一", id_number("2015-01-01"), "潘庄村", "女", "2015-01-01"]], headings)
    opened = roster_import.open_roster(station, path)
    assert roster_import.preview(station, opened).rows[0].reason == "sex mismatch"
    outcome = roster_import.take(station, opened, choices={1: Choice(corrected={"identity_override": "户口登记有误"})})
    (row,) = people.find(station, Query()).rows
    assert (outcome.created, row.sex) == (1, "2")


def test_a_mapping_is_remembered_for_the_same_headings(station: Station, tmp_path: Path) -> None:
    headings = ("甲", "身份证号", "乙", "性别", "出生日期")
    path = plain_roster(tmp_path / "r.xlsx", [["王一", id_number("2015-01-01"), "潘庄村", "男", ""]], headings)
    opened = roster_import.open_roster(station, path)
    assert not opened.tables[0].has("name")
    roster_import.remember_mapping(station, opened.tables[0], {0: "name", 2: "village"})
    assert roster_import.import_roster(station, path).created == 1


def test_cancelling_writes_nothing(station: Station, tmp_path: Path) -> None:
    rows: list[list[object]] = [["王一", id_number("2015-01-01", serial % 500), "潘庄村", ""] for serial in range(1200)]
    path = plain_roster(tmp_path / "r.xlsx", rows)
    with pytest.raises(MzError, match="已取消"):
        roster_import.import_roster(station, path, progress=lambda phase, done, total: phase != "保存")
    assert people.find(station, Query(group="*")).total == 0


def test_progress_is_told(station: Station, tmp_path: Path) -> None:
    rows: list[list[object]] = [["王一", id_number("2015-01-01", serial), "潘庄村", ""] for serial in range(500)]
    told: list[tuple[str, int, int]] = []
    roster_import.import_roster(station, plain_roster(tmp_path / "r.xlsx", rows), progress=lambda *step: told.append(step))
    assert ("核对", 500, 500) in told and told[-1] == ("保存", 500, 500)


def test_pasting_goes_the_same_way(station: Station) -> None:
    text = f"姓名\t身份证号\t村\n王一\t{id_number('2015-01-01')}\t潘庄\n李二\t\t潘庄\n"
    outcome = roster_import.take(station, roster_import.open_pasted(station, text), "留守儿童")
    assert verdicts(outcome) == [("taken", ""), ("needs_look", "empty id")]


def test_nothing_in_a_row_is_lost(station: Station, tmp_path: Path) -> None:
    from mzdesk import canonical

    headings = ("姓名", "身份证号", "村", "父亲姓名", "父亲务工地", "母亲电话", "监护人", "就读学校", "家庭人口", "备注", "联系电话")
    row: list[object] = ["王一", id_number("2015-01-01"), "潘庄村", "王大", "江苏", "13700001111", "李婆", "桃园小学", 5, "低保", "13800x"]
    roster_import.import_roster(station, plain_roster(tmp_path / "r.xlsx", [row], headings))
    (found,) = people.find(station, Query("李婆")).rows
    file = people.get(station, found.id)
    assert {(relation.role, relation.name, relation.place) for relation in file.relations} == {
        ("父亲", "王大", "江苏"),
        ("监护人", "李婆", ""),
    }
    profile = canonical.loads(file.current[0].profile_json)
    assert profile["school"] == "桃园小学"
    assert profile["remarks"] == "低保"
    assert profile["列：家庭人口"] == "5"
    assert profile["原联系电话"] == "13800x"


def test_people_without_a_number_need_a_reason(station: Station, tmp_path: Path) -> None:
    headings = ("姓名", "身份证号", "村", "出生日期")
    rows: list[list[object]] = [
        ["王一", "无户籍", "潘庄村", "2020-01-01"],
        ["王一", "无户籍", "潘庄村", "2020-01-01"],
        ["李二", "", "潘庄村", ""],
    ]
    outcome = roster_import.import_roster(station, plain_roster(tmp_path / "r.xlsx", rows, headings))
    assert verdicts(outcome) == [("taken", ""), ("needs_look", "duplicate"), ("needs_look", "empty id")]
    again = roster_import.import_roster(station, plain_roster(tmp_path / "s.xlsx", rows[:1], headings))
    assert again.unchanged == 1


def test_a_childrens_director_imports_only_into_their_villages(station: Station, tmp_path: Path) -> None:
    mine = village_called(station, "潘庄")
    rows: list[list[object]] = [["王一", id_number("2015-01-01"), "潘庄村", ""], ["李二", id_number("2015-01-02"), "业长村", ""]]
    director = director_of(station, mine)
    outcome = roster_import.import_roster(director, plain_roster(tmp_path / "r.xlsx", rows))
    assert verdicts(outcome) == [("taken", ""), ("needs_look", "other village")]
    no_village = plain_roster(tmp_path / "s.xlsx", [["赵三", id_number("2015-01-03")]], ("姓名", "身份证号"))
    assert roster_import.import_roster(director, no_village).created == 1


def test_a_person_of_another_village_is_not_taken_over(station: Station, tmp_path: Path) -> None:
    number = id_number("2015-01-01")
    roster_import.import_roster(station, plain_roster(tmp_path / "a.xlsx", [["王一", number, "业长村", ""]]))
    director = director_of(station, village_called(station, "潘庄"))
    outcome = roster_import.import_roster(director, plain_roster(tmp_path / "b.xlsx", [["王一", number, "潘庄村", ""]]))
    assert verdicts(outcome) == [("needs_look", "registered elsewhere")]


def test_the_group_must_be_known(station: Station, tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text(f"姓名,身份证号,村\n王一,{id_number('2015-01-01')},潘庄村\n", encoding="utf-8")
    assert verdicts(roster_import.import_roster(station, path)) == [("needs_look", "group")]
    assert roster_import.import_roster(station, path, "留守儿童").created == 1
    with pytest.raises(MzError, match="没有这一类"):
        roster_import.import_roster(station, path, "别的")


def test_several_sheets_count_on(station: Station, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for place, village in enumerate(("潘庄", "业长")):
        sheet = book.worksheets[0] if place == 0 else book.create_sheet()
        sheet.title = village + "村"
        sheet.append(["姓名", "身份证号码", "性别"])
        sheet.append([f"王{place}零".replace("0", "甲").replace("1", "乙"), id_number("2015-01-01", place), "男"])
    hidden = book.create_sheet("去年")
    hidden.sheet_state = "hidden"
    hidden.append(["姓名", "身份证号码", "村"])
    hidden.append(["李二", id_number("2015-01-09"), "潘庄"])
    book.save(tmp_path / "留守儿童.xlsx")
    outcome = roster_import.import_roster(station, tmp_path / "留守儿童.xlsx")
    assert [(row.row, row.sheet, row.line) for row in outcome.preview.rows] == [(1, "潘庄村", 2), (2, "业长村", 2)]
    assert {row.village_name for row in people.find(station, Query()).rows} == {"潘庄村", "业长村"}


def test_the_report_holds_no_names_and_numbers_and_the_copy_all_of_the_row(station: Station, tmp_path: Path) -> None:
    number = id_number("2015-01-01")
    rows: list[list[object]] = [["王一", number, "潘庄村", "=cmd"], ["王一", number, "潘庄村", "=HYPERLINK(1)"]]
    path = plain_roster(tmp_path / "r.xlsx", rows)
    book = openpyxl.load_workbook(path)
    for row in (3, 4):
        cell = book.worksheets[0].cell(row, 4)
        cell.value, cell.data_type = "=1+1", "s"
    book.save(path)
    outcome = roster_import.import_roster(station, path, report=tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert number not in text and "王一" not in text
    roster_report.write_rejected(outcome.preview, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    values = [cell.value for cell in sheet[3]]
    assert values[:3] == ["王一", number, "潘庄村"] and "第 1 行" in str(values[-1])
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_an_import_is_logged(station: Station, tmp_path: Path) -> None:
    outcome = roster_import.import_roster(station, plain_roster(tmp_path / "r.xlsx", [["王一", id_number("2015-01-01"), "潘庄", ""]]))
    with station.read() as connection:
        (entry,) = audit.entries(connection, station.scope, audit.Filters(act="import"))
    assert entry.subject == outcome.run_id


def test_rows_in_random_order_come_out_the_same(station: Station, tmp_path: Path) -> None:
    roster = messy.make(99, villages_of(station), damages=["check_digit", "spaces", "future"])
    roster.people = roster.people[:-1]
    random.Random(4).shuffle(roster.people)
    outcome = roster_import.import_roster(station, messy.write_xlsx(roster, tmp_path / "r.xlsx"))
    assert verdicts(outcome) == [(person.verdict, person.reason) for person in roster.people]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("户籍所在村", "潘庄村"),
        ("家庭住址", "山东省泰安市肥城市桃园镇潘庄村三组 12 号"),
        ("现居住地址", "桃园镇潘庄"),
        ("户籍地址", "肥城市桃园镇潘庄村委会"),
        ("自然村", "潘庄"),
    ],
)
def test_a_roster_without_a_column_for_the_village(station: Station, tmp_path: Path, heading: str, cell: str) -> None:
    rows: list[list[object]] = [["王一", id_number("2015-01-01"), cell], ["李二", id_number("2015-01-02"), "潮泉镇白窑村"]]
    outcome = roster_import.import_roster(station, plain_roster(tmp_path / "r.xlsx", rows, ("姓名", "身份证号", heading)))
    assert verdicts(outcome) == [("taken", ""), ("needs_look", "other township")]
    assert people.find(station, Query()).rows[0].village_name == "潘庄村"


def test_a_roster_of_one_village_names_it_in_the_title(station: Station, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    text = f"桃园镇潘庄村留守儿童花名册,,\n姓名,性别,公民身份号码\n王一,男,{id_number('2015-01-01')}\n"
    path.write_text(text, encoding="gb18030")
    assert roster_import.import_roster(station, path).created == 1
    assert people.find(station, Query()).rows[0].village_name == "潘庄村"

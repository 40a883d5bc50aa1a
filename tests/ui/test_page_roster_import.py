from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from mzdesk.registry import divisions, people, roster_undo
from mzdesk.registry.people import Query
from mzdesk.registry.roster_preview import Verdict
from mzdesk.station import Station
from tests.mzdesk.registry.numbers import id_number
from tests.ui.conftest import Desk
from ui.pages.duplicates_side_by_side import SideBySide
from ui.pages.roster_import import CHOOSE, RESULT, REVIEW, RosterImportPage
from ui.pages.roster_import_mapping import MappingDialog, problem_of
from ui.requests import OpenPage

LONG = "买买提江·" + "吐尔逊" * 15
GOOD, BROKEN = id_number("2015-03-02"), id_number("2014-05-06", 2)[:-1] + "Z"
HEADINGS = ("序号", "姓名", "身份证号", "村名", "联系电话", "班主任")


def roster(station: Station, path: Path, *rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> Path:
    """Write a roster of 留守儿童; "村" stands for the first village of the station."""
    village = divisions.villages(station)[0].name
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["桃园镇农村留守儿童花名册"])
    sheet.append(list(headings))
    for row in rows:
        sheet.append([village if cell == "村" else cell for cell in row])
    book.save(path)
    return path


def usual(station: Station, folder: Path) -> Path:
    """A good row, a long and a rare name, a broken number, and the good row again."""
    return roster(
        station,
        folder / "花名册.xlsx",
        ("1", "王小贤", GOOD, "村", "13812345678", "于老师"),
        ("2", LONG, id_number("2016-01-09", 3), "村", "", ""),
        ("3", "单𬱖福", BROKEN, "村", "", ""),
        ("4", "王小贤", GOOD, "村", "13987654321", ""),
    )


def opened(desk: Desk, path: Path) -> RosterImportPage:
    page = desk.open(OpenPage("roster_import", {"path": str(path)}))
    assert isinstance(page, RosterImportPage)
    assert page.steps.currentIndex() == REVIEW
    return page


def wait_for_look(desk: Desk, page: RosterImportPage) -> None:
    page._patience.stop()
    page._look_through()
    desk.settle()


def dialog(desk: Desk, kind: type[Any]) -> Any:
    return next(found for found in desk.window.findChildren(kind) if found.isVisible())


def cell(page: RosterImportPage, line: int, name: str) -> Any:
    """Return the index of a cell by the line of the file."""
    model = page.review.table.rows
    place = next(number for number in range(model.rowCount()) if model.row_at(number).line == line)  # type: ignore[union-attr]
    column = next(number for number in range(model.columnCount()) if model.field_at(number) == name)
    return model.index(place, column)


def test_problems_stand_at_their_cells_and_are_mended_there(desk: Desk, station: Station, tmp_path: Path) -> None:
    page = opened(desk, usual(station, tmp_path))
    review = page.review
    assert review.filters["look"].isChecked()
    review.filters[""].click()
    assert review.table.rows.rowCount() == 4
    wrong = cell(page, 5, "id_no")
    assert "校验码" in review.table.rows.words(wrong).beneath or "字" in review.table.rows.words(wrong).beneath
    assert review.table.rows.words(wrong).text == BROKEN
    assert "*" in review.table.rows.words(cell(page, 3, "id_no")).text
    review.table.setCurrentIndex(wrong)
    assert "Enter" in review.cell_line.text()
    QTest.keyClick(review.table, Qt.Key.Key_Return)
    editor = review.table.findChild(QLineEdit)
    assert editor is not None
    editor.setText(id_number("2014-05-06", 2))
    QTest.keyClick(editor, Qt.Key.Key_Return)
    desk.settle()
    wait_for_look(desk, page)
    assert page._view is not None
    assert page._view.count("ready") == 3
    assert page._view.preview.rows[2].verdict is Verdict.TAKEN


def test_a_roster_is_taken_and_undone(
    desk: Desk, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answered: list[str]
) -> None:
    before = people.count(station, Query())
    page = opened(desk, usual(station, tmp_path))
    copy = tmp_path / "copy.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(copy), ""))
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    page.take()
    desk.settle()
    assert page.steps.currentIndex() == RESULT
    assert people.count(station, Query()) == before + 2
    assert people.find(station, Query(text=LONG[:6])).rows[0].name == LONG
    page.result.copy_button.click()
    desk.settle()
    sheet = load_workbook(copy).worksheets[0]
    cells = [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None]
    assert "单𬱖福" in cells and any("同一个人" in text for text in cells)
    page.result.undo_button.click()
    desk.settle()
    assert "撤销这次导入？" in answered
    assert people.count(station, Query()) == before
    assert roster_undo.recent(station)[0].state == "undone"
    assert page.steps.currentIndex() == CHOOSE
    assert page.choose.earlier.table.rows.rowCount() == 1
    assert not page.choose.undo_button.isEnabled()


def test_cancelling_writes_nothing(desk: Desk, station: Station, tmp_path: Path) -> None:
    before = people.count(station, Query())
    rows = [
        (str(number), f"王{'一二三四五六七八九'[number % 9]}", id_number("2015-01-01", number % 400 + 1), "村", "", "")
        for number in range(700)
    ]
    page = opened(desk, roster(station, tmp_path / "多.xlsx", *rows))
    page.take()
    page._cancel()
    desk.settle()
    assert page.steps.currentIndex() == REVIEW
    assert "已取消" in page.banner.text()
    assert people.count(station, Query()) == before
    assert page.review.take_button.isEnabled()


def test_what_was_decided_outlives_a_break(desk: Desk, station: Station, tmp_path: Path) -> None:
    path = usual(station, tmp_path)
    page = opened(desk, path)
    page._mend(3, "id_no", id_number("2014-05-06", 2))
    page._turn_row(page._view.preview.rows[0])  # type: ignore[union-attr]
    desk.settle()
    page._start_again()
    desk.settle()
    page = opened(desk, path)
    assert "接着上次" in page.banner.text()
    assert page._view is not None
    assert page._view.count("skipped") == 1
    assert page._view.is_corrected(page._view.preview.rows[2], "id_no")


def test_a_mapping_is_chosen_and_remembered(desk: Desk, station: Station, tmp_path: Path) -> None:
    headings = ("甲", "姓名", "身份证号", "村名", "某个号")
    path = roster(station, tmp_path / "甲.xlsx", ("1", "王小贤", GOOD, "村", "13812345678"), headings=headings)
    page = opened(desk, path)
    page.review.mapping_button.click()
    chooser = dialog(desk, MappingDialog)
    box = chooser.boxes[0][4]
    assert box.currentData() == ""
    box.setCurrentIndex(box.findData("phone"))
    chooser.submit()
    desk.settle()
    page.take()
    desk.settle()
    found = people.find(station, Query(text="13812345678")).rows
    assert [row.name for row in found] == ["王小贤"]
    again = roster(station, tmp_path / "乙.xlsx", ("1", "单𬱖福", id_number("2014-05-06", 2), "村", "13812345679"), headings=headings)
    page._start_again()
    desk.settle()
    page = opened(desk, again)
    assert page._view is not None and "phone" in page._view.fields


def test_a_mapping_that_cannot_work_says_why() -> None:
    assert "两列" in problem_of({0: "name", 1: "phone", 2: "phone"})
    assert "姓名" in problem_of({0: "phone", 1: ""})
    assert problem_of({0: "name", 1: "id_no", 2: "", 3: ""}) == ""


def test_doubles_are_compared_field_by_field(desk: Desk, station: Station, tmp_path: Path) -> None:
    page = opened(desk, usual(station, tmp_path))
    page.take()
    desk.settle()
    page._start_again()
    desk.settle()
    changed = roster(station, tmp_path / "二.xlsx", ("1", "王小贤", GOOD, "村", "15900001111", ""))
    page = opened(desk, changed)
    page.review.filters["known"].click()
    page.review.table.setCurrentIndex(page.review.table.rows.index(0, 2))
    page.review.compare_button.click()
    chooser = dialog(desk, SideBySide)
    chooser.groups["phone"][1].setChecked(True)
    chooser.submit()
    wait_for_look(desk, page)
    page.take()
    desk.settle()
    row = people.find(station, Query(text="15900001111")).rows
    assert [one.name for one in row] == ["王小贤"]


def test_rows_are_pasted_from_a_table(desk: Desk, station: Station) -> None:
    page = desk.open(OpenPage("roster_import"))
    village = divisions.villages(station)[0].name
    QGuiApplication.clipboard().setText(f"姓名\t身份证号\t村名\n王小贤\t{GOOD}\t{village}\n")
    page.choose.paste_button.click()
    desk.settle()
    assert page.steps.currentIndex() == REVIEW
    page._choose_group("left_behind_child")
    wait_for_look(desk, page)
    assert page._view.count("ready") == 1
    page._start_again()
    QGuiApplication.clipboard().clear()
    page.paste()
    assert "剪贴板" in page.banner.text()


def test_a_file_that_cannot_be_read_says_so_and_leaves_the_page(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    page = desk.open(OpenPage("roster_import", {"path": str(path)}))
    assert page.steps.currentIndex() == CHOOSE
    assert page.banner.text()


def test_a_roster_dropped_on_the_list_of_people_is_looked_through(desk: Desk, station: Station, tmp_path: Path) -> None:
    page = desk.open(OpenPage("people"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(usual(station, tmp_path)))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
    desk.settle()
    assert desk.window.current == "roster_import"
    imported = desk.window.page("roster_import")
    assert isinstance(imported, RosterImportPage)
    assert imported.steps.currentIndex() == REVIEW

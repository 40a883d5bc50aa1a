from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from mzdesk.registry import filters, people
from mzdesk.registry.people import Query
from mzdesk.station import Station
from mzdesk.store import audit
from mzdesk.store.scope import Role, scope_for
from tests.ui.conftest import Desk
from ui import dialogs
from ui.pages.people import PeoplePage
from ui.pages.people_columns import COLUMNS, DEFAULT, exported, known
from ui.pages.people_columns_dialog import ColumnDialog
from ui.paper_preview import PaperPreview
from ui.requests import OpenPage


def opened(desk: Desk) -> PeoplePage:
    page = desk.open(OpenPage("people"))
    assert isinstance(page, PeoplePage)
    return page


def titles(page: PeoplePage) -> list[str]:
    model = page.table.rows
    return [str(model.headerData(number, Qt.Orientation.Horizontal)) for number in range(model.columnCount())]


def written(path: Path) -> list[tuple[Any, ...]]:
    return [row for row in load_workbook(path).worksheets[0].iter_rows(values_only=True) if any(row)]


def test_columns_are_chosen_by_keys_and_remembered(desk: Desk, station: Station) -> None:
    page = opened(desk)
    page.columns_button.click()
    dialog = next(found for found in desk.window.findChildren(ColumnDialog) if found.isVisible())
    place = dialog.keys().index("sex")
    dialog.list.setCurrentRow(place)
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    number = [dialog.list.item(row).text() for row in range(dialog.list.count())].index("身份证号")
    dialog.list.setCurrentRow(number)
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    for _step in range(number - 1):
        dialog.move_by(-1)
    dialog.submit()
    desk.settle()
    assert titles(page)[:2] == ["姓名", "身份证号"]
    assert "性别" not in titles(page)
    assert filters.saved_columns(station, DEFAULT) == page.table.keys
    masked = page.table.rows.data(page.table.rows.index(0, 1))
    assert "****" in masked


def test_every_column_can_be_shown(desk: Desk) -> None:
    page = opened(desk)
    page.table.show_columns(tuple(COLUMNS), desk.window.desk.station.today())
    for number in range(page.table.rows.columnCount()):
        assert page.table.rows.data(page.table.rows.index(0, number)) is not None
    assert known(("nothing", "of", "this")) == DEFAULT
    assert "number" in exported(DEFAULT)


def test_headings_sort_forwards_and_backwards(desk: Desk) -> None:
    page = opened(desk)
    names = [row.name for row in page.table.rows.rows()]
    page.table._press_heading(0)
    desk.settle()
    first = [row.name for row in page.table.rows.rows()]
    page.table._press_heading(0)
    desk.settle()
    assert [row.name for row in page.table.rows.rows()] == first[::-1]
    assert sorted(first) == sorted(names)
    page.table._press_heading(page.table.keys.index("age"))
    desk.settle()
    ages = [row.age or 0 for row in page.table.rows.rows()]
    assert ages == sorted(ages)
    assert page.sort.currentData() == "birth"


def test_a_filter_is_kept_under_a_name(desk: Desk, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    people.edit(station, people.find(station, Query()).rows[0].id, {"tags": "alone"})
    page = opened(desk)
    assert page.tag.findData("alone") > 0
    page.tag.setCurrentIndex(page.tag.findData("alone"))
    page.table.sort_wanted.emit("-name")
    desk.settle()
    assert len(page.table.rows.rows()) == 1
    monkeypatch.setattr(dialogs, "ask_text", lambda *_, **__: "独居的")
    page.saved.save()
    desk.settle()
    page.tag.setCurrentIndex(0)
    page.opened()
    desk.settle()
    assert len(page.table.rows.rows()) > 1
    page.saved.chosen.emit(page.saved.saved[0])
    desk.settle()
    assert len(page.table.rows.rows()) == 1 and page.query().sort == "-name"
    page.saved.forget(page.saved.saved[0])
    desk.settle()
    assert page.saved.saved == ()


def test_several_are_chosen_by_keys_printed_and_exported(
    desk: Desk, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(desk)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    chosen = page.table.chosen()
    assert len(chosen) == 2 and "已选 2 人" in page.chosen_words.text()
    assert not page.visit_button.isEnabled()
    page.print_button.click()
    desk.settle()
    preview = next(found for found in desk.window.findChildren(PaperPreview) if found.isVisible())
    assert len(preview.pages) == 2
    path = tmp_path / "所选.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    page.export_chosen_button.click()
    desk.settle()
    text = [str(cell) for row in written(path) for cell in row if cell is not None]
    assert {row.name for row in chosen} <= set(text)
    assert not any(row.name in text for row in page.table.rows.rows() if row not in chosen)
    with station.read() as connection:
        acts = [entry.act for entry in audit.entries(connection, station.scope)]
    assert acts.count("export") == 1 and acts.count("print") == 2


def test_whole_numbers_leave_only_with_a_reason(desk: Desk, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(desk)
    page._choose_columns(("name", "id_no"))
    path = tmp_path / "完整.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(dialogs, "ask_text", lambda *_, **__: "")
    page._export(whole=True)
    desk.settle()
    assert not path.exists()
    page._export(whole=False)
    desk.settle()
    first = page.table.rows.rows()[0]
    assert first.id_masked in [str(cell) for row in written(path) for cell in row]
    monkeypatch.setattr(dialogs, "ask_text", lambda *_, **__: "录入全国系统")
    page._export(whole=True)
    desk.settle()
    person = people.reveal(station, first.id, "核对")
    assert person.id_no in [str(cell) for row in written(path) for cell in row]
    page.exports.export_register("left_behind_child", "")
    desk.settle()
    assert "父亲姓名" in [str(cell) for row in written(path) for cell in row]


def test_who_may_not_take_whole_numbers_is_not_offered_them(desk: Desk, station: Station, open_desk: Any) -> None:
    worker = station.as_user(scope_for("u9", "社工", Role.SOCIAL_WORKER, None))
    page = opened(open_desk(worker))
    words = [action.text() for action in page.export_button.menu().actions()]
    assert not any("完整" in text for text in words)
    assert any("花名册" in text for text in words)


def test_an_empty_station_shows_the_way_in(desk: Desk) -> None:
    page = opened(desk)
    page.show_people(people.Page((), 0))
    assert page._faces.currentIndex() == 2
    page.search.setText("查无此人")
    page.show_people(people.Page((), 0))
    assert page._faces.currentIndex() == 1

from __future__ import annotations

from mzdesk.registry import doubles, people
from mzdesk.registry.journal import Journal
from mzdesk.registry.people import PersonRow, Query
from mzdesk.station import Station
from tests.ui.conftest import Desk
from ui.pages.duplicates import DuplicatesPage
from ui.pages.duplicates_side_by_side import SideBySide
from ui.pages.person import PersonPage
from ui.requests import OpenPage, OpenPerson


def written_twice(station: Station) -> tuple[PersonRow, str]:
    """Register somebody again, without a number, in another village; return the first file and the id of the second."""
    first, other = people.find(station, Query(sort="name")).rows[:2]
    told = {"name": first.name, "birth_date": first.birth_date, "sex": first.sex, "village": other.village}
    with station.write() as connection:
        journal = Journal(connection, station, "edit")
        second = journal.create("person", {**told, "phone": "13812345679", "address": "三组9号", "id_no_absent": "无户籍"})
        journal.close()
    return first, second


def side_by_side(desk: Desk) -> SideBySide:
    return next(found for found in desk.window.findChildren(SideBySide) if found.isVisible())


def test_two_files_are_joined_by_field_and_taken_apart(desk: Desk, station: Station, answered: list[str]) -> None:
    first, second = written_twice(station)
    page = desk.open(OpenPage("duplicates"))
    assert isinstance(page, DuplicatesPage)
    assert [suspect.key for suspect in page.suspects.table.rows.rows()] == [(first.id, second)]
    page.compare()
    dialog = side_by_side(desk)
    dialog.submit()
    assert dialog.isVisible() and dialog.reason is not None and "依据" in dialog.reason.message.text()
    assert "id_no" not in dialog.groups  # blank on one side: filled without asking
    dialog.groups["phone"][1].setChecked(True)
    dialog.reason.control.setText("重复登记")  # type: ignore[attr-defined]
    dialog.submit()
    desk.settle()
    kept = people.reveal(station, first.id, "核对")
    assert kept.phone == "13812345679" and kept.id_no
    assert page.suspects.table.rows.rows() == ()
    assert [made.name for made in page.joined.table.rows.rows()] == [first.name]
    page.joined.table.select(0)
    page.undo_button.click()
    desk.settle()
    assert "拆开这次合并？" in answered
    assert people.reveal(station, first.id, "核对").phone != "13812345679"
    assert len(doubles.find(station)) == 1
    assert not page.undo_button.isEnabled()


def test_a_file_says_that_there_is_another_one(desk: Desk, station: Station) -> None:
    first, _second = written_twice(station)
    page = desk.open(OpenPerson(first.id))
    assert isinstance(page, PersonPage)
    assert "姓名和出生日期相同" in page.double_banner.text()
    page.compare()
    dialog = side_by_side(desk)
    dialog.reason.control.setText("同一个人")  # type: ignore[union-attr]
    dialog.submit()
    desk.settle()
    assert page.double_banner.text() == ""


def test_people_with_two_valid_numbers_are_two_people(station: Station) -> None:
    assert doubles.find(station) == ()


def test_a_register_without_doubles_says_so(desk: Desk) -> None:
    page = desk.open(OpenPage("duplicates"))
    assert page.suspects.empty.isVisible() and not page.joined_card.isVisible()
    assert not page.compare_button.isEnabled()

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from mzdesk.registry import enrolments, people, relations
from mzdesk.registry.people import PersonRow, Query
from mzdesk.station import Station
from tests.mzdesk.registry.numbers import id_number
from tests.ui.conftest import Desk
from ui import dialogs
from ui.ask import Ask
from ui.pages.person import PersonPage
from ui.pages.person_edit import PersonEdit, changes_of
from ui.pages.person_edit_tags import TagDialog
from ui.paper_preview import PaperPreview
from ui.requests import OpenPerson

LONG = "买买提江·" + "吐尔逊" * 15


def rows(station: Station) -> tuple[PersonRow, ...]:
    return people.find(station, Query(sort="name")).rows


def opened(desk: Desk, person_id: str) -> PersonPage:
    page = desk.open(OpenPerson(person_id))
    assert isinstance(page, PersonPage)
    return page


def fill(dialog: Ask, **values: str) -> None:
    for name, value in values.items():
        control: Any = dialog.controls[name]
        if hasattr(control, "setText"):
            control.setText(value)
        elif control.findData(value) >= 0:
            control.setCurrentIndex(control.findData(value))
        else:
            control.setEditText(value)


def done(desk: Desk, dialog: Ask) -> None:
    dialog.submit()
    desk.settle()


def editing(desk: Desk, page: PersonPage) -> PersonEdit:
    page.edit_button.click()
    return next(found for found in desk.window.findChildren(PersonEdit) if found.isVisible())


def words(page: PersonPage) -> str:
    parts: list[QLabel | QPushButton] = [*page.findChildren(QLabel), *page.findChildren(QPushButton)]
    return "\n".join(found.text() for found in parts if found.isVisible())


def act(page: PersonPage, name: str) -> None:
    """Press a verb by the name that is read out."""
    next(found for found in page.findChildren(QPushButton) if found.isVisible() and found.accessibleName() == name).click()


def test_who_a_person_is_is_edited_with_checks_at_the_field(desk: Desk, station: Station) -> None:
    first = rows(station)[0]
    page = opened(desk, first.id)
    dialog = editing(desk, page)
    number = id_number("2016-02-29", 7, male=False)
    fill(dialog, id_no=number[:17])
    assert "✕" in dialog.fields["id_no"].message.text()
    fill(dialog, sex="1", birth_date="2016-02-28", id_no=number)
    assert "✓ 2016-02-29" in dialog.fields["id_no"].message.text()
    assert "不一致" in dialog.fields["birth_date"].message.text() and "不一致" in dialog.fields["sex"].message.text()
    done(desk, dialog)
    assert "写明原因" in dialog.fields["reason"].message.text()
    fill(dialog, reason="证件更正")
    done(desk, dialog)
    assert dialog.isVisible()  # still refused: sex and date do not agree with the number
    fill(dialog, identity_override="户口簿登记如此")
    assert "不一致" not in dialog.fields["sex"].message.text()
    done(desk, dialog)
    person = people.reveal(station, first.id, "核对")
    assert (person.id_no, person.birth_date, person.identity_override) == (number, "2016-02-28", "户口簿登记如此")
    assert number not in words(page) and "3709**********" in words(page)


def test_a_number_fills_what_is_blank_and_masked_numbers_stay(desk: Desk, station: Station) -> None:
    first = rows(station)[0]
    before = people.reveal(station, first.id, "核对")
    page = opened(desk, first.id)
    dialog = editing(desk, page)
    fill(dialog, birth_date="", sex="0", id_no=id_number("2015-03-02", 9))
    assert dialog.value("birth_date") == "2015-03-02" and dialog.value("sex") == "1"
    dialog.reject()
    dialog = PersonEdit(page, desk.window.desk, page._file.person)  # type: ignore[union-attr]
    fill(dialog, address="三组9号")
    assert changes_of(page._file.person, dialog.values()) == {"address": "三组9号"}  # type: ignore[union-attr]
    done(desk, dialog)
    after = people.reveal(station, first.id, "核对")
    assert (after.address, after.phone, after.id_no) == ("三组9号", before.phone, before.id_no)
    dialog = PersonEdit(page, desk.window.desk, page._file.person)  # type: ignore[union-attr]
    fill(dialog, phone_absent="老人不用手机")
    done(desk, dialog)
    assert people.reveal(station, first.id, "核对").phone == ""


def test_the_number_of_somebody_else_is_refused_at_the_field(desk: Desk, station: Station) -> None:
    first, second = rows(station)[:2]
    page = opened(desk, first.id)
    dialog = editing(desk, page)
    other = people.reveal(station, second.id, "核对")
    fill(dialog, id_no=other.id_no, birth_date=other.birth_date, sex=other.sex, reason="更正")
    done(desk, dialog)
    assert "登记在" in dialog.fields["id_no"].message.text()


def test_a_group_is_changed_put_off_left_and_taken_back(desk: Desk, station: Station) -> None:
    first = rows(station)[0]
    page = opened(desk, first.id)
    role = page._file.current[0]  # type: ignore[union-attr]
    acts = page.role_acts
    dialog = acts.change(role)
    fill(dialog, risk="high", responsible="于老师")
    done(desk, dialog)
    assert "高风险" in words(page) and "于老师" in words(page)
    dialog = acts.suspend(page._file.current[0])  # type: ignore[union-attr]
    fill(dialog, suspended_until="2026-07-31", suspended_why="住院")
    done(desk, dialog)
    assert "暂停到 2026年7月31日：住院" in words(page)
    act(page, "恢复留守儿童的走访")
    desk.settle()
    assert "下次应访" in words(page)
    dialog = acts.leave(page._file.current[0])  # type: ignore[union-attr]
    fill(dialog, left_on="2020-01-01", why="父母返回")
    done(desk, dialog)
    assert "纳入日期是" in dialog.fields["left_on"].message.text()
    fill(dialog, left_on="2026-06-15")
    done(desk, dialog)
    assert page._file is not None and page._file.current == ()
    act(page, "恢复留守儿童")
    back = next(found for found in desk.window.findChildren(Ask) if found.isVisible())
    fill(back, why="登记有误")
    done(desk, back)
    assert len(people.get(station, first.id).current) == 1


def test_a_person_moves_leaves_dies_and_comes_back(desk: Desk, station: Station) -> None:
    first = rows(station)[0]
    page = opened(desk, first.id)
    page.role_acts.move(page._file)  # type: ignore[arg-type]
    desk.settle()
    dialog = next(found for found in desk.window.findChildren(Ask) if found.isVisible())
    village = str(dialog.controls["village"].itemData(0))  # type: ignore[union-attr]
    done(desk, dialog)
    assert people.get(station, first.id).person.village == village != first.village
    for begin, values in (
        (page.role_acts.move_away, {"to": "新泰市青云街道"}),
        (page.role_acts.record_death, {"on": "2026-06-14"}),
    ):
        dialog = begin(page._file)  # type: ignore[arg-type]
        fill(dialog, **values)
        done(desk, dialog)
        assert people.get(station, first.id).current == ()
        assert not page.visit_button.isEnabled()
        dialog = page.role_acts.revive(page._file)  # type: ignore[arg-type]
        fill(dialog, why="登记有误")
        done(desk, dialog)
        assert len(people.get(station, first.id).current) == 1
    page._fill_acts()
    assert any("纳入特困人员" in action.text() for action in page.acts_menu.actions())


def test_a_relation_is_picked_by_search_and_seen_from_both_sides(desk: Desk, station: Station) -> None:
    first, second = rows(station)[:2]
    page = opened(desk, first.id)
    dialog = page.relation_acts.add(page._file)  # type: ignore[arg-type]
    dialog.search.line.setText(second.name)
    dialog.search.search()
    desk.settle()
    dialog.search.found.itemActivated.emit(dialog.search.found.item(0))
    assert dialog.other is not None and dialog.other.id == second.id
    fill(dialog, kind="carer")
    done(desk, dialog)
    assert any(relation.other_id == second.id for relation in people.get(station, first.id).relations)
    page = opened(desk, second.id)
    assert "被照护人" in words(page) and first.name in words(page)


def test_a_relation_is_written_changed_and_removed(desk: Desk, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rows(station)[0]
    page = opened(desk, first.id)
    before = len(people.get(station, first.id).relations)
    dialog = page.relation_acts.add(page._file)  # type: ignore[arg-type]
    fill(dialog, kind="contact", name=LONG, phone="123")
    done(desk, dialog)
    assert "手机 11 位" in dialog.fields["phone"].message.text()
    fill(dialog, phone="13812345678")
    done(desk, dialog)
    made = next(relation for relation in people.get(station, first.id).relations if relation.name == LONG)
    change = page.relation_acts.change(made)
    fill(change, place="浙江省温州市")
    done(desk, change)
    with station.read() as connection:
        from mzdesk.store import rows as stored

        kept = next(row for row in stored.relations(connection, station.scope, [first.id]) if row.name == LONG)
    assert (kept.phone, kept.place) == ("13812345678", "浙江省温州市")
    monkeypatch.setattr(dialogs, "ask_text", lambda *_, **__: "登记有误")
    page.relation_acts.remove(made)
    desk.settle()
    assert len(people.get(station, first.id).relations) == before


def test_tags_are_ticked_and_ones_own_are_added(desk: Desk, station: Station) -> None:
    first = rows(station)[0]
    page = opened(desk, first.id)
    page.tags.edit_button.click()
    dialog = next(found for found in desk.window.findChildren(TagDialog) if found.isVisible())
    dialog.tags["alone"].setChecked(True)
    dialog.aids["dibao"].setChecked(True)
    dialog.own.setText("一二三四五六七八九十一二三")
    dialog.add_own()
    assert "标签" in dialog.own_field.message.text()
    dialog.own.setText("低视力")
    dialog.submit()
    desk.settle()
    person = people.get(station, first.id).person
    assert set(person.tags.split()) == {"alone", "低视力"} and "dibao" in person.aids.split()
    assert "独居" in words(page) and "低保" in words(page)


def test_hints_come_with_their_reason_and_change_nothing(desk: Desk, station: Station) -> None:
    first = rows(station)[0]
    relations.add(station, first.id, "father", {"name": "王才"})
    enrolments.enrol(station, first.id, "extreme_poverty")
    enrolments.enrol(station, first.id, "child_in_difficulty", category="orphan")
    page = opened(desk, first.id)
    assert page.hints.isVisible()
    assert "不能同时登记" in words(page) and "依据：" in words(page)
    assert len(people.get(station, first.id).current) == 3


def test_the_card_is_printed_and_logged(desk: Desk, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(desk, rows(station)[0].id)
    page.print_card()
    desk.settle()
    preview = next(found for found in desk.window.findChildren(PaperPreview) if found.isVisible())
    assert len(preview.pages) == 1
    monkeypatch.setattr(dialogs, "ask_text", lambda *_, **__: "")
    before = len(desk.window.findChildren(PaperPreview))
    page.print_whole_card()
    desk.settle()
    assert len(desk.window.findChildren(PaperPreview)) == before

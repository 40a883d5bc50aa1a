"""The desk worked by keys: the day's list, a visit from start to record, drafts that survive, who may see what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from mzdesk.casework import drafts, records
from mzdesk.registry import people
from mzdesk.station import Station
from mzdesk.store.records import RecordFilter
from mzdesk.store.scope import Role, scope_for
from tests.ui.conftest import NAME, Desk
from tests.ui.keyboard import type_text, write
from ui import form_view
from ui.main_window import MainWindow
from ui.pages.fill import FillPage
from ui.pages.people import PeoplePage
from ui.pages.person import PersonPage
from ui.pages.record import RecordPage
from ui.pages.records import RecordsPage
from ui.pages.today import TodayPage
from ui.paper_preview import PaperPreview
from ui.requests import AmendRecord, ContinueDraft, OpenPage, OpenPerson, OpenRecord, StartForm

VISIT = {
    "/data/visit/contact_mode": "home",
    "/data/visit/reached": "yes",
    "/data/visit/saw_child": "yes",
    "/data/visit/saw_carer": "yes",
    "/data/action/risk_level": "low",
    "/data/action/report_required": "no",
} | {f"/data/grades/grade_{name}": "good" for name in ("care", "living", "health", "school", "mood", "safety")}


def first_person(station: Station) -> str:
    return people.find(station, people.Query()).rows[0].id


def start_visit(desk: Desk, person: str) -> FillPage:
    page = desk.open(StartForm(person_id=person, kind="visit", group="left_behind_child"))
    assert isinstance(page, FillPage) and page.view is not None
    return page


def texts_of(widget: object, kind: type) -> list[str]:
    return [child.text() for child in widget.findChildren(kind)]  # type: ignore[attr-defined]


def test_the_day_is_shown_and_leads_to_a_visit(desk: Desk, station: Station) -> None:
    page = desk.open(OpenPage("today"))
    assert isinstance(page, TodayPage)
    starts = [button for button in page.due_card.findChildren(QPushButton) if button.text() == "开始走访"]
    due = people.find(station, people.Query(due="overdue")).total + people.find(station, people.Query(due="week")).total
    assert starts and len(starts) >= min(due, 1)
    starts[0].setFocus()
    QTest.keyClick(starts[0], Qt.Key.Key_Space)
    desk.settle()
    fill = desk.window.page("fill")
    assert isinstance(fill, FillPage) and fill.view is not None
    assert fill.view.session.form.form_id == "left_behind_child_visit"


def test_search_as_one_types_and_open_by_keys(desk: Desk, station: Station) -> None:
    page = desk.open(OpenPage("people"))
    assert isinstance(page, PeoplePage)
    everyone = page.table.rows.rows()
    wanted = everyone[-1]
    page.search.setFocus()
    type_text(page.search, wanted.name)
    page._timer.stop()
    page.opened()
    desk.settle()
    assert wanted.id in [row.id for row in page.table.rows.rows()]
    assert len(page.table.rows.rows()) <= len(everyone)
    QTest.keyClick(page.search, Qt.Key.Key_Down)
    assert page.table.hasFocus()
    page.table.select([row.id for row in page.table.rows.rows()].index(wanted.id))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    desk.settle()
    person = desk.window.page("person")
    assert isinstance(person, PersonPage)
    assert person.heading.whole_text() == wanted.name


def test_nobody_found_says_what_to_do(desk: Desk) -> None:
    page = desk.open(OpenPage("people", {"text": "查无此人"}))
    assert page.found.text().endswith("0 人")
    assert page._faces.currentIndex() == 1


def test_a_visit_becomes_a_record_that_waits(desk: Desk, station: Station) -> None:
    before = records.count(station, RecordFilter(kinds=("visit",)))
    page = start_visit(desk, first_person(station))
    view = page.view
    assert view is not None
    for ref, value in VISIT.items():
        view.change(ref, value)
    QTest.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    page.submit()
    desk.settle()
    assert records.count(station, RecordFilter(kinds=("visit",))) == before + 1
    assert drafts.all_of(station) == ()
    shown = desk.window.page("record")
    assert isinstance(shown, RecordPage)
    assert desk.window.current == "record"
    assert shown.status.text() == "待同步"


def test_submitting_an_unfinished_form_leads_to_the_first_problem(desk: Desk, station: Station) -> None:
    page = start_visit(desk, first_person(station))
    assert "还有" in page.problems.text()
    page.submit()
    desk.settle()
    assert desk.window.current == "fill"
    assert page.view is not None
    focus = QApplication.focusWidget()
    first = page.view.problems()[0].ref
    assert focus is not None and page.view.parts.fields[first].isAncestorOf(focus)


def test_a_draft_outlives_the_program(
    station: Station, open_desk: Callable[[Station], Desk], monkeypatch: pytest.MonkeyPatch, qtbot: object
) -> None:
    monkeypatch.setattr(form_view, "DRAFT_MS", 20)
    desk = open_desk(station)
    page = start_visit(desk, first_person(station))
    assert page.view is not None
    page.view.jump_to("/data/action/problems")
    write("水缸没有盖")
    qtbot.waitUntil(lambda: bool(drafts.all_of(station)), timeout=5000)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.saved.text() == "草稿已保存 09:00", timeout=5000)  # type: ignore[attr-defined]
    # As after a power cut: a new window, nothing asked of the old one.
    again = open_desk(station)
    draft = drafts.all_of(station)[0]
    resumed = again.open(ContinueDraft(draft.id))
    assert resumed.view.session.state("/data/action/problems").value == "水缸没有盖"


def test_the_crash_net_and_the_lock_keep_what_is_typed(desk: Desk, station: Station) -> None:
    page = start_visit(desk, first_person(station))
    assert page.view is not None
    page.view.change("/data/action/problems", "没有存的话")
    locked: list[bool] = []
    desk.window.locked.connect(lambda: locked.append(True))
    desk.window.lock()
    assert locked == [True]
    assert [draft.answers["action"]["problems"] for draft in drafts.all_of(station)] == ["没有存的话"]


def test_an_untouched_form_leaves_no_ghost(desk: Desk, station: Station) -> None:
    start_visit(desk, first_person(station))
    desk.open(OpenPage("today"))
    desk.window.save_now()
    assert drafts.all_of(station) == ()


def test_a_child_is_registered_in_a_village_by_keys(desk: Desk, station: Station) -> None:
    page = desk.open(StartForm(kind="registration"))
    lines = [button.accessibleName() for button in page.choice.buttons]
    page.choice.buttons[next(place for place, words in enumerate(lines) if "留守儿童" in words)].click()
    desk.settle()
    combo = page.choice.combo
    type_text(combo.line, combo.itemText(2))
    QTest.keyClick(combo.line, Qt.Key.Key_Return)
    assert page.choice.go_on.hasFocus()
    QTest.keyClick(page.choice.go_on, Qt.Key.Key_Space)
    desk.settle()
    told = {
        "identity/person_name": "王𬱖垚",
        "identity/hukou": "no",
        "identity/id_no_absent": "没有上户口",
        "identity/person_sex": "1",
        "identity/person_birth_date": "2018-03-18",
        "identity/phone_absent": "没有电话",
        "parents/father_away": "yes",
        "parents/mother_away": "yes",
        "care/living_with": "paternal",
        "care/custody": "trustee_good",
        "filing/risk_level": "low",
    }
    for name, value in told.items():
        page.view.change(f"/data/{name}", value)
    assert page.view.problems() == ()
    page.submit()
    desk.settle()
    found = people.find(station, people.Query(text="王𬱖垚")).rows
    assert [row.village for row in found] == [station.identity.villages[1]]
    assert desk.window.current == "record"


def test_a_begun_form_is_offered_again(desk: Desk, station: Station) -> None:
    person = first_person(station)
    page = start_visit(desk, person)
    assert page.view is not None
    page.view.change("/data/action/problems", "写了一半")
    page.save_now()
    again = desk.open(StartForm(person_id=person, kind="visit", group="left_behind_child"))
    assert again.view is None
    assert again.choice.buttons[0].hasFocus()
    again.choice.buttons[0].click()
    desk.settle()
    assert again.view.session.state("/data/action/problems").value == "写了一半"


def test_discarding_asks_and_removes(desk: Desk, station: Station, answered: list[str]) -> None:
    page = start_visit(desk, first_person(station))
    assert page.view is not None
    page.view.change("/data/action/problems", "不要了")
    page.save_now()
    page.discard()
    desk.settle()
    assert answered == ["放弃这份草稿？"]
    assert drafts.all_of(station) == ()
    assert desk.window.current == "today"


def test_a_correction_keeps_both_versions(desk: Desk, station: Station) -> None:
    old = records.find(station, RecordFilter(kinds=("visit",)))[0]
    page = desk.open(AmendRecord(old.id))
    assert page.state.text() == "更正"
    for ref, value in VISIT.items():
        page.view.change(ref, value)
    page.view.change("/data/action/problems", "改过了")
    assert page.view.problems() == ()
    page.submit()
    desk.settle()
    chain = records.versions(station, old.id)
    assert [len(chain), chain[-1].row.amends] == [2, old.id]
    notice = desk.window.page("record").banner.text()
    assert "更正过 1 次" in notice


def test_a_report_that_is_needed_is_asked_for(desk: Desk, station: Station, answered: list[str]) -> None:
    page = start_visit(desk, first_person(station))
    assert page.view is not None
    for ref, value in (VISIT | {"/data/action/report_required": "yes"}).items():
        page.view.change(ref, value)
    page.submit()
    desk.settle()
    assert answered == ["请先拨打110"]
    assert desk.window.current == "fill"
    assert page.view is not None and page.view.session.form.form_id == "mandatory_report"


def test_the_report_button_is_in_reach_from_every_page(desk: Desk) -> None:
    for key in ("today", "people", "records", "exchange"):
        desk.open(OpenPage(key))
        assert desk.window.report_button.isVisible()
    desk.window.report_button.click()
    desk.settle()
    fill = desk.window.page("fill")
    assert isinstance(fill, FillPage) and fill.view is not None
    assert fill.view.session.form.kind == "report"


def test_records_show_their_state_and_their_paper(desk: Desk) -> None:
    page = desk.open(OpenPage("records"))
    assert isinstance(page, RecordsPage)
    model = page.table.rows
    shown = {
        model.headerData(column, Qt.Orientation.Horizontal): model.data(model.index(0, column)) for column in range(model.columnCount())
    }
    assert shown["状态"] == "待同步"
    assert shown["回执号"] == ""
    QTest.keyClick(page.table, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    page._print()
    desk.settle()
    preview = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, PaperPreview) and widget.isVisible())
    assert preview.pages and not preview.pages[0].pixmap().isNull()
    preview.close()


def test_numbers_are_masked_until_shown_on_purpose(desk: Desk, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import dialogs

    person = first_person(station)
    page = desk.open(OpenPerson(person))
    whole = people.reveal(station, person, "测试").id_no
    words = " ".join(texts_of(page.facts, type(page.facts.title)))
    assert whole not in words and "****" in words
    monkeypatch.setattr(dialogs, "ask_text", lambda *_words, **_more: "核对低保申请")
    page.reveal()
    desk.settle()
    assert whole in " ".join(texts_of(page.facts, type(page.facts.title)))


def test_a_role_sees_its_own_pages(station: Station, open_desk: Callable[[Station], Desk]) -> None:
    keys = {}
    for role in Role:
        scope = scope_for("a", NAME, role, frozenset(station.identity.villages[:1]))
        keys[role] = set(open_desk(station.as_user(scope)).window.page_keys())
    assert {"today", "people", "fill"} <= keys[Role.CHILDREN_DIRECTOR]
    assert not {"today", "people", "records", "person", "fill"} & keys[Role.ADMINISTRATOR]
    assert "settings" in keys[Role.ADMINISTRATOR]


def test_a_director_sees_only_their_village(station: Station, open_desk: Callable[[Station], Desk]) -> None:
    everyone = people.find(station, people.Query()).rows
    village = everyone[0].village
    scope = scope_for("b", "王主任", Role.CHILDREN_DIRECTOR, frozenset({village}))
    desk = open_desk(station.as_user(scope))
    page = desk.open(OpenPage("people"))
    assert {row.village for row in page.table.rows.rows()} == {village}
    record = next(row for row in records.find(station, RecordFilter()) if row.village != village)
    desk.open(OpenRecord(record.id))
    assert [type(error).__name__ for error in desk.errors] == ["MzError"]
    desk.errors.clear()


def test_alt_and_a_digit_open_a_page(desk: Desk) -> None:
    desk.open(OpenPage("today"))
    QTest.keyClick(desk.window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    assert desk.window.current == "people"


def test_left_alone_the_desk_locks_itself(desk: Desk, qtbot: object) -> None:
    desk.window.set_idle_minutes(0)
    with qtbot.waitSignal(desk.window.locked, timeout=3000):  # type: ignore[attr-defined]
        QTest.keyClick(desk.window, Qt.Key.Key_Shift)


@pytest.mark.parametrize("name", ["买买提江·吐尔逊" * 6, "王𬱖垚", "㙍㛃䶮"])
def test_long_and_rare_names_break_nothing(desk: Desk, station: Station, name: str) -> None:
    person = first_person(station)
    people.edit(station, person, {"name": name[:50]}, "测试")
    today = desk.open(OpenPage("today"))
    inner = today.scroller.inner
    assert inner.width() <= today.scroller.viewport().width()
    children = [child for child in inner.findChildren(QWidget) if child.isVisible()]
    assert max(child.mapTo(inner, child.rect().topRight()).x() for child in children) < inner.width()
    page = desk.open(OpenPerson(person))
    assert page.heading.whole_text() == name[:50]
    assert desk.window.width() == 1366


def test_the_narrow_dashboard_stacks(station: Station, open_desk: Callable[[Station], Desk]) -> None:
    desk = open_desk(station)
    desk.window.resize(1092, 614)
    page = desk.open(OpenPage("today"))
    left, right = page.due_card, page.chart
    assert left.mapTo(page, left.rect().bottomLeft()).y() < right.mapTo(page, right.rect().topLeft()).y()
    desk.window.resize(1366, 768)
    desk.settle()
    assert left.mapTo(page, left.rect().topRight()).x() < right.mapTo(page, right.rect().topLeft()).x()


def test_a_page_of_another_room_is_one_line(station: Station) -> None:
    from ui.pages.registry import PAGES
    from ui.tasks import Tasks

    tasks = Tasks()
    own = replace(PAGES[0], key="own", title="自己的页")
    window = MainWindow(station, tasks, (own,), fail=lambda error: None)
    window.open(OpenPage("own"))
    assert isinstance(window.page("own"), TodayPage)
    tasks.wait()
    window.blockSignals(True)
    window.close()
    tasks.close()

"""报告与转介 worked by keys: matters along the chain, leads and their export, entrusted care, the register, the button always in reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QWidget
from python_calamine import CalamineWorkbook

from forms.catalog import shipped
from forms.session import FormSession
from mzdesk.casework import filling, follow_ups, mandatory_reports, records
from mzdesk.casework.filling import person_answers
from mzdesk.casework.follow_ups import NewMatter
from mzdesk.casework.records import Filling
from mzdesk.clock import FixedClock
from mzdesk.registry import people
from mzdesk.station import Station
from mzdesk.store import subjects
from mzdesk.store.records import RecordFilter
from mzdesk.store.scope import Role, scope_for
from tests.forms.examples import EXAMPLES
from tests.ui.conftest import Desk
from tests.ui.keyboard import ctrl, dialog, press, type_text, wishes
from ui.ask import Ask
from ui.pages.cases import CasesPage
from ui.pages.cases_agreements import AgreementsPanel
from ui.pages.cases_follow_ups import FollowUpsPanel
from ui.pages.cases_leads import LeadsPanel
from ui.pages.cases_reports import ReportsPanel, duration
from ui.pages.fill import FillPage
from ui.paper_preview import PaperPreview
from ui.person_box import PersonBox
from ui.requests import AmendRecord, OpenPage, OpenPerson, OpenRecord, StartForm

TODAY = date(2026, 6, 15)
Kind = TypeVar("Kind", bound=QWidget)


@pytest.fixture(autouse=True)
def nothing_open(station: Station) -> None:
    """Close what the visits of the sample left open."""
    for row in follow_ups.find_open(station):
        follow_ups.close(station, row.id, "已办")


def open_part(desk: Desk, part: str, kind: type[Kind]) -> tuple[CasesPage, Kind]:
    page = desk.open(OpenPage("cases", {"part": part}))
    assert isinstance(page, CasesPage)
    panel = page.panel(part)
    assert isinstance(panel, kind)
    return page, panel


def child(station: Station) -> people.PersonRow:
    return people.find(station, people.Query()).rows[0]


def visit(station: Station, person_id: str, **action: str) -> records.Saved:
    session, target = filling.start(station, shipped(), "left_behind_child_visit", person_id=person_id)
    told = {"visit/contact_mode": "home", "visit/reached": "yes", "visit/saw_child": "yes", "visit/saw_carer": "yes"}
    told |= {f"grades/grade_{name}": "good" for name in ("care", "living", "health", "school", "mood", "safety")}
    told |= {"action/risk_level": "low", "action/report_required": "no"} | {f"action/{name}": value for name, value in action.items()}
    for ref, value in told.items():
        session.set(f"/data/{ref}", value)
    return records.save(station, session, target)


def report(station: Station, **reporting: str) -> records.Saved:
    head = {"occurred_on": "2026-06-15", "occurred_at": "08:30:00.000+08:00", "situation": "s4 s6"}
    village = station.identity.villages[0]
    answers = {"situation_section": head, "reporting": reporting}
    session = FormSession(shipped().get("mandatory_report"), answers, clock=station.local_now)
    return records.save(station, session, Filling(village=village))


# ---- matters


def test_every_part_says_when_it_is_empty(desk: Desk) -> None:
    page = desk.open(OpenPage("cases"))
    assert list(page.parts) == ["follow_ups", "leads", "agreements", "reports"]
    for number, part in enumerate(page.parts, 1):
        ctrl(page.names[part], Qt.Key(int(Qt.Key.Key_0) + number))
        desk.settle()
        assert page.current == part
        assert page.panel(part).listing.empty.isVisible()


def test_a_matter_is_added_for_somebody_found_by_name(desk: Desk, station: Station) -> None:
    who = child(station)
    page, panel = open_part(desk, "follow_ups", FollowUpsPanel)
    ctrl(panel, Qt.Key.Key_N)
    ask = dialog(Ask)
    box = ask.controls["person"]
    assert isinstance(box, PersonBox)
    line = box.lineEdit()
    assert line is not None
    type_text(line, who.name)
    ctrl(ask, Qt.Key.Key_Return)
    assert ask.fields["person"].message.text() == "✕ 请从查到的人里选一个。"
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.settle()
    assert box.person_id() == who.id
    type_text(ask.controls["title"], "联系县医院")
    due = ask.controls["due_on"]
    assert isinstance(due, QLineEdit)
    due.clear()
    type_text(due, "0620")
    ctrl(ask, Qt.Key.Key_Return)
    desk.settle()
    (row,) = panel.listing.table.rows.rows()
    assert (row.person_name, row.title, row.due_on) == (who.name, "联系县医院", "2026-06-20")
    assert page.names["follow_ups"].text() == "跟进与转介 1"


def test_a_matter_goes_along_the_chain_to_its_outcome(desk: Desk, station: Station) -> None:
    visit(station, child(station).id, refer_to="education", refer_note="开学后 5 次缺课")
    page, panel = open_part(desk, "follow_ups", FollowUpsPanel)
    assert "评估帮扶 1" in page.subtitle.whole_text()
    press(panel.move_button)
    ctrl(dialog(Ask), Qt.Key.Key_Return)
    desk.settle()
    press(panel.hand_button)
    ask = dialog(Ask)
    type_text(ask.controls["owner"], "中心小学 陈堃")
    QTest.keyClick(ask.controls["owner"], Qt.Key.Key_Return)
    ctrl(ask, Qt.Key.Key_Return)
    desk.settle()
    (row,) = panel.listing.table.rows.rows()
    assert (row.stage, row.owner, row.title) == ("监护干预", "中心小学 陈堃", "转介：教育、学校：开学后 5 次缺课")
    press(panel.close_button)
    ask = dialog(Ask)
    ctrl(ask, Qt.Key.Key_Return)
    assert "请填写" in ask.fields["outcome"].message.text()
    type_text(ask.controls["outcome"], "学校已家访")
    ctrl(ask, Qt.Key.Key_Return)
    desk.settle()
    assert panel.listing.table.rows.rows() == ()
    panel.state.setCurrentIndex(panel.state.findData("done"))
    panel.state.activated.emit(0)
    assert "学校已家访" in {row.outcome for row in panel.listing.table.rows.rows()}
    assert not panel.close_button.isEnabled()


def test_matters_are_filtered_and_open_what_they_are_about(desk: Desk, station: Station) -> None:
    who = child(station)
    saved = visit(station, who.id, refer_to="education", leads="income", leads_note="停工", report_required="yes")
    follow_ups.add(station, NewMatter("全村安全检查", TODAY, village=station.identity.villages[0], owner="王主任"))
    page, panel = open_part(desk, "follow_ups", FollowUpsPanel)
    assert {row.kind for row in panel.listing.table.rows.rows()} == {"report", "referral", "lead", "follow_up"}
    panel.owner.setCurrentIndex(1)
    panel.owner.activated.emit(1)
    assert {row.kind for row in panel.listing.table.rows.rows()} == {"report", "referral", "lead"}
    panel.kind.setCurrentIndex(panel.kind.findData("report"))
    panel.kind.activated.emit(0)
    asked = wishes(page)
    press(panel.fill_button)
    QTest.keyClick(panel.listing.table, Qt.Key.Key_Return)
    press(panel.source_button)
    assert asked == [StartForm("mandatory_report", who.id, kind="report"), OpenPerson(who.id), OpenRecord(saved.record_id)]


# ---- leads


def test_leads_show_their_clock_and_leave_as_a_workbook(
    desk: Desk, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(station, child(station).id, leads="illness temporary_aid", leads_note="父亲住院")
    assert isinstance(station.clock, FixedClock)
    station.clock.advance(hours=3)
    page, panel = open_part(desk, "leads", LeadsPanel)
    urgent, other = panel.listing.table.rows.rows()
    assert panel._time_words(urgent) == "剩 21 小时"
    assert panel._time_words(other) == "6月25日前"
    station.clock.advance(hours=22)
    assert (panel._time_words(urgent), panel._time_tone(urgent)) == ("已超过 24 小时", "red")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "线索"), ""))
    press(panel.export_button)
    desk.settle()
    cells = CalamineWorkbook.from_path(tmp_path / "线索.xlsx").get_sheet_by_index(0).to_python()
    assert any("急需临时救助：父亲住院" in row for row in cells)
    press(panel.close_button)
    type_text(dialog(Ask).controls["outcome"], "已救助 2876 元")
    ctrl(dialog(Ask), Qt.Key.Key_Return)
    desk.settle()
    assert len(panel.listing.table.rows.rows()) == 1
    assert page.names["leads"].text() == "救助和监测线索 1"


# ---- entrusted care


def test_an_agreement_says_what_it_lacks_and_leads_to_its_correction(desk: Desk, station: Station) -> None:
    who = child(station)
    filled: dict[str, Any] = {name: dict(section) for name, section in EXAMPLES["entrusted_care_agreement"].items()}
    with station.read() as connection:
        person = subjects.person(connection, station.scope, who.id)
    assert person is not None
    filled["subject"] |= person_answers(person)
    filled["terms"] |= {"occurred_on": "2026-05-01", "start_on": "2026-05-01", "end_on": (TODAY + timedelta(days=9)).isoformat()}
    del filled["terms"]["school_told_on"], filled["terms"]["village_told_on"]
    session = FormSession(shipped().get("entrusted_care_agreement"), filled, clock=station.local_now)
    assert session.problems() == ()
    saved = records.save(station, session, Filling(who.id))
    page, panel = open_part(desk, "agreements", AgreementsPanel)
    (row,) = panel.listing.table.rows.rows()
    assert [kind for kind, _ in row.faults][-3:] == ["expires", "school", "village"]
    panel.wanted.setCurrentIndex(panel.wanted.findData("incapable"))
    panel.wanted.activated.emit(0)
    assert panel.listing.empty.isVisible()
    panel.wanted.setCurrentIndex(0)
    panel.wanted.activated.emit(0)
    asked = wishes(page)
    QTest.keyClick(panel.listing.table, Qt.Key.Key_Return)
    for verb in panel.verbs[1:]:
        press(verb)
    assert asked[:2] == [OpenRecord(saved.record_id), AmendRecord(saved.record_id)]
    assert [type(item) for item in asked[2:]] == [StartForm, StartForm, OpenPerson]


# ---- mandatory reports


def test_the_register_runs_against_the_clock(desk: Desk, station: Station) -> None:
    waiting = report(station)
    assert isinstance(station.clock, FixedClock)
    station.clock.advance(hours=1)
    report(station, agency="桃园派出所", officer="张警官", receipt_no="17")
    page, panel = open_part(desk, "reports", ReportsPanel)
    first, second = panel.listing.table.rows.rows()
    assert (panel._state(first), panel._state(second)) == ("未受理，还剩 1 小时", "已受理")
    station.clock.advance(hours=2)
    assert (panel._state(first), panel._tone(first)) == ("未受理，超 1 小时", "red")
    assert "本地管理要求：2 小时内登记受理情况" in page.subtitle.whole_text()
    asked = wishes(page)
    press(panel.receipt_button)
    assert asked == [AmendRecord(waiting.record_id)]
    ctrl(panel.listing.table, Qt.Key.Key_P)
    desk.settle()
    dialog(PaperPreview).close()


def test_who_may_not_see_the_register_has_no_part_of_it(open_desk: Callable[[Station], Desk], station: Station) -> None:
    report(station)
    desk = open_desk(station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None)))
    page = desk.open(OpenPage("cases", {"part": "reports"}))
    assert "reports" not in page.parts
    assert page.report_button.isVisible()
    assert desk.window.report_button.isVisible()


def test_a_report_opens_with_its_words_first_and_saves_with_situation_and_time(desk: Desk, station: Station) -> None:
    desk.open(OpenPage("today"))
    QTest.keyClick(desk.window, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    page = desk.window.page("fill")
    assert isinstance(page, FillPage)
    assert page.view is not None
    words = [made.text() for made in page.view.findChildren(QLabel) if made.isVisible() and made.text()]
    assert words[0] == "请先拨打110，本表不代替报警。"
    page.view.change("/data/situation_section/occurred_at", "09:10:00.000+08:00")
    page.view.change("/data/situation_section/situation", "s6")
    page.submit()
    desk.settle()
    (line,) = mandatory_reports.register(station)
    assert (line.received, line.situation) == (False, "s6")
    assert len(records.find(station, RecordFilter(forms=("mandatory_report",)))) == 1


def test_time_is_told_in_words() -> None:
    assert [duration(minutes) for minutes in (0, 45, 60, 80, 47 * 60, 72 * 60)] == [
        "0 分",
        "45 分",
        "1 小时",
        "1 小时 20 分",
        "47 小时",
        "3 天",
    ]


def test_a_combo_of_choices_gives_codes(desk: Desk) -> None:
    _page, panel = open_part(desk, "follow_ups", FollowUpsPanel)
    press(panel.add_button)
    ask = dialog(Ask)
    box = ask.controls["kind"]
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(1)
    assert ask.values()["kind"] == "referral"
    ask.reject()

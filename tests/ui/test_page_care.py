"""特困照料 worked by keys: people and alerts, care logs, a round in the grid."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton

from mzdesk.care import holidays, reassessments, rounds, services
from mzdesk.casework import follow_ups
from mzdesk.station import Station
from tests.mzdesk.care.township import Township
from tests.ui.care_rig import TODAY, YEAR, open_part, three
from tests.ui.conftest import Desk
from tests.ui.keyboard import ctrl, dialog, press, type_text, wishes
from ui.ask import Ask
from ui.pages.care_alerts import AlertsPanel
from ui.pages.care_log import LogPanel
from ui.pages.care_people import PeoplePanel
from ui.pages.care_round import RoundDialog
from ui.pages.care_round_model import ANOMALY, FIRST_SERVICE, START
from ui.pages.care_settings import open_holidays, open_template, read_table_file
from ui.paper_preview import PaperPreview
from ui.requests import OpenPerson, StartForm


def test_nobody_in_care_is_said_in_words(desk: Desk) -> None:
    page, panel = open_part(desk, "people", PeoplePanel)
    assert panel.listing.empty.isVisible()
    assert not any(verb.isEnabled() for verb in panel.verbs)
    for part in page.parts:
        page.choose(part)
        desk.settle()
    assert page.subtitle.whole_text()


def test_people_are_found_and_their_forms_are_a_key_away(desk: Desk, town: Township) -> None:
    first, _second, third = three(town)
    page, panel = open_part(desk, "people", PeoplePanel)
    assert page.subtitle.whole_text() == "在册 3 人：集中 1，分散 2；全护理 1，半护理 1，全自理 1"
    type_text(panel.search, third.person.name)
    assert [line.person.row.person_id for line in panel.listing.table.rows.rows()] == [third.person_id]
    panel.search.clear()
    panel.mode.setCurrentIndex(panel.mode.findData("scattered"))
    panel.mode.activated.emit(0)
    panel.level.setCurrentIndex(panel.level.findData("partial"))
    panel.level.activated.emit(0)
    asked = wishes(page)
    QTest.keyClick(panel.listing.table, Qt.Key.Key_Return)
    for verb in panel.verbs[1:5]:
        press(verb)
    assert asked[0] == OpenPerson(first.person_id)
    forms = ["self_care_assessment", "care_agreement", "care_log", "extreme_poverty_visit"]
    assert [(item.form_id, item.person_id) for item in asked[1:] if isinstance(item, StartForm)] == [
        (form_id, first.person_id) for form_id in forms
    ]


def test_a_visit_of_somebody_in_care_only_finds_its_form(desk: Desk, town: Township) -> None:
    first, _, _ = three(town)
    page = desk.open(StartForm(person_id=first.person_id, kind="visit", group="extreme_poverty"))
    assert page.view is not None
    assert page.view.session.form.form_id == "extreme_poverty_visit"


def test_a_reported_change_is_entered_by_keys(desk: Desk, town: Township, station: Station) -> None:
    three(town)
    _page, panel = open_part(desk, "people", PeoplePanel)
    chosen = panel.listing.selected()
    assert chosen is not None
    panel.report_change()
    ask = dialog(Ask)
    ctrl(ask, Qt.Key.Key_Return)
    assert ask.fields["what"].message.text() == "✕ 请填写这一项。"
    day = ask.controls["reported_on"]
    assert isinstance(day, QLineEdit)
    day.clear()
    type_text(day, "0612")
    assert ask.fields["reported_on"].message.text() == "✓ 2026年6月12日"
    type_text(ask.controls["what"], "摔伤后不能自己下床")
    ctrl(ask, Qt.Key.Key_Return)
    desk.settle()
    clock = reassessments.open_clocks(station)[chosen.person.row.person_id]
    assert clock.due_on == reassessments.clock_of(station, date(2026, 6, 12)).due_on.isoformat()
    told = panel.listing.table.rows.rows()[0]
    assert "reassessment" in [alert.kind for alert in told.alerts]


def test_alerts_lead_to_the_form_that_settles_them(desk: Desk, town: Township) -> None:
    bare = town.settle(date(2026, 1, 5), carer="")
    old = town.settle(date(2026, 6, 1), level="partial")
    town.agree(old, TODAY - YEAR, TODAY + timedelta(days=10))
    town.assess(old, TODAY, "partial")
    town.write()
    page, panel = open_part(desk, "alerts", AlertsPanel)
    rows = panel.listing.table.rows.rows()
    assert [(alert.person_id, alert.kind) for _line, alert in rows] == [
        (bare.person_id, "none"),
        (bare.person_id, "unassessed"),
        (old.person_id, "expires"),
    ]
    assert page.names["alerts"].text() == "预警 3"
    asked = wishes(page)
    for number in range(3):
        panel.listing.table.select(number)
        QTest.keyClick(panel.listing.table, Qt.Key.Key_Return)
    assert [item.form_id for item in asked if isinstance(item, StartForm)] == ["care_agreement", "self_care_assessment", "care_agreement"]
    panel.kind.setCurrentIndex(panel.kind.findData("expires"))
    panel.kind.activated.emit(0)
    assert len(panel.listing.table.rows.rows()) == 1


# ---- care logs and the round


def open_round(desk: Desk) -> tuple[LogPanel, RoundDialog]:
    _page, panel = open_part(desk, "log", LogPanel)
    panel.open_round()
    desk.settle()
    return panel, dialog(RoundDialog)


def test_a_round_is_entered_by_keys_alone(desk: Desk, town: Township, station: Station) -> None:
    first, second, _third = three(town)
    panel, entry = open_round(desk)
    assert (entry.carer.currentText(), entry.model.rowCount()) == ("逄立春", 2)
    grid = entry.grid
    grid.setFocus()
    grid.setCurrentIndex(entry.model.index(0, FIRST_SERVICE))
    QTest.keyClick(grid, Qt.Key.Key_Space)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert entry.model.given()[0].services == ("cook", "laundry")
    grid.setCurrentIndex(entry.model.index(0, START))
    entry.model.setData(grid.currentIndex(), "8点半")
    entry.model.setData(entry.model.index(0, START + 1), "0915")
    QTest.keyClick(grid, Qt.Key.Key_Down)
    ctrl(grid, Qt.Key.Key_D)
    entry.model.setData(entry.model.index(1, ANOMALY), "夜里跌倒一次")
    entry.day.clear()
    type_text(entry.day, "0614")
    ctrl(entry, Qt.Key.Key_Return)
    desk.settle()
    months = {month.person_id: month for month in services.month(station, date(2026, 6, 1))}
    assert [(months[who.person_id].logs, months[who.person_id].minutes) for who in (first, second)] == [(1, 45), (1, 45)]
    assert len(follow_ups.find_open(station, kinds=("anomaly",))) == 1
    assert sum(line.logs for line in panel.listing.table.rows.rows()) == 2
    assert rounds.kept(station) is None


def test_a_round_points_at_the_line_to_mend(desk: Desk, town: Township, station: Station) -> None:
    three(town)
    _panel, entry = open_round(desk)
    entry.model.toggle(entry.model.index(0, FIRST_SERVICE))
    entry.model.setData(entry.model.index(1, ANOMALY), "没吃早饭")
    entry.model.setData(entry.model.index(1, START), "早饭后")
    ctrl(entry, Qt.Key.Key_Return)
    assert "早饭后" in entry.banner.text()
    assert entry.grid.currentIndex().row() == 1
    entry.model.setData(entry.model.index(1, START), "")
    ctrl(entry, Qt.Key.Key_Return)
    desk.settle()
    assert "需要修改" in entry.banner.text()
    assert entry.isVisible()
    entry.model.setData(entry.model.index(1, ANOMALY), "")
    entry.carer.setEditText("")
    ctrl(entry, Qt.Key.Key_Return)
    assert entry.carer_field.message.text() == "✕ 请选择照料人。"
    assert services.carers(station, date(2026, 6, 1)) == ()
    entry.discard()
    desk.settle()


def test_a_round_left_half_done_comes_back(desk: Desk, town: Township, station: Station) -> None:
    three(town)
    panel, entry = open_round(desk)
    entry.model.copy_to_all(0)
    entry.model.toggle(entry.model.index(1, FIRST_SERVICE + 3))
    entry.reject()
    desk.settle()
    QTest.qWait(1)
    panel.open_round()
    desk.settle()
    again = dialog(RoundDialog)
    assert [line.services for line in again.model.given()] == [("haircut",)]
    assert "没有保存" in again.banner.text()
    again.discard()
    desk.settle()
    assert rounds.kept(station) is None


def test_the_month_of_care_is_filtered_and_printed(desk: Desk, town: Township, station: Station) -> None:
    first, _second, _third = three(town)
    town.log(first, date(2026, 6, 3), "cook company", anomaly="药吃完了")
    town.write()
    page, panel = open_part(desk, "log", LogPanel)
    assert page.subtitle.whole_text().startswith("分散供养 2 人：应照料")
    for value, number in (("anomaly", 1), ("none", 1), ("short", 2), ("", 2)):
        panel.wanted.setCurrentIndex(panel.wanted.findData(value))
        panel.wanted.activated.emit(0)
        assert len(panel.listing.table.rows.rows()) == number
    for show in (panel.print_sheet, panel.print_ledger, panel.print_summary):
        show()
        desk.settle()
        dialog(PaperPreview).close()
        QApplication.processEvents()


def test_the_frequency_of_services_is_changed_in_a_dialog(desk: Desk, town: Township, station: Station) -> None:
    three(town)
    page, _panel = open_part(desk, "log", LogPanel)
    open_template(page)
    desk.settle()
    ask = dialog(Ask)
    box = ask.controls["independent.cook"]
    assert isinstance(box, QLineEdit)
    box.setText("一百")
    type_text(ask.controls["document_no"], "站里商定")
    ctrl(ask, Qt.Key.Key_Return)
    desk.settle()
    assert "整数" in ask.fields["independent.cook"].message.text()
    box.setText("５")
    ctrl(ask, Qt.Key.Key_Return)
    desk.settle()
    assert services.template(station)["independent"]["cook"] == 5


def test_holidays_are_pasted_or_read_from_a_file(desk: Desk, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, _panel = open_part(desk, "people", PeoplePanel)
    path = tmp_path / "放假.csv"
    path.write_text("2027-01-01,休\n2027-02-14,班\n", encoding="gb18030")
    assert read_table_file(path) == "2027-01-01,休\n2027-02-14,班\n"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    open_holidays(page)
    ask = dialog(Ask)
    (from_file,) = [made for made in ask.findChildren(QPushButton) if "文件" in made.text()]
    press(from_file)
    type_text(ask.controls["document_no"], "国办发明电〔2026〕7号")
    ctrl(ask, Qt.Key.Key_Return)
    desk.settle()
    with station.read() as connection:
        assert holidays.calendar_on(connection, TODAY).imported == {"2027-01-01": False, "2027-02-14": True}

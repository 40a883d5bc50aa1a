"""参数: what the page says of the rules is what the rules then are; seen before it holds, computed anew after, with its source."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from mzdesk.casework import mandatory_reports, parameter_changes, rule_changes, rule_preview
from mzdesk.casework.rules import FIRST_RULES, PARAMETER
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import tables
from mzdesk.store.scope import Role
from mzdesk.vault import retention
from tests.ui.vault_rig import Window, as_role
from ui.requests import OpenPage


@pytest.fixture
def window(station: Station) -> Iterator[Window]:
    made = Window(station)
    yield made
    made.close()
    assert not made.errors, made.errors


def due_dates(station: Station) -> dict[str, str]:
    with station.read() as connection:
        found = connection.execute(select(tables.ENROLMENT.c.person_id, tables.ENROLMENT.c.next_due))
        return {str(person): str(due) for person, due in found}


def test_the_table_shows_what_holds(window: Window) -> None:
    panel = window.open("parameters").panel("rules")
    assert panel.value() == FIRST_RULES
    assert panel.cells["left_behind_elder", "low"].kind.currentText() == "每自然月"
    assert not panel.cells["left_behind_elder", "low"].days.isEnabled()


def test_a_preview_tells_and_changes_nothing(window: Window, station: Station) -> None:
    before = due_dates(station)
    panel = window.open("parameters").panel("rules")
    panel.preview()
    window.settle()
    assert "都不变" in panel.result.text()
    panel.cells["left_behind_child", "medium"].days.setText("２００")
    panel.preview()
    window.settle()
    assert "推后" in panel.result.text() and "还没有施行" in panel.result.text()
    assert due_dates(station) == before and parameter_changes.history(station, PARAMETER) == ()


def test_new_rules_hold_and_every_due_date_follows(window: Window, station: Station) -> None:
    before = due_dates(station)
    panel = window.open("parameters").panel("rules")
    panel.cells["left_behind_child", "medium"].days.setText("10")
    panel.apply()
    window.settle()
    assert "请写文号" in panel.document_field.message.text() and due_dates(station) == before
    panel.document.setText("泰民发〔2026〕12 号")
    panel.apply()
    window.settle()
    assert "已施行" in panel.result.text()
    after = due_dates(station)
    assert any(after[person] < before[person] for person in before)
    stored = parameter_changes.current(station, PARAMETER)
    assert stored is not None and stored.value["left_behind_child"]["medium"] == "10d" and stored.document_no == "泰民发〔2026〕12 号"
    assert panel.list.table.rows.rowCount() == 1 and not rule_changes.is_pending(station)


def test_a_cell_that_is_no_number_stops_everything(window: Window, station: Station) -> None:
    panel = window.open("parameters").panel("rules")
    panel.cells["left_behind_woman", "high"].days.setText("多")
    panel.document.setText("x")
    panel.apply()
    window.settle()
    assert "留守妇女（高风险）" in panel.result.text() and parameter_changes.history(station, PARAMETER) == ()
    panel._reset()
    for box in panel.modes.values():
        box.setChecked(False)
    panel.preview()
    window.settle()
    assert "至少要有一种方式" in panel.result.text()


def test_an_interrupted_recomputation_is_gone_on_with(window: Window, station: Station) -> None:
    rule_changes.change(
        station, {**FIRST_RULES, "left_behind_child": {"high": "3d", "medium": "3d", "low": "3d"}}, station.today(), "", "镇里"
    )
    panel = window.open("parameters").panel("rules")
    assert panel.go_on_button.isVisibleTo(panel) and "没有按新的重算" in panel.result.text()
    panel.refresh()
    window.settle()
    assert not rule_changes.is_pending(station) and not panel.go_on_button.isVisibleTo(panel)


def test_a_preview_counts_as_the_recomputation_does(station: Station) -> None:
    value = {**FIRST_RULES, "left_behind_child": {"high": "3d", "medium": "3d", "low": "3d"}}
    told, before = rule_preview.of(station, value), due_dates(station)
    rule_changes.change(station, value, station.today(), "", "镇里")
    rule_changes.refresh_all(station)
    after, today = due_dates(station), station.today().isoformat()
    assert told.earlier == sum(after[person] < before[person] for person in before)
    assert told.later == sum(after[person] > before[person] for person in before)
    assert told.newly_overdue == sum(after[person] < today <= before[person] for person in before)
    assert told.people == len(before)


def test_minutes_of_mandatory_reports_are_local_and_dated(window: Window, station: Station) -> None:
    page = window.open("parameters", part="minutes")
    panel = page.panel("minutes")
    assert panel.value.text() == "120 分钟" and "程序自带" in panel.basis.text()
    panel.change()
    dialog = window.fill(panel, value="六十", source="镇党政办")
    assert "整数" in dialog.fields["value"].message.text()
    window.fill(panel, value="60")
    assert mandatory_reports.limit_minutes(station) == 60 and panel.value.text() == "60 分钟"
    assert panel.list.table.rows.rowCount() == 1


def test_years_are_reached_from_the_retention_list(window: Window, station: Station) -> None:
    window.main.open(OpenPage("parameters", {"part": "years"}))
    window.settle()
    panel = window.front.panel("years")
    panel.change()
    dialog = window.fill(panel, value="8")
    assert dialog.isVisible() and "文号" in dialog.fields["document_no"].message.text()
    window.fill(panel, document_no="县档〔2026〕3 号")
    assert retention.years(station) == 8


def test_tables_lead_to_their_editors(window: Window) -> None:
    page = window.open("parameters", part="tables")
    panel = page.panel("tables")
    assert panel.list.empty.isVisibleTo(panel)
    asked: list[object] = []
    page.requested.connect(asked.append)
    from PySide6.QtWidgets import QPushButton

    panel.standards.findChildren(QPushButton)[0].click()
    window.settle()
    assert asked == [OpenPage("care", {"part": "monthly"})]


def test_a_social_worker_reads_and_cannot_change(station: Station) -> None:
    window = Window(as_role(station, Role.SOCIAL_WORKER))
    page = window.open("parameters")
    panel = page.panel("rules")
    assert not panel.basis.isVisibleTo(panel) and not panel.cells["left_behind_child", "high"].isEnabled()
    page.choose("minutes")
    assert not page.panel("minutes").change_button.isVisibleTo(page)
    with pytest.raises(MzError):
        parameter_changes.put(window.desk.station, parameter_changes.Change("report_minutes", 1, station.today(), "", "x"))
    window.settle()
    window.close()


@pytest.mark.parametrize(("name", "value"), [("report_minutes", 0), ("report_minutes", True), ("retention_years", "5"), ("unknown", 1)])
def test_values_that_cannot_be_are_refused(station: Station, name: str, value: object) -> None:
    with pytest.raises(MzError):
        parameter_changes.put(station, parameter_changes.Change(name, value, station.today(), "文号"))
    assert parameter_changes.history(station, name) == ()

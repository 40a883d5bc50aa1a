"""县里退回 and 两处不一致 against a real county: each lands on what is wrong, mending closes it, giving up needs a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from forms.catalog import shipped
from forms.session import FormSession
from mzdesk.casework import drafts, records
from mzdesk.casework.records import Filling
from mzdesk.clock import FixedClock, new_id
from mzdesk.errors import MzError
from mzdesk.registry import people
from mzdesk.station import Station
from mzdesk.store import audit, authors, shadows
from mzdesk.store.audit import Filters
from mzdesk.store.records import RecordFilter, RecordRow
from mzdesk.store.scope import Role, scope_for
from sync import conflicts, exchange, returns
from sync.county.loopback import RunningCounty
from sync.returns import waiting
from tests.ui.conftest import Desk
from tests.ui.exchange_rig import WHY, county_for, join, open_exchange, queue_edit, return_record
from tests.ui.keyboard import dialog, press, type_text
from ui.ask import Ask
from ui.pages.exchange import ExchangePage
from ui.pages.exchange_conflicts import ConflictsPanel
from ui.pages.exchange_returned import ReturnedPanel
from ui.pages.fill import FillPage
from ui.pages.person_edit import PersonEdit
from ui.requests import OpenPage

FIELD = "/data/visit/interviewee"


@pytest.fixture
def county(station: Station, tmp_path: Path) -> Iterator[RunningCounty]:
    with county_for(station, tmp_path / "county") as running:
        join(station, running)
        assert exchange.run_once(station).problem is None
        yield running


def visit(station: Station) -> RecordRow:
    return records.find(station, RecordFilter(kinds=("visit",)))[0]


def inbox(desk: Desk) -> tuple[ExchangePage, ReturnedPanel]:
    page = open_exchange(desk, "returned")
    panel = page.panel("returned")
    assert isinstance(panel, ReturnedPanel)
    return page, panel


def send(desk: Desk) -> ExchangePage:
    page = open_exchange(desk)
    page.sync()
    desk.settle()
    return page


def front(desk: Desk) -> QWidget:
    desk.settle()
    return desk.window.page(desk.window.current)


def audited(station: Station, act: str) -> list[dict[str, object]]:
    with station.read() as connection:
        return [dict(entry.detail) for entry in audit.entries(connection, station.scope, Filters(act=act))]


# ---- records


def test_nothing_returned_says_so(desk: Desk) -> None:
    _page, panel = inbox(desk)
    assert panel.listing.empty.isVisible() and not panel.detail.isVisible()


def test_a_returned_record_opens_at_its_faulty_answer_and_is_closed_by_its_correction(
    desk: Desk, station: Station, county: RunningCounty
) -> None:
    row = visit(station)
    return_record(county, row.id, FIELD)
    page = send(desk)
    assert desk.window.chip.text() == "● 县级退回 1 条"
    assert page.names["returned"].text() == "县里退回 1"
    press(page.sending.returned_button)
    panel = page.panel("returned")
    desk.settle()
    assert isinstance(panel, ReturnedPanel)
    (line,) = panel.listing.table.rows.rows()
    assert (line.subject, line.sentence, line.person_name) == (row.id, WHY, row.person_name)
    assert panel.sentence.text() == WHY and "要改的地方：受访人姓名、关系。" in panel.where.text()
    QTest.keyClick(panel.listing.table, Qt.Key.Key_Return)
    fill = front(desk)
    assert isinstance(fill, FillPage) and fill.view is not None
    assert fill.banner.text() == f"县级退回：{WHY}"
    assert fill.view.session.form.version == row.form_version
    field = fill.view.parts.fields[FIELD]
    focus = QApplication.focusWidget()
    assert focus is not None and field.isAncestorOf(focus)
    fill.view.change(FIELD, "祖母 陈堃，现住石头寨 12 号")
    fill.submit()
    desk.settle()
    page, panel = inbox(desk)
    (line,) = panel.listing.table.rows.rows()
    assert line.correcting and panel.mend_button.text().strip() == "看更正后的"
    assert page.names["returned"].text() == "县里退回"
    send(desk)
    _page, panel = inbox(desk)
    assert panel.listing.table.rows.rows() == () and exchange.status(station).returned == 0
    assert desk.window.chip.text() == "✓ 已全部送达"


def test_a_correction_that_was_begun_goes_on(desk: Desk, station: Station, county: RunningCounty) -> None:
    return_record(county, visit(station).id, FIELD)
    send(desk)
    _page, panel = inbox(desk)
    panel.mend()
    fill = front(desk)
    assert isinstance(fill, FillPage) and fill.view is not None
    fill.view.change(FIELD, "祖母")
    fill.keep_draft()
    desk.settle()
    assert len(drafts.all_of(station)) == 1
    _page, panel = inbox(desk)
    panel.mend()
    fill = front(desk)
    assert isinstance(fill, FillPage) and fill.view is not None
    assert fill.view.session.state(FIELD).value == "祖母"
    fill.view.change(FIELD, "祖母 陈堃")
    fill.keep_draft()
    desk.settle()
    assert len(drafts.all_of(station)) == 1


def test_a_correction_that_comes_back_too_stands_for_the_first_and_closes_both(desk: Desk, station: Station, county: RunningCounty) -> None:
    row = visit(station)
    return_record(county, row.id, FIELD)
    send(desk)
    for text in ("祖母", "祖母 陈堃"):
        _page, panel = inbox(desk)
        (line,) = panel.listing.table.rows.rows()
        panel.mend()
        fill = front(desk)
        assert isinstance(fill, FillPage) and fill.view is not None
        fill.view.change(FIELD, text)
        fill.submit()
        desk.settle()
        send(desk)
        if text == "祖母":
            newest = records.versions(station, row.id)[-1].row.id
            return_record(county, newest, "interviewee", "还缺姓名")
            send(desk)
            (line,) = waiting(station)
            assert (line.subject, line.sentence) == (newest, "还缺姓名")
    assert waiting(station) == () and exchange.status(station).returned == 0


def test_the_first_page_leads_straight_to_the_faulty_answer(desk: Desk, station: Station, county: RunningCounty) -> None:
    return_record(county, visit(station).id, "interviewee")
    send(desk)
    desk.open(OpenPage("today"))
    today = desk.window.page("today")
    verb = next(found for found in today.findChildren(QPushButton) if found.text() == "去更正")
    press(verb)
    fill = front(desk)
    assert isinstance(fill, FillPage) and fill.view is not None
    focus = QApplication.focusWidget()
    assert focus is not None and fill.view.parts.fields[FIELD].isAncestorOf(focus)


def test_a_restricted_record_is_returned_only_to_who_may_see_it(station: Station, county: RunningCounty) -> None:
    head = {"occurred_on": "2026-06-15", "occurred_at": "08:30:00.000+08:00", "situation": "s4 s6"}
    session = FormSession(shipped().get("mandatory_report"), {"situation_section": head}, clock=station.local_now)
    report = records.save(station, session, Filling(village=visit(station).village))
    assert exchange.run_once(station).returned == 0
    for record_id in (report.record_id, visit(station).id):
        return_record(county, record_id, "occurred_on")
    exchange.run_once(station)
    worker = station.as_user(scope_for("u2", "陈堃", Role.SOCIAL_WORKER, None))
    elsewhere = station.as_user(scope_for("u3", "魏垚", Role.CHILDREN_DIRECTOR, frozenset({"370983103299"})))
    assert {line.subject for line in waiting(station)} == {report.record_id, visit(station).id}
    assert {line.subject for line in waiting(worker)} == {visit(station).id}
    assert waiting(elsewhere) == ()
    (hidden,) = [line.op for line in waiting(station) if line.subject == report.record_id]
    with pytest.raises(MzError, match="已经处理过"):
        returns.dismiss(worker, hidden, "不是我的")


# ---- people


def test_a_returned_change_of_a_person_opens_the_file_at_that_field(desk: Desk, station: Station, county: RunningCounty) -> None:
    who = people.find(station, people.Query()).rows[0]
    right = people.reveal(station, who.id).id_no
    queue_edit(station, "person", who.id, {"id_no": "370983201305050001"})
    send(desk)
    _page, panel = inbox(desk)
    (line,) = panel.listing.table.rows.rows()
    assert (line.kind, line.field, line.person_id) == ("person", "id_no", who.id)
    assert "要改的地方：身份证号。" in panel.where.text()
    press(panel.mend_button)
    desk.settle()
    edit = dialog(PersonEdit)
    assert edit.banner.text() == f"县级退回：{line.sentence}"
    assert edit.fields["id_no"].message.text() == f"✕ {line.sentence}"
    assert edit.controls["id_no"].hasFocus()
    type_text(edit.controls["id_no"], right)
    type_text(edit.controls["reason"], "照证件更正")
    QTest.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    (line,) = waiting(station)
    assert line.correcting
    send(desk)
    assert waiting(station) == ()


def test_a_returned_role_opens_its_own_dialog(desk: Desk, station: Station, county: RunningCounty) -> None:
    who = people.find(station, people.Query()).rows[0]
    role = people.get(station, who.id).current[0]
    queue_edit(station, "enrolment", role.id, {"responsible": "王" * 3000})
    send(desk)
    _page, panel = inbox(desk)
    (line,) = panel.listing.table.rows.rows()
    assert (line.kind, line.field, line.person_id) == ("enrolment", "responsible", who.id)
    QTest.keyClick(panel.listing.table, Qt.Key.Key_Return)
    desk.settle()
    ask = dialog(Ask)
    assert ask.controls["responsible"].hasFocus() and "内容过长" in ask.fields["responsible"].message.text()


def test_giving_up_needs_a_reason_and_gives_the_countys_value_back(desk: Desk, station: Station, county: RunningCounty) -> None:
    who = people.find(station, people.Query()).rows[0]
    queue_edit(station, "person", who.id, {"address": "石" * 3000})
    with station.write() as connection:
        shadows.refresh_view(connection, "person", who.id, station.clock.now_ms())
    before = people.get(station, who.id).person.address
    send(desk)
    _page, panel = inbox(desk)
    press(panel.dismiss_button)
    ask = dialog(Ask)
    QTest.keyClick(ask, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "请填写" in ask.fields["reason"].message.text()
    type_text(ask.controls["reason"], "写错了")
    QTest.keyClick(ask, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert panel.listing.table.rows.rows() == () and desk.window.chip.text() == "✓ 已全部送达"
    assert people.get(station, who.id).person.address not in ("石" * 3000, before)
    assert [(entry["field"], entry["reason"]) for entry in audited(station, "dismiss_returned")] == [("address", "写错了")]


# ---- disputes


def dispute(station: Station, person_id: str, **fields: str) -> None:
    """Let the county hold another value than the one that this laptop sends, of a field that it guards."""
    queue_edit(station, "person", person_id, dict(fields), dict.fromkeys(fields, new_id(station.clock)))
    assert exchange.run_once(station).problem is None


def contests(desk: Desk) -> tuple[ExchangePage, ConflictsPanel]:
    page = open_exchange(desk, "conflicts")
    panel = page.panel("conflicts")
    assert isinstance(panel, ConflictsPanel)
    return page, panel


def test_both_values_stand_side_by_side_until_a_supervisor_decides(desk: Desk, station: Station, county: RunningCounty) -> None:
    _page, panel = contests(desk)
    assert panel.listing.empty.isVisible() and not panel.current.isVisible()
    who = people.find(station, people.Query()).rows[0]
    dispute(station, who.id, aids="dibao medical")
    page, panel = contests(desk)
    assert page.names["conflicts"].text() == "两处不一致 1"
    assert panel.contender.value.text().startswith("低保")
    assert panel.contender.who.text() == "李翀（本机）　6月15日 09:00填写"
    assert panel.current.value.text() != panel.contender.value.text()
    press(panel.contender.button)
    ask = dialog(Ask)
    type_text(ask.controls["reason"], "已核对低保证")
    QTest.keyClick(ask, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert panel.listing.table.rows.rows() == () and conflicts.waiting(station) == ()
    assert people.get(station, who.id).person.aids == "dibao medical"
    assert audited(station, "resolve_conflict") == [{"field": "aids", "reason": "已核对低保证"}]
    send(desk)
    assert conflicts.waiting(station) == () and people.get(station, who.id).person.aids == "dibao medical"


def test_who_may_not_decide_sees_both_and_whom_to_ask(
    station: Station, county: RunningCounty, open_desk: Callable[[Station], Desk]
) -> None:
    who = people.find(station, people.Query()).rows[0]
    dispute(station, who.id, aids="dibao")
    desk = open_desk(station.as_user(scope_for("u2", "陈堃", Role.SOCIAL_WORKER, None)))
    _page, panel = contests(desk)
    assert panel.current.isVisible() and not panel.current.button.isVisible() and "主管" in panel.notice.text()
    assert panel.decide(keep_current=True) is None


def test_numbers_in_dispute_are_masked_until_asked_for(
    desk: Desk, station: Station, county: RunningCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = people.find(station, people.Query()).rows[0]
    other = "370983201503021239"
    dispute(station, who.id, id_no=other)
    _page, panel = contests(desk)
    assert panel.contender.value.text() == "3709**********1239"
    monkeypatch.setattr("ui.dialogs.ask_text", lambda *_args, **_more: "核对户口簿")
    press(panel.reveal_button)
    desk.settle()
    assert panel.contender.value.text() == other
    assert {"reason": "核对户口簿"} in audited(station, "unmask")


def test_the_time_of_a_change_made_elsewhere_is_in_its_id(station: Station) -> None:
    elsewhere = new_id(FixedClock.at("2026-06-14T08:00:00"))
    with station.read() as connection:
        told = authors.of_operation(connection, elsewhere)
        assert (told.own, told.at) == (False, FixedClock.at("2026-06-14T08:00:00").ms)
        assert authors.of_operation(connection, elsewhere + "+") == told
        assert authors.of_operation(connection, "not-an-id").at == 0

"""Matters: what a record opens and settles, hand over, the chain, leads and their export, entrusted care, the clock of a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from forms.catalog import shipped
from mzdesk.care.workdays import WorkCalendar
from mzdesk.casework import entrusted, filling, follow_ups, leads, mandatory_reports, records
from mzdesk.casework.facts import Findings, RecordFacts
from mzdesk.casework.filling import person_answers
from mzdesk.casework.follow_ups import NewMatter, planned
from mzdesk.casework.records import Filling
from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.registry import people
from mzdesk.store import subjects
from mzdesk.store.records import RecordFilter
from mzdesk.store.scope import Role, scope_for
from mzdesk.store.tables import OPERATION
from tests.forms.examples import EXAMPLES
from tests.mzdesk.casework.conftest import OTHER_VILLAGE, VILLAGE, Desk, director_of

TODAY = date(2026, 11, 24)
FACTS = RecordFacts("f", "1", "visit", (), "p", VILLAGE, "2026-11-23", "home", "yes", "low", "", "", "")


def opened(facts: RecordFacts) -> list[tuple[str, str, str]]:
    return [(matter.kind, matter.title, matter.due_on.isoformat()) for matter in planned(facts, TODAY, WorkCalendar())]


def test_each_finding_opens_its_matter() -> None:
    assert opened(FACTS) == []
    referred = replace(FACTS, refer_to="education", findings=Findings("教育、学校", "开学后 5 次缺课"))
    assert opened(referred) == [("referral", "转介：教育、学校：开学后 5 次缺课", "2026-12-04")]
    assert opened(replace(FACTS, refer_to="none")) == []
    needy = replace(FACTS, findings=Findings(leads="illness income temporary_aid", leads_note="住院\n自付 2 万"))
    assert opened(needy) == [
        ("aid", "急需临时救助：住院 自付 2 万", "2026-11-25"),
        ("lead", "因病、收入骤减：住院 自付 2 万", "2026-12-04"),
    ]
    assert opened(replace(FACTS, findings=Findings(abnormal="yes", abnormal_note="跌倒"))) == [("anomaly", "照料异常：跌倒", "2026-11-27")]
    changed = replace(FACTS, findings=Findings(care_change="yes", care_change_note="不能下床"))
    assert opened(changed) == [("reassessment", "自理能力有变化：不能下床", "2026-12-07")]
    assert opened(replace(FACTS, report_required="yes"))[0][0] == "report"
    assert opened(replace(FACTS, kind="report", report_required="yes")) == []


def visit_with(desk: Desk, person_id: str, amends: str = "", **action: str) -> records.Saved:
    filled = desk.visit_answers(person_id)
    filled["visit"] |= {"reached": "yes", "saw_carer": "yes"}
    filled["action"] = filled.get("action", {}) | {"report_required": "no", "refer_to": "none"} | action
    session = desk.session("left_behind_child_visit", filled)
    assert session.problems() == ()
    return records.save(desk.station, session, Filling(person_id, amends=amends))


def operations(desk: Desk) -> list[str]:
    with desk.station.read() as connection:
        return [row.kind for row in connection.execute(OPERATION.select().order_by(OPERATION.c.seq))]


def test_a_visit_tells_the_office_by_its_name_and_the_county_hears_of_it(desk: Desk) -> None:
    child = desk.register()
    visit_with(desk, child.person_id, refer_to="civil_affairs", refer_note="申请救助", leads="accident", leads_note="骨折")
    found = {row.kind: row for row in follow_ups.find_open(desk.station)}
    assert (found["referral"].title, found["lead"].title) == ("转介：民政：申请救助", "意外：骨折")
    assert operations(desk).count("follow_up") == 2


def test_a_correction_opens_nothing_twice_and_takes_its_matters_along(desk: Desk) -> None:
    child = desk.register()
    first = visit_with(desk, child.person_id, refer_to="education", refer_note="家访")
    second = visit_with(desk, child.person_id, amends=first.record_id, refer_to="education", refer_note="尽快家访")
    third = visit_with(
        desk, child.person_id, amends=second.record_id, refer_to="education", refer_note="家访", leads="income", leads_note="x"
    )
    found = follow_ups.find_open(desk.station)
    assert sorted(row.kind for row in found) == ["lead", "referral"]
    assert {row.record_id for row in found} == {third.record_id}


def test_a_report_filled_settles_the_call_for_it_but_is_not_called_received(desk: Desk) -> None:
    child = desk.register()
    visit_with(desk, child.person_id, report_required="yes")
    (matter,) = follow_ups.find_open(desk.station, kinds=("report",))
    assert matter.restricted
    session, target = filling.start(desk.station, shipped(), "mandatory_report", person_id=child.person_id)
    for ref, value in (("occurred_at", "09:30:00.000+08:00"), ("situation", "s4")):
        session.set(f"/data/situation_section/{ref}", value)
    records.save(desk.station, session, target)
    assert follow_ups.find_open(desk.station, kinds=("report",)) == ()
    assert follow_ups.find_all(desk.station, kinds=("report",))[0].outcome == "已填写强制报告，受理情况见登记簿"
    (line,) = mandatory_reports.register(desk.station)
    assert not line.received


def test_a_matter_is_added_handed_over_moved_on_and_closed(desk: Desk) -> None:
    child = desk.register()
    told = NewMatter("联系县医院办理大病救助", TODAY + timedelta(days=7), child.person_id)
    matter_id = follow_ups.add(desk.station, told)
    follow_ups.hand_over(desk.station, matter_id, "民政办 陈堃")
    follow_ups.move_on(desk.station, matter_id, "评估帮扶", TODAY + timedelta(days=14))
    (row,) = follow_ups.find_open(desk.station)
    assert (row.owner, row.stage, row.due_on, row.village) == ("民政办 陈堃", "评估帮扶", "2026-12-08", VILLAGE)
    before = len(operations(desk))
    follow_ups.hand_over(desk.station, matter_id, "民政办 陈堃")
    assert len(operations(desk)) == before
    follow_ups.close(desk.station, matter_id, "已纳入低保边缘")
    with pytest.raises(MzError, match="找不到这件事项"):
        follow_ups.hand_over(desk.station, matter_id, "别人")
    assert follow_ups.find_all(desk.station)[0].outcome == "已纳入低保边缘"
    assert follow_ups.counts(follow_ups.find_all(desk.station), TODAY) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"due_on": TODAY - timedelta(days=1)}, "due_on"),
        ({"stage": "结案"}, "stage"),
        ({"person_id": "nobody"}, "person"),
    ],
)
def test_what_cannot_be_a_matter_is_named(desk: Desk, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(MzError) as caught:
        follow_ups.add(desk.station, replace(NewMatter("x", TODAY, village=VILLAGE), **changes))
    assert caught.value.field == field


def test_a_director_touches_matters_of_their_villages_only(desk: Desk) -> None:
    matter_id = follow_ups.add(desk.station, NewMatter("全村安全检查", TODAY, village=VILLAGE))
    other = director_of(desk.station, OTHER_VILLAGE)
    assert follow_ups.find_open(other) == ()
    with pytest.raises(MzError):
        follow_ups.close(other, matter_id, "办了")
    with pytest.raises(MzError):
        follow_ups.hand_over(other, matter_id, "我")
    with pytest.raises(MzError, match="村"):
        follow_ups.add(other, NewMatter("x", TODAY, village=VILLAGE))
    restricted = follow_ups.add(desk.station, NewMatter("核实线索", TODAY, village=VILLAGE, kind="report"))
    worker = desk.station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None))
    assert restricted not in {row.id for row in follow_ups.find_open(worker)}


def test_urgent_aid_has_twenty_four_hours(desk: Desk) -> None:
    child = desk.register()
    visit_with(desk, child.person_id, leads="temporary_aid disaster", leads_note="火灾")
    clock = desk.station.clock
    assert isinstance(clock, FixedClock)
    urgent, other = leads.all_of(desk.station)
    assert (urgent.category, other.category) == ("临时救助", "监测线索")
    clock.advance(hours=23)
    assert follow_ups.minutes_left(urgent.row, clock.now_ms()) == 60
    clock.advance(hours=2)
    assert follow_ups.minutes_left(urgent.row, clock.now_ms()) == -60
    assert follow_ups.minutes_left(other.row, clock.now_ms()) is None
    heard_later = replace(urgent.row, created_at=clock.now_ms())
    assert follow_ups.minutes_left(heard_later, clock.now_ms()) == -60
    assert follow_ups.opened_on(replace(heard_later, id="x")) == TODAY + timedelta(days=1)


def test_leads_leave_the_house_masked_unless_a_reason_is_given(desk: Desk, tmp_path: Path) -> None:
    child = desk.register()
    id_no = people.reveal(desk.station, child.person_id, "核对").id_no
    with pytest.raises(MzError, match="没有可以导出"):
        leads.export(desk.station, tmp_path / "x.xlsx", ())
    visit_with(desk, child.person_id, leads="illness", leads_note="白血病")
    rows = leads.all_of(desk.station)
    for name, reason, shown in (("a.xlsx", "", f"{id_no[:4]}**********{id_no[-4:]}"), ("b.xlsx", "上报县平台", id_no)):
        assert leads.export(desk.station, tmp_path / name, rows, plain_reason=reason) == 1
        cells = CalamineWorkbook.from_path(tmp_path / name).get_sheet_by_index(0).to_python()
        assert any(shown in row for row in cells)
    director = director_of(desk.station, VILLAGE)
    with pytest.raises(MzError, match="没有导出完整号码的权限"):
        leads.export(director, tmp_path / "c.xlsx", rows, plain_reason="想要")


# ---- entrusted care


def entrust(desk: Desk, person_id: str, *, end_on: date, **terms: str) -> None:
    filled = {name: dict(section) for name, section in EXAMPLES["entrusted_care_agreement"].items()}
    with desk.station.read() as connection:
        person = subjects.person(connection, desk.station.scope, person_id)
    assert person is not None
    filled["subject"] |= person_answers(person)
    filled["terms"] |= {"occurred_on": "2026-09-01", "start_on": "2026-09-01", "end_on": end_on.isoformat()} | terms
    filled["terms"] = {name: value for name, value in filled["terms"].items() if value}
    session = desk.session("entrusted_care_agreement", filled)
    assert session.problems() == ()
    records.save(desk.station, session, Filling(person_id))


def heard(desk: Desk, person_id: str, on: date) -> None:
    filled = desk.visit_answers(person_id)
    filled["visit"] |= {"reached": "yes", "saw_carer": "yes"}
    filled["news_section"] = {"parent_contact_on": on.isoformat(), "news": "none"}
    filled["action"] = filled.get("action", {}) | {"report_required": "no"}
    records.save(desk.station, desk.session("left_behind_child_visit", filled), Filling(person_id))


def test_an_agreement_says_what_it_lacks(desk: Desk) -> None:
    fine, late, silent, untold = (desk.register() for _ in range(4))
    entrust(desk, fine.person_id, end_on=TODAY + timedelta(days=200))
    entrust(desk, late.person_id, end_on=TODAY - timedelta(days=1))
    entrust(desk, silent.person_id, end_on=TODAY + timedelta(days=30))
    entrust(desk, untold.person_id, end_on=TODAY + timedelta(days=200), school_told_on="", village_told_on="")
    for child in (fine, untold):
        heard(desk, child.person_id, TODAY - timedelta(days=7))
    heard(desk, silent.person_id, TODAY - timedelta(days=8))
    found = {item.agreement.person_id: [kind for kind, _ in item.faults] for item in entrusted.all_of(desk.station)}
    assert found == {
        fine.person_id: [],
        late.person_id: ["expired"],
        silent.person_id: ["contact", "expires"],
        untold.person_id: ["school", "village"],
    }
    assert entrusted.all_of(desk.station)[0].agreement.person_id == late.person_id
    assert entrusted.all_of(director_of(desk.station, OTHER_VILLAGE)) == ()


# ---- mandatory reports


def report(desk: Desk, amends: str = "", **reporting: str) -> str:
    head = {"occurred_on": "2026-11-24", "occurred_at": "09:30:00.000+08:00", "situation": "s4"}
    session = desk.session("mandatory_report", {"situation_section": head, "reporting": reporting})
    return records.save(desk.station, session, Filling(amends=amends)).record_id


def test_a_correction_does_not_start_the_clock_of_a_report_anew(desk: Desk) -> None:
    clock = desk.station.clock
    assert isinstance(clock, FixedClock)
    first = report(desk)
    clock.advance(hours=3)
    second = report(desk, amends=first, agency="桃园派出所")
    (line,) = mandatory_reports.register(desk.station)
    assert (line.row.id, line.minutes_left, line.received) == (second, -60, False)
    report(desk, amends=second, agency="桃园派出所", officer="张警官", receipt_no="17")
    (line,) = mandatory_reports.register(desk.station)
    assert (line.minutes_left, line.received, line.officer) == (None, True, "张警官")


def test_a_report_that_names_no_village_stays_with_whoever_made_it(desk: Desk) -> None:
    township = desk.station
    desk.station = director_of(township, VILLAGE, OTHER_VILLAGE)
    record_id = report(desk)
    assert [line.row.id for line in mandatory_reports.register(desk.station)] == [record_id]
    assert [line.row.id for line in mandatory_reports.register(township)] == [record_id]
    stranger = township.as_user(scope_for("u7", "别村主任", Role.CHILDREN_DIRECTOR, frozenset({OTHER_VILLAGE})))
    assert mandatory_reports.register(stranger) == ()
    assert records.find(stranger, RecordFilter(forms=("mandatory_report",))) == ()


def test_situations_are_named_by_their_numbers() -> None:
    assert mandatory_reports.situation_names("s1 s4") == "情形1、4"
    assert mandatory_reports.situation_names("") == ""

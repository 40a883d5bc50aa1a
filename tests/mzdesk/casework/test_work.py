"""The rest of the daily work: checklists, reports, suspensions, trips, route sheet, timeline, files, papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from forms.catalog import shipped
from mzdesk.casework import (
    checklists,
    evidence,
    files,
    follow_ups,
    mandatory_reports,
    papers,
    records,
    route_sheet,
    rule_changes,
    suspensions,
    timeline,
    today,
    trips,
)
from mzdesk.casework.duties import HALF_YEARLY, MONTHLY, QUARTERLY, YEARLY, Period, period_of, periods
from mzdesk.casework.records import Filling
from mzdesk.casework.rules import FIRST_RULES
from mzdesk.errors import MzError
from mzdesk.registry import people
from mzdesk.store import audit
from mzdesk.store.scope import Role, scope_for
from tests.forms.examples import EXAMPLES
from tests.mzdesk.casework.conftest import VILLAGE, Desk, director_of

NOVEMBER = Period(MONTHLY, "2026-11", date(2026, 11, 1), date(2026, 11, 30))


def test_periods_follow_the_calendar() -> None:
    assert [(item.form_id, item.key) for item in periods(date(2026, 9, 10), months_back=0)] == [
        (MONTHLY, "2026-09"),
        (QUARTERLY, "2026Q3"),
        (HALF_YEARLY, "2026-09"),
    ]
    assert {item.key for item in periods(date(2026, 12, 1), months_back=0)} == {"2026-12", "2026Q4", "2026"}
    assert period_of(HALF_YEARLY, date(2026, 4, 1)) is None
    assert period_of(YEARLY, date(2026, 4, 1)) == Period(YEARLY, "2026", date(2026, 1, 1), date(2026, 12, 31))
    assert NOVEMBER.title == "2026年11月 月度清单"


def test_a_checklist_starts_with_what_the_data_shows(desk: Desk) -> None:
    seen, missed = desk.register(risk="high"), desk.register(risk="high")
    desk.pass_days(3)
    desk.visit(seen.person_id)
    desk.pass_days(2)
    name = people.get(desk.station, missed.person_id).person.name
    found = {item.question: item for item in checklists.evidence_of(desk.station, VILLAGE, NOVEMBER)}
    assert (found["children_new"].number, found["visits_done"].number) == (2, 1)
    assert found["visits_done"].people == (seen.person_id,)
    session, _ = checklists.start(desk.station, shipped(), VILLAGE, NOVEMBER)
    assert session.named("period") == "2026-11"
    assert session.named("children_new") == "2"
    assert session.named("village_name") == "白家楼村"
    december = Period(MONTHLY, "2026-12", date(2026, 12, 1), date(2026, 12, 31))
    desk.pass_days(10)
    prefilled = evidence.prefill(checklists.evidence_of(desk.station, VILLAGE, december))
    assert name in prefilled["visits_missed"]


def test_signing_closes_the_duty_and_a_spot_check_reviews_it(desk: Desk) -> None:
    station = replace(desk.station, identity=replace(desk.station.identity, villages=(VILLAGE,)))

    def duty() -> checklists.Duty:
        return next(item for item in checklists.duties(station) if item.period == NOVEMBER)

    assert (duty().record_id, duty().village_name) == ("", "白家楼村")
    session, target = checklists.start(station, shipped(), VILLAGE, NOVEMBER)
    told = {"changes/contact_changes": "done", "changes/school_changes": "na", "scan/scan_missing": "0"}
    for ref, value in told.items():
        session.set(f"/data/{ref}", value)
    saved = records.save(station, session, target)
    assert (duty().record_id, duty().reviewed_on) == (saved.record_id, "")
    check = {
        "head": {"village_code": VILLAGE, "occurred_on": "2026-11-24", "village_name": "白家楼村", "checked_worker": "李翀"},
        "items": dict.fromkeys(("check_real", "check_timely", "check_complete", "check_risk", "check_followed", "check_safe"), "yes"),
        "result_section": {"result": "good"},
    }
    session = desk.session(checklists.SPOT_CHECK, check)
    for problem in session.problems():
        session.set(problem.ref, session.choices(problem.ref)[0].value if session.choices(problem.ref) else "督导员")
    records.save(station, session, Filling(village=VILLAGE))
    assert duty().reviewed_on == "2026-11-24"
    assert [(count.form_id, count.done) for count in checklists.completion(checklists.duties(station)) if count.done] == [(MONTHLY, 1)]


def test_a_new_station_has_no_arrears_from_before_it_was_made(desk: Desk) -> None:
    station = replace(desk.station, identity=replace(desk.station.identity, villages=(VILLAGE,)))
    made = station.today()
    with station.write() as connection:
        audit.append(connection, station.scope, "station_created", now_ms=station.clock.now_ms())
    assert checklists.duties(station)
    assert all(duty.period.last >= made for duty in checklists.duties(station))
    desk.pass_days(40)
    assert any(duty.period == NOVEMBER and not duty.record_id for duty in checklists.duties(station))


def test_checklists_of_a_foreign_village_are_refused(desk: Desk) -> None:
    director = director_of(desk.station, "370983103202")
    with pytest.raises(MzError, match="不能查看这个村"):
        checklists.evidence_of(director, VILLAGE, NOVEMBER)


def report(desk: Desk, **told: str) -> str:
    filled = {
        "situation_section": {"occurred_on": "2026-11-24", "occurred_at": "09:30:00.000+08:00", "situation": "s4"},
        "reporting": told,
    }
    return records.save(desk.station, desk.session("mandatory_report", filled), Filling(village=VILLAGE)).record_id


def test_a_report_runs_against_the_clock_until_a_person_enters_the_receipt(desk: Desk) -> None:
    waiting = report(desk)
    desk.station.clock.ms += 30 * 60_000  # type: ignore[attr-defined]
    received = report(desk, agency="桃园派出所", officer="张警官", receipt_no="桃公〔2026〕17")
    lines = mandatory_reports.register(desk.station)
    assert [(line.row.id, line.received, line.minutes_left) for line in lines] == [(waiting, False, 90), (received, True, None)]
    worker = desk.station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None))
    with pytest.raises(MzError, match="没有查看强制报告的权限"):
        mandatory_reports.register(worker)


def test_suspension_has_a_reason_and_an_end(desk: Desk) -> None:
    child = desk.register()
    role = people.get(desk.station, child.person_id).current[0]
    for until, why in ((date(2027, 3, 1), " "), (date(2026, 11, 1), "住院"), (date(2028, 3, 1), "住院")):
        with pytest.raises(MzError):
            suspensions.suspend(desk.station, role.id, until, why)
    suspensions.suspend(desk.station, role.id, date(2027, 3, 1), "住院")
    assert desk.due(child.person_id) == "2027-03-02"
    suspensions.resume(desk.station, role.id)
    assert desk.due(child.person_id) == "2026-12-24"


def test_rules_change_only_with_right_and_source(desk: Desk) -> None:
    director = director_of(desk.station, VILLAGE)
    with pytest.raises(MzError, match="没有修改参数的权限"):
        rule_changes.change(director, FIRST_RULES, date(2026, 12, 1), "文号")
    with pytest.raises(MzError, match="依据"):
        rule_changes.change(desk.station, FIRST_RULES, date(2026, 12, 1), " ")


def test_one_address_is_one_trip(desk: Desk) -> None:
    first, second, elsewhere = desk.register(), desk.register(), desk.register()
    for child in (first, second):
        people.edit(desk.station, child.person_id, {"address": "白家楼村二组9号"})
    people.edit(desk.station, elsewhere.person_id, {"address": "白家楼村三组1号"})
    found = trips.others_at_address(desk.station, first.person_id)
    assert [person.person_id for person in found] == [second.person_id]
    session = desk.session("left_behind_child_visit", desk.visit_answers(first.person_id, companion="陈堃"))
    assert trips.shared_answers(session)["companion"] == "陈堃"
    desk.visit(second.person_id)
    assert trips.others_at_address(desk.station, first.person_id) == ()


def test_the_route_goes_through_the_village_in_order(desk: Desk) -> None:
    for number in ("三组1号", "二组17号", "二组9号", "二组9号"):
        child = desk.register(risk="high")
        people.edit(desk.station, child.person_id, {"address": f"白家楼村{number}"})
    stops = route_sheet.plan(desk.station, VILLAGE)
    assert [stop.person.address[4:] for stop in stops] == ["二组9号", "二组9号", "二组17号", "三组1号"]
    assert stops[0].with_others == (stops[1].person.name,)


def test_matters_close_only_with_an_outcome(desk: Desk) -> None:
    child = desk.register()
    filled = desk.visit_answers(child.person_id)
    filled["action"] |= {"refer_to": "education", "refer_note": "请跟进"}
    records.save(desk.station, desk.session("left_behind_child_visit", filled), Filling(child.person_id))
    matters = follow_ups.find_open(desk.station, person_id=child.person_id)
    assert [matter.kind for matter in matters] == ["referral"]
    with pytest.raises(MzError, match="结果"):
        follow_ups.close(desk.station, matters[0].id, "")
    follow_ups.close(desk.station, matters[0].id, "学校已安排心理老师")
    told = timeline.of_person(desk.station, child.person_id)
    assert told.open_matters == ()
    assert {event.kind for event in told.events} == {"record", "change", "matter"}
    assert today.overview(desk.station).follow_ups == ()


def test_a_paper_is_checked_against_its_record(desk: Desk) -> None:
    child = desk.register()
    visit = desk.visit(child.person_id)
    printed = papers.print_record(desk.station, visit.record_id)
    assert printed.pages >= 1
    assert papers.verify_paper(desk.station, printed.pdf).agrees
    desk.visit(child.person_id, amends=visit.record_id)
    verdict = papers.verify_paper(desk.station, printed.pdf)
    assert not verdict.agrees
    assert "更正" in verdict.sentence
    with pytest.raises(MzError, match="没有打印完整证件号码的权限"):
        admin = desk.station.as_user(scope_for("u4", "管理员", Role.ADMINISTRATOR, None))
        papers.print_record(admin, visit.record_id, unmask_reason="核对")


def test_file_answers_name_no_person() -> None:
    answer = f"{'a' * 64}-1234.jpg"
    answers = {"signatures": {"visitor_signature": answer}, "photos": [{"photo": answer}, {"photo": "王明.jpg"}]}
    assert list(files.named_in(answers)) == [("/signatures/visitor_signature", answer), ("/photos[1]/photo", answer)]
    assert files.digests_in(answers) == ("a" * 64, "a" * 64)


def test_an_agreement_about_to_end_is_among_the_open_matters(desk: Desk) -> None:
    child = desk.register()
    filled = {**EXAMPLES["entrusted_care_agreement"]}
    filled["subject"] = {**filled["subject"], "person_id": child.person_id}
    filled["terms"] = {**filled["terms"], "occurred_on": "2026-11-24", "start_on": "2026-11-24", "end_on": "2026-12-20"}
    records.save(desk.station, desk.session("entrusted_care_agreement", filled), Filling(child.person_id))
    matters = [matter for matter in today.overview(desk.station).follow_ups if matter.kind == "agreement"]
    assert [(matter.person_id, matter.due_on, matter.title) for matter in matters] == [
        (child.person_id, "2026-12-20", "委托照护协议到期，请续签")
    ]
    filled["terms"] |= {"end_on": "2027-11-30"}
    records.save(desk.station, desk.session("entrusted_care_agreement", filled), Filling(child.person_id))
    assert not [matter for matter in today.overview(desk.station).follow_ups if matter.kind == "agreement"]

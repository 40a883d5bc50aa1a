"""Saving a filled form: all of it or nothing, and everything that follows from it in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.catalog import shipped
from mzdesk.casework import drafts, filling, records, today
from mzdesk.casework.records import Filling, late_days
from mzdesk.errors import MzError
from mzdesk.registry import people
from mzdesk.store import audit, outbox
from mzdesk.store.records import RecordFilter
from mzdesk.store.scope import Role, scope_for
from mzdesk.store.tables import OPERATION, RECORD
from tests.mzdesk.casework.conftest import OTHER_VILLAGE, VILLAGE, Desk, days, director_of


def count(desk: Desk, table: object) -> int:
    from sqlalchemy import func, select

    with desk.station.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_visit_moves_the_due_date_and_waits_for_the_county(desk: Desk) -> None:
    child = desk.register(risk="medium")
    assert desk.due(child.person_id) == "2026-12-24"
    desk.pass_days(10)
    visit = desk.visit(child.person_id)
    assert desk.due(child.person_id) == "2027-01-03"
    row = records.get(desk.station, visit.record_id).row
    assert (row.kind, row.occurred_on, row.contact_mode, row.reached, row.verdict, row.receipt) == (
        "visit",
        "2026-12-04",
        "home",
        "yes",
        "",
        "",
    )
    assert visit.number == f"370983103-20261204-{visit.number[19:23]}-0001"


def test_an_unfinished_form_writes_nothing(desk: Desk) -> None:
    child = desk.register()
    before = count(desk, RECORD), count(desk, OPERATION)
    session = desk.session("left_behind_child_visit", desk.visit_answers(child.person_id) | {"action": {}})
    with pytest.raises(MzError, match="处需要修改") as caught:
        records.save(desk.station, session, Filling(child.person_id))
    assert caught.value.field
    assert (count(desk, RECORD), count(desk, OPERATION)) == before


def test_a_failure_half_way_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    child = desk.register()
    before = count(desk, RECORD), count(desk, OPERATION), desk.due(child.person_id)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(records.follow_ups, "open_from", fail)
    with pytest.raises(RuntimeError):
        desk.visit(child.person_id)
    assert (count(desk, RECORD), count(desk, OPERATION), desk.due(child.person_id)) == before


@pytest.mark.parametrize(("mode", "reached"), [("phone", "yes"), ("video", "yes"), ("home", "no")])
def test_what_does_not_count_leaves_the_due_date(desk: Desk, mode: str, reached: str) -> None:
    child = desk.register()
    desk.pass_days(5)
    told = {"contact_mode": mode, "reached": reached}
    told |= {"saw_child": "no"} if mode == "phone" else {}
    told |= {"unreached_reason": "家中无人"} if reached == "no" else {}
    desk.visit(child.person_id, **told)
    assert desk.due(child.person_id) == "2026-12-24"


def test_a_correction_replaces_and_both_are_kept(desk: Desk) -> None:
    child = desk.register()
    desk.pass_days(10)
    first = desk.visit(child.person_id)
    again = desk.visit(child.person_id, amends=first.record_id, on=date(2026, 12, 1))
    assert again.number == first.number
    assert [version.row.id for version in records.versions(desk.station, again.record_id)] == [first.record_id, again.record_id]
    assert [row.id for row in records.find(desk.station, RecordFilter(kinds=("visit",)))] == [again.record_id]
    assert desk.due(child.person_id) == "2026-12-31"
    with pytest.raises(MzError, match="已经更正过"):
        desk.visit(child.person_id, amends=first.record_id)


def test_risk_found_in_a_visit_reaches_the_role_with_history(desk: Desk) -> None:
    child = desk.register(risk="low")
    desk.visit(child.person_id, risk="high")
    file = people.get(desk.station, child.person_id)
    assert [role.risk for role in file.current] == ["high"]
    assert ("risk", "low", "high") in [(change.field, change.old, change.new) for change in file.history]
    assert desk.due(child.person_id) == "2026-12-01"


def test_a_new_phone_told_in_a_visit_reaches_the_file(desk: Desk) -> None:
    child = desk.register()
    filled = desk.visit_answers(child.person_id)
    filled["news_section"] |= {"news": "phone", "new_phone": "19900001234", "news_note": "换号"}
    records.save(desk.station, desk.session("left_behind_child_visit", filled), Filling(child.person_id))
    assert people.reveal(desk.station, child.person_id, "核对").phone == "19900001234"


def test_a_foreign_village_is_refused_and_not_shown(desk: Desk) -> None:
    child = desk.register(village=OTHER_VILLAGE)
    visit = desk.visit(child.person_id)
    director = Desk(director_of(desk.station, VILLAGE))
    assert records.find(director.station, RecordFilter()) == ()
    with pytest.raises(MzError):
        records.get(director.station, visit.record_id)
    session = desk.session("left_behind_child_visit", desk.visit_answers(child.person_id))
    with pytest.raises(MzError, match="不能为这个人记录"):
        records.save(director.station, session, Filling(child.person_id))


def test_reports_go_first_are_restricted_and_leave_a_trace(desk: Desk) -> None:
    filled = {"situation_section": {"occurred_on": "2026-11-24", "occurred_at": "09:30:00.000+08:00", "situation": "s4"}}
    saved = records.save(desk.station, desk.session("mandatory_report", filled), Filling(village=VILLAGE))
    with desk.station.read() as connection:
        lane = connection.execute(OPERATION.select().where(OPERATION.c.subject == saved.record_id)).mappings().one()["lane"]
        acts = [entry.act for entry in audit.entries(connection, desk.station.scope)]
    assert lane == outbox.LANE_URGENT
    assert "save_restricted" in acts
    worker = desk.station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None))
    assert records.find(worker, RecordFilter(kinds=("report",))) == ()
    assert records.get(desk.station, saved.record_id).restricted


def test_a_visit_that_calls_for_a_report_opens_the_matter(desk: Desk) -> None:
    child = desk.register()
    filled = desk.visit_answers(child.person_id, risk="high")
    filled["action"]["report_required"] = "yes"
    records.save(desk.station, desk.session("left_behind_child_visit", filled), Filling(child.person_id))
    assert [matter.kind for matter in today.overview(desk.station).follow_ups if matter.kind == "report"] == ["report"]


def test_a_deleted_record_needs_a_reason_and_no_longer_counts(desk: Desk) -> None:
    child = desk.register()
    desk.pass_days(10)
    visit = desk.visit(child.person_id)
    with pytest.raises(MzError, match="原因"):
        records.delete(desk.station, visit.record_id, " ")
    records.delete(desk.station, visit.record_id, "重复录入")
    assert desk.due(child.person_id) == "2026-12-24"
    assert records.find(desk.station, RecordFilter(kinds=("visit",))) == ()


def test_entry_after_a_week_is_flagged_not_barred(desk: Desk) -> None:
    child = desk.register(entered=date(2026, 10, 1))
    late = desk.visit(child.person_id, on=desk.station.today() - days(12))
    assert records.get(desk.station, late.record_id).row.late_days == 12
    assert [late_days("2026-11-17", date(2026, 11, 24)), late_days("", date(2026, 11, 24))] == [0, 0]


def test_a_draft_is_continued_and_ends_with_the_record(desk: Desk) -> None:
    child = desk.register()
    session, target = filling.start(desk.station, shipped(), "left_behind_child_visit", person_id=child.person_id)
    session.set("/data/visit/companion", "陈堃")
    draft = drafts.keep(desk.station, session, target)
    assert [item.person_name != "" for item in drafts.all_of(desk.station)] == [True]
    resumed, target = filling.resume(desk.station, shipped(), draft)
    assert resumed.state("/data/visit/companion").value == "陈堃"
    other = desk.station.as_user(scope_for("u9", "别人", Role.SUPERVISOR, None))
    assert drafts.all_of(other) == ()
    filled = desk.visit_answers(child.person_id)
    records.save(desk.station, desk.session("left_behind_child_visit", filled), target)
    assert drafts.all_of(desk.station) == ()


def test_a_form_starts_with_what_the_program_knows(desk: Desk) -> None:
    child = desk.register()
    session, target = filling.start(desk.station, shipped(), "left_behind_child_visit", person_id=child.person_id)
    file = people.get(desk.station, child.person_id)
    assert session.named("person_name") == file.person.name
    assert session.named("visitor") == desk.station.scope.name
    assert session.named("occurred_on") == "2026-11-24"
    assert target == Filling(child.person_id, VILLAGE)


def test_today_counts_what_is_due(desk: Desk) -> None:
    high, medium = desk.register(risk="high"), desk.register(risk="medium")
    desk.pass_days(8)
    page = today.overview(desk.station)
    assert (page.counts.overdue, page.counts.today, page.counts.week, page.counts.oldest) == (1, 0, 0, "2026-12-01")
    assert [person.person_id for person in page.people] == [high.person_id]
    assert (page.planned, page.done) == (2, 0)
    desk.visit(medium.person_id)
    page = today.overview(desk.station)
    assert (page.planned, page.done) == (2, 1)


def test_of_two_saves_of_a_draft_the_newest_answers_stay(desk: Desk) -> None:
    child = desk.register()
    session, target = filling.start(desk.station, shipped(), "left_behind_child_visit", person_id=child.person_id)
    target = replace(target, draft_id=desk.station.new_id())
    newest = [session.draft()]

    def answers() -> Mapping[str, Any]:
        return newest[0]

    session.set("/data/visit/companion", "陈堃")
    newest[0] = session.draft()
    for _ in range(2):  # the second is the one that was begun first and came late
        drafts.keep_answers(desk.station, session.form, answers, target)
    resumed, _ = filling.resume(desk.station, shipped(), target.draft_id)
    assert resumed.state("/data/visit/companion").value == "陈堃"

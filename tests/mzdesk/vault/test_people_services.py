"""Handover, the data-subject report, retention."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.opening import Created
from mzdesk.station import Station
from mzdesk.store import attachments, audit
from mzdesk.store.scope import Role, scope_for
from mzdesk.store.tables import DRAFT, ENROLMENT, FOLLOW_UP, OPERATION, PERSON, RECORD
from mzdesk.vault import accounts, handover, retention, subject_report
from mzdesk.vault.accounts import Account
from tests.mzdesk.store.conftest import add_person, add_record
from tests.mzdesk.vault.conftest import VILLAGES

OTHER = "第二位同事的长密码在这里"


@pytest.fixture
def supervisor(created: Created) -> Station:
    return created.station.as_user(scope_for("s", "主管", Role.SUPERVISOR, None))


@pytest.fixture
def people(created: Created) -> tuple[Account, Account]:
    add = accounts.add
    giver = add(created.station, "老李", Role.CHILDREN_DIRECTOR, VILLAGES[:1], OTHER)
    return giver, add(created.station, "小王", Role.CHILDREN_DIRECTOR, VILLAGES[:2], OTHER)


def enrol(station: Station, name: str, village: str = VILLAGES[0], **more: object) -> tuple[str, str]:
    """Insert a person with one role and return both ids."""
    with station.write() as connection:
        person, role, now = add_person(connection, station, name, village), station.new_id(), station.clock.now_ms()
        row = {"id": role, "person_id": person, "village": village, "group": "left_behind_child", "entered_on": "2020-01-01"}
        connection.execute(insert(ENROLMENT).values(**row, created_at=now, updated_at=now, **more))
    return person, role


def test_a_caseload_is_listed_signed_and_moved(created: Created, supervisor: Station, people: tuple[Account, Account]) -> None:
    giver, receiver = people
    person, role = enrol(supervisor, "小花", responsible="老李")
    _, others = enrol(supervisor, "小草", responsible="老赵")
    _, elsewhere = enrol(supervisor, "小树", VILLAGES[1], responsible="老李")
    with supervisor.write() as connection:
        follow_up = {"id": "f", "person_id": person, "village": VILLAGES[0], "kind": "follow_up", "title": "回访", "owner": giver.id}
        connection.execute(insert(FOLLOW_UP).values(**follow_up, created_at=1, updated_at=1))
        draft = {"id": "d", "form_id": "visit", "form_version": "1", "village": VILLAGES[0], "answers_json": "{}", "author": giver.id}
        connection.execute(insert(DRAFT).values(**draft, created_at=1, updated_at=1))
    listed = handover.prepare(supervisor, giver.id, receiver.id, VILLAGES[:1])
    assert [row.name for row in listed.rows] == ["小花"] and listed.rows[0].open_follow_ups == 1 and len(listed.digest) == 64
    assert handover.carry_out(supervisor, listed) == handover.Handed(1, 1, 1)
    with supervisor.read() as connection:
        found = {row.id: row.responsible for row in connection.execute(select(ENROLMENT.c.id, ENROLMENT.c.responsible))}
        assert found == {role: "小王", others: "老赵", elsewhere: "老李"}
        assert connection.execute(select(DRAFT.c.author)).scalar_one() == receiver.id
        assert connection.execute(select(OPERATION.c.kind)).scalars().all() == ["enrolment"]
        entry = audit.entries(connection, supervisor.scope)[0]
    assert entry.act == "handover" and entry.detail["digest"] == listed.digest


def test_a_restricted_draft_stays_where_the_receiver_may_not_see_it(
    created: Created, supervisor: Station, people: tuple[Account, Account]
) -> None:
    giver, colleague = people
    worker = accounts.add(created.station, "孙社工", Role.SOCIAL_WORKER, (), OTHER)
    visit = '{"clue":{"violence_clue":"yes"}}'
    drafts = {"report": ("mandatory_report", "{}"), "clue": ("left_behind_woman_visit", visit), "plain": ("left_behind_woman_visit", "{}")}
    with supervisor.write() as connection:
        for name, (form_id, answers) in drafts.items():
            row = {"id": name, "form_id": form_id, "form_version": "1", "village": VILLAGES[0], "answers_json": answers, "author": giver.id}
            connection.execute(insert(DRAFT).values(**row, created_at=1, updated_at=1))
    assert handover.carry_out(supervisor, handover.prepare(supervisor, giver.id, worker.id, VILLAGES[:1])).drafts == 1
    assert handover.carry_out(supervisor, handover.prepare(supervisor, giver.id, colleague.id, VILLAGES[:1])).drafts == 2


def test_a_list_that_changed_after_printing_is_not_carried_out(supervisor: Station, people: tuple[Account, Account]) -> None:
    listed = handover.prepare(supervisor, people[0].id, people[1].id, VILLAGES[:1])
    enrol(supervisor, "新来的")
    with pytest.raises(MzError, match="清单已经变了"):
        handover.carry_out(supervisor, listed)


def test_who_may_hand_over_what(supervisor: Station, people: tuple[Account, Account]) -> None:
    giver, receiver = people
    mine = supervisor.as_user(scope_for(giver.id, giver.name, Role.CHILDREN_DIRECTOR, frozenset(VILLAGES[:1])))
    handover.prepare(mine, giver.id, receiver.id, VILLAGES[:1])
    worker = supervisor.as_user(scope_for("w", "社工", Role.SOCIAL_WORKER, None))
    for station, villages, told in (
        (mine, VILLAGES[1:2], "不能移交这些村"),
        (worker, VILLAGES[:1], "没有权限"),
        (supervisor, VILLAGES[2:], "接收人不负责"),
        (supervisor, (), "不能移交这些村"),
    ):
        with pytest.raises(MzError, match=told):
            handover.prepare(station, giver.id, receiver.id, villages)


def test_a_person_is_told_everything_that_is_held(supervisor: Station) -> None:
    person, _ = enrol(supervisor, "小花")
    with supervisor.write() as connection:
        record = add_record(connection, supervisor, person, "家访")
        connection.execute(update(PERSON).where(PERSON.c.id == person).values(phone="13800000000"))
        audit.append(connection, supervisor.scope, "unmask", person, now_ms=1)
        audit.append(connection, supervisor.scope, "print", record, now_ms=2)
    with pytest.raises(MzError, match="原因"):
        subject_report.make(supervisor, person, " ")
    report = subject_report.make(supervisor, person, "监护人申请 2026-03-02")
    by_title = {section.title: section.rows for section in report.sections}
    assert ("电话", "13800000000") in by_title["基本信息"]
    assert len(by_title["走访、照料和其他记录"]) == len(by_title["报送到县"]) == len(by_title["分类登记"]) == 1
    assert [row[2] for row in by_title["谁看过、用过"]] == ["显示完整证件号", "打印"]
    with supervisor.read() as connection:
        assert audit.entries(connection, supervisor.scope)[0].act == "subject_report"


def test_restricted_records_and_other_villages_stay_hidden(supervisor: Station) -> None:
    person, _ = enrol(supervisor, "小花")
    with supervisor.write() as connection:
        add_record(connection, supervisor, person, "强制报告")
        connection.execute(update(RECORD).values(restricted=True))
    worker = supervisor.as_user(scope_for("w", "社工", Role.SOCIAL_WORKER, None))
    report = subject_report.make(worker, person, "申请")
    assert next(section for section in report.sections if section.title.startswith("走访")).rows == ()
    other = supervisor.as_user(scope_for("d", "外村", Role.CHILDREN_DIRECTOR, frozenset(VILLAGES[1:])))
    with pytest.raises(MzError, match="找不到这个人"):
        subject_report.make(other, person, "申请")


def test_after_the_years_what_identifies_goes_and_the_numbers_stay(supervisor: Station, clock: FixedClock) -> None:
    person, _ = enrol(supervisor, "小花", left_on="2020-05-01")
    current, _ = enrol(supervisor, "还在册")
    stored = attachments.put(supervisor, b"photo of a letter", "application/pdf")
    with supervisor.write() as connection:
        record = add_record(connection, supervisor, person, "家访")
        attachments.link(connection, stored, record_id=record, question="q", name="信", village=VILLAGES[0], now_ms=1)
        connection.execute(update(PERSON).where(PERSON.c.id == person).values(birth_date="2015-06-07", phone="13800000000"))
    assert retention.due(supervisor) == ()  # the county has not confirmed the record yet
    with supervisor.write() as connection:
        connection.execute(update(OPERATION).values(verdict="accepted"))
    assert [one.person_id for one in retention.due(supervisor)] == [person]
    retention.hold(supervisor, person, "案件未结")
    assert retention.due(supervisor) == () and retention.held_because(supervisor, person) == "案件未结"
    retention.release(supervisor, person)
    with pytest.raises(MzError, match="还不能去标识"):
        retention.deidentify(supervisor, [person, current])
    worker = supervisor.as_user(scope_for("w", "社工", Role.SOCIAL_WORKER, None))
    with pytest.raises(MzError, match="没有权限"):
        retention.deidentify(worker, [person])
    assert retention.deidentify(supervisor, [person]) == 1
    with supervisor.read() as connection:
        row = connection.execute(select(PERSON).where(PERSON.c.id == person)).mappings().one()
        assert (row["name"], row["phone"], row["birth_date"], row["deleted_why"]) == ("（已去标识）", "", "2015", "到期去标识")
        assert connection.execute(select(RECORD.c.answers_json)).scalar_one() == "{}"
        assert connection.execute(select(OPERATION.c.body)).scalar_one() == b"{}"
    assert list((supervisor.folder / attachments.FOLDER).iterdir()) == []
    clock.advance(days=3650)
    assert [one.person_id for one in retention.due(supervisor)] == []


def test_open_matters_and_restricted_records_keep_a_person(supervisor: Station) -> None:
    open_matter, _ = enrol(supervisor, "有待办", left_on="2019-01-01")
    restricted, _ = enrol(supervisor, "有强制报告", left_on="2019-01-01")
    with supervisor.write() as connection:
        follow_up = {"id": "f", "person_id": open_matter, "village": VILLAGES[0], "kind": "follow_up", "title": "回访"}
        connection.execute(insert(FOLLOW_UP).values(**follow_up, created_at=1, updated_at=1))
        add_record(connection, supervisor, restricted, "报告")
        connection.execute(update(RECORD).values(restricted=True))
        connection.execute(update(OPERATION).values(verdict="accepted"))
    assert retention.due(supervisor) == ()

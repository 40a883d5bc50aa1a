"""The work of care on a real station: agreements and their alerts, rounds, months of care, clocks, exits, papers, tables of parameters."""

from __future__ import annotations

from datetime import date, timedelta

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.catalog import shipped
from mzdesk.care import agreements, exits, holidays, monthly, papers, reassessments, rounds, services, standards, support
from mzdesk.care.levels import Level
from mzdesk.care.money import read_yuan
from mzdesk.care.rounds import Given, Round
from mzdesk.care.standards import FIRST_STANDARDS, yuan
from mzdesk.casework import follow_ups
from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.registry import people
from mzdesk.station import Station
from mzdesk.store.scope import Role, scope_for
from tests.mzdesk.care.township import Settled, Township

TODAY = date(2026, 11, 24)
NOVEMBER = date(2026, 11, 1)


def kinds(station: Station) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for alert in agreements.alerts(station):
        found.setdefault(alert.person_id, []).append(alert.kind)
    return found


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def settled(town: Township, **told: object) -> Settled:
    return town.settle(date(2026, 1, 5), **told)  # type: ignore[arg-type]


# ---- money and tables


@pytest.mark.parametrize(
    ("text", "fen"),
    [("760", 76000), ("1,007.50", 100750), ("１００７ 元", 100700), ("1007元/月", 100700), ("￥280.5", 28050), ("0", 0), ("1 007", 100700)],
)
def test_money_is_read_as_people_write_it(text: str, fen: int) -> None:
    assert read_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "一千", "10.005", "-5", "1e5", "99999999999", "7.6.0", "760x"])
def test_what_is_no_money_is_named(text: str) -> None:
    with pytest.raises(MzError, match="农村低保标准"):
        read_yuan(text, "农村低保标准")


@given(st.integers(0, 10**9))
def test_money_comes_back_as_it_was_written(fen: int) -> None:
    assert read_yuan(yuan(fen)) == fen


@given(st.text(max_size=60))
def test_any_text_is_money_or_a_sentence(text: str) -> None:
    try:
        assert read_yuan(text) >= 0
    except MzError as error:
        assert error.message


def test_a_table_of_holidays_is_read_from_what_an_office_has() -> None:
    table = holidays.parse_table("2027-01-01 休\n2027年2月14日,班\n20270215\t放假\n\n", TODAY)
    assert table == {"2027-01-01": False, "2027-02-14": True, "2027-02-15": False}
    with pytest.raises(MzError, match="第 2 行"):
        holidays.parse_table("2027-01-01 休\n春节 休", TODAY)
    with pytest.raises(MzError, match="没有日期"):
        holidays.parse_table(" \n", TODAY)


@given(st.text(max_size=200))
def test_any_text_is_a_table_of_holidays_or_a_sentence(text: str) -> None:
    try:
        assert holidays.parse_table(text, TODAY)
    except MzError as error:
        assert error.message


def test_imported_holidays_move_the_clock_and_stay_together(station: Station) -> None:
    before = reassessments.clock_of(station, date(2026, 11, 24))
    assert before.due_on == date(2026, 12, 8)
    assert before.exact
    holidays.import_table(station, {"2026-11-25": False, "2026-11-28": True}, "县政办发〔2026〕9号")
    assert isinstance(station.clock, FixedClock)
    station.clock.advance(seconds=1)
    assert holidays.import_table(station, {"2026-11-26": False}, "县政办发〔2026〕10号") == 3
    assert reassessments.clock_of(station, date(2026, 11, 24)).due_on == date(2026, 12, 9)
    assert not reassessments.clock_of(station, date(2031, 3, 3)).exact
    worker = station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None))
    with pytest.raises(MzError, match="没有修改参数的权限"):
        holidays.import_table(worker, {"2026-12-01": False}, "x")
    with pytest.raises(MzError, match="依据"):
        holidays.import_table(station, {"2026-12-01": False}, " ")


def test_the_template_of_services_is_dated(station: Station, town: Township) -> None:
    who = settled(town, level="independent")
    town.write()
    planned = services.month(station, NOVEMBER)[0].planned
    value = {level: dict(told) for level, told in services.template(station).items()}
    value["independent"]["cook"] = 9
    with pytest.raises(MzError, match="次数应为"):
        services.change_template(station, {"independent": {"cook": 94}}, NOVEMBER, "站里商定")
    services.change_template(station, value, NOVEMBER, "站里商定")
    assert services.month(station, NOVEMBER)[0].planned == planned + 9
    assert services.month(station, date(2026, 10, 1))[0].planned == planned
    assert services.month(station, NOVEMBER)[0].person_id == who.person_id


# ---- agreements


def test_every_alert_has_its_case(station: Station, town: Township) -> None:
    fine, none, unsigned, expired, soon = (settled(town, level="partial", carer="" if n == 1 else "逄立春") for n in range(5))
    old, other_level, incapable, inside = (settled(town, level="partial", carer="王昌喆", institution=n == 3) for n in range(4))
    year = timedelta(days=365)
    town.agree(fine, TODAY - year, TODAY + year, carer_id_no="370983198501019999")
    town.agree(expired, TODAY - year, TODAY - timedelta(days=1))
    town.agree(soon, TODAY - year, TODAY + timedelta(days=30))
    town.agree(old, TODAY, TODAY + year, carer_id_no="370983195511240017")
    town.agree(other_level, TODAY, TODAY + year, level="dependent")
    town.agree(incapable, TODAY, TODAY + year, health="incapable")
    town.write()
    assert kinds(station) == {
        none.person_id: ["none"],
        unsigned.person_id: ["none"],
        expired.person_id: ["expired"],
        soon.person_id: ["expires"],
        old.person_id: ["old_carer"],
        other_level.person_id: ["level"],
        incapable.person_id: ["incapable"],
    }
    told = {alert.person_id: alert.sentence for alert in agreements.alerts(station)}
    assert told[unsigned.person_id] == "照料人逄立春还没有签订协议，请尽快签订委托照料服务协议"
    assert told[none.person_id].startswith("没有照料服务人")
    assert inside.person_id not in told
    assert agreements.alerts(station)[0].kind == "none"


# ---- rounds and months


def test_a_round_is_kept_whole_or_not_at_all(station: Station, town: Township) -> None:
    first, second = settled(town, carer="逄立春"), settled(town, carer="逄立春")
    town.write()
    bad = Round("逄立春", "2026-11-20", (Given(first.person_id, ("cook",)), Given(second.person_id, (), "10:00", "09:00")))
    with pytest.raises(MzError) as caught:
        rounds.save(station, shipped(), bad)
    assert caught.value.field == second.person_id
    assert services.month(station, NOVEMBER)[0].logs == 0
    good = Round(
        "逄立春", "2026-11-20", (Given(first.person_id, ("cook", "clean"), "08:30", "09:15"), Given(second.person_id, ("company",)))
    )
    assert len(rounds.save(station, shipped(), good)) == 2
    months = {month.person_id: month for month in services.month(station, NOVEMBER)}
    assert (months[first.person_id].logs, months[first.person_id].minutes) == (1, 45)
    assert services.carers(station, NOVEMBER) == ("逄立春",)
    assert [line.services for line in services.sheet(station, "逄立春", NOVEMBER)] == ["陪伴", "做饭、打扫"]


def test_an_anomaly_of_a_round_opens_a_matter(station: Station, town: Township) -> None:
    who = settled(town, carer="逄立春")
    town.write()
    told = Round("逄立春", "2026-11-23", (Given(who.person_id, ("cook",), anomaly="夜里跌倒一次", hospital_days=2),))
    rounds.save(station, shipped(), told)
    (matter,) = follow_ups.find_open(station, kinds=("anomaly",))
    assert (matter.title, matter.due_on, matter.person_id) == ("照料异常：夜里跌倒一次", "2026-11-27", who.person_id)
    (month,) = services.month(station, NOVEMBER)
    assert (month.anomalies, month.hospital_days) == (("夜里跌倒一次",), 2)


def test_a_round_that_was_not_saved_comes_back(station: Station, town: Township) -> None:
    who = settled(town)
    town.write()
    assert rounds.kept(station) is None
    told = Round("逄立春", "2026-11-20", (Given(who.person_id, ("cook", "turn"), "08:30", "", "没吃早饭", 1),))
    rounds.keep(station, told)
    assert rounds.kept(station) == told
    assert rounds.kept(station.as_user(scope_for("u9", "别人", Role.SOCIAL_WORKER, None))) is None
    rounds.save(station, shipped(), told)
    assert rounds.kept(station) is None
    rounds.keep(station, told)
    rounds.discard(station)
    assert rounds.kept(station) is None


def test_more_of_one_service_does_not_make_up_for_another(station: Station, town: Township) -> None:
    who = settled(town, level="independent")
    for day in range(1, 9):
        town.log(who, date(2026, 11, day), "company")
    town.write()
    (month,) = services.month(station, NOVEMBER)
    assert (month.planned, month.done, month.logs, month.minutes) == (7, 4, 8, 8 * 45)


# ---- the clock of a reported change


def test_a_reported_change_runs_until_the_assessment(station: Station, town: Township) -> None:
    who = settled(town, level="independent")
    town.write()
    clock = reassessments.report_change(station, who.person_id, "摔伤后不能自己下床", date(2026, 11, 20))
    assert clock.due_on == date(2026, 12, 4)
    assert reassessments.open_clocks(station)[who.person_id].due_on == "2026-12-04"
    with pytest.raises(MzError, match="已经在等重新评估"):
        reassessments.report_change(station, who.person_id, "又说一遍", TODAY)
    for what, on in (("", TODAY), ("晚报", TODAY + timedelta(days=1)), ("太早", date(2025, 1, 1))):
        with pytest.raises(MzError):
            reassessments.report_change(station, who.person_id, what, on)
    assess(station, who)
    assert reassessments.open_clocks(station) == {}
    assert support.current(station)[0].level is Level.FULL
    (closed,) = follow_ups.find_all(station, kinds=("reassessment",))
    assert closed.outcome.startswith("已填写评估表 370983103-")


def assess(station: Station, who: Settled) -> None:
    from mzdesk.casework import filling, records

    session, target = filling.start(station, shipped(), "self_care_assessment", person_id=who.person_id)
    told = {"assessment/assessment_type": "change", "assessment/change_reported_on": "2026-11-20"}
    told |= {"assessment/assessor_1": "李翀", "assessment/assessor_2": "陈堃", "conclusion/final_level": "dependent"}
    told |= {f"abilities/{name}": "cannot" for name in ("eating", "dressing", "bed", "toilet", "moving", "bathing")}
    for ref, value in told.items():
        session.set(f"/data/{ref}", value)
    assert session.problems() == ()
    records.save(station, session, target)


# ---- standards


def test_a_standard_from_mid_month_is_previewed_for_the_next_list(station: Station, town: Township) -> None:
    settled(town, level="partial", area="rural")
    settled(town, level="partial", area="urban")
    town.write()
    proposed = standards.parse(FIRST_STANDARDS | {"basic_rural": 80000}, effective_from="2026-12-10", document_no="泰民发〔2026〕31号")
    change = monthly.preview_change(station, proposed)
    assert [(before.total, after.total) for before, after in change.changes] == [(104000, 108000)]
    assert change.difference == 4000
    monthly.apply_change(station, proposed)
    assert sum(line.basic for line in monthly.month(station, date(2026, 12, 1)).lines) == 76000 + 100700
    assert sum(line.basic for line in monthly.month(station, date(2027, 1, 1)).lines) == 80000 + 100700
    low = standards.parse(FIRST_STANDARDS | {"basic_rural": 69800}, effective_from="2027-03-01", document_no="x")
    with pytest.raises(MzError, match="低于下限"):
        monthly.apply_change(station, low)


def test_a_list_is_confirmed_once_by_whoever_may(station: Station, town: Township) -> None:
    settled(town)
    town.write()
    worker = station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None))
    with pytest.raises(MzError, match="权限"):
        monthly.confirm(worker, NOVEMBER)
    monthly.confirm(station, NOVEMBER)
    with pytest.raises(MzError, match="已经确认过"):
        monthly.confirm(station, NOVEMBER)
    with pytest.raises(MzError, match="撤回原因"):
        monthly.withdraw(station, NOVEMBER, " ")
    monthly.withdraw(station, NOVEMBER, "漏了一人")
    assert not monthly.month(station, NOVEMBER).confirmed


# ---- exits and papers


def test_an_exit_is_paid_to_the_end_of_its_month(station: Station, town: Township) -> None:
    who = settled(town)
    town.write()
    for on, reason in ((TODAY, "不想要了"), (TODAY + timedelta(days=1), "自愿退出"), (date(2026, 1, 4), "自愿退出")):
        with pytest.raises(MzError):
            exits.leave(station, who.enrolment_id, on, reason)
    exits.leave(station, who.enrolment_id, date(2026, 11, 3), "自愿退出")
    assert len(monthly.month(station, NOVEMBER).lines) == 1
    assert monthly.month(station, date(2026, 12, 1)).lines == ()
    (gone,) = exits.left(station)
    assert (gone.left_on, gone.left_why) == ("2026-11-03", "自愿退出")
    assert people.get(station, who.person_id).current == ()
    notice = exits.notice(station, gone.name, gone.village, gone.left_why, date(2026, 11, 3))
    assert (notice.first, notice.last, notice.stops_from) == (TODAY, date(2026, 11, 30), date(2026, 12, 1))
    assert exits.next_steps("死亡、宣告死亡或宣告失踪", TODAY)[0].startswith("2026年12月起停发")
    told = "".join(text_of(papers.exit_notice(station, notice, "分散")).split())
    assert f"{who.person.name}（分散供养）拟退出特困人员救助供养，原因：自愿退出；自2026年12月起停止救助供养" in told
    assert "公示期：2026年11月24日至2026年11月30日。" in told
    for secret in (who.person.id_no, who.person.phone, who.person.birth_date.isoformat()):
        assert secret not in told
    prison = exits.notice(station, gone.name, gone.village, "服刑", date(2026, 11, 3))
    assert "服刑" not in text_of(papers.exit_notice(station, prison, "分散"))


def test_the_carers_sheet_is_printed_for_signature(station: Station, town: Township) -> None:
    who = settled(town, carer="逄立春")
    for day in range(1, 29):
        town.log(who, date(2026, 11, day % 24 + 1), "cook clean", anomaly="没吃早饭" if day == 3 else "")
    town.write()
    assert papers.carer_sheet(station, "逄立春", NOVEMBER).startswith(b"%PDF")
    with pytest.raises(MzError, match="没有照料记录"):
        papers.carer_sheet(station, "谁也不是", NOVEMBER)


def test_a_director_sees_their_villages_only(station: Station, town: Township) -> None:
    for _ in range(12):
        settled(town)
    town.write()
    own = station.as_user(scope_for("u2", "儿童主任", Role.CHILDREN_DIRECTOR, frozenset({"370983103201"})))
    everybody = support.current(station)
    assert {person.row.village for person in support.current(own)} == {"370983103201"}
    assert 0 < len(support.current(own)) < len(everybody)
    assert len(monthly.month(own, NOVEMBER).lines) == len(services.month(own, NOVEMBER)) == len(support.current(own))
    assert {person.village for person in rounds.people(own)} == {"370983103201"}

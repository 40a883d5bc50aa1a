"""Rules of the forms of care, reports and duties (domain reference §1), each with answers that must pass and that must not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from forms import catalog
from forms.session import FormSession
from tests.forms.example_parts import CLOCK, TODAY, id_number
from tests.forms.example_sessions import filled, refused

CHILD, CHILD_VISIT = "left_behind_child_registration", "left_behind_child_visit"
ID_REF = "/data/identity/person_id_no"


# 特困

_SIX = ("eating", "dressing", "bed", "toilet", "moving", "bathing")


@pytest.mark.parametrize(("fails", "level"), list(enumerate(["independent"] + ["partial"] * 3 + ["dependent"] * 3)))
def test_self_care_level_by_failed_indicators(fails: int, level: str) -> None:
    answers = {f"abilities__{name}": "cannot" if place < fails else "can" for place, name in enumerate(_SIX)}
    session = filled("self_care_assessment", **answers)
    assert session.named("computed_level") == level
    assert refused(session) == (set() if level == "partial" else {"override_reason"})


def test_self_care_needs_all_six_and_two_assessors() -> None:
    session = filled("self_care_assessment", abilities__bed="", assessment__assessor_2="李翀")
    assert session.named("computed_level") == ""
    assert refused(session) == {"bed", "assessor_2"}


@pytest.mark.parametrize(
    ("birth", "disability", "hint"),
    [
        ("1966-11-23", "", "yes"),
        ("1966-11-24", "", "no"),
        ("2010-11-24", "", "yes"),
        ("1990-01-01", "63", "yes"),
        ("1990-01-01", "64", "no"),
        ("1990-01-01", "42", "yes"),
        ("1990-01-01", "43", "no"),
        ("1990-01-01", "11", "yes"),
        ("1990-01-01", "12", "no"),
    ],
)
def test_inability_to_work_is_a_hint(birth: str, disability: str, hint: str) -> None:
    session = filled("extreme_poverty_registration", identity__person_id_no=id_number(birth, "1"))
    if disability:
        session.set("/data/eligibility/health", "disabled")
        session.set("/data/eligibility/disability_type", disability[0])
        session.set("/data/eligibility/disability_level", disability[1])
    assert session.named("no_labour") == hint
    assert session.state(f"/data/eligibility/hint_labour_{hint}").relevant
    assert refused(session) == set()


def test_a_carer_of_70_is_flagged_and_a_short_period_refused() -> None:
    session = filled(
        "care_agreement", party_b__carer_id_no=id_number("1956-11-20", "1"), terms__end_on="2026-12-01", watch__visits_per_month="0"
    )
    assert session.state("/data/party_b/carer_old").relevant
    assert refused(session) == {"end_on", "visits_per_month"}
    assert not filled("care_agreement").state("/data/party_b/carer_old").relevant


@pytest.mark.parametrize(("fee", "right"), [("280", True), ("280.50", True), ("280.505", False), ("-1", False)])
def test_money_has_two_decimals(fee: str, right: bool) -> None:
    assert refused(filled("care_agreement", terms__fee=fee)) == (set() if right else {"fee"})


def test_care_ends_after_it_starts() -> None:
    assert refused(filled("care_log", care__end_time="07:59:00.000+08:00")) == {"end_time"}


# 委托照护、强制报告、监护能力


@pytest.mark.parametrize("bar", ["bar_harm", "bar_addiction", "bar_neglect", "bar_other"])
def test_any_bar_blocks_the_agreement(bar: str) -> None:
    session = filled("entrusted_care_agreement", **{f"bars__{bar}": "yes"})
    assert refused(session) == {bar}
    session.set(f"/data/bars/{bar}", "")
    assert refused(session) == {bar}


def test_the_entrusted_person_is_a_capable_adult_and_parents_call_weekly() -> None:
    minor = id_number((date.fromisoformat(TODAY) - timedelta(days=17 * 365)).isoformat(), "1")
    session = filled("entrusted_care_agreement", trustee__trustee_id_no=minor, trustee__trustee_capable="no", terms__contact_per_week="0")
    assert refused(session) == {"trustee_id_no", "trustee_capable", "contact_per_week"}


def test_the_childs_view_is_heard() -> None:
    assert refused(filled("entrusted_care_agreement", terms__child_view="")) == {"child_view"}


def test_a_mandatory_report_needs_only_situation_and_time() -> None:
    session = FormSession(catalog.get("mandatory_report"), clock=lambda: CLOCK)
    assert refused(session) == {"situation", "occurred_at"}
    session.set("/data/situation_section/occurred_at", "16:05:00.000+08:00")
    session.set("/data/situation_section/situation", "s9")
    session.set("/data/child/person_id_no", "不知道")
    session.set("/data/reporting/reporter_phone", "没有")
    assert refused(session) == set()


@pytest.mark.parametrize(
    ("situation", "sex", "age", "flagged"),
    [
        ("s2", "2", "13", False),
        ("s2", "2", "14", True),
        ("s2", "1", "9", True),
        ("s3", "2", "14", False),
        ("s3", "2", "13", True),
        ("s3", "1", "", True),
    ],
)
def test_situations_2_and_3_are_checked_against_sex_and_age(situation: str, sex: str, age: str, flagged: bool) -> None:
    session = filled("mandatory_report", situation_section__situation=situation, child__person_sex=sex, child__stated_age=age)
    assert session.state(f"/data/situation_section/check_{situation[1]}").relevant is flagged
    assert refused(session) == set()


@pytest.mark.parametrize(
    ("worst", "band"), [(0, "normal"), (2, "normal"), (3, "weak"), (5, "weak"), (6, "improper"), (8, "absent"), (10, "absent")]
)
def test_guardianship_is_scored_by_the_example_scheme(worst: int, band: str) -> None:
    groups = {"a": ("health", "time", "habits"), "b": ("food", "medical", "school", "safety"), "c": ("bond", "discipline", "home")}
    session = filled("guardianship_assessment")
    for place, (letter, name) in enumerate((letter, name) for letter, names in groups.items() for name in names):
        session.set(f"/data/domain_{'abc'.index(letter) + 1}/{letter}_{name}", f"{letter}_{name}_{3 if place < worst else 1}")
    assert session.named("total") == str(2 * (10 - worst))
    assert session.named("computed_band") == band
    assert session.named("scheme_version") == catalog.get("guardianship_assessment").version


def test_the_example_scheme_says_it_is_unofficial() -> None:
    assert "非官方示例" in filled("guardianship_assessment").state("/data/assessment/scheme_notice").label


# 清单、抽查、活动


def test_monthly_numbers_must_agree() -> None:
    assert refused(filled("checklist_monthly", visits__visits_done="13")) == {"visits_done"}
    assert refused(filled("checklist_monthly", visits__visits_missed="")) == {"visits_missed"}
    assert filled("checklist_monthly", scan__scan_missing="1").state("/data/scan/scan_report").relevant


@pytest.mark.parametrize(
    ("form_id", "right", "wrong"),
    [
        ("checklist_monthly", "2026-12", "2026-13"),
        ("checklist_quarterly", "2026Q1", "2026Q5"),
        ("checklist_half_yearly", "2026-03", "2026-04"),
        ("checklist_yearly", "2027", "27"),
    ],
)
def test_periods(form_id: str, right: str, wrong: str) -> None:
    assert refused(filled(form_id, head__period=right)) == set()
    assert refused(filled(form_id, head__period=wrong)) == {"period"}


def test_a_failed_spot_check_sets_a_term() -> None:
    session = filled("supervisor_spot_check", result_section__follow_up_on="", result_section__problems="", items__check_followed_note="")
    assert refused(session) == {"follow_up_on", "problems", "check_followed_note"}


def test_attendance_is_added_up() -> None:
    assert filled("group_activity", people_section__count_elders="7").named("count_total") == "23"

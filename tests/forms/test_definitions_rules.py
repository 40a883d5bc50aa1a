"""Rules of the forms that register and visit people (domain reference §1), each with answers that must pass and that must not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import catalog
from forms.session import FormSession
from tests.forms.example_parts import CLOCK, TODAY, id_number
from tests.forms.example_sessions import filled, refused
from tests.forms.examples import EXAMPLES

CHILD, CHILD_VISIT = "left_behind_child_registration", "left_behind_child_visit"
ID_REF = "/data/identity/person_id_no"


# ID numbers, dates, telephones


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
@settings(max_examples=60, deadline=None)
def test_any_one_wrong_character_of_an_id_number_is_found(place: int, character: str) -> None:
    right = id_number("1986-07-02", "1")
    wrong = right[:place] + character + right[place + 1 :]
    session = filled(CHILD, parents__father_id_no=wrong)
    assert refused(session) == (set() if wrong == right else {"father_id_no"})


@pytest.mark.parametrize("birth", ["1985-02-29", "1900-02-29", "1986-04-31", "1986-13-01", "1986-00-10", "2027-01-01"])
def test_an_id_number_of_an_impossible_day_is_refused_whatever_its_check_digit(birth: str) -> None:
    assert refused(filled(CHILD, parents__father_id_no=id_number(birth, "1"))) == {"father_id_no"}


@pytest.mark.parametrize("birth", ["1984-02-29", "2000-02-29", "1986-12-31"])
def test_an_id_number_of_a_real_day_passes(birth: str) -> None:
    assert refused(filled(CHILD, parents__father_id_no=id_number(birth, "1"))) == set()


def test_a_small_x_is_an_x() -> None:
    ending_in_x = next(number for serial in range(10, 99) if (number := id_number("1986-07-02", "1", serial)).endswith("X"))
    assert refused(filled(CHILD, parents__father_id_no=ending_in_x.lower())) == set()


def test_the_id_number_fills_sex_and_birth_date() -> None:
    session = FormSession(catalog.get(CHILD), clock=lambda: CLOCK)
    session.set(ID_REF, id_number("2015-08-09", "2"))
    assert session.state("/data/identity/person_sex").value == "2"
    assert session.state("/data/identity/person_birth_date").value == "2015-08-09"
    assert session.state("/data/identity/age").value == "11"
    session.set(ID_REF, "")
    assert session.state("/data/identity/person_birth_date").value == "2015-08-09"


@pytest.mark.parametrize("change", [{"identity__person_sex": "2"}, {"identity__person_birth_date": "2014-03-19"}])
def test_a_mismatch_with_the_id_number_needs_a_reason(change: dict[str, str]) -> None:
    session = filled(CHILD, **change)
    assert refused(session) == {"identity_override"}
    session.set("/data/identity/identity_override", "户口登记有误，已申请更正")
    assert refused(session) == set()


def test_without_registration_a_reason_stands_for_the_id_number() -> None:
    session = filled(CHILD, identity__hukou="no", identity__person_id_no="", health_school__health="healthy")
    assert refused(session) == {"id_no_absent"}
    session.set("/data/identity/id_no_absent", "非婚生，尚未落户")
    assert refused(session) == set()


def test_without_telephone_a_reason_is_needed() -> None:
    session = filled(CHILD, identity__phone="")
    assert refused(session) == {"phone_absent"}
    session.set("/data/identity/phone_absent", "家中没有电话")
    assert refused(session) == set()


@pytest.mark.parametrize(
    ("phone", "right"), [("13805380001", True), ("0538-8221234", True), ("8221234", True), ("1380538000", False), ("12805380001", False)]
)
def test_telephones(phone: str, right: bool) -> None:
    assert refused(filled(CHILD, identity__phone=phone)) == (set() if right else {"phone"})


@pytest.mark.parametrize(("number", "right"), [("43", True), ("83", False), ("45", False)])
def test_a_disability_certificate_ends_in_type_and_level(number: str, right: bool) -> None:
    session = filled(CHILD, health_school__disability_no=id_number("2014-03-18", "1") + number)
    assert refused(session) == (set() if right else {"disability_no"})
    session.set("/data/health_school/disability_no", id_number("2014-03-19", "1") + number)
    assert refused(session) == {"disability_no"}


@pytest.mark.parametrize("form_id", sorted(EXAMPLES))
def test_the_future_is_barred(form_id: str) -> None:
    form = catalog.get(form_id)
    ref = next(question.ref for question in form.questions() if question.name == "occurred_on")
    session = filled(form_id)
    session.set(ref, "2026-11-25")
    assert "occurred_on" in refused(session)
    session.set(ref, TODAY)
    assert "occurred_on" not in refused(session)


def test_entry_more_than_seven_days_late_is_flagged_not_barred() -> None:
    for on, flagged in (("2026-11-17", False), ("2026-11-16", True)):
        session = filled(CHILD_VISIT, visit__occurred_on=on)
        assert session.state("/data/visit/late").relevant is flagged
        assert refused(session) == set()


@pytest.mark.parametrize(("on", "age"), [("2026-02-28", "9"), ("2026-03-01", "10"), ("2024-02-28", "7"), ("2024-02-29", "8")])
def test_a_child_of_29_february_is_a_year_older_on_1_march(on: str, age: str) -> None:
    session = filled(CHILD_VISIT, subject__person_birth_date="2016-02-29", visit__occurred_on=on)
    assert session.state("/data/subject/age").value == age


# 留守儿童


@pytest.mark.parametrize(("birth", "right"), [("2010-11-01", False), ("2010-11-02", True)])
def test_a_left_behind_child_is_under_16_on_entry(birth: str, right: bool) -> None:
    session = filled(CHILD, identity__person_id_no=id_number(birth, "1"), health_school__health="healthy", filing__entered_on="2026-11-01")
    assert refused(session) == (set() if right else {"person_birth_date"})


@pytest.mark.parametrize(
    ("father", "mother", "incapable", "wrong"),
    [
        ("yes", "yes", "", set()),
        ("yes", "no", "", {"incapable_parent"}),
        ("yes", "no", "father", {"incapable_parent"}),
        ("yes", "no", "mother", set()),
        ("no", "yes", "father", set()),
        ("no", "yes", "mother", {"incapable_parent"}),
        ("no", "no", "", {"mother_away"}),
    ],
)
def test_both_away_or_one_away_and_the_other_incapable(father: str, mother: str, incapable: str, wrong: set[str]) -> None:
    session = filled(CHILD, parents__father_away=father, parents__mother_away=mother, parents__incapable_parent=incapable)
    assert refused(session) == wrong


@pytest.mark.parametrize(("question", "value"), [("custody", "none"), ("living_with", "alone")])
def test_a_child_that_nobody_looks_after_forces_a_report(question: str, value: str) -> None:
    assert filled(CHILD).named("report_required") == "no"
    session = filled(CHILD, **{f"care__{question}": value})
    assert session.named("report_required") == "yes"
    assert session.state("/data/care/report_note").relevant


def test_nobody_sees_a_child_by_telephone() -> None:
    session = filled(CHILD_VISIT, visit__contact_mode="phone")
    assert refused(session) == {"saw_child"}
    session.set("/data/visit/saw_child", "no")
    assert refused(session) == set()


def test_a_failed_visit_asks_for_the_reason_and_nothing_of_the_child() -> None:
    session = filled(CHILD_VISIT, visit__reached="no")
    assert refused(session) == {"unreached_reason"}
    session.set("/data/visit/unreached_reason", "大门上锁，电话不通")
    assert "grades" not in session.answers()


def test_poor_must_be_explained() -> None:
    assert refused(filled(CHILD_VISIT, grades__grade_safety_note="")) == {"grade_safety_note"}
    assert refused(filled(CHILD_VISIT, grades__grade_care_note="")) == set()


@pytest.mark.parametrize("answer", ["none drowning", "none fire"])
def test_none_excludes_the_others(answer: str) -> None:
    assert refused(filled(CHILD_VISIT, grades__hazards=answer)) == {"hazards"}


def test_the_next_visit_is_after_this_one() -> None:
    assert refused(filled(CHILD_VISIT, action__follow_up_on="2026-11-23")) == {"follow_up_on"}


# 困境儿童

_OLD, _NEW = "2026-01-01", "2026-09-01"
_DERIVED = [
    (("dead", "", _OLD), ("dead", "", _OLD), "orphan"),
    (("dead", "", _OLD), ("unfound", "", _OLD), "orphan"),
    (("dead", "", _OLD), ("out_of_contact", "", _OLD), "unattended"),
    (("dead", "", _OLD), ("out_of_contact", "", _NEW), "other"),
    (("missing", "", _OLD), ("prison", "", "2026-05-23"), "unattended"),
    (("missing", "", _OLD), ("prison", "", "2026-05-24"), "other"),
    (("severe_illness", "", _NEW), ("severe_disability", "42", _NEW), "unattended"),
    (("severe_illness", "", _NEW), ("severe_disability", "43", _NEW), "other"),
    (("detox", "", _OLD), ("severe_disability", "64", _NEW), "unattended"),
    (("detox", "", _OLD), ("severe_disability", "53", _NEW), "unattended"),
    (("revoked", "", _NEW), ("deported", "", _NEW), "unattended"),
    (("restricted", "", _OLD), ("unfound", "", _OLD), "other"),
    (("able", "", ""), ("dead", "", _OLD), "other"),
    (("able", "", ""), ("able", "", ""), "other"),
]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(("one", "two", "derived"), _DERIVED)
def test_the_category_is_derived_from_both_parents(
    one: tuple[str, str, str], two: tuple[str, str, str], derived: str, swapped: bool
) -> None:
    session = filled("child_in_difficulty_registration")
    for parent, (state, disability, since) in zip(("mother", "father") if swapped else ("father", "mother"), (one, two), strict=True):
        session.set(f"/data/{parent}/{parent}_state", state)
        session.set(f"/data/{parent}/{parent}_since", since)
        if disability:
            session.set(f"/data/{parent}/{parent}_disability_type", disability[0])
            session.set(f"/data/{parent}/{parent}_disability_level", disability[1])
    assert session.named("derived_category") == derived


def test_the_derivation_says_why_and_a_person_confirms() -> None:
    session = filled("child_in_difficulty_registration")
    assert (
        session.named("derived_reason")
        == "父亲：死亡（死亡证明 2023-0112，2023-01-15）；母亲：失联（公安机关查找证明 2026-031，2026-03-31）。"
    )
    session.set("/data/category_section/category", "orphan")
    assert refused(session) == {"category_reason"}
    session.set("/data/category_section/category", "")
    assert refused(session) == {"category"}


def test_a_parents_state_needs_its_evidence() -> None:
    session = filled("child_in_difficulty_registration", father__father_evidence="", father__father_evidence_on="")
    assert refused(session) == {"father_evidence", "father_evidence_on"}


# 妇女、老人


def test_the_womans_form_takes_women_who_live_in_the_village() -> None:
    session = filled("left_behind_woman_registration", identity__person_id_no=id_number("1990-06-15", "1"), husband__lives_in_village="no")
    assert refused(session) == {"person_sex", "lives_in_village"}


@pytest.mark.parametrize(("birth", "right"), [("1966-11-01", True), ("1966-11-02", False)])
def test_an_elder_is_60_on_entry(birth: str, right: bool) -> None:
    session = filled("left_behind_elder_registration", identity__person_id_no=id_number(birth, "1"), condition__tags="")
    assert refused(session) == (set() if right else {"person_birth_date"})


def test_aged_means_80() -> None:
    session = filled("left_behind_elder_registration", identity__person_id_no=id_number("1946-11-24", "1"))
    assert refused(session) == {"tags"}
    session.set("/data/condition/tags", "")
    assert refused(session) == set()
    assert filled("left_behind_elder_registration", condition__tags="").state("/data/condition/aged_note").relevant


def test_an_elder_needs_an_emergency_contact() -> None:
    session = filled("left_behind_elder_registration", emergency__emergency_name="", emergency__emergency_phone="")
    assert refused(session) == {"emergency_name", "emergency_phone"}

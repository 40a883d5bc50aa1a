from __future__ import annotations

from datetime import date

import pytest

from mzdesk.registry import enrolments, pointing_out, relations
from mzdesk.registry.suggestions import KinFact, PersonFact, RoleFact, derive_unattended, suggest
from mzdesk.station import Station
from tests.mzdesk.registry.conftest import village_called
from tests.mzdesk.registry.numbers import id_number
from tests.mzdesk.registry.test_people import person

TODAY = date(2026, 11, 24)


def fact(born: str = "2015-01-01", *groups: str, kin: tuple[KinFact, ...] = (), category: str = "", **profile: str) -> PersonFact:
    roles = tuple(RoleFact(group, category, profile) for group in groups)
    return PersonFact(date.fromisoformat(born), "1", "", frozenset(), roles, kin)


def codes(person_fact: PersonFact) -> set[str]:
    return {suggestion.code for suggestion in suggest(person_fact, TODAY)}


@pytest.mark.parametrize(
    ("born", "group", "code"),
    [
        ("2010-12-01", "left_behind_child", "turns_16"),
        ("2008-12-01", "child_in_difficulty", "turns_18"),
        ("1966-12-01", "left_behind_woman", "turns_60"),
        ("1946-12-01", "left_behind_elder", "turns_80"),
        ("2010-11-24", "left_behind_child", "past_16"),
        ("2008-01-01", "child_in_difficulty", "past_18"),
        ("1940-01-01", "left_behind_elder", "aged_80"),
    ],
)
def test_ages_that_matter(born: str, group: str, code: str) -> None:
    assert code in codes(fact(born, group))
    assert not {"turns_16", "turns_18", "turns_60", "turns_80", "past_16", "past_18"} & codes(fact("2015-01-01", group))


def parent(kind: str, state: str, since: str = "") -> KinFact:
    return KinFact(kind, "某", state=state, state_since=date.fromisoformat(since) if since else None)


@pytest.mark.parametrize(
    ("father", "mother", "category"),
    [
        (("dead", ""), ("dead", ""), "orphan"),
        (("dead", ""), ("unfound", ""), "orphan"),
        (("dead", ""), ("prison", "2026-01-01"), "unattended"),
        (("dead", ""), ("prison", "2026-10-01"), ""),
        (("severe_disability", ""), ("severe_illness", ""), "unattended"),
        (("out_of_contact", "2026-05-01"), ("revoked", ""), "unattended"),
        (("out_of_contact", ""), ("revoked", ""), ""),
        (("dead", ""), ("able", ""), ""),
        (("severe_disability", ""), ("able", ""), ""),
        (("missing", ""), ("deported", ""), "unattended"),
        (("unfound", ""), ("severe_illness", ""), ""),
    ],
)
def test_derivation_from_the_parents_states(father: tuple[str, str], mother: tuple[str, str], category: str) -> None:
    found, why = derive_unattended(parent("father", *father), parent("mother", *mother), TODAY)
    assert found == category
    assert why.startswith("父亲：")


def test_a_derived_category_is_suggested_until_it_is_registered() -> None:
    kin = (parent("father", "dead"), parent("mother", "dead"))
    assert "derive_orphan" in codes(fact("2015-01-01", "child_in_difficulty", kin=kin))
    assert "derive_orphan" not in codes(fact("2015-01-01", "child_in_difficulty", kin=kin, category="orphan"))
    assert "derive_orphan" not in codes(fact("2000-01-01", "child_in_difficulty", kin=kin))


def test_hints_for_extreme_poverty() -> None:
    assert "poverty_hint" in codes(fact("1950-01-01", "left_behind_elder", basis="none"))
    assert "poverty_hint" not in codes(fact("1950-01-01", "left_behind_elder", basis="capable"))
    assert "poverty_hint" not in codes(fact("1950-01-01", "left_behind_elder", "extreme_poverty", basis="none"))
    assert "poverty_hint" not in codes(fact("1980-01-01", "left_behind_woman", basis="none"))


def test_roles_that_exclude_each_other() -> None:
    assert "exclusive_poverty_child" in codes(fact("2015-01-01", "extreme_poverty", "child_in_difficulty", category="orphan"))
    assert "exclusive_elder_poverty" in codes(fact("1950-01-01", "extreme_poverty", "left_behind_elder"))


def test_carers() -> None:
    old = KinFact("carer", "王桂兰", date(1950, 1, 1))
    young = KinFact("guardian", "李强", date(1980, 1, 1))
    assert "sole_carer_old" in codes(fact("2015-01-01", "left_behind_child", kin=(old,)))
    assert "sole_carer_old" not in codes(fact("2015-01-01", "left_behind_child", kin=(old, young)))
    assert "sole_carer_old" not in codes(fact("1950-01-01", "left_behind_elder", kin=(old,)))
    assert "carer_incapable" in codes(fact("2015-01-01", "left_behind_child", kin=(KinFact("guardian", "某", incapable="失能"),)))
    assert "carer_dead" in codes(fact("2015-01-01", "left_behind_child", kin=(KinFact("guardian", "某", dead=True),)))


def test_facts_come_from_the_registry(station: Station) -> None:
    village = village_called(station, "潘庄")
    child = person(station, "李甲", village, serial=1, birth_date="2010-12-01")
    number = id_number("1950-01-01", 3, male=False)
    elder = person(
        station, "王桂兰", village, group="left_behind_elder", birth_date="1950-01-01", id_no=number, disability_no=number + "62"
    )
    relations.add(station, child, "guardian", {}, other_id=elder)
    found = {suggestion.code for suggestion in pointing_out.for_person(station, child)}
    assert found == {"turns_16", "sole_carer_old", "carer_incapable"}
    enrolments.record_death(station, elder, "2026-11-20")
    assert "carer_dead" in {suggestion.code for suggestion in pointing_out.for_person(station, child)}
    assert pointing_out.for_person(station, elder) == ()
    assert [(pointed.name, pointed.suggestion.code) for pointed in pointing_out.soon(station)] == [("李甲", "turns_16")]
    assert {pointed.suggestion.code for pointed in pointing_out.of_people(station, [child])} == {"turns_16", "carer_dead"}

from __future__ import annotations

from collections.abc import Mapping

import pytest

from forms import catalog
from forms.session import FormSession
from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.registry import people, registration
from mzdesk.registry.people import Query
from mzdesk.station import Station
from mzdesk.store import outbox
from mzdesk.store.rows import enrolments
from tests.mzdesk.registry.conftest import director_of, village_called
from tests.mzdesk.registry.numbers import id_number

CHILD = id_number("2014-07-22", 7, male=False)
ANSWERS = {
    "person_name": "曾 小贤",
    "person_id_no": CHILD,
    "phone": "13800002206",
    "father_name": "曾大贤",
    "father_id_no": id_number("1985-01-02"),
    "father_away": "yes",
    "father_place": "江苏苏州",
    "father_away_since": "2025-01-01",
    "mother_away": "yes",
    "mother_name": "王秀英",
    "living_with": "paternal",
    "custody": "trustee_fair",
    "grandmother_name": "李桂兰",
    "risk_level": "medium",
    "entered_on": "2026-01-05",
    "occurred_on": "2026-11-24",
    "aids": "dibao",
}


def fill(form_id: str, answers: Mapping[str, str], village: str, person_id: str = "") -> FormSession:
    """A session of a registration form with these answers by question name."""
    form = catalog.get(form_id)
    session = FormSession(form, prefill={"village_code": village, "person_id": person_id})
    refs = {question.name: question.ref for question in form.questions()}
    for name, value in answers.items():
        session.set(refs[name], value)
    return session


def register(station: Station, session: FormSession, record_id: str = "r1") -> str:
    with station.write() as connection:
        return registration.apply(connection, station, session, record_id)


def test_a_registration_makes_person_role_relations_history_operations_and_search_keys(station: Station) -> None:
    village = village_called(station, "潘庄")
    person_id = register(station, fill("left_behind_child_registration", ANSWERS, village))
    file = people.get(station, person_id)
    assert (file.person.name, file.person.sex, file.person.birth_date, file.person.village) == ("曾小贤", "2", "2014-07-22", village)
    assert (file.age, file.village_name) == (12, "潘庄村")
    (role,) = file.current
    assert (role.group, role.risk, role.entered_on) == ("left_behind_child", "medium", "2026-01-05")
    assert canonical.loads(role.profile_json)["custody"] == "trustee_fair"
    assert [(relation.role, relation.name) for relation in file.relations] == [("父亲", "曾大贤"), ("母亲", "王秀英"), ("祖母", "李桂兰")]
    assert {change.source for change in file.history} == {"form:r1"}
    with station.read() as connection:
        assert outbox.status_of(connection, person_id) == ("", "")
    for text in ("曾小", "zengxx", "zxx", "cxx", "小贤", CHILD[-4:], "13800002206", "王秀英", "潘庄"):
        assert [row.id for row in people.find(station, Query(text)).rows] == [person_id], text


def test_the_same_number_in_another_form_is_the_same_person(station: Station) -> None:
    village = village_called(station, "潘庄")
    first = register(station, fill("left_behind_child_registration", ANSWERS, village))
    answers = {
        "person_name": "曾小贤",
        "person_id_no": CHILD,
        "father_name": "曾大贤",
        "father_state": "alive",
        "risk_level": "high",
        "category": "key_difficulty",
        "entered_on": "2026-11-01",
        "occurred_on": "2026-11-24",
    }
    session = fill("child_in_difficulty_registration", answers, village)
    assert register(station, session, "r2") == first
    assert [role.group for role in people.get(station, first).current] == ["left_behind_child", "child_in_difficulty"]
    assert people.get(station, first).current[1].category == "key_difficulty"
    assert people.get(station, first).person.phone == "138****2206"
    (row,) = people.find(station, Query("曾")).rows
    assert (row.groups, row.risk) == (("left_behind_child", "child_in_difficulty"), "high")


def test_registering_again_updates_what_changed(station: Station) -> None:
    village = village_called(station, "潘庄")
    person_id = register(station, fill("left_behind_child_registration", ANSWERS, village))
    again = ANSWERS | {"phone": "13900002207", "risk_level": "high", "mother_name": "王秀莲"}
    assert register(station, fill("left_behind_child_registration", again, village, person_id), "r2") == person_id
    file = people.get(station, person_id)
    assert (file.person.phone, file.current[0].risk, len(file.current)) == ("139****2207", "high", 1)
    assert [relation.name for relation in file.relations] == ["曾大贤", "王秀莲", "李桂兰"]
    assert {change.field for change in file.history if change.source == "form:r2"} == {"phone", "risk", "name"}


def test_a_parent_who_is_registered_is_linked_from_both_sides(station: Station) -> None:
    village = village_called(station, "潘庄")
    mother = id_number("1986-03-04", male=False)
    woman = {"person_name": "王秀英", "person_id_no": mother, "husband_name": "曾大贤", "risk_level": "low", "phone": "13700001111"}
    mother_id = register(station, fill("left_behind_woman_registration", woman, village))
    child_id = register(station, fill("left_behind_child_registration", ANSWERS | {"mother_id_no": mother}, village), "r2")
    assert ("母亲", mother_id) in [(relation.role, relation.other_id) for relation in people.get(station, child_id).relations]
    assert ("子女", "曾小贤") in [(relation.role, relation.name) for relation in people.get(station, mother_id).relations]


def test_a_number_of_another_village_is_refused(station: Station) -> None:
    register(station, fill("left_behind_child_registration", ANSWERS, village_called(station, "潘庄")))
    other = village_called(station, "业长")
    director = director_of(station, other)
    with pytest.raises(MzError, match="别的村"):
        register(director, fill("left_behind_child_registration", ANSWERS, other), "r2")
    assert people.find(director, Query()).total == 0


def test_a_village_out_of_scope_is_refused(station: Station) -> None:
    director = director_of(station, village_called(station, "业长"))
    with pytest.raises(MzError, match="不在您负责的范围"):
        register(director, fill("left_behind_child_registration", ANSWERS, village_called(station, "潘庄")))
    assert people.find(station, Query(group="*")).total == 0


def test_children_of_an_elder_are_relations(station: Station) -> None:
    form = catalog.get("left_behind_elder_registration")
    session = FormSession(form, prefill={"village_code": village_called(station, "潘庄")})
    refs = {question.name: question.ref for question in form.questions()}
    for name, value in {
        "person_name": "李桂兰",
        "person_id_no": id_number("1950-03-04", male=False),
        "emergency_name": "李建国",
        "emergency_phone": "13700001111",
        "living": "alone",
        "risk_level": "low",
    }.items():
        session.set(refs[name], value)
    repeat = refs["child_name"].rsplit("/", 1)[0]
    while len(session.instances(repeat)) < 2:
        session.add_repeat(repeat)
    for place, name in enumerate(("李强", "李梅"), start=1):
        session.set(f"{repeat}[{place}]/child_name", name)
    person_id = register(station, session)
    told = [(relation.kind, relation.name) for relation in people.get(station, person_id).relations]
    assert sorted(told) == [("child", "李强"), ("child", "李梅"), ("contact", "李建国")]
    with station.read() as connection:
        (role,) = enrolments(connection, station.scope, [person_id])
    assert canonical.loads(role.profile_json)["living"] == "alone"

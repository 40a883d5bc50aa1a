"""Gathers the facts behind suggestions from the registry: for one person's file, and for everybody whose birthday comes soon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mzdesk import canonical
from mzdesk.registry.journal import require_person
from mzdesk.registry.suggestions import MILESTONES, SOON_DAYS, KinFact, PersonFact, RoleFact, Suggestion, suggest
from mzdesk.store import rows
from mzdesk.store.rows import EnrolmentData, PersonData, RelationData
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Pointed:
    """A suggestion about a person of a list."""

    person_id: str
    name: str
    village: str
    suggestion: Suggestion


def for_person(station: Station, person_id: str) -> tuple[Suggestion, ...]:
    """Return the suggestions about one person; raises MzError where the person is not in scope."""
    with station.read() as connection:
        person = require_person(connection, station, person_id)
        (fact,) = _facts(connection, [person])
    return suggest(fact, station.today()) if person.life == "here" else ()


def soon(station: Station, days: int = SOON_DAYS) -> tuple[Pointed, ...]:
    """Return who reaches one of the ages that matter within `days`, the next first; at most LIMIT people."""
    today = station.today()
    with station.read() as connection:
        people: dict[str, PersonData] = {}
        for age, _, _ in MILESTONES:
            first, last = _years_before(today, age), _years_before(date.fromordinal(today.toordinal() + days), age)
            for person in rows.people_born(connection, station.scope, first.isoformat(), last.isoformat(), LIMIT):
                people[person.id] = person
        facts = _facts(connection, list(people.values()))
    found = [
        Pointed(person.id, person.name, person.village, suggestion)
        for person, fact in zip(people.values(), facts, strict=True)
        for suggestion in suggest(fact, today, days)
        if suggestion.on is not None
    ]
    return tuple(sorted(found, key=lambda pointed: (pointed.suggestion.on or date.max, pointed.name)))[:LIMIT]


def of_people(station: Station, person_ids: Sequence[str]) -> tuple[Pointed, ...]:
    """Return the suggestions about these people, the weightiest first."""
    with station.read() as connection:
        people = [person for person in rows.people(connection, station.scope, person_ids).values() if person.life == "here"]
        facts = _facts(connection, people)
    found = [
        Pointed(person.id, person.name, person.village, suggestion)
        for person, fact in zip(people, facts, strict=True)
        for suggestion in suggest(fact, station.today())
    ]
    return tuple(sorted(found, key=lambda pointed: pointed.suggestion.weight))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def _facts(connection: Connection, people: Sequence[PersonData]) -> list[PersonFact]:
    ids = [person.id for person in people]
    roles: dict[str, list[EnrolmentData]] = {}
    for role in rows.enrolments(connection, SYSTEM, ids, current=True):
        roles.setdefault(role.person_id, []).append(role)
    relations: dict[str, list[RelationData]] = {}
    for relation in rows.relations(connection, SYSTEM, ids):
        relations.setdefault(relation.person_id, []).append(relation)
    others = rows.people(connection, SYSTEM, [row.other_id for found in relations.values() for row in found if row.other_id])
    return [_fact(person, roles.get(person.id, []), relations.get(person.id, []), others) for person in people]


def _fact(
    person: PersonData, roles: Sequence[EnrolmentData], relations: Sequence[RelationData], others: Mapping[str, PersonData]
) -> PersonFact:
    return PersonFact(
        birth_date=_day(person.birth_date),
        sex=person.sex,
        disability_no=person.disability_no,
        tags=frozenset(person.tags.split()),
        roles=tuple(RoleFact(role.group, role.category, canonical.loads(role.profile_json)) for role in roles),
        kin=tuple(_kin(relation, others.get(relation.other_id)) for relation in relations if not relation.until),
    )


def _kin(relation: RelationData, other: PersonData | None) -> KinFact:
    told = canonical.loads(relation.profile_json)
    born = _day(other.birth_date if other else "") or _day(_birth_in(relation.id_no)) or _day(told.get("birth_date", ""))
    state = str(told.get("state", ""))
    return KinFact(
        kind=relation.kind,
        name=other.name if other else relation.name,
        birth_date=born,
        state=state,
        state_since=_day(relation.since),
        incapable=_incapable(other, told),
        dead=(other is not None and other.life == "dead") or state in ("dead", "死亡", "去世"),
    )


def _birth_in(id_no: str) -> str:
    return f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}" if len(id_no) == 18 else ""


def _incapable(other: PersonData | None, told: Mapping[str, str]) -> str:
    """Return what is registered that makes somebody unable to care."""
    if told.get("capacity") in ("none", "incapable", "weak"):
        return "监护能力评估为不足"
    if other is None:
        return ""
    category, degree = other.disability_no[18:19], other.disability_no[19:20]
    if category in ("5", "6") and degree in ("1", "2", "3"):
        return "持智力或精神残疾证"
    if canonical.loads(other.profile_json).get("care_level") in ("partial", "dependent"):
        return "生活不能完全自理"
    return "标签“失能”" if "disabled" in other.tags.split() else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

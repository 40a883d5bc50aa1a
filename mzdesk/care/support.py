"""People in extreme poverty as care sees them: level, area, wish and institution over time, from registration and assessments alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mzdesk.care.entitlements import Dated, Poverty
from mzdesk.care.indicators import Indicator, Supported, dependent_in_institutions, willing_in_institutions
from mzdesk.care.levels import Level
from mzdesk.registry.registration import flatten
from mzdesk.store import care as store
from mzdesk.store import rows as people
from mzdesk.store.care import CareRecord, SupportedRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

ASSESSMENT = "self_care_assessment"
INSTITUTION = "institution"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the page 特困照料 lists them; `level` is None where nobody has assessed yet."""

    row: SupportedRow
    level: Level | None
    assessed_on: str
    institution: bool
    wishes_institution: bool | None
    wish_asked_on: str
    carer: str


def current(station: Station, on: date | None = None) -> tuple[Person, ...]:
    """Return who is supported on a Beijing date (today) in scope, by village and name."""
    day = (on or station.today()).isoformat()
    with station.read() as connection:
        rows = store.supported(connection, station.scope, current_on=day)
        assessed = _latest(store.care_records(connection, station.scope, ASSESSMENT, until=day))
        related = people.relations(connection, station.scope, [row.person_id for row in rows])
    carers = {relation.person_id: relation.name for relation in related if relation.kind == "carer" and not relation.until}
    return tuple(_person(row, assessed.get(row.person_id), carers.get(row.person_id, "")) for row in rows)


def _latest(records: Iterable[CareRecord]) -> dict[str, CareRecord]:
    return {record.person_id: record for record in records}


def _person(row: SupportedRow, assessment: CareRecord | None, carer: str) -> Person:
    told = flatten(assessment.answers) if assessment else {}
    level = told.get("final_level") or str(row.profile.get("care_level", ""))
    wish = str(row.profile.get("central_wish", ""))
    return Person(
        row,
        Level(level) if level else None,
        assessment.occurred_on if assessment else "",
        row.category == INSTITUTION,
        None if not wish else wish == "yes",
        str(row.profile.get("wish_asked_on", "")),
        carer,
    )


def dated(connection: Connection, station: Station) -> tuple[Poverty, ...]:
    """Return the dated facts of everybody who is or was supported in scope."""
    rows = store.supported(connection, station.scope)
    assessed: dict[str, list[CareRecord]] = {}
    for record in store.care_records(connection, station.scope, ASSESSMENT):
        assessed.setdefault(record.person_id, []).append(record)
    return tuple(facts_of(row, assessed.get(row.person_id, ())) for row in rows)


def facts_of(row: SupportedRow, assessments: Sequence[CareRecord]) -> Poverty:
    """Return one person's dated facts: the registered level holds until an assessment says otherwise."""
    entered = date.fromisoformat(row.entered_on)
    assessed = [(date.fromisoformat(record.occurred_on), flatten(record.answers).get("final_level", "")) for record in assessments]
    registered = Dated(entered, str(row.profile.get("care_level") or Level.SELF))
    levels = [registered, *(Dated(max(entered, day), level) for day, level in assessed if level)]
    areas = (Dated(entered, str(row.profile.get("residence") or "rural")),)
    left = date.fromisoformat(row.left_on) if row.left_on else None
    return Poverty(row.person_id, row.name, row.village, entered, left, row.left_why, _last_of_a_day(levels), areas)


def _last_of_a_day(values: Sequence[Dated]) -> tuple[Dated, ...]:
    by_day: Mapping[date, Dated] = {item.since: item for item in values}
    return tuple(by_day[day] for day in sorted(by_day))


def indicators(people: Sequence[Person]) -> tuple[Indicator, ...]:
    """Return the plan's two indicators with the names behind them."""
    facts = [Supported(item.row.person_id, item.row.name, item.institution, item.wishes_institution, item.level) for item in people]
    return willing_in_institutions(facts), dependent_in_institutions(facts)

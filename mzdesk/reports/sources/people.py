"""Rows of the rosters: 花名册 of a group, and the exit notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from mzdesk.care.entitlements import next_month
from mzdesk.registry.ages import age_of
from mzdesk.registry.groups import CATEGORIES, RISKS, SEXES
from mzdesk.reports.declared.rosters import ExitRow, RosterRow
from mzdesk.reports.sources.selection import Selection
from mzdesk.store import care, statistics

if TYPE_CHECKING:
    from mzdesk.station import Station


def roster_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[RosterRow, ...]:
    """Return the roster of a group (or of all) on the last day of the period, by village and name."""
    with station.read() as connection:
        people = statistics.enrolled(connection, station.scope, on=wanted.last.isoformat(), group=wanted.group, village=wanted.village)
    return tuple(
        RosterRow(
            village=names.get(person.village, person.village),
            name=person.name,
            sex=SEXES.get(person.sex, ""),
            age=age_of(person.birth_date, wanted.last),
            id_number=person.id_no,
            keeper=person.keeper,
            phone=person.phone,
            risk=RISKS.get(person.risk, ""),
            last_visit=date.fromisoformat(person.last_visit_on) if person.last_visit_on else None,
            remark=CATEGORIES.get(person.category, ""),
            behind={"name": (person.person_id,)},
        )
        for person in people
    )


def exit_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[ExitRow, ...]:
    """Return who left the care for people in extreme poverty in the period: the least that a notice may say."""
    with station.read() as connection:
        people = care.supported(connection, station.scope)
    first, last = wanted.first.isoformat(), wanted.last.isoformat()
    return tuple(
        ExitRow(
            village=names.get(person.village, person.village),
            name=person.name,
            kind=CATEGORIES.get(person.category, ""),
            reason=person.left_why,
            stops_from=next_month(date.fromisoformat(person.left_on).replace(day=1)),
        )
        for person in people
        if first <= person.left_on <= last and wanted.village in ("", person.village)
    )

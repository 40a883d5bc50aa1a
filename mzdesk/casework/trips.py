"""Several people at one address in one trip: who else is due there, and the answers that are told once and hold for all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mzdesk.registry.journal import require_person
from mzdesk.store import due, records
from mzdesk.store.due import DuePerson
from mzdesk.store.records import RecordFilter

if TYPE_CHECKING:
    from forms.session import FormSession
    from mzdesk.station import Station

DAYS_AHEAD = 30
SHARED = ("occurred_on", "occurred_at", "contact_mode", "visitor", "companion")


def others_at_address(station: Station, person_id: str) -> tuple[DuePerson, ...]:
    """Return the other people at the address of a person who are due within a month and were not visited today, by due date.

    An address that is blank brings nobody together. Raises MzError where the person is not in scope.
    """
    today = station.today()
    until = (today + timedelta(days=DAYS_AHEAD)).isoformat()
    with station.read() as connection:
        person = require_person(connection, station, person_id)
        if not person.address.strip():
            return ()
        people = due.due_people(connection, station.scope, until=until, village=person.village, limit=2000)
        visited = records.find(connection, station.scope, RecordFilter(kinds=("visit",), since=today.isoformat(), limit=2000))
    seen = {row.person_id for row in visited} | {person_id}
    return tuple(item for item in people if item.address == person.address and item.person_id not in seen)


def shared_answers(session: FormSession) -> dict[str, str]:
    """Return what one visit tells of the whole trip: date, time, mode, visitor and companion."""
    return {name: value for name in SHARED if (value := session.named(name))}

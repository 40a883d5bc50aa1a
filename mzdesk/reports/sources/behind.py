"""What stands behind a figure: the people or records whose ids it carries, told in words, in scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mzdesk.casework.rules import MODE_NAMES
from mzdesk.store import records, rows

if TYPE_CHECKING:
    from mzdesk.station import Station

SHOWN = 12
MOST = 500


@dataclass(frozen=True, slots=True)
class Behind:
    """A person or a record, and the words that name it."""

    id: str
    is_person: bool
    words: str


def of(station: Station, ids: Sequence[str]) -> tuple[Behind, ...]:
    """Return what the ids name, as far as it may be seen."""
    wanted = list(dict.fromkeys(ids))[:MOST]
    with station.read() as connection:
        people = rows.people(connection, station.scope, wanted)
        stored = [records.get(connection, station.scope, item) for item in wanted if item not in people]
    found = [Behind(person.id, True, person.name) for person in people.values()]
    for record in stored:
        if record is not None:
            row = record.row
            parts = (row.occurred_on, row.person_name, MODE_NAMES.get(row.contact_mode, ""), row.number)
            found.append(Behind(row.id, False, "　".join(part for part in parts if part)))
    return tuple(found)

"""Files that may be of one person, found through the whole register: same identity number, or same name and birth date or phone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from mzdesk.registry.ages import age_of
from mzdesk.registry.divisions import display_name
from mzdesk.registry.merging import Pair, pair_of
from mzdesk.store import divisions, doubles, merges, rows
from mzdesk.store.merges import MergeData
from mzdesk.store.rows import PersonData

if TYPE_CHECKING:
    from mzdesk.station import Station

LIMIT = 500
RULES = (
    (("id_no",), "身份证号相同"),
    (("name", "birth_date"), "姓名和出生日期相同"),
    (("name", "phone"), "姓名和电话相同"),
)


@dataclass(frozen=True, slots=True)
class Suspect:
    """Two files that may be of one person, as a list shows them: numbers masked, villages by name."""

    pair: Pair
    first_place: str
    second_place: str
    age: int | None

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the two."""
        return self.pair.first.id, self.pair.second.id


@dataclass(frozen=True, slots=True)
class Joined:
    """A merge that was made: who was kept, when and why, and whether it was taken apart again."""

    merge: MergeData
    name: str


def find(station: Station) -> tuple[Suspect, ...]:
    """Return the pairs in scope that may be one person, those with the strongest reason first; at most LIMIT."""
    found: dict[tuple[str, str], Pair] = {}
    with station.read() as connection:
        for columns, why in RULES:
            for group in doubles.groups(connection, station.scope, columns, LIMIT):
                for first, second in combinations(group, 2):
                    if not _differ(first, second):
                        found.setdefault((first.id, second.id), pair_of(first, second, why))
        villages = {person.village for pair in found.values() for person in (pair.first, pair.second)}
        names = divisions.names(connection, villages)
    return tuple(_suspect(station, pair, names) for pair in list(found.values())[:LIMIT])


def _differ(first: PersonData, second: PersonData) -> bool:
    """Tell whether two valid, different identity numbers say that these are two people."""
    return bool(first.id_no and second.id_no and first.id_no != second.id_no)


def _suspect(station: Station, pair: Pair, names: dict[str, str]) -> Suspect:
    places = [display_name(names.get(person.village, "")) for person in (pair.first, pair.second)]
    return Suspect(pair, places[0], places[1], age_of(pair.first.birth_date, station.today()))


def joined(station: Station) -> tuple[Joined, ...]:
    """Return the merges in scope, newest first."""
    with station.read() as connection:
        made = merges.recent(connection, station.scope)
        people = rows.people(connection, station.scope, [merge.kept_id for merge in made])
    return tuple(Joined(merge, people[merge.kept_id].name) for merge in made if merge.kept_id in people)

"""Keeps search and listing true to persons and enrolments, and what is told of a person in their village.

Whoever writes those tables calls `refresh` in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from mzdesk import canonical
from mzdesk.registry import search_keys
from mzdesk.registry.pinyin import sort_key
from mzdesk.store import following, rows, search
from mzdesk.store.rows import EnrolmentData, PersonData, RelationData
from mzdesk.store.scope import SYSTEM
from mzdesk.store.search import CURRENT, EVERYBODY, FORMER, ListingData

if TYPE_CHECKING:
    from sqlalchemy import Connection

_T = TypeVar("_T", EnrolmentData, RelationData)
CARING = ("guardian", "carer", "father", "mother")


def refresh(connection: Connection, person_ids: Iterable[str], *, fresh: bool = False) -> None:
    """Write the search keys and listing rows of these people anew, and let their records follow.

    `fresh` says that they were never listed before.
    """
    wanted = list(dict.fromkeys(person_ids))
    if not fresh:
        search.forget(connection, wanted)
        following.follow(connection, wanted)
    listed: list[ListingData] = []
    for start in range(0, len(wanted), rows.CHUNK):
        listed += _listings(connection, wanted[start : start + rows.CHUNK])
    search.remember(connection, listed)


def _listings(connection: Connection, person_ids: Sequence[str]) -> list[ListingData]:
    people = rows.people(connection, SYSTEM, person_ids).values()
    roles = _by_person(rows.enrolments(connection, SYSTEM, person_ids, current=True))
    related = _by_person(rows.relations(connection, SYSTEM, person_ids))
    here = [person for person in people if not person.merged_into]
    return [row for person in here for row in listing_of(person, roles.get(person.id, ()), related.get(person.id, ()))]


def _by_person(found: Iterable[_T]) -> Mapping[str, Sequence[_T]]:
    sorted_out: dict[str, list[_T]] = defaultdict(list)
    for row in found:
        sorted_out[row.person_id].append(row)
    return sorted_out


def listing_of(person: PersonData, roles: Sequence[EnrolmentData], related: Sequence[RelationData]) -> list[ListingData]:
    """Return the listing rows of a person: current or former, and one for each current group."""
    due = min((role.next_due for role in roles if role.next_due), default=search.NO_DUE)
    risk = min((search.RISK_RANK.get(role.risk, 2) for role in roles), default=search.NO_RISK)
    keys = " ".join(sorted(keys_of(person, related)))
    groups = dict.fromkeys((CURRENT if roles else FORMER, *(role.group for role in roles)))
    tags = f" {person.tags} " if person.tags else " "
    name = sort_key(person.name)
    return [
        ListingData(group, person.id, person.village, name, person.birth_date, risk, due, tags, keys if group in EVERYBODY else "")
        for group in groups
    ]


def keys_of(person: PersonData, related: Sequence[RelationData]) -> frozenset[str]:
    """Return what a person is found by: name, numbers, further phones, and the names of those who look after them."""
    phones = [person.phone, *canonical.loads(person.profile_json).get("other_phones", "").split()]
    carers = [relation.name for relation in related if relation.kind in CARING and relation.name]
    return search_keys.of_person(person.name, person.id_no, [phone for phone in phones if phone], carers)

"""The village route sheet: who is due, in the order of a walk through the village, with what a visitor needs on paper and room to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mzdesk.store import due, route
from mzdesk.store.due import DuePerson

if TYPE_CHECKING:
    from mzdesk.station import Station

DAYS_AHEAD = 7
_PIECE = re.compile(r"(\d+)")
_NUMERALS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九十")}


@dataclass(frozen=True, slots=True)
class Stop:
    """One person on the walk; `finding` is the last visit's problem, shortened; `with_others` are others at the same address."""

    person: DuePerson
    finding: str
    with_others: tuple[str, ...]


def plan(station: Station, village: str) -> tuple[Stop, ...]:
    """Return the people of a village who are due within a week, by address; several at one address follow each other."""
    until = (station.today() + timedelta(days=DAYS_AHEAD)).isoformat()
    with station.read() as connection:
        people = due.due_people(connection, station.scope, until=until, village=village, limit=2000)
        findings = route.last_findings(connection, station.scope, [person.person_id for person in people])
    return tuple(_stops(people, findings))


def _stops(people: Sequence[DuePerson], findings: dict[str, str]) -> Iterable[Stop]:
    at: dict[str, list[str]] = {}
    for person in people:
        at.setdefault(person.address, []).append(person.name)
    for person in sorted(people, key=lambda item: (address_key(item.address), item.name)):
        others = tuple(name for name in at[person.address] if person.address and name != person.name)
        yield Stop(person, findings.get(person.person_id, ""), others)


def address_key(address: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts addresses as a walk goes: 二组9号 before 二组17号 before 三组1号; unknown addresses last."""
    if not address:
        return ((2, 0, ""),)
    return tuple(_piece(piece) for piece in _PIECE.split(address) if piece)


def _piece(piece: str) -> tuple[int, int, str]:
    if piece.isdigit():
        return (0, int(piece), "")
    ordinal = next((value for numeral, value in _NUMERALS.items() if piece.endswith(f"{numeral}组")), 0)
    return (1, ordinal, piece)

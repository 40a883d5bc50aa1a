"""What the lists of 特困照料 show, read in one go behind the window's back: people with everything that is wrong with their care."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mzdesk.care import agreements, reassessments, support
from mzdesk.care.agreements import Alert
from mzdesk.care.support import Person
from mzdesk.registry import divisions

if TYPE_CHECKING:
    from mzdesk.station import Station
    from mzdesk.store.follow_ups import FollowUpRow

ORDER = ("none", "expired", "incapable", "reassessment", "visit", "unassessed", "level", "old_carer", "expires")


@dataclass(frozen=True, slots=True)
class CareLine:
    """A person with the alerts about them, the most urgent first."""

    person: Person
    village: str
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everybody in care, and the names of villages."""

    lines: tuple[CareLine, ...]
    villages: Mapping[str, str]

    @property
    def alerts(self) -> tuple[tuple[CareLine, Alert], ...]:
        """Return every alert with its person, the most urgent first."""
        found = [(line, alert) for line in self.lines for alert in line.alerts]
        return tuple(sorted(found, key=lambda item: (ORDER.index(item[1].kind), item[0].village, item[0].person.row.name)))


def read_board(station: Station) -> Board:
    """Read everybody who is supported today."""
    people = support.current(station)
    clocks, today = reassessments.open_clocks(station), station.today()
    villages = {row.code: divisions.display_name(row.name) for row in divisions.villages(station)}
    faults: dict[str, list[Alert]] = {}
    for alert in agreements.alerts(station):
        faults.setdefault(alert.person_id, []).append(alert)
    lines = [_line(person, villages, faults.get(person.row.person_id, []), clocks, today) for person in people]
    return Board(tuple(lines), villages)


def _line(person: Person, villages: Mapping[str, str], faults: list[Alert], clocks: Mapping[str, FollowUpRow], today: date) -> CareLine:
    row = person.row
    found = list(faults)

    def add(kind: str, sentence: str) -> None:
        found.append(Alert(row.person_id, row.name, row.village, kind, sentence))

    if clock := clocks.get(row.person_id):
        add("reassessment", f"{clock.title}；应在 {clock.due_on} 前重新评估")
    if not person.assessed_on:
        add("unassessed", "还没有生活自理能力评估" + ("，现按登记的等级" if person.level else ""))
    if row.next_due and row.next_due < today.isoformat():
        add("visit", f"应在 {row.next_due} 前探视，已逾期 {(today - date.fromisoformat(row.next_due)).days} 天")
    ordered = tuple(sorted(found, key=lambda alert: ORDER.index(alert.kind)))
    return CareLine(person, villages.get(row.village, ""), ordered)

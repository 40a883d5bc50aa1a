"""What a person in extreme poverty is entitled to in a month, and how two months' lists reconcile: pure functions over dated facts.

One month has one amount: the state on its first day decides (group, area, level, standard); who enters during a month is paid from
the month of recognition, by the state on the day of entry; who leaves is paid to the end of that month and stops the next (停发次月).
A standard that changes in mid-month counts from the next first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mzdesk.care.levels import LEVEL_NAMES, Level
from mzdesk.care.standards import AREA_NAMES, Standards, yuan


@dataclass(frozen=True, slots=True)
class Dated:
    """A value that holds from `since` until the next one."""

    since: date
    value: str


@dataclass(frozen=True, slots=True)
class Poverty:
    """The dated facts of one person's 特困 enrolment; `left_on` is None while current."""

    person_id: str
    name: str
    village: str
    entered_on: date
    left_on: date | None
    left_why: str
    levels: tuple[Dated, ...]
    areas: tuple[Dated, ...]


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One line of a monthly list; `basic` and `care` in 分."""

    person_id: str
    name: str
    village: str
    area: str
    level: Level
    basic: int
    care: int

    @property
    def total(self) -> int:
        """Return basic + care, 分."""
        return self.basic + self.care


@dataclass(frozen=True, slots=True)
class Movement:
    """One difference between two monthly lists; `change` in 分, positive when more is paid."""

    person_id: str
    name: str
    kind: str  # joined, left, changed
    change: int
    why: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Two lists and what lies between them; `gap` is 0 when the movements explain the whole difference."""

    before: int
    after: int
    movements: tuple[Movement, ...]

    @property
    def gap(self) -> int:
        """Return what the movements do not explain, 分."""
        return self.after - self.before - sum(movement.change for movement in self.movements)


def month_of(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return month_of(first + timedelta(days=32))


def value_on(values: Sequence[Dated], day: date) -> str:
    """Return the value that holds on a day; before the first one, the first."""
    held = [item for item in values if item.since <= day]
    if held:
        return max(held, key=lambda item: item.since).value
    return min(values, key=lambda item: item.since).value if values else ""


def standard_on(history: Sequence[Standards], day: date) -> Standards:
    """Return the standards that hold on a day; before the first set, that set."""
    held = [item for item in history if item.effective_from <= day.isoformat()]
    return held[-1] if held else history[0]


def entitled(person: Poverty, first: date) -> bool:
    """Tell whether a person is paid for the month that starts on `first`."""
    return person.entered_on < next_month(first) and (person.left_on is None or person.left_on >= first)


def entitlement(person: Poverty, first: date, history: Sequence[Standards]) -> Entitlement | None:
    """Return what a person gets for a month, None where nothing."""
    if not entitled(person, first):
        return None
    day = max(first, person.entered_on)
    standards = standard_on(history, first)
    area = value_on(person.areas, day)
    level = Level(value_on(person.levels, day) or Level.SELF)
    return Entitlement(person.person_id, person.name, person.village, area, level, standards.basic(area), standards.care(level))


def monthly_list(people: Iterable[Poverty], first: date, history: Sequence[Standards]) -> tuple[Entitlement, ...]:
    """Return the list of a month, by village and name."""
    lines = [line for person in people if (line := entitlement(person, first, history)) is not None]
    return tuple(sorted(lines, key=lambda line: (line.village, line.name, line.person_id)))


def reconcile(before: Sequence[Entitlement], after: Sequence[Entitlement], why_left: Mapping[str, str] | None = None) -> Reconciliation:
    """Explain the difference of two monthly lists person by person: who came, who left, whose amount changed and why."""
    old, new = ({line.person_id: line for line in lines} for lines in (before, after))
    left = [_left(line, (why_left or {}).get(key, "")) for key, line in old.items() if key not in new]
    joined = [Movement(line.person_id, line.name, "joined", line.total, "本月起享受") for key, line in new.items() if key not in old]
    changed = [_changed(old[key], line) for key, line in new.items() if key in old and old[key].total != line.total]
    return Reconciliation(sum(line.total for line in before), sum(line.total for line in after), tuple(joined + left + changed))


def _left(line: Entitlement, why: str) -> Movement:
    return Movement(line.person_id, line.name, "left", -line.total, why or "已退出，本月起停发")


def _changed(old: Entitlement, new: Entitlement) -> Movement:
    reasons = []
    if old.level is not new.level:
        reasons.append(f"照料等级由{LEVEL_NAMES[old.level]}变为{LEVEL_NAMES[new.level]}")
    if old.area != new.area:
        reasons.append(f"由{AREA_NAMES.get(old.area, old.area)}变为{AREA_NAMES.get(new.area, new.area)}")
    if not reasons:
        reasons.append(f"标准调整：{yuan(old.total)} → {yuan(new.total)} 元")
    return Movement(new.person_id, new.name, "changed", new.total - old.total, "，".join(reasons))


def spans(person: Poverty, history: Sequence[Standards], until: date) -> tuple[tuple[date, Entitlement], ...]:
    """Return a person's amounts over time: each first month in which the line differs from the one before, until the month of `until`."""
    found: list[tuple[date, Entitlement]] = []
    first = month_of(person.entered_on)
    while first <= until:
        line = entitlement(person, first, history)
        if line is not None and (not found or found[-1][1] != line):
            found.append((first, line))
        first = next_month(first)
    return tuple(found)

"""The plan's indicators that a township can compute, always as numerator / denominator with the names behind both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mzdesk.care.levels import Level


@dataclass(frozen=True, slots=True)
class Supported:
    """What the indicators need of one current person in extreme poverty; `wishes_institution` is None where nobody asked."""

    person_id: str
    name: str
    institution: bool
    wishes_institution: bool | None
    level: Level | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of the plan: people counted over people concerned, the target in percent, and who could not be judged."""

    title: str
    target: int
    counted: tuple[Supported, ...]
    concerned: tuple[Supported, ...]
    unknown: tuple[Supported, ...]

    @property
    def percent(self) -> str:
        """Return the share as text with one decimal, "—" where nobody is concerned."""
        if not self.concerned:
            return "—"
        tenths = (len(self.counted) * 2000 + len(self.concerned)) // (2 * len(self.concerned))
        return f"{tenths // 10}.{tenths % 10}%"

    @property
    def reached(self) -> bool:
        """Tell whether the target is reached."""
        return len(self.counted) * 100 >= self.target * len(self.concerned)


def _share(title: str, target: int, people: Sequence[Supported], concerns: Callable[[Supported], bool | None]) -> Indicator:
    concerned = tuple(person for person in people if concerns(person))
    unknown = tuple(person for person in people if concerns(person) is None)
    return Indicator(title, target, tuple(person for person in concerned if person.institution), concerned, unknown)


def willing_in_institutions(people: Sequence[Supported]) -> Indicator:
    """Return 有集中供养意愿的特困人员集中供养率 (plan, target 100 %)."""
    return _share("有集中供养意愿的特困人员集中供养率", 100, people, lambda person: person.wishes_institution)


def dependent_in_institutions(people: Sequence[Supported]) -> Indicator:
    """Return 生活不能自理特困人员集中供养率 (plan, target 60 %): partly or wholly unable to care for themselves."""
    return _share(
        "生活不能自理特困人员集中供养率", 60, people, lambda person: None if person.level is None else person.level is not Level.SELF
    )

"""Working days with the official holidays: an imported table of the county goes before the library, and both before plain weekdays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

REASSESSMENT_DAYS = 10  # a reported change is re-assessed within 10 working days (domain/README.md §1.5)


@dataclass(frozen=True)
class WorkCalendar:
    """Knows whether a Beijing date is a working day; `imported` maps ISO date → working day or not, from the county's table."""

    imported: Mapping[str, bool] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Tell whether `day` is a working day."""
        told = self.imported.get(day.isoformat())
        return _by_library(day) if told is None else told

    def known(self, day: date) -> bool:
        """Tell whether the holidays of that year are known, so that a count may be called exact."""
        return any(text.startswith(f"{day.year}-") for text in self.imported) or _library_knows(day.year)

    def after(self, start: date, days: int) -> date:
        """Return the `days`-th working day after `start`, which itself does not count."""
        day = start
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`."""
        span = (end - start).days
        return sum(self.is_workday(start + timedelta(days=step)) for step in range(1, span + 1))


def _by_library(day: date) -> bool:
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def _library_knows(year: int) -> bool:
    import chinese_calendar.constants

    return any(day.year == year for day in chinese_calendar.constants.holidays)

"""The children's director's duties by period: which checklist of which village is open, due or signed; pure, from the calendar alone.

Every month; every quarter; every half-year in March and September; every year (domain/README.md §1.9).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHLY, QUARTERLY, HALF_YEARLY, YEARLY = "checklist_monthly", "checklist_quarterly", "checklist_half_yearly", "checklist_yearly"
FORM_NAMES = {MONTHLY: "月度清单", QUARTERLY: "季度清单", HALF_YEARLY: "半年清单", YEARLY: "年度清单"}
HALF_YEAR_MONTHS = (3, 9)


@dataclass(frozen=True, slots=True)
class Period:
    """One period of one checklist: `key` is what the form stores (2026-11, 2026Q4, 2026-09, 2026)."""

    form_id: str
    key: str
    first: date
    last: date

    @property
    def title(self) -> str:
        """Return such as 2026年11月 月度清单."""
        year = self.first.year
        words = {
            MONTHLY: f"{year}年{self.first.month}月",
            QUARTERLY: f"{year}年第{'一二三四'[(self.first.month - 1) // 3]}季度",
            HALF_YEARLY: f"{year}年{self.first.month}月",
            YEARLY: f"{year}年",
        }
        return f"{words[self.form_id]} {FORM_NAMES[self.form_id]}"


def last_of_month(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def period_of(form_id: str, day: date) -> Period | None:
    """Return the period of a checklist that `day` lies in, None where the checklist has none then (half-year outside March, September)."""
    month = day.replace(day=1)
    if form_id == MONTHLY:
        return Period(form_id, f"{day:%Y-%m}", month, last_of_month(day))
    if form_id == QUARTERLY:
        first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return Period(form_id, f"{day.year}Q{(day.month - 1) // 3 + 1}", first, last_of_month(first.replace(month=first.month + 2)))
    if form_id == HALF_YEARLY:
        return Period(form_id, f"{day:%Y-%m}", month, last_of_month(day)) if day.month in HALF_YEAR_MONTHS else None
    return Period(form_id, str(day.year), date(day.year, 1, 1), date(day.year, 12, 31))


def periods(day: date, *, months_back: int = 3) -> Iterator[Period]:
    """Yield the periods that are open on `day` or ended within the last `months_back` months, the newest first, each once."""
    seen: set[tuple[str, str]] = set()
    cursor = day
    for _ in range(months_back + 1):
        for form_id in FORM_NAMES:
            period = period_of(form_id, cursor)
            if period is not None and (form_id, period.key) not in seen and _concerns(period, day, months_back):
                seen.add((form_id, period.key))
                yield period
        cursor = cursor.replace(day=1) - timedelta(days=1)


def _concerns(period: Period, day: date, months_back: int) -> bool:
    """A year or quarter opens in its last month: its duties are of the whole period."""
    opens = period.last.replace(day=1)
    return opens <= day and (day - period.last).days <= months_back * 31

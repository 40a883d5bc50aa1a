"""How many visits fell into each month, and how many of them were home visits, counted from the records as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from mzdesk.store.records import visible
from mzdesk.store.scope import Scope
from mzdesk.store.tables import RECORD


@dataclass(frozen=True, slots=True)
class VisitMonth:
    """A month `YYYY-MM`: visits at which somebody was met, and how many of them at home."""

    month: str
    visits: int
    at_home: int


def visits_by_month(connection: Connection, scope: Scope, months: Sequence[str], *, village: str = "") -> tuple[VisitMonth, ...]:
    """Return the counts of `months` (YYYY-MM) in the order given; corrected and deleted records count once, by their newest version."""
    month = func.substr(RECORD.c.occurred_on, 1, 7)
    at_home = func.sum(case((RECORD.c.contact_mode == "home", 1), else_=0))
    query = (
        select(month, func.count(), at_home)
        .where(
            RECORD.c.kind == "visit",
            RECORD.c.reached != "no",
            RECORD.c.amended_by == "",
            RECORD.c.deleted_at == 0,
            RECORD.c.occurred_on >= f"{min(months)}-01",
            visible(scope),
        )
        .group_by(month)
    )
    if village:
        query = query.where(RECORD.c.village == village)
    found = {row[0]: VisitMonth(row[0], int(row[1]), int(row[2] or 0)) for row in connection.execute(query)}
    return tuple(found.get(wanted, VisitMonth(wanted, 0, 0)) for wanted in months)

"""Queries on closed months: tallies kept by village, and the facts of a month's end that they are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from mzdesk.store.due import RoleRow
from mzdesk.store.scope import Scope
from mzdesk.store.tables import ENROLMENT, MONTH_TALLY, PERSON

NOWHERE = ""  # the row that says that a month without people was computed


@dataclass(frozen=True, slots=True)
class Tally:
    """A closed month of one village."""

    month: str
    village: str
    planned: int
    done: int


def sums(connection: Connection, scope: Scope, *, since: str, village: str = "") -> dict[str, tuple[int, int]]:
    """Return month → (应访, 已访) in scope from the month `since` on."""
    query = (
        select(MONTH_TALLY.c.month, func.sum(MONTH_TALLY.c.planned), func.sum(MONTH_TALLY.c.done))
        .where(MONTH_TALLY.c.month >= since, scope.where(MONTH_TALLY.c.village))
        .group_by(MONTH_TALLY.c.month)
    )
    if village:
        query = query.where(MONTH_TALLY.c.village == village)
    return {month: (int(planned), int(done)) for month, planned, done in connection.execute(query)}


def is_known(connection: Connection, month: str) -> bool:
    """Tell whether a month was computed."""
    return connection.execute(select(MONTH_TALLY.c.month).where(MONTH_TALLY.c.month == month).limit(1)).first() is not None


def keep(connection: Connection, month: str, tallies: Sequence[Tally], now_ms: int) -> None:
    """Write a month anew."""
    connection.execute(delete(MONTH_TALLY).where(MONTH_TALLY.c.month == month))
    rows = [*tallies, Tally(month, NOWHERE, 0, 0)]
    values = {row.village: {"month": month, "village": row.village, "planned": row.planned, "done": row.done} for row in rows}
    connection.execute(insert(MONTH_TALLY), [value | {"computed_at": now_ms} for value in values.values()])


def forget(connection: Connection, month: str) -> None:
    """Let a month and those after it be computed anew."""
    connection.execute(delete(MONTH_TALLY).where(MONTH_TALLY.c.month >= month))


def people_enrolled(connection: Connection, scope: Scope, after: str, day: str, limit: int) -> list[tuple[str, str]]:
    """Return (person id, village) of the next people behind `after` who had a role on a day."""
    query = (
        select(PERSON.c.id, PERSON.c.village)
        .where(PERSON.c.id > after, scope.where(PERSON.c.village), PERSON.c.deleted_at == 0, PERSON.c.merged_into == "")
        .where(select(ENROLMENT.c.id).where(ENROLMENT.c.person_id == PERSON.c.id, _held_on(day)).exists())
        .order_by(PERSON.c.id)
        .limit(limit)
    )
    return [(person, village) for person, village in connection.execute(query)]


def _held_on(day: str) -> ColumnElement[bool]:
    still = or_(ENROLMENT.c.left_on == "", ENROLMENT.c.left_on > day)
    return and_(ENROLMENT.c.entered_on <= day, still, ENROLMENT.c.deleted_at == 0)


def roles_on(connection: Connection, scope: Scope, person_ids: Sequence[str], day: str) -> tuple[RoleRow, ...]:
    """Return the roles that these people held on a day."""
    query = select(*(ENROLMENT.c[name] for name in RoleRow.__slots__)).where(
        ENROLMENT.c.person_id.in_(person_ids), scope.where(ENROLMENT.c.village), _held_on(day)
    )
    return tuple(RoleRow(*row) for row in connection.execute(query))

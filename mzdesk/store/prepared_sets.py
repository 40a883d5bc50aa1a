"""Queries on month-end sets: each belongs to the person whose villages it covers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from mzdesk.store.scope import Scope
from mzdesk.store.tables import PREPARED_SET


@dataclass(frozen=True, slots=True)
class PreparedSet:
    """A month-end set: its reports by title, those left out with the reason, and the PDF."""

    month: str
    pages: int
    titles: tuple[str, ...]
    problems: tuple[str, ...]
    pdf: bytes
    made_at: int


def get(connection: Connection, scope: Scope, month: str) -> PreparedSet | None:
    """Return the set of the person at the desk, None where it is not prepared."""
    row = connection.execute(select(PREPARED_SET).where(PREPARED_SET.c.month == month, PREPARED_SET.c.actor == scope.actor)).first()
    if row is None:
        return None
    return PreparedSet(row.month, row.pages, tuple(row.titles.splitlines()), tuple(row.problems.splitlines()), row.pdf, row.made_at)


def keep(connection: Connection, scope: Scope, prepared: PreparedSet) -> None:
    """Keep the set of the person at the desk in place of an earlier one of that month."""
    connection.execute(delete(PREPARED_SET).where(PREPARED_SET.c.month == prepared.month, PREPARED_SET.c.actor == scope.actor))
    values = {
        "month": prepared.month,
        "actor": scope.actor,
        "pages": prepared.pages,
        "titles": "\n".join(prepared.titles),
        "problems": "\n".join(prepared.problems),
        "pdf": prepared.pdf,
        "made_at": prepared.made_at,
    }
    connection.execute(insert(PREPARED_SET), values)

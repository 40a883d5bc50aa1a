"""The query behind the search for doubles: people in scope who share what two people rarely share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, select

from mzdesk.store.rows import PersonData
from mzdesk.store.scope import Scope
from mzdesk.store.tables import PERSON


def groups(connection: Connection, scope: Scope, columns: Sequence[str], limit: int) -> tuple[tuple[PersonData, ...], ...]:
    """Return sets of two or more people who agree in all of `columns`, none of them blank; at most `limit` sets, the older file first.

    Where `columns` does not hold the identity number, one of them has none: two different numbers are two people.
    """
    keys = [PERSON.c[name] for name in columns]
    shared = (
        select(*keys)
        .where(*_living(scope), *(key != "" for key in keys))
        .group_by(*keys)
        .having(func.count() > 1, *(() if "id_no" in columns else (func.min(PERSON.c.id_no) == "",)))
        .order_by(*keys)
        .limit(limit)
        .subquery()
    )
    alike = and_(*(PERSON.c[name] == shared.c[name] for name in columns))
    fields = [PERSON.c[name] for name in PersonData.__slots__]
    query = select(*fields).join(shared, alike).where(*_living(scope)).order_by(*keys, PERSON.c.created_at, PERSON.c.id)
    found: dict[tuple[str, ...], list[PersonData]] = {}
    for row in connection.execute(query):
        person = PersonData(*row)
        found.setdefault(tuple(getattr(person, name) for name in columns), []).append(person)
    return tuple(tuple(group) for group in found.values() if len(group) > 1)


def _living(scope: Scope) -> list[Any]:
    return [PERSON.c.deleted_at == 0, PERSON.c.merged_into == "", scope.where(PERSON.c.village)]

"""What a form about a person starts with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mzdesk.store.scope import Scope
from mzdesk.store.tables import DIVISION, PERSON


@dataclass(frozen=True, slots=True)
class Named:
    """What a form about a person starts with; `village_name` is "" where the division is unknown."""

    id: str
    name: str
    sex: str
    birth_date: str
    id_no: str
    village: str
    village_name: str
    address: str
    phone: str


def person(connection: Connection, scope: Scope, person_id: str) -> Named | None:
    """Return the person in scope, None otherwise."""
    columns = (PERSON.c.id, PERSON.c.name, PERSON.c.sex, PERSON.c.birth_date, PERSON.c.id_no, PERSON.c.village)
    rest = (func.coalesce(DIVISION.c.name, ""), PERSON.c.address, PERSON.c.phone)
    query = select(*columns, *rest).select_from(PERSON.outerjoin(DIVISION, DIVISION.c.code == PERSON.c.village))
    row = connection.execute(query.where(PERSON.c.id == person_id, scope.where(PERSON.c.village), PERSON.c.deleted_at == 0)).first()
    return Named(*row) if row else None

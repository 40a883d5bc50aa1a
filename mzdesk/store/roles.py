"""The write that a visit makes on a person's current roles: risk, and who they are is not touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from mzdesk import canonical
from mzdesk.store.scope import Scope
from mzdesk.store.tables import DIVISION, ENROLMENT, PERSON


@dataclass(frozen=True, slots=True)
class RoleRisk:
    """A current role with its risk and the operation that set it ("" where none did)."""

    id: str
    group: str
    risk: str
    risk_op: str


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


def current(connection: Connection, scope: Scope, person_id: str, groups: Sequence[str]) -> tuple[RoleRisk, ...]:
    """Return the current roles of a person among `groups`; all of them where `groups` is empty."""
    query = select(ENROLMENT.c.id, ENROLMENT.c.group, ENROLMENT.c.risk, ENROLMENT.c.field_ops_json).where(
        ENROLMENT.c.person_id == person_id, ENROLMENT.c.left_on == "", ENROLMENT.c.deleted_at == 0, scope.where(ENROLMENT.c.village)
    )
    if groups:
        query = query.where(ENROLMENT.c.group.in_(groups))
    rows = connection.execute(query).all()
    return tuple(RoleRisk(row.id, row.group, row.risk, canonical.loads(row.field_ops_json).get("risk", "")) for row in rows)


def set_risk(connection: Connection, scope: Scope, enrolment_id: str, risk: str, *, op: str, now_ms: int) -> None:
    """Set the risk of a role and remember the operation that did."""
    chosen = (ENROLMENT.c.id == enrolment_id) & scope.where(ENROLMENT.c.village)
    ops = canonical.loads(connection.execute(select(ENROLMENT.c.field_ops_json).where(chosen)).scalar_one()) | {"risk": op}
    connection.execute(update(ENROLMENT).where(chosen).values(risk=risk, updated_at=now_ms, field_ops_json=canonical.text(ops)))

"""Guardians, carers, parents, contacts: stated once, shown from both sides, linked to the registered person where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mzdesk.errors import MzError
from mzdesk.registry import id_number, people, phone
from mzdesk.registry.groups import RELATIONS
from mzdesk.registry.journal import Journal, require_person, require_relation
from mzdesk.store import rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

COLUMNS = frozenset({"name", "id_no", "phone", "place", "since", "until"})


def add(station: Station, person_id: str, kind: str, told: Mapping[str, str], *, other_id: str = "") -> str:
    """State that somebody is the `kind` (groups.RELATIONS) of a person; return the relation's id.

    `other_id` names a registered person; otherwise `told` holds name, phone …, and an ID number that is registered links by itself.
    Raises MzError on an unknown kind, no name, a bad number, or a person who would be their own relative.
    """
    _check_kind(kind)
    with station.write() as connection:
        person = require_person(connection, station, person_id)
        values = _checked(connection, station, told, other_id)
        if values.get("other_id") == person_id:
            raise MzError("不能是本人", "请选择另一个人。", field="other_id")
        if not values.get("name"):
            raise MzError("请填写姓名", "写明这位关系人的姓名。", field="name")
        journal = Journal(connection, station, "edit")
        relation_id = journal.create("relation", {**values, "person_id": person_id, "village": person.village, "kind": kind})
        journal.close()
    return relation_id


def change(station: Station, relation_id: str, told: Mapping[str, str]) -> None:
    """Change what is told of a relation."""
    with station.write() as connection:
        before = require_relation(connection, station, relation_id)
        journal = Journal(connection, station, "edit")
        journal.change("relation", before, _checked(connection, station, told, before.other_id))
        journal.close()


def remove(station: Station, relation_id: str, reason: str) -> None:
    """Take back a relation that was stated by mistake; one that came to an end gets an `until` instead."""
    if not reason.strip():
        raise MzError("请写明原因", "原因会留在变更记录里。", field="reason")
    with station.write() as connection:
        before = require_relation(connection, station, relation_id)
        journal = Journal(connection, station, "edit", reason.strip())
        journal.delete("relation", before, reason.strip())
        journal.close()


def _check_kind(kind: str) -> None:
    if kind not in RELATIONS:
        raise ValueError(kind)


def _checked(connection: Connection, station: Station, told: Mapping[str, str], other_id: str) -> dict[str, str]:
    if unknown := set(told) - COLUMNS:
        raise ValueError(f"not editable: {sorted(unknown)}")
    values = people.tidy(told)
    if values.get("id_no"):
        id_number.read(values["id_no"], station.today())
    if values.get("phone") and not phone.is_valid(values["phone"]):
        raise MzError("电话号码不对", "手机 11 位，座机写成“区号-号码”。", field="phone")
    if other_id:
        other = require_person(connection, station, other_id)
        return {"other_id": other.id, "name": other.name, **values}
    linked = rows.people_by_id_no(connection, station.scope, [values.get("id_no", "")])
    found = linked.get(values.get("id_no", ""))
    return {**values, "other_id": found.id} if found else values

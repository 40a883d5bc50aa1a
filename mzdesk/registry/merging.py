"""Two files of one person made one: roles, relations and records move to the one that is kept; all of it can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.registry import people
from mzdesk.registry.journal import Journal, require_person
from mzdesk.registry.roster_preview import COMPARED
from mzdesk.store import merges, rows
from mzdesk.store.merges import MergeData
from mzdesk.store.rows import PersonData
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

FILLED = (
    "id_no",
    "birth_date",
    "ethnicity",
    "marital",
    "hukou_village",
    "hukou_address",
    "address",
    "phone",
    "disability_no",
    "aids",
    "tags",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who may be one, and the fields in which they differ: (field, first, second)."""

    first: PersonData
    second: PersonData
    why: str
    differences: tuple[tuple[str, str, str], ...]


def candidates(station: Station, person_id: str) -> tuple[Pair, ...]:
    """Return who may be the same person: same name and birth date, or same name and phone."""
    with station.read() as connection:
        person = require_person(connection, station, person_id)
        born = rows.people_by_birth(connection, station.scope, [person.birth_date])
        same_day = [(other, "姓名和出生日期相同") for other in born if other.id != person.id and other.name == person.name]
        phones = rows.people_by_phone(connection, station.scope, person.name, person.phone) if person.phone else ()
        same_phone = [(other, "姓名和电话相同") for other in phones if other.id != person.id]
    found = {other.id: Pair(person, other, why, _differences(person, other)) for other, why in [*same_phone, *same_day]}
    return tuple(found.values())


def pair_of(first: PersonData, second: PersonData, why: str) -> Pair:
    """Return two people side by side."""
    return Pair(first, second, why, _differences(first, second))


def _differences(first: PersonData, second: PersonData) -> tuple[tuple[str, str, str], ...]:
    pairs = ((name, str(getattr(first, name)), str(getattr(second, name))) for name in ("id_no", *COMPARED))
    return tuple((name, one, other) for name, one, other in pairs if one != other)


def merge(station: Station, kept_id: str, gone_id: str, fields: Mapping[str, str] | None = None, reason: str = "") -> str:
    """Join the file `gone_id` into `kept_id`; return the merge's id, which undoes it.

    `fields` names where the value of the gone file counts: field → "gone". Blanks of the kept file are filled anyway.
    Raises MzError without a reason, or where one of them is not in scope.
    """
    if kept_id == gone_id:
        raise MzError("请选择两个不同的人", "不能与本人合并。")
    if not reason.strip():
        raise MzError("请写明合并的依据", "例如：同一身份证号，重复登记。", field="reason")
    from mzdesk.casework import due

    with station.write() as connection:
        kept, gone = require_person(connection, station, kept_id), require_person(connection, station, gone_id)
        journal = Journal(connection, station, "merge", reason.strip())
        moved = _move(connection, station, journal, kept, gone)
        taken = {name: getattr(gone, name) for name, side in (fields or {}).items() if side == "gone" and name in people.EDITABLE}
        filled = {name: getattr(gone, name) for name in FILLED if not getattr(kept, name) and getattr(gone, name)}
        moved["person"] = {name: getattr(kept, name) for name in {**filled, **taken}}
        journal.change("person", gone, {"merged_into": kept_id})
        journal.change("person", kept, {**filled, **taken})
        merge_id = station.new_id()
        merges.add(connection, _merge_row(station, merge_id, kept, gone, moved, reason.strip()))
        due.refresh(connection, station, journal.close())
    return merge_id


def _move(connection: Connection, station: Station, journal: Journal, kept: PersonData, gone: PersonData) -> dict[str, Any]:
    """Move roles, relations and records; return what is needed to move them back."""
    moved: dict[str, Any] = {"enrolment": {}, "relation": {}, "other": []}
    mine = {role.group for role in rows.enrolments(connection, SYSTEM, [kept.id], current=True)}
    for role in rows.enrolments(connection, SYSTEM, [gone.id]):
        values: dict[str, Any] = {"person_id": kept.id, "village": kept.village}
        if not role.left_on and role.group in mine:
            values |= {
                "left_on": max(station.today().isoformat(), role.entered_on),
                "left_why": "合并重复登记",
                "next_due": "",
                "due_why": "",
            }
        moved["enrolment"][role.id] = {name: getattr(role, name) for name in values}
        journal.change("enrolment", role, values)
    for relation in rows.relations(connection, SYSTEM, [gone.id]):
        moved["relation"][relation.id] = {"person_id": relation.person_id, "village": relation.village}
        journal.change("relation", relation, {"person_id": kept.id, "village": kept.village})
    for relation in rows.relations_to(connection, SYSTEM, [gone.id]):
        moved["other"].append(relation.id)
        journal.change("relation", relation, {"other_id": kept.id})
    moved["records"] = merges.move_records(connection, gone.id, kept.id)
    journal.touch(kept.id, gone.id)
    return moved


def _merge_row(station: Station, merge_id: str, kept: PersonData, gone: PersonData, moved: Mapping[str, Any], reason: str) -> MergeData:
    scope = station.scope
    text = canonical.text(dict(moved))
    return MergeData(merge_id, kept.id, gone.id, kept.village, text, reason, scope.actor, scope.name, station.clock.now_ms(), 0)


def of_person(station: Station, person_id: str) -> tuple[MergeData, ...]:
    """Return the merges that a person was kept in, newest first."""
    with station.read() as connection:
        return merges.of_person(connection, station.scope, person_id)


def undo(station: Station, merge_id: str) -> None:
    """Take a merge apart again: what was moved goes back; what was changed since then stays as it is."""
    from mzdesk.casework import due

    with station.write() as connection:
        found = merges.get(connection, station.scope, merge_id)
        if found is None or found.undone_at:
            raise MzError("没有可以撤销的合并", "它可能已经撤销过，或者不在您负责的村。")
        moved = canonical.loads(found.moved_json)
        journal = Journal(connection, station, "unmerge")
        for kind in ("enrolment", "relation"):
            for row_id, values in moved[kind].items():
                _put_back(connection, journal, kind, row_id, values)
        for row_id in moved["other"]:
            _put_back(connection, journal, "relation", row_id, {"other_id": found.gone_id})
        _put_back(connection, journal, "person", found.gone_id, {"merged_into": ""})
        _restore_fields(connection, journal, found, moved["person"])
        merges.move_records_back(connection, moved["records"], found.gone_id)
        merges.mark_undone(connection, merge_id, station.clock.now_ms())
        journal.touch(found.kept_id, found.gone_id)
        due.refresh(connection, station, journal.close())


def _put_back(connection: Connection, journal: Journal, kind: str, row_id: str, values: Mapping[str, Any]) -> None:
    row = rows.one(connection, SYSTEM, kind, row_id)
    if row is not None:
        journal.change(kind, row, values)


def _restore_fields(connection: Connection, journal: Journal, found: MergeData, before: Mapping[str, Any]) -> None:
    """Give the kept file its own values back where nobody has changed them since."""
    kept, gone = rows.one(connection, SYSTEM, "person", found.kept_id), rows.one(connection, SYSTEM, "person", found.gone_id)
    if kept is None or gone is None:
        return
    values = {name: value for name, value in before.items() if getattr(kept, name) == getattr(gone, name)}
    journal.change("person", kept, values)

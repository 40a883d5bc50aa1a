"""档案卡 of people: masked by default; whole numbers need the right and a reason; every print is logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mzdesk.casework.rules import MODE_NAMES
from mzdesk.errors import MzError
from mzdesk.registry import people
from mzdesk.registry.codes import AIDS, ETHNICITIES, MARITAL
from mzdesk.registry.groups import RISKS, SEXES, group_name
from mzdesk.registry.people import PersonFile
from mzdesk.registry.tags import tag_name
from mzdesk.reports.file_card import CardKin, CardRole, CardVisit, FileCard, print_cards
from mzdesk.store import audit, records, rows
from mzdesk.store.records import RecordFilter, RecordRow
from mzdesk.store.rows import EnrolmentData, PersonData
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from mzdesk.station import Station

VISITS = 12
MOST = 500


def print_file_cards(station: Station, person_ids: Sequence[str], *, unmask_reason: str = "", duplex: bool = False) -> bytes:
    """Return the cards of these people as one PDF. Raises MzError: nobody, too many, not in scope, no right to whole numbers."""
    if not person_ids:
        raise MzError("请先选择要打印的人", "在列表里选中一行或多行再打印。")
    if len(person_ids) > MOST:
        raise MzError("一次打印太多", f"一次最多 {MOST} 人，请分几次打印。")
    if unmask_reason:
        station.scope.require(Permission.UNMASK)
    cards = [_card(station, person_id, whole=bool(unmask_reason)) for person_id in person_ids]
    detail = {"paper": "file card", "people": len(cards), "unmask": unmask_reason}
    with station.write() as connection:
        for person_id in person_ids:
            audit.append(connection, station.scope, "print", person_id, detail, now_ms=station.clock.now_ms())
    return print_cards(cards, duplex=duplex)


def _card(station: Station, person_id: str, *, whole: bool) -> FileCard:
    file = people.get(station, person_id)
    with station.read() as connection:
        visits = records.find(connection, station.scope, RecordFilter(person_id=person_id, kinds=("visit",), limit=VISITS))
        plain = rows.person(connection, station.scope, person_id) if whole else None
        phones = {row.id: row.phone for row in rows.relations(connection, station.scope, [person_id])} if whole else {}
    person: PersonData = plain or file.person
    return FileCard(
        station=station.identity.name,
        place=file.village_name,
        name=person.name,
        sex=SEXES.get(person.sex, ""),
        birth_date=person.birth_date,
        age=f"{file.age} 岁" if file.age is not None else "",
        id_no=person.id_no or (f"无（{person.id_no_absent}）" if person.id_no_absent else ""),
        ethnicity=ETHNICITIES.get(person.ethnicity, ""),
        marital=MARITAL.get(person.marital, ""),
        phone=person.phone or (f"无（{person.phone_absent}）" if person.phone_absent else ""),
        address=person.address if file.village_name in person.address else f"{file.village_name}{person.address}",
        hukou_address=person.hukou_address,
        disability_no=person.disability_no,
        aids="、".join(AIDS.get(code, code) for code in person.aids.split()),
        tags="、".join(tag_name(code) for code in person.tags.split()),
        roles=tuple(_role(role) for role in file.current),
        kin=_kin(file, phones),
        visits=tuple(_visit(row) for row in visits),
        printed_by=station.scope.name,
        printed_at=station.local_now(),
    )


def _role(role: EnrolmentData) -> CardRole:
    due = f"暂停至 {role.suspended_until}" if role.suspended_until else role.next_due
    return CardRole(group_name(role.group, role.category), role.entered_on, RISKS.get(role.risk, ""), role.responsible, due)


def _kin(file: PersonFile, phones: dict[str, str]) -> tuple[CardKin, ...]:
    shown = (relation for relation in file.relations if not relation.until)
    return tuple(CardKin(one.role, one.name, phones.get(one.id) or one.phone_masked, one.place) for one in shown)


def _visit(row: RecordRow) -> CardVisit:
    how = MODE_NAMES.get(row.contact_mode, "") + ("（未联系上）" if row.reached == "no" else "")
    return CardVisit(row.occurred_on, how, row.author_name, RISKS.get(row.risk_level, ""), row.number)

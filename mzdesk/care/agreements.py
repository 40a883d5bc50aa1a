"""委托照料服务协议 and 委托照护协议: which hold, and what is wrong with them, read from the agreements as they were signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mzdesk.care import support
from mzdesk.care.levels import LEVEL_NAMES, Level
from mzdesk.care.support import Person
from mzdesk.registry.ages import age_on
from mzdesk.registry.registration import flatten
from mzdesk.store import care as store
from mzdesk.store.care import CareRecord

if TYPE_CHECKING:
    from mzdesk.station import Station

CARE_FORM, CHILD_FORM = "care_agreement", "entrusted_care_agreement"
WARN_DAYS = 30
OLD_CARER = 70
INCAPABLE = "incapable"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The newest agreement of a person; dates are Beijing dates, `end_on` None where none was written."""

    record_id: str
    person_id: str
    number: str
    carer: str
    carer_id_no: str
    carer_age: int | None
    carer_health: str
    level: Level | None
    fee: str
    start_on: date | None
    end_on: date | None


@dataclass(frozen=True, slots=True)
class Alert:
    """Something wrong with a person's care: `kind` is none, expired, expires, old_carer, incapable, level."""

    person_id: str
    name: str
    village: str
    kind: str
    sentence: str
    record_id: str = ""


def read(record: CareRecord) -> Agreement:
    """Return what an agreement's form says."""
    told = flatten(record.answers)
    person = "trustee" if "trustee_name" in told else "carer"
    level = told.get("care_level", "")
    id_no = told.get(f"{person}_id_no", "")
    return Agreement(
        record.record_id,
        record.person_id,
        told.get("agreement_no", "") or record.number,
        told.get(f"{person}_name", ""),
        id_no,
        _age(id_no, told.get("carer_age", ""), record.occurred_on),
        told.get(f"{person}_health", ""),
        Level(level) if level else None,
        told.get("fee", ""),
        _day(told.get("start_on", "")),
        _day(told.get("end_on", "")),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _age(id_no: str, stated: str, on: str) -> int | None:
    if len(id_no) == 18 and id_no[6:14].isdigit():
        return age_on(date(int(id_no[6:10]), int(id_no[10:12]), int(id_no[12:14])), date.fromisoformat(on))
    return int(stated) if stated.isdigit() else None


def newest(station: Station, form_id: str = CARE_FORM) -> dict[str, Agreement]:
    """Return person id → their newest agreement in scope."""
    with station.read() as connection:
        records = store.care_records(connection, station.scope, form_id)
    return {record.person_id: read(record) for record in records}


def alerts(station: Station) -> tuple[Alert, ...]:
    """Return what is wrong with the care of the people who live scattered (分散供养), the most urgent first."""
    people, agreements, today = support.current(station), newest(station), station.today()
    found = [alert for person in people if not person.institution for alert in judge(person, agreements.get(person.row.person_id), today)]
    return tuple(sorted(found, key=lambda alert: (_URGENCY[alert.kind], alert.village, alert.name)))


_URGENCY: Mapping[str, int] = {"none": 0, "expired": 1, "incapable": 2, "level": 3, "old_carer": 4, "expires": 5}


def judge(person: Person, agreement: Agreement | None, today: date) -> list[Alert]:
    """Decide what is wrong with one person's agreement."""
    row, record_id = person.row, agreement.record_id if agreement else ""
    return [Alert(row.person_id, row.name, row.village, kind, told, record_id) for kind, told in _faults(person, agreement, today)]


def _faults(person: Person, agreement: Agreement | None, today: date) -> Iterator[tuple[str, str]]:
    if agreement is None or not agreement.carer:
        named = f"照料人{person.carer}还没有签订协议" if person.carer else "没有照料服务人"
        yield "none", f"{named}，请尽快{'' if person.carer else '落实并'}签订委托照料服务协议"
        return
    if agreement.end_on is not None and agreement.end_on < today:
        yield "expired", f"协议已于 {agreement.end_on.isoformat()} 到期，请续签"
        return
    if agreement.carer_health == INCAPABLE:
        yield "incapable", f"照料人{agreement.carer}评估为不能胜任，应更换"
    if agreement.carer_age is not None and agreement.carer_age >= OLD_CARER:
        yield "old_carer", f"照料人{agreement.carer}已 {agreement.carer_age} 岁，请评估能否胜任"
    if None not in (agreement.level, person.level) and agreement.level is not person.level:
        yield "level", f"协议等级为{_level(agreement.level)}，现为{_level(person.level)}，请变更协议"
    if agreement.end_on is not None and agreement.end_on <= today + timedelta(days=WARN_DAYS):
        yield "expires", f"协议将于 {agreement.end_on.isoformat()} 到期，请提前续签"


def _level(level: Level | None) -> str:
    return LEVEL_NAMES[level] if level else "未评估"


def ending(agreements: Sequence[Agreement], today: date, days: int = WARN_DAYS) -> tuple[Agreement, ...]:
    """Return the agreements that end within `days`, or have ended, the earliest first."""
    late = [item for item in agreements if item.end_on is not None and item.end_on <= today + timedelta(days=days)]
    return tuple(sorted(late, key=lambda item: (item.end_on or today, item.number)))

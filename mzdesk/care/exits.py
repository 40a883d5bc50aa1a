"""Leaving the scheme: proposals with their reason, the 7-day notice (公示) with the least data, and the stop of the next month.

The program proposes; a person decides (domain/README.md §2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mzdesk.care import support
from mzdesk.care.entitlements import next_month
from mzdesk.care.support import Person
from mzdesk.casework import due
from mzdesk.errors import MzError
from mzdesk.registry.ages import age_of
from mzdesk.registry.groups import EXITS
from mzdesk.registry.journal import Journal, require_enrolment
from mzdesk.store import audit

if TYPE_CHECKING:
    from mzdesk.station import Station

GROUP = "extreme_poverty"
NOTICE_DAYS = 7
GROWN_UP = 18


@dataclass(frozen=True, slots=True)
class Proposal:
    """Somebody who may have to leave, with the reason and the facts behind it; never carried out by itself."""

    person: Person
    reason: str
    facts: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What is put up for seven days: the least data, no ID number, no address but the village."""

    name: str
    village: str
    reason: str
    first: date
    last: date
    stops_from: date


def proposals(station: Station) -> tuple[Proposal, ...]:
    """Return who should be checked: grown up, or takes the support of an orphan as well."""
    today = station.today()
    found = []
    for person in support.current(station):
        age = age_of(person.row.birth_date, today)
        if str(person.row.profile.get("population")) == "minor" and age is not None and age >= GROWN_UP:
            found.append(Proposal(person, "年满 18 周岁", f"{person.row.birth_date} 出生，现 {age} 周岁；如仍在就学，请按规定核对"))
        if str(person.row.profile.get("takes_child_support")) == "yes":
            found.append(Proposal(person, "已享受孤儿或事实无人抚养儿童保障", "两项不可同时享受，请核对后保留一项"))
    return tuple(found)


def leave(station: Station, enrolment_id: str, on: date, reason: str) -> None:
    """End a 特困 enrolment; paid to the end of the month of `on`. Raises MzError: reason not of the list, future date."""
    if reason not in EXITS[GROUP]:
        raise MzError("请选择退出原因", "、".join(EXITS[GROUP]), field="left_why")
    if on > station.today():
        raise MzError("退出日期不对", "退出日期不能晚于今天。", field="left_on")
    with station.write() as connection:
        role = require_enrolment(connection, station, enrolment_id)
        if role.group != GROUP or role.left_on:
            raise MzError("这条登记不能退出", "它不是在册的特困登记，或已经退出。")
        journal = Journal(connection, station, "exit", reason)
        journal.change("enrolment", role, {"left_on": on.isoformat(), "left_why": reason})
        due.refresh(connection, station, journal.close())
        audit.append(connection, station.scope, "exit", enrolment_id, {"why": reason}, now_ms=station.clock.now_ms())


def notice(station: Station, person_name: str, village: str, reason: str, left_on: date) -> Notice:
    """Return the notice of an exit from today for seven days."""
    first = station.today()
    return Notice(person_name, village, reason, first, first + timedelta(days=NOTICE_DAYS - 1), next_month(left_on.replace(day=1)))

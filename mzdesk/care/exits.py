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
from mzdesk.store import care as store
from mzdesk.store.care import SupportedRow

if TYPE_CHECKING:
    from mzdesk.station import Station

GROUP = "extreme_poverty"
NOTICE_DAYS = 7
GROWN_UP = 18
PUBLIC_REASONS = {"服刑": "不再符合救助供养条件", "登记有误": "登记更正", "其他": "不再符合救助供养条件"}


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


def left(station: Station) -> tuple[SupportedRow, ...]:
    """Return who left within the last year, the latest first."""
    since, today = (station.today() - timedelta(days=365)).isoformat(), station.today().isoformat()
    with station.read() as connection:
        rows = store.supported(connection, station.scope)
    return tuple(sorted((row for row in rows if since <= row.left_on <= today), key=lambda row: row.left_on, reverse=True))


def stops_from(left_on: date) -> date:
    """Return the first day of the first month that is not paid (停发次月)."""
    return next_month(left_on.replace(day=1))


def next_steps(reason: str, left_on: date) -> tuple[str, ...]:
    """Return what has to be done after an exit, in order."""
    steps = [f"{stops_from(left_on):%Y年%m月}起停发基本生活费和照料护理费，本月名单仍在册。"]
    if reason.startswith("死亡"):
        steps.append("核对死亡或宣告的日期和证明；去世的，按当地规定办理丧葬事宜，清点并登记遗物。")
    steps.append("终止委托照料服务协议，书面通知照料人，结清到退出当月的照料费。")
    steps.append(f"打印公示并张贴 {NOTICE_DAYS} 天，期满撤下存档。")
    return tuple(steps)


def public_reason(reason: str) -> str:
    """Return the reason as a public notice may say it: what would brand a person is left out (domain/README.md §4)."""
    return PUBLIC_REASONS.get(reason, reason)


def leave(station: Station, enrolment_id: str, on: date, reason: str) -> None:
    """End a 特困 enrolment; paid to the end of the month of `on`.

    Raises MzError: reason not of the list, a future date, one before the entry, no current enrolment.
    """
    if reason not in EXITS[GROUP]:
        raise MzError("请选择退出原因", "、".join(EXITS[GROUP]), field="left_why")
    if on > station.today():
        raise MzError("退出日期不对", "退出日期不能晚于今天。", field="left_on")
    with station.write() as connection:
        role = require_enrolment(connection, station, enrolment_id)
        if role.group != GROUP or role.left_on:
            raise MzError("这条登记不能退出", "它不是在册的特困登记，或已经退出。")
        if on.isoformat() < role.entered_on:
            raise MzError("退出日期不对", f"退出日期不能早于纳入日期 {role.entered_on}。", field="left_on")
        journal = Journal(connection, station, "exit", reason)
        journal.change("enrolment", role, {"left_on": on.isoformat(), "left_why": reason})
        due.refresh(connection, station, journal.close())
        audit.append(connection, station.scope, "exit", enrolment_id, {"why": reason}, now_ms=station.clock.now_ms())


def notice(station: Station, person_name: str, village: str, reason: str, left_on: date) -> Notice:
    """Return the notice of an exit from today for seven days."""
    first = station.today()
    return Notice(person_name, village, reason, first, first + timedelta(days=NOTICE_DAYS - 1), stops_from(left_on))

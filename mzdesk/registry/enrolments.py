"""Who is in which group, from when to when: entry, exit with a reason, moving away, death; due dates follow in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.registry.groups import EXITS, GROUPS, group_name
from mzdesk.registry.journal import Journal, require_enrolment, require_person
from mzdesk.store import divisions, rows
from mzdesk.store.rows import PersonData
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

EDITABLE = frozenset({"category", "risk", "entered_on", "responsible"})


def enrol(
    station: Station, person_id: str, group: str, *, entered_on: str = "", category: str = "", risk: str = "low", responsible: str = ""
) -> str:
    """Enter a person into a group; return the enrolment's id. Raises MzError where they are in it already, dead, or the date is wrong."""
    if group not in GROUPS:
        raise ValueError(group)
    day = _past_day(station, entered_on or station.today().isoformat(), "entered_on")
    with station.write() as connection:
        person = require_person(connection, station, person_id)
        _refuse_absent(person)
        if any(role.group == group for role in rows.enrolments(connection, SYSTEM, [person_id], current=True)):
            raise MzError(f"{person.name}已经是{GROUPS[group]}", "不用重复纳入。要改类别或风险等级，请在档案里修改。")
        journal = Journal(connection, station, "enrol")
        values = {"person_id": person_id, "village": person.village, "group": group, "entered_on": day, "category": category}
        enrolment_id = journal.create("enrolment", {**values, "risk": risk, "responsible": responsible})
        _close(connection, station, journal)
    return enrolment_id


def change(station: Station, enrolment_id: str, changed: Mapping[str, str], reason: str = "") -> None:
    """Change category, risk, entry date or responsible person of a current role."""
    if unknown := set(changed) - EDITABLE:
        raise ValueError(f"not editable: {sorted(unknown)}")
    with station.write() as connection:
        before = require_enrolment(connection, station, enrolment_id)
        if "entered_on" in changed:
            _past_day(station, changed["entered_on"], "entered_on")
        journal = Journal(connection, station, "edit", reason.strip())
        journal.change("enrolment", before, changed)
        _close(connection, station, journal)


def leave(station: Station, enrolment_id: str, on: str, why: str) -> None:
    """End a role on a day with a reason; the history stays. Raises MzError: ended already, no reason, a day before entry or to come."""
    with station.write() as connection:
        before = require_enrolment(connection, station, enrolment_id)
        if before.left_on:
            raise MzError("已经退出", f"这条登记已于 {before.left_on} 退出。")
        day = _past_day(station, on, "left_on")
        if day < before.entered_on:
            raise MzError("退出日期早于纳入日期", f"纳入日期是 {before.entered_on}，请核对。", field="left_on")
        journal = Journal(connection, station, "leave", _reason(why))
        journal.change("enrolment", before, {"left_on": day, "left_why": why.strip(), **_no_due()})
        _close(connection, station, journal)


def return_to(station: Station, enrolment_id: str, reason: str) -> None:
    """Take back an exit that was a mistake."""
    with station.write() as connection:
        before = require_enrolment(connection, station, enrolment_id)
        person = require_person(connection, station, before.person_id)
        _refuse_absent(person)
        if any(role.group == before.group for role in rows.enrolments(connection, SYSTEM, [person.id], current=True)):
            raise MzError("已经重新纳入", f"{person.name}现在已是{group_name(before.group)}，不能再恢复旧的登记。")
        journal = Journal(connection, station, "return", _reason(reason))
        journal.change("enrolment", before, {"left_on": "", "left_why": ""})
        _close(connection, station, journal)


def move(station: Station, person_id: str, village: str, on: str, why: str = "") -> None:
    """Move a person to another village of the station; roles, relations, records and tasks follow (store.following)."""
    with station.write() as connection:
        person = require_person(connection, station, person_id)
        target = divisions.get(connection, village)
        if target is None or target.retired_on or target.parent != station.identity.township:
            raise MzError("不是本乡镇在用的村（居）", "迁到外乡镇的，请用“迁出”。", field="village")
        if village == person.village:
            raise MzError("已经在这个村", "请选择要转入的另一个村。", field="village")
        _past_day(station, on, "on")
        journal = Journal(connection, station, "transfer", why.strip())
        journal.change("person", person, {"village": village})
        _carry_along(connection, journal, person_id, {"village": village})
        _close(connection, station, journal)


def move_away(station: Station, person_id: str, on: str, to: str, why: str = "迁出") -> None:
    """Let a person leave the station's township: every role ends, the file stays and says where to."""
    with station.write() as connection:
        person = require_person(connection, station, person_id)
        _refuse_absent(person)
        day = _past_day(station, on, "on")
        journal = Journal(connection, station, "transfer", _reason(why))
        profile = canonical.text({**canonical.loads(person.profile_json), "moved_to": to.strip()})
        journal.change("person", person, {"life": "moved", "life_on": day, "profile_json": profile})
        _end_roles(connection, journal, person_id, day, f"迁出：{to.strip()}" if to.strip() else "迁出")
        _close(connection, station, journal)


def record_death(station: Station, person_id: str, on: str) -> None:
    """Record a death: every role ends, and whoever was in this person's care shows up among the suggestions."""
    with station.write() as connection:
        person = require_person(connection, station, person_id)
        if person.life == "dead":
            raise MzError("已登记去世", f"登记的日期是 {person.life_on}。")
        day = _past_day(station, on, "on")
        journal = Journal(connection, station, "death")
        journal.change("person", person, {"life": "dead", "life_on": day})
        _end_roles(connection, journal, person_id, day, "死亡")
        _close(connection, station, journal)


def revive(station: Station, person_id: str, reason: str) -> None:
    """Take back a death or a departure that was a mistake; the roles that it ended begin again."""
    with station.write() as connection:
        person = require_person(connection, station, person_id)
        if person.life == "here":
            raise MzError("没有可以撤销的登记", "此人登记为在本地。")
        journal = Journal(connection, station, "revive", _reason(reason))
        ended = "死亡" if person.life == "dead" else "迁出"
        for role in rows.enrolments(connection, SYSTEM, [person_id]):
            if role.left_on == person.life_on and role.left_why.startswith(ended):
                journal.change("enrolment", role, {"left_on": "", "left_why": ""})
        journal.change("person", person, {"life": "here", "life_on": ""})
        _close(connection, station, journal)


def reasons(group: str) -> tuple[str, ...]:
    """Return the reasons for leaving a group, as they are offered."""
    return EXITS[group]


def _end_roles(connection: Connection, journal: Journal, person_id: str, day: str, why: str) -> None:
    for role in rows.enrolments(connection, SYSTEM, [person_id], current=True):
        journal.change("enrolment", role, {"left_on": max(day, role.entered_on), "left_why": why, **_no_due()})


def _carry_along(connection: Connection, journal: Journal, person_id: str, values: Mapping[str, Any]) -> None:
    for role in rows.enrolments(connection, SYSTEM, [person_id]):
        journal.change("enrolment", role, values)
    for relation in rows.relations(connection, SYSTEM, [person_id]):
        journal.change("relation", relation, values)


def _no_due() -> dict[str, str]:
    return {"next_due": "", "due_why": ""}


def _refuse_absent(person: PersonData) -> None:
    if person.life == "dead":
        raise MzError(f"{person.name}已登记为去世", "若登记有误，请先撤销去世登记。")
    if person.life == "moved":
        raise MzError(f"{person.name}已登记为迁出", "若已迁回，请先撤销迁出登记。")


def _reason(text: str) -> str:
    if not text.strip():
        raise MzError("请写明原因", "原因会留在变更记录里。", field="why")
    return text.strip()


def _past_day(station: Station, text: str, field: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise MzError("日期不对", "请写成 2026-11-24 的样子。", field=field) from error
    if day > station.today():
        raise MzError("日期在今天之后", "请核对日期。", field=field)
    return day.isoformat()


def _close(connection: Connection, station: Station, journal: Journal) -> None:
    """Write the act and recompute the due dates of everybody it touched."""
    from mzdesk.casework import due

    due.refresh(connection, station, journal.close())

"""Saving a filled form: record, person, due date, follow-ups, draft and outgoing operation in one transaction, or nothing.

A saved record is never edited; a correction is a new record that amends it (DESIGN.md §5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.session import FormSession
from mzdesk import canonical
from mzdesk.casework import due, files, follow_ups, months
from mzdesk.casework import restricted as restricted_answers
from mzdesk.casework.facts import RecordFacts
from mzdesk.clock import beijing, new_id
from mzdesk.errors import MzError
from mzdesk.registry import people, registration
from mzdesk.registry.journal import Journal, require_person
from mzdesk.store import audit, drafts, outbox, records, rows, subjects
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.outbox import Edit
from mzdesk.store.records import RecordFilter, RecordRow, StoredRecord
from mzdesk.store.restricted import split
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

LATE_DAYS = 7  # entry more than 7 days after the visit is flagged, not barred (domain/README.md §1.1)
RESTRICTED_KINDS = frozenset({"report"})
URGENT_RISK = "high"


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: the record's id and printed number, and the person that it concerns ("" for none)."""

    record_id: str
    number: str
    person_id: str


@dataclass(frozen=True, slots=True)
class Filling:
    """What a form is being filled for: a person, a village, a draft to replace, a record to correct; "" for none."""

    person_id: str = ""
    village: str = ""
    draft_id: str = ""
    amends: str = ""


def save(station: Station, session: FormSession, filling: Filling) -> Saved:
    """Check and keep a filled form; raises MzError where an answer still needs mending, and then nothing was written."""
    return save_all(station, [(session, filling)])[0]


def save_all(station: Station, filled: Sequence[tuple[FormSession, Filling]]) -> tuple[Saved, ...]:
    """Check and keep many filled forms in one transaction: all of them or, where one raises MzError, none."""
    for session, _ in filled:
        refuse_unfinished(session)
    with station.write() as connection:
        return tuple(_keep(connection, station, session, filling) for session, filling in filled)


def refuse_unfinished(session: FormSession) -> None:
    """Raise MzError naming the first answer that still needs mending."""
    problems = session.problems()
    if problems:
        first = problems[0]
        raise MzError(f"还有 {len(problems)} 处需要修改", f"{first.label}：{first.message}", field=first.ref)


def _keep(connection: Connection, station: Station, session: FormSession, filling: Filling) -> Saved:
    facts = RecordFacts.of(session, filling.person_id)
    record_id = new_id(station.clock)
    before = _amended(connection, station, filling.amends)
    hidden, hidden_by = records.withheld_answers(connection, filling.amends) if before and before.withheld else ({}, "")
    answers = restricted_answers.completed(session, hidden, station.local_now)
    left, taken = split(answers, restricted_answers.paths_of(session.form))
    person_id = filling.person_id or (before.row.person_id if before else "")
    if facts.kind == "registration":
        person_id = registration.apply(connection, station, session, record_id)
    village = _village(connection, station, person_id, filling.village or facts.village or (before.row.village if before else ""))
    facts = replace(facts, person_id=person_id, village=village)
    now = station.clock.now_ms()
    restricted = facts.kind in RESTRICTED_KINDS or facts.report_required == "yes" or restricted_answers.is_restricted(session.form)
    number = before.row.number if before else next_number(connection, station)
    values = {
        **facts.open_columns(restricted_answers.names_of(session.form)),
        "id": record_id,
        "number": number,
        "answers_json": canonical.text(left),
        "restricted_json": canonical.text(taken) if taken else "",
        "restricted_by": (hidden_by or station.scope.actor) if taken else "",
        "digest": digest(facts.form_id, facts.form_version, answers),
        "late_days": late_days(facts.occurred_on, beijing(now).date()),
        "restricted": restricted,
        "amends": filling.amends,
        "author": station.scope.actor,
        "author_name": station.scope.name,
        "saved_at": now,
        "clock_offset_ms": int(read_meta(connection, "clock_offset_ms", "0")),
    }
    records.add(connection, values)
    files.bind(connection, answers, record_id=record_id, village=village, now_ms=now)
    _send(connection, station, values, answers)
    _carry_over(connection, station, session, facts, record_id)
    follow_ups.open_from(connection, station, facts, record_id, restricted=restricted, amends=filling.amends, number=number)
    if person_id:
        due.refresh(connection, station, [person_id])
        months.forget_from(connection, facts.occurred_on if facts.kind == "visit" else "")
    if restricted:
        audit.append(connection, station.scope, "save_restricted", record_id, {"form": facts.form_id}, now_ms=now)
    if filling.draft_id:
        drafts.drop(connection, station.scope, filling.draft_id)
    return Saved(record_id, number, person_id)


def digest(form_id: str, form_version: str, answers: Mapping[str, Any]) -> str:
    """Return the SHA-256 that paper and record share: over form, version and answers in canonical JSON."""
    return canonical.digest({"form_id": form_id, "form_version": form_version, "answers": answers})


def late_days(occurred_on: str, today: date) -> int:
    """Return by how many days an entry is late beyond the week that is allowed, 0 where it is not."""
    if not occurred_on:
        return 0
    gap = (today - date.fromisoformat(occurred_on[:10])).days
    return gap if gap > LATE_DAYS else 0


def _amended(connection: Connection, station: Station, record_id: str) -> StoredRecord | None:
    if not record_id:
        return None
    before = records.get(connection, station.scope, record_id)
    if before is None:
        raise MzError("找不到要更正的记录", "它可能已移出您负责的村。请回到列表刷新后再试。")
    if before.row.amended_by:
        raise MzError("这条记录已经更正过", "请打开最新的一版再更正，以免两次更正互相覆盖。")
    return before


def _village(connection: Connection, station: Station, person_id: str, given: str) -> str:
    if person_id:
        found = subjects.person(connection, station.scope, person_id)
        if found is None:
            raise MzError("不能为这个人记录", "此人不在您负责的村。如已迁入，请先由乡镇办理转入。")
        return found.village
    village = given or (station.identity.villages[0] if len(station.identity.villages) == 1 else "")
    if village and not station.scope.covers(village):
        raise MzError("不能为这个村记录", "这个村不在您负责的范围。请选择您负责的村。", field="village_code")
    return village


def next_number(connection: Connection, station: Station) -> str:
    """Return the next printed number: township, date, device and a serial of the day, unique across laptops."""
    day = beijing(station.clock.now_ms()).strftime("%Y%m%d")
    last_day, _, last = read_meta(connection, "record_serial", f"{day}/0").partition("/")
    serial = int(last) + 1 if last_day == day else 1
    write_meta(connection, "record_serial", f"{day}/{serial}")
    mark = hashlib.sha256(station.identity.device.encode()).hexdigest()[:4].upper()
    return f"{station.identity.township}-{day}-{mark}-{serial:04d}"


def _send(connection: Connection, station: Station, values: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Queue the record for the county; `set` is what the county needs to check it with the same engine."""
    sent = ("form_id", "form_version", "kind", "number", "person_id", "village", "occurred_on", "amends", "author_name", "saved_at")
    content = {name: values[name] for name in sent} | {"answers": dict(answers)}
    urgent = values["restricted"] or values["risk_level"] == URGENT_RISK
    lane = outbox.LANE_URGENT if urgent else outbox.LANE_RECORD
    edit = Edit(station.new_id(), "record", values["id"], content, {}, values["village"], lane)
    outbox.enqueue(connection, [edit], actor=station.scope.actor, device=station.identity.device, now_ms=station.clock.now_ms())


def _carry_over(connection: Connection, station: Station, session: FormSession, facts: RecordFacts, record_id: str) -> None:
    """Carry what a visit or assessment found to the person (save_to) and to the roles that the form is about (risk)."""
    if not facts.person_id or facts.kind == "registration":
        return
    journal = Journal(connection, station, f"form:{record_id}")
    person = require_person(connection, station, facts.person_id)
    journal.change("person", person, told_of_person(session))
    for role in rows.enrolments(connection, station.scope, [facts.person_id], current=True):
        if facts.risk_level and (role.group in facts.groups or not facts.groups):
            journal.change("enrolment", role, {"risk": facts.risk_level})
    journal.close()


def told_of_person(session: FormSession) -> dict[str, str]:
    """Return the columns of Person that a form tells anew; a blank in a form never erases anything."""
    entity = next((found for found in session.entities() if found.dataset == registration.PEOPLE), None)
    told = entity.properties.items() if entity else ()
    return people.tidy({name: value for name, value in told if name in people.EDITABLE and value})


def find(station: Station, wanted: RecordFilter) -> tuple[RecordRow, ...]:
    """Return the records that match, newest first, with what the county said of each."""
    with station.read() as connection:
        return records.find(connection, station.scope, wanted)


def count(station: Station, wanted: RecordFilter) -> int:
    """Return how many records match."""
    with station.read() as connection:
        return records.count(connection, station.scope, wanted)


def get(station: Station, record_id: str) -> StoredRecord:
    """Return a record with its answers; looking at a restricted one is logged. Raises MzError where it may not be seen."""
    return _looked_at(station, lambda connection: records.get(connection, station.scope, record_id))


def _looked_at(station: Station, look: Callable[[Connection], StoredRecord | None]) -> StoredRecord:
    with station.read() as connection:
        found = look(connection)
    if found is None:
        raise MzError("找不到这条记录", "它可能不在您负责的村，或者您没有查看权限。")
    if found.restricted or found.reveals:
        with station.write() as connection:
            audit.append(connection, station.scope, "view_restricted", found.row.id, {}, now_ms=station.clock.now_ms())
    return found


def versions(station: Station, record_id: str) -> tuple[StoredRecord, ...]:
    """Return a record with all its corrections, oldest first."""
    with station.read() as connection:
        return records.versions(connection, station.scope, record_id)


def delete(station: Station, record_id: str, reason: str) -> None:
    """Put a tombstone on a record; the county is told. Raises MzError without a reason or right."""
    if not reason.strip():
        raise MzError("请写明删除原因", "删除的记录仍会保留痕迹，县级能看到原因。", field="reason")
    if not station.scope.may(Permission.REVIEW):
        raise MzError("您没有删除记录的权限", "请让主管（儿童督导员）操作，或者改用“更正”。")
    now = station.clock.now_ms()
    with station.write() as connection:
        before = records.get(connection, station.scope, record_id)
        if before is None or not records.tombstone(connection, station.scope, record_id, why=reason, now_ms=now):
            raise MzError("找不到这条记录", "它可能已经删除。")
        edit = Edit(station.new_id(), "tombstone", record_id, {"why": reason}, {}, before.row.village)
        outbox.enqueue(connection, [edit], actor=station.scope.actor, device=station.identity.device, now_ms=now)
        audit.append(connection, station.scope, "delete", record_id, {"why": reason}, now_ms=now)
        if before.row.person_id:
            due.refresh(connection, station, [before.row.person_id])

"""Two villages, each with everything a person can have; every text says whose it is, so that a leak can be read off any answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, insert, or_, select

from mzdesk import canonical
from mzdesk.clock import FixedClock
from mzdesk.registry import indexing
from mzdesk.station import Station
from mzdesk.store import attachments
from mzdesk.store.tables import (
    ATTACHMENT,
    CHANGE,
    CONTENDER,
    DRAFT,
    ENROLMENT,
    FOLLOW_UP,
    OPERATION,
    PERSON,
    RECORD,
    RELATION,
)  # fmt: skip
from tests.mzdesk.vault.conftest import VILLAGES, make_station

OWN, FOREIGN = VILLAGES[0], VILLAGES[1]
WORDS = {OWN: "本村资料", FOREIGN: "外村机密"}
RESTRICTED = "受限机密"
GUARDED = (PERSON, ENROLMENT, RELATION, RECORD, DRAFT, FOLLOW_UP, ATTACHMENT, CONTENDER, CHANGE)


@dataclass
class Village:
    """The ids of what one village holds, by the name that parameters have."""

    code: str
    ids: dict[str, str] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)


@dataclass
class World:
    """The station and its two villages."""

    station: Station
    villages: dict[str, Village]
    known_for: str = ""
    known_states: list[str] = field(default_factory=list)

    def state(self, connection: Connection, code: str) -> str:
        """Return the digest of every row of a village and its people: it must not change by another's hand."""
        digest = hashlib.sha256()
        for table in GUARDED:
            query = select(table).where(self._of(table, code))
            if table is DRAFT:  # one's own drafts are one's own, whatever village they name
                query = query.where(DRAFT.c.author == "somebody")
            query = query.order_by(*table.primary_key.columns)
            for row in connection.execute(query):
                digest.update(repr(tuple(row)).encode())
        return digest.hexdigest()

    def _of(self, table: Table, code: str) -> ColumnElement[bool]:
        people = self.villages[code].people
        here = table.c.village == code
        if table is PERSON:
            return or_(here, PERSON.c.id.in_(people))
        return or_(here, table.c.person_id.in_(people)) if "person_id" in table.c else here


def build(folder: Path) -> World:
    """Make the station and fill both villages."""
    station = make_station(folder, FixedClock.at("2026-03-02T09:00:00")).station
    world = World(station, {OWN: Village(OWN), FOREIGN: Village(FOREIGN)})
    for village in world.villages.values():
        stored = attachments.put(station, WORDS[village.code].encode(), "text/plain")
        village.ids["digest"] = stored.digest
        with station.write() as connection:
            _fill(connection, station, village)
            name = {"record_id": village.ids["record_id"], "question": "q", "name": WORDS[village.code], "village": village.code}
            attachments.link(connection, stored, **name, now_ms=1)
            indexing.refresh(connection, village.people)
    return world


def _fill(connection: Connection, station: Station, village: Village) -> None:
    word, now = WORDS[village.code], station.clock.now_ms()
    kept = {"created_at": now, "updated_at": now}
    for number in range(2):
        person = station.new_id()
        village.people.append(person)
        told = {
            "name": f"{word}{number}",
            "address": word,
            "phone": "13800000000",
            "birth_date": "2015-01-01",
            "id_no": f"{word}号{number}",
        }
        connection.execute(insert(PERSON).values(id=person, village=village.code, **told, **kept))
    first, second = village.people
    roles = [station.new_id(), station.new_id()]
    for role, group in zip(roles, ("left_behind_child", "extreme_poverty"), strict=True):
        row = {"id": role, "person_id": first, "village": village.code, "group": group, "entered_on": "2020-01-01", "responsible": word}
        connection.execute(insert(ENROLMENT).values(**row, next_due="2026-03-01", **kept))
    relation = {"id": station.new_id(), "person_id": first, "other_id": second, "kind": "guardian", "name": word, "village": village.code}
    connection.execute(insert(RELATION).values(**relation, **kept))
    village.ids |= {"person_id": first, "other_id": second, "kept_id": first, "gone_id": second, "enrolment_id": roles[0]}
    village.ids |= {"relation_id": str(relation["id"]), "record_id": _record(connection, station, village, restricted=False)}
    village.ids["restricted_id"] = _record(connection, station, village, restricted=True)
    _loose_ends(connection, station, village)


def _record(connection: Connection, station: Station, village: Village, *, restricted: bool) -> str:
    record, word = station.new_id(), WORDS[village.code] + (RESTRICTED if restricted else "")
    answers = canonical.text({"note": word, "problems": word})
    row = {"id": record, "form_id": "left_behind_child_visit", "form_version": "1", "kind": "report" if restricted else "visit"}
    about = {
        "person_id": village.people[0],
        "village": village.code,
        "answers_json": answers,
        "restricted_json": canonical.text({"clue": {"violence_note": WORDS[village.code] + RESTRICTED}}),
        "restricted_by": "somebody",
        "occurred_on": "2026-02-01",
        "reached": "yes",
    }
    author = {"author": "somebody", "author_name": word, "saved_at": station.clock.now_ms(), "digest": canonical.digest(word)}
    connection.execute(insert(RECORD).values(**row, **about, **author, number=f"370911101-{record[:8]}", restricted=restricted))
    operation = {"op": station.new_id(), "kind": "record", "subject": record, "body": answers.encode(), "village": village.code}
    connection.execute(insert(OPERATION).values(**operation, created_at=1))
    return record


def _loose_ends(connection: Connection, station: Station, village: Village) -> None:
    word, about, now = WORDS[village.code], {"person_id": village.people[0], "village": village.code}, station.clock.now_ms()
    draft = {"id": station.new_id(), "form_id": "left_behind_child_visit", "form_version": "1", "author": "somebody"}
    connection.execute(insert(DRAFT).values(**draft, **about, answers_json=canonical.text({"note": word}), created_at=now, updated_at=now))
    for restricted in (False, True):
        matter = {"id": station.new_id(), "kind": "follow_up", "title": word + (RESTRICTED if restricted else ""), "due_on": "2026-03-01"}
        connection.execute(insert(FOLLOW_UP).values(**matter, **about, restricted=restricted, created_at=now, updated_at=now))
        village.ids["restricted_matter" if restricted else "follow_up_id"] = str(matter["id"])
    change = {"id": station.new_id(), "subject": village.people[0], "table": "person", "field": "address", "old": word, "new": word}
    connection.execute(insert(CHANGE).values(**change, **about, actor="somebody", actor_name=word, at=now, source="edit"))
    contender = {"id": station.new_id(), "kind": "person", "subject": village.people[0], "field": "phone", "value_json": f'"{word}"'}
    connection.execute(insert(CONTENDER).values(**contender, op="x", hlc="x", village=village.code))
    village.ids |= {"draft_id": str(draft["id"]), "change_id": str(change["id"])}

"""Who has been out of care for longer than the rule, and taking away what identifies them; numbers and dates stay for the statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, func, or_, select, update

from mzdesk.store.scope import Scope
from mzdesk.store.tables import (
    ATTACHMENT,
    CHANGE,
    CONTENDER,
    DRAFT,
    ENROLMENT,
    FOLLOW_UP,
    META,
    OPERATION,
    PERSON,
    RECORD,
    RELATION,
    SHADOW,
)  # fmt: skip

HOLD = "hold."
WHY = "到期去标识"


@dataclass(frozen=True, slots=True)
class Expired:
    """A person whose time has come: the day the last role ended (ISO)."""

    person_id: str
    name: str
    village: str
    left_on: str


def expired(connection: Connection, scope: Scope, left_before: str, limit: int = 500) -> tuple[Expired, ...]:
    """Return people whose every role ended before `left_before` (ISO), without hold, open matter, unsent change or restricted record."""
    person = PERSON.c.id
    last = select(func.max(ENROLMENT.c.left_on)).where(ENROLMENT.c.person_id == person, ENROLMENT.c.deleted_at == 0).scalar_subquery()
    keeps = (
        exists().where(ENROLMENT.c.person_id == person, ENROLMENT.c.left_on == "", ENROLMENT.c.deleted_at == 0),
        exists().where(FOLLOW_UP.c.person_id == person, FOLLOW_UP.c.done_on == ""),
        exists().where(RECORD.c.person_id == person, RECORD.c.restricted.is_(True)),
        exists().where(META.c.key == HOLD + person, META.c.value != ""),
        exists().where(OPERATION.c.subject == person, OPERATION.c.verdict.is_(None)),
        exists().where(OPERATION.c.subject == RECORD.c.id, OPERATION.c.verdict.is_(None), RECORD.c.person_id == person),
        exists().where(RELATION.c.other_id == person, RELATION.c.until == "", RELATION.c.deleted_at == 0),
    )
    query = (
        select(person, PERSON.c.name, PERSON.c.village, last)
        .where(PERSON.c.deleted_at == 0, scope.where(PERSON.c.village), last < left_before, *(~one for one in keeps))
        .order_by(last, person)
        .limit(limit)
    )
    return tuple(Expired(*row) for row in connection.execute(query))


@dataclass(frozen=True, slots=True)
class Held:
    """A person who is kept longer: what was written down when the hold was set (JSON with why, by, at)."""

    person_id: str
    name: str
    village: str
    told_json: str


def held(connection: Connection, scope: Scope) -> tuple[Held, ...]:
    """Return the people in scope who are held, by name."""
    query = (
        select(PERSON.c.id, PERSON.c.name, PERSON.c.village, META.c.value)
        .join(META, META.c.key == HOLD + PERSON.c.id)
        .where(META.c.value != "", PERSON.c.deleted_at == 0, scope.where(PERSON.c.village))
        .order_by(PERSON.c.name, PERSON.c.id)
    )
    return tuple(Held(*row) for row in connection.execute(query))


def strip(connection: Connection, person_id: str, now_ms: int) -> tuple[str, ...]:
    """Take away what identifies a person, everywhere in the database; return the digests of the files that nobody names any more."""
    records = connection.execute(select(RECORD.c.id).where(RECORD.c.person_id == person_id)).scalars().all()
    matters = connection.execute(select(FOLLOW_UP.c.id).where(FOLLOW_UP.c.person_id == person_id)).scalars().all()
    holders = [*records, *matters]
    files = connection.execute(select(ATTACHMENT.c.digest).where(ATTACHMENT.c.record_id.in_(holders))).scalars().all()
    _blank_person(connection, person_id, now_ms)
    _blank_relations(connection, person_id)
    connection.execute(update(RECORD).where(RECORD.c.id.in_(records)).values(answers_json="{}", restricted_json="", refer_to=""))
    connection.execute(update(CHANGE).where(CHANGE.c.person_id == person_id).values(old="", new="", reason=""))
    connection.execute(delete(ATTACHMENT).where(ATTACHMENT.c.record_id.in_(holders)))
    connection.execute(delete(DRAFT).where(DRAFT.c.person_id == person_id))
    connection.execute(update(FOLLOW_UP).where(FOLLOW_UP.c.person_id == person_id).values(title="", outcome=""))
    _forget_exchange(connection, [person_id, *records, *_roles(connection, person_id)])
    kept = set(connection.execute(select(ATTACHMENT.c.digest).where(ATTACHMENT.c.digest.in_(files))).scalars())
    return tuple(digest for digest in files if digest not in kept)


def _roles(connection: Connection, person_id: str) -> list[str]:
    return [
        *connection.execute(select(ENROLMENT.c.id).where(ENROLMENT.c.person_id == person_id)).scalars(),
        *connection.execute(select(RELATION.c.id).where(RELATION.c.person_id == person_id)).scalars(),
    ]


def _blank_person(connection: Connection, person_id: str, now_ms: int) -> None:
    year = connection.execute(select(PERSON.c.birth_date).where(PERSON.c.id == person_id)).scalar_one()[:4]
    blank = dict.fromkeys(("id_no", "phone", "address", "hukou_address", "disability_no", "identity_override", "tags"), "")
    values = {**blank, "name": "（已去标识）", "birth_date": year, "profile_json": "{}", "field_ops_json": "{}"}
    connection.execute(
        update(PERSON).where(PERSON.c.id == person_id).values(**values, deleted_at=now_ms, deleted_why=WHY, updated_at=now_ms)
    )
    connection.execute(update(ENROLMENT).where(ENROLMENT.c.person_id == person_id).values(profile_json="{}", left_why="", responsible=""))


def _blank_relations(connection: Connection, person_id: str) -> None:
    about = or_(RELATION.c.person_id == person_id, RELATION.c.other_id == person_id)
    blank = {"name": "", "id_no": "", "phone": "", "place": "", "profile_json": "{}"}
    connection.execute(update(RELATION).where(about).values(**blank))


def _forget_exchange(connection: Connection, subjects: Sequence[str]) -> None:
    """The county's receipts stay; the plain copies of what was sent, and of what came back, go."""
    connection.execute(update(OPERATION).where(OPERATION.c.subject.in_(subjects), OPERATION.c.verdict.is_not(None)).values(body=b"{}"))
    connection.execute(delete(SHADOW).where(SHADOW.c.id.in_(subjects)))
    connection.execute(delete(CONTENDER).where(CONTENDER.c.subject.in_(subjects)))

"""Everything the station holds on one person, and who looked at it; filtered by scope like every other read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, or_, select

from mzdesk import canonical
from mzdesk.store import restricted
from mzdesk.store.scope import Permission, Scope
from mzdesk.store.tables import (
    ATTACHMENT,
    AUDIT_ENTRY,
    CHANGE,
    DRAFT,
    ENROLMENT,
    FOLLOW_UP,
    OPERATION,
    PERSON,
    RECEIPT,
    RECORD,
    RELATION,
)  # fmt: skip

Row = Mapping[str, Any]


def person(connection: Connection, scope: Scope, person_id: str) -> Row | None:
    """Return the person's own row, None out of scope."""
    query = select(PERSON).where(PERSON.c.id == person_id, scope.where(PERSON.c.village))
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def of_person(connection: Connection, scope: Scope, table: Table, person_id: str) -> tuple[Row, ...]:
    """Return the rows of `table` about the person; restricted ones only with that permission."""
    query = select(table).where(table.c.person_id == person_id, scope.where(table.c.village))
    if "restricted" in table.c and not scope.may(Permission.RESTRICTED):
        query = query.where(table.c.restricted.is_(False))
    return tuple(_shown(scope, dict(row)) for row in connection.execute(query.order_by(*table.primary_key.columns)).mappings())


def _shown(scope: Scope, row: dict[str, Any]) -> Row:
    """Put the answers of a record together, as far as this person may see them."""
    if "restricted_json" in row:
        row["answers_json"] = canonical.text(restricted.answers_for(scope, row))
        del row["restricted_json"], row["restricted_by"]
    return row


def relations(connection: Connection, scope: Scope, person_id: str) -> tuple[Row, ...]:
    """Return relations from both sides."""
    about = or_(RELATION.c.person_id == person_id, RELATION.c.other_id == person_id)
    return tuple(dict(row) for row in connection.execute(select(RELATION).where(about, scope.where(RELATION.c.village))).mappings())


def attachments(connection: Connection, scope: Scope, records: Sequence[str]) -> tuple[Row, ...]:
    """Return the files of these records."""
    query = select(ATTACHMENT).where(ATTACHMENT.c.record_id.in_(list(records)), scope.where(ATTACHMENT.c.village))
    return tuple(dict(row) for row in connection.execute(query).mappings())


def sent(connection: Connection, subjects: Sequence[str]) -> tuple[Row, ...]:
    """Return what went to the county about these rows: kind, when, verdict, receipt number."""
    query = (
        select(OPERATION.c.kind, OPERATION.c.subject, OPERATION.c.created_at, OPERATION.c.verdict, RECEIPT.c.number, RECEIPT.c.received_at)
        .select_from(OPERATION.outerjoin(RECEIPT, RECEIPT.c.seq == OPERATION.c.batch))
        .where(OPERATION.c.subject.in_(list(subjects)))
        .order_by(OPERATION.c.seq)
    )
    return tuple(dict(row) for row in connection.execute(query).mappings())


def looked_at(connection: Connection, subjects: Sequence[str]) -> tuple[Row, ...]:
    """Return the log entries about these ids, oldest first."""
    query = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.subject.in_(list(subjects))).order_by(AUDIT_ENTRY.c.seq)
    return tuple(dict(row) for row in connection.execute(query).mappings())


TABLES: Mapping[str, Table] = {"enrolment": ENROLMENT, "record": RECORD, "draft": DRAFT, "follow_up": FOLLOW_UP, "change": CHANGE}

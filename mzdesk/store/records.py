"""Queries on records: written once, never edited; every read is filtered by scope and by the right to see restricted ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, case, false, func, insert, or_, select, true, update

from mzdesk import canonical
from mzdesk.store import restricted
from mzdesk.store.scope import Permission, Scope
from mzdesk.store.tables import BATCH, OPERATION, PERSON, RECEIPT, RECORD


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One line of a list of records; `verdict` is "" and `receipt` is "" until the county's receipt is stored.

    `copy` says where it lies besides this laptop: "" nowhere, stick (in a parcel), net or stick with a receipt, county (it came from there,
    and so does its `verdict`).
    """

    id: str
    number: str
    kind: str
    form_id: str
    form_version: str
    person_id: str
    person_name: str
    village: str
    occurred_on: str
    contact_mode: str
    reached: str
    risk_level: str
    late_days: int
    author_name: str
    saved_at: int
    amends: str
    amended_by: str
    verdict: str
    sentence: str
    receipt: str
    copy: str = ""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record with its answers as it was saved, as far as the reader may see them.

    `withheld`: there are restricted answers that this reader is not shown; `reveals`: there are, and they are in `answers`.
    """

    row: RecordRow
    answers: Mapping[str, Any]
    digest: str
    restricted: bool
    author: str
    clock_offset_ms: int
    withheld: bool = False
    reveals: bool = False


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What a list of records shows; "" means all."""

    person_id: str = ""
    kinds: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    village: str = ""
    since: str = ""
    until: str = ""
    text: str = ""
    status: str = ""  # waiting, delivered, returned
    current_only: bool = True
    before: tuple[int, str] | None = None  # keyset: (saved_at, id) of the last row shown
    limit: int = 200


COUNTY = "county"  # a record without an operation here was saved on another laptop and came down

_LATEST = (
    select(func.max(OPERATION.c.seq))
    .where(OPERATION.c.subject == RECORD.c.id, OPERATION.c.kind == "record")
    .correlate(RECORD)
    .scalar_subquery()
)


def visible(scope: Scope) -> ColumnElement[bool]:
    """Return the condition under which `scope` may see a record."""
    open_to_all = RECORD.c.restricted.is_(False)
    nowhere = and_(RECORD.c.village == "", RECORD.c.author == scope.actor, true() if scope.may(Permission.CASES) else false())
    allowed = or_(scope.where(RECORD.c.village), nowhere)  # a report that could not say where it happened stays with who made it
    return allowed if scope.may(Permission.RESTRICTED) else and_(allowed, or_(open_to_all, RECORD.c.author == scope.actor))


def _base(scope: Scope) -> Any:
    joined = (
        RECORD.outerjoin(PERSON, PERSON.c.id == RECORD.c.person_id)
        .outerjoin(OPERATION, OPERATION.c.seq == _LATEST)
        .outerjoin(RECEIPT, RECEIPT.c.seq == OPERATION.c.batch)
        .outerjoin(BATCH, BATCH.c.seq == OPERATION.c.batch)
    )
    columns: list[Any] = [
        RECORD,
        PERSON.c.name.label("person_name"),
        OPERATION.c.verdict,
        OPERATION.c.sentence,
        RECEIPT.c.number.label("receipt"),
        case((OPERATION.c.seq.is_(None), COUNTY), else_=func.coalesce(BATCH.c.channel, "")).label("copy"),
    ]
    return select(*columns).select_from(joined).where(visible(scope), RECORD.c.deleted_at == 0)


def _row(values: RowMapping) -> RecordRow:
    chosen = {name: values[name] for name in RecordRow.__slots__ if name not in ("person_name", "verdict", "sentence", "receipt", "copy")}
    return RecordRow(
        **chosen,
        person_name=values["person_name"] or "",
        verdict=values["verdict"] or (COUNTY if values["copy"] == COUNTY else ""),
        sentence=values["sentence"] or "",
        receipt=values["receipt"] or "",
        copy=values["copy"],
    )


def get(connection: Connection, scope: Scope, record_id: str) -> StoredRecord | None:
    """Return a record, None where it does not exist or may not be seen."""
    values = connection.execute(_base(scope).where(RECORD.c.id == record_id)).mappings().first()
    if values is None:
        return None
    return StoredRecord(
        _row(values),
        restricted.answers_for(scope, values),
        values["digest"],
        bool(values["restricted"]),
        values["author"],
        values["clock_offset_ms"],
        withheld=bool(values["restricted_json"]) and not restricted.may_see(scope, values["restricted_by"]),
        reveals=bool(values["restricted_json"]) and restricted.may_see(scope, values["restricted_by"]),
    )


def withheld_answers(connection: Connection, record_id: str) -> tuple[dict[str, Any], str]:
    """Return the restricted answers of a record and who wrote them, whoever asks: for a correction that must keep them."""
    row = connection.execute(select(RECORD.c.restricted_json, RECORD.c.restricted_by).where(RECORD.c.id == record_id)).first()
    return (canonical.loads(row.restricted_json), row.restricted_by) if row and row.restricted_json else ({}, "")


def find(connection: Connection, scope: Scope, wanted: RecordFilter) -> tuple[RecordRow, ...]:
    """Return the matching records, newest first."""
    query = _base(scope).where(*_conditions(wanted)).order_by(RECORD.c.saved_at.desc(), RECORD.c.id.desc()).limit(wanted.limit)
    return tuple(_row(values) for values in connection.execute(query).mappings())


def count(connection: Connection, scope: Scope, wanted: RecordFilter) -> int:
    """Return how many records match, whatever the page."""
    whole = _base(scope).where(*_conditions(RecordFilter(**{**_as_dict(wanted), "before": None})))
    return int(connection.execute(select(func.count()).select_from(whole.subquery())).scalar_one())


def _as_dict(wanted: RecordFilter) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in RecordFilter.__slots__}


def _conditions(wanted: RecordFilter) -> list[ColumnElement[bool]]:
    came_down = OPERATION.c.seq.is_(None)
    waiting = and_(~came_down, OPERATION.c.verdict.is_(None))
    returned = OPERATION.c.verdict == "returned"
    delivered = or_(came_down, OPERATION.c.verdict.not_in(["returned"]))
    status = {"waiting": waiting, "returned": returned, "delivered": delivered}
    choices: tuple[tuple[Any, ColumnElement[bool] | None], ...] = (
        (wanted.person_id, RECORD.c.person_id == wanted.person_id),
        (wanted.kinds, RECORD.c.kind.in_(wanted.kinds)),
        (wanted.forms, RECORD.c.form_id.in_(wanted.forms)),
        (wanted.village, RECORD.c.village == wanted.village),
        (wanted.since, RECORD.c.occurred_on >= wanted.since),
        (wanted.until, RECORD.c.occurred_on <= wanted.until),
        (wanted.text, or_(PERSON.c.name.contains(wanted.text, autoescape=True), RECORD.c.number.contains(wanted.text, autoescape=True))),
        (wanted.status, status.get(wanted.status)),
        (wanted.current_only, RECORD.c.amended_by == ""),
    )
    conditions = [condition for chosen, condition in choices if chosen and condition is not None]
    if wanted.before is not None:
        at, identity = wanted.before
        conditions.append(or_(RECORD.c.saved_at < at, and_(RECORD.c.saved_at == at, RECORD.c.id < identity)))
    return conditions


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    """Insert a record, `values` by column; a correction marks the record that it amends."""
    connection.execute(insert(RECORD), dict(values))
    if amended := values.get("amends"):
        connection.execute(update(RECORD).where(RECORD.c.id == amended).values(amended_by=values["id"]))


def versions(connection: Connection, scope: Scope, record_id: str) -> tuple[StoredRecord, ...]:
    """Return the whole chain of corrections around `record_id`, oldest first."""
    chain: list[StoredRecord] = []
    current = get(connection, scope, record_id)
    while current is not None and current.row.amends:
        current = get(connection, scope, current.row.amends)
    while current is not None:
        chain.append(current)
        current = get(connection, scope, current.row.amended_by) if current.row.amended_by else None
    return tuple(chain)


def tombstone(connection: Connection, scope: Scope, record_id: str, *, why: str, now_ms: int) -> bool:
    """Mark a record as deleted with a reason; tell whether there was one in scope."""
    statement = update(RECORD).where(RECORD.c.id == record_id, visible(scope), RECORD.c.deleted_at == 0)
    return bool(connection.execute(statement.values(deleted_at=now_ms, deleted_why=why)).rowcount)

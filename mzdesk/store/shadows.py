"""Queries that take the county's word in: shadow of each subject, and the view = shadow + own operations not yet in it (I9, I14).

A pull never overwrites a local change that has no verdict yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from mzdesk import canonical
from mzdesk.answers import first_named
from mzdesk.store import models, models_casework
from mzdesk.store.exchange import CURSOR
from mzdesk.store.meta import read_meta
from mzdesk.store.restricted import Path, split
from mzdesk.store.tables import (
    CONTENDER,
    DIVISION,
    ENROLMENT,
    FOLLOW_UP,
    FORM_VERSION,
    OPERATION,
    PARAMETER,
    PERSON,
    RECORD,
    RELATION,
    SHADOW,
)

VIEWS: Mapping[str, Table] = {"person": PERSON, "enrolment": ENROLMENT, "relation": RELATION, "follow_up": FOLLOW_UP}
_MODELS = {"person": models.Person, "enrolment": models.Enrolment, "relation": models.Relation, "follow_up": models_casework.FollowUp}
_COLUMNS: Mapping[str, str] = {"profile": "profile_json"}  # what travels as an object is stored as its canonical text
_KEPT = frozenset({"id", "created_at", "updated_at", "field_ops_json", "next_due", "due_why", "last_visit_on"})
_FACTS = ("occurred_on", "contact_mode", "reached", "risk_level", "follow_up_on", "refer_to", "report_required")


@dataclass(frozen=True, slots=True)
class State:
    """The county's state of a subject: `fields` maps name → {"v": value, "op": operation}."""

    kind: str
    id: str
    fields: Mapping[str, Mapping[str, Any]]
    revision: int


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A verdict that the county gave or changed after the receipt; `n` is its feed number."""

    op: str
    verdict: str
    reason: str
    field: str
    sentence: str
    n: int


def keep_shadow(connection: Connection, state: State, month: str) -> None:
    """Store the county's state of a subject."""
    values: dict[str, Any] = {"kind": state.kind, "id": state.id, "fields_json": canonical.text(dict(state.fields))}
    values |= {"revision": state.revision, "month": month}
    statement = insert(SHADOW).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["kind", "id"], set_=values))


def drop_shadow(connection: Connection, kind: str, subject: str) -> None:
    """Forget the county's state of a subject that left this station's scope."""
    connection.execute(SHADOW.delete().where(SHADOW.c.kind == kind, SHADOW.c.id == subject))


def shadow_fields(connection: Connection, kind: str, subject: str) -> dict[str, Mapping[str, Any]]:
    """Return the county's fields of a subject, empty where it has not spoken of it."""
    text = connection.execute(select(SHADOW.c.fields_json).where(SHADOW.c.kind == kind, SHADOW.c.id == subject)).scalar()
    return dict(canonical.loads(text)) if text else {}


def _unreflected(cursor: int) -> Any:
    """Own operations that the shadow does not hold: no verdict, held, returned and not mended, or accepted beyond the cursor."""
    returned = and_(OPERATION.c.verdict == "returned", OPERATION.c.closed_by == "")
    ahead = and_(OPERATION.c.verdict.not_in(["returned", "held"]), OPERATION.c.feed_hi > cursor)
    return or_(OPERATION.c.verdict.is_(None), OPERATION.c.verdict == "held", returned, ahead)


def overlay(connection: Connection, kind: str, subject: str) -> dict[str, Mapping[str, Any]]:
    """Return the fields of a subject as its user must see them: the county's, under own changes that it does not hold yet."""
    fields = shadow_fields(connection, kind, subject)
    cursor = int(read_meta(connection, CURSOR, "0"))
    query = select(OPERATION.c.op, OPERATION.c.body).where(OPERATION.c.subject == subject, OPERATION.c.kind == kind, _unreflected(cursor))
    for op, body in connection.execute(query.order_by(OPERATION.c.seq)):
        for name, value in canonical.loads(body)["set"].items():
            fields[name] = {"v": value, "op": op}
    return fields


def refresh_view(connection: Connection, kind: str, subject: str, now_ms: int) -> Mapping[str, Any] | None:
    """Rewrite the row of a subject from shadow and overlay; return the values written, None for a kind without a view."""
    table = VIEWS.get(kind)
    fields = overlay(connection, kind, subject)
    if table is None or not fields:
        return None
    named = {_COLUMNS.get(name, name): item for name, item in fields.items()}
    values = {name: _stored(item["v"]) for name, item in named.items() if name in table.c and name not in _KEPT}
    values["updated_at"] = now_ms
    if "field_ops_json" in table.c:
        values["field_ops_json"] = canonical.text({name: item["op"] for name, item in named.items()})
    if connection.execute(update(table).where(table.c.id == subject).values(values)).rowcount == 0:
        connection.execute(insert(table).values(_blank(kind) | values | {"id": subject, "created_at": now_ms}))
    return values


def _stored(value: Any) -> Any:
    return canonical.text(value) if isinstance(value, dict | list) else value


def _blank(kind: str) -> dict[str, Any]:
    """Return the default of each column, so that a partial state still has a row."""
    fields = _MODELS[kind].model_fields
    return {name: "" if field.is_required() else field.default for name, field in fields.items() if name != "id"}


def row_of(connection: Connection, kind: str, subject: str) -> Mapping[str, Any] | None:
    """Return the view's row of a subject."""
    table = VIEWS[kind]
    found = connection.execute(select(table).where(table.c.id == subject)).mappings().first()
    return dict(found) if found else None


def reflected_since(connection: Connection, after: int, upto: int) -> tuple[tuple[str, str], ...]:
    """Return (kind, subject) of own operations that the feed has just caught up with."""
    query = select(OPERATION.c.kind, OPERATION.c.subject).distinct()
    found = connection.execute(query.where(OPERATION.c.feed_hi > after, OPERATION.c.feed_hi <= upto, OPERATION.c.kind.in_(list(VIEWS))))
    return tuple((kind, subject) for kind, subject in found)


def unreflected_subjects(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return (kind, subject) of every own operation that the shadow does not hold."""
    cursor = int(read_meta(connection, CURSOR, "0"))
    query = select(OPERATION.c.kind, OPERATION.c.subject).distinct()
    found = connection.execute(query.where(OPERATION.c.kind.in_(list(VIEWS)), _unreflected(cursor)))
    return tuple((kind, subject) for kind, subject in found)


def change_verdict(connection: Connection, change: VerdictChange) -> bool:
    """Write a later verdict on an own operation; tell whether it is ours."""
    values = {"verdict": change.verdict, "reason": change.reason, "field": change.field, "sentence": change.sentence, "feed_hi": change.n}
    return bool(connection.execute(update(OPERATION).where(OPERATION.c.op == change.op).values(values)).rowcount)


def add_record(
    connection: Connection, record: Mapping[str, Any], *, restricted: bool = False, restricted_paths: frozenset[Path] = frozenset()
) -> bool:
    """Insert a record that another laptop saved; False where it is here already. `record` is the wire's `set` with id and actor.

    `restricted` and `restricted_paths` are what its form says (casework.restricted.marks_on).
    """
    answers = record["answers"]
    left, taken = split(answers, restricted_paths)
    facts = {name: first_named(left, name) for name in _FACTS}
    values = {name: record.get(name, "") for name in ("id", "number", "kind", "form_id", "form_version", "person_id", "village", "amends")}
    values |= facts | {
        "answers_json": canonical.text(left),
        "restricted_json": canonical.text(taken) if taken else "",
        "restricted_by": record["actor"] if taken else "",
        "digest": canonical.digest({name: record[name] for name in ("form_id", "form_version", "answers")}),
        "occurred_on": record.get("occurred_on") or facts["occurred_on"],
        "late_days": 0,
        "restricted": restricted or record["kind"] == "report" or first_named(answers, "report_required") == "yes",
        "author": record["actor"],
        "author_name": record.get("author_name", ""),
        "saved_at": record.get("saved_at", 0),
    }
    inserted = connection.execute(insert(RECORD).values(values).on_conflict_do_nothing(index_elements=["id"])).rowcount
    if inserted and values["amends"]:
        mark = update(RECORD).where(RECORD.c.id == values["amends"], RECORD.c.amended_by == "")
        connection.execute(mark.values(amended_by=values["id"]))
    return bool(inserted)


def bury_record(connection: Connection, record_id: str, why: str, at: int) -> None:
    """Put the county's tombstone on a record."""
    statement = update(RECORD).where(RECORD.c.id == record_id, RECORD.c.deleted_at == 0)
    connection.execute(statement.values(deleted_at=max(at, 1), deleted_why=why))


def keep_contenders(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store the values that compete for a field, or their resolution; rows have the columns of the table."""
    for row in rows:
        statement = insert(CONTENDER).values(row)
        resolved = {name: row[name] for name in ("resolved_by", "resolved_at")}
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=resolved))


def keep_form(connection: Connection, form: Mapping[str, Any]) -> None:
    """Store a form that the county issued; an issued version never changes."""
    connection.execute(insert(FORM_VERSION).values(form).on_conflict_do_nothing())


def keep_parameter(connection: Connection, parameter: Mapping[str, Any]) -> None:
    """Store a parameter that the county issued."""
    statement = insert(PARAMETER).values(parameter)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=dict(parameter)))


def keep_division(connection: Connection, division: Mapping[str, Any]) -> None:
    """Store a division that the county edited."""
    statement = insert(DIVISION).values({"name": "", **division})
    connection.execute(statement.on_conflict_do_update(index_elements=["code"], set_=dict(division)))


def people_of(connection: Connection, kind: str, subjects: Iterable[str]) -> tuple[str, ...]:
    """Return the people whom these subjects are about."""
    wanted = list(subjects)
    if kind == "person" or not wanted:
        return tuple(wanted)
    table = VIEWS[kind]
    return tuple(connection.execute(select(table.c.person_id).where(table.c.id.in_(wanted)).distinct()).scalars())


def leave_scope(connection: Connection, kind: str, subject: str, village: str, now_ms: int) -> None:
    """The subject moved to a village outside this laptop's: its row follows, so that no query here shows it any more."""
    drop_shadow(connection, kind, subject)
    table = VIEWS[kind]
    moved = {"village": village, "updated_at": now_ms}
    connection.execute(update(table).where(table.c.id == bindparam("which")).values(moved), [{"which": subject}])


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two values of one field, side by side: the county's current one and the one that waits for a decision."""

    id: str
    kind: str
    subject: str
    name: str
    village: str
    field: str
    current: Any
    current_op: str
    contender: Any
    contender_op: str


def disputes(connection: Connection, limit: int = 500) -> tuple[Dispute, ...]:
    """Return the open contenders, oldest first, with what they compete against."""
    query = select(CONTENDER).where(CONTENDER.c.resolved_at == 0).order_by(CONTENDER.c.hlc).limit(limit)
    return tuple(_dispute(connection, row._mapping) for row in connection.execute(query).all())


def _dispute(connection: Connection, row: Mapping[Any, Any]) -> Dispute:
    now = overlay(connection, row["kind"], row["subject"]).get(row["field"], {"v": "", "op": ""})
    view = row_of(connection, row["kind"], row["subject"]) or {}
    owner = view if row["kind"] == "person" else row_of(connection, "person", view.get("person_id", "")) or {}
    names = (row["id"], row["kind"], row["subject"], owner.get("name", ""), view.get("village", row["village"]), row["field"])
    return Dispute(*names, now["v"], now["op"], canonical.loads(row["value_json"]), row["op"])


def settle_dispute(connection: Connection, dispute: str, by: str, at: int) -> None:
    """Mark a contender as decided."""
    statement = update(CONTENDER).where(CONTENDER.c.id == dispute)
    connection.execute(statement.values(resolved_by=by, resolved_at=at))

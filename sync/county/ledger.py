"""Queries of the receiving transaction: device and township rows under lock, the log, states, receipts, quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from mzdesk import canonical
from sync import strict
from sync.county.database import copy_rows, insert_ignore, is_postgres, upsert_rows
from sync.county.judge import Entry, Judged, Known, Subject, read_fields
from sync.county.tables import BATCH, CONTENDER, DEVICE, OPERATION, QUARANTINE, STATE, TOWNSHIP

ACTIVE, FORKED, REVOKED = "active", "forked", "revoked"
QUARANTINE_FRAMES = 200  # a revoked laptop cannot fill the disk
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A laptop as the county knows it."""

    id: str
    township: str
    villages: tuple[str, ...]
    sign_key: bytes
    box_key: bytes
    head: int
    head_digest: str
    state: str
    cursor: int
    label: str


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """The lock row of a township."""

    code: str
    feed: int
    floor: int
    held: int


_DEVICE = [DEVICE.c[name] for name in DeviceRow.__slots__]


def device(connection: Connection, device_id: str, *, lock: bool = False) -> DeviceRow | None:
    """Return a device, its row locked where asked."""
    return _device(connection, select(*_DEVICE).where(DEVICE.c.id == device_id), lock)


def device_by_token(connection: Connection, token_digest: str) -> DeviceRow | None:
    """Return the device whose token has this SHA-256."""
    return _device(connection, select(*_DEVICE).where(DEVICE.c.token == token_digest), False)


def _device(connection: Connection, query: Any, lock: bool) -> DeviceRow | None:
    row = connection.execute(query.with_for_update() if lock and is_postgres(connection) else query).first()
    if row is None:
        return None
    values = row._asdict() | {"villages": tuple(row.villages.split()), "sign_key": bytes(row.sign_key), "box_key": bytes(row.box_key)}
    return DeviceRow(**values)


def lock_township(connection: Connection, code: str) -> TownshipRow:
    """Return the township's row, locked until the transaction ends; it is made where it is missing."""
    query = select(TOWNSHIP.c.code, TOWNSHIP.c.feed, TOWNSHIP.c.floor, TOWNSHIP.c.held).where(TOWNSHIP.c.code == code)
    query = query.with_for_update() if is_postgres(connection) else query
    row = connection.execute(query).first()
    if row is None:
        insert_ignore(connection, TOWNSHIP, [{"code": code}])
        row = connection.execute(query).one()
    return TownshipRow(*row)


def township(connection: Connection, code: str) -> TownshipRow:
    """Return the township's row without a lock; zeros where nothing came yet."""
    row = connection.execute(
        select(TOWNSHIP.c.code, TOWNSHIP.c.feed, TOWNSHIP.c.floor, TOWNSHIP.c.held).where(TOWNSHIP.c.code == code)
    ).first()
    return TownshipRow(*row) if row else TownshipRow(code, 0, 0, 0)


def stored_receipt(connection: Connection, row: DeviceRow, seq: int) -> tuple[str, bytes] | None:
    """Return (digest, receipt) of a batch that was received."""
    query = select(BATCH.c.digest, BATCH.c.receipt).where(BATCH.c.township == row.township, BATCH.c.device == row.id, BATCH.c.seq == seq)
    found = connection.execute(query).first()
    return (found.digest, bytes(found.receipt)) if found else None


def quarantine(connection: Connection, row: DeviceRow, seq: int, digest: str, frame: bytes, why: str, now_ms: int) -> None:
    """Keep a frame that may not take effect, for a supervisor to look at; bounded for each device."""
    kept = connection.execute(select(func.count()).select_from(QUARANTINE).where(QUARANTINE.c.device == row.id)).scalar_one()
    if kept < QUARANTINE_FRAMES:
        values = {"digest": digest, "device": row.id, "township": row.township, "seq": seq, "frame": frame, "why": why}
        insert_ignore(connection, QUARANTINE, [values | {"received": now_ms}])


def set_device_state(connection: Connection, device_id: str, state: str, why: str, now_ms: int) -> None:
    """Freeze, revoke or reactivate a device; effective with the next request."""
    statement = update(DEVICE).where(DEVICE.c.id == device_id)
    connection.execute(statement.values(state=state, state_why=why, state_at=now_ms))


def known(connection: Connection, code: str, ops: Sequence[str], states: Sequence[tuple[str, str]], parents: Sequence[str]) -> Known:
    """Return what judging needs to know: which operations are in the log, states by (kind, id), which subjects exist."""
    seen = _in(connection, OPERATION.c.op, code, ops) if ops else frozenset()
    return Known(seen, _states(connection, code, states), _villages(connection, code, parents) if parents else {})


def _villages(connection: Connection, code: str, subjects: Sequence[str]) -> dict[str, str]:
    """Return subject → village (the latest) of those that the log knows in any form."""
    query = select(OPERATION.c.subject, OPERATION.c.village).where(
        OPERATION.c.township == code, among(connection, OPERATION.c.subject, subjects)
    )
    return {subject: village for subject, village in connection.execute(query.order_by(OPERATION.c.n))}  # noqa: C416


def _in(connection: Connection, column: Any, code: str, values: Sequence[str]) -> frozenset[str]:
    query = select(column).where(OPERATION.c.township == code, among(connection, column, values)).distinct()
    return frozenset(connection.execute(query).scalars())


def among(connection: Connection, column: Any, values: Iterable[str]) -> Any:
    """Return the condition that `column` is one of `values`: one array parameter on PostgreSQL, so that the plan is reused."""
    wanted = sorted(set(values))
    return column == func.any(wanted) if is_postgres(connection) else column.in_(wanted)


def _states(connection: Connection, code: str, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Subject]:
    if not keys:
        return {}
    query = select(STATE.c.kind, STATE.c.id, STATE.c.fields, STATE.c.revision, STATE.c.village, STATE.c.person)
    rows = connection.execute(query.where(STATE.c.township == code, among(connection, STATE.c.id, [key[1] for key in keys])))
    return {(row.kind, row.id): Subject(read_fields(row.fields), row.revision, row.village, row.person) for row in rows}


ENTRY_COLUMNS = (
    "township", "n", "op", "kind", "subject", "village", "from_village", "person", "form_id", "occurred_on", "device", "seq", "idx",
    "verdict", "reason", "field", "sentence", "actor", "received", "body",
)  # fmt: skip


def append_entries(connection: Connection, row: DeviceRow, seq: int, first: int, entries: Sequence[Entry], now_ms: int) -> None:
    """Append lines to the log, numbered from `first`."""
    rows = [
        (
            row.township, first + place, entry.op, entry.kind, entry.subject, entry.village, entry.from_village, entry.person,
            entry.form_id, entry.occurred_on, row.id, seq, entry.index, entry.verdict.verdict, entry.verdict.reason,
            entry.verdict.field, entry.verdict.sentence, entry.actor, now_ms, entry.body,
        )
        for place, entry in enumerate(entries)
    ]  # fmt: skip
    copy_rows(connection, OPERATION, ENTRY_COLUMNS, rows)


def keep_states(connection: Connection, code: str, judged: Judged, numbers: dict[tuple[str, str], int]) -> None:
    """Store the new states; `numbers` holds the log number that last touched each."""
    rows = [
        {
            "township": code,
            "kind": kind,
            "id": subject,
            "village": state.village,
            "person": state.person,
            "fields": canonical.text(dict(state.fields)),
            "revision": state.revision,
            "n": numbers[kind, subject],
        }
        for (kind, subject), state in judged.states.items()
    ]
    upsert_rows(connection, STATE, rows)


def keep_contenders(connection: Connection, code: str, judged: Judged, now_ms: int) -> None:
    """Store values that lost, and close those that an operation resolved."""
    rows = [
        {
            "township": code,
            "id": f"{item.loser.op}.{item.loser.field}",
            "kind": item.kind,
            "subject": item.subject,
            "field": item.loser.field,
            "value": strict.dumps(item.loser.value).decode(),
            "op": item.loser.op,
            "hlc": item.loser.hlc,
            "village": item.village,
            "guarded": int(item.guarded),
        }
        for item in judged.contenders
    ]
    insert_ignore(connection, CONTENDER, rows)
    for subject, name, actor in judged.settled:
        chosen = (CONTENDER.c.township == code, CONTENDER.c.subject == subject, CONTENDER.c.field == name, CONTENDER.c.resolved_at == 0)
        connection.execute(update(CONTENDER).where(*chosen).values(resolved_by=actor, resolved_at=now_ms))


@dataclass(frozen=True, slots=True)
class ReceivedBatch:
    """A batch that takes effect in this transaction."""

    seq: int
    digest: str
    receipt: bytes
    count: int
    size: int
    returned: int
    channel: str
    courier: str
    audit: str


def keep_batch(connection: Connection, row: DeviceRow, batch: ReceivedBatch, now_ms: int) -> None:
    """Store the receipt and move the head of the device."""
    values = {name: getattr(batch, name) for name in ("seq", "digest", "receipt", "count", "returned", "channel", "courier")}
    values |= {"township": row.township, "device": row.id, "received": now_ms, "bytes": batch.size}
    connection.execute(BATCH.insert(), values)
    head = {"head": batch.seq, "head_digest": batch.digest, "seen": now_ms, "seen_by": batch.channel, "audit": batch.audit}
    connection.execute(update(DEVICE).where(DEVICE.c.id == row.id).values(head))


def set_feed(connection: Connection, code: str, feed: int, held: int) -> None:
    """Move the township's feed counter, under its lock."""
    connection.execute(update(TOWNSHIP).where(TOWNSHIP.c.code == code).values(feed=feed, held=held))

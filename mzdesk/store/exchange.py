"""Queries of the exchange: pending operations, sealed batches, receipts; an operation is delivered only by a stored receipt (I2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from mzdesk import canonical
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.tables import ATTACHMENT, AUDIT_ENTRY, BATCH, OPERATION, RECEIPT, RECORD

ZERO_DIGEST = "0" * 64
DELIVERED = "delivered"
FIRST_BATCH = "sync.first_batch"  # batches up to this number belong to earlier devices of this station
CURSOR, EPOCH = "sync.cursor", "sync.epoch"


@dataclass(frozen=True, slots=True)
class PendingOperation:
    """An operation that waits to be sealed; `body` is its canonical line."""

    seq: int
    op: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """A frame that waits for its receipt; `number` counts on this station, `seq` on this device."""

    number: int
    seq: int
    digest: str
    frame: bytes
    count: int


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A verified receipt about to be stored; `verdicts` are (verdict, reason, field, sentence) in the order of the batch."""

    batch: int
    number: str
    raw: bytes
    server_ms: int
    epoch: int
    feed_hi: int
    verdicts: Sequence[tuple[str, str, str, str]] | None
    received_at: int
    channel: str


@dataclass(frozen=True, slots=True)
class ReturnedOperation:
    """An operation that the county sent back, with what to mend; `field` is the reference of the faulty answer."""

    op: str
    kind: str
    subject: str
    village: str
    verdict: str
    reason: str
    field: str
    sentence: str
    created_at: int


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """What waits: operations by kind, bytes still to send (estimated for those not sealed), sealed batches without receipt."""

    by_kind: Mapping[str, int]
    bytes_left: int
    batches: int
    returned: int
    held: int
    conflicts: int


PACKING = 4  # plain bytes that one byte of a frame carries, for estimates only


def take_pending(connection: Connection, most_bytes: int, most_count: int) -> tuple[PendingOperation, ...]:
    """Return the next operations to seal, urgent lane first, at least one, up to `most_bytes` of plain lines."""
    query = (
        select(OPERATION.c.seq, OPERATION.c.op, OPERATION.c.kind, OPERATION.c.body)
        .where(OPERATION.c.batch.is_(None), OPERATION.c.verdict.is_(None))
        .order_by(OPERATION.c.lane, OPERATION.c.seq)
        .limit(most_count)
    )
    taken: list[PendingOperation] = []
    size = 0
    for row in connection.execute(query):
        size += len(row.body) + 1
        if taken and size > most_bytes:
            break
        taken.append(PendingOperation(*row))
    return tuple(taken)


def has_pending(connection: Connection) -> bool:
    """Tell whether an operation waits to be sealed."""
    query = select(OPERATION.c.seq).where(OPERATION.c.batch.is_(None), OPERATION.c.verdict.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def chain_head(connection: Connection) -> tuple[int, int, str]:
    """Return (station's last batch number, device's last seq, digest of it): zeros before the first."""
    first = int(read_meta(connection, FIRST_BATCH, "0"))
    row = connection.execute(select(BATCH.c.seq, BATCH.c.digest).order_by(BATCH.c.seq.desc()).limit(1)).first()
    if row is None or row.seq <= first:
        return first, 0, ZERO_DIGEST
    return row.seq, row.seq - first, row.digest


def audit_head(connection: Connection) -> str:
    """Return the digest at the head of the audit chain, "" where nothing was logged."""
    return str(connection.execute(select(AUDIT_ENTRY.c.digest).order_by(AUDIT_ENTRY.c.seq.desc()).limit(1)).scalar() or "")


def keep_batch(connection: Connection, batch: SealedBatch, operations: Sequence[PendingOperation], sealed_at: int) -> None:
    """Store a sealed frame and bind its operations to it, in the transaction that sealed them."""
    values = {"seq": batch.number, "digest": batch.digest, "frame": batch.frame, "count": batch.count, "sealed_at": sealed_at}
    connection.execute(insert(BATCH), values)
    bind = update(OPERATION).where(OPERATION.c.seq == bindparam("which")).values(batch=batch.number)
    connection.execute(bind, [{"which": operation.seq} for operation in operations])


def unreceipted(connection: Connection, limit: int = 1000) -> tuple[SealedBatch, ...]:
    """Return the sealed batches of this device that have no receipt, in order."""
    first = int(read_meta(connection, FIRST_BATCH, "0"))
    query = _batches(first).where(BATCH.c.receipt.is_(None), BATCH.c.seq > first).order_by(BATCH.c.seq).limit(limit)
    return tuple(SealedBatch(*row) for row in connection.execute(query))


def _batches(first: int) -> Any:
    return select(BATCH.c.seq, BATCH.c.seq - first, BATCH.c.digest, BATCH.c.frame, BATCH.c.count)


def batch_of(connection: Connection, seq: int) -> SealedBatch | None:
    """Return the batch with this device's number `seq`."""
    first = int(read_meta(connection, FIRST_BATCH, "0"))
    row = connection.execute(_batches(first).where(BATCH.c.seq == first + seq)).first()
    return SealedBatch(*row) if row else None


def only_records(connection: Connection, number: int) -> bool:
    """Tell whether a batch holds nothing but filled forms."""
    other = select(OPERATION.c.seq).where(OPERATION.c.batch == number, OPERATION.c.kind != "record").limit(1)
    return connection.execute(other).first() is None


def mark_channel(connection: Connection, numbers: Iterable[int], channel: str) -> None:
    """Remember that these batches also lie on another channel (U盘)."""
    statement = update(BATCH).where(BATCH.c.seq.in_(list(numbers)), BATCH.c.receipt.is_(None))
    connection.execute(statement.values(channel=channel))


def store_receipt(connection: Connection, new: NewReceipt) -> bool:
    """Store a verified receipt and its verdicts; False where it was stored already. Raises ValueError where counts differ."""
    receipt, count = connection.execute(select(BATCH.c.receipt, BATCH.c.count).where(BATCH.c.seq == new.batch)).one()
    if receipt is not None:
        return False
    if new.verdicts is not None and len(new.verdicts) != count:
        raise ValueError("a verdict for each operation is needed")
    state = DELIVERED if new.verdicts is not None else "returned"
    received = {"receipt": new.raw, "receipted_at": new.received_at, "state": state}
    connection.execute(update(BATCH).where(BATCH.c.seq == new.batch).values(received | ({"channel": new.channel} if new.channel else {})))
    row = {"seq": new.batch, "number": new.number, "body": new.raw, "server_ms": new.server_ms, "epoch": new.epoch}
    connection.execute(insert(RECEIPT).prefix_with("OR REPLACE"), row | {"received_at": new.received_at})
    if new.verdicts is None:
        release(connection, [new.batch])
    else:
        _write_verdicts(connection, new)
        _close_returned(connection, new.batch)
    return True


def _write_verdicts(connection: Connection, new: NewReceipt) -> None:
    """One statement for the usual verdict, one for each exception."""
    assert new.verdicts is not None
    usual = Counter(new.verdicts).most_common(1)[0][0]
    names = ("verdict", "reason", "field", "sentence")
    values = dict(zip(names, usual, strict=True)) | {"feed_hi": new.feed_hi}
    connection.execute(update(OPERATION).where(OPERATION.c.batch == new.batch).values(values))
    if all(verdict == usual for verdict in new.verdicts):
        return
    order = select(OPERATION.c.seq).where(OPERATION.c.batch == new.batch).order_by(OPERATION.c.lane, OPERATION.c.seq)
    for seq, verdict in zip(connection.execute(order).scalars().all(), new.verdicts, strict=True):
        if verdict != usual:
            connection.execute(update(OPERATION).where(OPERATION.c.seq == seq).values(dict(zip(names, verdict, strict=True))))


def _close_returned(connection: Connection, batch: int) -> None:
    """A delivered operation closes the returned one that it corrects: of the same subject, or of the record that it amends."""
    if connection.execute(select(OPERATION.c.seq).where(_open_return()).limit(1)).first() is None:
        return
    good = select(OPERATION.c.op, OPERATION.c.subject, OPERATION.c.seq, OPERATION.c.body).where(
        OPERATION.c.batch == batch, OPERATION.c.verdict.not_in(["returned", "held"])
    )
    for op, subject, seq, body in connection.execute(good).all():
        amends = canonical.loads(body)["set"].get("amends") or subject
        same = and_(OPERATION.c.subject.in_([subject, *_amended_chain(connection, amends)]), OPERATION.c.seq < seq)
        connection.execute(update(OPERATION).where(_open_return(), same).values(closed_by=op))


def _amended_chain(connection: Connection, record_id: str) -> tuple[str, ...]:
    """Return a subject and, where it is a record, every earlier version of it: a correction may itself have come back."""
    chain = [record_id]
    while before := connection.execute(
        select(RECORD.c.amends).where(RECORD.c.id == chain[-1], RECORD.c.amends.not_in(["", *chain]))
    ).scalar():
        chain.append(before)
    return tuple(chain)


def _open_return() -> Any:
    return and_(OPERATION.c.verdict == "returned", OPERATION.c.closed_by == "")


def release(connection: Connection, numbers: Sequence[int]) -> None:
    """Queue the operations of these batches again under their own ids (a returned frame, a new device)."""
    connection.execute(update(OPERATION).where(OPERATION.c.batch.in_(list(numbers)), OPERATION.c.verdict.is_(None)).values(batch=None))


def close_return(connection: Connection, op: str, by: str) -> bool:
    """Close a returned operation by hand; tell whether it was open."""
    return bool(connection.execute(update(OPERATION).where(OPERATION.c.op == op, _open_return()).values(closed_by=by)).rowcount)


def returned(connection: Connection, limit: int = 500) -> tuple[ReturnedOperation, ...]:
    """Return what the county sent back and nobody has mended yet, newest first."""
    names = [OPERATION.c[name] for name in ReturnedOperation.__slots__]
    query = select(*names).where(_open_return()).order_by(OPERATION.c.seq.desc()).limit(limit)
    return tuple(ReturnedOperation(*row) for row in connection.execute(query))


def queue_counts(connection: Connection) -> QueueCounts:
    """Count what waits on this station."""
    waiting = OPERATION.c.verdict.is_(None)
    by_kind = connection.execute(select(OPERATION.c.kind, func.count()).where(waiting).group_by(OPERATION.c.kind))
    loose = select(func.coalesce(func.sum(func.length(OPERATION.c.body)), 0)).where(waiting, OPERATION.c.batch.is_(None))
    first = int(read_meta(connection, FIRST_BATCH, "0"))
    frames = select(func.count(), func.coalesce(func.sum(func.length(BATCH.c.frame)), 0))
    sealed, sealed_bytes = connection.execute(frames.where(BATCH.c.receipt.is_(None), BATCH.c.seq > first)).one()
    verdicts = select(OPERATION.c.verdict, func.count()).where(or_(OPERATION.c.verdict.in_(["held", "conflict"]), _open_return()))
    found = {str(verdict): int(count) for verdict, count in connection.execute(verdicts.group_by(OPERATION.c.verdict))}
    return QueueCounts(
        {str(kind): int(count) for kind, count in by_kind},
        int(sealed_bytes) + int(connection.execute(loose).scalar_one()) // PACKING,
        int(sealed),
        found.get("returned", 0),
        found.get("held", 0),
        found.get("conflict", 0),
    )


def last_receipt(connection: Connection) -> tuple[str, int]:
    """Return (number, received at in Unix milliseconds) of the newest receipt, ("", 0) before the first."""
    row = connection.execute(select(RECEIPT.c.number, RECEIPT.c.received_at).order_by(RECEIPT.c.seq.desc()).limit(1)).first()
    return (row.number, row.received_at) if row else ("", 0)


def begin_device(connection: Connection) -> None:
    """Start the chain of a new device of this station: unreceipted operations go back to the queue under their old ids."""
    number = connection.execute(select(func.coalesce(func.max(BATCH.c.seq), 0))).scalar_one()
    stale = connection.execute(select(BATCH.c.seq).where(BATCH.c.receipt.is_(None))).scalars().all()
    release(connection, stale)
    write_meta(connection, FIRST_BATCH, str(number))
    write_meta(connection, CURSOR, "0")


def forget_receipts_after(connection: Connection, head: int) -> int:
    """The county was restored and knows batches only up to `head`: offer the later ones again, the same bytes. Return how many."""
    first = int(read_meta(connection, FIRST_BATCH, "0"))
    lost = and_(BATCH.c.seq > first + head, BATCH.c.receipt.is_not(None))
    numbers = connection.execute(select(BATCH.c.seq).where(lost)).scalars().all()
    for number in numbers:
        forgotten = {"verdict": None, "reason": "", "field": "", "sentence": "", "feed_hi": None}
        connection.execute(update(OPERATION).where(OPERATION.c.batch == number).values(forgotten))
        connection.execute(update(BATCH).where(BATCH.c.seq == number).values(receipt=None, receipted_at=0, state="sealed"))
        connection.execute(RECEIPT.delete().where(RECEIPT.c.seq == number))
    return len(numbers)


def waiting_files(connection: Connection, limit: int = 200) -> tuple[tuple[str, int], ...]:
    """Return (digest, bytes the county has) of attachments that are not delivered, the smallest first."""
    columns = (ATTACHMENT.c.digest, func.max(ATTACHMENT.c.sent_bytes), func.max(ATTACHMENT.c.size))
    query = select(*columns).where(ATTACHMENT.c.delivered.is_(False))
    rows = connection.execute(query.group_by(ATTACHMENT.c.digest).order_by(func.max(ATTACHMENT.c.size)).limit(limit))
    return tuple((digest, sent) for digest, sent, _ in rows)


def mark_file(connection: Connection, digest: str, sent: int, *, delivered: bool) -> None:
    """Remember how much of an attachment the county has."""
    connection.execute(update(ATTACHMENT).where(ATTACHMENT.c.digest == digest).values(sent_bytes=sent, delivered=delivered))


def file_bytes_left(connection: Connection) -> int:
    """Return how many bytes of attachments still go up."""
    query = select(func.coalesce(func.sum(ATTACHMENT.c.size - ATTACHMENT.c.sent_bytes), 0)).where(ATTACHMENT.c.delivered.is_(False))
    return int(connection.execute(query).scalar_one())

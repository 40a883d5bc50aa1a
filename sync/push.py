"""Owns the way up: pending operations are frozen into final bytes once, and count as delivered only by a verified receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mzdesk.station import Station
from mzdesk.store import exchange as store
from mzdesk.store import shadows
from mzdesk.store.exchange import NewReceipt, PendingOperation, SealedBatch
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.outbox import tick
from sync import protocol, receipts
from sync.account import Account
from sync.pacing import Pace
from sync.protocol import MAX_OPERATIONS, MAX_PLAIN, Header
from sync.receipts import BadReceiptError, Receipt

if TYPE_CHECKING:
    from sqlalchemy import Connection

FIVE_YEARS_MS = 5 * 365 * 86_400_000


def seal_next(station: Station, account: Account, pace: Pace) -> SealedBatch | None:
    """Freeze the next pending operations into a frame near `pace.bytes`; None where nothing waits. One transaction."""
    with station.read() as connection:
        if not store.has_pending(connection):
            return None
    with station.write() as connection:
        most = min(pace.bytes * store.PACKING, MAX_PLAIN)
        operations = store.take_pending(connection, most, MAX_OPERATIONS)
        return _seal(connection, station, account, operations) if operations else None


def _seal(connection: Connection, station: Station, account: Account, operations: Sequence[PendingOperation]) -> SealedBatch:
    number, seq, prev = store.chain_head(connection)
    now = station.clock.now_ms()
    header = Header(
        county=account.record.card.county,
        township=account.record.grant.township,
        device=account.device,
        seq=seq + 1,
        prev=prev,
        ekid=account.record.card.ekid,
        hlc=tick(connection, now, account.device),
        audit=store.audit_head(connection),
    )
    sealed = protocol.seal(header, [operation.body for operation in operations], account.sign_key, account.record.card.box_key)
    batch = SealedBatch(number + 1, seq + 1, sealed.digest, sealed.frame, len(operations))
    store.keep_batch(connection, batch, operations, now)
    return batch


def seal_all(station: Station, account: Account, pace: Pace) -> int:
    """Freeze everything that waits, as a stick needs; return how many batches were made."""
    made = 0
    while seal_next(station, account, pace) is not None:
        made += 1
    return made


def read_receipt(account: Account, raw: bytes) -> Receipt:
    """Return a receipt of this county for this laptop; raises BadReceiptError."""
    receipt = receipts.read(raw, account.record.card.sign_key)
    if receipt.county != account.record.card.county or receipt.device != account.device:
        raise BadReceiptError("for another laptop")
    return receipt


def take_receipt(station: Station, account: Account, receipt: Receipt, channel: str) -> bool:
    """Store a verified receipt, its verdicts and the county's time in one transaction; False where it was stored before.

    Raises BadReceiptError where it is for other bytes than were sealed here.
    """
    with station.write() as connection:
        batch = store.batch_of(connection, receipt.seq)
        if batch is None or batch.digest != receipt.digest:
            raise BadReceiptError("for another batch")
        if receipt.verdicts is not None and len(receipt.verdicts) != batch.count:
            raise BadReceiptError("verdicts")
        stored = store.store_receipt(connection, _new_receipt(batch, receipt, station.clock.now_ms(), channel))
        if stored:
            _learn_time(connection, receipt.server_ms, station.clock.now_ms())
            _step_over_own(connection, batch, receipt)
    return stored


def _new_receipt(batch: SealedBatch, receipt: Receipt, now: int, channel: str) -> NewReceipt:
    verdicts = None
    if receipt.verdicts is not None:
        verdicts = [(item.verdict, item.reason, item.field, item.sentence) for item in receipt.verdicts]
    return NewReceipt(
        batch=batch.number,
        number=receipt.number,
        raw=receipt.raw,
        server_ms=receipt.server_ms,
        epoch=receipt.epoch,
        feed_hi=receipt.feed_hi,
        verdicts=verdicts,
        received_at=now,
        channel=channel,
    )


def _learn_time(connection: Connection, server_ms: int, now: int) -> None:
    """The county's time raises the hybrid clock, and its distance from the laptop's is remembered (PROTOCOL.md §7)."""
    write_meta(connection, "clock_offset_ms", str(server_ms - now))
    last, _ = (int(part) for part in read_meta(connection, "hlc", "0 0").split())
    if last < server_ms < now + FIVE_YEARS_MS:
        write_meta(connection, "hlc", f"{server_ms} 0")


def _step_over_own(connection: Connection, batch: SealedBatch, receipt: Receipt) -> None:
    """Move the cursor over a batch of own records when nothing else came in between: then there is nothing to pull."""
    if receipt.verdicts is None or not store.only_records(connection, batch.number):
        return
    numbered = sum(1 for item in receipt.verdicts if item.verdict != receipts.DUPLICATE)
    cursor = int(read_meta(connection, store.CURSOR, "0"))
    if receipt.feed_hi - cursor == numbered and all(item.verdict == receipts.ACCEPTED for item in receipt.verdicts):
        write_meta(connection, store.CURSOR, str(receipt.feed_hi))


def reconcile(station: Station, epoch: int, head: int, floor: int) -> int:
    """The county was restored: offer again what it no longer knows, and pull again from where it was; return how many batches."""
    with station.write() as connection:
        again = store.forget_receipts_after(connection, head)
        cursor = int(read_meta(connection, store.CURSOR, "0"))
        write_meta(connection, store.CURSOR, str(min(cursor, floor)))
        write_meta(connection, store.EPOCH, str(epoch))
        for kind, subject in shadows.unreflected_subjects(connection):
            shadows.refresh_view(connection, kind, subject, station.clock.now_ms())
    return again

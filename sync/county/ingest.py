"""Receives one frame in the order that PROTOCOL.md §4 makes normative: one database transaction per batch, all of it or nothing (I5).

What is only computed (opening the body, checking forms) is done before the locks are taken; what is decided is decided under them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from sync import protocol, receipts
from sync.county import issuing, ledger, release
from sync.county.checks import FORM, Fault, FilledForm
from sync.county.county import County, epoch_of
from sync.county.judge import MERGED_KINDS, TOMBSTONE, Grant, Judge, Judged, Known, Readable, filled_forms
from sync.county.ledger import ACTIVE, FORKED, REVOKED, DeviceRow, ReceivedBatch
from sync.operations import RECORD, ShapeError, WireOperation, read_operation
from sync.protocol import Frame, FrameError
from sync.receipts import HELD, RETURNED

NET, STICK = "net", "stick"

Timer = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Received:
    """A frame that took effect now, or before (`replay`); `receipt` is the answer, byte for byte the same each time."""

    receipt: bytes
    replay: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """A frame that did not; `code` is stable, `head` is the last batch known, for GAP."""

    code: str
    head: int = 0


@dataclass(frozen=True, slots=True)
class _Opened:
    """A verified frame with its operations read and its forms checked; `unreadable` holds the code where the body did not open."""

    frame: Frame
    raw: bytes
    operations: Sequence[Readable] = ()
    faults: dict[int, Fault] = field(default_factory=dict)
    unreadable: str = ""


def no_timer(stage: str, seconds: float) -> None:
    """Ignore how long a stage took."""


def receive(county: County, raw: bytes, *, channel: str = NET, courier: str = "", timer: Timer = no_timer) -> Received | Refused:
    """Take in one frame; nothing is written before its signature holds."""
    try:
        frame = protocol.parse(raw)
        if frame.header.county != county.id:
            raise FrameError("WRONG_COUNTY")
        with county.read() as connection:
            row = ledger.device(connection, frame.header.device)
        if row is None:
            raise FrameError("UNKNOWN_DEVICE")
        frame.verify(Ed25519PublicKey.from_public_bytes(row.sign_key))
        if row.township != frame.header.township:
            raise FrameError("WRONG_TOWNSHIP")
    except FrameError as error:
        return Refused(error.code)
    opened = _open(county, frame, raw, row, timer)
    started = time.perf_counter()
    with county.write() as connection:
        answer = _settle(county, connection, opened, channel, courier, timer)
    timer("transaction", time.perf_counter() - started)
    return answer


def _open(county: County, frame: Frame, raw: bytes, row: DeviceRow, timer: Timer) -> _Opened:
    """Read and check what may take effect; a replay, a gap or a revoked device needs none of it."""
    if frame.header.seq <= row.head or row.state != ACTIVE:
        return _Opened(frame, raw)
    started = time.perf_counter()
    try:
        key = county.folder.keys.boxes.get(frame.header.ekid)
        if key is None:
            raise FrameError("CANNOT_DECRYPT")
        operations = [_read(line) for line in protocol.open_lines(frame, key)]
    except FrameError as error:
        return _Opened(frame, raw, unreadable=error.code)
    timer("open", time.perf_counter() - started)
    started = time.perf_counter()
    faults = check_forms(county, operations)
    timer("check", time.perf_counter() - started)
    return _Opened(frame, raw, operations, faults)


def _read(line: bytes) -> Readable:
    try:
        return read_operation(line)
    except ShapeError as error:
        return error


def check_forms(county: County, operations: Sequence[Readable]) -> dict[int, Fault]:
    """Return the faults of the records among `operations`, by place."""
    filled = filled_forms(operations)
    forms = [FilledForm(item.set["form_id"], item.set["form_version"], item.set["answers"]) for _, item in filled]
    checked = county.checker.check(forms) if forms else []
    unknown = [place for place, fault in enumerate(checked) if fault is not None and fault.reason == FORM]
    if unknown:  # another receiver may have published it
        with county.read() as connection:
            county.checker.add_forms(issuing.issued_forms(connection))
        for place, fault in zip(unknown, county.checker.check([forms[place] for place in unknown]), strict=True):
            checked[place] = fault
    return {index: fault for (index, _), fault in zip(filled, checked, strict=True) if fault is not None}


def _settle(county: County, connection: Connection, opened: _Opened, channel: str, courier: str, timer: Timer) -> Received | Refused:
    header, now = opened.frame.header, county.clock.now_ms()
    row = ledger.device(connection, header.device, lock=True)
    if row is None:
        return Refused("UNKNOWN_DEVICE")
    keep_aside = partial(ledger.quarantine, connection, row, header.seq, opened.frame.digest, opened.raw)
    if header.seq <= row.head:
        stored = ledger.stored_receipt(connection, row, header.seq)
        if stored is not None and stored[0] == opened.frame.digest:
            return Received(stored[1], replay=True)
        if row.state == ACTIVE:
            ledger.set_device_state(connection, row.id, FORKED, f"seq {header.seq}", now)
        keep_aside("FORK", now)
        return Refused("FORK")
    if row.state == REVOKED:
        keep_aside("REVOKED", now)
        return Refused("REVOKED")
    if row.state == FORKED:
        keep_aside("FORKED_DEVICE", now)
        return Refused("FORK")
    if header.seq != row.head + 1:
        return Refused("GAP", row.head)
    if header.prev != (row.head_digest or protocol.ZERO_DIGEST):
        keep_aside("CHAIN", now)
        return Refused("CHAIN", row.head)
    if opened.unreadable:
        keep_aside(opened.unreadable, now)
        return _return_frame(county, connection, row, opened, channel, courier, now)
    if not opened.operations:  # it was a replay or frozen when it was opened, and no longer is: ask for it again
        return Refused("GAP", row.head)
    return _apply(county, connection, row, opened, channel, courier, timer)


def _apply(county: County, connection: Connection, row: DeviceRow, opened: _Opened, channel: str, courier: str, timer: Timer) -> Received:
    started = time.perf_counter()
    now = county.clock.now_ms()
    township = ledger.lock_township(connection, row.township)
    known = look_up(connection, row.township, opened.operations)
    looked = time.perf_counter()
    grant = Grant(row.township, frozenset(row.villages))
    judged = Judge(grant, known, opened.faults, now, opened.frame.digest).run(opened.operations)
    merged = time.perf_counter()
    first = township.feed + 1
    ledger.append_entries(connection, row, opened.frame.header.seq, first, judged.entries, now)
    feed_hi, held = store_effects(connection, row.township, judged, township.feed, township.held, now)
    if held:
        feed_hi, held = release.release_held(county, connection, row.township, judged, feed_hi, held)
    ledger.set_feed(connection, row.township, feed_hi, held)
    receipt = _receipt(county, connection, opened, receipts.write_runs(judged.verdicts), feed_hi, now)
    returned = sum(1 for item in judged.verdicts if item.verdict == RETURNED)
    _keep(connection, row, opened, receipt, len(judged.verdicts), returned, channel, courier, now)
    timer("lookup", looked - started)
    timer("merge", merged - looked)
    timer("store", time.perf_counter() - merged)
    return Received(receipt, count=len(judged.verdicts))


def look_up(connection: Connection, township: str, operations: Sequence[Readable]) -> Known:
    """Return what the database says about these operations, under the township's lock."""
    ops = [item.op for item in operations if item.op]
    whole = [item for item in operations if isinstance(item, WireOperation)]
    states = [(item.kind, item.id) for item in whole if item.kind in MERGED_KINDS or item.kind == TOMBSTONE]
    parents = [str(item.set.get("amends") or "") for item in whole if item.kind == RECORD]
    parents += [str(item.set.get("person_id") or "") for item in whole if item.kind in MERGED_KINDS]
    parents += [item.id for item in whole if item.kind == TOMBSTONE]
    return ledger.known(connection, township, ops, states, [parent for parent in parents if parent])


def store_effects(connection: Connection, township: str, judged: Judged, feed: int, held: int, now: int) -> tuple[int, int]:
    """Store states and contenders of judged entries numbered from `feed` + 1; return the new (feed, held)."""
    numbers = {(entry.kind, entry.subject): feed + 1 + place for place, entry in enumerate(judged.entries)}
    ledger.keep_states(connection, township, judged, numbers)
    if judged.contenders or judged.settled:
        ledger.keep_contenders(connection, township, judged, now)
    return feed + len(judged.entries), held + sum(1 for entry in judged.entries if entry.verdict.verdict == HELD)


def _return_frame(
    county: County, connection: Connection, row: DeviceRow, opened: _Opened, channel: str, courier: str, now: int
) -> Received:
    """A correctly signed but unreadable body uses up its number; the laptop queues the same operations again."""
    feed = ledger.township(connection, row.township).feed
    receipt = _receipt(county, connection, opened, {receipts.FRAME_RETURNED: opened.unreadable}, feed, now)
    _keep(connection, row, opened, receipt, 0, 0, channel, courier, now)
    return Received(receipt)


def _receipt(county: County, connection: Connection, opened: _Opened, verdicts: object, feed_hi: int, now: int) -> bytes:
    body = {
        "county": county.id,
        "device": opened.frame.header.device,
        "seq": opened.frame.header.seq,
        "digest": opened.frame.digest,
        "verdicts": verdicts,
        "feed_hi": feed_hi,
        "server_ms": now,
        "epoch": epoch_of(connection),
    }
    return receipts.write(body, county.folder.keys.sign)


def _keep(
    connection: Connection, row: DeviceRow, opened: _Opened, receipt: bytes, count: int, returned: int, channel: str, courier: str, now: int
) -> None:
    batch = ReceivedBatch(
        seq=opened.frame.header.seq,
        digest=opened.frame.digest,
        receipt=receipt,
        count=count,
        size=len(opened.raw),
        returned=returned,
        channel=channel,
        courier=courier,
        audit=opened.frame.header.audit,
    )
    ledger.keep_batch(connection, row, batch, now)

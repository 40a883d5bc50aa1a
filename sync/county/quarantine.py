"""Frames that may not take effect: a supervisor looks at them and lets single operations through, each once, under its own id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from mzdesk.errors import MzError
from sync import protocol
from sync.county import audit, ingest, ledger
from sync.county.county import County
from sync.county.judge import Grant, Judge, Readable
from sync.county.tables import QUARANTINE
from sync.operations import ShapeError, WireOperation, read_operation
from sync.protocol import FrameError
from sync.receipts import Verdict


@dataclass(frozen=True, slots=True)
class QuarantinedFrame:
    """A frame kept aside; `received` in Unix milliseconds."""

    digest: str
    device: str
    township: str
    seq: int
    why: str
    received: int


_COLUMNS = [QUARANTINE.c[name] for name in QuarantinedFrame.__slots__]


def waiting(connection: Connection) -> tuple[QuarantinedFrame, ...]:
    """Return the frames that nobody has settled, oldest first."""
    query = select(*_COLUMNS).where(QUARANTINE.c.settled_at == 0).order_by(QUARANTINE.c.received)
    return tuple(QuarantinedFrame(*row) for row in connection.execute(query))


def operations(county: County, digest: str) -> list[Readable]:
    """Return what a quarantined frame holds; raises MzError where it cannot be opened."""
    with county.read() as connection:
        raw = connection.execute(select(QUARANTINE.c.frame).where(QUARANTINE.c.digest == digest)).scalar()
    if raw is None:
        raise MzError("没有这一批", "请刷新页面。")
    try:
        frame = protocol.parse(bytes(raw))
        key = county.folder.keys.boxes[frame.header.ekid]
        return [_read(line) for line in protocol.open_lines(frame, key)]
    except (FrameError, KeyError):
        raise MzError("这一批解不开", "数据在传送前就已损坏，只能请那台电脑重新报送。") from None


def _read(line: bytes) -> Readable:
    try:
        return read_operation(line)
    except ShapeError as error:
        return error


def release(county: County, digest: str, ops: Sequence[str], *, actor: str) -> list[Verdict]:
    """Let these operations of a quarantined frame take effect, and settle the frame; raises MzError."""
    chosen = [item for item in operations(county, digest) if isinstance(item, WireOperation) and item.op in set(ops)]
    faults = ingest.check_forms(county, chosen)
    now = county.clock.now_ms()
    with county.write() as connection:
        row = connection.execute(select(*_COLUMNS).where(QUARANTINE.c.digest == digest, QUARANTINE.c.settled_at == 0)).first()
        device = ledger.device(connection, row.device) if row is not None else None
        if row is None or device is None:
            raise MzError("这一批已经处理过", "请刷新页面。")
        township = ledger.lock_township(connection, row.township)
        known = ingest.look_up(connection, row.township, chosen)
        judged = Judge(Grant(row.township, frozenset(device.villages)), known, faults, now, digest).run(chosen)
        ledger.append_entries(connection, device, row.seq, township.feed + 1, judged.entries, now)
        feed, held = ingest.store_effects(connection, row.township, judged, township.feed, township.held, now)
        ledger.set_feed(connection, row.township, feed, held)
        connection.execute(update(QUARANTINE).where(QUARANTINE.c.digest == digest).values(settled_by=actor, settled_at=now))
        audit.append(connection, actor, "release_quarantine", digest, {"operations": len(chosen)}, now)
    return judged.verdicts

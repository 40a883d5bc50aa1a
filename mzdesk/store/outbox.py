"""The outgoing operations: written in the transaction of the edit itself, sealed later, never lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from mzdesk import canonical
from mzdesk.store.bulk import insert_rows
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.tables import OPERATION, RECEIPT

LANE_URGENT, LANE_RECORD, LANE_REST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to send: `set` field → new value, `base` field → id of the operation whose value the user saw (PROTOCOL.md §3)."""

    op: str
    kind: str
    subject: str
    set: Mapping[str, Any]
    base: Mapping[str, str]
    village: str
    lane: int = LANE_REST


def tick(connection: Connection, now_ms: int, device: str) -> str:
    """Advance the hybrid logical clock in this transaction and return its text `ms(12 hex)-counter(4 hex)-device` (PROTOCOL.md §7)."""
    return ticks(connection, now_ms, device, 1)[0]


def ticks(connection: Connection, now_ms: int, device: str, times: int) -> list[str]:
    """Advance the clock several times at the cost of one; return the text of each time."""
    last, count = (int(part) for part in read_meta(connection, "hlc", "0 0").split())
    told = []
    for _ in range(times):
        last, count = (now_ms, 0) if now_ms > last else (last, count + 1)
        if count > 0xFFFF:
            last, count = last + 1, 0
        told.append(f"{last:012x}-{count:04x}-{device}")
    write_meta(connection, "hlc", f"{last} {count}")
    return told


def enqueue(connection: Connection, edits: list[Edit], *, actor: str, device: str, now_ms: int) -> None:
    """Append `edits` to the outbox; must be called in the transaction that changes the view."""
    if not edits:
        return
    rows = []
    for edit, hlc in zip(edits, ticks(connection, now_ms, device, len(edits)), strict=True):
        body = {
            "op": edit.op,
            "id": edit.subject,
            "kind": edit.kind,
            "set": dict(edit.set),
            "base": dict(edit.base),
            "hlc": hlc,
            "actor": actor,
        }
        rows.append(
            {
                "op": edit.op,
                "kind": edit.kind,
                "subject": edit.subject,
                "body": canonical.dumps(body),
                "lane": edit.lane,
                "village": edit.village,
                "created_at": now_ms,
            }
        )
    insert_rows(connection, OPERATION, rows)


def status_of(connection: Connection, subject: str) -> tuple[str, str]:
    """Return (verdict, receipt number) of the newest operation of `subject`: ("", "") while it waits."""
    query = (
        select(OPERATION.c.verdict, RECEIPT.c.number)
        .select_from(OPERATION.outerjoin(RECEIPT, RECEIPT.c.seq == OPERATION.c.batch))
        .where(OPERATION.c.subject == subject)
        .order_by(OPERATION.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row.verdict or "", row.number or "") if row else ("", "")

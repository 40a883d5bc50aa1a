"""What the console's pages read: plain rows, newest first, by pages; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from mzdesk import canonical
from sync.county.tables import AUDIT, BATCH, CONTENDER, DEVICE, FORM, OPERATION, PARAMETER, QUARANTINE, STATE, TOWNSHIP

PAGE = 50
SILENT_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures at the top of the first page."""

    today_batches: int
    today_operations: int
    records: int
    returned: int
    held: int
    conflicts: int
    quarantined: int
    laptops: int
    silent: int


def overview(connection: Connection, day_start: int, now: int) -> Overview:
    """Return the figures of the day that began at `day_start` (Unix milliseconds)."""

    def count(query: Any) -> int:
        return int(connection.execute(query).scalar_one())

    of_log = select(func.count()).select_from(OPERATION)
    of_devices = select(func.count()).select_from(DEVICE).where(DEVICE.c.state == "active")
    return Overview(
        count(select(func.count()).select_from(BATCH).where(BATCH.c.received >= day_start)),
        count(select(func.coalesce(func.sum(BATCH.c.count), 0)).where(BATCH.c.received >= day_start)),
        count(of_log.where(OPERATION.c.kind == "record", OPERATION.c.verdict == "accepted")),
        count(of_log.where(OPERATION.c.verdict == "returned")),
        count(of_log.where(OPERATION.c.verdict == "held")),
        count(select(func.count()).select_from(CONTENDER).where(CONTENDER.c.guarded == 1, CONTENDER.c.resolved_at == 0)),
        count(select(func.count()).select_from(QUARANTINE).where(QUARANTINE.c.settled_at == 0)),
        count(of_devices),
        count(of_devices.where(DEVICE.c.seen < now - SILENT_MS)),
    )


def batches(connection: Connection, township: str, before: int) -> list[Mapping[str, Any]]:
    """Return a page of batches received before an instant, newest first."""
    names = ("township", "device", "seq", "received", "count", "returned", "bytes", "channel")
    query = select(*(BATCH.c[name] for name in names), DEVICE.c.label).join(DEVICE, DEVICE.c.id == BATCH.c.device)
    query = query.where(BATCH.c.received < before, *([BATCH.c.township == township] if township else []))
    return [dict(row) for row in connection.execute(query.order_by(BATCH.c.received.desc()).limit(PAGE)).mappings()]


_LOG = ("township", "n", "kind", "subject", "village", "person", "form_id", "occurred_on", "device", "seq", "idx", "verdict", "reason",
        "field", "sentence", "actor", "received")  # fmt: skip


def batch(connection: Connection, device: str, seq: int) -> list[Mapping[str, Any]]:
    """Return the operations of a batch in order."""
    query = select(*(OPERATION.c[name] for name in _LOG)).where(OPERATION.c.device == device, OPERATION.c.seq == seq)
    return [dict(row) for row in connection.execute(query.order_by(OPERATION.c.idx)).mappings()]


def operation(connection: Connection, township: str, n: int) -> dict[str, Any] | None:
    """Return one line of the log with its body taken apart."""
    query = select(OPERATION).where(OPERATION.c.township == township, OPERATION.c.n == n)
    row = connection.execute(query).mappings().first()
    return {**row, "body": canonical.loads(row["body"]) if row["body"] else {}} if row else None


def versions(connection: Connection, township: str, subject: str) -> list[Mapping[str, Any]]:
    """Return every line of the log about a subject."""
    query = select(*(OPERATION.c[name] for name in _LOG)).where(OPERATION.c.township == township, OPERATION.c.subject == subject)
    return [dict(row) for row in connection.execute(query.order_by(OPERATION.c.n)).mappings()]


def records(connection: Connection, township: str, verdict: str, before: int) -> list[Mapping[str, Any]]:
    """Return a page of records received before an instant, newest first."""
    conditions = [OPERATION.c.kind == "record", OPERATION.c.received < before]
    conditions += [OPERATION.c.township == township] if township else []
    conditions += [OPERATION.c.verdict == verdict] if verdict else []
    query = select(*(OPERATION.c[name] for name in _LOG)).where(*conditions)
    return [
        dict(row) for row in connection.execute(query.order_by(OPERATION.c.received.desc(), OPERATION.c.n.desc()).limit(PAGE)).mappings()
    ]


def conflicts(connection: Connection) -> list[dict[str, Any]]:
    """Return the guarded fields in dispute with the current value beside the contender."""
    query = select(CONTENDER).where(CONTENDER.c.guarded == 1, CONTENDER.c.resolved_at == 0).order_by(CONTENDER.c.hlc).limit(PAGE)
    found = []
    for row in connection.execute(query).mappings().all():
        state = STATE.c.township == row["township"], STATE.c.kind == row["kind"], STATE.c.id == row["subject"]
        text = connection.execute(select(STATE.c.fields).where(*state)).scalar()
        fields = canonical.loads(text) if text else {}
        names = {"current": fields.get(row["field"], {}).get("v"), "name": fields.get("name", {}).get("v", row["subject"])}
        found.append({**row, "contender": canonical.loads(row["value"]), **names})
    return found


def forms(connection: Connection) -> list[Mapping[str, Any]]:
    """Return the forms that this county issued, newest first."""
    names = ("form_id", "version", "title", "issued_by", "issued")
    return [dict(row) for row in connection.execute(select(*(FORM.c[name] for name in names)).order_by(FORM.c.issued.desc())).mappings()]


def parameters(connection: Connection) -> list[Mapping[str, Any]]:
    """Return the parameters that this county issued, newest first."""
    return [dict(row) for row in connection.execute(select(PARAMETER).order_by(PARAMETER.c.created_at.desc())).mappings()]


def audit_page(connection: Connection, before: int) -> list[Mapping[str, Any]]:
    """Return a page of the audit log before a number, newest first."""
    query = select(AUDIT).where(AUDIT.c.n < before).order_by(AUDIT.c.n.desc()).limit(PAGE)
    return [dict(row) for row in connection.execute(query).mappings()]


def township_codes(connection: Connection) -> list[str]:
    """Return the townships that have joined."""
    return list(connection.execute(select(TOWNSHIP.c.code).order_by(TOWNSHIP.c.code)).scalars())

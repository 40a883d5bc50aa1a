"""Builds the pages of the feed: what changed in a township after a number, as far as one laptop's villages go, but for its own records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlalchemy import Connection, select, update

from mzdesk import canonical
from sync import feed
from sync.county import ledger
from sync.county.county import County, epoch_of
from sync.county.judge import DIVISION, MERGED_KINDS, TOMBSTONE
from sync.county.ledger import DeviceRow, among
from sync.county.tables import CONTENDER, DEVICE, FEED, OPERATION, STATE
from sync.feed import PAGE_ITEMS, Page
from sync.operations import RECORD
from sync.receipts import HELD, RETURNED

PAGE_BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class _Line:
    """One number of the feed, from the log or from what the county itself put in."""

    n: int
    kind: str
    subject: str
    village: str
    from_village: str
    device: str
    body: str
    seq: int
    own: bool


def page(county: County, device: DeviceRow, after: int) -> bytes:
    """Return the sealed page of what came after number `after`."""
    with county.read() as connection:
        built = build_page(county, connection, device, after)
    if after > device.cursor:
        with county.write() as connection:
            connection.execute(update(DEVICE).where(DEVICE.c.id == device.id).values(cursor=after))
    return feed.write_page(built, county.folder.keys.sign, X25519PublicKey.from_public_bytes(device.box_key))


def build_page(county: County, connection: Connection, device: DeviceRow, after: int) -> Page:
    """Return the page before it is sealed."""
    last = ledger.township(connection, device.township).feed
    lines = _lines(connection, device.township, after, min(after + PAGE_ITEMS, last))
    reached, kept = _fit(lines, min(after + PAGE_ITEMS, last))
    items = _items(connection, device, kept)
    return Page(county.id, device.id, after, max(after, reached), last, epoch_of(connection), county.clock.now_ms(), tuple(items))


def _lines(connection: Connection, township: str, after: int, upto: int) -> list[_Line]:
    log = select(
        OPERATION.c.n,
        OPERATION.c.kind,
        OPERATION.c.subject,
        OPERATION.c.village,
        OPERATION.c.from_village,
        OPERATION.c.device,
        OPERATION.c.body,
        OPERATION.c.seq,
    )
    passed = OPERATION.c.verdict.not_in([RETURNED, HELD])
    log = log.where(OPERATION.c.township == township, OPERATION.c.n > after, OPERATION.c.n <= upto, passed)
    own = select(FEED.c.n, FEED.c.kind, FEED.c.village, FEED.c.device, FEED.c.body)
    own = own.where(FEED.c.township == township, FEED.c.n > after, FEED.c.n <= upto)
    lines = [_Line(*row, own=False) for row in connection.execute(log)]
    lines += [_Line(n, kind, "", village, "", device, body, 0, own=True) for n, kind, village, device, body in connection.execute(own)]
    return sorted(lines, key=lambda line: line.n)


def _fit(lines: list[_Line], upto: int) -> tuple[int, list[_Line]]:
    """Return the lines that fit one page, and the number that it reaches."""
    size = 0
    for place, line in enumerate(lines):
        size += len(line.body)
        if size > PAGE_BYTES and place:
            return lines[place - 1].n, lines[:place]
    return upto, lines


def covers(device: DeviceRow, village: str) -> bool:
    """Tell whether a laptop sees this village; what belongs to no village is for all."""
    return not village or not device.villages or village in device.villages


def _is_own(line: _Line, device: DeviceRow) -> bool:
    """Tell whether this laptop sealed the record itself; what it submitted as an ODK client (batch 0) it does not hold."""
    return line.device == device.id and line.seq > 0


def _items(connection: Connection, device: DeviceRow, lines: Iterable[_Line]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    touched: dict[tuple[str, str], int] = {}
    for line in lines:
        if line.own:
            if (not line.device or line.device == device.id) and covers(device, line.village):
                items.append(_own_item(line, touched))
        elif line.kind in MERGED_KINDS:
            touched[line.kind, line.subject] = line.n
            if line.from_village and covers(device, line.from_village) and not covers(device, line.village):
                items.append({"n": line.n, "kind": feed.LEFT_ITEM, "of": line.kind, "id": line.subject, "village": line.village})
        elif line.kind in (RECORD, TOMBSTONE, DIVISION) and not _is_own(line, device) and covers(device, line.village):
            items.append(_log_item(line))
    items.extend(_state_items(connection, device, touched))
    return sorted(items, key=lambda item: int(item["n"]))


def _own_item(line: _Line, touched: dict[tuple[str, str], int]) -> dict[str, Any]:
    body = canonical.loads(line.body)
    if line.kind in (feed.VERDICT_ITEM, feed.STATE_ITEM) and body["of"] in MERGED_KINDS:
        touched[body["of"], body["id"]] = line.n
    if line.kind == feed.STATE_ITEM:
        return {"n": line.n, "kind": "touch"}
    return {**body, "n": line.n, "kind": line.kind}


def _log_item(line: _Line) -> dict[str, Any]:
    body = canonical.loads(line.body)
    if line.kind == TOMBSTONE:
        at = int(body["hlc"][:12], 16)
        return {"n": line.n, "kind": feed.TOMBSTONE_ITEM, "id": line.subject, "why": str(body["set"].get("why", "")), "at": at}
    if line.kind == DIVISION:
        return {"n": line.n, "kind": feed.DIVISION_ITEM, "division": {**body["set"], "code": line.subject}}
    return {"n": line.n, "kind": feed.RECORD_ITEM, "id": line.subject, "op": body["op"], "actor": body["actor"], "set": body["set"]}


def _state_items(connection: Connection, device: DeviceRow, touched: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    if not touched:
        return []
    ids = [subject for _, subject in touched]
    query = select(STATE.c.kind, STATE.c.id, STATE.c.village, STATE.c.fields, STATE.c.revision)
    rows = connection.execute(query.where(STATE.c.township == device.township, among(connection, STATE.c.id, ids))).all()
    contenders = _contenders(connection, device.township, ids)
    return [
        {
            "n": touched[row.kind, row.id],
            "kind": feed.STATE_ITEM,
            "of": row.kind,
            "id": row.id,
            "revision": row.revision,
            "fields": {name: {"v": item["v"], "op": item["op"]} for name, item in canonical.loads(row.fields).items()},
            "contenders": contenders.get((row.kind, row.id), []),
        }
        for row in rows
        if (row.kind, row.id) in touched and covers(device, row.village)
    ]


def _contenders(connection: Connection, township: str, ids: list[str]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    names = ("id", "kind", "subject", "field", "op", "hlc", "village", "resolved_by", "resolved_at")
    query = select(*(CONTENDER.c[name] for name in names), CONTENDER.c.value).where(
        CONTENDER.c.township == township, among(connection, CONTENDER.c.subject, ids), CONTENDER.c.guarded == 1
    )
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in connection.execute(query):
        values = {name: getattr(row, name) for name in names} | {"value_json": row.value}
        found.setdefault((row.kind, row.subject), []).append(values)
    return found

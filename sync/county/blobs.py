"""Receives attachments in ranges: content-addressed, sealed like a frame's body, resumable; the whole is checked against its digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from sync import signed
from sync.county.county import County
from sync.county.database import insert_ignore
from sync.county.ledger import DeviceRow
from sync.county.tables import BLOB
from sync.signed import BadDocumentError

MAX_RANGE = 256 << 10
MAX_BLOB = 64 << 20
DEVICE_UNFINISHED = 128 << 20
TAG = b"MZA1-hpke"


@dataclass(frozen=True, slots=True)
class BlobRange:
    """One range of an attachment: `digest` is the SHA-256 of the whole in hex."""

    digest: str
    offset: int
    total: int


class BlobRefusedError(Exception):
    """A range that is not taken; `code` is BAD_BLOB, OFFSET or TOO_BIG, `offset` where to go on."""

    def __init__(self, code: str, offset: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.offset = offset


def length(connection: Connection, township: str, digest: str) -> int:
    """Return how many bytes of an attachment lie here without a hole."""
    query = select(BLOB.c.offset, BLOB.c.length).where(BLOB.c.township == township, BLOB.c.digest == digest)
    expected = 0
    for offset, size in connection.execute(query.order_by(BLOB.c.offset)):
        if offset != expected:
            break
        expected += size
    return expected


def take(county: County, device: DeviceRow, part: BlobRange, sealed: bytes) -> int:
    """Keep a range; return how many bytes lie here now. Raises BlobRefusedError; a whole that does not match its digest is dropped."""
    content = _open(county, part, sealed)
    if not 0 < part.total <= MAX_BLOB or part.offset + len(content) > part.total:
        raise BlobRefusedError("TOO_BIG")
    with county.write() as connection:
        have = length(connection, device.township, part.digest)
        if have >= part.total:
            return have
        if part.offset != have:
            raise BlobRefusedError("OFFSET", have)
        _check_room(connection, device, len(content))
        row = {"township": device.township, "digest": part.digest, "offset": part.offset, "length": len(content), "total": part.total}
        insert_ignore(connection, BLOB, [row | {"bytes": content, "device": device.id, "received": county.clock.now_ms()}])
        have += len(content)
        if have == part.total and hashlib.sha256(read(connection, device.township, part.digest)).hexdigest() != part.digest:
            connection.execute(delete(BLOB).where(BLOB.c.township == device.township, BLOB.c.digest == part.digest))
            return 0
    return have


def _open(county: County, part: BlobRange, sealed: bytes) -> bytes:
    for key in county.folder.keys.boxes.values():
        try:
            return signed.unseal(TAG + f"\0{part.digest}\0{part.offset}".encode(), sealed, key, MAX_RANGE)
        except BadDocumentError:
            continue
    raise BlobRefusedError("BAD_BLOB")


def _check_room(connection: Connection, device: DeviceRow, size: int) -> None:
    whole = select(BLOB.c.digest).where(BLOB.c.township == device.township).group_by(BLOB.c.digest)
    whole = whole.having(func.sum(BLOB.c.length) == func.max(BLOB.c.total))
    used = select(func.coalesce(func.sum(BLOB.c.length), 0)).where(BLOB.c.device == device.id, BLOB.c.digest.not_in(whole))
    if int(connection.execute(used).scalar_one()) + size > DEVICE_UNFINISHED:
        raise BlobRefusedError("TOO_BIG")


def read(connection: Connection, township: str, digest: str) -> bytes:
    """Return an attachment as far as it lies here."""
    query = select(BLOB.c.bytes).where(BLOB.c.township == township, BLOB.c.digest == digest).order_by(BLOB.c.offset)
    return b"".join(bytes(part) for part in connection.execute(query).scalars())

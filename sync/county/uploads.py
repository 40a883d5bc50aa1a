"""Keeps the part of a frame that did arrive when a line broke, so that only the rest is sent again; bounded for each laptop."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from sync.county.database import insert_ignore
from sync.county.tables import UPLOAD

EXPIRY_MS = 7 * 86_400_000
DEVICE_BYTES = 64 << 20
PART = 128 << 10


@dataclass(frozen=True, slots=True)
class Upload:
    """The upload of one frame by one laptop."""

    device: str
    digest: str


def offset(connection: Connection, upload: Upload) -> int:
    """Return how many bytes lie here, without a hole."""
    expected = 0
    query = select(UPLOAD.c.offset, UPLOAD.c.length).where(UPLOAD.c.device == upload.device, UPLOAD.c.digest == upload.digest)
    for start, length in connection.execute(query.order_by(UPLOAD.c.offset)):
        if start != expected:
            break
        expected += length
    return expected


def keep(connection: Connection, upload: Upload, start: int, content: bytes, now_ms: int) -> bool:
    """Keep a part; False where the laptop has used up its room."""
    used = connection.execute(select(func.coalesce(func.sum(UPLOAD.c.length), 0)).where(UPLOAD.c.device == upload.device)).scalar_one()
    if int(used) + len(content) > DEVICE_BYTES:
        return False
    row = {"device": upload.device, "digest": upload.digest, "offset": start, "length": len(content), "bytes": content, "received": now_ms}
    insert_ignore(connection, UPLOAD, [row])
    return True


def content(connection: Connection, upload: Upload, length: int) -> bytes:
    """Return the first `length` bytes."""
    query = select(UPLOAD.c.bytes).where(UPLOAD.c.device == upload.device, UPLOAD.c.digest == upload.digest).order_by(UPLOAD.c.offset)
    return b"".join(bytes(part) for part in connection.execute(query).scalars())[:length]


def drop(connection: Connection, upload: Upload) -> None:
    """Forget an upload: it is complete, or was no frame."""
    connection.execute(delete(UPLOAD).where(UPLOAD.c.device == upload.device, UPLOAD.c.digest == upload.digest))


def expire(connection: Connection, now_ms: int) -> int:
    """Forget uploads that nobody continued for a week; return how many parts."""
    return int(connection.execute(delete(UPLOAD).where(UPLOAD.c.received < now_ms - EXPIRY_MS)).rowcount)

"""Files of records: content-addressed, each encrypted under its own key; no plaintext ever touches the disk."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, select

from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import diskfile, keyring_table
from mzdesk.store.images import Cleaned, clean
from mzdesk.store.tables import ATTACHMENT
from mzdesk.vault import kdf

FOLDER, SUFFIX, MAGIC = "attachments", ".mza", b"MZA1"
MAXIMUM_BYTES = 20 << 20
_SALT, _NONCE, _TAG, _NUMBER = 16, 12, 16, 4
_OVERHEAD = len(MAGIC) + _NUMBER + _SALT + _NONCE + _TAG


@dataclass(frozen=True)
class StoredFile:
    """A file that is safe on the disk: SHA-256 in hex of its plain bytes, their number, its media type."""

    digest: str
    size: int
    media_type: str


def put(station: Station, content: bytes, media_type: str) -> StoredFile:
    """Keep `content`, encrypted; pictures are turned upright, scaled down and stripped of EXIF and GPS first.

    Idempotent: the same content is kept once. Raises MzError: too large, not a picture, full disk.
    """
    if len(content) > MAXIMUM_BYTES:
        raise MzError("文件太大", f"一个附件最大 {MAXIMUM_BYTES >> 20} MB，这个有 {len(content) >> 20} MB。")
    cleaned: Cleaned = clean(content, media_type)
    digest = hashlib.sha256(cleaned.content).hexdigest()
    path = _path(station, digest)
    if _opened(station, path, digest) is None:
        with diskfile.telling_disk_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
        diskfile.write_whole(path, _sealed(station, cleaned.content, digest))
    return StoredFile(digest, len(cleaned.content), cleaned.media_type)


def link(connection: Connection, stored: StoredFile, *, record_id: str, question: str, name: str, village: str, now_ms: int) -> None:
    """Attach a stored file to a question of a record, in the transaction that saves the record."""
    row = {"digest": stored.digest, "record_id": record_id, "question": question, "name": name, "media_type": stored.media_type}
    connection.execute(insert(ATTACHMENT).values(**row, size=stored.size, village=village, created_at=now_ms))


def get(station: Station, digest: str) -> bytes:
    """Return the plain bytes of an attachment in the reader's scope. Raises MzError: out of scope, missing or damaged."""
    with station.read() as connection:
        query = select(ATTACHMENT.c.digest).where(ATTACHMENT.c.digest == digest, station.scope.where(ATTACHMENT.c.village))
        if connection.execute(query.limit(1)).first() is None:
            raise MzError("没有这个附件", "它不在您负责的范围内，或已不存在。")
    return read(station, digest)


def read(station: Station, digest: str) -> bytes:
    """Return the plain bytes, whoever asks (the outbox, a backup). Raises MzError where the file is missing or damaged."""
    path = _path(station, digest)
    content = _opened(station, path, digest)
    if content is None:
        what = "损坏" if path.exists() else "不见了"
        raise MzError(f"附件{what}", "请从备份恢复这个附件；如果已经报送，县里也有一份。其他内容不受影响。")
    return content


def damaged(station: Station) -> tuple[str, ...]:
    """Return the digests whose files are missing or damaged (reads every file)."""
    with station.read() as connection:
        digests = connection.execute(select(ATTACHMENT.c.digest).distinct()).scalars().all()
    return tuple(digest for digest in digests if _opened(station, _path(station, digest), digest) is None)


def remove_orphans(station: Station, drafts: Iterable[str] = ()) -> int:
    """Delete files that no record names and that are not in `drafts` (digests); return how many."""
    with station.read() as connection:
        key = keyring_table.attachment_name_key(connection)
        wanted = {*stored_names(connection), *(file_name(key, digest) for digest in drafts)}
    gone = [path for path in (station.folder / FOLDER).glob(f"*{SUFFIX}") if path.name not in wanted]
    for path in gone:
        diskfile.discard(path)
    return len(gone)


def remove_files(station: Station, digests: Iterable[str]) -> None:
    """Delete the files of digests that no record names any more."""
    for digest in digests:
        diskfile.discard(_path(station, digest))


def stored_names(connection: Connection) -> tuple[str, ...]:
    """Return the file names of every attachment that a record names."""
    key = keyring_table.attachment_name_key(connection)
    return tuple(sorted(file_name(key, digest) for digest in connection.execute(select(ATTACHMENT.c.digest).distinct()).scalars()))


def file_name(key: bytes, digest: str) -> str:
    """Return the name of a file: a keyed digest, so that a known picture cannot be recognised by its name."""
    return hmac.digest(key, bytes.fromhex(digest), "sha256").hex() + SUFFIX


def copy_files(source: Path, target: Path, names: Iterable[str]) -> int:
    """Copy the encrypted files of `names` between two folders, where they are missing; return how many. Raises MzError."""
    count = 0
    with diskfile.telling_disk_errors():
        (target / FOLDER).mkdir(parents=True, exist_ok=True)
        for name in names:
            origin, copy = source / FOLDER / name, target / FOLDER / name
            if origin.exists() and not (copy.exists() and copy.stat().st_size == origin.stat().st_size):
                partial = copy.with_name(f"{diskfile.TEMPORARY_PREFIX}{secrets.token_hex(6)}")
                shutil.copyfile(origin, partial)
                diskfile.sync_file(partial)
                partial.replace(copy)
                count += 1
    return count


def _path(station: Station, digest: str) -> Path:
    with station.read() as connection:
        key = keyring_table.attachment_name_key(connection)
    return station.folder / FOLDER / file_name(key, digest)


def _sealed(station: Station, content: bytes, digest: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    with station.read() as connection:
        number, key = keyring_table.attachment_key(connection)
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    head = MAGIC + number.to_bytes(_NUMBER, "big") + salt
    return head + nonce + AESGCM(_file_key(key, salt)).encrypt(nonce, content, head + bytes.fromhex(digest))


def _file_key(key: bytes, salt: bytes) -> bytes:
    return kdf.derive(key, b"mz-attachment", salt)


def _opened(station: Station, path: Path, digest: str) -> bytes | None:
    """Return the plain bytes of the file at `path`, None where it is missing, damaged, or another file."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        sealed = diskfile.read_limited(path, MAXIMUM_BYTES + _OVERHEAD)
    except MzError:
        return None
    start = len(MAGIC) + _NUMBER
    number, salt = int.from_bytes(sealed[len(MAGIC) : start], "big"), sealed[start : start + _SALT]
    with station.read() as connection:
        _, key = keyring_table.attachment_key(connection, number) if number else (0, b"")
    if not key or len(sealed) < _OVERHEAD or not sealed.startswith(MAGIC):
        return None
    body = start + _SALT
    try:
        plain = AESGCM(_file_key(key, salt)).decrypt(
            sealed[body : body + _NONCE], sealed[body + _NONCE :], sealed[:body] + bytes.fromhex(digest)
        )
    except InvalidTag:
        return None
    return plain if hashlib.sha256(plain).hexdigest() == digest else None

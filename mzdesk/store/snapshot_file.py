"""The file of one backup: header, vault.json and an encrypted database in one; any changed byte is noticed and its part named.

Layout: `MZK1 | header length u32 | header | SHA-256(header) | HMAC(header) | vault.json | database`. The header holds no personal data.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.store import diskfile

MAGIC, SUFFIX = b"MZK1", ".mzk"
MAXIMUM_HEADER, MAXIMUM_VAULT, CHUNK = 4 << 20, 1 << 20, 1 << 20
_LENGTH = struct.Struct(">I")
_DIGEST_BYTES = 32


@dataclass(frozen=True)
class SnapshotHeader:
    """What a backup tells of itself without a key: instants in Unix ms, sizes in bytes, `counts` rows per table."""

    created_at: int
    reason: str
    vault: str
    station: str
    epoch: int
    schema: int
    salt: bytes
    vault_size: int
    vault_sha256: str
    database_size: int
    database_sha256: str
    counts: Mapping[str, int]
    audit_seq: int
    audit_digest: str
    attachments: tuple[str, ...]

    def render(self) -> bytes:
        """Return the canonical bytes."""
        tree = {**self.__dict__, "salt": self.salt.hex(), "counts": dict(self.counts), "attachments": list(self.attachments)}
        return canonical.dumps(tree)


def damaged(path: Path, part: str) -> MzError:
    """Return the error that names the damaged part of a backup."""
    return MzError("备份文件损坏", f"“{path.name}”的{part}不对，不能用来恢复。请换另一个备份。")


def write(path: Path, header: SnapshotHeader, key: bytes, vault: bytes, database: Path) -> None:
    """Write a backup beside `path`, force it to the disk, then give it its name. Raises MzError."""
    temporary = path.with_name(f"{diskfile.TEMPORARY_PREFIX}{os.urandom(6).hex()}")
    rendered = header.render()
    with diskfile.telling_disk_errors():
        try:
            with temporary.open("xb") as target, database.open("rb") as source:
                target.write(MAGIC + _LENGTH.pack(len(rendered)) + rendered)
                target.write(hashlib.sha256(rendered).digest() + _signature(key, rendered) + vault)
                for chunk in _chunks(source, header.database_size):
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            os.replace(temporary, path)
            diskfile.sync_folder(path.parent)
        finally:
            diskfile.discard(temporary)


def read_header(path: Path) -> SnapshotHeader:
    """Return the header of a backup; raises MzError where it is none, or damaged."""
    with diskfile.telling_disk_errors(), path.open("rb") as file:
        return _header(path, file)[0]


def read_vault(path: Path) -> bytes:
    """Return the vault.json in a backup; raises MzError where it is damaged."""
    with diskfile.telling_disk_errors(), path.open("rb") as file:
        header = _header(path, file)[0]
        return _vault(path, file, header)


def verify(path: Path, key: bytes = b"") -> SnapshotHeader:
    """Read the whole file again and check every byte; with `key` also that our own station wrote it. Raises MzError naming the part."""
    with diskfile.telling_disk_errors(), path.open("rb") as file:
        header, rendered, signature = _header(path, file)
        _vault(path, file, header)
        _require(path, "数据部分", _copy(file, header.database_size, None) == header.database_sha256)
        _require(path, "末尾", not file.read(1))
    if key:
        _require(path, "签名", hmac.compare_digest(signature, _signature(key, rendered)))
    return header


def extract_database(path: Path, target: Path) -> SnapshotHeader:
    """Write the encrypted database of a backup to the new file `target`, checked. Raises MzError; then no file is left."""
    with diskfile.telling_disk_errors(), path.open("rb") as file:
        header = _header(path, file)[0]
        _vault(path, file, header)
        try:
            with target.open("xb") as out:
                digest = _copy(file, header.database_size, out)
                out.flush()
                os.fsync(out.fileno())
            _require(path, "数据部分", digest == header.database_sha256)
        except BaseException:
            diskfile.discard(target)
            raise
    return header


def _signature(key: bytes, rendered: bytes) -> bytes:
    return hmac.digest(key, b"mz-snapshot\0" + rendered, "sha256")


def _header(path: Path, file: BinaryIO) -> tuple[SnapshotHeader, bytes, bytes]:
    start = file.read(len(MAGIC) + _LENGTH.size)
    _require(path, "开头", len(start) == len(MAGIC) + _LENGTH.size and start.startswith(MAGIC))
    (length,) = _LENGTH.unpack(start[len(MAGIC) :])
    _require(path, "开头", length <= MAXIMUM_HEADER)
    rendered, digest, signature = file.read(length), file.read(_DIGEST_BYTES), file.read(_DIGEST_BYTES)
    _require(path, "说明部分", len(signature) == _DIGEST_BYTES and hashlib.sha256(rendered).digest() == digest)
    try:
        return _parsed(canonical.loads(rendered)), rendered, signature
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, "说明部分") from error


def _parsed(tree: dict[str, Any]) -> SnapshotHeader:
    whole = {**tree, "salt": bytes.fromhex(tree["salt"]), "counts": dict(tree["counts"]), "attachments": tuple(tree["attachments"])}
    header = SnapshotHeader(**whole)
    numbers = (header.created_at, header.epoch, header.schema, header.vault_size, header.database_size, header.audit_seq)
    if not all(type(value) is int and value >= 0 for value in numbers):
        raise ValueError("not a header")
    return header


def _vault(path: Path, file: BinaryIO, header: SnapshotHeader) -> bytes:
    _require(path, "账户部分", header.vault_size <= MAXIMUM_VAULT)
    vault = file.read(header.vault_size)
    _require(path, "账户部分", hashlib.sha256(vault).hexdigest() == header.vault_sha256)
    return vault


def digest_of(path: Path) -> tuple[int, str]:
    """Return (size, SHA-256) of a file. Raises MzError."""
    with diskfile.telling_disk_errors(), path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        return size, _copy(file, size, None)


def _copy(source: BinaryIO, size: int, target: BinaryIO | None) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(source, size):
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return digest.hexdigest()


def _chunks(source: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := source.read(min(CHUNK, size))):
        size -= len(chunk)
        yield chunk


def _require(path: Path, part: str, holds: bool) -> None:
    if not holds:
        raise damaged(path, part)

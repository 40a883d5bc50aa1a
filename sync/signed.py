"""Owns small signed documents and the sealing of bytes to one reader: tickets, device records, feed pages and orders share it."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Any

import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from sync import strict
from sync.protocol import SIGNATURE, SUITE_X25519, SUITES, FrameError, unpack

_SIZE = struct.Struct(">I")


class BadDocumentError(Exception):
    """Not signed by who it claims, not sealed to us, or not of this shape."""


def encode(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of base64url `text`; raises BadDocumentError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadDocumentError("base64") from None


def sign(tag: bytes, value: Any, signer: Ed25519PrivateKey) -> bytes:
    """Return the canonical JSON of `value` followed by a signature that only holds for `tag`."""
    raw = strict.dumps(value)
    return raw + signer.sign(tag + b"\0" + raw)


def verify(tag: bytes, raw: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """Return the signed object in `raw`; raises BadDocumentError unless `key` signed it under `tag`."""
    if len(raw) <= SIGNATURE:
        raise BadDocumentError("length")
    try:
        key.verify(raw[-SIGNATURE:], tag + b"\0" + raw[:-SIGNATURE])
    except InvalidSignature:
        raise BadDocumentError("signature") from None
    return read_object(raw[:-SIGNATURE])


def read_object(raw: bytes) -> dict[str, Any]:
    """Return the canonical JSON object in `raw`; raises BadDocumentError."""
    try:
        value = strict.loads(raw)
    except strict.NotCanonicalError as error:
        raise BadDocumentError(str(error)) from None
    if type(value) is not dict:
        raise BadDocumentError("object")
    return value


def seal(tag: bytes, plain: bytes, reader: X25519PublicKey) -> bytes:
    """Return `plain` compressed and sealed so that only `reader` opens it, and only as what `tag` says."""
    packed = zstandard.ZstdCompressor(level=6, write_checksum=True, write_content_size=True).compress(plain)
    return _SIZE.pack(len(plain)) + SUITES[SUITE_X25519].encrypt(packed, reader, tag + b"\0" + _SIZE.pack(len(plain)))


def unseal(tag: bytes, sealed: bytes, key: X25519PrivateKey, limit: int) -> bytes:
    """Return what was sealed to `key`, at most `limit` bytes; raises BadDocumentError."""
    if len(sealed) < _SIZE.size:
        raise BadDocumentError("length")
    (size,) = _SIZE.unpack_from(sealed)
    if size > limit:
        raise BadDocumentError("size")
    try:
        packed = SUITES[SUITE_X25519].decrypt(sealed[_SIZE.size :], key, tag + b"\0" + sealed[: _SIZE.size])
    except Exception:  # the backend raises its own kinds for short and for altered input
        raise BadDocumentError("sealed to another") from None
    try:
        return unpack(packed, size)
    except FrameError as error:
        raise BadDocumentError(error.code) from None


def public_bytes(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    """Return the 32 public bytes of a private key."""
    return key.public_key().public_bytes_raw()


def read_signing_key(text: Any) -> Ed25519PublicKey:
    """Return the Ed25519 key in base64url `text`; raises BadDocumentError."""
    return Ed25519PublicKey.from_public_bytes(_key_bytes(text))


def read_sealing_key(text: Any) -> X25519PublicKey:
    """Return the X25519 key in base64url `text`; raises BadDocumentError."""
    return X25519PublicKey.from_public_bytes(_key_bytes(text))


def _key_bytes(text: Any) -> bytes:
    if type(text) is not str or len(raw := decode(text)) != 32:
        raise BadDocumentError("key")
    return raw

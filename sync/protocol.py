"""Owns the frame MZB1: how a batch of operations is sealed, signed, parsed and opened; pure, and bounded on any input.

Layout (PROTOCOL.md §3): "MZB1" | suite u8 | header length u32 | header | body length u32 | body | signature[64].
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from sync import strict

MAGIC = b"MZB1"
VERSION = 1
SCHEMA = 1
SUITE_X25519 = 1  # 2 is kept for SM2/SM3/SM4, 3 for ML-KEM-768 + X25519
MAX_FRAME = 8 << 20
MAX_HEADER = 4096
MAX_PLAIN = 32 << 20
MAX_WINDOW = 8 << 20
MAX_OPERATIONS = 2000
SIGNATURE = 64
ZERO_DIGEST = "0" * 64

SUITES = {SUITE_X25519: hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)}

_IDENT = re.compile(r"[a-z0-9-]{1,40}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_START = struct.Struct(">4sBI")
_LENGTH = struct.Struct(">I")
_LEVEL = 3


class FrameError(Exception):
    """A frame that is refused; `code` is stable (PROTOCOL.md §4) and never carries content."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Header:
    """The plain part of a frame; `hlc` is its clock, `audit` the head of the laptop's audit chain; no personal data."""

    county: str
    township: str
    device: str
    seq: int
    prev: str
    ekid: str
    hlc: str
    audit: str
    count: int = 0
    plain: int = 0
    schema: int = SCHEMA
    v: int = VERSION

    def to_json(self) -> dict[str, Any]:
        """Return exactly the keys of the wire."""
        return {key: getattr(self, key) for key in _HEADER_TYPES}


_HEADER_TYPES: dict[str, type] = {
    "v": int,
    "county": str,
    "township": str,
    "device": str,
    "seq": int,
    "prev": str,
    "count": int,
    "plain": int,
    "ekid": str,
    "schema": int,
    "hlc": str,
    "audit": str,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame taken apart but not yet trusted; `digest` is the SHA-256 in hex of everything before the signature."""

    header: Header
    suite: int
    header_bytes: bytes
    body: bytes
    signature: bytes
    digest: str

    def verify(self, key: Ed25519PublicKey) -> None:
        """Raise FrameError BAD_SIGNATURE unless `key` signed this frame."""
        try:
            key.verify(self.signature, b"MZB1-sig\0" + bytes.fromhex(self.digest))
        except InvalidSignature:
            raise FrameError("BAD_SIGNATURE") from None


@dataclass(frozen=True, slots=True)
class Sealed:
    """The final bytes of a batch: every retry on any channel sends these."""

    header: Header
    frame: bytes
    digest: str


def seal(header: Header, operations: Sequence[bytes], signer: Ed25519PrivateKey, county: X25519PublicKey) -> Sealed:
    """Return the frame of `operations`, each one line of canonical JSON; raises ValueError beyond the limits."""
    plain = b"".join(line + b"\n" for line in operations)
    if not 0 < len(operations) <= MAX_OPERATIONS or len(plain) > MAX_PLAIN:
        raise ValueError("a batch holds 1 to 2,000 operations and at most 32 MiB")
    written = {**header.to_json(), "count": len(operations), "plain": len(plain)}
    header_bytes = strict.dumps(written)
    packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True).compress(plain)
    body = SUITES[SUITE_X25519].encrypt(packed, county, b"MZB1-hpke\0" + header_bytes)
    before = _START.pack(MAGIC, SUITE_X25519, len(header_bytes)) + header_bytes + _LENGTH.pack(len(body)) + body
    if len(before) + SIGNATURE > MAX_FRAME:
        raise ValueError("a frame is at most 8 MiB")
    digest = hashlib.sha256(before).digest()
    return Sealed(Header(**written), before + signer.sign(b"MZB1-sig\0" + digest), digest.hex())


def parse(raw: bytes) -> Frame:
    """Take a frame apart; raises FrameError on anything that is not exactly one."""
    if len(raw) > MAX_FRAME:
        raise FrameError("TOO_BIG")
    if len(raw) < _START.size + _LENGTH.size + SIGNATURE or raw[:4] != MAGIC:
        raise FrameError("NOT_A_BATCH")
    _, suite, header_length = _START.unpack_from(raw)
    if suite not in SUITES:
        raise FrameError("BAD_SUITE")
    body_at = _START.size + header_length + _LENGTH.size
    if header_length > MAX_HEADER or body_at + SIGNATURE > len(raw):
        raise FrameError("TRUNCATED")
    (body_length,) = _LENGTH.unpack_from(raw, body_at - _LENGTH.size)
    if body_at + body_length + SIGNATURE != len(raw):
        raise FrameError("TRUNCATED")
    header_bytes = raw[_START.size : _START.size + header_length]
    digest = hashlib.sha256(memoryview(raw)[:-SIGNATURE]).hexdigest()
    return Frame(_read_header(header_bytes), suite, header_bytes, raw[body_at:-SIGNATURE], raw[-SIGNATURE:], digest)


def _read_header(raw: bytes) -> Header:
    try:
        value = strict.loads(raw)
    except strict.NotCanonicalError as error:
        raise FrameError("BAD_HEADER", str(error)) from None
    if type(value) is not dict or set(value) != set(_HEADER_TYPES):
        raise FrameError("BAD_HEADER", "keys")
    wrong = next((key for key, kind in _HEADER_TYPES.items() if type(value[key]) is not kind), None)
    if wrong is not None or not _header_in_range(value):
        raise FrameError("BAD_HEADER", wrong or "range")
    return Header(**value)


def _header_in_range(value: Mapping[str, Any]) -> bool:
    return (
        value["v"] == VERSION
        and 1 <= value["seq"] <= strict.MAX_INTEGER
        and 0 < value["count"] <= MAX_OPERATIONS
        and 0 < value["plain"] <= MAX_PLAIN
        and 0 <= value["schema"] <= 0xFFFF
        and bool(_DIGEST.match(value["prev"]))
        and (value["audit"] == "" or bool(_DIGEST.match(value["audit"])))
        and len(value["hlc"]) <= 64
        and all(_IDENT.match(value[key]) for key in ("county", "township", "device", "ekid"))
    )


def open_lines(frame: Frame, key: X25519PrivateKey) -> list[bytes]:
    """Return the operations of a verified frame, one line each; raises FrameError where the body does not open."""
    try:
        packed = SUITES[frame.suite].decrypt(frame.body, key, b"MZB1-hpke\0" + frame.header_bytes)
    except Exception:  # the backend raises its own kinds for short and for altered input
        raise FrameError("CANNOT_DECRYPT") from None
    plain = unpack(packed, frame.header.plain)
    if not plain.endswith(b"\n"):
        raise FrameError("SIZE_LIE")
    lines = plain[:-1].split(b"\n")
    if len(lines) != frame.header.count:
        raise FrameError("COUNT_LIE")
    return lines


def unpack(packed: bytes, size: int) -> bytes:
    """Return the `size` bytes of the zstd frame `packed`; raises FrameError where it says or holds another size."""
    try:
        if zstandard.get_frame_parameters(packed).content_size != size:
            raise FrameError("SIZE_LIE")
        decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        plain = decompressor.decompress(packed, max_output_size=size, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError) as error:
        raise FrameError("BAD_ZSTD", type(error).__name__) from None
    if len(plain) != size:
        raise FrameError("SIZE_LIE")
    return plain

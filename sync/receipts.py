"""Owns the receipt MZR1: the county's signed word on one batch; only a verified one may mark operations as delivered (I2)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mzdesk.clock import beijing
from sync import strict
from sync.protocol import MAX_OPERATIONS, SIGNATURE

MAX_RECEIPT = 4 << 20

ACCEPTED, MERGED, CONFLICT, DUPLICATE, HELD, RETURNED = "accepted", "merged", "conflict", "duplicate", "held", "returned"
VERDICTS = frozenset({ACCEPTED, MERGED, CONFLICT, DUPLICATE, HELD, RETURNED})
FRAME_RETURNED = "frame"  # kind of a receipt that consumed the number but could not open the body

_KEYS = {"county", "device", "seq", "digest", "verdicts", "feed_hi", "server_ms", "epoch"}


class BadReceiptError(Exception):
    """Not a receipt of this county for this batch: the exchange failed, as if the line had been cut."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the county decided about one operation.

    `reason` is a stable code (or the id of the missing parent where held), `field` names the question or column,
    `sentence` is Chinese and meant for the person who must mend it.
    """

    verdict: str
    reason: str = ""
    field: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A verified receipt; `verdicts` follow the order of the operations and are None where the frame was returned unread."""

    county: str
    device: str
    seq: int
    digest: str
    verdicts: tuple[Verdict, ...] | None
    frame_reason: str
    feed_hi: int
    server_ms: int
    epoch: int
    raw: bytes

    @property
    def number(self) -> str:
        """What a person reads out on the telephone: date, laptop, batch."""
        return receipt_number(self.device, self.seq, self.server_ms)


def receipt_number(device: str, seq: int, server_ms: int) -> str:
    """Return `YYMMDD-ABCD-0001`: Beijing date of receipt, four letters of the laptop, number of the batch."""
    letters = base64.b32encode(hashlib.sha256(device.encode()).digest())[:4].decode()
    return f"{beijing(server_ms):%y%m%d}-{letters}-{seq:04d}"


def write_runs(verdicts: Iterable[Verdict]) -> list[list[Any]]:
    """Return verdicts as runs `[count, verdict, reason, field, sentence]`: 500 accepted ones cost 25 bytes."""
    return [[len(list(group)), verdict.verdict, verdict.reason, verdict.field, verdict.sentence] for verdict, group in groupby(verdicts)]


def write(body: dict[str, Any], signer: Ed25519PrivateKey) -> bytes:
    """Return the canonical receipt and its signature."""
    raw = strict.dumps(body)
    return raw + signer.sign(b"MZR1\0" + raw)


def read(raw: bytes, county_key: Ed25519PublicKey) -> Receipt:
    """Return the receipt in `raw`; raises BadReceiptError unless the county signed exactly these bytes."""
    if not SIGNATURE < len(raw) <= MAX_RECEIPT:
        raise BadReceiptError("length")
    body = raw[:-SIGNATURE]
    try:
        county_key.verify(raw[-SIGNATURE:], b"MZR1\0" + body)
        value = strict.loads(body)
    except (InvalidSignature, strict.NotCanonicalError) as error:
        raise BadReceiptError(type(error).__name__) from None
    if type(value) is not dict or set(value) != _KEYS:
        raise BadReceiptError("keys")
    verdicts, reason = _read_verdicts(value["verdicts"])
    numbers = {key: _integer(value[key]) for key in ("seq", "feed_hi", "server_ms", "epoch")}
    texts = {key: str(value[key]) for key in ("county", "device", "digest")}
    return Receipt(verdicts=verdicts, frame_reason=reason, raw=raw, **texts, **numbers)  # type: ignore[arg-type]


def _integer(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise BadReceiptError("number")
    return value


def _read_verdicts(value: Any) -> tuple[tuple[Verdict, ...] | None, str]:
    if type(value) is dict and set(value) == {FRAME_RETURNED}:
        return None, str(value[FRAME_RETURNED])
    if type(value) is not list:
        raise BadReceiptError("verdicts")
    found: list[Verdict] = []
    for run in value:
        found.extend(_read_run(run, MAX_OPERATIONS - len(found)))
    return tuple(found), ""


def _read_run(run: Any, room: int) -> Sequence[Verdict]:
    if type(run) is not list or len(run) != 5 or type(run[0]) is not int or not 0 < run[0] <= room:
        raise BadReceiptError("run")
    if run[1] not in VERDICTS or any(type(part) is not str for part in run[1:]):
        raise BadReceiptError("verdict")
    return [Verdict(*run[1:])] * run[0]

"""A month of Tai'an at one receiver: 3,782 village laptops and 88 stations, 1.2 million records; `MZ_SHARE` runs a part of it.

Frames are sealed beforehand, a slice at a time; only the sending is timed. The receiver checks forms, merges, logs and answers.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from mzdesk import canonical
from mzdesk.clock import SystemClock, new_id
from sync import protocol, receipts, signed, tickets
from sync.county import ledger
from sync.county.county import County, open_county
from sync.county.tables import DEVICE
from sync.protocol import Header
from sync.transport import HttpTransport
from tests.benchmarks.peers.postgres import postgres
from tests.benchmarks.peers.receiver import CODE, Receiver, Unchecked, receiver
from tests.benchmarks.peers.records import visits

LAPTOPS, STATIONS, RECORDS = 3_782, 88, 1_200_000
SHARE = float(os.environ.get("MZ_SHARE", "1"))
CHECKING = os.environ.get("MZ_CHECK", "2")
SLICE = 40
IN_FLIGHT = 8


@dataclass(frozen=True, slots=True)
class Ready:
    """A sealed frame and the courier that carries it."""

    frame: bytes
    digest: str
    token: str
    count: int


def enrol(county: County, township: str) -> tuple[str, str, Ed25519PrivateKey]:
    """Put a laptop into the county's list; return (device, token, key)."""
    device, token, key = f"d-{new_id(SystemClock())}", secrets.token_urlsafe(16), Ed25519PrivateKey.generate()
    row = {
        "id": device,
        "township": township,
        "sign_key": signed.public_bytes(key),
        "box_key": signed.public_bytes(X25519PrivateKey.generate()),
        "token": tickets.secret_digest(token),
        "record": b"",
        "state": ledger.ACTIVE,
    }
    with county.write() as connection:
        connection.execute(DEVICE.insert(), row)
    return device, token, key


def seal_laptop(county: County, number: int, count: int) -> Ready:
    """Return one laptop's month as a frame."""
    township = f"{CODE}{number % STATIONS + 1:03d}"
    device, token, key = enrol(county, township)
    clock = SystemClock()
    lines = [
        canonical.dumps(
            {
                "op": new_id(clock),
                "id": visit.id,
                "kind": "record",
                "set": visit.content,
                "base": {},
                "hlc": f"{clock.now_ms():012x}-0000-{device}",
                "actor": "u1",
            }
        )
        for visit in visits(count, (f"{township}{number // STATIONS + 200}",), seed=number)
    ]
    keys = county.folder.keys
    header = Header(county.id, township, device, 1, protocol.ZERO_DIGEST, keys.ekid, "0", "")
    sealed = protocol.seal(header, lines, key, keys.boxes[keys.ekid].public_key())
    return Ready(sealed.frame, sealed.digest, token, count)


def slices(county: County) -> Iterator[Sequence[Ready]]:
    """Yield sealed laptops, a slice at a time, so that memory stays small."""
    laptops = max(1, round((LAPTOPS + STATIONS) * SHARE))
    each = RECORDS // (LAPTOPS + STATIONS)
    for start in range(0, laptops, SLICE):
        yield [seal_laptop(county, number, each) for number in range(start, min(start + SLICE, laptops))]


def send(served: Receiver, county: County, ready: Ready) -> float:
    """Send one laptop's month; return the seconds until its receipt was verified."""
    started = time.perf_counter()
    wire = HttpTransport(served.url, token=ready.token, stall_s=120)
    raw = wire.send(ready.frame, ready.digest, fresh=True, meanwhile=None)
    wire.close()
    receipt = receipts.read(raw, county.folder.keys.sign.public_key())
    assert receipt.verdicts is not None and {item.verdict for item in receipt.verdicts} == {receipts.ACCEPTED}
    assert len(receipt.verdicts) == ready.count
    return time.perf_counter() - started


def run() -> dict[str, Any]:
    """Run the month (or `MZ_SHARE` of it)."""
    waits: list[float] = []
    records = seconds = 0.0
    with postgres() as url, tempfile.TemporaryDirectory() as name, receiver(Path(name) / "c", url, CHECKING) as served:
        county = open_county(served.folder, url, checker=Unchecked())
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            for ready in slices(county):
                started = time.perf_counter()
                waits += pool.map(lambda item: send(served, county, item), ready)
                seconds += time.perf_counter() - started
                records += sum(item.count for item in ready)
        county.close()
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database()), (SELECT count(*) FROM operation)").fetchone()
    assert row is not None and row[1] == records
    waits.sort()
    figures = {
        "share": SHARE,
        "laptops": len(waits),
        "records": records,
        "records_per_s": records / seconds,
        "p50_batch_s": waits[len(waits) // 2],
        "p99_batch_s": waits[min(len(waits) - 1, int(len(waits) * 0.99))],
        "database_bytes_per_record": row[0] / records,
        "hours_for_the_month": RECORDS / (records / seconds) / 3600,
    }
    for key, value in figures.items():
        print(f"{key:28s} {value:14.3f}")
    return {"figures": figures, "ratios": {}}

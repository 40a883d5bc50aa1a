"""Receives a stick at the county: the frames of any laptops, in order for each, and one parcel back with receipts and changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mzdesk.clock import beijing
from mzdesk.errors import MzError
from sync import parcel
from sync.county import feeding, ingest, ledger
from sync.county.county import County
from sync.county.ingest import STICK, Received
from sync.parcel import Parcel
from sync.receipts import receipt_number

MAX_PAGES = 200


@dataclass(frozen=True, slots=True)
class StickReport:
    """What a stick brought: frames taken in (or known before), refusals by code, receipt numbers, and the parcel to take back."""

    received: int
    replayed: int
    refused: dict[str, int] = field(default_factory=dict)
    receipts: tuple[str, ...] = ()
    answer: Parcel | None = None


def receive(county: County, path: Path) -> StickReport:
    """Take in a parcel; raises MzError where it is damaged or for another county."""
    brought = parcel.read(path)
    if brought.county != county.id:
        raise MzError("这是另一个县的文件", "文件封给了另一个县，没有采用，也打不开。")
    if not brought.frames and not brought.cursors:
        raise MzError("这个文件里没有交来的数据", "它可能是县里下发的回执文件。请核对 U 盘上的文件。")
    refused: Counter[str] = Counter()
    receipts: dict[tuple[str, int], bytes] = {}
    replayed = 0
    for key, frame in sorted(brought.frames.items()):
        answer = ingest.receive(county, frame, channel=STICK)
        if isinstance(answer, Received):
            receipts[key] = answer.receipt
            replayed += answer.replay
        else:
            refused[answer.code] += 1
    pages = _pages(county, brought)
    now = county.clock.now_ms()
    numbers = tuple(receipt_number(device, seq, now) for device, seq in receipts)
    made = Parcel(county.id, now, receipts=receipts, pages=pages)
    return StickReport(len(receipts) - replayed, replayed, dict(refused), numbers, made)


def _pages(county: County, brought: Parcel) -> dict[tuple[str, int], bytes]:
    pages: dict[tuple[str, int], bytes] = {}
    for device, cursor in sorted(brought.cursors.items()):
        with county.read() as connection:
            row = ledger.device(connection, device)
            last = ledger.township(connection, row.township).feed if row else 0
        after = cursor
        while row is not None and row.state == ledger.ACTIVE and after < last and len(pages) < MAX_PAGES:
            with county.read() as connection:
                reached = feeding.build_page(county, connection, row, after).next
            pages[device, after] = feeding.page(county, row, after)
            after = reached
    return pages


def write_answer(report: StickReport, folder: Path, name: str) -> Path:
    """Write the parcel that goes back to the laptops; raises MzError where the stick fails."""
    assert report.answer is not None
    path = folder / f"{name}-{beijing(report.answer.made_ms):%Y%m%d-%H%M%S}{parcel.SUFFIX}"
    parcel.write(path, report.answer)
    return path

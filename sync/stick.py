"""Owns what a station does with a stick: all that waits goes out in one parcel, receipts and changes come back, in any order."""

from __future__ import annotations

from pathlib import Path

from mzdesk.clock import beijing
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import exchange as store
from sync import account as accounts
from sync import parcel, pull, push
from sync.account import Account
from sync.exchange import Exchanged
from sync.pacing import MOST_BYTES, Pace
from sync.parcel import Parcel
from sync.pull import PageGapError
from sync.receipts import RETURNED, BadReceiptError, Receipt
from sync.signed import BadDocumentError

CHANNEL = "stick"
LOST = "这个文件里的回执核对不上，没有采用。请向县里要一份新的。"


def export(station: Station, folder: Path) -> Path:
    """Seal what waits and write one parcel for the county into `folder`; return its path. Raises MzError."""
    account = accounts.require(station)
    push.seal_all(station, account, Pace(MOST_BYTES // 4))
    with station.read() as connection:
        waiting = store.unreceipted(connection, parcel.MAX_ENTRIES - 1)
    frames = {(account.device, batch.seq): batch.frame for batch in waiting}
    now = station.clock.now_ms()
    made = Parcel(account.record.card.county, now, frames, cursors={account.device: pull.cursor_of(station)})
    path = folder / f"{account.device[:13]}-{beijing(now):%Y%m%d-%H%M%S}{parcel.SUFFIX}"
    parcel.write(path, made)
    with station.write() as connection:
        store.mark_channel(connection, [batch.number for batch in waiting], CHANNEL)
    return path


def take(station: Station, path: Path) -> Exchanged:
    """Take in the county's answer from a stick; raises MzError where it is damaged, for another county or another laptop.

    A parcel read twice changes nothing; pages beyond a gap wait for the missing ones.
    """
    account = accounts.require(station)
    brought = parcel.read(path)
    if brought.county != account.record.card.county:
        raise MzError("这是另一个县的文件", "文件不是您的县开出的，没有采用。请核对 U 盘上的文件。")
    mine = [raw for (device, _), raw in sorted(brought.receipts.items()) if device == account.device]
    pages = [raw for (device, _), raw in sorted(brought.pages.items()) if device == account.device]
    if not mine and not pages:
        raise MzError("这个文件里没有给这台电脑的内容", "它可能是另一台电脑的回执，或者是往县里送的文件。请核对 U 盘上的文件。")
    receipts = _take_receipts(station, account, mine)
    pulled = _take_pages(station, account, pages)
    verdicts = [item for receipt in receipts for item in receipt.verdicts or ()]
    returned = sum(1 for item in verdicts if item.verdict == RETURNED)
    numbers = tuple(receipt.number for receipt in receipts)
    return Exchanged(len(receipts), len(verdicts), len(verdicts) - returned, returned, pulled, numbers)


def _take_receipts(station: Station, account: Account, raws: list[bytes]) -> list[Receipt]:
    try:
        read = [push.read_receipt(account, raw) for raw in raws]
        return [receipt for receipt in read if push.take_receipt(station, account, receipt, CHANNEL)]
    except BadReceiptError:
        raise MzError("回执核对不上", LOST) from None


def _take_pages(station: Station, account: Account, raws: list[bytes]) -> int:
    try:
        pages = sorted((pull.read_page(account, raw) for raw in raws), key=lambda page: page.after)
        return sum(pull.apply_page(station, page) for page in pages)
    except BadDocumentError:
        raise MzError("县里下发的内容核对不上", LOST) from None
    except PageGapError:
        raise MzError("还缺前一份", "这份之前还有一份县里的文件没有导入。请先导入日期较早的那一份。") from None

"""Owns the lower lane: files of records in sealed ranges, content-addressed, going on where they stopped, after all else."""

from __future__ import annotations

from collections.abc import Callable

from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import attachments as files
from mzdesk.store import exchange as store
from sync import signed
from sync.account import Account
from sync.errors import LineError, RefusedError
from sync.transport import Transport

RANGE = 192 << 10
TAG = b"MZA1-hpke"
TRIES = 3


def seal_range(account: Account, digest: str, offset: int, content: bytes) -> bytes:
    """Return a range sealed to the county, bound to its file and place."""
    return signed.seal(TAG + f"\0{digest}\0{offset}".encode(), content, account.record.card.box_key)


def send_waiting(station: Station, account: Account, line: Transport, stopped: Callable[[], bool]) -> int:
    """Send what no county holds yet; return how many files arrived whole. Raises LineError, RefusedError.

    A file that is missing or damaged here holds up none of the others.
    """
    with station.read() as connection:
        waiting = store.waiting_files(connection)
    arrived = 0
    for digest, sent in waiting:
        if stopped():
            break
        try:
            content = files.read(station, digest)
        except MzError:
            continue
        arrived += _send(station, account, line, digest, content, sent, stopped)
    return arrived


def _send(station: Station, account: Account, line: Transport, digest: str, content: bytes, sent: int, stopped: Callable[[], bool]) -> bool:
    tries = 0
    while not stopped():
        part = content[sent : sent + RANGE]
        try:
            have = line.put_blob(digest, sent, len(content), seal_range(account, digest, sent, part))
        except RefusedError as error:
            if error.code != "OFFSET":
                raise
            have = int(str(error.detail.get("offset", 0)))
        tries = tries + 1 if have <= sent else 0
        if tries >= TRIES:
            raise LineError("附件多次没有接上")
        sent = min(have, len(content))
        with station.write() as connection:
            store.mark_file(connection, digest, sent, delivered=sent == len(content))
        if sent == len(content):
            return True
    return False

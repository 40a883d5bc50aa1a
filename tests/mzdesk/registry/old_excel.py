"""Writes a small .xls (BIFF8 in an OLE2 container), because the tests need real ones and no library writes them any more."""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _label(row: int, column: int, text: str) -> bytes:
    return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def _number(row: int, column: int, value: float) -> bytes:
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def _cells(rows: Sequence[Sequence[str | float]]) -> bytes:
    return b"".join(
        _label(row, column, value) if isinstance(value, str) else _number(row, column, value)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if value != ""
    )


def workbook_stream(name: str, rows: Sequence[Sequence[str | float]], *, locked: bool = False) -> bytes:
    """Return the stream of a workbook with one sheet."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    sheet_begin = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)
    head = _record(0x0809, begin) + (_record(0x002F, struct.pack("<H", 1) + b"\1\0\1\0" + bytes(48)) if locked else b"")
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    fixed = len(head) + 4 + 6 + len(title) + 4
    bound = _record(0x0085, struct.pack("<IBB", fixed, 0, 0) + title)
    height, width = len(rows), max(len(row) for row in rows)
    extent = _record(0x0200, struct.pack("<IIHHH", 0, height, 0, width, 0))
    return head + bound + _record(0x000A, b"") + _record(0x0809, sheet_begin) + extent + _cells(rows) + _record(0x000A, b"")


def write_xls(name: str, rows: Sequence[Sequence[str | float]], *, locked: bool = False) -> bytes:
    """Return the bytes of an .xls file."""
    return container({"Workbook": workbook_stream(name, rows, locked=locked)})


def container(streams: dict[str, bytes]) -> bytes:
    """Return an OLE2 compound file with these streams, each padded to whole sectors of the main table."""
    padded = {name: data.ljust(max(4096, -(-len(data) // SECTOR) * SECTOR), b"\0") for name, data in streams.items()}
    table: list[int] = [0xFFFFFFFD, 0xFFFFFFFE]
    body = b""
    entries = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    for number, (name, data) in enumerate(padded.items(), start=1):
        start, count = len(table), len(data) // SECTOR
        table += [*range(start + 1, start + count), 0xFFFFFFFE]
        entries += _entry(name, 2, start, len(data), right=number + 1 if number < len(padded) else 0xFFFFFFFF)
        body += data
    assert len(table) <= 128, "one sector of the allocation table is enough for the tests"
    table += [0xFFFFFFFF] * (128 - len(table))
    entries = entries.ljust(SECTOR, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * (4 * 108)
    return header + struct.pack("<128I", *table) + entries + body


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + struct.pack("<III", 0xFFFFFFFF, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )

"""Text as filled paths: for watermarks, which must be seen but never be extracted, searched or copied."""

import struct
from functools import lru_cache

from mzdesk.reports.fonts import chain
from mzdesk.reports.truetype import FontFile

Point = tuple[float, float, bool]  # x, y, on the curve


@lru_cache(maxsize=8)
def text_path(text: str, role: str, size: float) -> tuple[str, float]:
    """PDF path operators of a line of text whose baseline starts at the origin, and its width in points."""
    ops: list[str] = []
    x = 0.0
    for run in chain(role).runs(text):
        scale = size / run.face.file.units
        for character in run.text:
            ops += [_contour_path(contour, x, scale) for contour in contours(run.face.file, run.face.glyph(character))]
            x += run.face.widths[character] * size
    return " ".join(ops), x


def contours(file: FontFile, glyph: int) -> list[list[Point]]:
    """The contours of a simple glyph in font units; composite glyphs do not occur in the shipped watermark face."""
    data = file.outline(glyph)
    count = struct.unpack_from(">h", data)[0] if len(data) >= 10 else 0
    if count <= 0:
        return []
    ends = struct.unpack_from(f">{count}H", data, 10)
    at = 10 + 2 * count
    at += 2 + struct.unpack_from(">H", data, at)[0]
    flags, at = _flags(data, at, ends[-1] + 1)
    xs, at = _coordinates(data, at, flags, 0x02, 0x10)
    ys, at = _coordinates(data, at, flags, 0x04, 0x20)
    points = [(float(x), float(y), bool(flag & 1)) for x, y, flag in zip(xs, ys, flags, strict=True)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    return [points[start : end + 1] for start, end in zip(starts, ends, strict=True)]


def _flags(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    flags: list[int] = []
    while len(flags) < count:
        flag = data[at]
        at += 1
        flags.append(flag)
        if flag & 0x08:
            flags += [flag] * data[at]
            at += 1
    return flags[:count], at


def _coordinates(data: bytes, at: int, flags: list[int], short: int, same: int) -> tuple[list[int], int]:
    values, value = [], 0
    for flag in flags:
        if flag & short:
            value += data[at] if flag & same else -data[at]
            at += 1
        elif not flag & same:
            value += struct.unpack_from(">h", data, at)[0]
            at += 2
        values.append(value)
    return values, at


def _contour_path(points: list[Point], x: float, scale: float) -> str:
    """One closed contour; quadratic curves become the cubic ones of PDF."""
    full = _with_implied(points)
    start = full[0]
    out = [f"{x + start[0] * scale:.1f} {start[1] * scale:.1f} m"]
    here, index = start, 1
    while index < len(full):
        point = full[index]
        if point[2]:
            out.append(f"{x + point[0] * scale:.1f} {point[1] * scale:.1f} l")
            here, index = point, index + 1
            continue
        end = full[index + 1] if index + 1 < len(full) else start
        values = []
        for near in (here, end):
            values += [near[0] + (point[0] - near[0]) * 2 / 3, near[1] + (point[1] - near[1]) * 2 / 3]
        values += [end[0], end[1]]
        out.append(" ".join(f"{value * scale + (x if position % 2 == 0 else 0):.1f}" for position, value in enumerate(values)) + " c")
        here, index = end, index + 2
    return " ".join(out) + " h"


def _with_implied(points: list[Point]) -> list[Point]:
    """The contour starting on the curve, with the points that TrueType leaves out between two controls."""
    full: list[Point] = []
    for index, point in enumerate(points):
        before = points[index - 1]
        if not point[2] and not before[2]:
            full.append(((point[0] + before[0]) / 2, (point[1] + before[1]) / 2, True))
        full.append(point)
    first = next(index for index, point in enumerate(full) if point[2])
    return full[first:] + full[:first]

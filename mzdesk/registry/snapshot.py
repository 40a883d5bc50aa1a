"""The shipped snapshot of the administrative divisions (665,276 names, facts of 2023): read only, a starting point for a station."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mzdesk.errors import MzError

SNAPSHOT = Path(__file__).parents[2] / "assets" / "data" / "divisions.tsv.xz"
LEVELS = (2, 4, 6, 9, 12)  # digits of province, city, county, township, village
MAXIMUM_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Division:
    """A division: `code` has 2, 4, 6, 9 or 12 digits."""

    code: str
    name: str

    @property
    def parent(self) -> str:
        """Return the code of the division that this one lies in, "" for a province."""
        return parent_code(self.code)


def parent_code(code: str) -> str:
    """Return the code one level up, "" for a province."""
    place = LEVELS.index(len(code))
    return code[: LEVELS[place - 1]] if place else ""


class Snapshot:
    """The whole list in memory as it is in the file (22 MB, sorted by code), searched by bisection; unpacking takes about 0.2 s."""

    def __init__(self, path: Path = SNAPSHOT) -> None:
        """Unpack `path`; raises MzError where it is missing or damaged."""
        try:
            with lzma.open(path) as file:
                self._lines = file.read(MAXIMUM_BYTES)
        except (OSError, lzma.LZMAError, EOFError) as error:
            raise MzError("行政区划数据打不开", "程序文件不完整，请重新安装。") from error

    def name(self, code: str) -> str:
        """Return the name of a division, "" where the snapshot does not know it."""
        start = self._seek(code)
        line_code, _, name = self._line(start).partition("\t")
        return name if line_code == code else ""

    def names_above(self, code: str) -> dict[str, str]:
        """Return code → name of a division and of those around it, for hints and addresses."""
        return {code[:digits]: self.name(code[:digits]) for digits in LEVELS if digits <= len(code)}

    def full_name(self, code: str) -> str:
        """Return such as 山东省泰安市肥城市桃园镇; 市辖区 is left out as in addresses."""
        return "".join(name for name in self.names_above(code).values() if name not in ("市辖区", "县", "省直辖县级行政区划"))

    def children(self, parent: str = "") -> tuple[Division, ...]:
        """Return the divisions one level below `parent` ("": the provinces); a level that has none of its own is skipped."""
        for digits in LEVELS:
            if digits > len(parent) and (found := tuple(self._below(parent, digits))):
                return found
        return ()

    def below(self, parent: str, digits: int) -> tuple[Division, ...]:
        """Return all divisions within `parent` whose codes have `digits` digits."""
        return tuple(self._below(parent, digits))

    def _below(self, parent: str, digits: int) -> Iterator[Division]:
        at = self._seek(parent) if parent else 0
        while line := self._line(at):
            code, _, name = line.partition("\t")
            if not code.startswith(parent):
                return
            if len(code) == digits:
                yield Division(code, name)
                at = self._seek(code + "~")
            else:
                at += len(line.encode()) + 1

    def _line(self, start: int) -> str:
        end = self._lines.find(b"\n", start)
        return self._lines[start : end if end >= 0 else len(self._lines)].decode()

    def _seek(self, code: str) -> int:
        """Return the offset of the first line whose code is not below `code`."""
        wanted, low, high = code.encode(), 0, len(self._lines)
        while low < high:
            middle = self._lines.rfind(b"\n", 0, (low + high) // 2) + 1
            if middle < low:
                middle = low
            line_end = self._lines.find(b"\n", middle)
            end = line_end + 1 if line_end >= 0 else len(self._lines)
            if self._lines[middle:end].partition(b"\t")[0] < wanted:
                low = end
            else:
                high = middle
        return low

"""Power cuts: the recorded disk calls of a day are replayed up to a point, and what was not yet synced is dropped, torn or kept at random.

Names (new files, renames, deletions) reach the disk in order, but only as far as a sync of their folder or chance carries them.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mzdesk.clock import SystemClock
from mzdesk.errors import MzError
from mzdesk.store import database
from tests.mzdesk.store.faults import day
from tests.mzdesk.store.faults.shim import Shim, run_under

SECTOR = 512


@dataclass(frozen=True)
class Event:
    """One recorded call: O created, W write, T truncate, S sync, D folder sync, U delete, R rename, M mark."""

    kind: str
    name: str
    offset: int
    data: bytes


@dataclass
class PowerFigures:
    """What was replayed and found."""

    events: int = 0
    images: int = 0
    lost: int = 0
    unopenable: int = 0
    unsound: int = 0
    samples: list[str] = field(default_factory=list)


@dataclass
class Disk:
    """What is certainly on the disk (`durable`, `names`), and what is still on its way."""

    names: dict[str, int] = field(default_factory=dict)
    live: dict[str, int] = field(default_factory=dict)
    durable: dict[int, bytearray] = field(default_factory=dict)
    waiting: dict[int, list[Event]] = field(default_factory=lambda: defaultdict(list))
    renames: list[Event] = field(default_factory=list)
    number: dict[int, int] = field(default_factory=dict)  # index of a creation → file

    def put(self, name: str, content: bytes) -> None:
        """Start with a file that is safe."""
        self.names[name] = self.live[name] = len(self.durable)
        self.durable[self.live[name]] = bytearray(content)

    def take(self, event: Event) -> None:
        """Follow one call."""
        if event.kind in "WT" and event.name in self.live:
            self.waiting[self.live[event.name]].append(event)
        elif event.kind == "S" and event.name in self.live:
            for one in self.waiting.pop(self.live[event.name], []):
                _apply(self.durable[self.live[event.name]], one)
        elif event.kind == "D":
            here = [one for one in self.renames if _folder(one) == event.name]
            self.renames = [one for one in self.renames if _folder(one) != event.name]
            for one in here:
                self._name(self.names, one)
        elif event.kind in "OUR":
            if event.kind == "O":
                file = len(self.durable)
                self.durable[file] = bytearray()
                self.number[id(event)] = file
            self.renames.append(event)
            self._name(self.live, event)

    def _name(self, names: dict[str, int], event: Event) -> None:
        if event.kind == "O":
            names[event.name] = self.number[id(event)]
        elif event.kind == "U":
            names.pop(event.name, None)
        else:
            old, _, new = event.name.partition(">")
            if old in names:
                names[new] = names.pop(old)

    def image(self, rng: random.Random) -> dict[str, bytes]:
        """Return the files as they may stand after the power is back."""
        names = dict(self.names)
        for event in self.renames[: rng.randrange(len(self.renames) + 1)]:
            self._name(names, event)
        all_lost = rng.random() < 0.2
        return {name: bytes(self._content(file, rng, all_lost=all_lost)) for name, file in names.items()}

    def _content(self, file: int, rng: random.Random, *, all_lost: bool) -> bytearray:
        if not self.waiting.get(file) or all_lost:
            return self.durable[file]
        content = bytearray(self.durable[file])
        for event in self.waiting[file]:
            chance = rng.random()
            if chance < 0.4:
                _apply(content, event)
            elif chance < 0.7 and event.kind == "W":
                for start in range(0, len(event.data), SECTOR):
                    if rng.random() < 0.5:
                        _apply(content, Event("W", event.name, event.offset + start, event.data[start : start + SECTOR]))
            elif chance < 0.75 and event.kind == "W":
                _apply(content, Event("W", event.name, event.offset, rng.randbytes(len(event.data))))
        return content


def _folder(event: Event) -> str:
    head, _, _ = event.name.partition(">")[0].rpartition("/")
    return head or "."


def _apply(content: bytearray, event: Event) -> None:
    if event.kind == "T":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
        return
    if len(content) < event.offset:
        content.extend(bytes(event.offset - len(content)))
    content[event.offset : event.offset + len(event.data)] = event.data


def read_events(path: Path) -> list[Event]:
    """Parse what the shim recorded."""
    log, place, events = path.read_bytes(), 0, []
    while place < len(log):
        end = log.index(b"\n", place)
        kind, rest = chr(log[place]), log[place + 2 : end].decode()
        name, size, offset = rest.rsplit(" ", 2)
        place = end + 1 + int(size)
        events.append(Event(kind, name, int(offset), log[end + 1 : place] if kind == "W" else b""))
    return events


def run(folder: Path, library: Path, images: int, *, synchronous: str = "FULL", steps: int = 40, seed: int = 11) -> PowerFigures:
    """Record a day of `steps` and judge about `images` images of it. `synchronous=NORMAL` is the control that must fail."""
    start, log = folder / "start", folder / "log"
    recovery_key = day.found(start, SystemClock())
    base = {path.name: path.read_bytes() for path in start.iterdir() if path.is_file()}
    run_under(library, __name__, str(start), str(log), recovery_key, synchronous, str(steps), str(seed))
    events = read_events(log)
    figures, rng = PowerFigures(events=len(events)), random.Random(seed)
    for number, (disk, marks) in enumerate(_cuts(base, events)):
        wanted = images * (number + 1) // (len(events) + 1) - figures.images
        for _ in range(wanted):
            _judge_image(folder / "image", disk.image(rng), recovery_key, marks, figures)
    return figures


def _cuts(base: dict[str, bytes], events: list[Event]) -> Iterator[tuple[Disk, list[str]]]:
    disk, marks = Disk(), list[str]()
    for name, content in base.items():
        disk.put(name, content)
    yield disk, marks
    for event in events:
        if event.kind == "M":
            marks.append(event.name)
        else:
            disk.take(event)
        yield disk, marks


def _judge_image(folder: Path, files: dict[str, bytes], recovery_key: str, marks: list[str], figures: PowerFigures) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    figures.images += 1
    try:
        found = day.judge(folder, recovery_key, marks, SystemClock())
    except MzError as error:
        figures.unopenable += 1
        found = [f"unopenable: {error}"]
    figures.unsound += any(one.startswith(("unsound", "half")) for one in found)
    figures.lost += any(not one.startswith(("unsound", "half", "unopenable")) for one in found)
    figures.samples += found[: max(0, 20 - len(figures.samples))]


def _record(start: Path, log: Path, recovery_key: str, synchronous: str, steps: int, seed: int) -> None:
    """Inside the shim: work the day, with a mark after each step that returned."""
    from mzdesk import opening

    pragmas = tuple(f"synchronous={synchronous}" if one.startswith("synchronous") else one for one in database._PRAGMAS)
    database._PRAGMAS = pragmas  # type: ignore[assignment]
    shim, rng = Shim(start), random.Random(seed)
    shim.record(log)
    station = opening.unlock_with_recovery(start, recovery_key, clock=SystemClock())
    work = day.Day(station, rng, shim.mark)
    for number in range(steps):
        work.step(heavy=False)
        if number % 13 == 12:
            rng.choice([work.password, work.back_up, work.new_key])()
    station.close()
    shim.record(None)
    print(json.dumps({"steps": steps}))


if __name__ == "__main__":
    _record(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5]), int(sys.argv[6]))

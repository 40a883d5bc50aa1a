"""Kill −9 exactly before the n-th file operation (open, rename, remove …) of one long act, for n spread over all of them."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from mzdesk import opening
from mzdesk.clock import SystemClock
from mzdesk.station import Station
from mzdesk.store import backup
from mzdesk.vault import rekey, restore
from tests.mzdesk.store.faults import day

OPERATIONS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "shutil.copyfile", "os.listdir", "sqlite3.connect"})


def _restore(station: Station) -> None:
    restore.into_open_station(station, backup.snapshots(station.folder / backup.FOLDER)[0].path)


ACTS: dict[str, Callable[[Station], None]] = {"rekey": rekey.rotate, "restore": _restore}


def problems_after_kills(folder: Path, act: str, points: int) -> list[str]:
    """Run `act` on copies of one station, killed at `points` moments; return everything lost, half done or not sound."""
    start, marks = folder / "start", list[str]()
    recovery_key = day.found(start, SystemClock())
    station = opening.unlock_with_recovery(start, recovery_key, clock=SystemClock())
    work = day.Day(station, random.Random(5), marks.append)
    for step in (work.visit, work.draft, work.attach, work.back_up, work.visit):
        step()
    station.close()
    total, found = _run(folder / "count", start, recovery_key, act, 0), list[str]()
    for point in sorted({1 + total * number // points for number in range(points)}):
        copy = folder / f"at{point}"
        _run(copy, start, recovery_key, act, point)
        found += [f"{act} killed at {point} of {total}: {one}" for one in day.judge(copy, recovery_key, marks, SystemClock())]
    return found


def _run(copy: Path, start: Path, recovery_key: str, act: str, point: int) -> int:
    """Do the act in a child that dies at operation `point` (0: never); return how many operations it made."""
    shutil.copytree(start, copy)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            station = opening.unlock_with_recovery(copy, recovery_key, clock=SystemClock())
            seen = _watch(copy, point)
            ACTS[act](station)
            os.write(writer, str(seen[0]).encode())
        os._exit(0)
    os.close(writer)
    told = b"".join(iter(lambda: os.read(reader, 100), b""))
    os.close(reader)
    os.waitpid(child, 0)
    if not point and not told:
        raise AssertionError(f"{act} failed by itself")
    return int(told or b"0")


def _watch(folder: Path, point: int) -> list[int]:
    seen = [0]

    def count(event: str, arguments: tuple[object, ...]) -> None:
        if event in OPERATIONS and str(folder) in str(arguments[0] if arguments else ""):
            seen[0] += 1
            if seen[0] == point:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    return seen

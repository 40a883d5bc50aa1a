"""Kill −9 at random moments of a working day; every acknowledged step must be there afterwards, and nothing by halves."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from mzdesk import opening
from mzdesk.clock import SystemClock
from tests.mzdesk.store.faults import day

GENERATION = 300  # kills on one station before a fresh one
JUDGED_EVERY = 25


@dataclass
class KillFigures:
    """What was done and found; `problems` must stay empty."""

    kills: int = 0
    acknowledged: int = 0
    problems: list[str] = field(default_factory=list)
    died_by_themselves: int = 0


def run(folder: Path, kills: int, seed: int = 1) -> KillFigures:
    """Kill a working station `kills` times (POSIX)."""
    rng, figures, generation = random.Random(seed), KillFigures(), 0
    while figures.kills < kills:
        generation += 1
        _one_station(folder / f"g{generation}", min(GENERATION, kills - figures.kills), rng, figures)
    return figures


def _one_station(folder: Path, kills: int, rng: random.Random, figures: KillFigures) -> None:
    recovery_key = day.found(folder, SystemClock())
    acknowledged: list[str] = []
    for number in range(1, kills + 1):
        acknowledged += _work_until_killed(folder, recovery_key, rng, figures)
        if number % JUDGED_EVERY == 0 or number == kills:
            figures.problems += day.judge(folder, recovery_key, acknowledged, SystemClock())
    figures.acknowledged += len(acknowledged)


def _work_until_killed(folder: Path, recovery_key: str, rng: random.Random, figures: KillFigures) -> list[str]:
    reader, writer = os.pipe()
    seed, steps, moment = rng.randrange(2**32), rng.choice((0, 0, 1, 2, 3, 5, 8)), rng.expovariate(1 / 0.004)
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work(folder, recovery_key, seed, writer)
    os.close(writer)
    told = bytearray()
    while told.count(b"\n") <= steps and (chunk := os.read(reader, 1 << 16)):  # the first line says that the station is open
        told += chunk
    time.sleep(moment)  # and die somewhere in the next step
    os.kill(child, signal.SIGKILL)
    while chunk := os.read(reader, 1 << 16):
        told += chunk
    os.close(reader)
    _, status = os.waitpid(child, 0)
    figures.kills += 1
    figures.died_by_themselves += not os.WIFSIGNALED(status)
    return [line for line in told.decode().split("\n")[:-1] if line]  # a line cut by the kill was not acknowledged


def _work(folder: Path, recovery_key: str, seed: int, writer: int) -> None:
    """The child: open the station and work until the end comes."""
    with contextlib.suppress(BaseException):
        if seed % 3 == 0:
            os.write(writer, b"\n")  # a third of the kills may also hit the opening itself
        station = opening.unlock_with_recovery(folder, recovery_key, clock=SystemClock())
        if seed % 3:
            os.write(writer, b"\n")
        work = day.Day(station, random.Random(seed), lambda mark: _tell(writer, mark))
        work.drafts = seed  # later turns are not comparable across lives
        while True:
            work.step()
    os._exit(1)


def _tell(writer: int, mark: str) -> None:
    if not mark.startswith("D "):
        os.write(writer, f"{mark}\n".encode())

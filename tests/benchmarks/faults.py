"""The long fault runs of issue G: kills, power cuts, changed bytes, failing disks; and what careful saving costs against a bare floor.

`MZ_FAULT_SCALE` (default 0.02) scales the counts; 1 is the full run: 10,000 kills, 10,000 power-cut images, 5,000 flips, every disk call.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mzdesk import opening
from mzdesk.clock import SystemClock
from mzdesk.store.database import connect_encrypted
from tests.mzdesk.store.faults import day, flips, full, kill, power, shim

KILLS, IMAGES, CONTROL, FLIPS, DISK_CALLS_EVERY = 10_000, 10_000, 600, 5_000, 1


def run() -> dict[str, Any]:
    """Run every fault machine at the scale of the environment and print a small table."""
    scale = float(os.environ.get("MZ_FAULT_SCALE", "0.02"))
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=place) as name:
        folder = Path(name)
        figures = {"kill": kills(folder, scale), "flips": changed_bytes(folder, scale)}
        if shim.available():
            library = shim.build(folder)
            figures |= {"power": power_cuts(folder, library, scale), "disk": failing_disk(folder, library, scale)}
        ratios = {"save_against_bare_sqlcipher": _save_ratio(folder / "ratio")}
    for title, found in figures.items():
        print(f"{title:8} {found}")
    return {"figures": figures, "ratios": ratios}


def kills(folder: Path, scale: float) -> dict[str, Any]:
    """kill −9 during mixed saves."""
    found = kill.run(_made(folder / "kill"), max(25, round(KILLS * scale)))
    return {"kills": found.kills, "acknowledged": found.acknowledged, "problems": found.problems[:5], "count": len(found.problems)}


def power_cuts(folder: Path, library: Path, scale: float) -> dict[str, Any]:
    """Power-cut images under synchronous=FULL, and the control under NORMAL that must lose something."""
    days, wanted = max(1, round(4 * scale)), max(100, round(IMAGES * scale))
    held = [power.run(_made(folder / f"full{seed}"), library, -(-wanted // days), seed=seed) for seed in range(days)]
    control = power.run(_made(folder / "normal"), library, max(60, round(CONTROL * scale)), synchronous="NORMAL")
    return {
        "images": sum(one.images for one in held),
        "lost": sum(one.lost for one in held),
        "unopenable": sum(one.unopenable for one in held),
        "unsound": sum(one.unsound for one in held),
        "samples": [sample for one in held for sample in one.samples][:5],
        "control_images": control.images,
        "control_lost": control.lost,
    }


def changed_bytes(folder: Path, scale: float) -> dict[str, Any]:
    """Single changed bytes anywhere."""
    return asdict(flips.run(_made(folder / "flips"), max(50, round(FLIPS * scale))))


def failing_disk(folder: Path, library: Path, scale: float) -> dict[str, Any]:
    """ENOSPC, EIO and short writes at every disk call."""
    found = full.run(_made(folder / "disk"), library, every=max(DISK_CALLS_EVERY, round(1 / scale)))
    return asdict(found)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _save_ratio(folder: Path) -> float:
    """Return how many bare SQLCipher inserts, as durable, a whole save (person, record, operation, log) costs: medians, alternating."""
    recovery_key = day.found(folder, SystemClock())
    station = opening.unlock_with_recovery(folder, recovery_key, clock=SystemClock())
    bare = connect_encrypted(folder / "bare.db", "00" * 48)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        bare.execute(f"PRAGMA {pragma}")
    bare.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, body TEXT)")
    work = day.Day(station, random.Random(1), lambda mark: None)
    ours, floor = [], []
    for _ in range(200):
        floor.append(_timed(lambda: bare.execute("INSERT INTO record (body) VALUES (?)", ("家访" * 200,))))
        ours.append(_timed(work.visit))
    bare.close()
    station.close()
    return round(statistics.median(ours) / statistics.median(floor), 2)


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    run()

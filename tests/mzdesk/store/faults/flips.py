"""One changed byte anywhere in the database, its log, the attachments, the backups or vault.json: harmless, or noticed and named."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from mzdesk import opening
from mzdesk.clock import SystemClock
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import attachments, backup, integrity
from mzdesk.store.meta import read_meta
from mzdesk.store.tables import ATTACHMENT, DRAFT, OPERATION, PERSON, RECORD
from mzdesk.vault import arrival
from tests.mzdesk.store.faults import day

KINDS = ("database", "log", "attachment", "backup", "vault")


@dataclass
class FlipFigures:
    """How many flips of each kind were noticed or harmless; `silent` and `bare` must stay empty."""

    flips: int = 0
    noticed: dict[str, int] = field(default_factory=dict)
    harmless: dict[str, int] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)


def run(folder: Path, flips: int, seed: int = 7) -> FlipFigures:
    """Make a station in the middle of its work, and change one byte of it `flips` times."""
    start, recovery_key = _worked(folder / "start", seed)
    work, rng, figures = folder / "work", random.Random(seed), FlipFigures()
    truth = _fingerprint_of_copy(start, work, recovery_key)
    noticed, harmless = Counter[str](), Counter[str]()
    for number in range(flips):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(start, work)
        kind = KINDS[number % len(KINDS)]
        name = _flip(work, kind, rng)
        outcome = _look(work, recovery_key, truth)
        figures.flips += 1
        if outcome == "harmless":
            harmless[kind] += 1
        elif outcome.startswith(("silent", "bare")):
            (figures.silent if outcome.startswith("silent") else figures.bare).append(f"{name}: {outcome}"[:200])
        else:
            noticed[f"{kind}: {outcome}"] += 1
    figures.noticed, figures.harmless = dict(noticed), dict(harmless)
    return figures


def _worked(folder: Path, seed: int) -> tuple[Path, str]:
    """Return a copy of a station that was killed in the middle: its last saves stand in the write-ahead log only."""
    recovery_key = day.found(folder, SystemClock())
    station = opening.unlock_with_recovery(folder, recovery_key, clock=SystemClock())
    work = day.Day(station, random.Random(seed), lambda mark: None)
    for _ in range(30):
        work.step(heavy=False)
    for act in (work.attach, work.back_up, work.fold, *[work.visit] * 8, work.draft):
        act()
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*-shm"))
    station.close()
    return copy, recovery_key


def _flip(folder: Path, kind: str, rng: random.Random) -> str:
    patterns = {
        "database": "station-*.db",
        "log": "station-*.db-wal",
        "attachment": "attachments/*",
        "backup": "backups/*",
        "vault": "vault.json",
    }
    path = rng.choice(sorted(folder.glob(patterns[kind])))
    content = bytearray(path.read_bytes())
    place, mask = rng.randrange(len(content)), rng.randrange(1, 256)
    content[place] ^= mask
    path.write_bytes(content)
    return f"{kind} byte {place} of {len(content)} ^ {mask}"


def _fingerprint_of_copy(start: Path, work: Path, recovery_key: str) -> str:
    shutil.copytree(start, work)
    station = opening.unlock_with_recovery(work, recovery_key, clock=SystemClock())
    try:
        return _fingerprint(station)
    finally:
        station.close()


def _fingerprint(station: Station) -> str:
    digest = hashlib.sha256()
    with station.read() as connection:
        for table in (PERSON, RECORD, DRAFT, OPERATION, ATTACHMENT):
            for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _look(folder: Path, recovery_key: str, truth: str) -> str:
    """Open and check everything, as the program does in its first minute, and return what the user is told."""
    try:
        station = opening.unlock_with_recovery(folder, recovery_key, clock=SystemClock())
    except MzError as error:
        return error.title
    except Exception as error:
        return f"bare {error!r}"
    try:
        return _told(station) or ("harmless" if _fingerprint(station) == truth else "silent")
    except MzError as error:
        return error.title
    except Exception as error:
        return f"bare {error!r}"
    finally:
        station.close()


def _told(station: Station) -> str:
    with station.read() as connection:
        if read_meta(connection, arrival.DOUBT_KEY):
            return "最近的保存可能缺失"
    if found := integrity.problems(station.database):
        return found[0].message
    if attachments.damaged(station):
        return "附件损坏"
    if backup.unreadable(station.folder / backup.FOLDER):
        return "备份文件损坏"
    problems = [backup.check(station, one) for one in backup.snapshots(station.folder / backup.FOLDER)]
    return next((problem.split("：")[0] for problem in problems if problem), "")

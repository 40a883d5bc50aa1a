"""A working day on a station as a sequence of small steps, each acknowledged once it returned, and the judge of what is left of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from mzdesk import clock as clocks
from mzdesk import opening
from mzdesk.clock import Clock
from mzdesk.opening import Founder, StationSpec
from mzdesk.station import Station
from mzdesk.store import attachments, audit, backup, integrity, snapshot_file
from mzdesk.store.tables import AUDIT_ENTRY, DRAFT, OPERATION, RECORD
from mzdesk.vault import accounts, kdf, rekey
from tests.mzdesk.store.conftest import add_person, add_record
from tests.mzdesk.vault.conftest import PASSWORD, TOWNSHIP, VILLAGES

WORDS = ("家访时孩子在写作业", "䶮家的炉子漏烟，已叫人来修", "老人血压偏高，约好周三去卫生室", "母亲上月来过电话", "𬱖同学住校")


def found(folder: Path, clock: Clock) -> str:
    """Make the station of the day in `folder` and return its recovery key."""
    spec = StationSpec("测试镇社工站", TOWNSHIP, VILLAGES)
    made = opening.create(folder, spec, Founder("王主任", "administrator", PASSWORD), clock=clock, cost=kdf.FLOOR)
    made.station.close()
    return made.recovery_key


@dataclass
class Day:
    """The work of one opened station; `acknowledge` hears of each step after it returned."""

    station: Station
    rng: random.Random
    acknowledge: Callable[[str], None]
    drafts: int = 0

    def step(self, *, heavy: bool = True) -> None:
        """Do one thing: mostly visits and drafts, sometimes an attachment, a new password, a backup, a new key."""
        light: list[tuple[int, Callable[[], None]]] = [(50, self.visit), (30, self.draft), (8, self.attach), (2, self.fold)]
        rare: list[tuple[int, Callable[[], None]]] = [(3, self.password), (2, self.back_up), (1, self.new_key)] if heavy else []
        weights, acts = zip(*(light + rare), strict=True)
        self.rng.choices(acts, weights)[0]()

    def visit(self) -> None:
        """Save a person, a record, its outgoing operation and a line in the log: one transaction."""
        station = self.station
        with station.write() as connection:
            person = add_person(connection, station, "䶮小花")
            record = add_record(connection, station, person, self.rng.choice(WORDS) * self.rng.randrange(1, 60))
            audit.append(connection, station.scope, "save", record, now_ms=station.clock.now_ms())
        self.acknowledge(f"R {record}")

    def draft(self) -> None:
        """Keep a form that is being filled, again and again."""
        self.drafts += 1
        answers, now = json.dumps({"turn": self.drafts, "note": self.rng.choice(WORDS) * 20}), self.station.clock.now_ms()
        row = {"id": "draft", "form_id": "visit", "form_version": "1", "answers_json": answers, "author": "a", "created_at": now}
        with self.station.write() as connection:
            statement = insert(DRAFT).values(**row, updated_at=now)
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"answers_json": answers}))
        self.acknowledge(f"D {self.drafts}")

    def attach(self) -> None:
        """Keep a file and name it in a record."""
        station = self.station
        stored = attachments.put(station, self.rng.randbytes(self.rng.randrange(10, 30_000)), "application/pdf")
        with station.write() as connection:
            attachments.link(connection, stored, record_id=clocks.new_id(station.clock), question="q", name="a", village="", now_ms=1)
        self.acknowledge(f"F {stored.digest}")

    def fold(self) -> None:
        """Fold the write-ahead log into the file, as idle time does."""
        self.station.database.checkpoint()

    def password(self) -> None:
        """Give an account a new password."""
        accounts.reset_password(self.station, self.station.open_vault().document.accounts()[0].id, PASSWORD)
        self.acknowledge(f"V {self.station.open_vault().document.counter}")

    def back_up(self) -> None:
        """Make a backup by hand."""
        self.acknowledge(f"B {backup.make(self.station, 'manual').path.name}")

    def new_key(self) -> None:
        """Rotate the data key: a whole new file."""
        rekey.rotate(self.station)
        self.acknowledge(f"K {self.station.open_vault().document.epoch}")


def judge(folder: Path, recovery_key: str, acknowledged: Iterable[str], clock: Clock, *, deep: bool = True) -> list[str]:
    """Open what is left of the station and return everything that is wrong: lost, half-saved, or not sound."""
    station = opening.unlock_with_recovery(folder, recovery_key, clock=clock)
    try:
        found = [*_lost(station, list(acknowledged)), *_half_saved(station)]
        if deep:
            found += [f"unsound: {problem.message} {problem.detail}" for problem in integrity.problems(station.database)]
        return found
    finally:
        station.close()


def _lost(station: Station, acknowledged: list[str]) -> list[str]:
    by_kind: dict[str, list[str]] = {}
    for mark in acknowledged:
        kind, _, value = mark.partition(" ")
        by_kind.setdefault(kind, []).append(value)
    with station.read() as connection:
        records = set(connection.execute(select(RECORD.c.id)).scalars())
        draft = connection.execute(select(DRAFT.c.answers_json).where(DRAFT.c.id == "draft")).scalar()
    lost = [f"record {one}" for one in by_kind.get("R", []) if one not in records]
    turn = json.loads(draft)["turn"] if draft else 0
    lost += [f"draft {turn} < {one}" for one in by_kind.get("D", [])[-1:] if turn < int(one)]
    lost += [f"file {one}" for one in by_kind.get("F", []) if not _readable(station, one)]
    document = station.open_vault().document
    lost += [f"password {one}" for one in by_kind.get("V", [])[-1:] if document.counter < int(one)]
    lost += [f"epoch {one}" for one in by_kind.get("K", [])[-1:] if document.epoch < int(one)]
    return lost + [f"backup {one}" for one in by_kind.get("B", [])[-1:] if not _sound_backup(station, one)]


def _readable(station: Station, digest: str) -> bool:
    return attachments._opened(station, attachments._path(station, digest), digest) is not None


def _sound_backup(station: Station, name: str) -> bool:
    """Sound, or rotated away by enough newer ones."""
    path = station.folder / backup.FOLDER / name
    if path.exists():
        return bool(snapshot_file.verify(path))
    newer = [one for one in backup.snapshots(path.parent) if one.path.name > name]
    return len(newer) >= backup.KEEP_NEWEST


def _half_saved(station: Station) -> list[str]:
    with station.read() as connection:
        records = connection.execute(select(func.count()).select_from(RECORD)).scalar_one()
        operations = connection.execute(select(func.count()).select_from(OPERATION)).scalar_one()
        logged = connection.execute(select(func.count()).select_from(AUDIT_ENTRY).where(AUDIT_ENTRY.c.act == "save")).scalar_one()
    return [] if records == operations == logged else [f"half saved: {records} records, {operations} operations, {logged} logged"]

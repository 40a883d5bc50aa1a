"""A station that does not open, or opens with damage: what can be read, what is elsewhere, and what to do in which order."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mzdesk import clock as clocks
from mzdesk.clock import Clock, SystemClock
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import backup, integrity, salvage
from mzdesk.store.backup import Snapshot
from mzdesk.store.database import Database
from mzdesk.store.integrity import Problem
from mzdesk.vault import credentials, keys
from mzdesk.vault import document as documents
from mzdesk.vault.credentials import Proof
from mzdesk.vault.pepper import PepperStore
from mzdesk.vault.throttle import Throttle

WRONG_PASSWORD = MzError("密码不对", "请再输一次，或用恢复密钥。", field="password")
TABLE_NAMES = {
    "person": "服务对象",
    "enrolment": "分类登记",
    "relation": "亲属与照护人",
    "record": "走访和照料记录",
    "draft": "草稿",
    "follow_up": "待办",
    "operation": "待报送的改动",
    "attachment": "附件目录",
    "audit_entry": "日志",
}


class StepKind(StrEnum):
    """What a step asks for; the page shows a button for each."""

    COPY_FOLDER = "copy_folder"
    RESTORE = "restore"
    CHOOSE_BACKUP = "choose_backup"
    ENROL = "enrol"
    ASK_COUNTY = "ask_county"
    CHECK_DISK = "check_disk"


@dataclass(frozen=True)
class Step:
    """One thing to do, in order."""

    kind: StepKind
    title: str
    detail: str


@dataclass(frozen=True)
class Readable:
    """How much of one kind can still be read; `whole` is False where rows may be missing."""

    name: str
    rows: int
    whole: bool


@dataclass(frozen=True)
class RescuePlan:
    """The state of a damaged station as data: problems found, what is readable, backups (newest first), and the steps."""

    problems: tuple[Problem, ...]
    readable: tuple[Readable, ...]
    waiting: int  # operations readable here that the county has not confirmed
    snapshots: tuple[Snapshot, ...]
    joined_county: bool
    steps: tuple[Step, ...]

    @property
    def sound(self) -> bool:
        """True where nothing is wrong."""
        return not self.problems


def plan_for_folder(
    folder: Path, proof: Proof, *, clock: Clock | None = None, pepper: PepperStore | None = None, places: Iterable[Path] = ()
) -> RescuePlan:
    """Look at a station that does not open; `places` are further folders with backups.

    Raises MzError with field "password" for a wrong password, or one that comes too soon after wrong ones.
    """
    snapshots, throttle = _snapshots(folder, places), Throttle(folder)
    if proof.account_id:
        throttle.begin(proof.account_id, (clock or SystemClock()).now_ms())
    try:
        document = documents.load(folder)
        data_key = credentials.data_key_by(document, proof, pepper)
        if data_key is None:
            raise throttle.wrong(proof.account_id)
        keys.require_authentic(document, data_key)
        throttle.succeed(proof.account_id)
    except MzError as error:
        if error.field == "password" or error.title != documents.DAMAGED.title:
            raise
        return _plan((Problem("vault", error.title, error.message),), (), snapshots)
    path = folder / document.database
    if not path.exists():
        return _plan((Problem("pages", "数据文件不见了", path.name),), (), snapshots)
    database = Database(path, keys.database_key(data_key), document.database_salt)
    try:
        return _plan_for(database, snapshots)
    finally:
        with contextlib.suppress(MzError):
            database.close()


def plan_for_station(station: Station, places: Iterable[Path] = ()) -> RescuePlan:
    """Look at an open station whose check found problems."""
    second = backup.second_place(station)
    return _plan_for(station.database, _snapshots(station.folder, [*places, *([second] if second else [])]))


def _plan_for(database: Database, snapshots: tuple[Snapshot, ...]) -> RescuePlan:
    problems = integrity.problems(database)
    if not problems:
        return _plan((), (), snapshots)
    return _plan(problems, tuple(_readings(database)), snapshots)


def _readings(database: Database) -> list[salvage.TableReading]:
    try:
        return list(salvage.read_all(database))
    except MzError:
        return []


def _plan(problems: tuple[Problem, ...], readings: tuple[salvage.TableReading, ...], snapshots: tuple[Snapshot, ...]) -> RescuePlan:
    by_table = {reading.table: reading for reading in readings}
    readable = tuple(
        Readable(name, len(by_table[table].rows), by_table[table].whole) for table, name in TABLE_NAMES.items() if table in by_table
    )
    operations = by_table["operation"].rows if "operation" in by_table else ()
    meta = by_table["meta"].rows if "meta" in by_table else ()
    waiting = sum(1 for row in operations if row["verdict"] is None)
    joined = any(row["key"] == "sync.device" and row["value"] for row in meta)
    return RescuePlan(problems, readable, waiting, snapshots, joined, steps(bool(problems), snapshots, joined=joined))


def steps(broken: bool, snapshots: tuple[Snapshot, ...], *, joined: bool) -> tuple[Step, ...]:
    """Return what to do, in order; () where nothing is wrong."""
    if not broken:
        return ()
    first = Step(StepKind.COPY_FOLDER, "先把整个站点文件夹复制一份", "复制到 U 盘或别的磁盘，不要删除任何文件。")
    found = [first]
    if snapshots:
        newest = clocks.beijing(snapshots[0].header.created_at)
        detail = f"最近的备份是 {newest:%Y-%m-%d %H:%M}。备份之后还能读出的内容会一起保留。"
        found.append(Step(StepKind.RESTORE, "从最近的备份恢复", detail))
    else:
        found.append(Step(StepKind.CHOOSE_BACKUP, "找一找备份", "请插上平时放备份的 U 盘，选择里面的备份。"))
    if joined:
        found.append(Step(StepKind.ENROL, "重新登记到县里", "恢复后向县里要一个新的登记码；没有报送的会接着报送，不会重复。"))
    else:
        found.append(Step(StepKind.ASK_COUNTY, "联系县里", "已经报送的内容县里都有，登记后会发回本机。"))
    found.append(Step(StepKind.CHECK_DISK, "检查磁盘", "数据损坏多半是磁盘或 U 盘老化，请尽快换一块。"))
    return tuple(found)


def _snapshots(folder: Path, places: Iterable[Path]) -> tuple[Snapshot, ...]:
    every = [snapshot for place in (folder / backup.FOLDER, *places) for snapshot in backup.snapshots(place)]
    return tuple(sorted(every, key=lambda one: one.header.created_at, reverse=True))

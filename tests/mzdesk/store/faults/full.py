"""A failing disk: ENOSPC, EIO, short writes at every write, sync, truncate, rename and delete of a day; told, and nothing lost."""

from __future__ import annotations

import errno
import json
import random
import shutil
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mzdesk import opening
from mzdesk.clock import SystemClock
from mzdesk.errors import MzError
from mzdesk.station import Station
from tests.mzdesk.store.faults import day
from tests.mzdesk.store.faults.shim import Shim, run_under

FAULTS = ((errno.ENOSPC, 0), (errno.EIO, 0), (errno.ENOSPC, 1), (errno.EIO, 2))
CLEAR = frozenset({"磁盘已满", "磁盘读写出错", "文件夹不能写入", "数据正在使用", "备份文件损坏", "更换密钥没有完成", "数据文件损坏"})


@dataclass
class FaultFigures:
    """What was tried and found; `bare` holds errors that were not told in Chinese."""

    calls: int = 0
    runs: int = 0
    told: int = 0
    silent: int = 0
    lost: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    titles: dict[str, int] = field(default_factory=dict)


def run(folder: Path, library: Path, *, every: int = 1, steps: int = 12, seed: int = 3) -> FaultFigures:
    """Fail every `every`-th disk call of a day of `steps` steps in each way, once and for good."""
    printed = run_under(library, __name__, str(folder), str(every), str(steps), str(seed))
    return FaultFigures(**json.loads(printed.splitlines()[-1]))


class _Trial:
    """The same day from the same start, again and again, with another call failing each time."""

    def __init__(self, folder: Path, steps: int, seed: int) -> None:
        self.start, self.work, self.steps, self.seed = folder / "start", folder / "work", steps, seed
        self.recovery_key = day.found(self.start, SystemClock())
        self.shim = Shim(self.work)
        self.figures = FaultFigures(calls=self._count())

    def _fresh(self) -> Station:
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.start, self.work)
        return opening.unlock_with_recovery(self.work, self.recovery_key, clock=SystemClock())

    def _day(self, station: Station, acknowledged: list[str]) -> None:
        """Every step is tried, as a person would press on after an error."""
        work = day.Day(station, random.Random(self.seed), acknowledged.append)
        acts = [work.visit, work.draft, work.attach, work.password, work.visit, work.back_up, work.fold, work.new_key]
        for number in range(self.steps):
            try:
                acts[number % len(acts)]()
            except MzError as error:
                self.titles.append(error.title)

    def _count(self) -> int:
        self.titles: list[str] = []
        station = self._fresh()
        self.shim.count_calls()
        self._day(station, [])
        calls = self.shim.stop()
        station.close()
        return calls

    def once(self, number: int, error: int, shortness: int, *, sticky: bool) -> None:
        """Fail call `number`, finish the day, mend the disk, judge, and work on."""
        self.titles, acknowledged = [], list[str]()
        station, name = self._fresh(), f"call {number} {errno.errorcode[error]} short={shortness} sticky={sticky}"
        self.shim.fail(number, error, sticky=sticky, shortness=shortness)
        try:
            self._day(station, acknowledged)
        except Exception as bare:  # the one thing that must not happen
            self.figures.bare.append(f"{name}: {bare!r}"[:200])
        with suppress(MzError):
            station.close()
        self.shim.stop()
        station.open_vault().lock.release()
        self._count_titles()
        self._judge(name, acknowledged)

    def _count_titles(self) -> None:
        self.figures.runs += 1
        self.figures.told += bool(self.titles)
        self.figures.silent += not self.titles
        self.figures.titles = dict(Counter(self.figures.titles) + Counter(self.titles))
        self.figures.bare += [f"unclear: {title}" for title in self.titles if title not in CLEAR]

    def _judge(self, name: str, acknowledged: list[str]) -> None:
        try:
            self.figures.lost += [f"{name}: {one}" for one in day.judge(self.work, self.recovery_key, acknowledged, SystemClock())]
            station = opening.unlock_with_recovery(self.work, self.recovery_key, clock=SystemClock())
            day.Day(station, random.Random(1), acknowledged.append).visit()
            station.close()
        except Exception as error:
            self.figures.stuck.append(f"{name}: {error!r}"[:300])


def _main(folder: Path, every: int, steps: int, seed: int) -> None:
    trial = _Trial(folder, steps, seed)
    for number in range(1 + seed % every, trial.figures.calls + 1, every):
        for error, shortness in FAULTS:
            for sticky in (False, True):
                trial.once(number, error, shortness, sticky=sticky)
    print(json.dumps(asdict(trial.figures), ensure_ascii=False))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))

"""Our county receiver in a process of its own; argv is folder, port, database URL ("" for embedded), and how to check forms."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.request import urlopen

from sync.county import config, registrar
from sync.county.checks import EngineChecker, Fault, FilledForm, FormChecker
from sync.county.command import serve_county
from sync.county.config import CountySettings
from sync.county.county import open_county
from tests.benchmarks.peers.postgres import free_port

CODE, TOWNSHIP = "370902", "370902001"
VILLAGES = ("370902001201", "370902001202")


class Unchecked:
    """No form checks: the pipe alone."""

    def add_forms(self, documents: Iterable[tuple[str, str, bytes]]) -> None:
        """Not needed."""

    def check(self, filled: Sequence[FilledForm]) -> list[Fault | None]:
        return [None] * len(filled)

    def close(self) -> None:
        """Nothing to let go of."""


def checker_named(name: str) -> FormChecker:
    if name == "none":
        return Unchecked()
    if name == "engine":
        return EngineChecker()
    from sync.county.pool import PoolChecker

    return PoolChecker(int(name))


@dataclass(frozen=True, slots=True)
class Receiver:
    """A running receiver; `pid` for its CPU time."""

    folder: Path
    url: str
    database_url: str
    pid: int

    def issue(self, township: str = TOWNSHIP, villages: tuple[str, ...] = ()) -> str:
        """Return a ticket for one laptop."""
        county = open_county(self.folder, self.database_url or None, checker=Unchecked())
        try:
            return registrar.issue(county, township, villages, actor="benchmark")
        finally:
            county.close()


@contextmanager
def receiver(folder: Path, database_url: str, checking: str, *, front: str = "") -> Iterator[Receiver]:
    """Start a receiver; `front` is the address that tickets name, where a proxy stands before it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = CountySettings(CODE, "泰山区民政局", front or url)
    if (folder / config.KEYS).exists():
        config.save_settings(folder, settings)
    else:
        config.init(folder, settings)
    process = Popen([sys.executable, "-m", "tests.benchmarks.peers.receiver", str(folder), str(port), database_url, checking], stdout=PIPE)
    try:
        _wait(url)
        yield Receiver(folder, url, database_url, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str) -> None:
    for _ in range(400):
        try:
            with urlopen(f"{url}/v1/ready", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the receiver did not start")


if __name__ == "__main__":
    folder, port, database, checking = sys.argv[1:]
    served = open_county(Path(folder), database or None, checker=checker_named(checking))
    serve_county(served, "127.0.0.1", int(port))

"""The checking processes: the same faults as in one process, and none left behind when the receiver is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from sync.county.checks import EngineChecker, FilledForm
from sync.county.pool import PoolChecker
from tests.forms.examples import EXAMPLES

PROGRAM = """
import sys
from sync.county.checks import FilledForm
from sync.county.pool import PoolChecker
from tests.forms.examples import EXAMPLES
from tests.sync.county.test_pool import filled
if __name__ == "__main__":
    pool = PoolChecker(2)
    pool.check(filled(40))
    print(*(process.pid for process in pool._pool._processes.values()), flush=True)
    sys.stdin.read()
"""


def filled(count: int) -> list[FilledForm]:
    """Visits, every third of them without a needed answer."""
    from forms.catalog import shipped

    version = shipped().get("left_behind_child_visit").version
    good = EXAMPLES["left_behind_child_visit"]
    bad = {name: value for name, value in good.items() if name != "action"}
    return [FilledForm("left_behind_child_visit", version, bad if number % 3 == 0 else good) for number in range(count)]


def test_many_processes_find_what_one_finds() -> None:
    pool = PoolChecker(2)
    try:
        assert pool.check(filled(50)) == EngineChecker().check(filled(50))
    finally:
        pool.close()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal of POSIX")
def test_a_killed_receiver_leaves_no_process_behind(tmp_path: object) -> None:
    child = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    workers = [int(word) for word in child.stdout.readline().split()]
    assert len(workers) == 2
    child.send_signal(signal.SIGKILL)
    child.wait()
    deadline = time.monotonic() + 20
    while any(is_alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [worker for worker in workers if is_alive(worker)]
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            stream.close()


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True

"""Short versions of tests/benchmarks/faults.py: the same machines, fewer turns."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

from mzdesk import opening
from mzdesk.clock import SystemClock
from tests.mzdesk.store.faults import day, flips, full, kill, power, shim, stepwise

needs_shim = pytest.mark.skipif(not shim.available(), reason="needs Linux and a C compiler for the LD_PRELOAD shim")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shim.build(tmp_path_factory.mktemp("shim"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_kills_lose_nothing_and_leave_nothing_half_done(tmp_path: Path) -> None:
    figures = kill.run(tmp_path, 12)
    assert figures.problems == [] and figures.died_by_themselves == 0 and figures.acknowledged > 12


@needs_shim
def test_power_cuts_lose_nothing_that_was_acknowledged(tmp_path: Path, library: Path) -> None:
    figures = power.run(tmp_path, library, 40, steps=12)
    assert figures.images >= 40 and (figures.lost, figures.unopenable, figures.unsound) == (0, 0, 0), figures.samples


@needs_shim
def test_the_power_cut_test_has_teeth(tmp_path: Path, library: Path) -> None:
    assert power.run(tmp_path, library, 25, synchronous="NORMAL", steps=10).lost > 0


@needs_shim
def test_a_failing_disk_is_told_and_loses_nothing(tmp_path: Path, library: Path) -> None:
    figures = full.run(tmp_path, library, every=311, steps=8)
    assert figures.runs >= 8 and figures.told > 0
    assert (figures.lost, figures.bare, figures.stuck) == ([], [], [])


def test_a_changed_byte_is_harmless_or_noticed(tmp_path: Path) -> None:
    figures = flips.run(tmp_path, 40)
    assert figures.flips == 40 and sum(figures.noticed.values()) > 25
    assert (figures.silent, figures.bare) == ([], [])


@needs_shim
def test_a_disk_without_one_free_byte_can_still_be_read(tmp_path: Path, library: Path) -> None:
    recovery_key = day.found(tmp_path / "s", SystemClock())
    station = opening.unlock_with_recovery(tmp_path / "s", recovery_key, clock=SystemClock())
    day.Day(station, random.Random(1), lambda mark: None).visit()
    station.close()
    printed = shim.run_under(library, "tests.mzdesk.store.faults.full_open", str(tmp_path / "s"), recovery_key)
    assert json.loads(printed) == {"records": 1, "told": "磁盘已满", "read_only": True}


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_a_new_key_killed_at_any_file_operation_leaves_the_old_station_or_the_new(tmp_path: Path) -> None:
    assert stepwise.problems_after_kills(tmp_path, "rekey", points=6) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_a_restore_killed_at_any_file_operation_leaves_the_old_station_or_the_new(tmp_path: Path) -> None:
    assert stepwise.problems_after_kills(tmp_path, "restore", points=6) == []

"""A station in tmp_path with the cheapest allowed password cost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.opening import Created, Founder, StationSpec
from mzdesk.vault import kdf

TOWNSHIP = "370911101"
VILLAGES = ("370911101201", "370911101202", "370911101203")
PASSWORD = "槐树下的第一口井水真甜呀"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock.at("2026-03-02T09:00:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "站点"


def make_station(folder: Path, clock: FixedClock, role: str = "administrator", **options: object) -> Created:
    spec = StationSpec("测试镇社工站", TOWNSHIP, VILLAGES)
    return opening.create(folder, spec, Founder("王主任", role, PASSWORD), clock=clock, cost=kdf.FLOOR, **options)  # type: ignore[arg-type]


@pytest.fixture
def created(folder: Path, clock: FixedClock) -> Iterator[Created]:
    made = make_station(folder, clock)
    yield made
    made.station.close()

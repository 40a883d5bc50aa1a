"""Stations and a county in tmp_path for the tests of the exchange."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mzdesk.clock import FixedClock
from mzdesk.station import Station
from sync.county.county import County
from tests.sync import rig


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock.at(rig.NOW)


@pytest.fixture
def county(tmp_path: Path, clock: FixedClock) -> Iterator[County]:
    opened = rig.make_county(tmp_path / "county", clock)
    yield opened
    opened.close()


@pytest.fixture
def make_station(tmp_path: Path, clock: FixedClock) -> Iterator[rig.Maker]:
    made: list[Station] = []

    def make(name: str = "station", **more: object) -> Station:
        made.append(rig.make_station(tmp_path / name, clock, **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for station in made:
        station.close()


@pytest.fixture
def station(make_station: rig.Maker) -> Station:
    return make_station()

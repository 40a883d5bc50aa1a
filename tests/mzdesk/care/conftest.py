"""A real station with a township of people in extreme poverty, for the tests of care."""

from __future__ import annotations

import pytest

from mzdesk.station import Station
from tests.mzdesk.care.township import Township
from tests.mzdesk.registry.conftest import director_of, empty_database, snapshot, station

__all__ = ["director_of", "empty_database", "snapshot", "station", "town"]


@pytest.fixture
def town(station: Station) -> Township:
    return Township(station)

"""A real station of 桃园镇 (370983103) for the tests of the registry, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mzdesk.clock import FixedClock
from mzdesk.registry import divisions
from mzdesk.registry.snapshot import Snapshot
from mzdesk.station import Station, StationIdentity
from mzdesk.store.database import Database
from mzdesk.store.scope import Role, Scope, scope_for

TOWNSHIP = "370983103"
KEY, SALT = bytes(range(32)), bytes(range(16))
SUPERVISOR = scope_for("u1", "督导员", Role.SUPERVISOR, None)


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    return Snapshot()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, snapshot: Snapshot) -> Path:
    """A database with the divisions of the township and nobody in it."""
    path = tmp_path_factory.mktemp("empty") / "station.db"
    database = Database.create(path, KEY, SALT)
    with database.write() as connection:
        divisions.seed(connection, TOWNSHIP, snapshot)
    database.close()
    return path


def open_station(folder: Path, database: Database, scope: Scope = SUPERVISOR, township: str = TOWNSHIP) -> Station:
    """Return a station at 2026-11-24 10:00 in Beijing."""
    identity = StationIdentity("桃园镇社工站", township, (), "d1")
    return Station(folder, identity, database, scope, FixedClock.at("2026-11-24T10:00:00"))


@pytest.fixture
def station(tmp_path: Path, empty_database: Path) -> Iterator[Station]:
    """An empty station with a supervisor at the desk."""
    path = tmp_path / "station.db"
    shutil.copy(empty_database, path)
    opened = open_station(tmp_path, Database.open(path, KEY, SALT))
    yield opened
    opened.close()


def village_called(station: Station, name: str) -> str:
    """Return the code of the village whose name begins with `name`."""
    return next(row.code for row in divisions.villages(station) if row.name.startswith(name))


def director_of(station: Station, *villages: str) -> Station:
    """Return the same station with a children's director of these villages at the desk."""
    return station.as_user(scope_for("u2", "儿童主任", Role.CHILDREN_DIRECTOR, frozenset(villages)))

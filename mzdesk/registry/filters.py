"""Saved filters of the list of people: named by their user, kept with the station, never containing anybody's data but the words typed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from mzdesk.errors import MzError
from mzdesk.registry.people import Query
from mzdesk.store import settings

if TYPE_CHECKING:
    from mzdesk.station import Station

_PREFIX = "people_filter:"
_COLUMNS_KEY = "people_columns"
_KEPT = ("text", "group", "village", "risk", "due", "tag", "sort")
MAXIMUM_NAME = 20


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter under its name."""

    name: str
    query: Query


def save(station: Station, name: str, query: Query) -> None:
    """Keep a filter; one of the same name is replaced. Raises MzError on an empty or long name."""
    tidy = name.strip()
    if not 1 <= len(tidy) <= MAXIMUM_NAME:
        raise MzError("请给筛选起个名字", f"名字为 1—{MAXIMUM_NAME} 个字。", field="name")
    with station.write() as connection:
        settings.write(connection, station.scope, _PREFIX + tidy, {key: asdict(query)[key] for key in _KEPT})


def saved(station: Station) -> tuple[SavedFilter, ...]:
    """Return the filters of whoever is at the desk, by name."""
    with station.read() as connection:
        found = settings.read_all(connection, station.scope, _PREFIX)
    return tuple(SavedFilter(key.removeprefix(_PREFIX), _query(values)) for key, values in found.items())


def _query(values: dict[str, Any]) -> Query:
    known = {field.name for field in fields(Query)}
    return Query(**{name: value for name, value in values.items() if name in known})


def forget(station: Station, name: str) -> None:
    """Remove a filter."""
    with station.write() as connection:
        settings.forget(connection, station.scope, _PREFIX + name)


def save_columns(station: Station, columns: tuple[str, ...]) -> None:
    """Remember which columns the list shows, in order."""
    with station.write() as connection:
        settings.write(connection, station.scope, _COLUMNS_KEY, list(columns))


def saved_columns(station: Station, default: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that the list shows."""
    with station.read() as connection:
        return tuple(settings.read(connection, station.scope, _COLUMNS_KEY, list(default)))

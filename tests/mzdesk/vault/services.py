"""Finds every public service of the station by introspection and calls it with arguments made for its signature."""

from __future__ import annotations

import dataclasses
import enum
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import mzdesk

ROOMS = ("registry", "casework", "care", "reports", "vault", "store")


class CannotCallError(Exception):
    """No argument could be made for a parameter: teach `Arguments`, or exempt the service with a reason."""


@dataclass(frozen=True)
class Service:
    """A public function that acts for the person at the desk: it takes a `station`, or a `connection` and a `scope`."""

    name: str
    call: Callable[..., Any]
    takes_station: bool

    def __str__(self) -> str:
        return self.name


def every_service() -> tuple[Service, ...]:
    """Return the services of all rooms, those that do not exist yet included once they do."""
    return tuple(sorted(_find(), key=lambda service: service.name))


def _find() -> Iterator[Service]:
    for info in pkgutil.walk_packages(mzdesk.__path__, "mzdesk."):
        parts = info.name.split(".")
        if len(parts) < 3 or parts[1] not in ROOMS or "migrations" in parts or parts[-1] == "command":
            continue
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != info.name or name.startswith("_"):
                continue
            parameters = list(inspect.signature(function).parameters)
            if parameters[:1] == ["station"]:
                yield Service(f"{info.name[7:]}.{name}", function, True)
            elif parameters[:2] == ["connection", "scope"]:
                yield Service(f"{info.name[7:]}.{name}", function, False)


class Arguments:
    """Makes arguments by the name of a parameter, else by its annotation, dataclasses by their fields."""

    def __init__(self, by_name: Mapping[str, Any], by_type: Mapping[str, Any]) -> None:
        self._by_name = by_name
        self._by_type = by_type

    def of(self, function: Callable[..., Any], skip: int) -> dict[str, Any]:
        """Return keyword arguments for the required parameters after the first `skip`. Raises CannotCallError."""
        found = {}
        for name, parameter in list(inspect.signature(function).parameters.items())[skip:]:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            known = name in self._by_name and str(parameter.annotation) not in ("bool", "int")
            if parameter.default is parameter.empty or known:
                found[name] = self._one(name, str(parameter.annotation), function.__module__)
        return found

    def _one(self, name: str, annotation: str, module: str) -> Any:
        kind = annotation.removesuffix(" | None")
        if kind in self._by_type:
            return self._by_type[kind]
        if name in self._by_name:
            return _shaped(self._by_name[name], kind)
        if kind in _PLAIN:
            return _PLAIN[kind]
        if kind.partition("[")[0] in _EMPTY:
            return _EMPTY[kind.partition("[")[0]]
        return self._object(name, kind, module)

    def _object(self, name: str, kind: str, module: str) -> Any:
        found = _class_named(kind.rpartition(".")[2], module)
        if found is not None and issubclass(found, enum.Enum):
            return next(iter(found))
        if found is None or not dataclasses.is_dataclass(found):
            raise CannotCallError(f"{name}: {kind}")
        fields = {
            field.name: self._one(field.name, str(field.type), found.__module__)
            for field in dataclasses.fields(found)
            if field.init
            and ((field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING) or field.name in self._by_name)
        }
        return found(**fields)


_PLAIN: Mapping[str, Any] = {
    "str": "测试",
    "int": 1,
    "bool": False,
    "float": 1.0,
    "bytes": b"%PDF-1.7",
    "date": date(2026, 3, 1),
    "Path": Path("nowhere"),
    "Any": "测试",
    "object": "测试",
}
_EMPTY: Mapping[str, Any] = {
    "Mapping": {},
    "dict": {},
    "Sequence": (),
    "Iterable": (),
    "list": [],
    "tuple": (),
    "set": set(),
    "frozenset": frozenset(),
    "Callable": lambda *_, **__: None,
}


def _shaped(value: Any, kind: str) -> Any:
    """Give a single id as the collection that is asked for."""
    outer = kind.partition("[")[0]
    if outer in ("Iterable", "Sequence", "tuple", "list"):
        return [value] if outer == "list" else (value,)
    if outer in ("frozenset", "set"):
        return frozenset({value})
    return value


def _class_named(name: str, module: str) -> type | None:
    home = getattr(sys.modules[module], name, None)
    if inspect.isclass(home):
        return home
    for loaded in list(sys.modules.values()):
        if (getattr(loaded, "__name__", "") or "").startswith(("mzdesk", "forms")) and inspect.isclass(
            found := getattr(loaded, name, None)
        ):
            return found
    return None


def words_in(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield every text in a returned value, however nested."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "ignore")
    elif depth > 8 or value is None or isinstance(value, int | float):
        return
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from words_in(getattr(value, field.name), depth + 1)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from words_in(key, depth + 1)
            yield from words_in(one, depth + 1)
    elif hasattr(value, "__iter__"):
        for one in value:
            yield from words_in(one, depth + 1)

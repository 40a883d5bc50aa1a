"""Owns the shape of one operation on the wire, and the limits of its values; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync import strict

MAX_VALUE = 2_000  # characters
MAX_LONG_VALUE = 20_000
MAX_FIELDS = 400
MAX_DEPTH = 12
MAX_CLOCK = 2**48 - 1

RECORD = "record"

_KEYS = {"op", "id", "kind", "set", "base", "hlc", "actor"}
_IDENT = re.compile(r"[0-9a-zA-Z][0-9a-zA-Z_.:-]{0,63}\Z")
_KIND = re.compile(r"[a-z_]{1,20}\Z")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_HLC = re.compile(r"[0-9a-f]{12}-[0-9a-f]{4}-[0-9a-z-]{1,40}\Z")


@dataclass(frozen=True, slots=True)
class WireOperation:
    """One change as it came over the wire, its shape checked; `line` is its canonical bytes."""

    op: str
    id: str
    kind: str
    set: Mapping[str, Any]
    base: Mapping[str, str]
    hlc: str
    actor: str
    line: bytes

    @property
    def wall_ms(self) -> int:
        """The laptop's idea of the time, in Unix milliseconds."""
        return int(self.hlc[:12], 16)


class ShapeError(Exception):
    """The operation is not one; `op` is its id where that much could be read, "" otherwise."""

    def __init__(self, code: str, op: str = "", field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.op = op
        self.field = field


def read_operation(line: bytes) -> WireOperation:
    """Return the operation in a line of canonical JSON; raises ShapeError (SHAPE or VALUE)."""
    try:
        value = strict.loads(line)
    except strict.NotCanonicalError:
        raise ShapeError("SHAPE") from None
    op = value.get("op") if type(value) is dict else None
    known = op if type(op) is str and _IDENT.match(op) else ""
    if not known or not _well_formed(value):
        raise ShapeError("SHAPE", known)
    if not _surely_fits(line) and (field := _oversized(value["set"])) is not None:
        raise ShapeError("VALUE", known, field)
    return WireOperation(**value, line=line)


def _well_formed(value: Mapping[str, Any]) -> bool:
    return (
        set(value) == _KEYS
        and all(type(value[key]) is str for key in ("id", "kind", "hlc", "actor"))
        and type(value["set"]) is dict
        and type(value["base"]) is dict
        and bool(_IDENT.match(value["id"]) and _KIND.match(value["kind"]) and _HLC.match(value["hlc"]))
        and len(value["actor"]) <= 64
        and len(value["set"]) <= MAX_FIELDS
        and len(value["base"]) <= MAX_FIELDS
        and all(_FIELD.match(key) for key in value["set"])
        and all(type(item) is str and len(item) <= 64 for item in value["base"].values())
    )


def _surely_fits(line: bytes) -> bool:
    """Tell from the line alone that no value in it is too long, too deep or holds a NUL: true of nearly every operation."""
    return len(line) <= MAX_LONG_VALUE and line.count(b"{") + line.count(b"[") <= MAX_DEPTH and b"\\u0000" not in line


def _oversized(fields: Mapping[str, Any]) -> str | None:
    return next((name for name, value in fields.items() if not all(_fits(leaf) for leaf in _leaves(value, MAX_DEPTH))), None)


def _leaves(value: Any, depth: int) -> Iterator[Any]:
    """Yield every text and number inside `value`; too deep a nesting yields something that never fits."""
    if depth == 0:
        yield ...
    elif type(value) is dict:
        for key, item in value.items():
            yield key
            yield from _leaves(item, depth - 1)
    elif type(value) is list:
        for item in value:
            yield from _leaves(item, depth - 1)
    else:
        yield value


def _fits(leaf: Any) -> bool:
    if type(leaf) is str:
        return len(leaf) <= MAX_LONG_VALUE and "\0" not in leaf
    return leaf is None or type(leaf) in (bool, int)

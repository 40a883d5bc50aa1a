"""Owns how two people's changes of one person, role or relation become one state: no value is silently overwritten (I10); pure.

Rules of PROTOCOL.md §6. A field is stored as `{"v": value, "op": operation, "w": clamped wall in ms, "h": hybrid clock}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.operations import WireOperation

Field = Mapping[str, Any]
Fields = Mapping[str, Field]

DELETED = "deleted_at"

GUARDED: Mapping[str, frozenset[str]] = {
    "person": frozenset({"id_no", "id_no_absent", "aids", "life", "life_on", "merged_into", "bank_tail", DELETED}),
    "enrolment": frozenset({"category", "left_on", "left_why", "group", DELETED}),
    "relation": frozenset({"other_id", "kind", "id_no", DELETED}),
}
UNIONS: Mapping[str, frozenset[str]] = {"person": frozenset({"tags"})}
JOINED = "+"  # marks a value that the county put together: whoever named the bare operation as base has not seen it
BASE_NAMES: Mapping[str, str] = {"profile": "profile_json"}  # a profile travels as an object; its base bears the column's name


@dataclass(frozen=True, slots=True)
class Loser:
    """A value that is not current but not forgotten either: it waits for a named person's decision."""

    field: str
    value: Any
    op: str
    hlc: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The new fields; `conflict` where a guarded field kept its value, `merged` where a concurrent change was reconciled."""

    fields: dict[str, Field]
    conflict: bool = False
    merged: bool = False
    losers: tuple[Loser, ...] = ()
    settled: tuple[str, ...] = ()  # guarded fields whose competing values its author had seen and decided


@dataclass
class _Work:
    fields: dict[str, Field]
    conflict: bool = False
    merged: bool = False
    losers: list[Loser] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)

    def lose(self, name: str, value: Any, op: str, hlc: str) -> None:
        self.losers.append(Loser(name, value, op, hlc))


def apply(current: Fields, operation: WireOperation, received_ms: int) -> Merged:
    """Return the state after `operation`, received at `received_ms`; walls are clamped to it (a 2035 clock must not win)."""
    work = _Work(dict(current))
    wall = min(operation.wall_ms, received_ms)
    _raise_the_dead(work, operation, wall)
    for name, value in operation.set.items():
        new = {"v": value, "op": operation.op, "w": wall, "h": operation.hlc}
        _apply_field(work, operation, name, new)
    return Merged(work.fields, work.conflict, work.merged, tuple(work.losers), tuple(work.settled))


def _apply_field(work: _Work, operation: WireOperation, name: str, new: Field) -> None:
    now = work.fields.get(name)
    if name == DELETED and new["v"] and _unseen_edits(work.fields, operation):
        work.conflict = True
        work.lose(name, new["v"], operation.op, operation.hlc)
        work.fields.setdefault(name, {**new, "v": 0})
    elif now is None or base_of(operation, name) == now["op"]:
        work.fields[name] = new
        if now is not None and name in GUARDED.get(operation.kind, ()):
            work.settled.append(name)
    elif name in UNIONS.get(operation.kind, ()):
        work.merged = True
        work.fields[name] = {**new, "v": _union(now["v"], new["v"]), "op": new["op"] + JOINED}
    elif isinstance(now["v"], dict) and isinstance(new["v"], dict):
        _merge_maps(work, name, now, new)
    elif now["v"] != new["v"]:
        _contend(work, operation, name, now, new)


def _contend(work: _Work, operation: WireOperation, name: str, now: Field, new: Field) -> None:
    if name in GUARDED.get(operation.kind, ()):
        work.conflict = True
        work.lose(name, new["v"], operation.op, operation.hlc)
        return
    work.merged = True
    if (new["w"], new["h"]) > (now["w"], now["h"]):
        work.lose(name, now["v"], now["op"], now["h"])
        work.fields[name] = new
    else:
        work.lose(name, new["v"], operation.op, operation.hlc)


def base_of(operation: WireOperation, name: str) -> str | None:
    """Return the operation whose value of `name` the user saw."""
    return operation.base.get(name) or operation.base.get(BASE_NAMES.get(name, name))


def _merge_maps(work: _Work, name: str, now: Field, new: Field) -> None:
    """Profiles merge key by key: what only one side holds stays, of two values the later one."""
    newer = (new["w"], new["h"]) > (now["w"], now["h"])
    winner, loser = (new, now) if newer else (now, new)
    for key in sorted(set(winner["v"]) & set(loser["v"])):
        if winner["v"][key] != loser["v"][key]:
            work.lose(f"{name}.{key}", loser["v"][key], loser["op"], loser["h"])
    work.merged = work.merged or now["v"] != new["v"]
    work.fields[name] = {**winner, "v": {**loser["v"], **winner["v"]}, "op": new["op"] + JOINED}


def _union(now: Any, new: Any) -> Any:
    """Sets travel as lists or as space-separated words."""
    if isinstance(now, list) and isinstance(new, list):
        return sorted({*now, *new}, key=str)
    return " ".join(sorted({*str(now or "").split(), *str(new or "").split()}))


def _device(hlc: str) -> str:
    return hlc[18:]


def _unseen_edits(fields: Fields, operation: WireOperation) -> bool:
    """Tell whether someone else changed a field that the deleting user had not seen: delete ∥ edit keeps the person."""
    seen = set(operation.base.values())
    own = _device(operation.hlc)
    return any(item["op"] not in seen and _device(item["h"]) != own for item in fields.values())


def _raise_the_dead(work: _Work, operation: WireOperation, wall: int) -> None:
    """An edit that did not know of the deletion lifts it; the deletion stays as a contender."""
    dead = work.fields.get(DELETED)
    if dead is None or not dead["v"] or DELETED in operation.set or operation.base.get(DELETED) == dead["op"]:
        return
    work.conflict = True
    work.lose(DELETED, dead["v"], dead["op"], dead["h"])
    work.fields[DELETED] = {"v": 0, "op": operation.op, "w": wall, "h": operation.hlc}

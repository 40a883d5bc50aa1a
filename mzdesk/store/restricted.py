"""Restricted answers lie in a column of their own: whatever reads the open answers can never show one by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mzdesk import canonical
from mzdesk.store.scope import Permission, Scope

Path = tuple[str, ...]  # names from the top of the answers to a question or group, without positions of repeats


def split(answers: Mapping[str, Any], paths: frozenset[Path]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (open, restricted) answers; `join` of the two is `answers` again. Instances of repeats keep their places."""
    return _split(answers, paths, ()) if paths else (dict(answers), {})


def _split(answers: Mapping[str, Any], paths: frozenset[Path], at: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    left: dict[str, Any] = {}
    taken: dict[str, Any] = {}
    for name, value in answers.items():
        here = (*at, name.partition("@")[0])
        if here in paths:
            taken[name] = value
        elif isinstance(value, Mapping):
            inner, hidden = _split(value, paths, here)
            _put(left, taken, name, inner if inner or not hidden else None, hidden)
        elif isinstance(value, list):
            parts = [_split(item, paths, here) if isinstance(item, Mapping) else (item, {}) for item in value]
            _put(left, taken, name, [part[0] for part in parts], [part[1] for part in parts] if any(part[1] for part in parts) else None)
        else:
            left[name] = value
    return left, taken


def _put(left: dict[str, Any], taken: dict[str, Any], name: str, inner: Any, hidden: Any) -> None:
    if inner is not None:
        left[name] = inner
    if hidden:
        taken[name] = hidden


def join(left: Mapping[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole answers."""
    whole = dict(left)
    for name, value in taken.items():
        before = whole.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            whole[name] = join(before, value)
        elif isinstance(value, list) and isinstance(before, list):
            whole[name] = [*map(_join_item, before, value), *before[len(value) :]]
        else:
            whole[name] = value
    return whole


def _join_item(before: Any, value: Any) -> Any:
    return join(before, value) if isinstance(before, Mapping) and isinstance(value, Mapping) else before


def may_see(scope: Scope, written_by: str) -> bool:
    """Tell whether this person sees restricted answers that `written_by` wrote: by the permission, or as their author."""
    return scope.may(Permission.RESTRICTED) or scope.actor == written_by


def answers_for(scope: Scope, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the answers of a row of the table of records, as far as this person may see them."""
    left: dict[str, Any] = canonical.loads(row["answers_json"])
    if row["restricted_json"] and may_see(scope, row["restricted_by"]):
        return join(left, canonical.loads(row["restricted_json"]))
    return left

"""Canonical JSON (RFC 8785): the one byte form of everything that is hashed, signed or compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from typing import Any, cast

import rfc8785

_SAFE_INTEGER = 2**53 - 1
_TEXTS = {str}
_PLAIN_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def dumps(value: Any) -> bytes:
    """Return the RFC 8785 bytes of `value`."""
    if _is_plain(value):
        return _PLAIN_ENCODER.encode(value).encode()
    return rfc8785.dumps(cast("str", value))


def _is_plain(value: Any) -> bool:
    """Tell whether the standard encoder writes the same bytes, several times faster: text, integers, and objects with ASCII names."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-_SAFE_INTEGER <= value <= _SAFE_INTEGER)
    if kind is dict:
        return set(map(type, value)) <= _TEXTS and "".join(value).isascii() and _all_plain(value.values())
    return kind is list and _all_plain(value)


def _all_plain(values: Collection[Any]) -> bool:
    """Tell whether all values are plain; mostly they are nothing but text, which needs no look at each."""
    return set(map(type, values)) <= _TEXTS or all(map(_is_plain, values))


def text(value: Any) -> str:
    """Return the RFC 8785 text of `value`, as the `*_json` columns hold it."""
    return dumps(value).decode()


def loads(value: str | bytes) -> Any:
    """Return what JSON `value` holds."""
    return json.loads(value)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(dumps(value)).hexdigest()

"""Canonical JSON (RFC 8785): the one byte form of everything that is hashed, signed or compared."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

import rfc8785

_SAFE_INTEGER = 2**53 - 1


def dumps(value: Any) -> bytes:
    """Return the RFC 8785 bytes of `value`."""
    if _is_plain(value):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return rfc8785.dumps(cast("str", value))


def _is_plain(value: Any) -> bool:
    """Tell whether the standard encoder writes the same bytes, several times faster: text, integers, and objects with ASCII names."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-_SAFE_INTEGER <= value <= _SAFE_INTEGER)
    if kind is dict:
        return all(type(name) is str and name.isascii() for name in value) and all(map(_is_plain, value.values()))
    return kind is list and all(map(_is_plain, value))


def text(value: Any) -> str:
    """Return the RFC 8785 text of `value`, as the `*_json` columns hold it."""
    return dumps(value).decode()


def loads(value: str | bytes) -> Any:
    """Return what JSON `value` holds."""
    return json.loads(value)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(dumps(value)).hexdigest()

"""Canonical JSON (RFC 8785): the one byte form of everything that is hashed, signed or compared."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

import rfc8785


def dumps(value: Any) -> bytes:
    """Return the RFC 8785 bytes of `value`."""
    return rfc8785.dumps(cast("str", value))


def text(value: Any) -> str:
    """Return the RFC 8785 text of `value`, as the `*_json` columns hold it."""
    return dumps(value).decode()


def loads(value: str | bytes) -> Any:
    """Return what JSON `value` holds."""
    return json.loads(value)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(dumps(value)).hexdigest()

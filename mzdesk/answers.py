"""Answers of a filled form, nested by name as a record keeps them."""

from __future__ import annotations

from collections import deque
from typing import Any


def first_named(answers: Any, name: str) -> str:
    """Return the text of the outermost answer called `name`, at any depth; "" where there is none."""
    groups = deque([answers])
    while groups:
        group = groups.popleft()
        if isinstance(group, list):
            groups.extend(group)
        elif isinstance(group, dict):
            if isinstance(found := group.get(name), str):
                return found
            groups.extend(group.values())
    return ""

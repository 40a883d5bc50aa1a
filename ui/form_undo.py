"""Undo over the whole form: each step is a change with its reverse; quick typing in one field is one step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

MERGE_SECONDS = 1.5
LIMIT = 500


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that changed."""

    ref: str
    before: str
    after: str
    at: float


@dataclass(frozen=True, slots=True)
class Reshape:
    """An instance of a repeat that came or went, with the two acts that do and undo it."""

    ref: str
    undo: Callable[[], None]
    redo: Callable[[], None]


Step = Change | Reshape


class History:
    """What was done, and what was undone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def note(self, ref: str, before: str, after: str) -> None:
        """Remember a change of an answer."""
        now = self._clock()
        last = self._done[-1] if self._done else None
        self._undone.clear()
        if isinstance(last, Change) and last.ref == ref and now - last.at < MERGE_SECONDS:
            self._done[-1] = replace(last, after=after, at=now)
        else:
            self._done.append(Change(ref, before, after, now))
            del self._done[:-LIMIT]

    def note_reshape(self, step: Reshape) -> None:
        """Remember an instance that came or went."""
        self._undone.clear()
        self._done.append(step)

    def back(self) -> Step | None:
        """Return the step to take back, None where there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        return step

    def forward(self) -> Step | None:
        """Return the step to do again, None where there is none."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(replace(step, at=0.0) if isinstance(step, Change) else step)
        return step

    @property
    def can_undo(self) -> bool:
        """Tell whether there is a step to take back."""
        return bool(self._done)

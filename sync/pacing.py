"""Owns how much to send at once and how long to wait before the next try; pure decisions, no clock of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass

FIRST_BYTES = 32 << 10
LEAST_BYTES = 1 << 10
MOST_BYTES = 4 << 20
QUICK_S = 5.0
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 15 * 60.0
STALL_S = 30.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Target size of a frame in bytes: doubles while an exchange is quick, halves after a failure."""

    bytes: int = FIRST_BYTES

    def after_success(self, seconds: float) -> Pace:
        """Return the pace after an exchange that took `seconds`."""
        return Pace(min(self.bytes * 2, MOST_BYTES)) if seconds < QUICK_S else self

    def after_failure(self) -> Pace:
        """Return the pace after a failed one; a sealed batch keeps its size, the next is smaller."""
        return Pace(max(self.bytes // 2, LEAST_BYTES))


def wait_seconds(failures: int, draw: random.Random, retry_after: float | None = None) -> float:
    """Return how long to wait after `failures` in a row: full jitter over 2 s … 15 min, never less than the server asked."""
    ceiling = min(FIRST_WAIT_S * 2 ** min(failures - 1, 20), LONGEST_WAIT_S)
    jittered = draw.uniform(0, ceiling)
    return max(jittered, min(retry_after, LONGEST_WAIT_S)) if retry_after is not None else jittered

"""Time as the station sees it: Beijing dates, milliseconds and ordered ids; nothing correct depends on the laptop being right."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Protocol

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """What tells the time; tests and the demo hand in a fixed one."""

    def now_ms(self) -> int:
        """Return milliseconds since the Unix epoch, as the laptop believes."""
        ...


class SystemClock:
    """The laptop's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


@dataclass
class FixedClock:
    """A clock that stands still until it is moved; `ms` is its time."""

    ms: int

    @classmethod
    def at(cls, text: str) -> FixedClock:
        """Return a clock at an ISO date or date-time in Beijing time."""
        moment = datetime.fromisoformat(text)
        return cls(int((moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).timestamp() * 1000))

    def now_ms(self) -> int:
        return self.ms

    def advance(self, *, days: int = 0, hours: int = 0, seconds: int = 0) -> None:
        """Move forward."""
        self.ms += ((days * 24 + hours) * 3600 + seconds) * 1000


def beijing(ms: int) -> datetime:
    """Return the Beijing date-time of `ms`."""
    return datetime.fromtimestamp(ms / 1000, BEIJING)


def today(clock: Clock) -> date:
    """Return the Beijing date of now."""
    return beijing(clock.now_ms()).date()


def new_id(clock: Clock) -> str:
    """Return a UUIDv7 (RFC 9562): 48 bits of milliseconds, then random, so that ids sort by creation."""
    time_part = f"{clock.now_ms() & 0xFFFF_FFFF_FFFF:012x}"
    chance = os.urandom(10).hex()
    variant = "89ab"[int(chance[3], 16) & 3]
    return f"{time_part[:8]}-{time_part[8:]}-7{chance[:3]}-{variant}{chance[4:7]}-{chance[7:19]}"

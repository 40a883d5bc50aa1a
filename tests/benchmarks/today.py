"""今日工作 at county size: opening the first page with 120,000 people, against one indexed count in raw sqlite3 over the same rows.

Scale with MZ_BENCH_PEOPLE. The issue's limit is 100 ms warm.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mzdesk.casework import months, today
from mzdesk.store.tables import ENROLMENT
from tests.benchmarks import registry

ROUNDS = 15
LIMIT_MS = 100.0
_RAW = (
    "SELECT count(*) FILTER (WHERE next_due < ?), count(*) FILTER (WHERE next_due = ?), min(next_due)"
    " FROM enrolment WHERE next_due <> '' AND next_due <= ?"
)


def run() -> dict[str, Any]:
    """Make the people, open the page warm, and compare; figures in ms."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        registry.build_people(folder)
        station = registry.open_station(folder)
        raw = _plain_enrolments(station)
        page = _median(lambda: today.overview(station))
        bars = _median(lambda: months.bars(station))
        floor = _median(lambda: raw.execute(_RAW, ("2026-11-24", "2026-11-24", "2026-12-01")).fetchone())
        station.close()
        raw.close()
    figures = {"overview_ms": page, "six_months_ms": bars, "raw_count_ms": floor, "limit_ms": LIMIT_MS}
    ratios = {"overview_to_raw_count": page / floor, "overview_to_limit": page / LIMIT_MS}
    for name, value in (figures | ratios).items():
        print(f"{name:28s} {value:10.2f}")
    return {"figures": figures, "ratios": ratios}


def _median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[1:])


def _plain_enrolments(station: Any) -> sqlite3.Connection:
    raw = sqlite3.connect(":memory:")
    raw.execute("CREATE TABLE enrolment (id TEXT PRIMARY KEY, person_id TEXT, next_due TEXT, village TEXT)")
    with station.read() as connection:
        rows = connection.execute(ENROLMENT.select()).mappings()
        raw.executemany("INSERT INTO enrolment VALUES (?, ?, ?, ?)", ((r["id"], r["person_id"], r["next_due"], r["village"]) for r in rows))
    raw.execute("CREATE INDEX ix_due ON enrolment (next_due)")
    return raw

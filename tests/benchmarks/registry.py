"""The registry at county size: 120,000 people and 1,000,000 records in SQLCipher, against the same questions put to raw sqlite3.

Scale with MZ_BENCH_PEOPLE; MZ_BENCH_DIR keeps the made database between runs.
"""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlcipher3 import dbapi2 as sqlcipher

from mzdesk import canonical
from mzdesk.casework import records as casework_records
from mzdesk.clock import FixedClock
from mzdesk.registry import divisions, indexing, people, roster_import
from mzdesk.registry.people import Query
from mzdesk.registry.sample import Sampler
from mzdesk.registry.snapshot import Snapshot
from mzdesk.station import Station, StationIdentity
from mzdesk.store import divisions as division_store
from mzdesk.store import search
from mzdesk.store.database import Database
from mzdesk.store.records import RecordFilter
from mzdesk.store.scope import Role, scope_for
from mzdesk.store.tables import ENROLMENT, PERSON, RECORD, RELATION

PEOPLE = int(os.environ.get("MZ_BENCH_PEOPLE", "120000"))
RECORDS = PEOPLE * 25 // 3
ROSTER_ROWS = 20_000
TOWNSHIP = "370983103"
KEY, SALT = bytes(range(32)), bytes(range(16))
TODAY = date(2026, 11, 24)
FRAME_MS = 1000 / 60
GROUPS = ("left_behind_child", "left_behind_elder", "extreme_poverty", "left_behind_woman", "child_in_difficulty")
BUSY_RECORDS = 300
_RAW_PAGE = (
    "SELECT l.next_due, p.id, p.name, p.id_no, p.village, p.phone, p.birth_date FROM listing l INDEXED BY ix_listing_due"
    " JOIN person p ON p.id = l.person_id WHERE l.\"group\" = '+' AND (l.next_due, l.person_id) > (?, ?)"
    " ORDER BY l.next_due, l.person_id LIMIT 50"
)


def run() -> dict[str, Any]:
    """Make the database, ask, and compare; returns figures in ms, rows/s and MB, and ratios to raw sqlite3 (or to the issue's limits)."""
    kept = os.environ.get("MZ_BENCH_DIR")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(kept or temporary)
        if not (folder / "plain.db").exists():
            subprocess.run([sys.executable, "-m", "tests.benchmarks.registry", str(folder)], check=True)
        station = open_station(folder)
        raw = sqlite3.connect(folder / "plain.db")
        raw.execute("PRAGMA cache_size=-65536")
        figures, ratios = _measure(station, raw, folder)
        station.close()
        raw.close()
    for name, value in figures.items():
        print(f"{name:36s} {value:12.3f}")
    for name, value in ratios.items():
        print(f"{name:36s} {value:12.2f} x")
    return {"figures": figures, "ratios": ratios}


def open_station(folder: Path) -> Station:
    """Open the made station with a supervisor at the desk."""
    identity = StationIdentity("基准站", TOWNSHIP, (), "bench")
    scope = scope_for("u1", "督导员", Role.SUPERVISOR, None)
    return Station(folder, identity, Database.open(folder / "station.db", KEY, SALT), scope, FixedClock.at("2026-11-24T10:00:00"))


# Making it


def build(folder: Path) -> None:
    """Make the station and a plain copy of it."""
    chance = random.Random(1)
    database, ids = _with_people(folder, chance)
    started = time.perf_counter()
    _add_records(database, chance, ids)
    print(f"  {RECORDS} records in {time.perf_counter() - started:.0f} s", flush=True)
    with database.read() as connection:
        connection.exec_driver_sql("ANALYZE")
    database.close()
    _copy_plain(folder / "plain.db")


def build_people(folder: Path) -> None:
    """Make a station with people and no records."""
    database, _ = _with_people(folder, random.Random(1))
    with database.read() as connection:
        connection.exec_driver_sql("ANALYZE")
    database.close()


def _with_people(folder: Path, chance: random.Random) -> tuple[Database, list[tuple[str, str]]]:
    folder.mkdir(parents=True, exist_ok=True)
    database = Database.create(folder / "station.db", KEY, SALT)
    with database.write() as connection:
        divisions.seed(connection, TOWNSHIP, Snapshot())
    with database.read() as connection:
        villages = [row.code for row in division_store.under(connection, TOWNSHIP)]
    started = time.perf_counter()
    ids = _add_people(database, chance, villages)
    print(f"  {len(ids)} people in {time.perf_counter() - started:.0f} s", flush=True)
    return database, ids


def _add_people(database: Database, chance: random.Random, villages: Sequence[str]) -> list[tuple[str, str]]:
    sampler = Sampler(1)
    ids: list[tuple[str, str]] = []
    for start in range(0, PEOPLE, 5000):
        persons: list[dict[str, Any]] = []
        roles: list[dict[str, Any]] = []
        kin: list[dict[str, Any]] = []
        for number in range(start, min(start + 5000, PEOPLE)):
            person_id = f"00000000-0000-7000-8000-{number:012d}"
            village = chance.choice(villages)
            sample = sampler.person(village, TODAY, 1, 95)
            ids.append((person_id, village))
            persons.append(_person(person_id, sample))
            roles += _roles(chance, person_id, village)
            kin.append(_relation(person_id, village, sampler))
        with database.write() as connection:
            connection.execute(PERSON.insert(), persons)
            connection.execute(ENROLMENT.insert(), roles)
            connection.execute(RELATION.insert(), kin)
            indexing.refresh(connection, [row["id"] for row in persons], fresh=True)
    return ids


def _person(person_id: str, sample: Any) -> dict[str, Any]:
    blank = {column.name: "" for column in PERSON.columns if column.name not in ("deleted_at", "created_at", "updated_at")}
    told = {"id": person_id, "name": sample.name, "id_no": sample.id_no, "sex": sample.sex, "birth_date": sample.birth_date.isoformat()}
    rest = {"village": sample.village, "phone": sample.phone, "life": "here", "profile_json": "{}", "field_ops_json": "{}"}
    return {**blank, **told, **rest, "deleted_at": 0, "created_at": 1, "updated_at": 1}


def _roles(chance: random.Random, person_id: str, village: str) -> Iterator[dict[str, Any]]:
    blank = {column.name: "" for column in ENROLMENT.columns if column.name not in ("deleted_at", "created_at", "updated_at")}
    for number, group in enumerate(chance.sample(GROUPS, 2 if chance.random() < 0.1 else 1)):
        due = (TODAY + timedelta(days=chance.randrange(-20, 90))).isoformat() if number == 0 else ""
        yield {
            **blank,
            "id": f"{person_id[:-13]}{number + 1}{person_id[-12:]}",
            "person_id": person_id,
            "village": village,
            "group": group,
            "risk": chance.choices(("high", "medium", "low"), (5, 20, 75))[0],
            "entered_on": "2026-01-01",
            "next_due": due,
            "due_why": "每 30 天至少见面一次",
            "profile_json": "{}",
            "field_ops_json": "{}",
            "deleted_at": 0,
            "created_at": 1,
            "updated_at": 1,
        }


def _relation(person_id: str, village: str, sampler: Sampler) -> dict[str, Any]:
    blank = {column.name: "" for column in RELATION.columns if column.name not in ("deleted_at", "created_at", "updated_at")}
    told = {"id": f"r{person_id}", "person_id": person_id, "kind": "guardian", "name": sampler.name(), "village": village}
    return {**blank, **told, "profile_json": "{}", "field_ops_json": "{}", "deleted_at": 0, "created_at": 1, "updated_at": 1}


def _add_records(database: Database, chance: random.Random, ids: Sequence[tuple[str, str]]) -> None:
    """Write visits; the first person has BUSY_RECORDS of them."""
    columns = [column.name for column in RECORD.columns]
    zero = {"late_days", "restricted", "saved_at", "clock_offset_ms", "deleted_at"}
    answers = canonical.text({f"question_{number}": "好" for number in range(15)})
    statement = f"INSERT INTO record ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})"
    written = 0
    while written < RECORDS:
        batch = []
        for number in range(written, min(written + 50_000, RECORDS)):
            person_id, village = ids[0] if number < BUSY_RECORDS else chance.choice(ids)
            day = (TODAY - timedelta(days=chance.randrange(700))).isoformat()
            values = {name: 0 if name in zero else "" for name in columns}
            values |= {
                "id": f"10000000-0000-7000-8000-{number:012d}",
                "number": f"n{number}",
                "kind": "visit",
                "form_id": "v",
                "form_version": "1",
            }
            values |= {"person_id": person_id, "village": village, "answers_json": answers, "occurred_on": day, "contact_mode": "home"}
            values |= {"reached": "yes", "risk_level": "low", "author": "u1", "author_name": "甲", "saved_at": number}
            batch.append(tuple(values[name] for name in columns))
        with database.write() as connection:
            connection.exec_driver_sql(statement, batch)
        written += len(batch)


def _copy_plain(path: Path) -> None:
    """Write the same tables and indices into a plain file."""
    cipher = sqlcipher.connect(str(path.with_name("station.db")), isolation_level=None)
    cipher.execute(f"PRAGMA key=\"x'{(KEY + SALT).hex()}'\"")
    cipher.execute("ATTACH DATABASE ? AS plain KEY ''", (str(path),))
    cipher.execute("SELECT sqlcipher_export('plain')")
    cipher.execute("DETACH DATABASE plain")
    cipher.close()
    with sqlite3.connect(path) as plain:
        plain.execute("ANALYZE")


# Asking


def _measure(station: Station, raw: sqlite3.Connection, folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    figures: dict[str, float] = {"people": float(PEOPLE), "records": float(RECORDS)}
    ratios: dict[str, float] = {}
    keys = _keystrokes(station)
    for text in keys[:300]:
        people.find(station, Query(text, limit=50))
    ours = [_timed(lambda text=text: people.find(station, Query(text, limit=50))) for text in keys]  # type: ignore[misc]
    floor = [_timed(lambda text=text: _raw_search(raw, text)) for text in keys]  # type: ignore[misc]
    figures |= {"search_median_ms": statistics.median(ours), "search_p99_ms": _p99(ours), "search_worst_ms": max(ours)}
    figures["search_raw_median_ms"] = statistics.median(floor)
    busy = [_timed(lambda text=text: people.find(station, Query(text, limit=50)), time.process_time) for text in keys]  # type: ignore[misc]
    figures |= {"search_cpu_median_ms": statistics.median(busy), "search_cpu_p99_ms": _p99(busy)}  # what is left on a busy machine
    ratios["search_to_raw"] = statistics.median(ours) / statistics.median(floor)
    _measure_lists(station, raw, figures, ratios)
    _measure_file(station, raw, figures, ratios)
    figures["rss_mb_reading"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _measure_import(station, folder, figures)
    figures["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratios["search_median_to_frame"] = figures["search_median_ms"] / FRAME_MS
    ratios["scroll_p99_to_frame"] = figures["scroll_p99_ms"] / FRAME_MS
    ratios["open_list_to_frame"] = figures["open_list_ms"] / FRAME_MS
    ratios["import_to_2000_rows_per_s"] = figures["import_rows_per_s"] / 2000
    ratios["rss_to_400_mb"] = figures["rss_mb"] / 400
    return figures, ratios


def _timed(act: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return milliseconds."""
    started = clock()
    act()
    return (clock() - started) * 1000


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def _keystrokes(station: Station) -> list[str]:
    """Return what a person types, letter by letter: names, pinyin, initials, numbers, phones, villages, guardians, mistakes."""
    chance = random.Random(2)
    rows = people.find(station, Query(sort="birth", limit=400)).rows
    typed: list[str] = []
    with station.read() as connection:
        stored = search.old_keys(connection, [row.id for row in rows])
    for row in rows:
        keys = stored[row.id].split(" ")
        plain = [key for key in keys if key.isascii() and key.isalpha()]
        digits = [key for key in keys if key[0].isdigit()]
        words = [row.name, chance.choice(plain), max(plain, key=len), chance.choice(digits), row.id_masked[-4:], row.village_name]
        words += [row.guardian, chance.choice(plain)[:-1] + "g", f"{row.name[0]} {row.village_name}"]
        for word in words:
            typed += [word[: length + 1] for length in range(len(word))]
    chance.shuffle(typed)
    return [text for text in typed if text.strip()][:6000]


def _raw_search(raw: sqlite3.Connection, text: str) -> list[Any]:
    """Ask the least that a search must: one key range, the people behind it."""
    query = (
        "SELECT p.id, p.name, p.id_no, p.village, p.phone, p.birth_date, p.sex FROM search_key s JOIN person p ON p.id = s.person_id"
        " WHERE s.key >= ? AND s.key < ? ORDER BY s.key LIMIT 50"
    )
    return raw.execute(query, (text, text[:-1] + chr(ord(text[-1]) + 1))).fetchall()


def _measure_lists(station: Station, raw: sqlite3.Connection, figures: dict[str, float], ratios: dict[str, float]) -> None:
    opening = [_timed(lambda: people.find(station, Query())) for _ in range(20)]
    figures["open_list_ms"] = statistics.median(opening)
    steps: list[float] = []
    for sort in ("due", "name", "village", "risk", "-birth"):
        for group in ("", "left_behind_child"):
            after = people.find(station, Query(group=group, sort=sort, limit=50)).after
            for _ in range(60):
                query = Query(group=group, sort=sort, limit=50, after=after)
                started = time.perf_counter()
                page = people.find(station, query)
                steps.append((time.perf_counter() - started) * 1000)
                after = page.after
    figures |= {"scroll_median_ms": statistics.median(steps), "scroll_p99_ms": _p99(steps)}
    floor, place = [], ("", "")
    for _ in range(200):
        started = time.perf_counter()
        rows = raw.execute(_RAW_PAGE, place).fetchall()
        floor.append((time.perf_counter() - started) * 1000)
        place = (rows[-1][0], rows[-1][1]) if rows else ("", "")
    figures["scroll_raw_median_ms"] = statistics.median(floor)
    ratios["scroll_to_raw"] = figures["scroll_median_ms"] / figures["scroll_raw_median_ms"]


def _measure_file(station: Station, raw: sqlite3.Connection, figures: dict[str, float], ratios: dict[str, float]) -> None:
    busy = f"00000000-0000-7000-8000-{0:012d}"

    def ours() -> None:
        people.get(station, busy)
        assert len(casework_records.find(station, RecordFilter(person_id=busy, limit=1000))) >= BUSY_RECORDS

    def floor() -> None:
        for table, column in (
            ("person", "id"),
            ("enrolment", "person_id"),
            ("relation", "person_id"),
            ("change", "person_id"),
            ("record", "person_id"),
        ):
            raw.execute(f"SELECT * FROM {table} WHERE {column} = ?", (busy,)).fetchall()

    figures["file_ms"] = statistics.median(_timed(ours) for _ in range(15))
    figures["file_raw_ms"] = statistics.median(_timed(floor) for _ in range(15))
    ratios["file_to_raw"] = figures["file_ms"] / figures["file_raw_ms"]


def _measure_import(station: Station, folder: Path, figures: dict[str, float]) -> None:
    path = folder / "roster.xlsx"
    _write_roster(station, path)
    started, busy = time.perf_counter(), time.process_time()
    outcome = roster_import.import_roster(station, path)
    took, worked = time.perf_counter() - started, time.process_time() - busy
    assert outcome.created > ROSTER_ROWS * 0.8, outcome.created  # a kept database has some of them already
    figures |= {"import_s": took, "import_rows_per_s": ROSTER_ROWS / took, "import_rows_per_cpu_s": ROSTER_ROWS / worked}


def _write_roster(station: Station, path: Path) -> None:
    sampler = Sampler(int(time.time()))
    names = [row.name for row in divisions.villages(station)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("花名册")
    sheet.append(["桃园镇农村留守儿童花名册"])
    sheet.append(["序号", "姓名", "性别", "身份证号码", "出生日期", "村（居）", "监护人", "联系电话", "备注"])
    for number in range(ROSTER_ROWS):
        person = sampler.person(TOWNSHIP[:6], TODAY, 1, 15)
        # a region of its own, so that nobody is registered already
        id_no = sampler.id_no("370982", person.birth_date, person.sex)
        born = f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}"
        sex = "男" if person.sex == "1" else "女"
        sheet.append([number + 1, person.name, sex, id_no, born, names[number % len(names)], sampler.name(), person.phone, ""])
    book.save(path)


if __name__ == "__main__":
    build(Path(sys.argv[1]))

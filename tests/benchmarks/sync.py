"""The exchange beside PouchDB → express-pouchdb and raw COPY in one run: rate, bytes, round trips, bad lines, many laptops."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import psycopg

from mzdesk.station import Station
from mzdesk.store.meta import write_meta
from sync import account as accounts
from sync import enrolment, exchange
from sync.transport import HttpTransport
from tests.benchmarks.peers.laptop import fill_outbox, make_laptop
from tests.benchmarks.peers.postgres import free_port, postgres
from tests.benchmarks.peers.receiver import TOWNSHIP, VILLAGES, Receiver, receiver
from tests.benchmarks.peers.records import answer_bytes, visits
from tests.sync.proxy import Line, proxied

RECORDS = int(os.environ.get("MZ_RECORDS", "10000"))
REPEATS = int(os.environ.get("MZ_REPEATS", "3"))
PEERS = Path(__file__).parent / "peers" / "pouch"
BATCH_500 = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """One push: seconds, requests, frame bytes up, receipt bytes down."""

    seconds: float
    batches: int
    up: int
    down: int


def prepare(folder: Path, served: Receiver, count: int, *, pace: int = 0, seed: int = 1, villages: tuple[str, ...] = ()) -> Station:
    """Make a laptop with `count` records waiting, joined to the county; `villages` is its scope, none for the township."""
    station = make_laptop(folder, TOWNSHIP, villages or VILLAGES)
    fill_outbox(station, visits(count, villages or VILLAGES, seed))
    enrolment.join(station, served.issue(villages=villages), HttpTransport(served.url))
    if pace:
        with station.write() as connection:
            write_meta(connection, "sync.pace", str(pace))
    return station


def push(station: Station, count: int, url: str) -> Sent:
    """Send all that waits and tell what it took."""
    wire = HttpTransport(url, token=accounts.require(station).record.token)
    started = time.perf_counter()
    done = exchange.run_once(station, wire)
    seconds = time.perf_counter() - started
    wire.close()
    assert done.problem is None and done.accepted == count, done
    with station.read() as connection:
        row = connection.exec_driver_sql("SELECT count(*), sum(length(frame)), sum(length(receipt)) FROM batch").one()
    return Sent(seconds, row[0], row[1], row[2])


def stage_seconds(url: str) -> dict[str, float]:
    """Return how long each stage took at the county so far."""
    with urlopen(f"{url}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    found = [line for line in lines if line.startswith("mzdesk_stage_seconds_sum")]
    return {line.split('"')[1]: float(line.rsplit(" ", 1)[1]) for line in found}


def ours(url: str, checking: str) -> tuple[list[Sent], dict[str, float]]:
    """Return repeated pushes of all records, and the stages of the last."""
    sent, stages = [], {}
    for repeat in range(REPEATS):
        with (
            tempfile.TemporaryDirectory() as name,
            fresh_database(url) as database,
            receiver(Path(name) / "c", database, checking) as served,
        ):
            warm = prepare(Path(name) / "warm", served, 64, seed=99)
            push(warm, 64, served.url)
            warm.close()
            before = stage_seconds(served.url)
            station = prepare(Path(name) / "l", served, RECORDS, pace=96 << 10, seed=repeat)
            sent.append(push(station, RECORDS, served.url))
            station.close()
            stages = {key: value - before.get(key, 0.0) for key, value in stage_seconds(served.url).items()}
    return sent, stages


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """Yield the URL of a new database in the cluster at `url`."""
    name = f"bench{time.time_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield url.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def raw_copy(url: str) -> tuple[float, float]:
    """Return records/s of COPY of the county's own rows, 500 a transaction, and of the county's store step at 500 a batch."""
    with tempfile.TemporaryDirectory() as name, fresh_database(url) as database, receiver(Path(name) / "c", database, "none") as served:
        station = prepare(Path(name) / "l", served, RECORDS, pace=45_000)
        push(station, RECORDS, served.url)
        station.close()
        store = RECORDS / stage_seconds(served.url)["store"]
        with psycopg.connect(database) as connection:
            rows = connection.execute("SELECT * FROM operation ORDER BY n").fetchall()
            connection.execute("CREATE TABLE copied (LIKE operation INCLUDING INDEXES)")
            connection.commit()
            started = time.perf_counter()
            for at in range(0, len(rows), BATCH_500):
                with connection.cursor() as cursor, cursor.copy("COPY copied FROM STDIN") as copy:
                    for row in rows[at : at + BATCH_500]:
                        copy.write_row(row)
                connection.commit()
            return RECORDS / (time.perf_counter() - started), store


@dataclass(frozen=True, slots=True)
class Peer:
    """What the peer took for the same records."""

    rate: float
    bytes: int


def pouch(batch: int, *, counted: bool) -> Peer:
    """Replicate the same records with PouchDB; raises RuntimeError where it is not installed and cannot be."""
    if not (PEERS / "node_modules").exists():
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund"], cwd=PEERS, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        subprocess.run(["npm", "rebuild", "leveldown"], cwd=PEERS, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        (folder / "srv").mkdir()
        documents = [{"_id": visit.id, **visit.content} for visit in visits(RECORDS, VILLAGES)]
        (folder / "records.json").write_text(json.dumps(documents, ensure_ascii=False), "utf-8")
        server = subprocess.Popen(["node", "server.js", str(port), str(folder / "srv")], cwd=PEERS, stdout=subprocess.DEVNULL)
        try:
            _create(port)
            if not counted:
                return Peer(_replicate(folder, port, batch), 0)
            with proxied(Line(port)) as line:
                rate = _replicate(folder, line.port, batch)
                return Peer(rate, line.up + line.down)
        finally:
            server.kill()
            server.wait()


def _create(port: int) -> None:
    for _ in range(200):
        try:
            urlopen(Request(f"http://127.0.0.1:{port}/visits", method="PUT"), timeout=10).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the peer did not start")


def _replicate(folder: Path, port: int, batch: int) -> float:
    words = ["node", "client.js", str(folder / "records.json"), str(folder), f"http://127.0.0.1:{port}/visits", str(batch), "8"]
    client = subprocess.Popen(words, cwd=PEERS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert client.stdin is not None and client.stdout is not None
    assert client.stdout.readline().strip() == "READY"
    client.stdin.write("go\n")
    client.stdin.flush()
    result = json.loads(client.stdout.readline())
    client.wait(30)
    assert result["ok"] and result["written"] == RECORDS, result
    return RECORDS / float(result["seconds"])


def lines(url: str) -> dict[str, float]:
    """Return the figures of slow and broken lines."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name, fresh_database(url) as database, receiver(Path(name) / "c", database, "2") as served:
        port = urlsplit(served.url).port or 0
        station = prepare(Path(name) / "few", served, 10)
        with proxied(Line(port)) as line:
            push(station, 10, f"http://127.0.0.1:{line.port}")
            found["round_trips_10_records"] = line.connections
        station.close()
        station = prepare(Path(name) / "slow", served, 500, seed=2)
        with proxied(Line(port, rtt=0.4, kbps=256)) as line:
            found["seconds_500_records_400ms_256kbit"] = push(station, 500, f"http://127.0.0.1:{line.port}").seconds
        station.close()
        found |= _cut_every(Path(name), served, port)
    return found


def _cut_every(folder: Path, served: Receiver, port: int) -> dict[str, float]:
    station = prepare(folder / "cut", served, RECORDS, seed=3)
    tries = 0
    with proxied(Line(port, cut_every=400_000)) as line:
        while True:
            wire = HttpTransport(f"http://127.0.0.1:{line.port}", token=accounts.require(station).record.token)
            tries += 1
            done = exchange.run_once(station, wire)
            wire.close()
            if done.problem is None:
                break
            assert tries < 60, done
        with station.read() as connection:
            frames = connection.exec_driver_sql("SELECT sum(length(frame)) FROM batch").scalar_one()
        station.close()
        return {"cut_tries": tries, "cut_extra_percent": 100 * (line.up - frames) / frames}


def many(url: str, laptops: int) -> tuple[float, float]:
    """Return records/s of one laptop, and of many at once with the same records in all."""
    each = RECORDS // laptops
    with tempfile.TemporaryDirectory() as name, fresh_database(url) as database, receiver(Path(name) / "c", database, "2") as served:
        alone = prepare(Path(name) / "alone", served, each * laptops, pace=96 << 10)
        one = each * laptops / push(alone, each * laptops, served.url).seconds
        alone.close()
        places = [f"{TOWNSHIP}{201 + i}" for i in range(laptops)]
        stations = [
            prepare(Path(name) / place, served, each, pace=96 << 10, seed=10 + i, villages=(place,)) for i, place in enumerate(places)
        ]
        with ThreadPoolExecutor(laptops) as pool:
            started = time.perf_counter()
            list(pool.map(lambda station: push(station, each, served.url), stations))
            rate = each * laptops / (time.perf_counter() - started)
        for station in stations:
            station.close()
    return one, rate


def run() -> dict[str, Any]:
    """Run all of it; needs PostgreSQL's binaries and node on PATH."""
    if shutil.which("node") is None:
        raise RuntimeError("node is needed for the peer")
    with postgres() as url:
        full, stages = ours(url, "2")
        bare, _ = ours(url, "none")
        copy_rate, store_rate = raw_copy(url)
        peer = [pouch(1000, counted=False) for _ in range(REPEATS)]
        peer_bytes = pouch(1000, counted=True).bytes
        one, crowd = many(url, 16)
        line_figures = lines(url)
    rate = statistics.median(RECORDS / item.seconds for item in full)
    pipe = statistics.median(RECORDS / item.seconds for item in bare)
    peer_rate = statistics.median(item.rate for item in peer)
    own_bytes = (full[0].up + full[0].down) / RECORDS
    figures = {
        "records": RECORDS,
        "answer_bytes": answer_bytes(list(visits(500, VILLAGES))),
        "records_per_s": rate,
        "pipe_records_per_s": pipe,
        "pouchdb_records_per_s": peer_rate,
        "bytes_per_record": own_bytes,
        "pouchdb_bytes_per_record": peer_bytes / RECORDS,
        "store_records_per_s": store_rate,
        "raw_copy_records_per_s": copy_rate,
        "requests": full[0].batches,
        "one_laptop_records_per_s": one,
        "sixteen_laptops_records_per_s": crowd,
        **{f"stage_{key}_s": value for key, value in stages.items()},
        **line_figures,
    }
    ratios = {
        "rate_to_pouchdb": rate / peer_rate,
        "pipe_to_pouchdb": pipe / peer_rate,
        "bytes_to_pouchdb": own_bytes / (peer_bytes / RECORDS),
        "store_to_copy": store_rate / copy_rate,
        "sixteen_to_one": crowd / one,
    }
    for name, value in {**figures, **ratios}.items():
        print(f"{name:36s} {value:12.2f}")
    return {"figures": figures, "ratios": ratios}

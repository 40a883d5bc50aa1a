"""A Hypothesis state machine over real stations and a real county: lost, doubled and reordered messages, sticks, clocks, restarts, clones.

Its end is a quiet time in which everyone exchanges twice; then the invariants of PROTOCOL.md §8 must hold.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mzdesk import canonical
from mzdesk.clock import FixedClock
from mzdesk.registry.journal import Journal
from mzdesk.station import Station
from mzdesk.store import database, rows
from mzdesk.store import exchange as store
from mzdesk.store.database import Database
from mzdesk.store.meta import read_meta
from mzdesk.store.scope import SYSTEM
from mzdesk.store.tables import BATCH, OPERATION, PERSON
from sync import account as accounts
from sync import exchange, protocol, pull, push, stick
from sync.county import ingest
from sync.county import stick as county_stick
from sync.county.county import County
from sync.county.ingest import Received, Refused
from sync.county.tables import BATCH as COUNTY_BATCH
from sync.county.tables import CONTENDER, DEVICE, STATE
from sync.county.tables import OPERATION as LOG
from sync.errors import SENTENCES
from sync.pacing import Pace
from tests.sync import rig

LAPTOPS = {"a": rig.TOWNSHIP, "b": rig.TOWNSHIP, "x": rig.OTHER_TOWNSHIP}
FIELDS = ("phone", "address", "aids", "life_on", "tags", "id_no")
FAST = ("journal_mode=WAL", "synchronous=OFF", "temp_store=2", "foreign_keys=ON", "busy_timeout=15000")


@dataclass
class Templates:
    """An empty station and an empty county, made once and copied for each run."""

    folder: Path
    stations: dict[str, Station] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path) -> Templates:
        made = cls(folder)
        clock = FixedClock.at(rig.NOW)
        for name, township in LAPTOPS.items():
            station = rig.make_station(folder / name, clock, township=township, villages=(f"{township}201",))
            station.close()
            made.stations[name] = station
        rig.make_county(folder / "county", clock).close()
        return made


@dataclass(frozen=True, slots=True)
class Edited:
    """One change that a user saw as saved."""

    laptop: str
    subject: str
    values: dict[str, str]


class Exchange(RuleBasedStateMachine):
    """See the module; `templates` is set by the test."""

    templates: Templates

    @initialize()
    def set_up(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mz-machine-"))
        self.clock = FixedClock.at(rig.NOW)
        self.edits: dict[str, Edited] = {}
        self.frames: list[bytes] = []
        shutil.copytree(self.templates.folder / "county", self.folder / "county")
        self.county = rig.make_county(self.folder / "county", self.clock)
        self.stations: dict[str, Station] = {}
        self.lines: dict[str, rig.DirectLine] = {}
        for name in LAPTOPS:
            shutil.copytree(self.templates.folder / name, self.folder / name)
            self.stations[name] = self._open(name, FixedClock(self.clock.ms))
            self.lines[name] = rig.join(self.stations[name], self.county, villages=())

    def _open(self, name: str, clock: FixedClock) -> Station:
        path = self.folder / name
        template = self.templates.stations[name]
        opened = Database.open(path / "station.db", b"k" * 32, b"s" * 16)
        return replace(template, folder=path, database=opened, clock=clock)

    laptops = st.sampled_from(sorted(LAPTOPS))
    changes = st.tuples(laptops, st.integers(0, 1), st.sampled_from(FIELDS), st.integers(0, 9))

    @rule(wanted=st.lists(changes, min_size=1, max_size=5))
    def edit(self, wanted: list[tuple[str, int, str, int]]) -> None:
        for name, person, field_name, value in wanted:
            self.clock.advance(seconds=1)
            clock = self.stations[name].clock
            assert isinstance(clock, FixedClock)
            clock.advance(seconds=1)
            text = {"tags": f"t{value}", "id_no": _id_number(value)}.get(field_name, f"v{value}")
            self._edit(name, f"{LAPTOPS[name]}-p{person}", {field_name: text})

    def _edit(self, name: str, subject: str, values: dict[str, str]) -> None:
        station = self.stations[name]
        with station.write() as connection:
            journal = Journal(connection, station, "test")
            person = rows.person(connection, SYSTEM, subject)
            if person is None:
                values = {"name": "王一", "village": f"{LAPTOPS[name]}201", **values}
                journal.create("person", values, row_id=subject)
            elif not journal.change("person", person, values):
                return
            journal.close()
            op = connection.execute(OPERATION.select().order_by(OPERATION.c.seq.desc()).limit(1)).one().op
        self.edits[op] = Edited(name, subject, values)

    @rule(name=laptops, offset=st.sampled_from([0, -20 * 365 * 86400, 10 * 365 * 86400, 3600, -60]))
    def set_clock(self, name: str, offset: int) -> None:
        clock = self.stations[name].clock
        assert isinstance(clock, FixedClock)
        clock.ms = self.clock.ms + offset * 1000

    @rule(name=laptops, plan=st.lists(st.sampled_from(["ok", "drop_request", "drop_answer", "twice", "cut"]), min_size=1, max_size=4))
    def exchange(self, name: str, plan: list[str]) -> None:
        self.clock.advance(seconds=1)
        line = self.lines[name]
        line.plan = list(plan)
        done = exchange.run_once(self.stations[name], line)
        assert done.problem is None or done.problem.title not in {item.title for item in SENTENCES.values()}, done.problem
        line.plan = []
        self.frames += line.sent
        line.sent = []

    @rule(name=laptops, pages=st.integers(1, 3))
    def pull_only(self, name: str, pages: int) -> None:
        """Pages come in while own changes still wait, as from a stick."""
        station = self.stations[name]
        account = accounts.require(station)
        for _ in range(pages):
            page = pull.read_page(account, self.lines[name].feed(pull.cursor_of(station)))
            pull.apply_page(station, page)

    @rule(data=st.data())
    @precondition(lambda self: self.frames)
    def replay(self, data: st.DataObject) -> None:
        frame = data.draw(st.sampled_from(self.frames))
        before = dump(self.county)
        answer = ingest.receive(self.county, frame)
        if isinstance(answer, Received) and answer.replay:
            assert dump(self.county) == before

    @rule(name=laptops, order=st.randoms(use_true_random=False), bring_back=st.booleans())
    def carry_stick(self, name: str, order: random.Random, bring_back: bool) -> None:
        station = self.stations[name]
        account = accounts.require(station)
        while push.seal_next(station, account, Pace(200)) is not None:
            pass
        with station.read() as connection:
            frames = [batch.frame for batch in store.unreceipted(connection)]
        order.shuffle(frames)
        for frame in frames + frames:
            ingest.receive(self.county, frame)
        self.frames += frames
        self._bring_back(station, bring_back)

    def _bring_back(self, station: Station, wanted: bool) -> None:
        path = stick.export(station, self.folder)
        report = county_stick.receive(self.county, path)
        if wanted and report.answer is not None and report.answer.entries():
            back = county_stick.write_answer(report, self.folder, "back")
            stick.take(station, back)
            assert stick.take(station, back).batches == 0

    @rule(name=laptops)
    def restore_laptop_from_backup(self, name: str) -> None:
        """A copy of the folder comes back as a new device and offers everything that has no receipt again."""
        self.lines[name] = rig.join(self.stations[name], self.county, villages=())

    @rule(name=laptops)
    def restart_laptop(self, name: str) -> None:
        clock = self.stations[name].clock
        assert isinstance(clock, FixedClock)
        self.stations[name].close()
        self.stations[name] = self._open(name, clock)

    @rule()
    def restart_county(self) -> None:
        self.county.close()
        self.county = rig.make_county(self.folder / "county", self.clock)
        for line in self.lines.values():
            line.county = self.county

    @rule(name=laptops, person=st.integers(0, 1))
    def write_into_another_township(self, name: str, person: int) -> None:
        """A hostile laptop, properly enrolled, names another township's person and village."""
        foreign = rig.OTHER_TOWNSHIP if LAPTOPS[name] == rig.TOWNSHIP else rig.TOWNSHIP
        before = [row for row in dump(self.county)["state"] if row[0] == foreign]
        station = self.stations[name]
        account = accounts.require(station)
        body = {
            "op": f"evil-{self.clock.ms}-{random.random()}",
            "id": f"{foreign}-p{person}",
            "kind": "person",
            "set": {"address": "evil", "village": f"{foreign}201"},
            "base": {},
            "hlc": "ffffffffffff-0000-z",
            "actor": "u",
        }
        line = rig.join(rig_clone(station), self.county, villages=())
        header = protocol.Header(self.county.id, LAPTOPS[name], line.device, 1, protocol.ZERO_DIGEST, "k1", "x", "")
        clone = accounts.require(line.station) if line.station else account
        sealed = protocol.seal(header, [canonical.dumps(body)], clone.sign_key, account.record.card.box_key)
        answer = ingest.receive(self.county, sealed.frame)
        assert isinstance(answer, Received)
        receipt = push.read_receipt(clone, answer.receipt)
        assert receipt.verdicts is not None and receipt.verdicts[0].reason == "SCOPE"
        assert [row for row in dump(self.county)["state"] if row[0] == foreign] == before
        assert line.station is not None
        line.station.close()

    @invariant()
    def each_operation_has_one_verdict(self) -> None:
        if not hasattr(self, "county"):
            return
        with self.county.read() as connection:
            ops = connection.execute(LOG.select()).all()
            assert len({row.op for row in ops}) == len(ops)
            assert all(row.subject.startswith(row.township) or row.verdict == "returned" for row in ops)
            for code in set(LAPTOPS.values()):
                numbers = sorted(row.n for row in ops if row.township == code)
                assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def users_read_their_own_writes(self) -> None:
        if not hasattr(self, "stations"):
            return
        for station in self.stations.values():
            with station.read() as connection:
                cursor = int(read_meta(connection, store.CURSOR, "0"))
                wanted: dict[tuple[str, str], Any] = {}
                for row in connection.execute(OPERATION.select().order_by(OPERATION.c.seq)):
                    if row.verdict is None or (row.verdict != "returned" and (row.feed_hi or 0) > cursor):
                        wanted |= {(row.subject, name): value for name, value in canonical.loads(row.body)["set"].items()}
                seen = {row.id: row._mapping for row in connection.execute(PERSON.select())}
            for (subject, name), value in wanted.items():
                assert seen[subject][name] == value, "an own unsent change is hidden"

    @invariant()
    def delivered_means_receipted(self) -> None:
        if not hasattr(self, "stations"):
            return
        for station in self.stations.values():
            with station.read() as connection:
                held = {row.seq for row in connection.execute(BATCH.select()) if row.receipt is not None}
                for row in connection.execute(OPERATION.select()):
                    assert row.verdict is None or row.batch in held

    def teardown(self) -> None:
        if not hasattr(self, "stations"):
            return
        try:
            self._quieten()
            self._check_county()
            self._check_stations()
            self._check_nothing_overwritten()
        finally:
            for station in self.stations.values():
                station.close()
            self.county.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _quieten(self) -> None:
        for _ in range(3):
            for name, station in self.stations.items():
                assert isinstance(station.clock, FixedClock)
                station.clock.ms = self.clock.ms
                done = exchange.run_once(station, self.lines[name])
                assert done.problem is None, done.problem

    def _check_county(self) -> None:
        with self.county.read() as connection:
            logged = {row.op for row in connection.execute(LOG.select()) if not row.op.startswith("evil")}
            heads = {row.id: row for row in connection.execute(DEVICE.select())}
            counts: dict[str, int] = {}
            for row in connection.execute(COUNTY_BATCH.select()):
                counts[row.device] = counts.get(row.device, 0) + 1
        assert logged == set(self.edits), "an operation was lost or invented"
        assert all(heads[device].head == count for device, count in counts.items()), "a chain has a hole"
        assert all(row.state == "active" for row in heads.values())

    def _check_stations(self) -> None:
        states = {row[2]: canonical.loads(row[3]) for row in dump(self.county)["state"]}
        for name, station in self.stations.items():
            with station.read() as connection:
                assert store.queue_counts(connection).by_kind == {}
                seen = {row.id: row._mapping for row in connection.execute(PERSON.select())}
            mine = {subject: fields for subject, fields in states.items() if subject.startswith(LAPTOPS[name])}
            assert set(seen) == set(mine)
            for subject, fields in mine.items():
                assert {key: seen[subject][key] for key in fields} == {key: item["v"] for key, item in fields.items()}, name

    def _check_nothing_overwritten(self) -> None:
        states = {row[2]: canonical.loads(row[3]) for row in dump(self.county)["state"]}
        with self.county.read() as connection:
            kept = {(row.subject, row.field, row.op) for row in connection.execute(CONTENDER.select())}
            kept_values = {(row.subject, row.field, canonical.loads(row.value)) for row in connection.execute(CONTENDER.select())}
            bodies = [canonical.loads(row.body) for row in connection.execute(LOG.select())]
        superseded = {(name, op) for body in bodies for name, op in body["base"].items()}
        unions_seen = {(body["id"], name) for body in bodies for name, op in body["base"].items() if op.endswith("+")}
        for op, edited in self.edits.items():
            for name, value in edited.values.items():
                now = states[edited.subject][name]
                present = now["op"] == op or now["v"] == value or (name == "tags" and set(value.split()) <= set(now["v"].split()))
                lost_openly = (edited.subject, name, op) in kept or (edited.subject, name, value) in kept_values
                replaced = (name, op) in superseded or _same_superseded(bodies, superseded, edited, name)
                assert present or lost_openly or replaced or (edited.subject, name) in unions_seen, edited


def _same_superseded(bodies: list[dict[str, Any]], superseded: set[tuple[str, str]], edited: Edited, name: str) -> bool:
    """Another operation wrote the same value and was superseded by one that had seen it."""
    same = [body["op"] for body in bodies if body["id"] == edited.subject and body["set"].get(name) == edited.values[name]]
    return any((name, op) in superseded for op in same)


def rig_clone(station: Station) -> Station:
    """A second, empty station of the same township."""
    folder = Path(tempfile.mkdtemp(prefix="mz-clone-"))
    assert isinstance(station.clock, FixedClock)
    shutil.copy(Exchange.templates.folder / _name_of(station) / "station.db", folder / "station.db")
    return replace(station, folder=folder, database=Database.open(folder / "station.db", b"k" * 32, b"s" * 16))


def _name_of(station: Station) -> str:
    return next(name for name, township in LAPTOPS.items() if township == station.identity.township)


def _id_number(value: int) -> str:
    from mzdesk.registry.id_number import check_digit

    body = f"37090220150307{900 + value}"
    return body + check_digit(body)


def dump(county: County) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a county holds that a replay must not change."""
    with county.read() as connection:
        return {
            "state": sorted(tuple(row[:1] + row[1:3] + (row.fields, row.revision)) for row in connection.execute(STATE.select())),
            "log": sorted((row.township, row.n, row.op, row.verdict) for row in connection.execute(LOG.select())),
            "batch": sorted((row.device, row.seq, row.digest) for row in connection.execute(COUNTY_BATCH.select())),
            "contender": sorted((row.id, row.value, row.resolved_at) for row in connection.execute(CONTENDER.select())),
        }


__all__ = ["FAST", "Exchange", "Refused", "Templates", "database"]

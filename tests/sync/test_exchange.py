"""A station and its county, end to end without a network: join, send, receive, fail, return, correct."""

from __future__ import annotations

from pathlib import Path

import pytest

from mzdesk import canonical
from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store.outbox import status_of
from sync import exchange
from sync.county.county import County
from sync.county.loopback import running
from tests.sync import rig


def test_join_send_receipt(station: Station, county: County) -> None:
    line = rig.join(station, county)
    record, _ = rig.enqueue_record(station)
    assert exchange.status(station).pending_by_kind == {"record": 1}
    done = exchange.run_once(station, line)
    assert (done.problem, done.batches, done.sent, done.accepted, done.returned) == (None, 1, 1, 1, 0)
    with station.read() as connection:
        verdict, number = status_of(connection, record)
    assert verdict == "accepted" and number == done.receipts[0]
    after = exchange.status(station)
    assert after.pending_by_kind == {} and after.last_receipt == number and after.enrolled


def test_ten_records_take_one_round_trip(station: Station, county: County) -> None:
    line = rig.join(station, county)
    for _ in range(10):
        rig.enqueue_record(station)
    assert exchange.run_once(station, line).sent == 10
    assert line.requests == 1


@pytest.mark.parametrize("fault", ["drop_request", "drop_answer", "cut"])
def test_a_lost_message_changes_nothing_but_the_next_try(station: Station, county: County, fault: str) -> None:
    line = rig.join(station, county)
    record, _ = rig.enqueue_record(station)
    line.plan = [fault]
    failed = exchange.run_once(station, line)
    assert failed.problem is not None and failed.next_try >= station.clock.now_ms()
    with station.read() as connection:
        assert status_of(connection, record) == ("", "")
    again = exchange.run_once(station, line)
    assert again.problem is None and again.accepted == 1 and line.sent[0] == line.sent[1]


def test_not_enrolled_is_told(station: Station) -> None:
    with pytest.raises(MzError, match="还没有登记"):
        exchange.run_once(station)


def test_returned_record_does_not_block_and_its_correction_closes_it(station: Station, county: County) -> None:
    line = rig.join(station, county)
    bad, op = rig.enqueue_record(station, answers={"bad": "yes"})
    rig.enqueue_record(station)
    done = exchange.run_once(station, line)
    assert (done.accepted, done.returned) == (1, 1)
    (item,) = exchange.returned_inbox(station)
    assert (item.op, item.field, item.sentence) == (op, "/data/x", "第一题：不对")
    rig.enqueue_record(station, amends=bad)
    exchange.run_once(station, line)
    assert exchange.returned_inbox(station) == ()


def test_over_real_loopback_http(tmp_path: Path, station: Station, clock: FixedClock) -> None:
    with running(tmp_path / "served", rig.CODE, "泰山区民政局", clock=clock) as served:
        from sync import enrolment

        enrolment.join(station, served.issue(rig.TOWNSHIP))
        person = rig.enqueue(station, "person", "p1", {"name": "王昌喆", "village": rig.VILLAGE})
        done = exchange.run_once(station)
        assert done.problem is None and done.accepted == 1, (done, person)
        assert done.pulled == 1
        with station.read() as connection:
            assert status_of(connection, "p1")[0] == "accepted"
    gone = exchange.run_once(station)
    assert gone.problem is not None and gone.problem.title == "连不上县里的服务器"


def test_deleting_a_person_that_someone_else_changed_meanwhile_is_a_conflict(make_station: rig.Maker, county: County) -> None:
    left, right = make_station("left"), make_station("right")
    lines = rig.join(left, county), rig.join(right, county)
    rig.enqueue(left, "person", "p1", {"name": "王一", "village": rig.VILLAGE})
    exchange.run_once(left, lines[0])
    exchange.run_once(right, lines[1])
    seen = seen_operations(right)
    rig.enqueue(left, "person", "p1", {"phone": "1"}, {})
    exchange.run_once(left, lines[0])
    rig.enqueue(right, "tombstone", "p1", {"why": "重复"}, seen)
    exchange.run_once(right, lines[1])
    assert exchange.status(right).conflicts == 1
    exchange.run_once(left, lines[0])
    assert [deleted(station) for station in (left, right)] == [0, 0]
    rig.enqueue(right, "tombstone", "p1", {"why": "重复"}, seen_operations(right))
    exchange.run_once(right, lines[1])
    exchange.run_once(left, lines[0])
    assert all(deleted(station) for station in (left, right))


def seen_operations(station: Station) -> dict[str, str]:
    with station.read() as connection:
        text = connection.exec_driver_sql("SELECT field_ops_json FROM person WHERE id = 'p1'").scalar_one()
    found: dict[str, str] = canonical.loads(text)
    return found


def deleted(station: Station) -> int:
    with station.read() as connection:
        return int(connection.exec_driver_sql("SELECT deleted_at FROM person WHERE id = 'p1'").scalar_one())

"""Matters travel: opened on one laptop, handed over and closed on another, accepted by the county each time."""

from __future__ import annotations

from datetime import date

from mzdesk.casework import follow_ups
from mzdesk.casework.follow_ups import NewMatter
from mzdesk.clock import FixedClock
from sync import exchange
from sync.county.county import County
from tests.sync import rig


def test_a_matter_opened_on_one_laptop_is_closed_on_another(county: County, make_station: rig.Maker, clock: FixedClock) -> None:
    first, second = make_station("first"), make_station("second")
    lines = {"first": rig.join(first, county), "second": rig.join(second, county)}
    told = NewMatter("联系县医院办理大病救助", date(2026, 12, 1), village=rig.VILLAGE, kind="aid", owner="李翀")
    matter = follow_ups.add(first, told)
    assert exchange.run_once(first, lines["first"]).accepted == 1
    clock.advance(hours=2)
    exchange.run_once(second, lines["second"])
    (row,) = follow_ups.find_open(second)
    assert (row.id, row.title, row.owner, row.village) == (matter, told.title, "李翀", rig.VILLAGE)
    assert follow_ups.minutes_left(row, clock.now_ms()) == 22 * 60
    follow_ups.hand_over(second, matter, "陈堃")
    follow_ups.close(second, matter, "已救助")
    done = exchange.run_once(second, lines["second"])
    assert (done.accepted, done.returned, done.problem) == (2, 0, None)
    clock.advance(seconds=60)
    exchange.run_once(first, lines["first"])
    assert follow_ups.find_open(first) == ()
    (closed,) = follow_ups.find_all(first)
    assert (closed.owner, closed.outcome, closed.done_on) == ("陈堃", "已救助", "2026-11-24")

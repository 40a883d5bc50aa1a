"""The clock of a reported change: within 10 working days somebody is assessed again (domain/README.md §1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mzdesk.care import holidays
from mzdesk.casework import follow_ups
from mzdesk.casework.follow_ups import NewMatter
from mzdesk.errors import MzError
from mzdesk.store.follow_ups import FollowUpRow

if TYPE_CHECKING:
    from mzdesk.station import Station

KIND = "reassessment"


@dataclass(frozen=True, slots=True)
class Clock:
    """When a re-assessment is due; `exact` is False where the holidays of a year on the way are not known."""

    reported_on: date
    due_on: date
    exact: bool

    @property
    def sentence(self) -> str:
        """Say the date and how it was counted."""
        how = "10 个工作日" if self.exact else "10 个工作日，当年放假安排未导入，按周一至周五计"
        return f"{self.due_on.isoformat()} 前重新评估（{how}）"


def clock_of(station: Station, reported_on: date) -> Clock:
    """Return when a change reported on a Beijing date must have been assessed."""
    with station.read() as connection:
        calendar = holidays.calendar_on(connection, station.today())
    due_on = follow_ups.reassessment("", reported_on, calendar).due_on
    return Clock(reported_on, due_on, calendar.known(reported_on) and calendar.known(due_on))


def report_change(station: Station, person_id: str, what: str, reported_on: date) -> Clock:
    """Start the clock. Raises MzError: nothing said, a future date, one more than a year ago, already running, out of scope."""
    if not what.strip():
        raise MzError("请写明有什么变化", "例如“摔伤后不能自己下床”。", field="what")
    if not 0 <= (station.today() - reported_on).days <= 366:
        raise MzError("报告日期不对", "请填今天或以前一年内的日期。", field="reported_on")
    if running := open_clocks(station).get(person_id):
        raise MzError("已经在等重新评估", f"{running.title}，应在 {running.due_on} 前完成。请直接填写评估表。")
    clock = clock_of(station, reported_on)
    follow_ups.add_matter(
        station, NewMatter(f"自理能力有变化：{what.strip()}", clock.due_on, person_id, kind=KIND, stage=follow_ups.SUPPORT)
    )
    return clock


def open_clocks(station: Station) -> dict[str, FollowUpRow]:
    """Return person id → the re-assessment they wait for, the earliest due of several."""
    found: dict[str, FollowUpRow] = {}
    for row in follow_ups.find_open(station, kinds=(KIND,)):
        found.setdefault(row.person_id, row)
    return found

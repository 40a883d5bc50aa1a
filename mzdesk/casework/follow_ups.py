"""Matters that a record leaves open: a next step, a referral, a report that must be made; each with a date and an end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from mzdesk.casework.facts import RecordFacts
from mzdesk.clock import new_id
from mzdesk.errors import MzError
from mzdesk.store import follow_ups as store
from mzdesk.store.follow_ups import FollowUpRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

REFERRAL_DAYS = 10


def open_from(connection: Connection, station: Station, facts: RecordFacts, record_id: str, *, restricted: bool) -> None:
    """Open what a record asks for, in its own transaction."""
    for kind, title, due_on in planned(facts, station.today()):
        row = FollowUpRow(
            new_id(station.clock),
            record_id,
            facts.person_id,
            "",
            facts.village,
            kind,
            title,
            station.scope.name,
            due_on,
            "评估帮扶" if kind == "referral" else "发现报告",
            "",
            "",
            restricted,
        )
        store.add(connection, row, now_ms=station.clock.now_ms())


def planned(facts: RecordFacts, today: date) -> list[tuple[str, str, str]]:
    """Decide which matters a record opens: (kind, title, due date)."""
    found: list[tuple[str, str, str]] = []
    if facts.report_required == "yes" and facts.kind != "report":
        found.append(("report", "走访发现应强制报告的情形，请立即填写强制报告", today.isoformat()))
    if facts.refer_to and facts.refer_to != "none":
        found.append(("referral", f"转介：{facts.refer_to}", (today + timedelta(days=REFERRAL_DAYS)).isoformat()))
    return found


def find_open(station: Station, *, until: str = "", person_id: str = "") -> tuple[FollowUpRow, ...]:
    """Return the open matters in scope, the earliest due first."""
    with station.read() as connection:
        return store.find(connection, station.scope, until=until, person_id=person_id)


def close(station: Station, follow_up_id: str, outcome: str) -> None:
    """Close a matter; raises MzError without an outcome."""
    if not outcome.strip():
        raise MzError("请写明结果", "例如“已转民政办，6 月 20 日答复”。", field="outcome")
    with station.write() as connection:
        done = station.today().isoformat()
        if not store.close(connection, station.scope, follow_up_id, outcome=outcome, done_on=done, now_ms=station.clock.now_ms()):
            raise MzError("找不到这件事项", "它可能已经办结，或不在您负责的村。")

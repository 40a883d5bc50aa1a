"""Owns what becomes of an operation that the county sent back: it is mended, or given up with a reason that the log keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mzdesk.casework import due
from mzdesk.errors import MzError
from mzdesk.registry import indexing
from mzdesk.station import Station
from mzdesk.store import audit, returns, shadows
from mzdesk.store.exchange import close_return
from mzdesk.store.returns import ReturnedLine

if TYPE_CHECKING:
    from sqlalchemy import Connection

LEAST_REASON = 2  # characters


def waiting(station: Station) -> tuple[ReturnedLine, ...]:
    """Return what the county sent back and nobody has closed, within the scope of who is at the desk, newest first."""
    with station.read() as connection:
        return returns.inbox(connection, station.scope)


def dismiss(station: Station, op: str, reason: str) -> None:
    """Give up a returned operation; a change of a person goes back to what the county holds. Raises MzError.

    A record stays on this laptop as it is, and stays marked as returned.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise MzError("请写明原因", "以后查看日志的人要知道为什么不再报送这一条。", field="reason")
    now = station.clock.now_ms()
    with station.write() as connection:
        found = returns.inbox(connection, station.scope, op)
        if not found or not close_return(connection, op, f"dismissed:{station.scope.actor}"):
            raise MzError("这一条已经处理过", "请刷新“县里退回”列表。")
        _give_back(connection, station, found[0])
        detail = {"kind": found[0].kind, "field": found[0].field, "reason": reason.strip()}
        audit.append(connection, station.scope, "dismiss_returned", found[0].subject, detail, now_ms=now)


def _give_back(connection: Connection, station: Station, line: ReturnedLine) -> None:
    """Show the county's values again where it holds any."""
    if line.kind not in shadows.VIEWS or shadows.refresh_view(connection, line.kind, line.subject, station.clock.now_ms()) is None:
        return
    people = shadows.people_of(connection, line.kind, [line.subject])
    due.refresh(connection, station, people)
    indexing.refresh(connection, people)

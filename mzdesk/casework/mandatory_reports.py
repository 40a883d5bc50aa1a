"""强制报告: the register and the clock of reports that must not wait; a report counts as made only when a person entered who received it.

The law says 立即 and gives no hours; the minutes are a local parameter, labelled 本地管理要求 (domain/README.md §1.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mzdesk.errors import MzError
from mzdesk.registry.registration import flatten
from mzdesk.store import audit, parameters, records
from mzdesk.store.records import RecordFilter, RecordRow
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from mzdesk.station import Station

FORM = "mandatory_report"
PARAMETER = "report_minutes"
DEFAULT_MINUTES = 120
FIRST_WORDS = "请先拨打110，本表不代替报警。"
_TOLD = ("situation", "person_name", "occurred_at", "place", "finder", "police_called", "police_called_at", "received_at", "officer")


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of the register, as its newest correction tells it; `saved_at` is when it was first saved, in Unix milliseconds.

    `minutes_left` is negative when the local limit has passed, None once it is received.
    """

    row: RecordRow
    saved_at: int
    situation: str
    person_name: str
    occurred_at: str
    place: str
    finder: str
    police_called: str
    police_called_at: str
    received_at: str
    officer: str
    agency: str
    receipt_no: str
    minutes_left: int | None

    @property
    def received(self) -> bool:
        """Tell whether a person has entered the receiving agency and its receipt number."""
        return bool(self.agency and self.receipt_no)


def limit_minutes(station: Station) -> int:
    """Return the local limit in minutes."""
    with station.read() as connection:
        stored = parameters.value_on(connection, PARAMETER, station.today())
    return int(stored.value) if stored else DEFAULT_MINUTES


def register(station: Station) -> tuple[ReportLine, ...]:
    """Return the register, reports without a receipt first, the longest waiting on top; looking at it is logged.

    Raises MzError without the right.
    """
    if not station.scope.may(Permission.RESTRICTED):
        raise MzError("您没有查看强制报告的权限", "请联系主管（儿童督导员）。您仍可随时填写新的强制报告。")
    limit, now = limit_minutes(station), station.clock.now_ms()
    with station.read() as connection:
        rows = records.find(connection, station.scope, RecordFilter(forms=(FORM,), limit=1000))
        chains = [records.versions(connection, station.scope, row.id) for row in rows]
    lines = [_line(chain[-1].row, chain[-1].answers, chain[0].row.saved_at, limit, now) for chain in chains if chain]
    with station.write() as connection:
        audit.append(connection, station.scope, "view_restricted", FORM, {"lines": len(lines)}, now_ms=now)
    return tuple(sorted(lines, key=lambda line: (line.received, -line.saved_at if line.received else line.saved_at)))


def _line(row: RecordRow, answers: Mapping[str, Any], first_saved_at: int, limit: int, now_ms: int) -> ReportLine:
    flat = flatten(answers)
    agency, receipt_no = flat.get("agency", ""), flat.get("receipt_no", "")
    left = None if agency and receipt_no else limit - (now_ms - first_saved_at) // 60_000  # a correction does not start the clock anew
    known = {name: flat.get(name, "") for name in _TOLD}
    return ReportLine(row, first_saved_at, agency=agency, receipt_no=receipt_no, minutes_left=left, **known)


def situation_names(codes: str) -> str:
    """Return the situations by their numbers, such as 情形1、4."""
    numbers = [code.removeprefix("s") for code in codes.split()]
    return f"情形{'、'.join(numbers)}" if numbers else ""

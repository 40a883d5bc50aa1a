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


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of the register; `minutes_left` is negative when the local limit has passed, None once it is received."""

    row: RecordRow
    situation: str
    place: str
    agency: str
    officer: str
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
    """Return the register, reports without a receipt first; looking at it is logged. Raises MzError without the right."""
    if not station.scope.may(Permission.RESTRICTED):
        raise MzError("您没有查看强制报告的权限", "请联系主管（儿童督导员）。您仍可随时填写新的强制报告。")
    limit, now = limit_minutes(station), station.clock.now_ms()
    with station.read() as connection:
        rows = records.find(connection, station.scope, RecordFilter(forms=(FORM,), limit=1000))
        stored = [records.get(connection, station.scope, row.id) for row in rows]
    lines = [_line(item.row, item.answers, limit, now) for item in stored if item is not None]
    with station.write() as connection:
        audit.append(connection, station.scope, "view_restricted", FORM, {"lines": len(lines)}, now_ms=now)
    return tuple(sorted(lines, key=lambda line: (line.received, -line.row.saved_at)))


def _line(row: RecordRow, answers: Mapping[str, Any], limit: int, now_ms: int) -> ReportLine:
    flat = flatten(answers)
    agency, receipt_no = flat.get("agency", ""), flat.get("receipt_no", "")
    left = None if agency and receipt_no else limit - (now_ms - row.saved_at) // 60_000
    return ReportLine(row, flat.get("situation", ""), flat.get("place", ""), agency, flat.get("officer", ""), receipt_no, left)

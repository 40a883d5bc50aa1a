"""From a report's key and a selection to the filled register: one line joins a declaration with its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mzdesk.errors import MzError
from mzdesk.reports.declared.catalog import REPORTS
from mzdesk.reports.register import Register, fill
from mzdesk.reports.sources import care, duties, people, visits
from mzdesk.reports.sources.selection import Selection, context_of, village_names
from mzdesk.store import audit
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from mzdesk.station import Station

Source = Callable[["Station", Selection, Mapping[str, str]], Sequence[Any]]
SOURCES: Mapping[str, Source] = {
    "roster": people.roster_rows,
    "overdue": visits.overdue_rows,
    "visits_township": visits.month_rows,
    "visits_village": visits.month_rows,
    "care_ledger": care.ledger_rows,
    "assessment_summary": care.assessment_rows,
    "payments": care.payment_rows,
    "plan_indicators": care.indicator_rows,
    "exit_notice": people.exit_rows,
    "mandatory_register": duties.mandatory_rows,
    "director_duties": duties.director_rows,
    "batch_slip": duties.batch_rows,
}
WITH_TRENDS = frozenset({"visits_township", "visits_village"})
WITH_GROUP = frozenset({"roster"})


def build(station: Station, key: str, wanted: Selection) -> Register:
    """Return a filled report. Raises MzError: restricted or plain numbers without the right, no village where one is needed."""
    report = REPORTS[key]
    if report.restricted and not station.scope.may(Permission.RESTRICTED):
        raise MzError("您没有查看这份报表的权限", "请联系主管（儿童督导员）。")
    if wanted.unmasked and not station.scope.may(Permission.EXPORT_PLAIN):
        raise MzError("您没有显示完整号码的权限", "请取消“显示完整号码”，或请主管操作。")
    if key == "visits_village" and not wanted.village:
        raise MzError("请选择一个村（居）", "村级月报按一个村生成；全乡镇的请选“走访月报（乡镇）”。", field="village")
    names = village_names(station)
    rows = SOURCES[key](station, wanted, names)
    trends = visits.trends(station, wanted, rows) if key in WITH_TRENDS else ()
    return fill(report, rows, context_of(station, wanted, names, with_group=key in WITH_GROUP), trends)


def log_output(station: Station, key: str, wanted: Selection, how: str, reason: str = "") -> None:
    """Write into the log that a report was printed or exported: `how` is print or export."""
    detail = {"report": key, "period": wanted.period, "village": wanted.village, "group": wanted.group, "plain": wanted.unmasked}
    with station.write() as connection:
        audit.append(connection, station.scope, how, key, detail | {"why": reason}, now_ms=station.clock.now_ms())

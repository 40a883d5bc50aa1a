"""报告与转介: reports that must not wait, what is still open and by whom, children in entrusted care, and leads for relief."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mzdesk.casework import entrusted, follow_ups, leads
from mzdesk.store.scope import Permission
from ui.desk import Desk
from ui.pages.cases_agreements import AgreementsPanel
from ui.pages.cases_follow_ups import FollowUpsPanel
from ui.pages.cases_leads import LeadsPanel
from ui.pages.cases_reports import ReportsPanel
from ui.panels import PanelPage, Part
from ui.requests import StartForm
from ui.widgets import button

if TYPE_CHECKING:
    from mzdesk.station import Station

REPORT = StartForm(form_id="mandatory_report", kind="report")
REPORTS = Part("reports", "强制报告登记簿", ReportsPanel)
OTHERS = (
    Part("follow_ups", "跟进与转介", FollowUpsPanel),
    Part("leads", "救助和监测线索", LeadsPanel),
    Part("agreements", "委托照护协议", AgreementsPanel),
)


class CasesPage(PanelPage):
    """The page of cases; the register of mandatory reports is a part only for whoever may see it."""

    title = "报告与转介"

    def __init__(self, desk: Desk) -> None:
        restricted = desk.station.scope.may(Permission.RESTRICTED)
        super().__init__(desk, (*OTHERS, REPORTS) if restricted else OTHERS)
        self.report_button = button("填写强制报告", "siren", kind="danger", on_click=lambda: self.open(REPORT), tip="请先拨打110")
        self.tools.addWidget(self.report_button)

    def opened(self) -> None:
        super().opened()
        station = self.desk.station
        self.desk.tasks.run(lambda: read_counts(station), self._show_counts, self.desk.fail, owner=self)

    def _show_counts(self, counts: Mapping[str, int]) -> None:
        for key, number in counts.items():
            self.count(key, number)


def read_counts(station: Station) -> Mapping[str, int]:
    """Return how much is open in each part, without opening the register, since looking at that is logged."""
    opened = follow_ups.find_open(station)
    faulty = sum(bool(item.faults) for item in entrusted.all_of(station))
    return {"follow_ups": len(opened), "leads": sum(row.kind in leads.KINDS for row in opened), "agreements": faulty}

"""特困照料: the people, what is wrong with their care, what was planned and given, what is paid, and who leaves."""

from __future__ import annotations

from mzdesk.store.scope import Permission
from ui.desk import Desk
from ui.pages.care_aid import AidPanel
from ui.pages.care_alerts import AlertsPanel
from ui.pages.care_board import read_board
from ui.pages.care_exits import ExitsPanel
from ui.pages.care_indicators import IndicatorsPanel
from ui.pages.care_log import LogPanel
from ui.pages.care_monthly import MonthlyPanel
from ui.pages.care_people import PeoplePanel
from ui.pages.care_settings import open_holidays, open_template
from ui.panels import PanelPage, Part
from ui.requests import StartForm
from ui.widgets import button

PARTS = (
    Part("people", "人员", PeoplePanel),
    Part("alerts", "预警", AlertsPanel),
    Part("log", "照料记录", LogPanel),
    Part("monthly", "月度名单", MonthlyPanel),
    Part("indicators", "指标", IndicatorsPanel),
    Part("aid", "临时救助测算", AidPanel),
    Part("exits", "退出", ExitsPanel),
)


class CarePage(PanelPage):
    """The page of people in extreme poverty."""

    title = "特困照料"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, PARTS)
        if desk.station.scope.may(Permission.PARAMETERS):
            self.tools.addWidget(button("照料频次…", on_click=lambda: open_template(self)))
            self.tools.addWidget(button("放假安排…", on_click=lambda: open_holidays(self)))
        self.register_button = button("登记特困人员", "user-plus", kind="primary", on_click=self._register)
        self.tools.addWidget(self.register_button)

    def opened(self) -> None:
        super().opened()
        if self.current not in ("people", "alerts"):  # those two count for themselves
            station = self.desk.station
            self.desk.tasks.run(
                lambda: len(read_board(station).alerts), lambda number: self.count("alerts", number), self.desk.fail, owner=self
            )

    def _register(self) -> None:
        self.open(StartForm("extreme_poverty_registration", kind="registration"))

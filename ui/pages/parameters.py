"""参数: what the station counts and waits by; every value holds from a date, names its 文号 or source, and keeps its history."""

from __future__ import annotations

from ui.desk import Desk
from ui.pages.parameters_numbers import MINUTES, YEARS, NumberPanel
from ui.pages.parameters_rules import RulesPanel
from ui.pages.parameters_tables import TablesPanel
from ui.panels import PanelPage, Part
from ui.requests import OpenPage
from ui.widgets import button

PARTS = (
    Part("rules", "走访频次", RulesPanel),
    Part("minutes", "强制报告时限", lambda page: NumberPanel(page, MINUTES)),
    Part("years", "保存年限", lambda page: NumberPanel(page, YEARS)),
    Part("tables", "照料、节假日和标准", TablesPanel),
)


class ParametersPage(PanelPage):
    """The page of parameters; everybody may read them, changing needs the permission."""

    title = "参数"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, PARTS)
        self.tools.addWidget(button("返回设置", "arrow-left", on_click=lambda: self.open(OpenPage("settings"))))
        may = desk.may("parameters")
        self.subtitle.show_text("县里下发的会自动更新；本站自定的，请写明依据" if may else "只能查看；修改由管理员或儿童督导员来做")

"""日志: what everybody did, the answer to who asks what is held on them, and what has been kept long enough."""

from __future__ import annotations

from mzdesk.store.scope import Permission
from ui.desk import Desk
from ui.pages.audit_log import LogPanel
from ui.pages.audit_retention import RetentionPanel
from ui.pages.audit_subject import SubjectPanel
from ui.panels import PanelPage, Part
from ui.requests import OpenPage, Request
from ui.widgets import button

LOG = Part("log", "操作日志", LogPanel)
WITH_CASES = (Part("subject", "个人信息查询", SubjectPanel), Part("retention", "到期去标识", RetentionPanel))


class AuditPage(PanelPage):
    """The page of the log; its other parts are for those who see people."""

    title = "日志"

    def __init__(self, desk: Desk) -> None:
        cases = desk.station.scope.may(Permission.CASES)
        super().__init__(desk, (LOG, *(WITH_CASES if cases else ())))
        self.tools.addWidget(button("返回设置", "arrow-left", on_click=lambda: self.open(OpenPage("settings"))))
        scope = desk.station.scope
        whole = scope.may(Permission.ACCOUNTS) or scope.may(Permission.REVIEW)
        self.subtitle.show_text("本站所有人的操作" if whole else "您自己的操作；所有人的由管理员和儿童督导员查看")

    def receive(self, request: Request) -> None:
        super().receive(request)
        if isinstance(request, OpenPage) and "person_id" in request.filters and "subject" in self.parts:
            self.current = "subject"
            panel = self.panel("subject")
            assert isinstance(panel, SubjectPanel)
            panel.choose_person(str(request.filters["person_id"]))

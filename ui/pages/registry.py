"""The list of pages: one line adds a page. A page's module is imported when it is first opened, so that the start stays quick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from ui.desk import Desk
from ui.page import Page
from ui.requests import AmendRecord, ContinueDraft, OpenPerson, OpenRecord, Request, StartForm


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page: where its class is, who may see it, and which requests it answers.

    `needs` names a `Permission` ("" for everybody); `shown` puts it in the navigation; `beneath` is the entry lit while it is open.
    """

    key: str
    title: str
    icon: str
    place: str  # module:Class
    needs: str = "cases"
    shown: bool = True
    beneath: str = ""
    answers: tuple[type[Request], ...] = ()

    def make(self, desk: Desk) -> Page:
        """Import the module and build the page."""
        module, _, name = self.place.partition(":")
        return cast("Callable[[Desk], Page]", getattr(import_module(module), name))(desk)


PAGES: tuple[PageSpec, ...] = (  # in the order of DESIGN.md §5
    PageSpec("today", "今日工作", "house", "ui.pages.today:TodayPage"),
    PageSpec("people", "服务对象", "users", "ui.pages.people:PeoplePage"),
    PageSpec("records", "走访记录", "clipboard-pen", "ui.pages.records:RecordsPage"),
    PageSpec("care", "特困照料", "heart-handshake", "ui.pages.care:CarePage"),
    PageSpec("checklists", "儿童主任清单", "list-checks", "ui.pages.checklists:ChecklistsPage"),
    PageSpec("cases", "报告与转介", "shield-alert", "ui.pages.cases:CasesPage"),
    PageSpec("statistics", "统计报表", "chart-column", "ui.pages.statistics:StatisticsPage"),
    PageSpec("exchange", "数据交换", "refresh-cw", "ui.pages.exchange:ExchangePage"),
    PageSpec("forms", "表单", "file-text", "ui.pages.forms:FormsPage", needs=""),
    PageSpec("settings", "设置", "settings", "ui.pages.settings:SettingsPage", needs=""),
    # reached by requests
    PageSpec("person", "档案", "user-round", "ui.pages.person:PersonPage", shown=False, beneath="people", answers=(OpenPerson,)),
    PageSpec("roster_import", "导入花名册", "upload", "ui.pages.roster_import:RosterImportPage", shown=False, beneath="people"),
    PageSpec("duplicates", "查重与合并", "users", "ui.pages.duplicates:DuplicatesPage", shown=False, beneath="people"),
    PageSpec(
        "fill",
        "填写",
        "clipboard-pen",
        "ui.pages.fill:FillPage",
        shown=False,
        beneath="records",
        answers=(StartForm, ContinueDraft, AmendRecord),
    ),
    PageSpec("accounts", "账户", "users", "ui.pages.accounts:AccountsPage", needs="accounts", shown=False, beneath="settings"),
    PageSpec("handover", "移交", "heart-handshake", "ui.pages.accounts_handover:HandoverPage", shown=False, beneath="settings"),
    PageSpec("parameters", "参数", "list-checks", "ui.pages.parameters:ParametersPage", needs="", shown=False, beneath="settings"),
    PageSpec("divisions", "村（居）", "map-pin", "ui.pages.divisions:DivisionsPage", shown=False, beneath="settings"),
    PageSpec("backup", "备份与恢复", "save", "ui.pages.backup:BackupPage", needs="", shown=False, beneath="settings"),
    PageSpec("audit", "日志", "history", "ui.pages.audit:AuditPage", needs="", shown=False, beneath="settings"),
    PageSpec("verify_paper", "核对打印件", "shield-check", "ui.pages.verify_paper:VerifyPaperPage", shown=False, beneath="records"),
    PageSpec("record", "记录", "clipboard-list", "ui.pages.record:RecordPage", shown=False, beneath="records", answers=(OpenRecord,)),
)

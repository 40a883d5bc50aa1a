"""报告与转介 · 救助和监测线索: need that visits found, urgent aid with its 24 hours first; exported, closed with the outcome."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout

from mzdesk.casework import follow_ups, leads
from mzdesk.casework.leads import Lead
from mzdesk.store.scope import Permission
from ui import dialogs
from ui.page import Page, flow
from ui.pages import cases_acts
from ui.pages.cases_acts import Act
from ui.pages.cases_follow_ups import state_tone, state_words
from ui.pages.cases_reports import duration
from ui.panels import Listing, Panel
from ui.requests import OpenPerson, OpenRecord
from ui.table_model import Column
from ui.widgets import EmptyState, button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

TICK_MS = 30_000
STATES = (("未办结", "open"), ("已办结", "done"), ("全部", ""))


class LeadsPanel(Panel):
    """The list of leads."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._leads: tuple[Lead, ...] = ()
        self.state = QComboBox()
        self.state.setAccessibleName("状态")
        for words, value in STATES:
            self.state.addItem(words, value)
        self.state.activated.connect(lambda *_: self._show_rows())
        self.found = label("", "muted")
        across = QHBoxLayout()
        across.addWidget(self.state)
        across.addStretch(1)
        across.addWidget(self.found)
        self.column.addLayout(across)
        empty = EmptyState(
            "heart-handshake",
            "没有符合的线索",
            "走访表里勾选“救助和监测线索”（因病、因灾、意外、收入骤减、低保边缘、临时救助）后会列在这里。",
        )
        self.listing: Listing[Lead] = Listing(self._columns(), "救助和监测线索", empty)
        self.listing.table.row_opened.connect(lambda lead: self._open_file(lead))
        self.listing.table.row_selected.connect(self._choose)
        self.column.addWidget(self.listing, 1)
        self.add_button = button(
            "新增线索…", "plus", kind="primary", on_click=lambda: cases_acts.add_matter(self, ("aid", "lead")), tip="Ctrl+N"
        )
        self.close_button = button("办结…", "check", on_click=lambda: self.act(cases_acts.close_matter))
        self.hand_button = button("转交…", "users", on_click=lambda: self.act(cases_acts.hand_over))
        self.file_button = button("打开档案", "user-round", on_click=lambda: self._open_file(self.listing.selected()), tip="Enter")
        self.source_button = button("来源记录", "eye", on_click=self._open_source)
        self.export_button = button("导出表格…", "download", on_click=self.export)
        verbs = (self.add_button, self.close_button, self.hand_button, self.file_button, self.source_button, self.export_button)
        self.column.addWidget(flow(*verbs))
        self.shortcut("Ctrl+N", lambda: cases_acts.add_matter(self, ("aid", "lead")))
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(lambda: self.listing.table.viewport().update() if self.isVisible() else None)
        self._clock.start()

    def _columns(self) -> tuple[Column[Lead], ...]:
        return (
            Column("时限", self._time_words, 9.0, tone=self._time_tone, chip=True),
            Column("类别", lambda lead: lead.category, 6.2, tone=lambda lead: "red" if lead.row.kind == "aid" else "primary", chip=True),
            Column("对象", lambda lead: lead.row.person_name or "—", 6.0, bold=True),
            Column("村（居）", lambda lead: lead.village_name, 6.5, optional=2),
            Column("线索", lambda lead: lead.row.title, 0, tip=lambda lead: lead.row.title),
            Column("发现", lambda lead: f"{follow_ups.opened_on(lead.row):%m-%d}", 4.2, optional=3),
            Column("责任人", lambda lead: lead.row.owner, 6.0, optional=1),
            Column("结果", lambda lead: lead.row.outcome, 9.0, tip=lambda lead: lead.row.outcome, optional=4),
        )

    def _left(self, lead: Lead) -> int | None:
        return follow_ups.minutes_left(lead.row, self.desk.station.clock.now_ms())

    def _time_words(self, lead: Lead) -> str:
        left = self._left(lead)
        if left is None:
            return state_words(lead.row, self.desk.station.today())
        return f"剩 {duration(left)}" if left >= 0 else "已超过 24 小时"

    def _time_tone(self, lead: Lead) -> str:
        left = self._left(lead)
        if left is None:
            return state_tone(lead.row, self.desk.station.today())
        return "amber" if left >= 0 else "red"

    # ---- showing

    def opened(self) -> None:
        self.page.load(lambda: leads.all_of(self.desk.station), self.show_leads)

    def show_leads(self, found: tuple[Lead, ...]) -> None:
        """Show what was read."""
        self._leads = found
        opened = [lead for lead in found if not lead.row.done_on]
        urgent = sum(lead.row.kind == "aid" for lead in opened)
        self.page.subtitle.show_text(f"未办结 {len(opened)} 条，其中急需临时救助 {urgent} 条，从发现起 24 小时内要有回音")
        self.page.count("leads", len(opened))  # type: ignore[attr-defined]
        self._show_rows()

    def _rows(self) -> Sequence[Lead]:
        wanted = self.state.currentData()
        return [lead for lead in self._leads if wanted in ("", "done" if lead.row.done_on else "open")]

    def _show_rows(self) -> None:
        rows = self._rows()
        self.listing.show_rows(rows)
        self.found.setText(f"共 {len(rows)} 条")
        self.export_button.setEnabled(bool(rows))

    def _choose(self, lead: Lead | None) -> None:
        is_open = lead is not None and not lead.row.done_on
        self.close_button.setEnabled(is_open)
        self.hand_button.setEnabled(is_open)
        self.file_button.setEnabled(lead is not None and bool(lead.row.person_id))
        self.source_button.setEnabled(lead is not None and bool(lead.row.record_id))

    # ---- verbs

    def act(self, act: Act) -> None:
        """Do something with the open lead that the cursor is on."""
        lead = self.listing.selected()
        if lead is not None and not lead.row.done_on:
            act(self, lead.row)

    def _open_file(self, lead: Lead | None) -> None:
        if lead is not None and lead.row.person_id:
            self.page.open(OpenPerson(lead.row.person_id))

    def _open_source(self) -> None:
        if (lead := self.listing.selected()) and lead.row.record_id:
            self.page.open(OpenRecord(lead.row.record_id))

    def export(self) -> None:
        """Write the leads shown as a workbook, numbers masked unless a reason was given by somebody with the right."""
        station, rows = self.desk.station, self._rows()
        reason: str | None = ""
        if station.scope.may(Permission.EXPORT_PLAIN):
            reason = plain_reason(self)
        if reason is None:
            return
        why = reason
        path, _kind = QFileDialog.getSaveFileName(self, "导出线索", f"监测线索 {station.today():%Y-%m-%d}.xlsx", "Excel 表格 (*.xlsx)")
        if path:
            self.desk.tasks.run(
                lambda: leads.export(station, Path(path).with_suffix(".xlsx"), rows, plain_reason=why),
                lambda count: self.desk.tell(f"已导出 {count} 条线索"),
                self.desk.fail,
                owner=self,
            )


def plain_reason(panel: Panel) -> str | None:
    """Ask how numbers leave the house: "" masked, a reason in full, None not at all."""
    verb = dialogs.choose(panel, "号码怎样导出？", "上报县级平台需要完整身份证号；其他用途请遮盖。", ("遮盖号码", "完整号码…"))
    if verb != "完整号码…":
        return "" if verb else None
    return dialogs.ask_text(panel, "导出完整身份证号", "这次导出会记入日志，表格用后请删除。", "导出原因", "继续", least=2) or None

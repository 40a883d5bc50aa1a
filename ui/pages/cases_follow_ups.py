"""报告与转介 · 跟进与转介: every open matter along the plan's chain 发现报告 → 应急处置 → 评估帮扶 → 监护干预, and how each ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from mzdesk.casework import follow_ups
from mzdesk.casework.follow_ups import KINDS, STAGES
from mzdesk.registry import divisions
from mzdesk.store.follow_ups import FollowUpRow
from ui.page import Page, flow
from ui.pages import cases_acts
from ui.pages.cases_acts import Act
from ui.panels import Listing, Panel
from ui.requests import OpenPerson, OpenRecord, StartForm
from ui.table_model import Column
from ui.widgets import EmptyState, button, label
from ui.words import due_tone, due_words, short_day

if TYPE_CHECKING:
    from datetime import date

    from mzdesk.station import Station

KIND_TONES = {"report": "red", "aid": "red", "anomaly": "amber", "reassessment": "amber", "referral": "primary"}
STATES = (("未办结", "open"), ("已逾期", "late"), ("已办结", "done"), ("全部", ""))


@dataclass(frozen=True, slots=True)
class Matters:
    """Every matter in scope, and the names of villages."""

    rows: tuple[FollowUpRow, ...]
    villages: Mapping[str, str]


def read_matters(station: Station) -> Matters:
    """Read the page."""
    villages = {row.code: divisions.display_name(row.name) for row in divisions.villages(station)}
    return Matters(follow_ups.find_all(station), villages)


class FollowUpsPanel(Panel):
    """The list of matters."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._matters = Matters((), {})
        self.column.addLayout(self._make_filters())
        empty = EmptyState("check", "没有符合的事项", "走访中勾选转介、异常或线索后，事项会自动列在这里；也可以新增。")
        self.listing: Listing[FollowUpRow] = Listing(self._columns(), "跟进与转介", empty)
        self.listing.table.row_opened.connect(lambda row: self._open_file(row))
        self.listing.table.row_selected.connect(self._choose)
        self.column.addWidget(self.listing, 1)
        self.add_button = button("新增事项…", "plus", kind="primary", on_click=lambda: cases_acts.add_matter(self), tip="Ctrl+N")
        self.close_button = button("办结…", "check", on_click=lambda: self.act(cases_acts.close_matter))
        self.move_button = button("下一环节…", "chevron-right", on_click=lambda: self.act(cases_acts.move_on))
        self.hand_button = button("转交…", "users", on_click=lambda: self.act(cases_acts.hand_over))
        self.fill_button = button("填写跟进", "clipboard-pen", on_click=self._fill)
        self.file_button = button("打开档案", "user-round", on_click=lambda: self._open_file(self.listing.selected()), tip="Enter")
        self.source_button = button("来源记录", "eye", on_click=self._open_source)
        verbs = (self.add_button, self.close_button, self.move_button, self.hand_button)
        self.column.addWidget(flow(*verbs, self.fill_button, self.file_button, self.source_button))
        self.shortcut("Ctrl+N", lambda: cases_acts.add_matter(self))

    def _columns(self) -> tuple[Column[FollowUpRow], ...]:
        today = self.desk.station.today()
        return (
            Column("期限", lambda row: state_words(row, today), 7.8, tone=lambda row: state_tone(row, today), chip=True),
            Column("种类", lambda row: KINDS.get(row.kind, row.kind), 6.2, tone=lambda row: KIND_TONES.get(row.kind, ""), chip=True),
            Column("对象", lambda row: row.person_name or "—", 6.0, bold=True, tip=lambda row: row.person_name),
            Column("事项", lambda row: row.title, 0, tip=lambda row: row.title),
            Column("村（居）", lambda row: self._matters.villages.get(row.village, ""), 6.5, optional=2),
            Column("环节", lambda row: row.stage, 6.2, optional=1),
            Column("责任人", lambda row: row.owner, 6.0, tip=lambda row: row.owner, optional=3),
            Column("结果", lambda row: row.outcome, 9.0, tip=lambda row: row.outcome, optional=4),
        )

    def _make_filters(self) -> QHBoxLayout:
        self.state, self.kind, self.stage, self.owner = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        for words, value in STATES:
            self.state.addItem(words, value)
        self.kind.addItem("全部种类", "")
        for kind, words in KINDS.items():
            self.kind.addItem(words, kind)
        self.stage.addItem("全部环节", "")
        for stage in STAGES:
            self.stage.addItem(stage, stage)
        self.owner.addItem("全部责任人", "")
        self.owner.addItem("我的", self.desk.station.scope.name)
        for combo, name in ((self.state, "状态"), (self.kind, "种类"), (self.stage, "环节"), (self.owner, "责任人")):
            combo.setAccessibleName(name)
            combo.activated.connect(lambda *_: self._show_rows())
        across = QHBoxLayout()
        self.found = label("", "muted")
        across.addWidget(flow(self.state, self.kind, self.stage, self.owner), 1)
        across.addWidget(self.found)
        return across

    # ---- showing

    def opened(self) -> None:
        self.page.load(lambda: read_matters(self.desk.station), self.show_matters)

    def show_matters(self, matters: Matters) -> None:
        """Show what was read."""
        self._matters = matters
        opened, late = follow_ups.counts(matters.rows, self.desk.station.today())
        by_stage = "，".join(
            f"{stage} {number}" for stage in STAGES if (number := sum(not row.done_on and row.stage == stage for row in matters.rows))
        )
        told = f"未办结 {opened} 件，其中逾期 {late} 件" + (f"；{by_stage}" if by_stage else "")
        self.page.subtitle.show_text(told if opened else "没有未办结的事项")
        self.page.count("follow_ups", opened)  # type: ignore[attr-defined]
        for number in range(self.stage.count()):
            stage = self.stage.itemData(number)
            if stage:
                count = sum(not row.done_on and row.stage == stage for row in matters.rows)
                self.stage.setItemText(number, f"{stage}（{count}）" if count else stage)
        self._show_rows()

    def _show_rows(self) -> None:
        rows = [row for row in self._matters.rows if self._wanted(row)]
        self.listing.show_rows(rows)
        self.found.setText(f"共 {len(rows)} 件")

    def _wanted(self, row: FollowUpRow) -> bool:
        today = self.desk.station.today().isoformat()
        late = not row.done_on and bool(row.due_on) and row.due_on < today
        states = {"": True, "open": not row.done_on, "late": late, "done": bool(row.done_on)}
        return (
            states[self.state.currentData()]
            and self.kind.currentData() in ("", row.kind)
            and self.stage.currentData() in ("", row.stage)
            and self.owner.currentData() in ("", row.owner)
        )

    def _choose(self, row: FollowUpRow | None) -> None:
        is_open = row is not None and not row.done_on
        for verb in (self.close_button, self.move_button, self.hand_button):
            verb.setEnabled(is_open)
        self.fill_button.setEnabled(is_open and row is not None and bool(row.person_id))
        self.file_button.setEnabled(row is not None and bool(row.person_id))
        self.source_button.setEnabled(row is not None and bool(row.record_id))

    # ---- verbs

    def act(self, act: Act) -> None:
        """Do something with the open matter that the cursor is on."""
        row = self.listing.selected()
        if row is not None and not row.done_on:
            act(self, row)

    def _fill(self) -> None:
        row = self.listing.selected()
        if row is None:
            return
        if row.kind == "reassessment":
            self.page.open(StartForm("self_care_assessment", row.person_id))
        elif row.kind == "report":
            self.page.open(StartForm("mandatory_report", row.person_id, kind="report"))
        else:
            self.page.open(StartForm("visit_follow_up", row.person_id))

    def _open_file(self, row: FollowUpRow | None) -> None:
        if row is not None and row.person_id:
            self.page.open(OpenPerson(row.person_id))
        elif row is not None and row.record_id:
            self.page.open(OpenRecord(row.record_id))

    def _open_source(self) -> None:
        if (row := self.listing.selected()) and row.record_id:
            self.page.open(OpenRecord(row.record_id))


def state_words(row: FollowUpRow, today: date) -> str:
    """Return the due date of an open matter, or when it was closed."""
    return f"{short_day(row.done_on, today)}办结" if row.done_on else due_words(row.due_on, today) or "未定期限"


def state_tone(row: FollowUpRow, today: date) -> str:
    """Return green where it is closed, otherwise the tone of its date."""
    if row.done_on:
        return "green"
    tone = due_tone(row.due_on, today)
    return "" if tone == "muted" else tone

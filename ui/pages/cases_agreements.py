"""报告与转介 · 委托照护协议: children whose care was entrusted, and what each agreement still lacks or soon will."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from mzdesk.casework import entrusted
from mzdesk.casework.entrusted import Entrusted
from mzdesk.registry import divisions
from ui.page import Page, flow
from ui.panels import Listing, Panel
from ui.requests import AmendRecord, OpenPerson, OpenRecord, StartForm
from ui.table_model import Column
from ui.widgets import EmptyState, button, label
from ui.words import short_day

if TYPE_CHECKING:
    from mzdesk.station import Station

FAULTS = {
    "expired": "已到期",
    "incapable": "不能胜任",
    "contact": "联系不足",
    "expires": "即将到期",
    "school": "未告知学校",
    "village": "未告知村",
}
TONES = {"expired": "red", "incapable": "red", "contact": "amber", "expires": "amber"}


@dataclass(frozen=True, slots=True)
class Agreements:
    """Every agreement in force or ended, and the names of villages."""

    rows: tuple[Entrusted, ...]
    villages: Mapping[str, str]


def read_agreements(station: Station) -> Agreements:
    """Read the page."""
    villages = {row.code: divisions.display_name(row.name) for row in divisions.villages(station)}
    return Agreements(entrusted.all_of(station), villages)


class AgreementsPanel(Panel):
    """The list of agreements."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._found = Agreements((), {})
        self.wanted = QComboBox()
        self.wanted.setAccessibleName("提醒")
        self.wanted.addItem("全部协议", "")
        self.wanted.addItem("只看有提醒的", "any")
        for kind, words in FAULTS.items():
            self.wanted.addItem(words, kind)
        self.wanted.activated.connect(lambda *_: self._show_rows())
        self.number = label("", "muted")
        across = QHBoxLayout()
        across.addWidget(self.wanted)
        across.addStretch(1)
        across.addWidget(self.number)
        self.column.addLayout(across)
        empty = EmptyState("file-text", "没有符合的委托照护协议", "父母都外出、委托他人照护的儿童，在档案里“填其他表 → 协议”签订。")
        self.listing: Listing[Entrusted] = Listing(self._columns(), "委托照护协议", empty)
        self.listing.table.row_opened.connect(lambda row: self.page.open(OpenRecord(row.agreement.record_id)))
        self.listing.table.row_selected.connect(lambda row: self._enable(row is not None))
        self.column.addWidget(self.listing, 1)
        self.verbs = (
            button("查看协议", "eye", on_click=self._view, tip="Enter"),
            button("补登告知日期", "pencil", on_click=self._amend, tip="更正协议：填写告知学校、告知村（居）的日期"),
            button("续签协议", "file-text", on_click=self._renew),
            button("登记走访", "clipboard-pen", on_click=self._visit),
            button("打开档案", "user-round", on_click=self._open_file),
        )
        self.column.addWidget(flow(*self.verbs))

    def _columns(self) -> tuple[Column[Entrusted], ...]:
        today = self.desk.station.today()

        def day(value: date | None) -> str:
            return short_day(value.isoformat(), today) if value else "—"

        return (
            Column("儿童", lambda row: row.child, 6.5, bold=True, tip=lambda row: row.child),
            Column("村（居）", lambda row: self._found.villages.get(row.village, ""), 6.5, optional=2),
            Column("被委托人", lambda row: row.agreement.carer, 6.5, tip=lambda row: row.agreement.carer),
            Column("到期", lambda row: day(row.agreement.end_on), 8.0),
            Column("告知学校", lambda row: day(row.school_told_on), 6.5, optional=4),
            Column("告知村（居）", lambda row: day(row.village_told_on), 7.2, optional=3),
            Column("上次联系", lambda row: day(row.contact_on), 6.5, optional=1),
            Column("提醒", fault_words, 0, tone=fault_tone, tip=lambda row: "\n".join(sentence for _kind, sentence in row.faults)),
        )

    def opened(self) -> None:
        self.page.load(lambda: read_agreements(self.desk.station), self.show_agreements)

    def show_agreements(self, found: Agreements) -> None:
        """Show what was read."""
        self._found = found
        faulty = sum(bool(row.faults) for row in found.rows)
        self.page.subtitle.show_text(f"委托照护 {len(found.rows)} 人，{faulty} 人有提醒；父母每周至少联系一次，监护权不因委托转移")
        self.page.count("agreements", faulty)  # type: ignore[attr-defined]
        self._show_rows()

    def _show_rows(self) -> None:
        wanted = self.wanted.currentData()
        rows = [row for row in self._found.rows if not wanted or (row.faults if wanted == "any" else wanted in dict(row.faults))]
        self.listing.show_rows(rows)
        self.number.setText(f"共 {len(rows)} 份")

    def _enable(self, there_is_one: bool) -> None:
        for verb in self.verbs:
            verb.setEnabled(there_is_one)

    # ---- verbs

    def _view(self) -> None:
        if row := self.listing.selected():
            self.page.open(OpenRecord(row.agreement.record_id))

    def _amend(self) -> None:
        if row := self.listing.selected():
            self.page.open(AmendRecord(row.agreement.record_id))

    def _renew(self) -> None:
        if row := self.listing.selected():
            self.page.open(StartForm("entrusted_care_agreement", row.agreement.person_id))

    def _visit(self) -> None:
        if row := self.listing.selected():
            self.page.open(StartForm(person_id=row.agreement.person_id, kind="visit"))

    def _open_file(self) -> None:
        if row := self.listing.selected():
            self.page.open(OpenPerson(row.agreement.person_id))


def fault_words(row: Entrusted) -> str:
    """Return what is wrong in short words."""
    return "、".join(FAULTS[kind] for kind, _sentence in row.faults)


def fault_tone(row: Entrusted) -> str:
    """Return the tone of the worst fault."""
    return next((TONES[kind] for kind, _sentence in row.faults if kind in TONES), "muted" if not row.faults else "")

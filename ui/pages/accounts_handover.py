"""移交: a caseload from one person to another in three steps - list, signed paper, carrying out - and what changed in between stops it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from mzdesk.registry import divisions
from mzdesk.registry.groups import GROUPS
from mzdesk.store.caseload import CaseRow
from mzdesk.store.scope import Permission, Role
from mzdesk.vault import accounts, handover, papers
from mzdesk.vault.accounts import Account
from mzdesk.vault.handover import Handed, HandoverList
from ui import dialogs
from ui.desk import Desk
from ui.layouts import SpanGrid, Step
from ui.page import Page, flow
from ui.pages.accounts_dialog import Village, VillageList
from ui.panels import Listing
from ui.paper_preview import PaperPreview
from ui.requests import OpenPage
from ui.roles import role_title
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, EmptyState, Field, button, label
from ui.words import due_words, risk_tone, risk_words

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class Choices:
    """Who may hand over to whom, and which villages the person at the desk answers for."""

    accounts: tuple[Account, ...]
    villages: tuple[Village, ...]


def read_choices(station: Station) -> Choices:
    """Read the page."""
    found = tuple(account for account in accounts.every(station) if account.role is not Role.ADMINISTRATOR)
    villages = tuple(Village(row.code, divisions.display_name(row.name)) for row in divisions.villages(station))
    return Choices(found, villages)


class HandoverPage(Page):
    """The page of handovers."""

    title = "移交"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._choices = Choices((), ())
        self.listed: HandoverList | None = None
        self.tools.addWidget(button("返回设置", "arrow-left", on_click=lambda: self.open(OpenPage("settings"))))
        self.subtitle.show_text("列出清单 → 打印，双方和监交人签字 → 办理移交")
        grid = SpanGrid((Step(62, 5), Step(0, 1)), gap=1.0, line_gap=1.0)
        grid.add(self._make_choice(), 2)
        grid.add(self._make_result(), 3)
        self.content.addWidget(grid)
        self.content.addStretch(1)
        QShortcut(QKeySequence("Ctrl+P"), self, self.preview).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _make_choice(self) -> Card:
        card = Card("谁交给谁")
        self.giver, self.receiver = QComboBox(), QComboBox()
        self.giver.activated.connect(lambda *_: self._show_villages())
        self.receiver.activated.connect(lambda *_: self._forget_list())
        card.body.addWidget(Field("移交人", self.giver, reserve=False))
        card.body.addWidget(Field("接收人", self.receiver, reserve=False))
        self.villages = VillageList(())
        self.villages.list.itemChanged.connect(lambda *_: self._forget_list())
        self.villages.setFixedHeight(look().em(22))
        card.body.addWidget(self.villages)
        self.list_button = button("列出清单", "list-checks", kind="primary", on_click=self.prepare)
        card.body.addWidget(flow(self.list_button))
        card.body.addStretch(1)
        return card

    def _make_result(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.7))
        today = self.desk.station.today()
        columns: tuple[Column[CaseRow], ...] = (
            Column("姓名", lambda row: row.name, 0, bold=True),
            Column("村（居）", lambda row: self._village_name(row.village), 8.0),
            Column("类别", lambda row: GROUPS.get(row.group, row.group), 7.0),
            Column("风险", lambda row: risk_words(row.risk), 6.0, chip=True, tone=lambda row: risk_tone(row.risk)),
            Column("下次走访", lambda row: due_words(row.next_due, today), 7.0),
            Column("未办", lambda row: str(row.open_follow_ups or ""), 4.0, number=True),
        )
        self.empty = EmptyState("heart-handshake", "还没有列出清单", "在左边选好移交人、接收人和村，点“列出清单”。")
        self.list: Listing[CaseRow] = Listing(columns, "移交清单", self.empty)
        self.list.setFixedHeight(look().em(30))
        self.summary = label("", "muted", wrap=True)
        self.print_button = button("打印清单", "printer", on_click=self.preview, tip="Ctrl+P")
        self.carry_button = button("已签字，办理移交…", "check", kind="primary", on_click=self.carry_out)
        column.addWidget(self.summary)
        column.addWidget(self.list, 1)
        column.addWidget(flow(self.print_button, self.carry_button))
        self._forget_list()
        return holder

    def _village_name(self, code: str) -> str:
        return next((village.name for village in self._choices.villages if village.code == code), code)

    # ---- showing

    def opened(self) -> None:
        self.load(lambda: read_choices(self.desk.station), self.show_choices)

    def show_choices(self, choices: Choices) -> None:
        """Offer people and villages."""
        self._choices = choices
        own = self.desk.station.scope.actor
        may_all = self.desk.station.scope.may(Permission.REVIEW)
        for combo, wanted in ((self.giver, own), (self.receiver, "")):
            kept = str(combo.currentData() or wanted)
            combo.clear()
            for account in choices.accounts:
                if combo is self.receiver or may_all or account.id == own:
                    combo.addItem(f"{account.name}（{role_title(account.role)}）", account.id)
            combo.setCurrentIndex(max(combo.findData(kept), 0))
        self._show_villages()
        enough = len(choices.accounts) > 1
        self.list_button.setEnabled(enough)
        words = "现在只有一个能接个案的账户，请管理员先在“账户”里添加接手的人。"
        self.banner.show_text("" if enough else words, "amber")

    def _show_villages(self) -> None:
        giver = next((account for account in self._choices.accounts if account.id == self.giver.currentData()), None)
        own = giver.villages if giver else ()
        offered = [village for village in self._choices.villages if not own or village.code in own]
        self.villages.show_villages(offered, own)
        self._forget_list()

    def _forget_list(self) -> None:
        """A list belongs to what was chosen when it was made."""
        self.listed = None
        self.list.show_rows(())
        self.summary.setText("")
        self.print_button.setEnabled(False)
        self.carry_button.setEnabled(False)

    # ---- verbs

    def prepare(self) -> None:
        """List what would be handed over."""
        giver, receiver = str(self.giver.currentData() or ""), str(self.receiver.currentData() or "")
        villages, station = self.villages.chosen(), self.desk.station
        self.load(lambda: handover.prepare(station, giver, receiver, villages), self.show_list)

    def show_list(self, listed: HandoverList) -> None:
        """Show what would be handed over."""
        self.listed = listed
        self.list.show_rows(listed.rows)
        people = len({row.person_id for row in listed.rows})
        matters = sum(row.open_follow_ups for row in listed.rows)
        self.summary.setText(
            f"{listed.giver.name} → {listed.receiver.name}：{people} 人，{len(listed.rows)} 人次登记，未办事项 {matters} 件"
        )
        self.empty.title.setText("没有要移交的对象")
        self.empty.text.setText("所选的村里没有由移交人负责的对象；未办的事项和草稿仍可一并移交。")
        self.print_button.setEnabled(bool(listed.rows))
        self.carry_button.setEnabled(True)

    def preview(self) -> None:
        """Show the list as it is printed and signed."""
        listed, station = self.listed, self.desk.station
        if listed is not None and listed.rows:
            self.load(lambda: papers.print_handover(station, listed), self._show_paper)

    def _show_paper(self, pdf: bytes) -> None:
        dialog = PaperPreview(self, "个案移交清单", pdf)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def carry_out(self) -> None:
        """Carry out what was signed."""
        listed, station = self.listed, self.desk.station
        if listed is None:
            return
        words = (
            f"{listed.giver.name}负责的 {len(listed.rows)} 人次登记、未办事项和草稿，改由{listed.receiver.name}负责。"
            "请确认纸质清单已由双方和监交人签字。以后如需更改，请反向再办一次移交。"
        )
        if dialogs.confirm(self, "办理移交？", words, "办理移交"):
            self.act(lambda: handover.carry_out(station, listed), self._done)

    def _done(self, handed: Handed) -> None:
        self._forget_list()
        self.banner.show_text(f"已移交：{handed.roles} 人次登记，{handed.follow_ups} 件未办事项，{handed.drafts} 份草稿。", "green")

"""数据交换 · 两处不一致: two people changed one field; both values stand side by side with who and when, until a named person decides."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from mzdesk.errors import MzError
from mzdesk.store.scope import Permission
from mzdesk.store.shadows import Dispute
from sync import conflicts, disputes
from sync.disputes import Contest, Side
from ui import dialogs
from ui.ask import Ask, Asked
from ui.page import Page, flow
from ui.pages.exchange_words import field_words, kind_words, side_words
from ui.panels import Listing, Panel
from ui.requests import OpenPerson
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Banner, Card, EmptyState, button, label
from ui.words import show_instant

NOT_YOURS = "两种写法都留着，等主管（儿童督导员）裁定；裁定前，各处显示的是县里现有的写法。"
YOURS = "请核实后选一种。另一种写法仍留存备查；裁定会送到县里，各台电脑随后一致。"


class Face(Card):
    """One of the two values: the value large, who and when beneath, and the verb that keeps it."""

    def __init__(self, title: str, verb: str, keep: Any) -> None:
        super().__init__(title)
        self.value: QLabel = label("", "h2", wrap=True)
        self.who = label("", "muted", wrap=True)
        self.button = button(verb, "check", on_click=keep)
        self.body.addWidget(self.value)
        self.body.addWidget(self.who)
        self.body.addStretch(1)
        self.body.addWidget(flow(self.button))

    def show_side(self, field: str, side: Side) -> None:
        """Show a value."""
        self.value.setText(side_words(field, side.value))
        when = show_instant(side.at)
        self.who.setText(f"{side.who}　{when}填写" if when else side.who)


class ConflictsPanel(Panel):
    """The list of fields in dispute, and the chosen one side by side."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.may_decide = self.desk.station.scope.may(Permission.REVIEW)
        self.notice = Banner()
        self.column.addWidget(self.notice)
        empty = EmptyState("check", "没有不一致的地方", "两个人同时改了同一个人的同一项时，两种写法都会留在这里，由主管核实后选一种。")
        self.listing: Listing[Contest] = Listing(self._columns(), "两处不一致", empty)
        self.listing.table.row_selected.connect(self._choose)
        self.listing.table.row_opened.connect(lambda _row: self.current.button.setFocus())
        self.column.addWidget(self.listing, 1)
        self.column.addLayout(self._make_sides())

    def _columns(self) -> tuple[Column[Contest], ...]:
        return (
            Column("对象", lambda row: row.dispute.name or "—", 8.0, bold=True),
            Column("种类", lambda row: kind_words(row.dispute.kind), 7.0, optional=1),
            Column("哪一项", lambda row: field_words(row.dispute.field) or row.dispute.field, 8.0),
            Column("县里现有的", lambda row: side_words(row.dispute.field, row.current.value), 0),
            Column("另一种写法", lambda row: side_words(row.dispute.field, row.contender.value), 0),
        )

    def _make_sides(self) -> QVBoxLayout:
        self.current = Face("县里现有的", "保留这一种", lambda: self.decide(keep_current=True))
        self.contender = Face("另一种写法", "改用这一种", lambda: self.decide(keep_current=False))
        across = QHBoxLayout()
        across.setSpacing(look().em(1.0))
        across.addWidget(self.current, 1)
        across.addWidget(self.contender, 1)
        self.reveal_button = button("显示完整号码…", "eye", kind="link", on_click=self.reveal)
        self.person_button = button("打开档案", "user-round", kind="link", on_click=self._open_person)
        column = QVBoxLayout()
        column.setSpacing(look().em(0.3))
        column.addLayout(across)
        self.links = flow(self.person_button, self.reveal_button)
        column.addWidget(self.links)
        return column

    # ---- showing

    def opened(self) -> None:
        self.page.load(lambda: disputes.waiting(self.desk.station), self.show_contests)

    def show_contests(self, found: tuple[Contest, ...]) -> None:
        """Show what is in dispute."""
        self.page.subtitle.show_text(f"{len(found)} 项待裁定" if found else "没有不一致的地方")
        self.notice.show_text((YOURS if self.may_decide else NOT_YOURS) if found else "", "primary")
        self.listing.show_rows(found)

    def _choose(self, row: Contest | None) -> None:
        for widget in (self.current, self.contender, self.links):
            widget.setVisible(row is not None)
        if row is None:
            return
        self.current.show_side(row.dispute.field, row.current)
        self.contender.show_side(row.dispute.field, row.contender)
        for face in (self.current, self.contender):
            face.button.setVisible(self.may_decide)
        self.reveal_button.setVisible(row.masked and self.desk.may("unmask"))
        self.person_button.setVisible(row.dispute.kind == "person")

    # ---- verbs

    def _open_person(self) -> None:
        if row := self.listing.selected():
            self.page.open(OpenPerson(row.dispute.subject))

    def reveal(self) -> None:
        """Show the whole numbers after a reason was given; the act is logged."""
        row, station = self.listing.selected(), self.desk.station
        if row is None:
            return
        reason = dialogs.ask_text(self, "显示完整号码", "只在这一页显示，这次查看会记入日志。", "查看原因", "显示", least=2)
        if reason:
            self.desk.tasks.run(lambda: disputes.reveal(station, row.dispute.id, reason), self._show_whole, self.desk.fail, owner=self)

    def _show_whole(self, dispute: Dispute) -> None:
        row = self.listing.selected()
        if row is not None and row.dispute.id == dispute.id:
            self.current.value.setText(side_words(dispute.field, dispute.current))
            self.contender.value.setText(side_words(dispute.field, dispute.contender))

    def decide(self, *, keep_current: bool) -> Ask | None:
        """Ask for the reason, then decide."""
        row, station = self.listing.selected(), self.desk.station
        if row is None or not self.may_decide:
            return None
        face = self.current if keep_current else self.contender
        what = field_words(row.dispute.field) or row.dispute.field

        def act(values: dict[str, str]) -> None:
            if len(values["reason"]) < 2:
                raise MzError("请写明依据", "例如：已核对户口簿。", field="reason")
            conflicts.resolve(station, row.dispute.id, keep_current=keep_current, reason=values["reason"])

        title = f"{row.dispute.name}的{what}定为“{face.value.text()}”？"
        fields = (Asked("reason", "依据", hint="例如：已核对户口簿、问过本人"),)
        dialog = Ask(self.page, self.desk, title, "裁定会记入日志，并送到县里。", fields, "裁定", act)
        dialog.done_with.connect(lambda _none: self._decided())
        dialog.open()
        return dialog

    def _decided(self) -> None:
        self.desk.tell("已裁定，下次同步送到县里")
        self.page.changed.emit()
        self.page.opened()

"""特困照料 · 退出: who should be checked, who has left, and the seven-day notice; the program proposes, a person decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from mzdesk.care import exits, papers
from mzdesk.care.exits import GROUP, Proposal
from mzdesk.registry import divisions, enrolments
from mzdesk.registry.groups import EXITS
from mzdesk.store.care import SupportedRow
from ui import dialogs
from ui.ask import Ask, Asked
from ui.page import Page, flow
from ui.pages.care_words import mode_words
from ui.panels import Listing, Panel
from ui.requests import OpenPerson
from ui.table_model import Column
from ui.theme import look
from ui.widgets import EmptyState, button, label
from ui.words import short_day

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class Exits:
    """Who is proposed, who left in the last year, and the names of villages."""

    proposals: tuple[Proposal, ...]
    left: tuple[SupportedRow, ...]
    villages: dict[str, str]


def read_exits(station: Station) -> Exits:
    """Read the page."""
    villages = {row.code: divisions.display_name(row.name) for row in divisions.villages(station)}
    return Exits(exits.proposals(station), exits.left(station), villages)


class ExitsPanel(Panel):
    """Proposals above, exits beneath."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._villages: dict[str, str] = {}
        self.column.addWidget(label("建议核对（程序只提醒，是否退出由人决定）", "strong"))
        self.proposals: Listing[Proposal] = Listing(
            self._proposal_columns(),
            "建议核对",
            EmptyState("check", "没有需要核对的人", "年满 18 周岁的未成年特困人员、重复享受保障的人会列在这里。"),
        )
        self.proposals.table.row_opened.connect(lambda found: self.page.open(OpenPerson(found.person.row.person_id)))
        self.column.addWidget(self.proposals, 2)
        self.leave_button = button("办理退出…", "log-out", on_click=self._leave)
        self.proposals.table.row_selected.connect(lambda found: self.leave_button.setEnabled(found is not None))
        across = QHBoxLayout()
        across.addWidget(flow(self.leave_button), 1)
        across.addWidget(label("其他人在“人员”里选中后办理", "hint"))
        self.column.addLayout(across)
        self.column.addWidget(label("近一年退出的人", "strong"))
        self.gone: Listing[SupportedRow] = Listing(
            self._gone_columns(), "已退出", EmptyState("history", "近一年没有人退出", "办理退出后，可在这里打印 7 天公示。")
        )
        self.gone.table.row_opened.connect(lambda row: self.page.open(OpenPerson(row.person_id)))
        self.column.addWidget(self.gone, 3)
        for table in (self.proposals.table, self.gone.table):
            table.setMinimumHeight(look().em(6))
        self.notice_button = button("打印公示", "printer", on_click=self.print_notice)
        self.gone.table.row_selected.connect(lambda row: self.notice_button.setEnabled(row is not None))
        self.column.addWidget(flow(self.notice_button))

    def _proposal_columns(self) -> tuple[Column[Proposal], ...]:
        return (
            Column("姓名", lambda found: found.person.row.name, 7.0, bold=True),
            Column("村（居）", lambda found: self._villages.get(found.person.row.village, ""), 8.0, optional=1),
            Column("方式", lambda found: mode_words(found.person.institution), 5.0, chip=True),
            Column("可能的原因", lambda found: found.reason, 15.0, tone=lambda _found: "amber"),
            Column("依据", lambda found: found.facts, 0, tip=lambda found: found.facts),
        )

    def _gone_columns(self) -> tuple[Column[SupportedRow], ...]:
        today = self.desk.station.today()
        return (
            Column("姓名", lambda row: row.name, 7.0, bold=True),
            Column("村（居）", lambda row: self._villages.get(row.village, ""), 8.0),
            Column("方式", lambda row: mode_words(row.category == "institution"), 5.0, chip=True),
            Column("退出日期", lambda row: short_day(row.left_on, today), 7.5),
            Column("停发", lambda row: f"{exits.stops_from(date.fromisoformat(row.left_on)):%Y年%m月}起", 8.5),
            Column("原因", lambda row: row.left_why, 0, tip=lambda row: row.left_why),
        )

    def opened(self) -> None:
        self.page.load(lambda: read_exits(self.desk.station), self.show_exits)

    def show_exits(self, found: Exits) -> None:
        """Show what was read."""
        self._villages = found.villages
        self.proposals.show_rows(found.proposals)
        self.gone.show_rows(found.left)
        self.page.count("exits", len(found.proposals))  # type: ignore[attr-defined]
        self.page.subtitle.show_text(f"建议核对 {len(found.proposals)} 人，近一年退出 {len(found.left)} 人")

    def _leave(self) -> None:
        if found := self.proposals.selected():
            open_exit(self, found.person.row, self.opened, found.reason)

    def print_notice(self) -> None:
        """Show the notice of the chosen exit on paper."""
        row = self.gone.selected()
        if row is not None:
            show_notice(self, row, row.left_why, date.fromisoformat(row.left_on))


def show_notice(panel: Panel, row: SupportedRow, reason: str, left_on: date) -> None:
    """Show the seven-day notice of one exit."""
    station = panel.desk.station
    told = exits.notice(station, row.name, row.village, reason, left_on)
    panel.show_paper("退出公示", lambda: papers.exit_notice(station, told, mode_words(row.category == "institution")))


def open_exit(panel: Panel, row: SupportedRow, after: Callable[[], None], reason: str = "") -> None:
    """Ask for date and reason, let the person leave, then say what comes next."""
    station = panel.desk.station
    text = f"{row.name}退出特困人员救助供养。退出当月照发，从次月起停发；退出后打印公示，公示 7 天。"
    why = next((item for item in EXITS[GROUP] if reason and reason[:4] in item), "")
    fields = (
        Asked("left_on", "退出（死亡）日期", "date", station.today().isoformat(), span=2),
        Asked("died", "本人是否去世", "choice", "no", (("no", "没有去世"), ("yes", "已去世，同时登记死亡")), span=2),
        Asked("left_why", "原因", "choice", why, (("", "请选择"), *((item, item) for item in EXITS[GROUP]))),
    )

    def act(told: dict[str, str]) -> tuple[str, date]:
        on = date.fromisoformat(told["left_on"])
        exits.leave(station, row.enrolment_id, on, told["left_why"])
        if told["died"] == "yes":
            enrolments.record_death(station, row.person_id, on.isoformat())
        return told["left_why"], on

    def done(result: tuple[str, date]) -> None:
        panel.page.changed.emit()
        after()
        steps = "\n".join(f"{number}．{step}" for number, step in enumerate(exits.next_steps(*result), 1))
        if dialogs.choose(panel, f"{row.name}已退出", steps, ("打印公示", "稍后打印")) == "打印公示":
            show_notice(panel, row, *result)

    ask = Ask(panel, panel.desk, f"{row.name}退出", text, fields, "办理退出", act, danger=True)
    ask.done_with.connect(done)
    ask.open()

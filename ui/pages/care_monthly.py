"""特困照料 · 月度名单: who is paid what, what moved against the month before and why, and the list confirmed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from mzdesk.care import monthly
from mzdesk.care.entitlements import Entitlement, Movement
from mzdesk.care.monthly import MonthlyList
from mzdesk.care.standards import AREA_NAMES
from mzdesk.casework.duties import last_of_month
from mzdesk.errors import MzError
from mzdesk.registry import divisions
from mzdesk.reports.register_pdf import print_register
from mzdesk.reports.sources.build import build, log_output
from mzdesk.reports.sources.selection import Selection
from mzdesk.reports.workbook import write_workbook
from mzdesk.store.scope import Permission
from ui import dialogs
from ui.layouts import CARD_STEPS, SpanGrid
from ui.page import Page, flow
from ui.pages.care_standards import StandardsDialog
from ui.pages.care_words import difference, level_tone, level_words, money
from ui.pages.cases_leads import plain_reason
from ui.panels import Listing, MonthBox, Panel
from ui.requests import OpenPerson
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Chip, EmptyState, StatCard, button, label, row

if TYPE_CHECKING:
    from mzdesk.station import Station

MOVES = {"joined": ("新增", "green"), "left": ("退出", "red"), "changed": ("变动", "amber")}
PAYMENTS = "payments"


@dataclass(frozen=True, slots=True)
class Shown:
    """A month's list with the names of villages."""

    told: MonthlyList
    villages: Mapping[str, str]


def read_month(station: Station, first: date) -> Shown:
    """Read one month."""
    villages = {row.code: divisions.display_name(row.name) for row in divisions.villages(station)}
    return Shown(monthly.month(station, first), villages)


class MonthlyPanel(Panel):
    """The list and its reconciliation."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._shown: Shown | None = None
        self._villages: Mapping[str, str] = {}
        self.month = MonthBox(self.desk.station.today(), ahead=1)
        self.month.activated.connect(lambda *_: self.opened())
        self.state = Chip()
        self.column.addLayout(row(self.month, self.state))
        self.column.addWidget(self._make_figures())
        across = QHBoxLayout()
        across.setSpacing(look().em(1.0))
        across.addWidget(self._make_list(), 7)
        across.addWidget(self._make_moves(), 5)
        self.column.addLayout(across, 1)
        self.column.addWidget(self._make_verbs())

    def _make_figures(self) -> SpanGrid:
        grid = SpanGrid(CARD_STEPS, gap=1.0, line_gap=0.8)
        self.people = StatCard("人数", "users", "primary")
        self.total = StatCard("合计（元）", "file-text", "primary")
        self.change = StatCard("比上月（元）", "history", "amber")
        self.gap = StatCard("差额核对（元）", "check", "green")
        for card in (self.people, self.total, self.change, self.gap):
            grid.add(card, 1)
        return grid

    def _make_list(self) -> QWidget:
        columns: tuple[Column[Entitlement], ...] = (
            Column("姓名", lambda line: line.name, 6.0, bold=True, tip=lambda line: line.name),
            Column("村（居）", lambda line: self._villages.get(line.village, ""), 0, optional=3),
            Column("城乡", lambda line: AREA_NAMES.get(line.area, ""), 3.8, optional=2),
            Column("等级", lambda line: level_words(line.level), 5.8, tone=lambda line: level_tone(line.level), chip=True),
            Column("基本生活", lambda line: money(line.basic), 5.9, number=True, optional=1),
            Column("照料护理", lambda line: money(line.care), 5.9, number=True, optional=1),
            Column("合计", lambda line: money(line.total), 5.0, number=True, bold=True),
        )
        self.lines: Listing[Entitlement] = Listing(
            columns, "本月名单", EmptyState("users", "这个月没有人", "在册的特困人员会按月列在这里。")
        )
        self.lines.table.row_opened.connect(lambda line: self.page.open(OpenPerson(line.person_id)))
        return _titled("本月名单（元）", self.lines)

    def _make_moves(self) -> QWidget:
        columns: tuple[Column[Movement], ...] = (
            Column("变动", lambda move: MOVES[move.kind][0], 4.4, tone=lambda move: MOVES[move.kind][1], chip=True),
            Column("姓名", lambda move: move.name, 5.6, bold=True, tip=lambda move: move.name),
            Column("金额", lambda move: difference(move.change), 4.8, number=True),
            Column("原因", lambda move: move.why, 0, tip=lambda move: move.why),
        )
        self.moves: Listing[Movement] = Listing(columns, "与上月的变动", EmptyState("check", "与上月相同", "没有人新增、退出或变动。"))
        self.moves.table.row_opened.connect(lambda move: self.page.open(OpenPerson(move.person_id)))
        return _titled("与上月的变动", self.moves)

    def _make_verbs(self) -> QWidget:
        self.confirm_button = button("确认本月名单", "check", kind="primary", on_click=self.confirm)
        self.withdraw_button = button("撤回确认…", "undo-2", on_click=self.withdraw)
        self.print_button = button("发放清单", "printer", on_click=self.print_list, tip="Ctrl+P")
        self.export_button = button("导出表格…", "download", on_click=self.export)
        self.standards_button = button("标准…", "settings", on_click=self.open_standards)
        if not self.desk.station.scope.may(Permission.REVIEW):
            self.confirm_button.hide()
            self.withdraw_button.hide()
        self.shortcut("Ctrl+P", self.print_list)
        return flow(self.confirm_button, self.withdraw_button, self.print_button, self.export_button, self.standards_button)

    # ---- showing

    def opened(self) -> None:
        first = self.month.first()
        self.page.load(lambda: read_month(self.desk.station, first), self.show_month)

    def show_month(self, shown: Shown) -> None:
        """Show a month."""
        self._shown, self._villages = shown, shown.villages
        told, moved = shown.told, shown.told.reconciliation
        self.lines.show_rows(told.lines)
        self.moves.show_rows(moved.movements)
        self.state.show_text("已确认" if told.confirmed else "未确认", "green" if told.confirmed else "amber")
        kinds = {kind: sum(move.kind == kind for move in moved.movements) for kind in MOVES}
        self.people.show_figure(str(len(told.lines)), f"新增 {kinds['joined']}，退出 {kinds['left']}，变动 {kinds['changed']}")
        basic, care = sum(line.basic for line in told.lines), sum(line.care for line in told.lines)
        self.total.show_figure(money(told.total), f"生活 {money(basic)}，照料 {money(care)}")
        self.change.show_figure(difference(moved.after - moved.before), f"上月 {money(moved.before)}")
        self.gap.show_figure(money(moved.gap), "变动合计等于两月之差" if not moved.gap else "变动名单解释不了差额，请核对")
        self.page.subtitle.show_text(f"{told.first.year}年{told.first.month}月，按月初的等级和标准计算；当月退出的照发到月底")
        self.confirm_button.setEnabled(not told.confirmed and bool(told.lines) and not moved.gap)
        self.withdraw_button.setEnabled(told.confirmed)
        for verb in (self.print_button, self.export_button):
            verb.setEnabled(bool(told.lines))

    # ---- verbs

    def confirm(self) -> None:
        """Keep the list as it stands, after asking."""
        if self._shown is None or not self.confirm_button.isEnabled():
            return
        told, station = self._shown.told, self.desk.station
        words = f"{told.first.year}年{told.first.month}月"
        text = f"共 {len(told.lines)} 人，{money(told.total)} 元。确认后名单不再随数据变化；下个月与它核对。"
        if dialogs.confirm(self, f"确认{words}名单？", text, "确认名单"):
            self.page.act(lambda: monthly.confirm(station, told.first), lambda _kept: self._done(f"{words}名单已确认"))

    def withdraw(self) -> None:
        """Take the confirmation back, with a reason."""
        if self._shown is None or not self.withdraw_button.isEnabled():
            return
        told, station = self._shown.told, self.desk.station
        words = f"{told.first.year}年{told.first.month}月"
        reason = dialogs.ask_text(self, f"撤回{words}的确认", "撤回后名单重新按数据计算，原因记入日志。", "撤回原因", "撤回", least=2)
        if reason:
            self.page.act(lambda: monthly.withdraw(station, told.first, reason), lambda _none: self._done(f"{words}名单已撤回"))

    def _done(self, words: str) -> None:
        self.desk.tell(words)
        self.opened()

    def _selection(self, *, unmasked: bool = False) -> Selection:
        first = self.month.first()
        return Selection(first, last_of_month(first), unmasked=unmasked)

    def print_list(self) -> None:
        """Show the payment list on paper."""
        if self.print_button.isEnabled():
            station, wanted = self.desk.station, self._selection()
            self.show_paper(f"发放清单 {wanted.period}", lambda: _print(station, wanted))

    def export(self) -> None:
        """Write the payment list as a workbook: masked, or in full with a reason where the role may."""
        station = self.desk.station
        reason = plain_reason(self) if station.scope.may(Permission.EXPORT_PLAIN) else ""
        if reason is None:
            return
        wanted = self._selection(unmasked=bool(reason))
        name = f"特困人员发放清单 {wanted.first:%Y-%m}.xlsx"
        path, _kind = QFileDialog.getSaveFileName(self, "导出发放清单", name, "Excel 表格 (*.xlsx)")
        if path:
            self.desk.tasks.run(
                lambda: _export(station, wanted, Path(path), reason),
                lambda _none: self.desk.tell("发放清单已导出"),
                self.desk.fail,
                owner=self,
            )

    def open_standards(self) -> None:
        """Open the standards, past and to come."""
        dialog = StandardsDialog(self, self.desk)
        dialog.applied.connect(self._apply)
        dialog.open()

    def _apply(self) -> None:
        self.page.changed.emit()
        self.opened()


def _print(station: Station, wanted: Selection) -> bytes:
    pdf = print_register(build(station, PAYMENTS, wanted))
    log_output(station, PAYMENTS, wanted, "print")
    return pdf


def _export(station: Station, wanted: Selection, path: Path, reason: str) -> None:
    content = write_workbook(build(station, PAYMENTS, wanted))
    try:
        path.with_suffix(".xlsx").write_bytes(content)
    except OSError as error:
        raise MzError("表格写不进去", "请先关闭同名的表格，或换一个位置再存。") from error
    log_output(station, PAYMENTS, wanted, "export", reason)


def _titled(title: str, widget: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(look().em(0.4))
    column.addWidget(label(title, "strong"))
    column.addWidget(widget, 1)
    return holder

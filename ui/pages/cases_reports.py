"""报告与转介 · 强制报告登记簿: every report with its clock; it counts as received only once a person has entered who received it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from mzdesk.casework import mandatory_reports
from mzdesk.casework.mandatory_reports import FIRST_WORDS, ReportLine, situation_names
from mzdesk.reports.register_pdf import print_register
from mzdesk.reports.sources.build import build, log_output
from mzdesk.reports.sources.selection import Selection
from ui.page import Page, flow
from ui.panels import Listing, Panel
from ui.requests import AmendRecord, OpenRecord
from ui.table_model import Column
from ui.widgets import Banner, EmptyState, button
from ui.words import show_instant

if TYPE_CHECKING:
    from mzdesk.station import Station

KEY = "mandatory_register"
TICK_MS = 20_000


@dataclass(frozen=True, slots=True)
class Book:
    """The register as it was read, and when; `limit` in minutes."""

    lines: tuple[ReportLine, ...]
    limit: int
    read_at: int


def read_book(station: Station) -> Book:
    """Read the register; looking at it is logged."""
    return Book(mandatory_reports.register(station), mandatory_reports.limit_minutes(station), station.clock.now_ms())


class ReportsPanel(Panel):
    """The register."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._book = Book((), mandatory_reports.DEFAULT_MINUTES, 0)
        self.column.addWidget(Banner(f"{FIRST_WORDS}这里只登记，程序不会自动报案；受理机关和回执号由人填写。", "red"))
        empty = EmptyState(
            "shield-alert", "没有强制报告", "发现应报告的情形：先拨打110，再点右上角“填写强制报告”；情形和时间填好就能保存。"
        )
        self.listing: Listing[ReportLine] = Listing(self._columns(), "强制报告登记簿", empty)
        self.listing.table.row_opened.connect(lambda line: self.page.open(OpenRecord(line.row.id)))
        self.listing.table.row_selected.connect(self._choose)
        self.column.addWidget(self.listing, 1)
        self.receipt_button = button(
            "登记受理情况", "pencil", kind="primary", on_click=self.enter_receipt, tip="更正这份报告，填写受理机关、民警、回执号"
        )
        self.view_button = button("查看", "eye", on_click=self._view, tip="Enter")
        self.print_button = button("打印登记簿", "printer", on_click=self.print_book, tip="Ctrl+P")
        self.column.addWidget(flow(self.receipt_button, self.view_button, self.print_button))
        self.shortcut("Ctrl+P", self.print_book)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()

    def _columns(self) -> tuple[Column[ReportLine], ...]:
        return (
            Column("状态", self._state, 11.5, tone=self._tone, chip=True),
            Column("登记时间", lambda line: show_instant(line.saved_at), 9.0),
            Column("情形", lambda line: situation_names(line.situation), 7.0, tip=lambda line: situation_names(line.situation)),
            Column("未成年人", lambda line: line.person_name or line.row.person_name or "—", 6.5, bold=True),
            Column("地点", lambda line: line.place, 0, tip=lambda line: line.place, optional=2),
            Column("受理机关、民警", self._authority, 0, tip=self._authority),
            Column("回执号", lambda line: line.receipt_no or "—", 9.5, tip=lambda line: line.receipt_no),
            Column("编号", lambda line: line.row.number, 12.0, optional=1, tip=lambda line: line.row.number),
        )

    @staticmethod
    def _authority(line: ReportLine) -> str:
        return "　".join(part for part in (line.agency, line.officer) if part) or "—"

    def _left(self, line: ReportLine) -> int | None:
        if line.minutes_left is None:
            return None
        return line.minutes_left - (self.desk.station.clock.now_ms() - self._book.read_at) // 60_000

    def _state(self, line: ReportLine) -> str:
        left = self._left(line)
        if left is None:
            return "已受理"
        return f"未受理，还剩 {duration(left)}" if left >= 0 else f"未受理，超 {duration(-left)}"

    def _tone(self, line: ReportLine) -> str:
        left = self._left(line)
        return "green" if left is None else "amber" if left >= 0 else "red"

    def opened(self) -> None:
        self.page.load(lambda: read_book(self.desk.station), self.show_book)

    def show_book(self, book: Book) -> None:
        """Show what was read."""
        self._book = book
        waiting = sum(not line.received for line in book.lines)
        self.page.count("reports", waiting)  # type: ignore[attr-defined]
        limit = f"本地管理要求：{duration(book.limit)}内登记受理情况（法律要求立即报告）"
        self.page.subtitle.show_text(f"{limit}；{waiting} 份还没有受理回执" if waiting else limit)
        self.listing.show_rows(book.lines)
        self.print_button.setEnabled(bool(book.lines))

    def _tick(self) -> None:
        if self.isVisible():
            self.listing.table.viewport().update()

    def _choose(self, line: ReportLine | None) -> None:
        self.receipt_button.setEnabled(line is not None)
        self.view_button.setEnabled(line is not None)
        self.receipt_button.setText(" 更正" if line is not None and line.received else " 登记受理情况")

    def enter_receipt(self) -> None:
        """Correct the record: agency, officer and receipt number are entered by a person."""
        if line := self.listing.selected():
            self.page.open(AmendRecord(line.row.id))

    def _view(self) -> None:
        if line := self.listing.selected():
            self.page.open(OpenRecord(line.row.id))

    def print_book(self) -> None:
        """Show the register of the year on paper."""
        if not self.print_button.isEnabled():
            return
        station, today = self.desk.station, self.desk.station.today()
        wanted = Selection(date(today.year, 1, 1), date(today.year, 12, 31))
        self.show_paper(f"强制报告登记簿 {today.year}年", lambda: _print(station, wanted))


def _print(station: Station, wanted: Selection) -> bytes:
    pdf = print_register(build(station, KEY, wanted))
    log_output(station, KEY, wanted, "print")
    return pdf


def duration(minutes: int) -> str:
    """Return such as 3 天, 1 小时 20 分 or 45 分."""
    if minutes >= 48 * 60:
        return f"{minutes // 1440} 天"
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} 小时" if hours else "", f"{rest} 分" if rest or not hours else "") if part)

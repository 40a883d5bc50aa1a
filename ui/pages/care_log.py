"""特困照料 · 照料记录: planned against given care of a month, person by person; a round of many people is entered in one grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from mzdesk.care import papers, services
from mzdesk.care.services import SERVICE_NAMES, CareMonth, ServiceCount
from mzdesk.casework.duties import last_of_month
from mzdesk.registry import divisions
from mzdesk.reports.register_pdf import print_register
from mzdesk.reports.sources.build import build, log_output
from mzdesk.reports.sources.selection import Selection
from ui.layouts import FlowLayout
from ui.page import Page, flow
from ui.pages.care_round import RoundDialog
from ui.pages.care_words import level_tone, level_words
from ui.panels import Listing, MonthBox, Panel
from ui.requests import OpenPerson, StartForm
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, Chip, EmptyState, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class Shown:
    """A month of care, the carers who logged in it, and the names of villages."""

    months: tuple[CareMonth, ...]
    carers: tuple[str, ...]
    villages: Mapping[str, str]


def read_month(station: Station, first: date) -> Shown:
    """Read one month."""
    villages = {row.code: divisions.display_name(row.name) for row in divisions.villages(station)}
    return Shown(services.month(station, first), services.carers(station, first), villages)


class LogPanel(Panel):
    """The month of care."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._shown = Shown((), (), {})
        self.month = MonthBox(self.desk.station.today())
        self.month.activated.connect(lambda *_: self.opened())
        self.wanted = QComboBox()
        self.wanted.setAccessibleName("只看")
        for words, value in (("全部", ""), ("没有达到应照料次数的", "short"), ("有异常的", "anomaly"), ("本月没有记录的", "none")):
            self.wanted.addItem(words, value)
        self.wanted.activated.connect(lambda *_: self._show_rows())
        self.found = label("", "muted")
        across = QHBoxLayout()
        across.addWidget(flow(self.month, self.wanted), 1)
        across.addWidget(self.found)
        self.column.addLayout(across)
        empty = EmptyState("clipboard-pen", "没有分散供养的人", "集中供养的人由机构照料，这里只列分散供养的人。")
        self.listing: Listing[CareMonth] = Listing(self._columns(), "照料记录", empty)
        self.listing.table.row_opened.connect(lambda line: self.page.open(OpenPerson(line.person_id)))
        self.listing.table.row_selected.connect(self._choose)
        self.column.addWidget(self.listing, 1)
        self.column.addWidget(self._make_detail())
        self.column.addWidget(self._make_verbs())

    def _columns(self) -> tuple[Column[CareMonth], ...]:
        return (
            Column("姓名", lambda line: line.name, 6.5, bold=True, tip=lambda line: line.name),
            Column("村（居）", lambda line: self._shown.villages.get(line.village, ""), 7.5),
            Column("自理等级", lambda line: level_words(line.level), 6.2, tone=lambda line: level_tone(line.level), chip=True),
            Column("照料人", lambda line: line.carer or "—", 6.5, tip=lambda line: line.carer),
            Column("应照料", lambda line: str(line.planned), 4.6, number=True),
            Column("已照料", lambda line: str(line.done), 4.6, number=True),
            Column("落实率", rate_words, 4.8, number=True, tone=rate_tone),
            Column("次数", lambda line: str(line.logs), 3.8, number=True, optional=2),
            Column("时长", lambda line: duration(line.minutes), 6.0, number=True, optional=3),
            Column("住院", lambda line: f"{line.hospital_days} 天" if line.hospital_days else "", 4.2, number=True, optional=1),
            Column("异常", lambda line: "；".join(line.anomalies), 0, tone=lambda _line: "red", tip=lambda line: "\n".join(line.anomalies)),
        )

    def _make_detail(self) -> Card:
        self.detail = Card("本月服务")
        holder = QWidget()
        self.services = FlowLayout(holder, gap=look().em(0.6), line_gap=look().em(0.3))
        self.detail.body.addWidget(holder)
        return self.detail

    def _make_verbs(self) -> QWidget:
        self.round_button = button("登记一轮照料", "list-checks", kind="primary", on_click=self.open_round, tip="Ctrl+N")
        self.log_button = button("填一张照料记录", "clipboard-pen", on_click=self._fill)
        self.carer = QComboBox()
        self.carer.setAccessibleName("照料人")
        self.carer.setMinimumWidth(look().em(9))
        self.sheet_button = button("照料人月表", "printer", on_click=self.print_sheet)
        self.ledger_button = button("照料台账", "printer", on_click=self.print_ledger)
        self.summary_button = button("评估汇总", "printer", on_click=self.print_summary)
        self.shortcut("Ctrl+N", self.open_round)
        return flow(self.round_button, self.log_button, self.carer, self.sheet_button, self.ledger_button, self.summary_button)

    # ---- showing

    def opened(self) -> None:
        first = self.month.first()
        self.page.load(lambda: read_month(self.desk.station, first), self.show_month)

    def show_month(self, shown: Shown) -> None:
        """Show a month."""
        self._shown = shown
        planned, done = sum(line.planned for line in shown.months), sum(line.done for line in shown.months)
        share = f"，落实率 {done * 100 // planned}%" if planned else ""
        self.page.subtitle.show_text(f"分散供养 {len(shown.months)} 人：应照料 {planned} 次，已照料 {done} 次{share}")
        chosen = self.carer.currentText()
        self.carer.clear()
        self.carer.addItems(shown.carers)
        self.carer.setCurrentIndex(max(self.carer.findText(chosen), 0))
        self.carer.setVisible(bool(shown.carers))
        self.sheet_button.setVisible(bool(shown.carers))
        self.ledger_button.setEnabled(bool(shown.months))
        self._show_rows()

    def _show_rows(self) -> None:
        wanted = self.wanted.currentData()
        rows = [line for line in self._shown.months if fits(line, wanted)]
        self.listing.show_rows(rows)
        self.found.setText(f"共 {len(rows)} 人")

    def _choose(self, line: CareMonth | None) -> None:
        while (item := self.services.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.detail.setVisible(line is not None)
        self.log_button.setEnabled(line is not None)
        if line is None:
            return
        self.detail.title.setText(f"{line.name}　本月服务（已做/应做）")
        for count in line.services:
            self.services.addWidget(Chip(*service_words(count)))
        if not line.services:
            self.services.addWidget(label("这一等级没有定照料频次。", "hint"))

    # ---- verbs

    def open_round(self) -> None:
        """Open the grid of a round."""
        dialog = RoundDialog(self, self.desk)
        dialog.saved.connect(self._note_round)
        dialog.open()

    def _note_round(self, count: int) -> None:
        self.desk.tell(f"已保存 {count} 人的照料记录")
        self.page.changed.emit()
        self.opened()

    def _fill(self) -> None:
        if line := self.listing.selected():
            given = {"carer": line.carer} if line.carer else {}
            self.page.open(StartForm("care_log", line.person_id, group="extreme_poverty", answers=given))

    def print_sheet(self) -> None:
        """Show the month of the chosen carer on paper."""
        station, first, carer = self.desk.station, self.month.first(), self.carer.currentText()
        if carer:
            self.show_paper(f"照料人月表 {carer} {first:%Y-%m}", lambda: papers.carer_sheet(station, carer, first))

    def print_ledger(self) -> None:
        """Show the month of care on paper."""
        self._print("care_ledger", "照料台账")

    def print_summary(self) -> None:
        """Show the summary of assessments on paper."""
        self._print("assessment_summary", "自理能力评估汇总")

    def _print(self, key: str, title: str) -> None:
        station, first = self.desk.station, self.month.first()
        wanted = Selection(first, last_of_month(first))
        self.show_paper(f"{title} {wanted.period}", lambda: _print(station, key, wanted))


def _print(station: Station, key: str, wanted: Selection) -> bytes:
    pdf = print_register(build(station, key, wanted))
    log_output(station, key, wanted, "print")
    return pdf


def fits(line: CareMonth, wanted: str) -> bool:
    """Tell whether a month is asked for: short (less than planned), anomaly, none (no log), "" for all."""
    return {"": True, "short": line.done < line.planned, "anomaly": bool(line.anomalies), "none": not line.logs}[wanted]


def service_words(count: ServiceCount) -> tuple[str, str]:
    """Return such as 做饭 3/12, and its tone; what was not planned is told apart."""
    name = SERVICE_NAMES[count.service]
    if not count.planned:
        return f"{name} {count.done}（计划外）", ""
    return f"{name} {count.done}/{count.planned}", "green" if count.done >= count.planned else "red" if not count.done else "amber"


def rate_words(line: CareMonth) -> str:
    """Return done over planned in percent, — where nothing was planned."""
    return f"{line.done * 100 // line.planned}%" if line.planned else "—"


def rate_tone(line: CareMonth) -> str:
    """Return red below half, amber below all."""
    if not line.planned or line.done >= line.planned:
        return ""
    return "red" if line.done * 2 < line.planned else "amber"


def duration(minutes: int) -> str:
    """Return such as 3 时 20 分, "" for none."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} 时" if hours else "", f"{rest} 分" if rest else "") if part)

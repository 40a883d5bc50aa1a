"""统计报表: every report for any period, village and group, on the screen as on paper; a figure opens the people or records behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from mzdesk.casework.duties import last_of_month
from mzdesk.errors import MzError
from mzdesk.registry.groups import GROUPS
from mzdesk.reports.declared.catalog import REPORTS
from mzdesk.reports.register import Column as ReportColumn
from mzdesk.reports.register import Figure, Register, Trend
from mzdesk.reports.sources import behind, month_set
from mzdesk.reports.sources.behind import Behind
from mzdesk.reports.sources.build import build, log_output
from mzdesk.reports.sources.selection import Selection, village_names
from mzdesk.store.prepared_sets import PreparedSet
from mzdesk.store.scope import Permission
from ui import dialogs
from ui.chart import Bar, BarChart, add_legend
from ui.desk import Desk
from ui.page import Page
from ui.paper_preview import PaperPreview
from ui.requests import OpenPerson, OpenRecord
from ui.table import RowsTable
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, EmptyState, button, label, tool_button

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = tuple[Figure, ...]
NAMES = {
    "visits_township": "走访月报（乡镇）",
    "visits_village": "走访月报（村）",
    "roster": "花名册",
    "overdue": "走访逾期清单",
    "director_duties": "儿童主任履职表",
    "care_ledger": "特困照料台账",
    "assessment_summary": "自理能力评估汇总",
    "payments": "供养资金发放清单",
    "plan_indicators": "规划指标完成情况",
    "exit_notice": "特困退出公示",
    "batch_slip": "数据批次报送单",
    "mandatory_register": "强制报告登记簿",
}
SAMPLE, LONGEST = 200, 16
DIGITS = ("count", "money", "number", "percent", "date", "id", "serial")
SPANS = (("按月", "month"), ("按季", "quarter"), ("按年", "year"))


@dataclass(frozen=True, slots=True)
class Span:
    """A month, quarter or year that can be stepped through."""

    kind: str
    first: date

    @property
    def last(self) -> date:
        """Return its last day."""
        return last_of_month(self._shifted(self._months - 1))

    @property
    def _months(self) -> int:
        return {"month": 1, "quarter": 3, "year": 12}[self.kind]

    def _shifted(self, months: int) -> date:
        count = self.first.year * 12 + self.first.month - 1 + months
        return date(count // 12, count % 12 + 1, 1)

    def step(self, places: int) -> Span:
        """Return the span so many places later."""
        return Span(self.kind, self._shifted(places * self._months))

    @property
    def words(self) -> str:
        """Return such as 2026年11月, 2026年第四季度, 2026年."""
        year = self.first.year
        if self.kind == "month":
            return f"{year}年{self.first.month}月"
        return f"{year}年第{'一二三四'[self.first.month // 3]}季度" if self.kind == "quarter" else f"{year}年"


def span_around(kind: str, day: date) -> Span:
    """Return the span of a kind that a day lies in."""
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[kind]
    return Span(kind, date(day.year, month, 1))


def heading(column: ReportColumn) -> str:
    """Return the heading of a column in one line, or two where it stands under a common one; units are told on paper."""
    own = column.label.replace("\n", "")
    group = column.group.partition("（")[0]
    return f"{group}\n{own}" if group else own


def width_of(column: ReportColumn, texts: Sequence[str]) -> float:
    """Return the width of a column in em: its heading and its texts fit, a long remark is cut."""
    widest = max((len(text) for text in texts), default=0)
    own = max(len(line) for line in heading(column).split("\n"))
    return max(own, min(widest, LONGEST) * (0.6 if column.kind in DIGITS else 1.0)) + 1.8


class StatisticsPage(Page):
    """The list of reports, and the one that is chosen."""

    title = "统计报表"
    scrolls = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.span = span_around("month", desk.station.today())
        self.register: Register | None = None
        self._set_asked = False
        self._set: PreparedSet | None = None
        self.set_button = button("上月报表", "file-text", on_click=self._open_set)
        self.set_button.hide()
        self.tools.addWidget(self.set_button)
        self.table: RowsTable[Row] | None = None
        across = QHBoxLayout()
        across.setSpacing(look().em(1.0))
        across.addWidget(self._make_list())
        across.addLayout(self._make_report(), 1)
        self.body.addLayout(across, 1)
        for keys, act in (("Ctrl+P", self.preview), ("Ctrl+E", self.export)):
            QShortcut(QKeySequence(keys), self, act).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _make_list(self) -> QWidget:
        self.list = QListWidget()
        self.list.setObjectName("rows")
        self.list.setAccessibleName("报表")
        self.list.setFixedWidth(look().em(13))
        restricted = self.desk.station.scope.may(Permission.RESTRICTED)
        self._keys = [key for key in NAMES if restricted or not REPORTS[key].restricted]
        self.list.addItems([NAMES[key] for key in self._keys])
        self.list.setCurrentRow(0)
        self.list.currentRowChanged.connect(lambda *_: self.opened())
        return self.list

    def _make_report(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(look().em(0.7))
        column.addLayout(self._make_choices())
        self.problems = label("", "error", wrap=True)
        self.problems.hide()
        column.addWidget(self.problems)
        self.holder = QVBoxLayout()
        column.addLayout(self.holder, 1)
        self.charts = QHBoxLayout()
        self.charts.setSpacing(look().em(1.0))
        column.addLayout(self.charts)
        foot = QHBoxLayout()
        self.print_button = button("打印预览", "printer", kind="primary", on_click=self.preview, tip="Ctrl+P")
        self.export_button = button("导出 Excel", "download", on_click=self.export, tip="Ctrl+E")
        foot.addWidget(self.print_button)
        foot.addWidget(self.export_button)
        self.letter_button = button("写公函…", "file-text", on_click=self.write_letter, tip="报送这份报表的函")
        foot.addWidget(self.letter_button)
        foot.addStretch(1)
        foot.addWidget(label("选中数字按 Enter 或双击，看是哪些人、哪些记录", "hint"))
        column.addLayout(foot)
        return column

    def _make_choices(self) -> QHBoxLayout:
        self.kind, self.village, self.group = QComboBox(), QComboBox(), QComboBox()
        for words, value in SPANS:
            self.kind.addItem(words, value)
        self.village.addItem("全部村（居）", "")
        self.group.addItem("全部对象", "")
        for code, name in GROUPS.items():
            self.group.addItem(name, code)
        for combo, name in ((self.kind, "周期"), (self.village, "村（居）"), (self.group, "对象类别")):
            combo.setAccessibleName(name)
        self.kind.activated.connect(lambda *_: self._change_span(span_around(self.kind.currentData(), self.desk.station.today())))
        self.village.activated.connect(lambda *_: self.opened())
        self.group.activated.connect(lambda *_: self.opened())
        self.period = label(self.span.words, "strong")
        earlier = tool_button("chevron-left", "上一期", lambda: self._change_span(self.span.step(-1)))
        later = tool_button("chevron-right", "下一期", lambda: self._change_span(self.span.step(1)))
        across = QHBoxLayout()
        across.setSpacing(look().em(0.5))
        for widget in (self.kind, earlier, self.period, later, self.village, self.group):
            across.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        across.addStretch(1)
        self.found = label("", "muted")
        across.addWidget(self.found)
        return across

    def _change_span(self, span: Span) -> None:
        self.span = span
        self.period.setText(span.words)
        self.opened()

    # ---- loading

    @property
    def key(self) -> str:
        """Return the key of the chosen report."""
        return self._keys[max(self.list.currentRow(), 0)]

    def wanted(self) -> Selection:
        """Return what the choices ask for."""
        return Selection(self.span.first, self.span.last, self.village.currentData() or "", self.group.currentData() or "")

    def opened(self) -> None:
        station, key = self.desk.station, self.key
        if not self._set_asked:
            self._set_asked = True
            self.desk.tasks.run(lambda: month_set.prepare_once(station), self._show_set, self.desk.fail, owner=self)
        if self.village.count() == 1:
            self.desk.tasks.run(lambda: village_names(station), self._show_villages, self.desk.fail, owner=self)
        if key == "visits_village" and not self.village.currentData():
            self._show_hint("请选择一个村（居）", "村级月报按一个村生成；全乡镇的请选“走访月报（乡镇）”。")
            return
        wanted = self.wanted()
        self.load(lambda: build(station, key, wanted), self.show_register)

    def _show_set(self, prepared: PreparedSet | None) -> None:
        self._set = prepared
        self.set_button.setVisible(prepared is not None and prepared.pages > 0)
        if prepared is not None:
            self.set_button.setText(f" {int(prepared.month[5:])} 月报表已备好（{len(prepared.titles)} 份，{prepared.pages} 页）")
            self.banner.show_text("有报表数据不平，没有放进上月报表：" + "；".join(prepared.problems) if prepared.problems else "", "amber")

    def _open_set(self) -> None:
        if self._set is not None and self._set.pages:
            log = partial(log_output, self.desk.station, "month_set", month_set.month_before(self.desk.station.today()), "print")
            self.desk.tasks.run(log, None, self.desk.fail, owner=self)
            self._show_paper(f"{self._set.month} 报表", self._set.pdf)

    def _show_villages(self, names: Mapping[str, str]) -> None:
        if self.village.count() == 1:
            for code, name in names.items():
                if len(code) == 12:
                    self.village.addItem(name, code)

    # ---- showing

    def show_register(self, register: Register) -> None:
        """Show a filled report."""
        self.register = register
        self.subtitle.show_text(register.title)
        self.found.setText(f"共 {len(register.rows)} 行")
        self.problems.setText("数据不平，不能打印：" + "；".join(register.problems[:3]) if register.problems else "")
        self.problems.setVisible(bool(register.problems))
        self._clear(self.holder)
        if register.rows:
            self.table = self._make_table(register)
            self.holder.addWidget(self.table)
        else:
            self.holder.addWidget(EmptyState("chart-column", "这一期没有数据", "换一个周期、村或对象类别看看。"))
        self._show_charts(register.trends)
        for verb in (self.print_button, self.export_button, self.letter_button):
            verb.setEnabled(bool(register.rows) and not register.problems)

    def _show_hint(self, title: str, text: str) -> None:
        self.register = None
        self.subtitle.show_text("")
        self.found.setText("")
        self._clear(self.holder)
        self._show_charts(())
        self.holder.addWidget(EmptyState("map-pin", title, text))
        for verb in (self.print_button, self.export_button, self.letter_button):
            verb.setEnabled(False)

    def _make_table(self, register: Register) -> RowsTable[Row]:
        columns = tuple(
            Column(
                heading(column),
                lambda row, place=place: row[place].text,  # type: ignore[misc]
                width_of(column, [row[place].text for row in register.rows[:SAMPLE]]),
                tone=lambda row, place=place: "primary" if row[place].behind else "",  # type: ignore[misc]
                number=column.kind in ("count", "money", "number", "percent"),
            )
            for place, column in enumerate(register.report.columns)
        )
        table: RowsTable[Row] = RowsTable(columns, register.title)
        rows = register.rows + ((register.totals,) if register.has_totals else ())
        table.rows.show_rows(rows)
        table.doubleClicked.connect(self._open_figure)
        table.row_opened.connect(lambda *_: self._open_figure(table.currentIndex()))
        table.setSelectionBehavior(RowsTable.SelectionBehavior.SelectItems)
        return table

    def _show_charts(self, trends: tuple[Trend, ...]) -> None:
        self._clear(self.charts)
        for trend in trends:
            if trend.kind == "columns" and len(trend.series) == 2:
                card = Card(trend.title)
                first, second = trend.series
                chart = BarChart((first.name, second.name))
                add_legend(card.head, (first.name, second.name))
                chart.show_bars(tuple(Bar(*values) for values in zip(trend.labels, first.values, second.values, strict=True)))
                card.body.addWidget(chart)
                self.charts.addWidget(card, 1)

    @staticmethod
    def _clear(layout: QVBoxLayout | QHBoxLayout) -> None:
        while (item := layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    # ---- what lies behind a figure

    def _open_figure(self, index: QModelIndex) -> None:
        row = self.table.rows.row_at(index.row()) if self.table is not None else None
        ids = row[index.column()].behind if row is not None and index.isValid() else ()
        if ids:
            self.load(lambda: behind.of(self.desk.station, ids), self._show_behind)

    def _show_behind(self, found: tuple[Behind, ...]) -> None:
        if len(found) == 1:
            self._open(found[0])
        elif found:
            shown = found[: behind.SHOWN]
            verb = dialogs.choose(self, f"共 {len(found)} 项", "点开一项查看：", tuple(item.words for item in shown))
            chosen = next((item for item in shown if item.words == verb), None)
            if chosen is not None:
                self._open(chosen)

    def _open(self, item: Behind) -> None:
        self.open(OpenPerson(item.id) if item.is_person else OpenRecord(item.id))

    # ---- paper and workbook

    def preview(self) -> None:
        """Show the report as it will be printed."""
        register = self.register
        if register is None or register.problems:
            return
        from mzdesk.reports.register_pdf import print_register

        key, wanted, station = self.key, self.wanted(), self.desk.station

        def make() -> bytes:
            pdf = print_register(register)
            log_output(station, key, wanted, "print")
            return pdf

        self.load(make, lambda pdf: self._show_paper(register.title, pdf))

    def _show_paper(self, title: str, pdf: bytes) -> None:
        PaperPreview(self, title, pdf).exec()

    def write_letter(self) -> None:
        """Write a cover letter that carries the report."""
        from ui.pages.statistics_letter import ask_letter

        if self.register is not None:
            ask_letter(self, self.register, self.key, self.wanted())

    def export(self) -> None:
        """Save the report as a workbook, with masked numbers."""
        register = self.register
        if register is None or register.problems:
            return
        name, _ = QFileDialog.getSaveFileName(self, "导出 Excel", f"{register.title}.xlsx", "Excel 工作簿 (*.xlsx)")
        if name:
            key, wanted = self.key, self.wanted()
            self.act(lambda: self._write(register, key, wanted, Path(name)), lambda _: self.banner.show_text(f"已导出：{name}", "green"))

    def _write(self, register: Register, key: str, wanted: Selection, path: Path) -> None:
        from mzdesk.reports.workbook import write_workbook

        content = write_workbook(register)
        try:
            path.write_bytes(content)
        except OSError as error:
            raise MzError("文件没有写成", f"请换一个位置，或关闭正在打开它的 Excel。（{error.strerror}）") from error
        log_output(self.desk.station, key, wanted, "export")

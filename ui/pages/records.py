"""走访记录: every record with what the county has said of it; 已送达 is shown only with the number of a receipt."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStackedLayout, QWidget

from mzdesk.casework import records
from mzdesk.registry import divisions
from mzdesk.registry.field_names import RECORD_KINDS
from mzdesk.store.divisions import DivisionRow
from mzdesk.store.records import RecordFilter, RecordRow
from ui import dialogs, icons
from ui.desk import Desk
from ui.page import Page, flow
from ui.paper_preview import preview_record, preview_records
from ui.requests import OpenPage, OpenRecord, Request
from ui.table import RowsTable
from ui.table_model import Column
from ui.theme import look
from ui.widgets import ElidedLabel, EmptyState, button, label
from ui.words import MODES, copies_words, risk_tone, risk_words, short_day, show_instant, status_tone, status_words

PAGE_ROWS = 200
MOST_PRINTED = 500
STATES = (("全部状态", ""), ("待同步", "waiting"), ("已送达", "delivered"), ("县级退回", "returned"))


class RecordsPage(Page):
    """The list of records."""

    title = "走访记录"
    scrolls = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._titles: dict[str, str] = {}
        self._villages: dict[str, str] = {}
        self.table: RowsTable[RecordRow] = RowsTable(self._columns(), "记录列表")
        self.table.row_opened.connect(lambda row: self.open(OpenRecord(row.id)))
        self.table.row_selected.connect(lambda row: self._enable(row is not None))
        self.table.rows.wanted.connect(self._load_more)
        self.body.addLayout(self._make_filters())
        self.body.addWidget(self._make_list(), 1)
        self.body.addLayout(self._make_verbs())
        QShortcut(QKeySequence("Ctrl+P"), self, self._print).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _columns(self) -> tuple[Column[RecordRow], ...]:
        today = self.desk.station.today()
        return (
            Column("日期", lambda row: short_day(row.occurred_on, today), 7.5),
            Column("姓名", lambda row: row.person_name or "—", 9.0, bold=True),
            Column("村（居）", lambda row: self._villages.get(row.village, ""), 8.0),
            Column("表单", lambda row: self._titles.get(row.form_id, RECORD_KINDS.get(row.kind, row.kind)), 0),
            Column("方式", _mode, 6.5, optional=2),
            Column("风险", lambda row: risk_words(row.risk_level), 6.5, tone=lambda row: risk_tone(row.risk_level), chip=True, optional=3),
            Column(
                "状态",
                lambda row: status_words(row.verdict, row.receipt),
                7.0,
                tone=lambda row: status_tone(row.verdict, row.receipt),
                chip=True,
                tip=_copies_tip,
            ),
            Column("回执号", lambda row: row.receipt, 11.0, optional=1),
        )

    def _make_filters(self) -> QHBoxLayout:
        self.search = QLineEdit()
        self.search.setPlaceholderText("姓名或编号")
        self.search.setAccessibleName("搜索记录")
        self.search.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(look().em(15))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._timer.timeout.connect(self.opened)
        self.search.textChanged.connect(lambda *_: self._timer.start())
        self.kind, self.village, self.status = QComboBox(), QComboBox(), QComboBox()
        self.kind.addItem("全部种类", "")
        for code, name in RECORD_KINDS.items():
            self.kind.addItem(name, code)
        self.village.addItem("全部村（居）", "")
        for words, value in STATES:
            self.status.addItem(words, value)
        for combo, name in ((self.kind, "种类"), (self.village, "村（居）"), (self.status, "状态")):
            combo.setAccessibleName(name)
            combo.activated.connect(lambda *_: self.opened())
        across = QHBoxLayout()
        self.found = label("", "muted")
        across.addWidget(flow(self.search, self.kind, self.village, self.status), 1)
        across.addWidget(self.found)
        return across

    def _make_list(self) -> QWidget:
        holder = QWidget()
        self._faces = QStackedLayout(holder)
        self._faces.addWidget(self.table)
        self._faces.addWidget(EmptyState("clipboard-list", "没有符合的记录", "在“今日工作”里点“开始走访”，保存后就会出现在这里。"))
        return holder

    def _make_verbs(self) -> QHBoxLayout:
        self.view_button = button("查看", "eye", on_click=self._view)
        self.print_button = button("打印预览", "printer", on_click=self._print, tip="Ctrl+P")
        across = QHBoxLayout()
        across.addWidget(self.view_button)
        across.addWidget(self.print_button)
        self.batch_button = button(
            "批量打印…", "printer", on_click=self._print_many, tip="把列表里的记录打印成一份，双面打印时每人另起一张"
        )
        across.addWidget(self.batch_button)
        across.addWidget(button("核对打印件", "shield-check", on_click=lambda: self.open(OpenPage("verify_paper"))))
        keys = ElidedLabel("双击或 Enter 打开　Ctrl+P 打印", "hint")
        keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        across.addWidget(keys, 1)
        self._enable(False)
        return across

    # ---- loading

    def receive(self, request: Request) -> None:
        if isinstance(request, OpenPage) and "status" in request.filters:
            self.status.setCurrentIndex(max(self.status.findData(request.filters["status"]), 0))

    def wanted(self) -> RecordFilter:
        """Return what the filters ask for."""
        kind = self.kind.currentData()
        return RecordFilter(
            kinds=(kind,) if kind else (),
            village=self.village.currentData(),
            status=self.status.currentData(),
            text=self.search.text().strip(),
            limit=PAGE_ROWS,
        )

    def opened(self) -> None:
        self._timer.stop()
        wanted, station = self.wanted(), self.desk.station
        if not self._titles:
            shelf = self.desk.forms
            self.desk.tasks.run(lambda: (shelf.titles(), divisions.villages(station)), self._show_names, self.desk.fail, owner=self)
        self.load(lambda: (records.find(station, wanted), records.count(station, wanted)), self.show_records)

    def _show_names(self, found: tuple[dict[str, str], tuple[DivisionRow, ...]]) -> None:
        self._titles, villages = found
        self._villages = {row.code: divisions.display_name(row.name) for row in villages}
        for code, name in self._villages.items():
            self.village.addItem(name, code)
        self.table.viewport().update()

    def show_records(self, found: tuple[tuple[RecordRow, ...], int]) -> None:
        """Show the first rows."""
        rows, total = found
        self.table.rows.show_rows(rows, complete=len(rows) < PAGE_ROWS)
        self._faces.setCurrentIndex(0 if rows else 1)
        self.found.setText(f"共 {total} 条")
        self.subtitle.show_text("所有填写过的表单；更正过的只显示最新一版")
        if rows:
            self.table.select(0)
        self._enable(bool(rows))

    def _load_more(self, last: RecordRow) -> None:
        wanted = replace(self.wanted(), before=(last.saved_at, last.id))
        self.load(lambda: records.find(self.desk.station, wanted), self._append)

    def _append(self, rows: tuple[RecordRow, ...]) -> None:
        self.table.rows.append(rows, complete=len(rows) < PAGE_ROWS)

    # ---- verbs

    def _enable(self, there_is_one: bool) -> None:
        self.view_button.setEnabled(there_is_one)
        self.print_button.setEnabled(there_is_one)
        self.batch_button.setEnabled(there_is_one)

    def _view(self) -> None:
        row = self.table.selected()
        if row is not None:
            self.open(OpenRecord(row.id))

    def _print_many(self) -> None:
        station, wanted = self.desk.station, replace(self.wanted(), limit=MOST_PRINTED + 1)
        self.load(lambda: records.find(station, wanted), self._confirm_many)

    def _confirm_many(self, rows: tuple[RecordRow, ...]) -> None:
        if len(rows) > MOST_PRINTED:
            self.banner.show_text(_too_many(records.count(self.desk.station, self.wanted())), "amber")
        elif rows and dialogs.confirm(self, f"打印 {len(rows)} 条记录", "合成一份文件预览；双面打印时每条记录另起一张纸。", "预览"):
            preview_records(self, self.desk, [row.id for row in rows])

    def _print(self) -> None:
        row = self.table.selected()
        if row is not None:
            title = f"{self._titles.get(row.form_id, '记录')} {row.person_name} {row.occurred_on}"
            preview_record(self, self.desk, row.id, title.strip())


def _too_many(count: int) -> str:
    return f"一次最多打印 {MOST_PRINTED} 条，现在有 {count} 条。请先按村、种类或状态筛选。"


def _copies_tip(row: RecordRow) -> str:
    """Where the record lies, and what the county said of it."""
    return "\n".join(part for part in (copies_words(row.copy, row.receipt), row.sentence) if part)


def _mode(row: RecordRow) -> str:
    words = MODES.get(row.contact_mode, "")
    if row.reached == "no":
        return f"{words}未联系上" if words else "未联系上"
    return f"{words}（补录）" if row.late_days else words


def describe(row: RecordRow) -> str:
    """Return the line beneath the title of a record."""
    parts = (row.person_name, f"编号 {row.number}", f"{row.author_name} 于 {show_instant(row.saved_at)} 保存")
    return "　".join(part for part in parts if part)

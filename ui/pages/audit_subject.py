"""What is held on one person, where it went and who looked at it: for who asks by right (个人信息保护法第四十五条), on screen and paper."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QSplitter, QVBoxLayout, QWidget

from mzdesk.registry import people
from mzdesk.registry.people import PersonRow
from mzdesk.reports.masking import mask_numbers
from mzdesk.vault import papers, subject_report
from mzdesk.vault.subject_report import Section, SubjectReport
from ui.ask import Ask, Asked
from ui.layouts import ScrollColumn
from ui.page import Page, flow
from ui.pages.checklists import clear
from ui.panels import Listing, Panel
from ui.table import RowsTable
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, EmptyState, button, label

TYPING_PAUSE_MS = 200
FOUND, ROWS_SHOWN = 50, 200
NARROW = frozenset({"日期", "时间", "产生", "收到回执", "纳入", "退出", "风险", "字节", "期限", "种类", "结果", "谁", "关系"})


class SubjectPanel(Panel):
    """Choose a person, say why, read and print."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.report: SubjectReport | None = None
        halves = QSplitter()
        halves.setChildrenCollapsible(False)
        halves.addWidget(self._make_choice())
        halves.addWidget(self._make_result())
        halves.setSizes([look().em(24), look().em(56)])
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        self.column.addWidget(halves, 1)
        self.shortcut("Ctrl+F", self.search.setFocus)
        self.shortcut("Ctrl+P", self.preview)

    def _make_choice(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, look().em(0.6), 0)
        column.setSpacing(look().em(0.7))
        self.search = QLineEdit()
        self.search.setPlaceholderText("姓名、拼音、证号（Ctrl+F）")
        self.search.setAccessibleName("找人")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._find)
        self.search.textChanged.connect(lambda *_: self._pause.start())
        self.ask_button = button("查询此人的信息…", "search", kind="primary", on_click=self.ask, tip="Enter")
        self.ask_button.setEnabled(False)
        columns: tuple[Column[PersonRow], ...] = (
            Column("姓名", lambda row: row.name, 0, bold=True),
            Column("村（居）", lambda row: row.village_name, 7.0),
            Column("年龄", lambda row: "" if row.age is None else str(row.age), 3.5, number=True),
        )
        self.list: Listing[PersonRow] = Listing(
            columns, "找到的人", EmptyState("search", "没有找到这个人", "换几个字再找；已退出的人也能找到。")
        )
        self.list.table.row_opened.connect(lambda _row: self.ask())
        self.list.table.row_selected.connect(lambda row: self.ask_button.setEnabled(row is not None))
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(flow(self.ask_button))
        return holder

    def _make_result(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(look().em(0.6), 0, 0, 0)
        column.setSpacing(look().em(0.7))
        self.heading = label("", "h2", wrap=True)
        self.sections = ScrollColumn(margin=(0, 0, 0.4, 0))
        self.print_button = button("打印预览", "printer", kind="primary", on_click=self.preview, tip="Ctrl+P")
        column.addWidget(self.heading)
        column.addWidget(self.sections, 1)
        column.addWidget(flow(self.print_button))
        self._show_nothing()
        return holder

    def _show_nothing(self) -> None:
        self.print_button.setEnabled(False)
        words = "本人或监护人申请查阅时：在左边找到此人，写明原因，这里列出本站存有的全部资料、报送情况和谁看过。查询会记入日志。"
        self.sections.column.addWidget(EmptyState("user-round", "还没有查询", words))

    # ---- choosing

    def opened(self) -> None:
        self._find()

    def choose_person(self, person_id: str) -> None:
        """Ask for the reason at once, for the person that another page named."""
        station = self.desk.station
        self.desk.tasks.run(
            lambda: people.get(station, person_id), lambda file: self._start(person_id, file.person.name), self.desk.fail, owner=self
        )

    def _find(self) -> None:
        self._pause.stop()
        station = self.desk.station
        query = people.Query(text=self.search.text().strip(), group="*", limit=FOUND, sort="name")
        self.page.load(lambda: people.find(station, query), self._show_found)

    def _show_found(self, found: people.Page) -> None:
        self.list.show_rows(found.rows)

    def ask(self) -> None:
        """Ask for the reason, then collect."""
        row = self.list.selected()
        if row is not None:
            self._start(row.id, row.name)

    def _start(self, person_id: str, name: str) -> None:
        station = self.desk.station
        fields = (Asked("reason", "查询原因", hint="例如：监护人王某 6 月 15 日书面申请查阅"),)
        words = "列出本站存有的此人的全部资料、报送情况和谁看过。查询本身会记入日志。"
        ask = Ask(
            self, self.desk, f"查询：{name}", words, fields, "查询", lambda told: subject_report.make(station, person_id, told["reason"])
        )
        ask.done_with.connect(self.show_report)
        ask.open()

    # ---- showing

    def show_report(self, report: SubjectReport) -> None:
        """Show the whole answer."""
        self.report = report
        self.heading.setText(f"{report.name}　{sum(len(section.rows) for section in report.sections)} 条")
        clear(self.sections.column)
        for section in report.sections:
            self.sections.column.addWidget(_section_card(section))
        self.sections.column.addStretch(1)
        self.print_button.setEnabled(True)

    def preview(self) -> None:
        """Show the answer as it is printed."""
        report, station = self.report, self.desk.station
        if report is not None:
            self.show_paper(f"{report.name}的个人信息处理情况", lambda: papers.print_subject_report(station, report))


def _section_card(section: Section) -> Card:
    card = Card(section.title, f"{len(section.rows)} 条" if section.rows else "没有")
    if not section.rows:
        return card
    columns = tuple(
        Column(name, lambda row, place=place: mask_numbers(row[place]), 7.0 if name in NARROW else 0)  # type: ignore[misc]
        for place, name in enumerate(section.columns)
    )
    table: RowsTable[tuple[str, ...]] = RowsTable(columns, section.title)
    table.rows.show_rows(section.rows[:ROWS_SHOWN])
    table.setFixedHeight(look().em(2.8) * (min(len(section.rows), 6) + 1) + look().em(0.4))
    card.body.addWidget(table)
    if len(section.rows) > ROWS_SHOWN:
        card.body.addWidget(label(f"这里只列前 {ROWS_SHOWN} 条，打印时全部列出。", "hint"))
    return card

"""服务对象: the list of people, searched as one types by name, pinyin initials or the end of an ID number, and worked by keys alone."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStackedLayout, QWidget

from mzdesk.registry import divisions, people
from mzdesk.registry.groups import GROUPS, RISKS
from mzdesk.registry.people import Page as PeoplePageRows
from mzdesk.registry.people import PersonRow, Query
from mzdesk.store.divisions import DivisionRow
from ui import icons
from ui.desk import Desk
from ui.page import Page, flow
from ui.requests import OpenPage, OpenPerson, Request, StartForm
from ui.table import RowsTable
from ui.table_model import Column
from ui.theme import look
from ui.widgets import EmptyState, button, label
from ui.words import due_tone, due_words, group_words, risk_tone, risk_words, sex_words, short_day

PATIENCE_MS = 120
DUE_CHOICES = (("到期情况", ""), ("已逾期", "overdue"), ("今天到期", "today"), ("七天内到期", "week"))
SORTS = (("按到期日", "due"), ("按姓名", "name"), ("按村", "village"), ("按风险", "risk"), ("按年龄", "birth"))


class SearchLine(QLineEdit):
    """A line from which ↓ and Enter lead into the list."""

    def __init__(self, table: QWidget) -> None:
        super().__init__()
        self._table = table
        self.setPlaceholderText("姓名、拼音首字母（如 wyy）、身份证后四位、电话")
        self.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.setClearButtonEnabled(True)
        self.setAccessibleName("搜索服务对象")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._table.setFocus()
        else:
            super().keyPressEvent(event)


class PeoplePage(Page):
    """The page of people."""

    title = "服务对象"
    scrolls = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._after: tuple[object, ...] | None = None
        self.tools.addWidget(button("登记新对象", "user-plus", kind="primary", on_click=lambda: self.open(StartForm(kind="registration"))))
        self.table: RowsTable[PersonRow] = RowsTable(columns_of(desk), "服务对象列表")
        self.table.row_opened.connect(lambda row: self.open(OpenPerson(row.id)))
        self.table.row_selected.connect(lambda row: self._enable(row is not None))
        self.table.rows.wanted.connect(self._load_more)
        self.search = SearchLine(self.table)
        self.search.setMinimumWidth(look().em(24))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE_MS)
        self._timer.timeout.connect(self.opened)
        self.search.textChanged.connect(lambda *_: self._timer.start())
        self.body.addLayout(self._make_filters())
        self.body.addWidget(self._make_list(), 1)
        self.body.addLayout(self._make_verbs())
        QShortcut(QKeySequence.StandardKey.Find, self, self._start_search).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _make_filters(self) -> QHBoxLayout:
        self.group = _combo(
            "类别", (("全部类别", ""), *((name, code) for code, name in GROUPS.items()), ("已退出", "-"), ("所有登记过的人", "*"))
        )
        self.village = _combo("村（居）", (("全部村（居）", ""),))
        self.risk = _combo("风险等级", (("全部风险", ""), *((f"{name}风险", code) for code, name in RISKS.items())))
        self.due = _combo("到期情况", DUE_CHOICES)
        self.sort = _combo("排序", SORTS)
        for combo in (self.group, self.village, self.risk, self.due, self.sort):
            combo.activated.connect(lambda *_: self.opened())
        across = QHBoxLayout()
        self.found = label("", "muted")
        holder = flow(self.search, self.group, self.village, self.risk, self.due, self.sort)
        across.addWidget(holder, 1)
        across.addWidget(self.found, 0, Qt.AlignmentFlag.AlignVCenter)
        return across

    def _make_list(self) -> QWidget:
        holder = QWidget()
        self._faces = QStackedLayout(holder)
        self._nobody = EmptyState("users", "没有找到", "换几个字、拼音首字母或证件后四位再试；也可以放宽上面的筛选。")
        self._faces.addWidget(self.table)
        self._faces.addWidget(self._nobody)
        return holder

    def _make_verbs(self) -> QHBoxLayout:
        self.view_button = button("查看档案", "user-round", on_click=self._view)
        self.visit_button = button("开始走访", "clipboard-pen", on_click=self._visit, tip="Ctrl+Enter")
        across = QHBoxLayout()
        for widget in (self.view_button, self.visit_button):
            across.addWidget(widget)
        across.addStretch(1)
        across.addWidget(label("双击或 Enter 打开　Ctrl+Enter 开始走访　Ctrl+F 搜索", "hint"))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._visit).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._enable(False)
        return across

    # ---- loading

    def receive(self, request: Request) -> None:
        if isinstance(request, OpenPage):
            for name, combo in (("due", self.due), ("group", self.group), ("village", self.village), ("risk", self.risk)):
                if name in request.filters:
                    combo.setCurrentIndex(max(combo.findData(request.filters[name]), 0))
            if "text" in request.filters:
                self.search.setText(request.filters["text"])

    def query(self) -> Query:
        """Return what the filters ask for."""
        return Query(
            text=self.search.text(),
            group=self.group.currentData(),
            village=self.village.currentData(),
            risk=self.risk.currentData(),
            due=self.due.currentData(),
            sort=self.sort.currentData(),
        )

    def opened(self) -> None:
        self._timer.stop()
        if self.village.count() == 1:
            self.desk.tasks.run(lambda: divisions.villages(self.desk.station), self._show_villages, self.desk.fail, owner=self)
        if not self.table.hasFocus():
            self.search.setFocus()
        query = self.query()
        self.load(lambda: people.find(self.desk.station, query), self.show_people)

    def _show_villages(self, villages: tuple[DivisionRow, ...]) -> None:
        if self.village.count() == 1:
            for village in villages:
                self.village.addItem(divisions.display_name(village.name), village.code)

    def show_people(self, page: PeoplePageRows) -> None:
        """Show the first rows of an answer."""
        self._after = page.after
        self.table.rows.show_rows(page.rows, complete=page.after is None)
        self._faces.setCurrentIndex(0 if page.rows else 1)
        some = "至少 " if page.total_is_floor else ""
        self.found.setText(f"{'找到' if self.search.text().strip() else '共'} {some}{page.total} 人")
        self.subtitle.show_text("找一个人：直接输入姓名、拼音首字母或证件后四位")
        if page.rows:
            self.table.select(0)
        self._enable(bool(page.rows))

    def _load_more(self, _last: PersonRow) -> None:
        query = replace(self.query(), after=self._after)
        self.load(lambda: people.find(self.desk.station, query), self._append)

    def _append(self, page: PeoplePageRows) -> None:
        self._after = page.after
        self.table.rows.append(page.rows, complete=page.after is None)

    # ---- verbs

    def _enable(self, there_is_one: bool) -> None:
        for widget in (self.view_button, self.visit_button):
            widget.setEnabled(there_is_one)

    def _view(self) -> None:
        row = self.table.selected()
        if row is not None:
            self.open(OpenPerson(row.id))

    def _visit(self) -> None:
        row = self.table.selected()
        if row is not None:
            self.open(StartForm(person_id=row.id, kind="visit"))

    def _start_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()


def columns_of(desk: Desk) -> tuple[Column[PersonRow], ...]:
    """Return the columns of the list."""
    today = desk.station.today()

    def next_due(row: PersonRow) -> str:
        when = short_day(row.next_due, today)
        pressing = due_tone(row.next_due, today) != "muted"
        return f"{when}（{due_words(row.next_due, today)}）" if pressing else when

    def due_colour(row: PersonRow) -> str:
        tone = due_tone(row.next_due, today)
        return "" if tone == "muted" else tone

    return (
        Column("姓名", lambda row: row.name, 9.5, bold=True),
        Column("性别", lambda row: sex_words(row.sex), 4),
        Column("年龄", lambda row: "" if row.age is None else str(row.age), 4),
        Column("村（居）", lambda row: row.village_name, 8.5),
        Column("类别", lambda row: group_words(row.groups), 8.5, optional=3),
        Column("风险等级", lambda row: risk_words(row.risk), 7.0, tone=lambda row: risk_tone(row.risk), chip=True),
        Column("监护人、联系人", lambda row: row.guardian, 0, optional=2),
        Column("上次走访", lambda row: short_day(row.last_visit_on, today) or "—", 7.5, optional=1),
        Column("下次应访", next_due, 13.5, tone=due_colour, tip=lambda row: row.due_why),
    )


def _combo(name: str, items: tuple[tuple[str, str], ...]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for words, value in items:
        made.addItem(words, value)
    return made

"""服务对象: the list of people, searched as one types by name, pinyin initials or the end of an ID number, and worked by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QStackedLayout, QWidget

from mzdesk.casework import person_papers
from mzdesk.registry import divisions, filters, people, tags
from mzdesk.registry.filters import SavedFilter
from mzdesk.registry.groups import GROUPS, RISKS
from mzdesk.registry.people import Page as PeoplePageRows
from mzdesk.registry.people import PersonRow, Query
from mzdesk.registry.tags import tag_name
from mzdesk.store.divisions import DivisionRow
from ui import icons
from ui.desk import Desk
from ui.page import Page, flow
from ui.pages.people_columns import DEFAULT, exported, known
from ui.pages.people_columns_dialog import ColumnDialog
from ui.pages.people_columns_export import ExportActs
from ui.pages.people_columns_filters import FilterMenu
from ui.pages.people_columns_table import PeopleTable
from ui.pages.roster_import_choose import dropped_file
from ui.paper_preview import PaperPreview
from ui.requests import OpenPage, OpenPerson, Request, StartForm
from ui.theme import look
from ui.widgets import ElidedLabel, EmptyState, ProgressLine, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station

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


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filters offer: read each time the page is turned to."""

    villages: tuple[DivisionRow, ...]
    tags: tuple[str, ...]
    columns: tuple[str, ...]


def read_offered(station: Station) -> Offered:
    """Read what the filters offer."""
    return Offered(divisions.villages(station), tags.in_use(station), known(filters.saved_columns(station, DEFAULT)))


class PeoplePage(Page):
    """The page of people."""

    title = "服务对象"
    scrolls = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._after: tuple[object, ...] | None = None
        self._backward = False
        self._offered: Offered | None = None
        self.setAcceptDrops(True)
        self.table = PeopleTable(DEFAULT, desk.station.today())
        self.table.row_opened.connect(lambda row: self.open(OpenPerson(row.id)))
        self.table.chosen_changed.connect(self._show_chosen)
        self.table.sort_wanted.connect(self._sort_by)
        self.table.rows.wanted.connect(self._load_more)
        self.search = SearchLine(self.table)
        self.search.setMinimumWidth(look().em(24))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE_MS)
        self._timer.timeout.connect(self.opened)
        self.search.textChanged.connect(lambda *_: self._timer.start())
        self._make_tools()
        self.body.addLayout(self._make_filters())
        self.body.addWidget(self._make_list(), 1)
        self.body.addWidget(self.progress)
        self.body.addLayout(self._make_verbs())
        keys: dict[str, Callable[[], None]] = {
            "Ctrl+F": self._start_search,
            "Ctrl+Return": self._visit,
            "Ctrl+Enter": self._visit,
            "Ctrl+P": self.print_cards,
        }
        for sequence, act in keys.items():
            QShortcut(QKeySequence(sequence), self, act).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _make_tools(self) -> None:
        self.progress = ProgressLine()
        self.exports = ExportActs(self, self.progress, self._set_exporting)
        self.export_button = button("导出")
        menu = QMenu(self.export_button)
        menu.addAction("导出这个列表（隐去中间几位）…").triggered.connect(lambda *_: self._export(whole=False))
        for whole, words in ((False, "导出花名册（系统录入用的各列）"), (True, "导出花名册（完整号码）")):
            if not whole or self.desk.may("export_plain"):
                inner = menu.addMenu(words)
                for code, name in GROUPS.items():
                    inner.addAction(f"{name}…").triggered.connect(
                        lambda *_, code=code, whole=whole: self.exports.export_register(code, self.village.currentData(), whole=whole)
                    )
        if self.desk.may("export_plain"):
            menu.addAction("导出这个列表（完整号码）…").triggered.connect(lambda *_: self._export(whole=True))
        self.export_button.setMenu(menu)
        self.cancel_button = button("停止导出", "x", on_click=self.exports.cancel)
        self.cancel_button.hide()
        for widget in (
            self.cancel_button,
            button("查重", "users", on_click=lambda: self.open(OpenPage("duplicates"))),
            button("导入花名册", "upload", on_click=lambda: self.open(OpenPage("roster_import")), tip="也可以把文件直接拖到这一页"),
            self.export_button,
            button("登记新对象", "user-plus", kind="primary", on_click=lambda: self.open(StartForm(kind="registration"))),
        ):
            self.tools.addWidget(widget)

    def _make_filters(self) -> QHBoxLayout:
        self.group = _combo(
            "类别", (("全部类别", ""), *((name, code) for code, name in GROUPS.items()), ("已退出", "-"), ("所有登记过的人", "*"))
        )
        self.village = _combo("村（居）", (("全部村（居）", ""),))
        self.risk = _combo("风险等级", (("全部风险", ""), *((f"{name}风险", code) for code, name in RISKS.items())))
        self.due = _combo("到期情况", DUE_CHOICES)
        self.tag = _combo("标签", (("全部标签", ""),))
        self.sort = _combo("排序", SORTS)
        for combo in (self.group, self.village, self.risk, self.due, self.tag):
            combo.activated.connect(lambda *_: self.opened())
        self.sort.activated.connect(lambda *_: self._sort_by(self.sort.currentData()))
        self.saved = FilterMenu(self, self.query)
        self.saved.chosen.connect(self._show_saved)
        self.columns_button = button("列…", on_click=self._ask_columns, tip="选择显示哪些列")
        across = QHBoxLayout()
        self.found = label("", "muted")
        holder = flow(
            self.search, self.group, self.village, self.risk, self.due, self.tag, self.sort, self.saved.button, self.columns_button
        )
        across.addWidget(holder, 1)
        across.addWidget(self.found, 0, Qt.AlignmentFlag.AlignVCenter)
        return across

    def _make_list(self) -> QWidget:
        holder = QWidget()
        self._faces = QStackedLayout(holder)
        self._nobody = EmptyState("users", "没有找到", "换几个字、拼音首字母或证件后四位再试；也可以放宽上面的筛选。")
        first = button("导入花名册", "upload", kind="primary", on_click=lambda: self.open(OpenPage("roster_import")))
        told = "把乡镇现有的花名册（Excel、WPS、CSV）拖到这里就能导入，也可以逐个登记。"
        self._faces.addWidget(self.table)
        self._faces.addWidget(self._nobody)
        self._faces.addWidget(EmptyState("users", "还没有登记任何人", told, first))
        return holder

    def _make_verbs(self) -> QHBoxLayout:
        self.view_button = button("查看档案", "user-round", on_click=self._view)
        self.visit_button = button("开始走访", "clipboard-pen", on_click=self._visit, tip="Ctrl+Enter")
        self.print_button = button("打印档案卡", "printer", on_click=self.print_cards, tip="Ctrl+P")
        self.export_chosen_button = button("导出所选…", "download", on_click=lambda: self._export(whole=False, chosen=True))
        across = QHBoxLayout()
        across.setSpacing(look().em(0.6))
        for widget in (self.view_button, self.visit_button, self.print_button, self.export_chosen_button):
            across.addWidget(widget)
        self.chosen_words = label("", "muted")
        across.addWidget(self.chosen_words)
        keys = ElidedLabel("Enter 打开　Ctrl+Enter 走访　Shift+↓ 多选", "hint")
        keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        across.addWidget(keys, 1)
        self._show_chosen(0)
        return across

    # ---- loading

    def receive(self, request: Request) -> None:
        self._offered = None  # villages and tags may have come since
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
            tag=self.tag.currentData(),
            sort=("-" if self._backward else "") + self.sort.currentData(),
        )

    def _show_saved(self, saved: SavedFilter) -> None:
        """Set every filter as it was kept."""
        query = saved.query
        self._backward = query.sort.startswith("-")
        pairs = (
            (self.group, query.group),
            (self.village, query.village),
            (self.risk, query.risk),
            (self.due, query.due),
            (self.tag, query.tag),
            (self.sort, query.sort.removeprefix("-")),
        )
        for combo, value in pairs:
            if combo is self.tag and value and combo.findData(value) < 0:
                combo.addItem(tag_name(value), value)
            combo.setCurrentIndex(max(combo.findData(value), 0))
        self.search.setText(query.text)
        self.opened()

    def opened(self) -> None:
        self._timer.stop()
        if self._offered is None:
            self.desk.tasks.run(lambda: read_offered(self.desk.station), self._show_offered, self.desk.fail, owner=self)
            self.saved.load()
        if not self.table.hasFocus():
            self.search.setFocus()
        self.table.show_sort("" if self.search.text().strip() else self.query().sort)
        query = self.query()
        self.load(lambda: people.find(self.desk.station, query), self.show_people)

    def _show_offered(self, offered: Offered) -> None:
        self._offered = offered
        _offer(self.village, tuple((divisions.display_name(village.name), village.code) for village in offered.villages))
        _offer(self.tag, tuple((tag_name(tag), tag) for tag in offered.tags))
        self.tag.setVisible(self.tag.count() > 1)
        if offered.columns != self.table.keys:
            self.table.show_columns(offered.columns, self.desk.station.today())

    def show_people(self, page: PeoplePageRows) -> None:
        """Show the first rows of an answer."""
        self._after = page.after
        self.table.rows.show_rows(page.rows, complete=page.after is None)
        narrowed = replace(self.query(), sort="due") != Query()
        self._faces.setCurrentIndex(0 if page.rows else 1 if narrowed else 2)
        some = "至少 " if page.total_is_floor else ""
        self.found.setText(f"{'找到' if self.search.text().strip() else '共'} {some}{page.total} 人")
        self.subtitle.show_text("找一个人：直接输入姓名、拼音首字母或证件后四位")
        if page.rows:
            self.table.select(0)
        self._show_chosen(len(self.table.chosen()))

    def _load_more(self, _last: PersonRow) -> None:
        query = replace(self.query(), after=self._after)
        self.load(lambda: people.find(self.desk.station, query), self._append)

    def _append(self, page: PeoplePageRows) -> None:
        self._after = page.after
        self.table.rows.append(page.rows, complete=page.after is None)

    def _sort_by(self, order: str) -> None:
        """Sort by a column, backwards with "-" before it."""
        self._backward = order.startswith("-")
        self.sort.setCurrentIndex(max(self.sort.findData(order.removeprefix("-")), 0))
        self.opened()

    def _ask_columns(self) -> None:
        dialog = ColumnDialog(self, self.table.keys)
        dialog.chosen.connect(self._choose_columns)
        dialog.open()

    def _choose_columns(self, keys: tuple[str, ...]) -> None:
        self.table.show_columns(keys, self.desk.station.today())
        self.desk.tasks.run(lambda: filters.save_columns(self.desk.station, keys), None, self.desk.fail, owner=self)

    # ---- verbs

    def _show_chosen(self, count: int) -> None:
        """Say how many are chosen, and allow what can be done with so many."""
        for widget in (self.view_button, self.visit_button):
            widget.setEnabled(count == 1)
        for widget in (self.print_button, self.export_chosen_button):
            widget.setEnabled(count > 0)
        self.chosen_words.setText(f"已选 {count} 人" if count > 1 else "")

    def _view(self) -> None:
        row = self.table.selected()
        if row is not None:
            self.open(OpenPerson(row.id))

    def _visit(self) -> None:
        row = self.table.selected()
        if row is not None and self.visit_button.isEnabled():
            self.open(StartForm(person_id=row.id, kind="visit"))

    def print_cards(self) -> None:
        """Typeset the cards of everybody chosen, then show them."""
        chosen = self.table.chosen()
        if not chosen:
            return
        title = f"{chosen[0].name}档案卡" if len(chosen) == 1 else f"档案卡（{len(chosen)} 人）"
        ids = [row.id for row in chosen]
        self.desk.tasks.run(
            lambda: person_papers.print_file_cards(self.desk.station, ids),
            lambda pdf: self._preview(title, pdf),
            self.desk.fail,
            owner=self,
        )

    def _preview(self, title: str, pdf: bytes) -> None:
        dialog = PaperPreview(self, title, pdf)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _export(self, *, whole: bool, chosen: bool = False) -> None:
        only = tuple(row.id for row in self.table.chosen()) if chosen else ()
        self.exports.export_list(self.query(), exported(self.table.keys), only, whole=whole)

    def _set_exporting(self, busy: bool) -> None:
        self.export_button.setEnabled(not busy)
        self.cancel_button.setVisible(busy)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.open(OpenPage("roster_import", {"path": str(path)}))

    def _start_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()


def _combo(name: str, items: tuple[tuple[str, str], ...]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for words, value in items:
        made.addItem(words, value)
    return made


def _offer(combo: QComboBox, items: tuple[tuple[str, str], ...]) -> None:
    """Offer other items after the first; what is chosen stays chosen, though it may be offered no more."""
    chosen, words = combo.currentData(), combo.currentText()
    while combo.count() > 1:
        combo.removeItem(1)
    for name, value in items:
        combo.addItem(name, value)
    if chosen and combo.findData(chosen) < 0:
        combo.addItem(words, chosen)
    combo.setCurrentIndex(max(combo.findData(chosen), 0))

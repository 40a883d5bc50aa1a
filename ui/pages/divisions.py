"""村（居）: the villages of the station with how many people live in each; adding, renaming, merging and retiring, with history."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from mzdesk.clock import beijing
from mzdesk.registry import divisions
from mzdesk.registry.divisions import VillageLine, display_name
from mzdesk.store.changes import ChangeRow
from ui import dialogs
from ui.ask import Ask, Asked
from ui.desk import Desk
from ui.layouts import SPLIT_STEPS, SpanGrid
from ui.page import Page, flow
from ui.pages.checklists import clear
from ui.panels import Listing
from ui.requests import OpenPage
from ui.search_combo import initials_of
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, EmptyState, button, label

FIELDS = {"name": "名称", "retired_on": "停用日期", "merged_into": "并入"}


class DivisionsPage(Page):
    """The page of villages."""

    title = "村（居）"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._lines: tuple[VillageLine, ...] = ()
        whole = desk.station.scope.villages is None
        self.tools.addWidget(button("返回设置", "arrow-left", on_click=lambda: self.open(OpenPage("settings"))))
        self.add_button = button("添加村（居）", "plus", kind="primary", on_click=self.add, tip="Ctrl+N")
        self.add_button.setVisible(whole)
        self.tools.addWidget(self.add_button)
        grid = SpanGrid(SPLIT_STEPS, gap=1.0, line_gap=1.0)
        grid.add(self._make_list(whole), 3)
        grid.add(self._make_history(), 2)
        self.content.addWidget(grid)
        self.content.addStretch(1)
        for keys, act in (("Ctrl+N", self.add), ("Ctrl+F", self.search.setFocus)):
            QShortcut(QKeySequence(keys), self, act).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _make_list(self, whole: bool) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.7))
        self.search = QLineEdit()
        self.search.setPlaceholderText("村名或拼音首字母（Ctrl+F）")
        self.search.setMinimumWidth(look().em(16))
        self.search.textChanged.connect(lambda *_: self._show_rows())
        self.with_retired = QCheckBox("连同已停用的")
        self.with_retired.setMinimumHeight(self.search.sizeHint().height())
        self.with_retired.toggled.connect(lambda *_: self._show_rows())
        column.addWidget(flow(self.search, self.with_retired))
        columns: tuple[Column[VillageLine], ...] = (
            Column("名称", lambda line: line.name, 0, bold=True),
            Column("代码", lambda line: line.code, 9.0),
            Column("人数", lambda line: str(line.people), 5.0, number=True),
            Column("状态", _state, 8.0, tone=lambda line: "" if line.retired_on else "green", chip=True),
        )
        self.list: Listing[VillageLine] = Listing(
            columns, "村（居）列表", EmptyState("map-pin", "没有符合的村（居）", "换几个字再找，或添加一个。")
        )
        self.list.setFixedHeight(look().em(34))
        self.list.table.row_opened.connect(lambda _row: self.rename())
        self.list.table.row_selected.connect(self._choose)
        column.addWidget(self.list, 1)
        self.rename_button = button("改名", "pencil", on_click=self.rename, tip="Enter")
        self.merge_button = button("合并到…", on_click=self.merge)
        self.retire_button = button("停用", on_click=self.retire)
        self.people_button = button("看这个村的人", "users", on_click=self._open_people)
        self.verbs = flow(self.rename_button, self.merge_button, self.retire_button, self.people_button)
        for made in (self.rename_button, self.merge_button, self.retire_button):
            made.setVisible(whole)
        column.addWidget(self.verbs)
        return holder

    def _make_history(self) -> Card:
        card = Card("变更记录")
        self.history = QVBoxLayout()
        card.body.addLayout(self.history)
        card.body.addWidget(
            label("全国的村级区划代码 2024 年起不再公布，这里以程序自带的一份为起点，由本站自行增改；改动会报县里。", "hint", wrap=True)
        )
        card.body.addStretch(1)
        return card

    # ---- showing

    def opened(self) -> None:
        self.load(lambda: divisions.overview(self.desk.station), self.show_lines)

    def show_lines(self, lines: tuple[VillageLine, ...]) -> None:
        """Show what was read."""
        self._lines = lines
        used = [line for line in lines if not line.retired_on]
        self.subtitle.show_text(f"共 {len(used)} 个村（居），{sum(line.people for line in used)} 人")
        self._show_rows()

    def _show_rows(self) -> None:
        wanted = self.search.text().strip().lower()
        rows = [line for line in self._lines if self.with_retired.isChecked() or not line.retired_on]
        self.list.show_rows([line for line in rows if wanted in line.name or wanted in line.code or wanted in initials_of(line.name)])

    def _choose(self, line: VillageLine | None) -> None:
        used = line is not None and not line.retired_on
        for made in (self.rename_button, self.merge_button, self.retire_button, self.people_button):
            made.setEnabled(used)
        clear(self.history)
        if line is not None:
            self.load(lambda: divisions.history(self.desk.station, line.code), self._show_history)

    def _show_history(self, rows: tuple[ChangeRow, ...]) -> None:
        clear(self.history)
        if not rows:
            self.history.addWidget(label("没有改动过，与程序自带的一致。", "muted", wrap=True))
        for row in rows:
            self.history.addWidget(label(f"{beijing(row.at):%Y-%m-%d}　{row.actor_name}", "hint"))
            self.history.addWidget(label(self._told(row), wrap=True))

    def _told(self, row: ChangeRow) -> str:
        names = {line.code: line.name for line in self._lines}
        new = names.get(row.new, row.new) if row.field == "merged_into" else row.new
        if row.field == "name":
            return f"改名：{row.old} → {new}" if row.old else f"添加：{new}"
        return f"{FIELDS.get(row.field, row.field)}：{new}"

    # ---- verbs

    def add(self) -> None:
        """Ask for the name of a new village."""
        if not self.add_button.isVisibleTo(self):
            return
        station = self.desk.station
        fields = (Asked("name", "名称", hint="写全称，例如“石头寨村委会”"),)
        words = "新的村（居）会得到一个本乡镇还没用过的代码。"
        ask = Ask(self, self.desk, "添加村（居）", words, fields, "添加", lambda told: divisions.add(station, told["name"]))
        ask.done_with.connect(lambda row: self._changed(f"已添加{row.name}。要让儿童主任负责它，请到“账户”里修改"))
        ask.open()

    def rename(self) -> None:
        """Ask for another name."""
        line = self.list.selected()
        if line is None or line.retired_on or not self.rename_button.isVisibleTo(self):
            return
        station = self.desk.station
        fields = (Asked("name", "新名称", value=line.name),)
        words = "代码不变，人和记录都不动；旧名称留在变更记录里。"
        ask = Ask(
            self, self.desk, f"改名：{line.name}", words, fields, "改名", lambda told: divisions.rename(station, line.code, told["name"])
        )
        ask.done_with.connect(lambda _row: self._changed("已改名"))
        ask.open()

    def merge(self) -> None:
        """Ask which village takes this one over."""
        line = self.list.selected()
        if line is None or line.retired_on:
            return
        station = self.desk.station
        choices = tuple((other.code, other.name) for other in self._lines if not other.retired_on and other.code != line.code)
        if not choices:
            dialogs.tell(self, "没有可以并入的村", "至少要有两个正在使用的村（居）。")
            return
        fields = (Asked("into", "并入哪个村（居）", "choice", choices=(("", "请选择"), *choices)),)
        words = (
            f"{line.name}的 {line.people} 人连同登记、记录、草稿和待办，都转到选定的村；{line.name}停用。"
            "这一步不能撤销。只负责原村的儿童主任，请随后到“账户”里改为负责新村。"
        )
        ask = Ask(
            self,
            self.desk,
            f"合并：{line.name}",
            words,
            fields,
            "合并",
            lambda told: divisions.merge(station, line.code, told["into"]),
            danger=True,
        )
        ask.done_with.connect(lambda people: self._changed(f"已合并，{people} 人随之转过去"))
        ask.open()

    def retire(self) -> None:
        """Take a village out of use."""
        line = self.list.selected()
        if line is None or line.retired_on:
            return
        station = self.desk.station
        words = "停用后不再出现在选择里，历史记录照旧能看。还有人住的村不能停用，请用“合并到…”。"
        if dialogs.confirm(self, f"停用{line.name}？", words, "停用", danger=True):
            self.act(lambda: divisions.retire(station, line.code), lambda _row: self._changed("已停用"))

    def _changed(self, words: str) -> None:
        self.desk.tell(words)
        self.changed.emit()
        self.opened()

    def _open_people(self) -> None:
        line = self.list.selected()
        if line is not None:
            self.open(OpenPage("people", {"village": line.code}))


def _state(line: VillageLine) -> str:
    if line.merged_into:
        return f"并入{display_name(line.merged_into)}"
    return "已停用" if line.retired_on else "使用中"

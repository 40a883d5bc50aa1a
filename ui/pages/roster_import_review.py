"""The second step of an import: every row with its verdict, problems at their cells, mended in place; nothing is written yet."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from mzdesk.registry.groups import GROUPS
from mzdesk.registry.roster_headings import FIELD_BY_NAME
from mzdesk.registry.roster_preview import Examined
from ui.page import flow
from ui.pages.roster_import_sheet import SheetView
from ui.pages.roster_import_table import RosterTable
from ui.theme import look
from ui.widgets import EmptyState, ProgressLine, button, label

FILTER_NAMES = {
    "": "全部",
    "ready": "可导入",
    "mended": "整理后导入",
    "look": "需要核对",
    "known": "重复、已登记",
    "skipped": "不导入",
}
OVERRIDABLE = frozenset({"birth mismatch", "sex mismatch"})


class ReviewStep(QWidget):
    """Signals: edited(row, field, text); skip_turned(row); group_chosen(code); and wishes for a dialog:

    mapping_wanted(), comparison_wanted(row), reason_wanted(row, field, title), taken(), cancelled(), left(), copy_wanted().
    """

    edited = Signal(int, str, str)
    skip_turned = Signal(object)
    group_chosen = Signal(str)
    mapping_wanted = Signal()
    comparison_wanted = Signal(object)
    reason_wanted = Signal(object, str, str)
    taken = Signal()
    cancelled = Signal()
    left = Signal()
    copy_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: SheetView | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.7))
        column.addLayout(self._make_head())
        column.addWidget(self._make_list(), 1)
        column.addWidget(self._make_cell_line())
        column.addWidget(self._make_row_verbs())
        self.progress = ProgressLine()
        column.addWidget(self.progress)
        column.addLayout(self._make_foot())

    def _make_head(self) -> QHBoxLayout:
        self.filters: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        for key, name in FILTER_NAMES.items():
            made = button(name, on_click=lambda: self._show_rows())
            made.setCheckable(True)
            self._group.addButton(made)
            self.filters[key] = made
        self.filters[""].setChecked(True)
        self.kind = QComboBox()
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kind.setAccessibleName("这份花名册是哪一类对象")
        self.kind.activated.connect(lambda *_: self.group_chosen.emit(self.kind.currentData()))
        across = QHBoxLayout()
        across.addWidget(flow(*self.filters.values()), 1)
        across.addWidget(label("对象类别", "muted"))
        across.addWidget(self.kind)
        self.mapping_button = button("列的对应…", "list-checks", on_click=self.mapping_wanted.emit)
        across.addWidget(self.mapping_button)
        return across

    def _make_list(self) -> QWidget:
        holder = QWidget()
        self._faces = QStackedLayout(holder)
        self.table = RosterTable()
        self.table.setMinimumHeight(look().em(12))
        self.table.moved.connect(self._show_cell)
        self.table.pressed_space.connect(self._turn)
        self.table.rows.edited.connect(self.edited)
        self._faces.addWidget(self.table)
        self._faces.addWidget(EmptyState("check", "这一类没有行", "点上面的“全部”看整份花名册。"))
        return holder

    def _make_cell_line(self) -> QLabel:
        self.cell_line = label("", "muted", wrap=True)
        return self.cell_line

    def _make_row_verbs(self) -> QWidget:
        self.next_button = button("下一处要改的", "arrow-down", on_click=self.table.go_to_problem, tip="F8")
        self.skip_button = button("不导入这一行", "x", on_click=self._turn, tip="光标在“结论”一列时按空格")
        self.compare_button = button("并排对照…", "users", on_click=self._compare)
        self.reason_button = button("写明不一致的原因…", "pencil", on_click=self._give_reason)
        self.absent_button = button("写明无证号的原因…", "pencil", on_click=self._give_absence)
        return flow(self.next_button, self.skip_button, self.compare_button, self.reason_button, self.absent_button)

    def _make_foot(self) -> QHBoxLayout:
        self.note = label("", "hint", wrap=True)
        self.back_button = button("换一个文件", "arrow-left", on_click=self.left.emit)
        self.copy_button = button("另存要核对的行…", "download", on_click=self.copy_wanted.emit)
        self.cancel_button = button("取消导入", "x", on_click=self.cancelled.emit)
        self.take_button = button("导入", "check", kind="primary", on_click=self.taken.emit, tip="Ctrl+Enter")
        across = QHBoxLayout()
        across.setSpacing(look().em(0.6))
        across.addWidget(self.note, 1)
        for widget in (self.back_button, self.copy_button, self.cancel_button, self.take_button):
            across.addWidget(widget)
        return across

    # ---- showing

    def show_view(self, view: SheetView, group: str) -> None:
        """Show a preview; the filter and the cursor stay."""
        first = self._view is None or self._view.roster.source.digest != view.roster.source.digest
        self._view = view
        if first:
            self.filters["look" if view.count("look") else ""].setChecked(True)
        for key, made in self.filters.items():
            made.setText(f"{FILTER_NAMES[key]} {view.count(key)}")
            made.setVisible(bool(view.count(key)) or key in ("", "ready", "look"))
        self._show_groups(view, group)
        self._show_rows()
        ready = view.count("ready")
        self.take_button.setText(f" 导入 {ready} 行")
        self.copy_button.setVisible(ready < len(view.preview.rows))
        told = [*view.preview.notices, "现在只是核对，还没有写入任何内容；改过的地方已记住，可以下次接着做。"]
        self.note.setText("".join(told))
        self.set_busy(False)

    def _show_groups(self, view: SheetView, group: str) -> None:
        guessed = view.roster.group
        self.kind.clear()
        self.kind.addItem(f"{GROUPS[guessed]}（按表名）" if guessed else "请选择类别", "")
        for code, name in GROUPS.items():
            self.kind.addItem(name, code)
        self.kind.setCurrentIndex(max(self.kind.findData(group), 0))

    def _show_rows(self) -> None:
        if self._view is None:
            return
        chosen = next(key for key, made in self.filters.items() if made.isChecked())
        self.table.show_view(self._view, chosen)
        self._faces.setCurrentIndex(0 if self.table.rows.rowCount() else 1)
        self._show_cell(self.table.selected(), self.table.rows.field_at(self.table.currentIndex().column()))

    def _show_cell(self, row: Examined | None, name: str) -> None:
        """Say beneath the table what the cell at the cursor needs, in full."""
        view = self._view
        self._enable(row)
        if row is None or view is None:
            self.cell_line.setText("")
            return
        words = view.words(row, name) if name else None
        whose = f"第 {row.line} 行　{row.reading.person.get('name', '')}"
        if words is not None and words.beneath:
            self.cell_line.setText(f"{whose}　{FIELD_BY_NAME[name].label}：{words.beneath}　（按 Enter 就地修改）")
        else:
            self.cell_line.setText(f"{whose}　{row.problem or '没有问题。'}")

    def _enable(self, row: Examined | None) -> None:
        view, reasons = self._view, {problem.reason for problem in row.problems} if row is not None else set()
        self.skip_button.setEnabled(row is not None)
        skipped = row is not None and view is not None and view.is_skipped(row)
        self.skip_button.setText(" 恢复这一行" if skipped else " 不导入这一行")
        self.compare_button.setEnabled(row is not None and (bool(row.double_of) or bool(row.known and (row.differences or reasons))))
        self.reason_button.setVisible(bool(OVERRIDABLE & reasons))
        self.absent_button.setVisible("empty id" in reasons)

    def set_busy(self, busy: bool, *, can_cancel: bool = False) -> None:
        """Stop or allow acts; while rows are written only cancelling is left."""
        self.take_button.setEnabled(not busy and bool(self._view and self._view.count("ready")))
        for widget in (self.back_button, self.copy_button, self.mapping_button, self.kind):
            widget.setEnabled(not can_cancel)
        self.table.setEnabled(not can_cancel)
        self.cancel_button.setVisible(can_cancel)
        self.progress.setVisible(busy)

    # ---- wishes

    def _turn(self) -> None:
        if (row := self.table.selected()) is not None:
            self.skip_turned.emit(row)

    def _compare(self) -> None:
        if (row := self.table.selected()) is not None:
            self.comparison_wanted.emit(row)

    def _give_reason(self) -> None:
        if (row := self.table.selected()) is not None:
            self.reason_wanted.emit(row, "identity_override", "与身份证号不一致的原因")

    def _give_absence(self) -> None:
        if (row := self.table.selected()) is not None:
            self.reason_wanted.emit(row, "id_no_absent", "没有身份证号的原因")

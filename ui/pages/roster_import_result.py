"""The last step of an import: what was done, the rows left over with their reasons, and the way back."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mzdesk.registry.command import REASONS
from mzdesk.registry.roster_import import Outcome
from ui.layouts import CARD_STEPS, ScrollColumn, SpanGrid
from ui.page import flow
from ui.widgets import Card, StatCard, button, label


class ResultStep(QWidget):
    """Signals: undo_wanted(run id), copy_wanted(), again(), people_wanted()."""

    undo_wanted = Signal(str)
    copy_wanted = Signal()
    again = Signal()
    people_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._run_id = ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        scroll = ScrollColumn(margin=(0, 0, 0, 1))
        outer.addWidget(scroll)
        column = scroll.column
        grid = SpanGrid(CARD_STEPS, gap=1.0, line_gap=0.8)
        self.created = StatCard("新登记", "user-plus", "green")
        self.updated = StatCard("补充已登记的", "pencil", "primary")
        self.unchanged = StatCard("没有变化", "check", "primary")
        self.rejected = StatCard("没有导入", "triangle-alert", "amber")
        for card in (self.created, self.updated, self.unchanged, self.rejected):
            grid.add(card, 1)
        column.addWidget(grid)
        self.left_over = Card("没有导入的行")
        self.reasons = label("", wrap=True)
        self.left_over.body.addWidget(self.reasons)
        self.copy_button = button("另存没有导入的行…", "download", on_click=self.copy_wanted.emit)
        self.left_over.body.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.left_over)
        self.people_button = button("查看服务对象", "users", kind="primary", on_click=self.people_wanted.emit)
        self.undo_button = button("撤销这次导入…", "undo-2", on_click=lambda: self.undo_wanted.emit(self._run_id))
        self.again_button = button("再导入一份", "upload", on_click=self.again.emit)
        column.addWidget(flow(self.people_button, self.undo_button, self.again_button))
        column.addStretch(1)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what an import did."""
        self._run_id = outcome.run_id
        rejected = outcome.rejected
        self.created.show_figure(str(outcome.created), "人，建立了档案")
        self.updated.show_figure(str(outcome.updated), "人，补上了缺的内容")
        self.unchanged.show_figure(str(outcome.unchanged), "人，登记的与花名册一致")
        self.rejected.show_figure(str(len(rejected)), "行，原样保留在文件里")
        self.left_over.setVisible(bool(rejected))
        reasons = Counter(REASONS.get(row.reason, row.reason) if row.reason else "核对时选择了不导入" for row in rejected)
        lines = [f"{reason}：{count} 行" for reason, count in reasons.most_common()]
        self.reasons.setText("\n".join([*lines, "另存的表里每一行后面写着原因，改好后可以直接再导入。"]))
        self.people_button.setFocus()

"""The state of damaged data in plain words: what is wrong, what can still be read, which backups there are, and what to do in order."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mzdesk.clock import beijing
from mzdesk.errors import MzError
from mzdesk.store.backup import REASONS, Snapshot
from mzdesk.vault.rescue import Readable, RescuePlan
from mzdesk.vault.safety import read_snapshot
from ui import dialogs
from ui.layouts import SpanGrid, Step
from ui.page import flow
from ui.pages.checklists import clear
from ui.panels import Listing
from ui.paths import choose_backup
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Banner, Card, EmptyState, button, label


def snapshot_columns() -> tuple[Column[Snapshot], ...]:
    """Return the columns of a list of backups."""
    return (
        Column("备份时间", lambda one: f"{beijing(one.header.created_at):%Y-%m-%d %H:%M}", 11.0, bold=True),
        Column("由来", lambda one: REASONS.get(one.header.reason, one.header.reason), 7.0),
        Column("对象", lambda one: str(one.header.counts.get("person", 0)), 5.0, number=True),
        Column("记录", lambda one: str(one.header.counts.get("record", 0)), 5.0, number=True),
        Column("在哪里", lambda one: str(one.path.parent), 0, tip=lambda one: str(one.path)),
    )


class RescueView(QWidget):
    """Signal: restore_asked(Snapshot): the person wants the chosen backup back."""

    restore_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._added: list[Snapshot] = []
        self._plan: RescuePlan | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(1.0))
        self.verdict = Banner()
        column.addWidget(self.verdict)
        grid = SpanGrid((Step(56, 2), Step(0, 1)), gap=1.0, line_gap=1.0)
        self.steps, self.state = Card("按顺序做"), Card("现在的情况")
        self.step_rows, self.state_rows = QVBoxLayout(), QVBoxLayout()
        self.steps.body.addLayout(self.step_rows)
        self.state.body.addLayout(self.state_rows)
        for card in (self.steps, self.state):
            card.body.addStretch(1)
            grid.add(card, 1)
        column.addWidget(grid)
        empty = EmptyState("save", "没有找到备份", "请插上平时放备份的 U 盘，点“找别处的备份…”。")
        self.list: Listing[Snapshot] = Listing(snapshot_columns(), "备份列表", empty)
        self.list.setFixedHeight(look().em(14))
        self.restore_button = button("从选中的备份恢复", "undo-2", kind="primary", on_click=self._ask)
        self.list.table.row_selected.connect(lambda row: self.restore_button.setEnabled(row is not None))
        column.addWidget(self.list, 1)
        self.find_button = button("找别处的备份…", "folder-open", on_click=self.find_backup)
        self.restore_button.setEnabled(False)
        column.addWidget(flow(self.restore_button, self.find_button))

    def show_plan(self, plan: RescuePlan) -> None:
        """Show what was found."""
        self._plan = plan
        words = "数据完好，不需要恢复。" if plan.sound else f"数据有 {len(plan.problems)} 处问题。先不要删除任何文件，按下面的顺序做。"
        self.verdict.show_text(words, "green" if plan.sound else "red")
        clear(self.step_rows)
        clear(self.state_rows)
        for number, step in enumerate(plan.steps, 1):
            self.step_rows.addWidget(label(f"{number}. {step.title}", "strong", wrap=True))
            self.step_rows.addWidget(label(step.detail, "muted", wrap=True))
        for problem in plan.problems[:6]:
            self.state_rows.addWidget(label(problem.message, wrap=True, tone="red"))
        for one in plan.readable:
            self.state_rows.addWidget(label(_readable(one), "muted", wrap=True))
        if plan.waiting:
            self.state_rows.addWidget(label(f"还能读出 {plan.waiting} 条没有报送的改动，恢复时会一起保留。", wrap=True))
        self.steps.setVisible(bool(plan.steps))
        self.state.setVisible(bool(plan.problems or plan.readable))
        self._show_snapshots()

    def _show_snapshots(self) -> None:
        found = [*self._added, *(self._plan.snapshots if self._plan else ())]
        self.list.show_rows(sorted(found, key=lambda one: one.header.created_at, reverse=True))

    def find_backup(self) -> None:
        """Let the person show where another backup lies."""
        path = choose_backup(self)
        if path is not None:
            self.add_backup(path)

    def add_backup(self, path: Path) -> None:
        """Offer a backup from elsewhere."""
        try:
            self._added.append(read_snapshot(path))
        except MzError as error:
            dialogs.show_error(self, error)
            return
        self._show_snapshots()

    def _ask(self) -> None:
        chosen = self.list.selected()
        if chosen is not None:
            self.restore_asked.emit(chosen)


def _readable(one: Readable) -> str:
    return f"{one.name}：能读出 {one.rows} 行{'' if one.whole else '，可能不全'}"

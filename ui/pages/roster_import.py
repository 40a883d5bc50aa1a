"""导入花名册: choose, look through, take, in one transaction that can be undone; every decision is kept, so that a break loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from mzdesk.errors import MzError
from mzdesk.registry import roster_import, roster_report, roster_undo
from mzdesk.registry.roster_import import Outcome, Roster
from mzdesk.registry.roster_preview import Action, Choice, Examined, Preview
from mzdesk.registry.roster_undo import Undone
from ui import dialogs
from ui.desk import Desk
from ui.page import Page
from ui.pages.roster_import_choose import ChooseStep
from ui.pages.roster_import_compare import compare_with_registry, compare_with_row
from ui.pages.roster_import_mapping import MappingDialog
from ui.pages.roster_import_result import ResultStep
from ui.pages.roster_import_review import ReviewStep
from ui.pages.roster_import_sheet import SheetView, with_action, with_cell
from ui.requests import OpenPage, Request
from ui.tasks import Progress

PATIENCE_MS = 250
CHOOSE, REVIEW, RESULT = range(3)


class RosterImportPage(Page):
    """The page of an import."""

    title = "导入花名册"
    scrolls = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._wanted: Path | None = None
        self._roster: Roster | None = None
        self._group = ""
        self._choices: dict[int, Choice] = {}
        self._unkept: tuple[Roster, str, dict[int, Choice]] | None = None  # decided, and not yet on the disk
        self._keeping = False
        self._view: SheetView | None = None
        self._outcome: Outcome | None = None
        self._cancelled = False
        self._writing = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._look_through)
        self._make_steps()
        self._bind_keys()

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], None]] = {
            "Ctrl+O": self._ask_file,
            "Ctrl+V": self.paste,
            "Ctrl+Return": self.take,
            "F8": lambda: self.review.table.go_to_problem(),
        }
        for sequence, act in keys.items():
            QShortcut(QKeySequence(sequence), self, act).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _make_steps(self) -> None:
        self.choose, self.review, self.result = ChooseStep(), ReviewStep(), ResultStep()
        self.steps = QStackedWidget()
        for step in (self.choose, self.review, self.result):
            self.steps.addWidget(step)
        self.body.addWidget(self.steps, 1)
        self.choose.file_chosen.connect(self.open_file)
        self.choose.pasted.connect(self.paste)
        self.choose.undo_wanted.connect(lambda run: self.undo(run.id))
        review = self.review
        review.edited.connect(self._mend)
        review.skip_turned.connect(self._turn_row)
        review.group_chosen.connect(self._choose_group)
        review.mapping_wanted.connect(self._ask_mapping)
        review.comparison_wanted.connect(self._compare)
        review.reason_wanted.connect(self._ask_reason)
        review.taken.connect(self.take)
        review.cancelled.connect(self._cancel)
        review.left.connect(self._start_again)
        review.copy_wanted.connect(lambda: self._save_copy(self._view.preview if self._view else None))
        self.result.undo_wanted.connect(self.undo)
        self.result.copy_wanted.connect(lambda: self._save_copy(self._outcome.preview if self._outcome else None))
        self.result.again.connect(self._start_again)
        self.result.people_wanted.connect(lambda: self.open(OpenPage("people")))

    # ---- opening

    def receive(self, request: Request) -> None:
        if isinstance(request, OpenPage) and "path" in request.filters:
            self._wanted = Path(request.filters["path"])

    def opened(self) -> None:
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.open_file(wanted)
        elif self.steps.currentIndex() == CHOOSE:
            self._show_choose()

    def _show_choose(self) -> None:
        self.heading.setText(self.title)
        self.subtitle.show_text("第一步：选择花名册")
        self.steps.setCurrentIndex(CHOOSE)
        self.choose.file_button.setFocus()
        self.load(lambda: roster_undo.recent(self.desk.station), self.choose.show_runs)

    def _ask_file(self) -> None:
        if self.steps.currentIndex() == CHOOSE:
            self.choose.choose_file()

    def open_file(self, path: Path) -> None:
        """Read a file and look through it."""
        self._read(lambda: roster_import.open_roster(self.desk.station, path))

    def paste(self) -> None:
        """Read the rows that were copied from a table."""
        if self.steps.currentIndex() != CHOOSE:
            return
        text = QGuiApplication.clipboard().text()
        if text.strip():
            self._read(lambda: roster_import.open_pasted(self.desk.station, text))
        else:
            self.banner.show_text("剪贴板里没有文字。请先在表格里选中各行（含列名）并复制。", "amber")

    def _read(self, work: Callable[[], Roster]) -> None:
        self.banner.show_text("")
        self.subtitle.show_text("正在读取…")

        def read() -> tuple[Roster, str, dict[int, Choice]]:
            roster = work()
            group, choices = roster_import.saved_choices(self.desk.station, roster)
            return roster, group, choices

        self.desk.tasks.run(read, self._show_read, self._not_read, owner=self)

    def _not_read(self, error: Exception) -> None:
        self._show_choose()
        if isinstance(error, MzError):
            self.banner.show_text(f"{error.title}。{error.message}", "red")
        else:
            self.desk.fail(error)

    def _show_read(self, found: tuple[Roster, str, dict[int, Choice]]) -> None:
        self._roster, self._group, self._choices = found
        self.heading.setText(f"导入《{self._roster.source.name}》")
        if self._choices:
            self.banner.show_text("接着上次没有做完的核对，改过的地方都在。", "green")
        self._look_through()

    # ---- looking through

    def _look_through(self) -> None:
        """Read every row again with the choices so far; a newer look-through replaces an older one."""
        roster, group, choices = self._roster, self._group, dict(self._choices)
        if roster is None or self._writing:
            return
        self.review.set_busy(True)
        self.review.progress.show_progress(0, 0, "正在核对…")

        def work() -> SheetView:
            return SheetView(roster, roster_import.preview(self.desk.station, roster, group, choices), choices)

        self.load(work, self._show_view)

    def _show_view(self, view: SheetView) -> None:
        self._view = view
        self.subtitle.show_text(f"第二步：核对　共 {len(view.preview.rows)} 行")
        self.steps.setCurrentIndex(REVIEW)
        self.review.show_view(view, self._group)
        focused = self.focusWidget()
        if focused is None or not self.review.isAncestorOf(focused):
            self.review.table.setFocus()

    def _decide(self, choices: Mapping[int, Choice]) -> None:
        """Keep a decision on the disk at once, and look through again when the person pauses."""
        assert self._roster is not None
        self._choices = dict(choices)
        self._unkept = (self._roster, self._group, dict(choices))
        self._keep_next()
        self.review.take_button.setEnabled(False)
        self._patience.start()

    def _keep_next(self) -> None:
        """Keep the newest decisions, one write after the other: two at once could end in the wrong order and lose the last one."""
        if self._keeping or self._unkept is None:
            return
        (roster, group, choices), self._unkept, self._keeping = self._unkept, None, True
        save = partial(roster_import.save_choices, self.desk.station, roster, group, choices)
        self.desk.tasks.run(save, lambda _none: self._kept(), self._not_kept, owner=self)

    def _kept(self) -> None:
        self._keeping = False
        self._keep_next()

    def _not_kept(self, error: Exception) -> None:
        self._keeping = False
        self.desk.fail(error)

    def save_now(self) -> None:
        if self._unkept is not None:
            (roster, group, choices), self._unkept = self._unkept, None
            roster_import.save_choices(self.desk.station, roster, group, choices)

    def _mend(self, row: int, name: str, text: str) -> None:
        assert self._view is not None
        examined = self._view.preview.rows[row - 1]
        original = replace(self._view, choices={}).written(examined, name)
        self._decide(with_cell(self._choices, row, name, text, original))

    def _turn_row(self, row: Examined) -> None:
        assert self._view is not None
        self._decide(with_action(self._choices, row.row, Action.TAKE if self._view.is_skipped(row) else Action.SKIP))

    def _choose_group(self, group: str) -> None:
        self._group = group
        self._decide(self._choices)

    def _ask_mapping(self) -> None:
        if self._roster is None:
            return
        dialog = MappingDialog(self, self._roster.tables)
        dialog.chosen.connect(self._map)
        dialog.open()

    def _map(self, mappings: tuple[dict[int, str], ...]) -> None:
        roster = self._roster
        assert roster is not None

        def work() -> Roster:
            pairs = zip(roster.tables, mappings, strict=True)
            tables = tuple(roster_import.remember_mapping(self.desk.station, table, mapping) for table, mapping in pairs)
            return replace(roster, tables=tables)

        def show(mapped: Roster) -> None:
            self._roster = mapped
            self._look_through()

        self.desk.tasks.run(work, show, self.desk.fail, owner=self)

    def _compare(self, row: Examined) -> None:
        view = self._view
        assert view is not None
        if row.double_of:
            dialog = compare_with_row(self, view, row, self._choices)
        else:
            dialog = compare_with_registry(self, self.desk.station, view, row, self._choices)
        dialog.settled_choices.connect(self._decide)
        dialog.open()

    def _ask_reason(self, row: Examined, name: str, title: str) -> None:
        text = f"第 {row.line} 行　{row.reading.person.get('name', '')}。写明原因后，这一行可以导入。"
        reason = dialogs.ask_text(self, title, text, "原因", "就这样", least=2)
        if reason:
            self._decide(with_cell(self._choices, row.row, name, reason, ""))

    # ---- taking

    def take(self) -> None:
        """Write the rows that can be taken, all of them or none."""
        if self.steps.currentIndex() != REVIEW or not self.review.take_button.isEnabled() or self._roster is None:
            return
        roster, group, choices = self._roster, self._group, dict(self._choices)
        self._cancelled, self._writing = False, True
        self.review.set_busy(True, can_cancel=True)
        self.review.progress.show_progress(0, 0, "正在导入…")

        def work(progress: Progress) -> Outcome:
            def tell(phase: str, done: int, total: int) -> bool:
                progress.report(done, total, f"{phase} {done}/{total}")
                return not self._cancelled

            return roster_import.take(self.desk.station, roster, group, choices, tell)

        self.desk.tasks.run_long(work, self._show_outcome, self._not_taken, self.review.progress.show_progress, owner=self)

    def _cancel(self) -> None:
        """Ask the work to stop at its next step; whether it did, the work itself says: all is written, or nothing."""
        self._cancelled = True
        self.review.cancel_button.setEnabled(False)

    def _not_taken(self, error: Exception) -> None:
        self._writing = False
        self.review.cancel_button.setEnabled(True)
        self.review.set_busy(False)
        if isinstance(error, MzError):
            self.banner.show_text(f"{error.title}：{error.message}", "amber")
        else:
            self.desk.fail(error)

    def _show_outcome(self, outcome: Outcome) -> None:
        self._writing = False
        self.review.cancel_button.setEnabled(True)
        self._outcome, self._view = outcome, None
        self._roster, self._choices, self._group = None, {}, ""
        self.banner.show_text("")
        self.subtitle.show_text("第三步：已导入")
        self.steps.setCurrentIndex(RESULT)
        self.result.show_outcome(outcome)
        self.changed.emit()

    # ---- afterwards

    def _start_again(self) -> None:
        self._roster, self._view, self._choices, self._group = None, None, {}, ""
        self.banner.show_text("")
        self._show_choose()

    def _save_copy(self, preview: Preview | None) -> None:
        if preview is None:
            return
        name = f"{Path(preview.source.name).stem}-需要核对.xlsx"
        path, _kind = QFileDialog.getSaveFileName(self, "另存没有导入的行", name, "Excel 工作簿 (*.xlsx)")
        if path:
            target = Path(path).with_suffix(".xlsx")
            done = lambda count: self.desk.tell(f"已另存 {count} 行：{target.name}")  # noqa: E731
            self.desk.tasks.run(lambda: roster_report.write_rejected(preview, target), done, self.desk.fail, owner=self)

    def undo(self, run_id: str) -> None:
        """Undo an import after asking."""
        text = "这次导入登记的人将移出，补充的内容恢复原样；之后又走访、修改过的人会保留。"
        if dialogs.confirm(self, "撤销这次导入？", text, "撤销导入", danger=True):
            self.act(lambda: roster_undo.undo(self.desk.station, run_id), self._show_undone)

    def _show_undone(self, undone: Undone) -> None:
        self._start_again()
        kept = f"；保留 {len(undone.kept)} 人：" + "、".join(f"{one.name}（{one.why}）" for one in undone.kept[:5]) if undone.kept else ""
        more = "等" if len(undone.kept) > 5 else ""
        self.banner.show_text(f"已撤销：移出 {undone.removed} 人，恢复 {undone.restored} 人{kept}{more}。", "green")

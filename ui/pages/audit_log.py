"""The log itself: found by person, act, day and words; checked from end to end; printed and exported, which are entries themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from mzdesk.errors import MzError
from mzdesk.registry.dates import Toward
from mzdesk.store.audit import ACTS
from mzdesk.vault import log_book
from mzdesk.vault.log_book import LogFilter, LogLine, LogPage, Verification
from ui.loose_entry import ISO_DATE, date_value, show_date
from ui.page import Page, flow
from ui.panels import Listing, Panel
from ui.paths import choose_target
from ui.table_model import Column
from ui.tasks import Progress, Task
from ui.theme import look
from ui.widgets import Banner, EmptyState, ProgressLine, button, label

if TYPE_CHECKING:
    from datetime import date

    from mzdesk.station import Station

TYPING_PAUSE_MS = 250


class LogPanel(Panel):
    """The table of the log."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._before = 0
        self._checking: Task | None = None
        self.column.addWidget(self._make_filters())
        self.result = Banner()
        self.progress = ProgressLine()
        self.column.addWidget(self.result)
        self.column.addWidget(self.progress)
        columns: tuple[Column[LogLine], ...] = (
            Column("时间", lambda line: line.at[:16], 9.5, tip=lambda line: line.at),
            Column("谁", lambda line: line.actor, 8.0, bold=True),
            Column("做了什么", lambda line: line.act, 9.0),
            Column("对象", lambda line: line.subject, 0),
            Column("说明", lambda line: line.detail, 0),
        )
        empty = EmptyState("history", "没有符合的日志", "换一个人、一种操作或一段时间看看。")
        self.list: Listing[LogLine] = Listing(columns, "操作日志", empty)
        self.list.table.rows.wanted.connect(lambda _last: self._load_more())
        self.column.addWidget(self.list, 1)
        self.check_button = button("核对全部日志", "shield-check", on_click=self.check, tip="看有没有被改动或删去的")
        self.stop_button = button("停止", "x", on_click=self.stop)
        self.stop_button.hide()
        self.print_button = button("打印预览", "printer", on_click=self.preview, tip="Ctrl+P")
        self.export_button = button("导出 Excel", "download", on_click=self.export, tip="Ctrl+E")
        self.column.addWidget(flow(self.check_button, self.stop_button, self.print_button, self.export_button))
        for keys, act in (("Ctrl+P", self.preview), ("Ctrl+E", self.export), ("Ctrl+F", self.text.setFocus)):
            self.shortcut(keys, act)

    def _make_filters(self) -> QWidget:
        self.actor, self.act = QComboBox(), QComboBox()
        self.actor.addItem("所有人", "")
        self.act.addItem("所有操作", "")
        for words in sorted(set(ACTS.values()), key=list(ACTS.values()).index):
            self.act.addItem(words, words)
        self.since, self.until, self.text = QLineEdit(), QLineEdit(), QLineEdit()
        self.since.setPlaceholderText("从哪天，如 0613")
        self.until.setPlaceholderText("到哪天")
        self.text.setPlaceholderText("姓名、编号、说明（Ctrl+F）")
        for line, width in ((self.since, 11), (self.until, 8), (self.text, 17)):
            line.setFixedWidth(look().em(width))
        for widget, name in (
            (self.actor, "谁"),
            (self.act, "做了什么"),
            (self.since, "从哪天"),
            (self.until, "到哪天"),
            (self.text, "查找"),
        ):
            widget.setAccessibleName(name)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self.opened)
        for combo in (self.actor, self.act):
            combo.activated.connect(lambda *_: self.opened())
        for line in (self.since, self.until):
            line.editingFinished.connect(lambda line=line: self._tidy_date(line))
        self.text.textChanged.connect(lambda *_: self._pause.start())
        self.found = label("", "muted")
        return flow(self.actor, self.act, self.since, self.until, self.text, self.found)

    def _tidy_date(self, line: QLineEdit) -> None:
        """Show a date as it was understood."""
        value = date_value(line.text(), self.desk.station.today(), Toward.PAST)
        if ISO_DATE.fullmatch(value):
            line.setText(show_date(value))
        self.opened()

    def _day(self, line: QLineEdit) -> date | None:
        from datetime import date

        value = date_value(line.text(), self.desk.station.today(), Toward.PAST)
        return date.fromisoformat(value) if ISO_DATE.fullmatch(value) else None

    def wanted(self, before: int = 0) -> LogFilter:
        """Return what the filters ask for."""
        acts = tuple(act for act, words in ACTS.items() if words == self.act.currentData())
        return LogFilter(
            str(self.actor.currentData() or ""), acts, self._day(self.since), self._day(self.until), self.text.text().strip(), before
        )

    # ---- showing

    def opened(self) -> None:
        self._pause.stop()
        station, wanted = self.desk.station, self.wanted()
        if self.actor.count() == 1:
            self.desk.tasks.run(lambda: log_book.actors(station), self._show_actors, self.desk.fail, owner=self)
        self.page.load(lambda: log_book.read(station, wanted), self.show_page)

    def _show_actors(self, actors: tuple[tuple[str, str], ...]) -> None:
        if self.actor.count() == 1:
            for identity, name in actors:
                self.actor.addItem(name, identity)
            self.actor.setVisible(len(actors) > 1)

    def show_page(self, found: LogPage) -> None:
        """Show the newest lines."""
        self._before = found.before
        self.list.show_rows(found.lines)
        self.list.table.rows.show_rows(found.lines, complete=not found.before)
        self._count(len(found.lines))

    def _load_more(self) -> None:
        station, wanted = self.desk.station, self.wanted(self._before)
        self.desk.tasks.run(lambda: log_book.read(station, wanted), self._append, self.desk.fail, owner=self)

    def _append(self, found: LogPage) -> None:
        self._before = found.before
        self.list.table.rows.append(found.lines, complete=not found.before)
        self._count(self.list.table.rows.rowCount())

    def _count(self, shown: int) -> None:
        self.found.setText(f"已列出 {shown} 条，往下翻还有" if self._before else f"共 {shown} 条")
        for made in (self.print_button, self.export_button):
            made.setEnabled(bool(shown))

    # ---- checking

    def check(self) -> None:
        """Check the chain from the first entry to the newest."""
        station = self.desk.station

        def work(progress: Progress) -> Verification:
            return log_book.verify_all(station, lambda done, total: progress.report(done, total, f"已核对 {done} 条，共 {total} 条"))

        self.check_button.setEnabled(False)
        self.stop_button.show()
        self.progress.show_progress(0, 0, "正在核对…")
        self._checking = self.desk.tasks.run_long(work, self.show_verification, self._check_failed, self.progress.show_progress, owner=self)

    def stop(self) -> None:
        """Stop checking."""
        if self._checking is not None:
            self._checking.cancel()
        self._checking_over()

    def _checking_over(self) -> None:
        self._checking = None
        self.check_button.setEnabled(True)
        self.stop_button.hide()
        self.progress.hide()

    def _check_failed(self, error: Exception) -> None:
        self._checking_over()
        self.desk.fail(error)

    def show_verification(self, found: Verification) -> None:
        """Say in plain words what was found."""
        self._checking_over()
        if found.breaks:
            told = "；".join(one.why for one in found.breaks[:5])
            self.result.show_text(f"日志有 {len(found.breaks)} 处不对：{told}。请不要再操作，马上联系县里核对。", "red")
        else:
            self.result.show_text(f"{found.entries} 条日志首尾相连，没有被改动或删去。末条校验码 {found.digest[:12]}。", "green")

    # ---- paper and workbook

    def preview(self) -> None:
        """Show the log as it is printed."""
        station, wanted = self.desk.station, self.wanted()
        if self.print_button.isEnabled():
            self.show_paper("操作日志", lambda: _print(station, wanted))

    def export(self) -> None:
        """Write the log as a workbook."""
        if not self.export_button.isEnabled():
            return
        path = choose_target(self, "导出操作日志", "操作日志.xlsx", "Excel 工作簿 (*.xlsx)")
        if path is not None:
            station, wanted = self.desk.station, self.wanted()
            self.desk.tasks.run(lambda: _export(station, wanted, path), lambda _none: self._exported(path), self.desk.fail, owner=self)

    def _exported(self, path: Path) -> None:
        self.result.show_text(f"已导出：{path}", "green")
        self.opened()


def _print(station: Station, wanted: LogFilter) -> bytes:
    from mzdesk.reports.register_pdf import print_register

    return print_register(log_book.hand_out(station, wanted, "print"))


def _export(station: Station, wanted: LogFilter, path: Path) -> None:
    from mzdesk.reports.workbook import write_workbook

    content = write_workbook(log_book.hand_out(station, wanted, "export"))
    try:
        path.with_suffix(".xlsx").write_bytes(content)
    except OSError as error:
        raise MzError("文件没有写成", f"请换一个位置，或关闭正在打开它的 Excel。（{error.strerror}）") from error

"""The list out to Excel: as it stands, only those chosen, or with the columns of the national roster; masked unless a reason is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from mzdesk.errors import MzError
from mzdesk.registry import export
from mzdesk.registry.groups import GROUPS
from mzdesk.registry.people import Query
from ui import dialogs
from ui.page import Page
from ui.tasks import Progress, Task
from ui.widgets import ProgressLine

KIND = "Excel 工作簿 (*.xlsx)"


class ExportActs:
    """The exports of a page; one at a time, with progress, and stopped by `cancel`."""

    def __init__(self, page: Page, line: ProgressLine, busy: Callable[[bool], None]) -> None:
        self._page, self._line, self._busy = page, line, busy
        self._task: Task | None = None

    def export_list(self, query: Query, columns: Sequence[str], only: Sequence[str] = (), *, whole: bool = False) -> None:
        """Write the list as it stands, or only some people of it."""
        reason = self._reason() if whole else ""
        if whole and not reason:
            return
        name = f"{GROUPS.get(query.group, '服务对象')}名单"
        station = self._page.desk.station
        self._write(
            name,
            lambda path, tell: export.export_list(
                station, query, path, columns, title=name, whole_numbers=whole, reason=reason, progress=tell, only=only
            ),
        )

    def export_register(self, group: str, village: str, *, whole: bool = False) -> None:
        """Write the roster of a group with the columns that the national system asks for."""
        reason = self._reason() if whole else ""
        if whole and not reason:
            return
        station = self._page.desk.station
        self._write(
            f"{GROUPS[group]}花名册",
            lambda path, tell: export.export_register(
                station, group, path, village=village, whole_numbers=whole, reason=reason, progress=tell
            ),
        )

    def _reason(self) -> str:
        text = "导出的文件里有完整的证件号和电话，请妥善保管，用后删除。这次导出会记入日志。"
        return dialogs.ask_text(self._page, "导出完整号码", text, "导出原因", "继续", least=2)

    def _write(self, name: str, work: Callable[[Path, export.Progress], int]) -> None:
        today = self._page.desk.station.today().isoformat()
        chosen, _kind = QFileDialog.getSaveFileName(self._page, "导出 Excel", f"{name}{today}.xlsx", KIND)
        if not chosen:
            return
        path = Path(chosen).with_suffix(".xlsx")
        self._busy(True)
        self._line.show_progress(0, 0, "正在导出…")

        def run(progress: Progress) -> int:
            def tell(phase: str, done: int, total: int) -> None:
                progress.report(done, total, f"{phase} {done}/{total}")

            return work(path, tell)

        self._task = self._page.desk.tasks.run_long(
            run, lambda count: self._done(path, count), self._failed, self._line.show_progress, owner=self._page
        )

    def cancel(self) -> None:
        """Stop; no file is written."""
        if self._task is not None:
            self._task.cancel()
            self._end()

    def _done(self, path: Path, count: int) -> None:
        self._end()
        self._page.desk.tell(f"已导出 {count} 人：{path.name}")

    def _failed(self, error: Exception) -> None:
        self._end()
        if isinstance(error, MzError):
            self._page.banner.show_text(f"{error.title}。{error.message}", "amber")
        else:
            self._page.desk.fail(error)

    def _end(self) -> None:
        self._task = None
        self._line.hide()
        self._busy(False)

"""The first step of an import: a file dropped or chosen, rows pasted, and the earlier imports with their undo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mzdesk import canonical
from mzdesk.registry.groups import GROUPS
from mzdesk.store.imports import RunData
from ui import icons
from ui.panels import Listing
from ui.table_model import Column
from ui.theme import look, restyle
from ui.widgets import Card, EmptyState, button, label, row
from ui.words import show_instant

KINDS = "花名册 (*.xlsx *.xls *.xlsm *.et *.csv *.txt *.ods);;所有文件 (*)"
ENDINGS = (".xlsx", ".xls", ".xlsm", ".et", ".csv", ".txt", ".ods")
STATES = {"open": ("没有做完", "amber"), "taken": ("已导入", "green"), "undone": ("已撤销", "")}


def dropped_file(data: QMimeData) -> Path | None:
    """Return the roster file that is being dragged, None where it is none."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() in ENDINGS), None)


def count_of(run: RunData, name: str) -> str:
    """Return a count of an import as text, "" where it was never taken."""
    counts = canonical.loads(run.counts_json)
    return str(counts[name]) if name in counts else ""


class DropZone(QFrame):
    """A place to drop a file on. Signal: dropped(path)."""

    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAcceptDrops(True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(look().em(1.6), look().em(1.4), look().em(1.6), look().em(1.4))
        self.column.setSpacing(look().em(0.6))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._light("primary")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light("")

    def dropEvent(self, event: QDropEvent) -> None:
        self._light("")
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def _light(self, tone: str) -> None:
        self.setStyleSheet(f"QFrame#card {{ border: 2px dashed {look().tokens.primary}; }}" if tone else "")
        restyle(self)


class ChooseStep(QWidget):
    """Signals: file_chosen(path), pasted(), undo_wanted(run)."""

    file_chosen = Signal(object)
    pasted = Signal()
    undo_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(1.0))
        column.addWidget(self._make_zone())
        column.addWidget(self._make_earlier(), 1)

    def _make_zone(self) -> DropZone:
        zone = DropZone()
        zone.dropped.connect(self.file_chosen)
        head = QHBoxLayout()
        picture = label()
        picture.setPixmap(icons.pixmap("upload", "primary", 2.0, 2.0))
        head.addWidget(picture)
        head.addWidget(label("把花名册文件拖到这里，或者选择文件", "h2"), 1)
        zone.column.addLayout(head)
        told = "Excel、WPS 表格和 CSV 都可以，列的先后和叫法不限，标题行、合并的表头不用删。先核对，再导入；核对时什么也不会写入。"
        zone.column.addWidget(label(told, "muted", wrap=True))
        self.file_button = button("选择文件…", "folder-open", kind="primary", on_click=self.choose_file, tip="Ctrl+O")
        self.paste_button = button(
            "粘贴表格内容", "clipboard-list", on_click=self.pasted.emit, tip="在表格里选中各行（含列名）复制，再按 Ctrl+V"
        )
        zone.column.addLayout(row(self.file_button, self.paste_button))
        return zone

    def _make_earlier(self) -> Card:
        card = Card("以前的导入", "整份可以撤销；之后又走访、修改过的人会保留", padded=False)
        empty = EmptyState("history", "还没有导入过花名册", "导入以后，每一份都列在这里，可以整份撤销。")
        self.earlier: Listing[RunData] = Listing(_columns(), "以前的导入", empty)
        self.earlier.table.row_selected.connect(self._enable)
        self.earlier.table.row_opened.connect(lambda run: self._enable(run))
        card.body.addWidget(self.earlier, 1)
        self.undo_button = button("撤销这次导入…", "undo-2", on_click=self._undo)
        foot = row(self.undo_button)
        foot.setContentsMargins(look().em(1.3), 0, look().em(1.3), look().em(0.4))
        card.body.addLayout(foot)
        self._enable(None)
        return card

    def show_runs(self, runs: tuple[RunData, ...]) -> None:
        """Show the earlier imports."""
        self.earlier.show_rows(runs)

    def _enable(self, run: RunData | None) -> None:
        self.undo_button.setEnabled(run is not None and run.state == "taken")

    def _undo(self) -> None:
        run = self.earlier.selected()
        if run is not None:
            self.undo_wanted.emit(run)

    def choose_file(self) -> None:
        """Ask for a file."""
        path, _kind = QFileDialog.getOpenFileName(self, "选择花名册", "", KINDS)
        if path:
            self.file_chosen.emit(Path(path))


def _columns() -> tuple[Column[RunData], ...]:
    return (
        Column("文件", lambda run: run.file_name, 0, bold=True),
        Column("类别", lambda run: GROUPS.get(run.group, "—"), 7.0),
        Column("时间", lambda run: show_instant(run.updated_at), 8.5),
        Column("经手人", lambda run: run.actor_name, 7.0, optional=1),
        Column("新登记", lambda run: count_of(run, "created") or "—", 5.0, number=True),
        Column("需要核对", lambda run: count_of(run, "needs_look") or "—", 6.0, number=True, optional=2),
        Column("状态", lambda run: STATES[run.state][0], 7.0, tone=lambda run: STATES[run.state][1], chip=True),
    )

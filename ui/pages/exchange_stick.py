"""数据交换 · U 盘: a sealed parcel out, the county's parcel in, each with what really happened, and the slip that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog

from mzdesk.errors import MzError
from mzdesk.reports.sources import slip
from mzdesk.store import handed
from sync import parcel, stick
from sync.exchange import Exchanged
from ui.desk import Desk
from ui.page import flow
from ui.pages.exchange_words import size_words, taken_words
from ui.panels import Panel
from ui.paths import choose_folder
from ui.widgets import Banner, Card, ProgressLine, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station

SHORT = 8  # digits of a digest that two people compare aloud


@dataclass(frozen=True, slots=True)
class Exported:
    """A parcel as it was read back from the stick: its batches and what they hold, its size, the first digits of each digest."""

    path: Path
    batches: int
    operations: int
    size: int
    digests: tuple[str, ...]


def export_parcel(station: Station, folder: Path) -> Exported:
    """Write a parcel into `folder` and read it back. Raises MzError."""
    path = stick.export(station, folder)
    frames = len(parcel.read(path).frames)
    with station.read() as connection:
        lying = handed.on_stick(connection)
    if len(lying) != frames:
        raise MzError("写完后核对不一致", "U 盘里的批次与本机的不符。请再导出一次；本机的数据没有丢。")
    counted = sum(batch.count for batch in lying)
    return Exported(path, frames, counted, path.stat().st_size, tuple(batch.digest[:SHORT] for batch in lying))


def exported_words(done: Exported) -> str:
    """Return what lies on the stick now."""
    if not done.batches:
        return f"已写好并核对：{done.path.name}。没有要报送的内容；县里收到后会把新的名册、表单和回执放进另一个文件带回来。"
    checks = "、".join(done.digests[:6]) + ("…" if len(done.digests) > 6 else "")
    return (
        f"已写好并核对：{done.path.name}，{done.batches} 批 {done.operations} 条，{size_words(done.size)}，校验码 {checks}。"
        "内容已加密，U 盘丢了别人也看不到。县里收下并带回回执前，这些记录不算送达。"
    )


class StickCard(Card):
    """Signals: done(): something was written or taken in; busy(bool)."""

    done = Signal()
    busy = Signal(bool)

    def __init__(self, panel: Panel) -> None:
        super().__init__("没有网络时：用 U 盘")
        self._panel = panel
        self._desk: Desk = panel.desk
        words = "导出一个加密的 .mzp 文件带到县里，再把县里给的 .mzp 文件导入（也可以直接拖到这一页）。先后次序、重复导入都没有关系。"
        self.body.addWidget(label(words, "muted", wrap=True))
        self.result = Banner()
        self.body.addWidget(self.result)
        self.progress = ProgressLine()
        self.body.addWidget(self.progress)
        self.export_button = button("导出到 U 盘…", "usb", on_click=self._choose_folder, tip="Ctrl+E")
        self.take_button = button("导入县里的文件…", "download", on_click=self._choose_parcel, tip="Ctrl+I")
        self.slip_button = button("打印报送单", "printer", on_click=self.print_slip, tip="U 盘上等回执的批次，一批一行，双方签字")
        self.body.addWidget(flow(self.export_button, self.take_button, self.slip_button))
        self.body.addStretch(1)

    def set_available(self, available: bool) -> None:
        """Let the stick be used, or not while something is under way."""
        for widget in (self.export_button, self.take_button, self.slip_button):
            widget.setEnabled(available)

    # ---- out

    def _choose_folder(self) -> None:
        folder = choose_folder(self, "选择 U 盘或文件夹")
        if folder is not None:
            self.export_to(folder)

    def export_to(self, folder: Path) -> None:
        """Write a parcel into a folder."""
        station = self._desk.station
        self._begin("正在封装、写入并读回核对，请不要拔 U 盘…")
        self._desk.tasks.run(lambda: export_parcel(station, folder), self._exported, self._failed, owner=self)

    def _exported(self, made: Exported) -> None:
        self._end(exported_words(made), "green")

    # ---- in

    def _choose_parcel(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self, "选择县里给的文件", "", "数据包 (*.mzp)")
        if path:
            self.take_from(Path(path))

    def take_from(self, path: Path) -> None:
        """Take in the county's answer from a stick."""
        if not self.take_button.isEnabled():
            self.result.show_text("正在交换，请等这一次结束后再导入。", "amber")
            return
        station = self._desk.station
        self._begin("正在核对并导入…")
        self._desk.tasks.run(lambda: stick.take(station, path), self._taken, self._failed, owner=self)

    def _taken(self, done: Exchanged) -> None:
        self._desk.forms.forget()
        self._end(*taken_words(done))

    # ---- the slip

    def print_slip(self) -> None:
        """Show the slip of what lies on the stick."""
        station = self._desk.station
        self._panel.show_paper("数据批次报送单", lambda: slip.print_slip(station))

    # ---- how it goes

    def _begin(self, words: str) -> None:
        self.result.show_text("")
        self.progress.show_progress(0, 0, words)
        self.busy.emit(True)

    def _end(self, words: str, tone: str) -> None:
        self.progress.hide()
        self.busy.emit(False)
        self.result.show_text(words, tone)
        self.done.emit()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, MzError):
            self.progress.hide()
            self.busy.emit(False)
            self._desk.fail(error)
            return
        self._end(f"{error.title}：{error.message}", "red")

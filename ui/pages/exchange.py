"""数据交换: joining the county, sending, the stick, and what came back; nothing is called sent before a receipt was verified."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from sync import enrolment, exchange, stick
from sync.exchange import Exchanged, ExchangeStatus
from ui import dialogs
from ui.desk import Desk
from ui.layouts import SPLIT_STEPS, FlowLayout, SpanGrid
from ui.page import Page
from ui.requests import OpenPage, OpenPerson, OpenRecord, Request
from ui.theme import look
from ui.widgets import Card, Chip, ElidedLabel, EmptyState, Field, ProgressLine, button, label
from ui.words import show_instant

if TYPE_CHECKING:
    from mzdesk.station import Station
    from mzdesk.store.exchange import ReturnedOperation

KIND_WORDS = {
    "record": "记录",
    "person": "档案",
    "enrolment": "类别",
    "relation": "家庭关系",
    "follow_up": "跟进事项",
    "attachment": "附件",
    "division": "村（居）",
    "tombstone": "删除",
}
CLOCK_LIMIT_MS = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Line:
    """The state of the exchange and what the county sent back."""

    status: ExchangeStatus
    returned: tuple[ReturnedOperation, ...]


def read_line(station: Station) -> Line:
    """Read the state."""
    return Line(exchange.status(station), exchange.returned_inbox(station))


class ExchangePage(Page):
    """The page of the exchange."""

    title = "数据交换"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._start = ""
        self._asked = False
        self.content.addWidget(self._make_join())
        self.grid = SpanGrid(SPLIT_STEPS, gap=1.0, line_gap=1.0)
        self.grid.add(self._make_sending(), 3)
        self.grid.add(self._make_stick(), 2)
        self.content.addWidget(self.grid)
        self.content.addWidget(self._make_returned())
        self.content.addStretch(1)
        runner = desk.exchange
        runner.started.connect(lambda: self._set_busy(True, "正在连接…"))
        runner.progressed.connect(self.progress.show_progress)
        runner.finished.connect(self._finished)
        runner.failed.connect(self._failed)
        runner.stopped.connect(lambda: self._set_busy(False))
        self._set_busy(runner.is_running, "正在同步…")

    def _make_join(self) -> Card:
        self.join_card = Card("加入县级系统")
        words = "向县民政局要一个登记码（或登记文件），粘贴到下面。登记码七天内有效，只能用一次。没有加入也可以照常登记、走访、打印。"
        self.join_card.body.addWidget(label(words, "muted", wrap=True))
        self.code = QLineEdit()
        self.code.setPlaceholderText("从头到尾整段粘贴登记码")
        self.code.returnPressed.connect(self.join)
        self.code_field = Field("登记码", self.code, required=True)
        self.join_card.body.addWidget(self.code_field)
        verbs = FlowLayout(gap=look().em(0.5))
        self.join_button = button("加入", "check", kind="primary", on_click=self.join)
        verbs.addWidget(self.join_button)
        verbs.addWidget(button("选择登记文件…", "folder-open", on_click=self._choose_ticket))
        self.join_card.body.addLayout(verbs)
        self.join_card.hide()
        return self.join_card

    def _make_sending(self) -> Card:
        card = Card("报送")
        self.chip = Chip("…")
        card.head.addWidget(self.chip)
        self.lines = QVBoxLayout()
        self.lines.setSpacing(look().em(0.2))
        self.county = label("", wrap=True)
        self.pending = label("", "muted", wrap=True)
        self.last = label("", "muted", wrap=True)
        self.trouble = label("", "error", wrap=True)
        for widget in (self.county, self.pending, self.last, self.trouble):
            self.lines.addWidget(widget)
        card.body.addLayout(self.lines)
        self.progress = ProgressLine()
        card.body.addWidget(self.progress)
        verbs = FlowLayout(gap=look().em(0.5))
        self.sync_button = button("立即同步", "refresh-cw", kind="primary", on_click=self.sync, tip="F9")
        self.sync_button.setShortcut("F9")
        self.stop_button = button("停止", "x", on_click=self.desk.exchange.stop)
        self.stop_button.hide()
        verbs.addWidget(self.sync_button)
        verbs.addWidget(self.stop_button)
        card.body.addLayout(verbs)
        return card

    def _make_stick(self) -> Card:
        card = Card("没有网络时：用 U 盘")
        words = "导出一个加密的 .mzp 文件，带到乡镇或县里；再把县里给的文件导入。先后次序、重复导入都没有关系。"
        card.body.addWidget(label(words, "muted", wrap=True))
        verbs = FlowLayout(gap=look().em(0.5), line_gap=look().em(0.4))
        self.export_button = button("导出到 U 盘…", "usb", on_click=self.export)
        self.take_button = button("导入县里的文件…", "download", on_click=self.take)
        verbs.addWidget(self.export_button)
        verbs.addWidget(self.take_button)
        card.body.addLayout(verbs)
        card.body.addStretch(1)
        return card

    def _make_returned(self) -> Card:
        self.returned_card = Card("县级退回", "按提示改好后会自动重新报送", padded=False)
        self.returned_rows = QVBoxLayout()
        self.returned_rows.setSpacing(0)
        self.returned_card.body.addLayout(self.returned_rows)
        return self.returned_card

    # ---- showing

    def receive(self, request: Request) -> None:
        self._start = request.filters.get("start", "") if isinstance(request, OpenPage) else ""

    def opened(self) -> None:
        self.load(lambda: read_line(self.desk.station), self.show_line)

    def show_line(self, shown: Line) -> None:
        """Show the state, and begin what the person came for."""
        status = shown.status
        self.subtitle.show_text(f"{status.county}　本机编号 {status.device[:8]}" if status.enrolled else "还没有加入县级系统")
        self.join_card.setVisible(not status.enrolled)
        self.grid.setVisible(status.enrolled)
        self._show_status(status)
        self._show_returned(shown)
        start, self._start = self._start, ""
        if start == "sync" and status.enrolled:
            self.sync()
        elif start == "stick" and status.enrolled:
            self.export_button.setFocus()

    def _show_status(self, status: ExchangeStatus) -> None:
        waiting = sum(status.pending_by_kind.values())
        self.chip.show_text(f"{waiting} 条待同步" if waiting else "已全部送达", "amber" if waiting else "green")
        self.county.setText(f"报送到：{status.county}")
        kinds = "、".join(f"{KIND_WORDS.get(kind, kind)} {count} 条" for kind, count in status.pending_by_kind.items() if count)
        size = f"，约 {max(status.bytes_left // 1024, 1)} KB" if waiting else ""
        self.pending.setText(f"待同步：{kinds}{size}" if waiting else "没有要报送的内容。")
        told = f"上次成功：{show_instant(status.last_receipt_at)}，回执号 {status.last_receipt}"
        self.last.setText(told if status.last_receipt_at else "还没有收到过回执。")
        error = status.last_error
        again = f"下次自动重试：{show_instant(status.next_try)}" if status.next_try else ""
        self.trouble.setText(f"上次未成：{error.title}。{error.message}{again}" if error else "")
        self.trouble.setVisible(error is not None)
        minutes = abs(status.offset_ms) // 60_000
        clock = f"这台电脑的时间与县里相差 {minutes} 分钟，请校准时间。记录里两个时间都会保存。"
        self.banner.show_text(clock if abs(status.offset_ms) > CLOCK_LIMIT_MS else "", "amber")

    def _show_returned(self, shown: Line) -> None:
        while (item := self.returned_rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for operation in shown.returned:
            self.returned_rows.addWidget(self._make_returned_row(operation))
        if not shown.returned:
            self.returned_rows.addWidget(EmptyState("cloud-check", "没有退回的内容", "县里退回时，会在这里写明哪一项、为什么、怎么改。"))

    def _make_returned_row(self, operation: ReturnedOperation) -> QFrame:
        made = QFrame()
        made.setObjectName("row")
        across = QHBoxLayout(made)
        across.setContentsMargins(look().em(1.3), look().em(0.5), look().em(1.0), look().em(0.5))
        across.addWidget(Chip(KIND_WORDS.get(operation.kind, operation.kind), "red"))
        across.addWidget(ElidedLabel(operation.sentence or "县里没有写明原因，请电话询问。"), 1)
        across.addWidget(label(show_instant(operation.created_at), "hint"))
        target: Request = OpenRecord(operation.subject) if operation.kind == "record" else OpenPerson(operation.subject)
        across.addWidget(button("去更正", on_click=lambda: self.open(target)))
        return made

    # ---- verbs

    def join(self) -> None:
        """Join the county with the code."""
        code = "".join(self.code.text().split())
        if not code:
            self.code_field.show_message("请先粘贴登记码")
            return
        self.code_field.show_message("")
        self._set_busy(True, "正在加入…")
        self.desk.tasks.run(lambda: enrolment.join(self.desk.station, code), lambda _record: self._joined(), self._failed, owner=self)

    def _choose_ticket(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self, "选择登记文件", "", "登记文件 (*.txt *.mzt);;所有文件 (*)")
        if path:
            try:
                self.code.setText(Path(path).read_text("utf-8")[:20_000].strip())
            except (OSError, UnicodeDecodeError):
                self.code_field.show_message("读不到这个文件，请重新选择")

    def _joined(self) -> None:
        self._set_busy(False)
        self.desk.tell("已加入县级系统")
        self.changed.emit()
        self.opened()

    def sync(self) -> None:
        """Send everything that waits and take in what is new."""
        self._asked = True
        self.desk.exchange.run()

    def _finished(self, done: Exchanged) -> None:
        self._set_busy(False)
        asked, self._asked = self._asked, False
        if done.problem is not None:
            if asked:
                dialogs.tell(self, done.problem.title, done.problem.message)
        elif asked or done.sent:
            returned = f"，退回 {done.returned} 条" if done.returned else ""
            self.desk.tell(f"同步完成：送达 {done.sent} 条，收到 {done.pulled} 条{returned}")
        self.changed.emit()
        self.opened()

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self._asked = False
        self.desk.fail(error)
        self.opened()

    def _set_busy(self, busy: bool, words: str = "") -> None:
        for widget in (self.sync_button, self.join_button, self.export_button, self.take_button):
            widget.setEnabled(not busy)
        self.stop_button.setVisible(busy and bool(words))
        if busy:
            self.progress.show_progress(0, 0, words)
        else:
            self.progress.hide()

    def export(self) -> None:
        """Write a parcel onto a stick."""
        folder = QFileDialog.getExistingDirectory(self, "选择 U 盘或文件夹")
        if folder:
            self.export_to(Path(folder))

    def export_to(self, folder: Path) -> None:
        """Write a parcel into a folder."""
        self.act(lambda: stick.export(self.desk.station, folder), self._exported)

    def _exported(self, path: Path) -> None:
        dialogs.tell(
            self, "已导出", f"文件：{path}\n\n请把它交给乡镇或县里。内容已加密，U 盘丢失也看不到。收到县里的文件后再导入。", tone="green"
        )
        self.opened()

    def take(self) -> None:
        """Take in the county's answer from a stick."""
        path, _kind = QFileDialog.getOpenFileName(self, "选择县里给的文件", "", "数据包 (*.mzp)")
        if path:
            self.act(lambda: stick.take(self.desk.station, Path(path)), self._taken)

    def _taken(self, done: Exchanged) -> None:
        self.desk.tell(f"已导入：回执 {len(done.receipts)} 张，下发 {done.pulled} 条")
        self.opened()

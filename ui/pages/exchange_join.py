"""数据交换 · 加入: a code of the county, pasted or from a file, makes this laptop a member; the same card joins it anew."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit

from sync import lines
from sync.tickets import MAX_CODE
from ui.desk import Desk
from ui.page import flow
from ui.widgets import Card, Field, ProgressLine, button, label

FIRST = "向县民政局要一个登记码（或登记文件），粘贴到下面。登记码七天内有效，只能用一次。没有加入也可以照常登记、走访、打印。"
AGAIN = "向县民政局要一个新的登记码，粘贴到下面。本机的数据都在，没有送达的会自动补送，不会重复。"


class JoinCard(Card):
    """Signals: joined(): the county has taken this laptop in."""

    joined = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__("加入县级系统")
        self._desk = desk
        self.words = label(FIRST, "muted", wrap=True)
        self.body.addWidget(self.words)
        self.code = QLineEdit()
        self.code.setPlaceholderText("从头到尾整段粘贴登记码")
        self.code.setMaxLength(MAX_CODE * 2)
        self.code.returnPressed.connect(self.join)
        self.field = Field("登记码", self.code, required=True)
        self.body.addWidget(self.field)
        self.progress = ProgressLine()
        self.body.addWidget(self.progress)
        self.join_button = button("加入", "check", kind="primary", on_click=self.join, tip="Enter")
        self.choose_button = button("选择登记文件…", "folder-open", on_click=self._choose)
        self.body.addWidget(flow(self.join_button, self.choose_button))

    def show_again(self, again: bool) -> None:
        """Say whether the laptop joins for the first time or anew."""
        self.title.setText("重新登记这台电脑" if again else "加入县级系统")
        self.words.setText(AGAIN if again else FIRST)
        self.join_button.setText(" 重新登记" if again else " 加入")

    def join(self) -> None:
        """Join the county with the code."""
        code = "".join(self.code.text().split())
        if not self.join_button.isEnabled():
            return
        if not code:
            self.field.show_message("请先粘贴登记码")
            return
        self.field.show_message("")
        self._set_busy(True)
        station = self._desk.station
        self._desk.tasks.run(lambda: lines.join(station, code), lambda _record: self._joined(), self._refused, owner=self)

    def _joined(self) -> None:
        self._set_busy(False)
        self.code.clear()
        self._desk.tell("已加入县级系统")
        self.joined.emit()

    def _refused(self, error: Exception) -> None:
        self._set_busy(False)
        message = getattr(error, "message", None)
        if message is None:
            self._desk.fail(error)
            return
        self.field.show_message(f"{getattr(error, 'title', '')}：{message}")
        self.code.setFocus()

    def _set_busy(self, busy: bool) -> None:
        self.join_button.setEnabled(not busy)
        self.choose_button.setEnabled(not busy)
        if busy:
            self.progress.show_progress(0, 0, "正在和县里的服务器核对登记码…")
        else:
            self.progress.hide()

    def _choose(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self, "选择登记文件", "", "登记文件 (*.txt *.mzt);;所有文件 (*)")
        if path:
            self.read_ticket(Path(path))

    def read_ticket(self, path: Path) -> None:
        """Put the code of a file into the field."""
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_CODE * 2 + 1)
            text = raw.decode("utf-8-sig").strip()
        except (OSError, UnicodeDecodeError):
            text = ""
        if not text or len(raw) > MAX_CODE * 2:
            self.field.show_message("读不到这个文件里的登记码，请重新选择")
            return
        self.code.setText("".join(text.split()))
        self.field.show_message("", good="已读入，请点“加入”")
        self.join_button.setFocus()

"""The guide for a station that does not open, or that lies in a backup only: prove who you are, see what is left, take a backup back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from mzdesk.clock import Clock, beijing
from mzdesk.errors import MzError
from mzdesk.store import backup
from mzdesk.store.backup import Snapshot
from mzdesk.vault import rescue, restore, safety
from mzdesk.vault.credentials import Proof
from mzdesk.vault.rescue import RescuePlan
from mzdesk.vault.restore import RestoreReport
from ui import dialogs
from ui.layouts import ScrollColumn, SpanGrid, Step
from ui.page import flow
from ui.rescue_view import RescueView
from ui.tasks import Tasks
from ui.theme import look
from ui.widgets import Banner, Card, Field, ProgressLine, button, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from mzdesk.vault.pepper import PepperStore

WORDS = "备份之后新写的、还能读出的内容会一起保留；换下来的文件放进 damaged 开头的文件夹，不会删除。"


class RescueWindow(QWidget):
    """Signals: restored(): a backup is in place, the station can be opened; back_asked(): to the window before; closed()."""

    restored = Signal()
    back_asked = Signal()
    closed = Signal()

    def __init__(self, folder: Path, tasks: Tasks, clock: Clock, pepper: Callable[[], PepperStore | None], *, reason: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle("民政社工台 · 找回数据")
        self.resize(look().em(76), look().em(54))
        self._folder, self._tasks, self._clock, self._pepper = folder, tasks, clock, pepper
        outer = QVBoxLayout(self)
        outer.setContentsMargins(look().em(2), look().em(1.4), look().em(2), look().em(1.2))
        outer.addWidget(label("找回数据", "h1"))
        outer.addWidget(label("一步一步来，不会改动原来的文件，直到您点“恢复”。", "muted"))
        self.banner = Banner()
        self.banner.show_text(reason, "amber")
        outer.addWidget(self.banner)
        scroll = ScrollColumn(margin=(0, 0.4, 0.4, 0))
        scroll.column.addWidget(self._make_proof())
        self.progress = ProgressLine()
        scroll.column.addWidget(self.progress)
        self.view = RescueView()
        self.view.restore_asked.connect(self.restore)
        self.view.hide()
        scroll.column.addWidget(self.view, 1)
        scroll.column.addStretch(1)
        outer.addWidget(scroll, 1)
        self.back_button = button("返回", "arrow-left", on_click=self.back_asked.emit)
        outer.addWidget(flow(self.back_button))

    def _make_proof(self) -> Card:
        card = Card("先证明您能打开这些数据")
        self.account, self.password, self.key = QComboBox(), QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        for holder in safety.holders(self._folder, backup.snapshots(self._folder / backup.FOLDER)):
            self.account.addItem(holder.name, holder.id)
        self.password_field = Field("密码", self.password)
        self.key_field = Field("或者：打印的恢复密钥", self.key, hint="忘了密码、换了电脑时用；填了它就不用密码")
        grid = SpanGrid((Step(46, 4), Step(26, 2), Step(0, 1)))
        grid.add(Field("登录人", self.account), 1)
        grid.add(self.password_field, 1)
        grid.add(self.key_field, 2)
        card.body.addWidget(grid)
        self.look_button = button("查看情况", "search", kind="primary", on_click=self.look_at)
        for line in (self.password, self.key):
            line.returnPressed.connect(self.look_at)
        card.body.addWidget(flow(self.look_button))
        return card

    def proof(self) -> Proof:
        """Return what was entered."""
        key = self.key.text().strip()
        return Proof(recovery_text=key) if key else Proof(str(self.account.currentData() or ""), self.password.text())

    def look_at(self) -> None:
        """Look at the folder with what was entered."""
        proof = self.proof()
        if not (proof.recovery_text or proof.password):
            self.password_field.show_message("请输入密码，或填恢复密钥")
            return
        self._begin("正在检查每一页数据，大约需要几秒到几分钟…")
        self._tasks.run(
            lambda: rescue.plan_for_folder(self._folder, proof, pepper=self._pepper()), self.show_plan, self._refuse, owner=self
        )

    def _begin(self, words: str) -> None:
        for field in (self.password_field, self.key_field):
            field.show_message("")
        self.look_button.setEnabled(False)
        self.view.setEnabled(False)
        self.progress.show_progress(0, 0, words)

    def _end(self) -> None:
        self.look_button.setEnabled(True)
        self.view.setEnabled(True)
        self.progress.hide()

    def show_plan(self, plan: RescuePlan) -> None:
        """Show what was found."""
        self._end()
        self.view.show_plan(plan)
        self.view.show()

    def _refuse(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, MzError):
            dialogs.show_error(self, error)
        elif self.key.text().strip():
            self.key_field.show_message(f"{error.title}。{error.message}")
        else:
            self.password_field.show_message(f"{error.title}。{error.message}")
        if isinstance(error, MzError) and error.title != rescue.WRONG_PASSWORD.title and not self.view.isVisible():
            self._offer_backups()

    def _offer_backups(self) -> None:
        """Even where nothing can be proved here, a backup from elsewhere may open."""
        self.view.show_plan(RescuePlan((), (), 0, backup.snapshots(self._folder / backup.FOLDER), False, ()))
        self.view.verdict.show_text("这里的数据打不开，请选一份备份来恢复。", "amber")
        self.view.show()

    def restore(self, snapshot: Snapshot) -> None:
        """Take a backup back, after saying what happens."""
        when = f"{beijing(snapshot.header.created_at):%Y年%m月%d日 %H:%M}"
        if not dialogs.confirm(self, f"恢复到 {when}？", WORDS, "恢复"):
            return
        proof = self.proof()
        self._begin("正在恢复，请不要关机…")
        self._tasks.run(
            lambda: restore.from_snapshot(self._folder, snapshot.path, proof, clock=self._clock, pepper=self._pepper()),
            self._done,
            self._refuse,
            owner=self,
        )

    def _done(self, report: RestoreReport) -> None:
        self._end()
        dialogs.tell(self, "恢复好了", restored_words(report), tone="green")
        self.restored.emit()

    def closeEvent(self, event: object) -> None:
        self.closed.emit()


def restored_words(report: RestoreReport) -> str:
    """Say what a restore did."""
    came = sum(report.carried.rows.values())
    words = [f"已恢复到 {beijing(report.made_at):%Y-%m-%d %H:%M} 的备份。"]
    words.append(f"备份之后新写的 {came} 行也补回来了。" if came else "没有需要补回的新内容。")
    if report.carried.damaged:
        words.append("有些内容读不全，请核对最近几天的记录；已报送的，重新登记到县里后会发回来。")
    if report.kept_in is not None:
        words.append(f"换下来的文件在 {report.kept_in.name}，确认无误之前请不要删除。")
    words.append("如果本机加入了县级系统，请向县里要一个新的登记码，在“数据交换”里重新登记。")
    return "\n".join(words)

"""The card of the printed recovery key: whether the paper was checked, checking it again, and a new one that is shown once."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QVBoxLayout

from mzdesk.store.scope import Permission
from mzdesk.vault import recovery
from ui import dialogs
from ui.ask import Ask, Asked
from ui.desk import Desk
from ui.page import flow
from ui.recovery_sheet import RecoverySheet
from ui.theme import look
from ui.widgets import Card, Chip, button, label

WORDS = (
    "忘记密码或换电脑时，靠打印在纸上的恢复密钥打开数据。程序不保存它，所以不能照原样再打一份："
    "纸丢了或要多一份，请换一张新的，旧的随即作废。"
)


class RecoveryCard(Card):
    """The state of the key, and what can be done about it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("恢复密钥")
        self._desk = desk
        self.chip = Chip("…")
        self.head.addWidget(self.chip)
        self.body.addWidget(label(WORDS, "muted", wrap=True))
        self.check_button = button("核对纸上的密钥…", "check", on_click=self.check)
        self.replace_button = button("换一张新的…", "key-round", on_click=self.replace)
        station = desk.station
        may = station.scope.may(Permission.ACCOUNTS) or len(station.open_vault().document.accounts()) == 1
        self.replace_button.setVisible(may)
        self.body.addWidget(flow(self.check_button, self.replace_button))
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Read the state again."""
        station = self._desk.station
        self._desk.tasks.run(lambda: recovery.is_confirmed(station), self.show_confirmed, self._desk.fail, owner=self)

    def show_confirmed(self, confirmed: bool) -> None:
        """Show whether the paper was checked."""
        self.chip.show_text("纸上的已核对" if confirmed else "还没有核对", "green" if confirmed else "amber")

    def check(self) -> None:
        """Ask for the key from the paper, to see whether it still opens this station."""
        station = self._desk.station
        fields = (Asked("key", "恢复密钥", hint="9 组，每组 4 个；大小写、空格不限"),)
        words = "对着纸输入一遍，看它还能不能打开本站的数据。什么也不会改变。"
        ask = Ask(self, self._desk, "核对恢复密钥", words, fields, "核对", lambda told: recovery.confirm(station, told["key"]))
        ask.done_with.connect(lambda _none: self._checked())
        ask.open()

    def _checked(self) -> None:
        self._desk.tell("核对无误，请把纸收好")
        self.refresh()

    def replace(self) -> None:
        """Make a new recovery key, show it once, have it retyped."""
        words = "旧的恢复密钥马上作废。新的只显示一次，请先把打印机准备好。"
        if dialogs.confirm(self, "更换恢复密钥？", words, "更换"):
            station = self._desk.station
            self._desk.tasks.run(lambda: recovery.replace(station), self._show_key, self._desk.fail, owner=self)

    def _show_key(self, key: str) -> None:
        dialog = QDialog(self)
        dialog.setWindowTitle("新的恢复密钥")
        dialog.setMinimumWidth(look().em(46))
        station = self._desk.station
        self.sheet = RecoverySheet(station.identity.name, key, lambda typed: recovery.confirm(station, typed))
        self.sheet.confirmed.connect(dialog.accept)
        column = QVBoxLayout(dialog)
        column.addWidget(self.sheet)
        dialog.exec()
        self.refresh()

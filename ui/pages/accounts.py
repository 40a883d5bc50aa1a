"""账户: who shares this laptop and what each may do; every change says in plain words what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mzdesk.registry import divisions
from mzdesk.store.scope import Role
from mzdesk.vault import accounts, escrow, recovery
from mzdesk.vault.accounts import Account
from mzdesk.vault.pepper import NO_KEYRING_NOTICE
from ui.ask import Ask, Asked
from ui.desk import Desk
from ui.layouts import SPLIT_STEPS, SpanGrid
from ui.page import Page, flow
from ui.pages.accounts_dialog import PASSWORDS, AccountDialog, PasswordAsk, Village
from ui.pages.recovery_card import RecoveryCard
from ui.panels import Listing
from ui.requests import ChangeRights, OpenPage
from ui.roles import ROLE_NOTES, ROLE_TITLES, role_title
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, Chip, EmptyState, ProgressLine, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station

REMOVAL = (
    "移除后，这个人再也打不开本站的数据。程序会换一把新的密钥，把全部数据重写一遍（先自动备份一份，需要几秒到几分钟），"
    "其他人的密码和恢复密钥照旧能用。此人写过的记录仍在，署名不变。\n还有对象没有移交的，请先到“移交”办理。"
)


@dataclass(frozen=True, slots=True)
class Board:
    """What the page shows."""

    accounts: tuple[Account, ...]
    villages: tuple[Village, ...]
    confirmed: bool
    county: str
    peppered: bool


def read_board(station: Station) -> Board:
    """Read the page."""
    found = accounts.every(station)
    every = divisions.all_villages(station)
    villages = tuple(Village(row.code, divisions.display_name(row.name)) for row in every)
    return Board(found, villages, recovery.is_confirmed(station), escrow.holder(station), station.open_vault().peppered)


class AccountsPage(Page):
    """The page of accounts."""

    title = "账户"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._board = Board((), (), False, "", False)
        self.tools.addWidget(button("返回设置", "arrow-left", on_click=lambda: self.open(OpenPage("settings"))))
        self.tools.addWidget(button("添加账户", "user-plus", kind="primary", on_click=self.add, tip="Ctrl+N"))
        grid = SpanGrid(SPLIT_STEPS, gap=1.0, line_gap=1.0)
        grid.add(self._make_list(), 3)
        grid.add(self._make_side(), 2)
        self.content.addWidget(grid)
        self.content.addStretch(1)
        QShortcut(QKeySequence("Ctrl+N"), self, self.add).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _columns(self) -> tuple[Column[Account], ...]:
        own = self.desk.station.scope.actor
        return (
            Column("姓名", lambda account: account.name + ("（我）" if account.id == own else ""), 0, bold=True),
            Column("角色", lambda account: role_title(account.role), 8.0, chip=True, tone=lambda account: _tone(account.role)),
            Column("负责的村（居）", self._villages_of, 0),
            Column("密码保护", lambda account: "本机密钥环" if account.peppered else "仅密码", 7.5),
        )

    def _villages_of(self, account: Account) -> str:
        if account.role is Role.ADMINISTRATOR:
            return "看不到个案"
        if not account.villages:
            return "全乡镇"
        names = {village.code: village.name for village in self._board.villages}
        return "、".join(names.get(code, code) for code in account.villages)

    def _make_list(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.7))
        empty = EmptyState("users", "还没有账户", "点“添加账户”，让同事也能用这台电脑。")
        self.list: Listing[Account] = Listing(self._columns(), "账户列表", empty)
        self.list.setFixedHeight(look().em(24))
        self.list.table.row_opened.connect(lambda _row: self.change())
        self.list.table.row_selected.connect(self._choose)
        self.change_button = button("修改", "pencil", on_click=self.change, tip="Enter")
        self.reset_button = button("重设密码", "key-round", on_click=self.reset)
        self.remove_button = button("移除…", "trash-2", on_click=self.remove)
        column.addWidget(self.list, 1)
        column.addWidget(flow(self.change_button, self.reset_button, self.remove_button))
        return holder

    def _make_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(1.0))
        roles = Card("各角色能做什么")
        for role, title in ROLE_TITLES.items():
            roles.body.addWidget(label(title, "strong"))
            roles.body.addWidget(label(ROLE_NOTES[role], "muted", wrap=True))
        self.recovery = RecoveryCard(self.desk)
        self.escrow = Card("县级托管")
        self.escrow_chip = Chip()
        self.escrow.head.addWidget(self.escrow_chip)
        self.escrow_words = label("", "muted", wrap=True)
        self.escrow.body.addWidget(self.escrow_words)
        for card in (roles, self.recovery, self.escrow):
            column.addWidget(card)
        column.addStretch(1)
        return side

    # ---- showing

    def opened(self) -> None:
        self.load(lambda: read_board(self.desk.station), self.show_board)

    def show_board(self, board: Board) -> None:
        """Show what was read."""
        self._board = board
        self.subtitle.show_text(f"共 {len(board.accounts)} 个账户　忘记密码的人，可以在这里重设；自己的密码在“设置”里修改")
        self.list.show_rows(board.accounts)
        self.recovery.show_confirmed(board.confirmed)
        self.escrow_chip.show_text("已托管" if board.county else "未托管", "green" if board.county else "")
        self.escrow_words.setText(
            f"{board.county}持有托管密钥：大家都忘了密码、纸也丢了，可以向县里求助打开。县里不会因此看到记录。"
            if board.county
            else "还没有托管给县里。加入县级系统时会自动托管；在那之前，请务必保管好恢复密钥。"
        )
        self.banner.show_text("" if board.peppered else NO_KEYRING_NOTICE, "amber")

    def _choose(self, account: Account | None) -> None:
        own = account is not None and account.id == self.desk.station.scope.actor
        self.change_button.setEnabled(account is not None)
        self.reset_button.setEnabled(account is not None and not own)
        self.reset_button.setToolTip("自己的密码请在“设置”里修改" if own else "")
        self.remove_button.setEnabled(account is not None and not own and len(self._board.accounts) > 1)
        self.remove_button.setToolTip("不能移除自己" if own else "")

    # ---- verbs

    def add(self) -> None:
        """Ask for a new account."""
        station = self.desk.station

        def act(values: dict[str, str], villages: tuple[str, ...]) -> Account:
            return accounts.add(station, values["name"], Role(values["role"]), villages, values["password"])

        dialog = AccountDialog(self, self.desk, "添加账户", self._board.villages, act)
        dialog.done_with.connect(lambda account: self._told(f"已添加{account.name}，请当面把密码告诉本人，让其登录后在“设置”里改掉"))
        dialog.open()

    def change(self) -> None:
        """Ask for another name, role or villages."""
        account = self.list.selected()
        if account is None:
            return
        station = self.desk.station

        def act(values: dict[str, str], villages: tuple[str, ...]) -> Account:
            return accounts.change(station, account.id, name=values["name"], role=Role(values["role"]), villages=villages)

        before = (account.name, account.role.value, account.villages)
        dialog = AccountDialog(self, self.desk, f"修改账户：{account.name}", self._board.villages, act, before=before)
        dialog.done_with.connect(self._changed)
        dialog.open()

    def _changed(self, account: Account) -> None:
        self._told(f"已修改{account.name}")
        if account.id == self.desk.station.scope.actor:
            self.open(ChangeRights())

    def reset(self) -> None:
        """Give somebody a new password."""
        account = self.list.selected()
        if account is None or account.id == self.desk.station.scope.actor:
            return
        station = self.desk.station
        dialog = PasswordAsk(
            self,
            self.desk,
            f"重设密码：{account.name}",
            "旧密码马上作废。请当面告诉本人新密码，让其登录后在“设置”里改掉。",
            PASSWORDS,
            "重设密码",
            lambda values: accounts.reset_password(station, account.id, values["password"]),
            name=lambda: account.name,
            peppered=self._board.peppered,
        )
        dialog.done_with.connect(lambda _none: self._told(f"{account.name}的密码已重设"))
        dialog.open()

    def remove(self) -> None:
        """Ask why, then remove an account and change the key."""
        account = self.list.selected()
        if account is None or account.id == self.desk.station.scope.actor:
            return
        station = self.desk.station
        fields = (Asked("reason", "移除原因", hint="例如：2026 年 3 月离岗"),)
        dialog = RemovalAsk(
            self,
            self.desk,
            f"移除账户：{account.name}",
            REMOVAL,
            fields,
            "移除",
            lambda values: accounts.remove(station, account.id, values["reason"]),
            danger=True,
        )
        dialog.done_with.connect(lambda _none: self._told(f"已移除{account.name}，并换了新的密钥"))
        dialog.open()

    def _told(self, words: str) -> None:
        self.desk.tell(words)
        self.opened()


class RemovalAsk(Ask):
    """Shows that the key is being changed, which takes a while and must not be cut short."""

    def submit(self) -> None:
        """Show what is under way."""
        super().submit()
        if not self.accept_button.isEnabled() and not hasattr(self, "progress"):
            self.progress = ProgressLine()
            self.extra.insertWidget(self.extra.count() - 1, self.progress)
            self.progress.show_progress(0, 0, "正在备份、更换密钥并重写数据，请不要关机…")


def _tone(role: Role) -> str:
    return {Role.ADMINISTRATOR: "amber", Role.SUPERVISOR: "primary", Role.SOCIAL_WORKER: "green"}.get(role, "")

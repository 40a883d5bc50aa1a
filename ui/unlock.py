"""The unlock window: on the screen before any database code is loaded, and again when the desk was left alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mzdesk.opening import StationCard
from ui.roles import role_title
from ui.theme import look
from ui.widgets import Field, button, label


class UnlockWindow(QWidget):
    """Asks who is at the desk and for the password.

    Signals: painted(): the first paint is done; unlock_asked(account id, password); recovery_asked();
    rescue_asked(): the data does not open, look for a way out; closed().
    """

    painted = Signal()
    unlock_asked = Signal(str, str)
    recovery_asked = Signal()
    rescue_asked = Signal()
    closed = Signal()

    def __init__(self, card: StationCard, last_account: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(f"民政社工台 · {card.name}")
        self.resize(look().em(52), look().em(36))
        self._was_painted = False
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(self._make_card(card, last_account), 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)
        self.password.setFocus()  # only now: a part that has no window yet cannot hold its cursor

    def _make_card(self, card: StationCard, last_account: str) -> QFrame:
        frame = QFrame()
        frame.setObjectName("card")
        frame.setFixedWidth(look().em(27))
        column = QVBoxLayout(frame)
        column.setContentsMargins(look().em(2), look().em(1.8), look().em(2), look().em(1.6))
        column.setSpacing(look().em(0.5))
        column.addWidget(label("民政社工台", "brand"))
        column.addWidget(label(card.name, "muted", wrap=True))
        column.addSpacing(look().em(0.6))
        self.account = QComboBox()
        for account in card.accounts:
            self.account.addItem(f"{account.name}（{role_title(account.role)}）", account.id)
        self.account.setCurrentIndex(max(self.account.findData(last_account), 0))
        column.addWidget(Field("登录人", self.account, reserve=False))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText)
        self.password.returnPressed.connect(self.ask)
        self.field = Field("密码", self.password)
        self.field.message.setMinimumHeight(look().em(2.6))
        column.addWidget(self.field)
        self.button = button("打开", "lock", kind="primary", on_click=self.ask)
        column.addWidget(self.button)
        self.rescue_button = button("数据打不开，找回数据…", kind="link", on_click=self.rescue_asked.emit)
        self.rescue_button.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.rescue_button)
        foot.addStretch(1)
        foot.addWidget(button("忘记密码：用恢复密钥打开", kind="link", on_click=self.recovery_asked.emit))
        column.addLayout(foot)
        return frame

    def ask(self) -> None:
        """Hand the password on."""
        if not self.password.text():
            self.show_error("请输入密码")
        elif self.button.isEnabled():
            self.unlock_asked.emit(self.account.currentData() or "", self.password.text())

    def show_busy(self, busy: bool) -> None:
        """Show that the station is being opened."""
        self.button.setEnabled(not busy)
        self.button.setText(" 正在打开…" if busy else " 打开")
        self.password.setEnabled(not busy)
        self.account.setEnabled(not busy)

    def show_error(self, words: str) -> None:
        """Show why it did not open; the password may be typed again at once."""
        self.show_busy(False)
        self.field.show_message(words)
        self.password.selectAll()
        self.password.setFocus()

    def offer_rescue(self) -> None:
        """Show the way to the guide, since it was not the password."""
        self.rescue_button.show()

    def when_painted(self, act: Callable[[], None]) -> None:
        """Call `act` after the first paint."""
        self.painted.connect(act, Qt.ConnectionType.QueuedConnection)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def closeEvent(self, event: object) -> None:
        self.closed.emit()

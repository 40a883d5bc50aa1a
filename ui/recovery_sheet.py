"""The recovery key on the screen and on paper: shown once, printed, and retyped from the paper before the station is used."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QSizeF, Qt, Signal
from PySide6.QtGui import QPageSize, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from mzdesk.errors import MzError
from ui.layouts import FlowLayout
from ui.theme import desk_font, look
from ui.widgets import Card, Field, button, label

NOTICE = (
    "忘记密码，或者这台电脑坏了，只有这张纸能打开数据。请打印（或抄写）两份，分开锁好，不要拍照，也不要存在电脑里。"
    "任何人拿到这张纸和数据文件，就能看到全部内容。"
)


class RecoverySheet(QWidget):
    """Signals: confirmed(): the key was retyped without a slip; print_failed(error)."""

    confirmed = Signal()

    def __init__(self, station_name: str, key: str, check: Callable[[str], None]) -> None:
        super().__init__()
        self._station_name, self._key, self._check = station_name, key, check
        self._printer: QPrinter | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.8))
        column.addWidget(label(NOTICE, wrap=True))
        card = Card("恢复密钥")
        shown = label(key, "mono", wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.setText(key.replace("-", " "))
        card.body.addWidget(shown)
        verbs = FlowLayout(gap=look().em(0.5))
        verbs.addWidget(button("打印…", "printer", on_click=self.print_sheet))
        card.body.addLayout(verbs)
        column.addWidget(card)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText("对着纸，从头到尾再输入一遍；大小写、空格不限")
        self.typed.returnPressed.connect(self.confirm)
        self.field = Field("再输入一遍恢复密钥", self.typed, required=True)
        column.addWidget(self.field)
        self.done_button = button("核对，开始使用", "check", kind="primary", on_click=self.confirm)
        column.addWidget(self.done_button, 0, Qt.AlignmentFlag.AlignRight)

    def confirm(self) -> None:
        """Compare what was typed."""
        try:
            self._check(self.typed.text())
        except MzError as error:
            self.field.show_message(f"{error.title}。{error.message}")
            self.typed.setFocus()
            return
        self.confirmed.emit()

    def print_sheet(self) -> None:
        """Print the sheet."""
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self._printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        if QPrintDialog(self._printer, self).exec():
            document = self.document()
            document.setPageSize(QSizeF(self._printer.pageRect(QPrinter.Unit.Point).size()))
            document.print_(self._printer)

    def document(self) -> QTextDocument:
        """Return the sheet as it is printed."""
        made = QTextDocument()
        made.setDefaultFont(desk_font(14))
        groups = self._key.split("-")
        lines = "<br>".join(escape("　".join(groups[start : start + 3])) for start in range(0, len(groups), 3))
        made.setHtml(
            f"<h1>民政社工台　恢复密钥</h1><p>站点：{escape(self._station_name)}</p>"
            f"<p style='font-size:26px'>{lines}</p><p>{escape(NOTICE)}</p><p>保管人：＿＿＿＿＿＿　日期：＿＿＿＿＿＿</p>"
        )
        return made

"""Dialogs: an error with what to do about it, a question with verbs, and the crash dialog that loses nothing and tells nobody's name."""

from __future__ import annotations

import platform
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QThread, Signal, qVersion
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from mzdesk.errors import MzError
from ui import icons
from ui.theme import look
from ui.widgets import Field, button, label

REPORT_FOLDER = "reports"


class Message(QDialog):
    """A title, a text and buttons; Enter presses the first of `verbs`, or the last where the first destroys something."""

    def __init__(
        self, parent: QWidget | None, title: str, text: str, *, glyph: str, tone: str, verbs: tuple[str, ...], danger: bool = False
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.chosen = ""
        self.setMinimumWidth(look().em(26))
        self.setMaximumWidth(look().em(44))
        column = QVBoxLayout(self)
        column.setContentsMargins(look().em(1.6), look().em(1.4), look().em(1.6), look().em(1.2))
        column.setSpacing(look().em(0.8))
        head = QHBoxLayout()
        picture = QLabel()
        picture.setPixmap(icons.pixmap(glyph, tone, 1.8, 2.0))
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        self.heading = label(title, "h2", wrap=True)
        head.addWidget(self.heading, 1)
        column.addLayout(head)
        self.text = label(text, wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.text)
        self.text.setVisible(bool(text))
        self.extra = QVBoxLayout()
        column.addLayout(self.extra)
        column.addStretch(1)
        self._add_buttons(column, verbs, danger)

    def _add_buttons(self, column: QVBoxLayout, verbs: tuple[str, ...], danger: bool) -> None:
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.buttons = []
        for index, verb in enumerate(verbs):
            kind = ("danger" if danger else "primary") if index == 0 else ""
            made = button(verb, kind=kind, on_click=lambda verb=verb: self._choose(verb))  # type: ignore[misc]
            self.buttons.append(made)
        for made in reversed(self.buttons):
            foot.addWidget(made)
        column.addLayout(foot)
        safe = self.buttons[-1] if danger else self.buttons[0]
        safe.setDefault(True)
        safe.setFocus()  # only now: a button that has no window yet cannot hold the cursor

    def _choose(self, verb: str) -> None:
        self.chosen = verb
        self.accept()


def show_error(parent: QWidget | None, error: BaseException) -> None:
    """Show what a person can act on as a sentence; hand everything else to the crash dialog."""
    if isinstance(error, MzError):
        tell(parent, error.title, error.message)
    elif type(error).__name__ == "FormError":
        tell(parent, "表单有问题", str(error))
    else:
        sys.excepthook(type(error), error, error.__traceback__)


def tell(parent: QWidget | None, title: str, text: str = "", *, tone: str = "amber") -> None:
    """Show a sentence that a person must have read."""
    Message(parent, title, text, glyph="triangle-alert" if tone != "green" else "check", tone=tone, verbs=("知道了",)).exec()


def confirm(parent: QWidget | None, title: str, text: str, verb: str, *, other: str = "取消", danger: bool = False) -> bool:
    """Ask, with the verb of the act on the button; True where it was pressed."""
    tone = "red" if danger else "primary"
    dialog = Message(parent, title, text, glyph="circle-help", tone=tone, verbs=(verb, other), danger=danger)
    dialog.exec()
    return dialog.chosen == verb


def choose(parent: QWidget | None, title: str, text: str, verbs: tuple[str, ...]) -> str:
    """Ask with several verbs; "" where the dialog was closed."""
    dialog = Message(parent, title, text, glyph="circle-help", tone="primary", verbs=verbs)
    dialog.exec()
    return dialog.chosen


def ask_text(parent: QWidget | None, title: str, text: str, name: str, verb: str, *, least: int = 1) -> str:
    """Ask for a line such as a reason; "" where the dialog was closed. The verb is out of reach until `least` characters are there."""
    dialog = Message(parent, title, text, glyph="circle-help", tone="primary", verbs=(verb, "取消"))
    line = QLineEdit()
    dialog.extra.addWidget(Field(name, line, required=True))
    accept = dialog.buttons[0]
    accept.setEnabled(False)
    line.textChanged.connect(lambda words: accept.setEnabled(len(words.strip()) >= least))
    line.setFocus()
    dialog.exec()
    return line.text().strip() if dialog.chosen == verb else ""


class Crash(QObject):
    """The last net: any exception saves the drafts, writes a report without personal data, and says so.

    Signals: caught(type, value, traceback), so that an exception of another thread is shown in the window's thread.
    """

    caught = Signal(object, object, object)

    def __init__(self, folder: Path, version: str, save_drafts: Callable[[], None]) -> None:
        super().__init__()
        self._folder, self._version, self._save_drafts = folder, version, save_drafts
        self._showing = False
        self.caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take the place of the interpreter's own hook."""
        sys.excepthook = self.hook

    def save_with(self, save_drafts: Callable[[], None]) -> None:
        """Say how drafts are saved, now that a window is open."""
        self._save_drafts = save_drafts

    def hook(self, kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        """Catch an exception wherever it was raised."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
        elif QThread.currentThread() is self.thread():
            self._show(kind, value, trace)
        else:
            self.caught.emit(kind, value, trace)

    def _show(self, kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        saved = self._try_saving()
        where = self._write(describe_crash(kind, trace, self._version))
        if self._showing:
            return
        self._showing = True
        try:
            what = "正在填写的内容已存为草稿。" if saved else "正在填写的内容没能存为草稿，请先抄下来。"
            note = f"\n\n出错报告（不含任何个人信息）：{where}" if where else ""
            tell(None, "程序出了意外", f"{what}此前保存的记录都在。可以继续使用；如再次出现，请把出错报告交给县里。{note}", tone="red")
        finally:
            self._showing = False

    def _try_saving(self) -> bool:
        try:
            self._save_drafts()
        except Exception:
            return False
        return True

    def _write(self, report: str) -> str:
        path = self._folder / REPORT_FOLDER / time.strftime("crash-%Y%m%d-%H%M%S.txt")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(report, encoding="utf-8")
        except OSError:
            return ""
        return str(path)


def describe_crash(kind: type[BaseException], trace: TracebackType | None, version: str) -> str:
    """Return the report: kinds, files and lines only. The message and the values are left out, since they may name a person."""
    frames = traceback.extract_tb(trace)
    lines = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    head = [f"mzdesk {version}", f"Python {platform.python_version()}", f"Qt {qVersion()}", platform.platform(), kind.__name__]
    return "\n".join(head + lines) + "\n"

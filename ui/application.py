"""The program with a window: unlock, or first start, then the desk; locked when left alone. The composition of `ui`, started by main.py."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, MutableMapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from mzdesk import opening
from mzdesk.clock import Clock, SystemClock
from mzdesk.errors import MzError
from ui import appearance, dialogs
from ui.tasks import Progress, Tasks
from ui.theme import apply_look, register_fonts, translate_qt
from ui.unlock import UnlockWindow

if TYPE_CHECKING:
    from mzdesk.station import Station
    from mzdesk.vault.pepper import PepperStore
    from ui.main_window import MainWindow

VERSION = "0.1.0"
FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
# What the desk needs, loaded behind the unlock window in small steps, the first page first.
BEHIND = (
    "sqlalchemy",
    "sqlmodel",
    "mzdesk.store.models",
    "mzdesk.vault.arrival",
    "ui.main_window",
    "mzdesk.casework.today",
    "ui.pages.today",
    "ui.pages.people",
    "forms.catalog",
    "forms.session",
    "ui.pages.fill",
    "mzdesk.registry.pinyin",
    "ui.pages.records",
    "mzdesk.reports.documents",
    "mzdesk.casework.papers",
)


def run(folder: Path) -> int:
    """Open the desk on the station in `folder`, or make one there; return the exit code."""
    prepare_environment(os.environ)
    application = make_application(sys.argv[:1])
    program = Program(application, folder, SystemClock(), keyring_store)
    program.start()
    code = application.exec()
    program.end()
    return code


def prepare_environment(environment: MutableMapping[str, str]) -> None:
    """Let Chinese input methods reach Qt: its wheels speak IBus only, which fcitx answers as well. Must precede QApplication."""
    if sys.platform == "linux":
        if environment.get("QT_IM_MODULE", "") in ("", "fcitx", "fcitx5"):
            environment["QT_IM_MODULE"] = "ibus"
        environment.setdefault("IBUS_USE_PORTAL", "1")


def make_application(arguments: Sequence[str]) -> QApplication:
    """Return the QApplication, made once a process, with fonts registered and Qt's own texts in Chinese."""
    before = QApplication.instance()
    if isinstance(before, QApplication):
        return before
    application = QApplication(list(arguments))
    application.setApplicationName("mzdesk")
    application.setApplicationDisplayName("民政社工台")
    register_fonts(application, FONTS)
    translate_qt(application)
    return application


@lru_cache(maxsize=1)
def keyring_store() -> PepperStore:
    """Return the computer's secret store; `keyring` is loaded here, behind the window."""
    from mzdesk.vault.pepper import KeyringPepperStore

    return KeyringPepperStore()


def load_behind(progress: Progress) -> None:
    """Import what the desk needs, one module at a time."""
    for number, name in enumerate(BEHIND, 1):
        importlib.import_module(name)
        progress.report(number, len(BEHIND), name)


class Program(QObject):
    """Holds the one window on show and hands over between them; drafts are kept at every hand-over."""

    def __init__(self, application: QApplication, folder: Path, clock: Clock, pepper: Callable[[], PepperStore | None]) -> None:
        super().__init__()
        self._application, self._folder, self._clock, self._pepper = application, folder, clock, pepper
        self.tasks = Tasks(self)
        self.tasks.failed.connect(lambda error: dialogs.show_error(self.window, error))
        self.crash = dialogs.Crash(folder, VERSION, lambda: None)
        self.station: Station | None = None
        self.desk_window: MainWindow | None = None
        self.window: QWidget | None = None
        application.setQuitOnLastWindowClosed(False)

    def start(self) -> None:
        """Show the first window."""
        self.crash.install()
        apply_look(self._application, appearance.load(self._folder).look)
        if opening.is_station(self._folder):
            self.show_unlock()
        else:
            self.show_first_start()

    def _show(self, window: QWidget) -> None:
        before, self.window = self.window, window
        window.show()
        if before is not None and before is not self.desk_window:
            before.blockSignals(True)
            before.close()
            before.deleteLater()

    # ---- first start

    def show_first_start(self) -> None:
        """Show the wizard."""
        from ui.first_start import FirstStart

        wizard = FirstStart(self._folder, self.tasks)
        wizard.finished.connect(self._enter)
        wizard.closed.connect(self._application.quit)
        self._show(wizard)

        def use(store: PepperStore | None) -> None:
            wizard.pepper = store

        self.tasks.run(self._pepper, use, owner=wizard)

    # ---- unlocking

    def show_unlock(self) -> None:
        """Show the unlock window; raise nothing: a damaged station is told in a dialog."""
        try:
            card = opening.station_card(self._folder)
        except MzError as error:
            dialogs.show_error(None, error)
            QTimer.singleShot(0, self, self._application.quit)
            return
        actor = self.station.scope.actor if self.station is not None else ""
        window = UnlockWindow(card, actor)
        window.unlock_asked.connect(self.unlock)
        window.recovery_asked.connect(self.unlock_with_recovery)
        window.closed.connect(self._application.quit)
        window.when_painted(self._load_behind)
        self._show(window)

    def _load_behind(self) -> None:
        self.tasks.run_long(load_behind, owner=self)

    def unlock(self, account: str, password: str) -> None:
        """Open the station, or let a person back to it."""
        assert isinstance(self.window, UnlockWindow)
        self.window.show_busy(True)
        station = self.station
        if station is not None:
            self.tasks.run(lambda: opening.switch_account(station, account, password), self._enter, self._refuse, owner=self)
        else:
            self.tasks.run(
                lambda: opening.unlock(self._folder, account, password, clock=self._clock, pepper=self._pepper()),
                self._enter,
                self._refuse,
                owner=self,
            )

    def unlock_with_recovery(self) -> None:
        """Open with the printed key, to set new passwords."""
        words = "请输入打印在纸上的恢复密钥。打开后请在“设置”里重设密码。"
        typed = dialogs.ask_text(self.window, "用恢复密钥打开", words, "恢复密钥", "打开", least=20)
        if typed and isinstance(self.window, UnlockWindow):
            self.window.show_busy(True)
            self._close_station()
            self.tasks.run(
                lambda: opening.unlock_with_recovery(self._folder, typed, clock=self._clock, pepper=self._pepper()),
                self._enter,
                self._refuse,
                owner=self,
            )

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, MzError) and isinstance(self.window, UnlockWindow):
            self.window.show_error(f"{error.title}。{error.message}")
            return
        if isinstance(self.window, UnlockWindow):
            self.window.show_busy(False)
        dialogs.show_error(self.window, error)

    # ---- the desk

    def _enter(self, station: Station) -> None:
        same = self.station is not None and self.station.scope == station.scope
        self.station = station
        if same and self.desk_window is not None:
            self._show(self.desk_window)
            return
        self._drop_desk()
        self._open_desk()
        self._look_after(station)

    def _open_desk(self) -> None:
        from ui.main_window import MainWindow

        assert self.station is not None
        desk = MainWindow(self.station, self.tasks)
        desk.locked.connect(self._lock)
        desk.look_changed.connect(self._change_look)
        desk.closed.connect(self._application.quit)
        self.crash.save_with(desk.save_now)
        self.desk_window = desk
        self._show(desk)
        desk.open_first()
        if not self.station.open_vault().read_only:
            desk.desk.exchange.start_by_itself()

    def _look_after(self, station: Station) -> None:
        """Reserve, backup, checks: behind the window; only what a person must know is shown."""
        from mzdesk.vault import upkeep

        def tell(report: upkeep.UpkeepReport) -> None:
            words = [report.backup_problem] if report.backup_problem else []
            words += (
                ["数据文件或日志的检查发现问题，请不要删除任何文件，马上联系县里的技术人员。"] if report.breaks or report.problems else []
            )
            words += ["备份用的第二个位置找不到了（例如 U 盘没有插）。"] if report.second_place_missing else []
            if words and self.desk_window is not None:
                self.desk_window.notice.show_text("　".join(words), "amber")

        self.tasks.run(lambda: upkeep.run(station), tell, owner=self)

    def _lock(self) -> None:
        if self.desk_window is not None:
            self.desk_window.hide()
            self.show_unlock()

    def _change_look(self) -> None:
        """Build the desk anew in another look, on the page it was on; drafts are kept before."""
        before = self.desk_window
        key = before.current if before is not None else ""
        if before is not None:
            before.save_now()
        apply_look(self._application, appearance.load(self._folder).look)
        self._drop_desk()
        self._open_desk()
        if self.desk_window is not None and self.desk_window.has_page(key):
            self.desk_window.open_key(key)

    def _drop_desk(self) -> None:
        before, self.desk_window = self.desk_window, None
        self.crash.save_with(lambda: None)
        if before is not None:
            before.save_now()
            before.blockSignals(True)
            before.close()
            before.deleteLater()
            if self.window is before:
                self.window = None

    def _close_station(self) -> None:
        self._drop_desk()
        station, self.station = self.station, None
        if station is not None:
            station.close()

    def end(self) -> None:
        """Keep drafts, finish what is under way, close the station."""
        if self.desk_window is not None:
            self.desk_window.save_now()
        self.tasks.close()
        self._close_station()

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
from mzdesk.vault.lock import IN_USE
from ui import appearance, dialogs
from ui.tasks import Progress, Tasks
from ui.theme import apply_look, register_fonts, translate_qt
from ui.unlock import UnlockWindow

if TYPE_CHECKING:
    from mzdesk.station import Station
    from mzdesk.vault.pepper import PepperStore
    from mzdesk.vault.upkeep import UpkeepReport
    from ui.main_window import MainWindow
    from ui.session_end import SessionWatch

VERSION = "0.1.0"
WARM_MS = 1_200  # after the first page is there, the forms are read, so that the first visit opens at once
UPKEEP_EVERY_MS = 60 * 60 * 1000
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


def upkeep_words(report: UpkeepReport, *, read_only: bool) -> tuple[str, str]:
    """Return what a person must know of the day's upkeep, and its tone; "" on a good day."""
    if report.breaks or report.problems:
        return "数据检查发现问题：不要删除任何文件，请到“设置—备份与恢复”按提示处理，或联系县里。", "red"
    if read_only:
        return "数据所在的磁盘只能读、不能写：可以查看和打印，不能保存。请把站点文件夹复制到能写的磁盘上再打开。", "amber"
    words = [report.backup_problem] if report.backup_problem else []
    words += ["备份用的第二个位置找不到了（例如 U 盘没有插）。"] if report.second_place_missing else []
    words += ["磁盘快满了：请删掉不用的文件，腾出至少 200 MB。"] if not report.reserve_kept else []
    words += ["上次可能没有正常关机，请核对最后几条记录，见“设置—备份与恢复”。"] if report.saves_in_doubt else []
    return "　".join(words), "amber"


def _has_remains(folder: Path) -> bool:
    from mzdesk.vault import safety

    return folder.is_dir() and any(folder.iterdir()) and safety.has_remains(folder)


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
        self.watch: SessionWatch | None = None
        self.window: QWidget | None = None
        application.setQuitOnLastWindowClosed(False)
        self._hourly = QTimer(self)
        self._hourly.setInterval(UPKEEP_EVERY_MS)
        self._hourly.timeout.connect(self._look_after_again)
        self._hourly.start()

    def start(self) -> None:
        """Show the first window."""
        self.crash.install()
        apply_look(self._application, appearance.load(self._folder).look)
        if opening.is_station(self._folder):
            self.show_unlock()
        elif _has_remains(self._folder):
            self.show_rescue("这个文件夹里有站点的数据或备份，但账户文件 vault.json 不见了。")
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
        wizard.backup_asked.connect(self.show_rescue)
        wizard.closed.connect(self._application.quit)
        self._show(wizard)

        def use(store: PepperStore | None) -> None:
            wizard.pepper = store

        self.tasks.run(self._pepper, use, owner=wizard)

    # ---- unlocking

    def show_unlock(self) -> None:
        """Show the unlock window; raise nothing: a damaged station leads to the guide."""
        try:
            card = opening.station_card(self._folder)
        except MzError as error:
            self.show_rescue(f"{error.title}。{error.message}")
            return
        actor = self.station.scope.actor if self.station is not None else ""
        window = UnlockWindow(card, actor)
        window.unlock_asked.connect(self.unlock)
        window.recovery_asked.connect(self.unlock_with_recovery)
        window.rescue_asked.connect(self.show_rescue)
        window.closed.connect(self._application.quit)
        window.when_painted(self._load_behind)
        self._show(window)

    def _load_behind(self) -> None:
        self.tasks.run_long(load_behind, owner=self)

    def show_rescue(self, reason: str = "") -> None:
        """Show the guide back to the data; it works on the folder, so that the station is closed first."""
        from ui.rescue import RescueWindow

        self._close_station()
        window = RescueWindow(self._folder, self.tasks, self._clock, self._pepper, reason=reason)
        window.restored.connect(self.show_unlock)
        window.back_asked.connect(self._show_first)
        window.closed.connect(self._application.quit)
        self._show(window)

    def _show_first(self) -> None:
        if opening.is_station(self._folder):
            self.show_unlock()
        else:
            self.show_first_start()

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
            if not error.field and error.title != IN_USE.title:
                self.window.offer_rescue()
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
        desk.rights_changed.connect(self._change_rights)
        desk.reopen_asked.connect(self._reopen)
        desk.closed.connect(self._application.quit)
        self.crash.save_with(desk.save_now)
        self.desk_window = desk
        self._show(desk)
        self._watch_session(desk)
        desk.open_first()
        QTimer.singleShot(WARM_MS, desk, lambda: self.tasks.run(desk.desk.forms.titles, owner=desk))
        if not self.station.open_vault().read_only:
            desk.desk.exchange.start_by_itself()

    def _watch_session(self, desk: MainWindow) -> None:
        """Lock with the computer, and keep drafts when it is logged off or shut down; a window of its own each time on Windows."""
        from ui.session_end import SessionWatch

        if self.watch is not None:
            self.watch.deleteLater()
        else:
            self._application.commitDataRequest.connect(lambda _manager: self._session_ended())
        self.watch = SessionWatch(desk, self)
        self.watch.ended.connect(self._session_ended)

    def _session_ended(self) -> None:
        if self.desk_window is not None:
            self.desk_window.lock()

    def _look_after(self, station: Station) -> None:
        """Reserve, backup, checks: behind the window; only what a person must know is shown."""
        from mzdesk.vault import upkeep

        def tell(report: upkeep.UpkeepReport) -> None:
            if self.desk_window is not None and self.station is station:
                self.desk_window.notice.show_text(*upkeep_words(report, read_only=station.open_vault().read_only))

        self.tasks.run(lambda: upkeep.run(station), tell, owner=self)

    def _look_after_again(self) -> None:
        """A laptop may stay on for days: do each day's upkeep, though not while somebody else's turn is being asked for."""
        if self.station is not None and self.desk_window is not None and self.desk_window.isVisible():
            self._look_after(self.station)

    def _lock(self) -> None:
        if self.desk_window is not None:
            self.desk_window.hide()
            self.show_unlock()

    def _change_look(self) -> None:
        """Build the desk anew in another look, on the page it was on; drafts are kept before."""
        before = self.desk_window
        key = before.current if before is not None else ""
        self._drop_desk()
        QTimer.singleShot(0, self, lambda: self._open_in_new_look(key))  # once the old window is gone, or all of it is styled anew

    def _open_in_new_look(self, key: str) -> None:
        apply_look(self._application, appearance.load(self._folder).look)
        self._open_desk()
        if self.desk_window is not None and self.desk_window.has_page(key):
            self.desk_window.open_key(key)

    def _change_rights(self) -> None:
        """Let the scope of the person at the desk follow their account, at once."""
        station = self.station
        if station is None:
            return
        slot = station.open_vault().document.slot(station.scope.actor)
        if slot is None:
            self._lock()
            return
        from mzdesk.vault import arrival

        self.station = station.as_user(arrival.scope_of(slot, station.open_vault().document))
        self._drop_desk()
        self._open_desk()

    def _reopen(self) -> None:
        """Close the station whose data was put back, and ask for the password."""
        self._close_station()
        self.show_unlock()

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

"""The desk locks with the computer: real signals on a real bus, and the messages of Windows read by their numbers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from mzdesk.clock import FixedClock
from tests.ui.conftest import NOW, PASSWORD, Desk
from ui.application import Program
from ui.main_window import MainWindow
from ui.pages import settings
from ui.session_end import WM_WTSSESSION_CHANGE, ends_session
from ui.unlock import UnlockWindow

ROOT = Path(__file__).parents[2]
LISTEN = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtWidgets import QApplication
from ui.session_end import SessionWatch
application = QApplication([])
watch = SessionWatch()
heard = []
watch.ended.connect(lambda: heard.append(1))
other = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "other")
def say(path, interface, name, *values):
    message = QDBusMessage.createSignal(path, interface, name)
    message.setArguments(list(values))
    assert other.send(message)
def speak():
    say("/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session", "Lock")
    say("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", True)
    say("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", False)
    say("/org/ukui/ScreenSaver", "org.ukui.ScreenSaver", "ActiveChanged", True)
    say("/org/ukui/ScreenSaver", "org.ukui.ScreenSaver", "ActiveChanged", False)
    say("/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session", "Unlock")
    QTimer.singleShot(500, application.quit)
QTimer.singleShot(50, speak)
QTimer.singleShot(20000, application.quit)
application.exec()
print("tells", watch.tells, "heard", len(heard))
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="needs dbus-run-session, a D-Bus daemon of its own")
def test_lock_sleep_and_screen_saver_are_heard_on_a_real_bus() -> None:
    script = f'DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS exec {sys.executable} -c "$LISTEN"'
    environment = os.environ | {"LISTEN": LISTEN, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip().endswith("tells True heard 3"), told.stdout + told.stderr


def test_the_desk_locks_with_the_computer_and_keeps_the_station(sample_folder: Path, tmp_path: Path, qapp: QApplication) -> None:
    folder = tmp_path / "station"
    shutil.copytree(sample_folder, folder)
    program = Program(qapp, folder, FixedClock.at(NOW), lambda: None)
    program.show_unlock()
    assert isinstance(program.window, UnlockWindow)
    program.unlock(str(program.window.account.currentData()), PASSWORD)
    assert program.tasks.wait(30) and program.tasks.wait(30)
    assert isinstance(program.window, MainWindow) and program.watch is not None
    program.watch.sleep(False)
    assert isinstance(program.window, MainWindow)
    program.watch.sleep(True)
    assert isinstance(program.window, UnlockWindow) and program.station is not None
    program.watch.end_session()
    assert isinstance(program.window, UnlockWindow), "an unlock window that is on show stays"
    program.window.blockSignals(True)
    program.end()


def test_settings_say_plainly_what_locks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for tells, words in ((True, "锁屏、睡眠或注销"), (False, "离开时请按 Ctrl+L")):
        monkeypatch.setattr(settings, "platform_tells", lambda tells=tells: tells)
        page = settings.SettingsPage(desk.window.desk)
        assert words in page.lock_words.text() and "15 分钟" in page.lock_words.text()
        page.deleteLater()


@pytest.mark.parametrize(
    ("message", "reason", "ends"),
    [(WM_WTSSESSION_CHANGE, 7, True), (WM_WTSSESSION_CHANGE, 6, True), (WM_WTSSESSION_CHANGE, 8, False), (0x0010, 7, False)],
)
def test_messages_of_windows(message: int, reason: int, ends: bool) -> None:
    assert ends_session(message, reason) is ends

"""The computer is locked, sleeps or is logged off: the desk locks too, wherever the platform tells; elsewhere the idle lock stands alone.

Linux: logind (`Lock`, `PrepareForSleep`) and the screen savers of GNOME, UKUI, KDE and freedesktop (`ActiveChanged`), over D-Bus.
Windows: WM_WTSSESSION_CHANGE, for which the window is registered with the session manager.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QCoreApplication, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

LOGIND = (("org.freedesktop.login1.Session", "Lock", "end_session()"), ("org.freedesktop.login1.Manager", "PrepareForSleep", "sleep(bool)"))
SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.ukui.ScreenSaver", "org.kde.screensaver", "org.mate.ScreenSaver")
WM_WTSSESSION_CHANGE, WTS_SESSION_LOGOFF, WTS_SESSION_LOCK = 0x02B1, 0x6, 0x7


def platform_tells() -> bool:
    """Tell whether this computer can say that it was locked."""
    if sys.platform != "linux":
        return sys.platform == "win32"
    from PySide6.QtDBus import QDBusConnection

    return QDBusConnection.systemBus().isConnected() or QDBusConnection.sessionBus().isConnected()


def ends_session(message: int, reason: int) -> bool:
    """Tell whether a Windows message says that the session was locked or logged off."""
    return message == WM_WTSSESSION_CHANGE and reason in (WTS_SESSION_LOCK, WTS_SESSION_LOGOFF)


class SessionWatch(QObject):
    """Signal: ended(): the session was locked, put to sleep or logged off. `tells` is False where the platform says nothing."""

    ended = Signal()

    def __init__(self, window: QWidget | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filter: _Messages | None = None
        self.tells = self._watch(window)

    def _watch(self, window: QWidget | None) -> bool:
        if sys.platform == "win32":
            return window is not None and self._watch_windows(int(window.winId()))
        return self._watch_bus() if sys.platform == "linux" else False

    def _watch_bus(self) -> bool:
        from PySide6.QtDBus import QDBusConnection

        system, session = QDBusConnection.systemBus(), QDBusConnection.sessionBus()
        heard = False
        if system.isConnected():
            for interface, name, slot in LOGIND:
                heard |= system.connect("", "", interface, name, self, SLOT(slot))  # type: ignore[call-overload]
        if session.isConnected():
            for interface in SAVERS:
                heard |= session.connect("", "", interface, "ActiveChanged", self, SLOT("sleep(bool)"))  # type: ignore[call-overload]
        return heard

    def _watch_windows(self, handle: int) -> bool:
        import ctypes

        registered = False
        with contextlib.suppress(AttributeError, OSError):  # wtsapi32 is missing on the smallest editions
            registered = bool(ctypes.windll.wtsapi32.WTSRegisterSessionNotification(handle, 0))  # type: ignore[attr-defined]
        application = QCoreApplication.instance()
        if registered and application is not None:
            self._filter = _Messages(self)
            application.installNativeEventFilter(self._filter)
        return registered

    @Slot()
    def end_session(self) -> None:
        """Pass on that the session was locked."""
        self.ended.emit()

    @Slot(bool)
    def sleep(self, begins: bool) -> None:
        """Pass on that the screen saver came on or that the computer goes to sleep; waking up says nothing."""
        if begins:
            self.ended.emit()


class _Messages(QAbstractNativeEventFilter):
    """Reads the messages of Windows."""

    def __init__(self, watch: SessionWatch) -> None:
        super().__init__()
        self._watch = watch

    def nativeEventFilter(self, kind: Any, message: int) -> object:
        if bytes(kind) == b"windows_generic_MSG":
            from ctypes import wintypes

            told = wintypes.MSG.from_address(int(message))
            if ends_session(int(told.message), int(told.wParam)):
                self._watch.ended.emit()
        return False

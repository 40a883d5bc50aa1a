"""One program at a time in a station folder: a lock of the operating system, which a crash releases by itself."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from mzdesk.errors import MzError
from mzdesk.store.diskfile import telling_disk_errors

FILE_NAME = "station.lock"
IN_USE = MzError("这个站点已经打开了", "请在任务栏里找已打开的民政社工台窗口；如果找不到，请等一分钟或重启电脑再试。")


class StationLock:
    """Held from opening to closing; `release` may be called twice."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path, *, writable: bool = True) -> StationLock:
        """Take the lock of `folder`; raises MzError where another window holds it. Read-only media need none."""
        if not writable:
            return cls(None)
        with telling_disk_errors():
            descriptor = os.open(folder / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise MzError(IN_USE.title, IN_USE.message) from error
        return cls(descriptor)

    def release(self) -> None:
        """Let another window in."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)


if sys.platform == "win32":  # pragma: no cover

    def _lock(descriptor: int) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

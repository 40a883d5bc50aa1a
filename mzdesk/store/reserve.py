"""Sixteen mebibytes set aside: when the disk is full they are freed, so that what the user has typed can still be saved."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from mzdesk.store import diskfile

FILE_NAME = "reserve.bin"
SIZE = 16 << 20
COMFORT = 4 * SIZE  # set aside only where this much stays free


def ensure(folder: Path) -> bool:
    """Set the space aside where there is room; True where it is there."""
    path = folder / FILE_NAME
    with contextlib.suppress(OSError):
        if path.exists() and path.stat().st_size == SIZE:
            return True
        if shutil.disk_usage(folder).free < SIZE + COMFORT:
            return False
        _allocate(path)
        return True
    release(folder)
    return False


def _allocate(path: Path) -> None:
    with path.open("wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, SIZE)
        else:
            block = bytes(1 << 20)  # a sparse file would set nothing aside
            for _ in range(SIZE // len(block)):
                file.write(block)
        file.flush()
        os.fsync(file.fileno())


def release(folder: Path) -> bool:
    """Give the space back; True where there was some."""
    try:
        (folder / FILE_NAME).unlink()
        diskfile.sync_folder(folder)
    except OSError:
        return False
    return True

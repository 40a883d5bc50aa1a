"""Compiles iofault.c, runs Python under it, and speaks to it from inside."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("iofault.c")
ROOT = Path(__file__).parents[4]
WRITE, SYNC, TRUNCATE, NAME = 1, 2, 4, 8
EVERY_CALL = WRITE | SYNC | TRUNCATE | NAME


def available() -> bool:
    """Tell whether this machine can build and preload the shim."""
    return sys.platform == "linux" and shutil.which("cc") is not None


def build(folder: Path) -> Path:
    """Compile the shim into `folder`."""
    library = folder / "iofault.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"], check=True)
    return library


def run_under(library: Path, module: str, *arguments: str) -> str:
    """Run `python -m module` under the shim and return what it printed."""
    environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return done.stdout


class Shim:
    """The preloaded shim, seen from inside the process."""

    def __init__(self, folder: Path) -> None:
        self._library: Any = ctypes.CDLL(None)
        self._library.iof_count.restype = ctypes.c_long
        self._library.iof_set.argtypes = [ctypes.c_long, *[ctypes.c_int] * 4]
        self._library.iof_match(str(folder).encode())

    def count_calls(self) -> None:
        """Count the disk calls from now on, failing none."""
        self._library.iof_set(-1, 0, 0, 0, EVERY_CALL)

    def fail(self, number: int, error: int, *, sticky: bool, shortness: int) -> None:
        """Fail the disk call `number` from now; `shortness` 1 writes half, 2 writes half and fails."""
        self._library.iof_set(number, error, int(sticky), shortness, EVERY_CALL)

    def stop(self) -> int:
        """Fail nothing more; return the calls counted."""
        self._library.iof_off()
        return int(self._library.iof_count())

    def record(self, path: Path | None) -> None:
        """Record every disk call to `path`; None stops."""
        self._library.iof_record(str(path).encode() if path else b"")

    def mark(self, text: str) -> None:
        """Write a mark between the recorded calls."""
        self._library.iof_mark(text.encode())

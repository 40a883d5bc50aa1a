"""What every test needs before it runs: Qt without a screen, and on a bare machine the system libraries that Qt wants."""

from __future__ import annotations

import os
import shutil
import subprocess

from command_line import QT_LIBRARIES, missing_libraries


def install_qt_libraries() -> None:
    """On a fresh Debian machine, as root, install what Qt's offscreen platform loads; elsewhere Qt's own error tells."""
    if os.name != "posix" or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    if packages := missing_libraries(QT_LIBRARIES):
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], **quiet)


os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
if "PYTEST_XDIST_WORKER" not in os.environ:
    install_qt_libraries()

"""What every test needs before it runs: Qt without a screen, and on a bare machine the system libraries that Qt wants."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}


def missing_packages() -> list[str]:
    """The Debian packages of the libraries that cannot be loaded."""
    missing = []
    for library, package in QT_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def install_qt_libraries() -> None:
    """On a fresh Debian machine, as root, install what Qt's offscreen platform loads; elsewhere Qt's own error tells."""
    if os.name != "posix" or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    if packages := missing_packages():
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], **quiet)


os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
if "PYTEST_XDIST_WORKER" not in os.environ:
    install_qt_libraries()

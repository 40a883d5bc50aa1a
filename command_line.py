"""What the command line needs around the verbs: where a station lies, how it is opened without a window, whether there is a screen."""

from __future__ import annotations

import ctypes
import os
import secrets
import subprocess
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from mzdesk.clock import SystemClock
from mzdesk.errors import MzError

if TYPE_CHECKING:
    from mzdesk.station import Station

PASSWORD_VARIABLE = "MZDESK_PASSWORD"  # noqa: S105  (the name of a variable, not a secret)
NO_SCREEN = ("offscreen", "minimal")  # Qt platforms that draw where nobody sees it
NO_DISPLAY = "这台机器没有显示屏，打不开窗口。要看示例，请运行：uv run main.py demo"
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
XCB_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def own_station() -> Path:
    """Return the folder of the user's own station, in the place where the system keeps data."""
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return base / "mzdesk" / "station"


def missing_libraries(libraries: dict[str, str]) -> list[str]:
    """Return the Debian packages of those Linux libraries that cannot be loaded."""
    missing = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def require_qt() -> None:
    """Raise MzError naming the packages to install where Qt's own libraries are missing (Linux only)."""
    if sys.platform == "linux" and (missing := missing_libraries(QT_LIBRARIES)):
        raise MzError("缺少显示所需的系统组件", f"请安装后再运行：apt install {' '.join(missing)}")


def why_no_screen() -> str | None:
    """Return the sentence that tells why no window can open, None where one can."""
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in NO_SCREEN:
        return NO_DISPLAY
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return None
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        return NO_DISPLAY
    missing = missing_libraries(QT_LIBRARIES | (XCB_LIBRARIES if not os.environ.get("WAYLAND_DISPLAY") else {}))
    return f"缺少显示所需的系统组件。请安装后再运行：apt install {' '.join(missing)}" if missing else None


def open_desk_anew(station: Path) -> int:
    """Open the desk in a process of its own: pictures may have bound this one to a screen that nobody sees. Return its exit code."""
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    program = [sys.executable, str(Path(__file__).with_name("main.py")), "--station", str(station.resolve())]
    return subprocess.run(program, env=environment, check=False).returncode  # noqa: S603  (our own program)


def password_for(folder: Path) -> str:
    """Return the password from the environment or the keyboard."""
    if given := os.environ.get(PASSWORD_VARIABLE):
        return given
    if not sys.stdin.isatty():
        raise MzError("需要密码", f"请在命令行里输入，或把密码放进环境变量 {PASSWORD_VARIABLE}。站点：{folder}")
    return getpass("站点密码：")


def open_station(folder: Path) -> Station:
    """Unlock an existing station for its first account."""
    from mzdesk import opening
    from mzdesk.vault.pepper import KeyringPepperStore

    card = opening.station_card(folder)
    return opening.unlock(folder, card.accounts[0].id, password_for(folder), clock=SystemClock(), pepper=KeyringPepperStore())


def open_for_import(folder: Path, roster: Path) -> Station:
    """Unlock the station in `folder`, or make one there for the township that the roster speaks of."""
    from mzdesk import opening
    from mzdesk.registry import roster_township
    from mzdesk.registry.snapshot import Snapshot

    if opening.is_station(folder):
        return open_station(folder)
    township = roster_township.guess(roster)
    villages = tuple(village.code for village in Snapshot().below(township.code, 12))
    password = os.environ.get(PASSWORD_VARIABLE) or secrets.token_urlsafe(12)
    spec = opening.StationSpec(f"{township.name}社会工作服务站", township.code, villages)
    created = opening.create(folder, spec, opening.Founder("站点管理", "supervisor", password), clock=SystemClock())
    print(f"这个文件夹里还没有站点，已按花名册新建：{spec.name}（{len(villages)} 个村居）。")
    if PASSWORD_VARIABLE not in os.environ:
        print(f"密码：{password}\n恢复密钥：{created.recovery_key}\n请马上抄下并妥善保管，程序不会再显示。")
    return created.station


def verify_paper(paper: Path, folder: Path | None) -> int:
    """Print whether a PDF still agrees with the station's record; 0 agrees, 1 does not."""
    from mzdesk.casework import papers

    station = open_station(folder or own_station())
    try:
        verdict = papers.verify_paper(station, paper.read_bytes())
    except OSError as error:
        raise MzError("打不开这个文件", f"请核对路径：{paper}（{error.strerror}）") from error
    finally:
        station.close()
    print(verdict.sentence)
    return 0 if verdict.agrees else 1

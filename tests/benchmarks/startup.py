"""Starting the desk: process → unlock window painted, password → 今日工作 usable, against a bare PySide6 window in the same run."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from forms.catalog import shipped
from forms.session import FormSession
from mzdesk import opening
from mzdesk.casework import records
from mzdesk.casework.records import Filling
from mzdesk.clock import SystemClock
from mzdesk.opening import Founder, StationSpec
from mzdesk.registry.sample import Sampler
from mzdesk.registry.snapshot import Snapshot

ROOT = Path(__file__).parents[2]
ROUNDS = 5
CHILDREN = 40
TOWNSHIP, NAME, PASSWORD = "370983103", "李翀", "石头寨的路很好走2026"

BARE = """
import time
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        print(time.time(), flush=True)
        QApplication.quit()
application = QApplication(["bare"])
window = Window()
window.resize(728, 504)
window.show()
application.exec()
"""

DESK = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from mzdesk.clock import SystemClock
from ui import application
made = application.make_application(["mzdesk"])
program = application.Program(made, Path(sys.argv[1]), SystemClock(), lambda: None)
patient, told = sys.argv[3] == "patient", {}
program.start()
unlock = program.window

def painted():
    told["painted"] = time.time()
    if not patient:
        enter()

def enter():
    told["entered"] = time.time()
    unlock.unlock_asked.emit(unlock.account.currentData(), sys.argv[2])
    look.start(1)

def watch():
    desk = program.desk_window
    if desk is not None and desk.current == "today":
        page = desk.page("today")
        if page.overdue.accessibleName():
            page.repaint()
            told["usable"] = time.time()
            look.stop()
            made.quit()

def loaded():
    if patient and "painted" in told and not program.tasks.busy and "entered" not in told:
        enter()

look = QTimer()
look.timeout.connect(watch)
wait = QTimer()
wait.timeout.connect(loaded)
wait.start(20)
unlock.painted.connect(painted)
made.exec()
import json, os
print(json.dumps(told), flush=True)
os._exit(0)
"""


def make_station(folder: Path) -> None:
    """A station of the usual password cost with some children to show."""
    villages = tuple(village.code for village in Snapshot().below(TOWNSHIP, 12))[:5]
    founder = Founder(NAME, "supervisor", PASSWORD)
    station = opening.create(folder, StationSpec("桃园镇社工站", TOWNSHIP, villages), founder, clock=SystemClock()).station
    from demo import answers

    sampler, form = Sampler(3), shipped().get("left_behind_child_registration")
    for child in sampler.people(villages, station.today(), CHILDREN, 3, 15):
        filled = answers.registration(sampler, child, "某村", station.today(), NAME)
        records.save(station, FormSession(form, dict(filled), clock=station.local_now), Filling(village=child.village))
    station.close()


def start(code: str, *arguments: str) -> tuple[float, str]:
    """Run Python code in a process of its own; return when it was started (Unix seconds) and what it printed last."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    return began, done.stdout.strip().splitlines()[-1]


def bare_window() -> float:
    """Seconds from process start to the first paint of an empty window."""
    began, told = start(BARE)
    return float(told) - began


def desk(folder: Path, pace: str) -> dict[str, float]:
    """Seconds to the painted unlock window, and from the password to the usable first page."""
    began, printed = start(DESK, str(folder), PASSWORD, pace)
    told = json.loads(printed)
    return {"unlock": told["painted"] - began, "today": told["usable"] - told["entered"]}


def run() -> dict[str, dict[str, float]]:
    """Measure in turns, so that a busy machine is busy for all alike; medians."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place) / "station"
        make_station(folder)
        bare_window()
        desk(folder, "patient")  # once for the disk cache and the compiled files
        bare, patient, hasty = [], [], []
        for _round in range(ROUNDS):
            bare.append(bare_window())
            patient.append(desk(folder, "patient"))
            hasty.append(desk(folder, "hasty"))
    seconds = {
        "bare_window_s": statistics.median(bare),
        "unlock_painted_s": statistics.median([*(one["unlock"] for one in patient), *(one["unlock"] for one in hasty)]),
        "today_after_password_s": statistics.median(one["today"] for one in patient),
        "today_after_hasty_password_s": statistics.median(one["today"] for one in hasty),
    }
    figures = {name: round(value, 3) for name, value in seconds.items()}
    ratios = {name.removesuffix("_s"): round(value / seconds["bare_window_s"], 2) for name, value in seconds.items() if "bare" not in name}
    for name, value in figures.items():
        ratio = ratios.get(name.removesuffix("_s"))
        print(f"{name:32s} {value:8.3f} s" + (f"   {ratio:6.2f} × bare window" if ratio else ""))
    return {"figures": figures, "ratios": ratios}

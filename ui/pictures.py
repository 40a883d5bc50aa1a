"""Pictures of every page, drawn without a screen: for the demo, for the manual, and for looking at them critically."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMessageLogContext, QPoint, QSize, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from ui.requests import OpenPage, OpenPerson, OpenRecord, Request, StartForm
from ui.theme import Look, TextSize, apply_look

if TYPE_CHECKING:
    from mzdesk.station import Station
    from ui.main_window import MainWindow
    from ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Setup:
    """How pictures are taken: name, look, window in logical pixels, device pixel ratio; `only` these pages, all where it is empty."""

    name: str
    look: Look
    size: QSize
    ratio: float = 1.0
    only: frozenset[str] = frozenset()


SCREEN = QSize(1366, 768)
MAIN_PAGES = frozenset({"today", "people", "care", "statistics", "person", "visit_form", "record", "unlock"})
SETUPS = (
    Setup("light", Look.of(), SCREEN),
    Setup("dark", Look.of(dark=True), SCREEN),
    Setup("large", Look.of(size=TextSize.LARGE), SCREEN, only=MAIN_PAGES),
    Setup("at125", Look.of(), QSize(1092, 614), 1.25, only=MAIN_PAGES),
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its name and what leads there."""

    name: str
    request: Request


def shoot(
    station: Station, folder: Path, setups: tuple[Setup, ...] = SETUPS, say: Callable[[str], None] = lambda _words: None
) -> list[Path]:
    """Draw every page that the person at the desk may see, in each setup; return the files. Raises what a page's loading raises."""
    application = _application()
    qInstallMessageHandler(_tell)
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    for setup in setups:
        say(f"拍照：{setup.name}")
        apply_look(application, setup.look)
        taken += _shoot_setup(station, folder, setup)
    return taken


def _tell(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Pass Qt's messages on, but for the one that a platform without a screen repeats for every window."""
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


def _application() -> QApplication:
    if QApplication.instance() is None and sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui.application import make_application

    return make_application(["mzdesk"])


def _shoot_setup(station: Station, folder: Path, setup: Setup) -> Iterator[Path]:
    from ui.main_window import MainWindow
    from ui.tasks import Tasks

    tasks = Tasks()
    errors: list[BaseException] = []
    tasks.failed.connect(errors.append)
    window = MainWindow(station, tasks, fail=errors.append)
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(setup.size)
    window.show()
    try:
        for number, shot in enumerate(_shots(station, window), 1):
            if setup.only and shot.name not in setup.only:
                continue
            window.open(shot.request)
            _settle(tasks)
            if errors:
                raise errors[0]
            yield _save(window, folder / f"{setup.name}-{number:02d}-{shot.name}.png", setup)
        yield from _shoot_others(station, folder, setup)
    finally:
        window.blockSignals(True)
        window.close()
        tasks.close()
        _destroy(window)


def _shots(station: Station, window: MainWindow) -> Iterator[Shot]:
    from ui.pages.registry import PAGES

    for spec in PAGES:
        if window.has_page(spec.key) and not spec.answers:
            yield Shot(spec.key, OpenPage(spec.key))
    if not window.has_page("person"):
        return
    from mzdesk.casework import records
    from mzdesk.registry import people
    from mzdesk.store.records import RecordFilter

    found = people.find(station, people.Query(limit=1)).rows
    if found:
        yield Shot("person", OpenPerson(found[0].id))
        yield Shot("visit_form", StartForm(person_id=found[0].id, kind="visit", group=found[0].groups[0], answers={"fresh": "yes"}))
    blank = {"fresh": "yes", "village_code": station.identity.villages[0]}
    yield Shot("registration_form", StartForm(form_id="left_behind_child_registration", kind="registration", answers=blank))
    yield Shot("roster_import", OpenPage("roster_import"))
    yield Shot("duplicates", OpenPage("duplicates"))
    yield Shot("form_choice", StartForm(kind="registration"))
    written = records.find(station, RecordFilter(kinds=("visit",), limit=1))
    if written:
        yield Shot("record", OpenRecord(written[0].id))


def _shoot_others(station: Station, folder: Path, setup: Setup) -> Iterator[Path]:
    """The windows that are not pages: unlocking, and the print preview of a visit."""
    from mzdesk.casework import papers, records
    from mzdesk.opening import is_station, station_card
    from mzdesk.store.records import RecordFilter
    from ui.paper_preview import PaperPreview
    from ui.unlock import UnlockWindow

    if is_station(station.folder):
        unlock = UnlockWindow(station_card(station.folder))
        yield _shoot_window(unlock, folder / f"{setup.name}-unlock.png", setup)
    written = records.find(station, RecordFilter(kinds=("visit",), limit=1))
    if written:
        preview = PaperPreview(None, "走访记录表", papers.print_record(station, written[0].id).pdf)
        preview.resize(QSize(1000, min(720, setup.size.height())))
        yield _shoot_window(preview, folder / f"{setup.name}-preview.png", setup)


def _shoot_window(window: QWidget, path: Path, setup: Setup) -> Path:
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.show()
    QApplication.processEvents()
    made = _save(window, path, setup)
    window.blockSignals(True)
    window.close()
    _destroy(window)
    return made


def _destroy(window: QWidget) -> None:
    """Take a window away at once: one that lingers would be styled anew with every later look."""
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _settle(tasks: Tasks) -> None:
    """Let a page load, lay itself out, and load what that asked for."""
    for _round in range(3):
        tasks.wait()
        QApplication.processEvents()


def _save(window: QWidget, path: Path, setup: Setup) -> Path:
    size = window.size()
    picture = QPixmap(round(size.width() * setup.ratio), round(size.height() * setup.ratio))
    picture.setDevicePixelRatio(setup.ratio)
    picture.fill(Qt.GlobalColor.white)
    window.render(picture, QPoint())
    picture.save(str(path), "PNG")
    return path

"""A desk for tests: the look of the product, a small station of made-up children, and dialogs that answer by themselves."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog

from forms import xlsform
from forms.catalog import shipped
from forms.session import FormSession
from forms.xform import Form
from forms.xform_reader import read_form
from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.opening import Founder, StationSpec
from mzdesk.station import Station
from mzdesk.vault import kdf
from tests.mzdesk.care.township import Township
from ui import dialogs
from ui.application import FONTS
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import Look, apply_look, register_fonts

TOWNSHIP = "370983103"
NOW = "2026-06-15T09:00:00"
PASSWORD = "石头寨的路很好走2026"
NAME = "李翀"


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["mzdesk"]


@pytest.fixture(autouse=True)
def product_look(qapp: QApplication) -> Iterator[None]:
    if qapp.property("fonts") is None:
        register_fonts(qapp, FONTS)
        qapp.setProperty("fonts", True)
    if qapp.property("look") != Look.of():
        apply_look(qapp, Look.of())
    yield
    for window in QApplication.topLevelWidgets():
        window.blockSignals(True)
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every dialog is told here by its title and answered with its first verb; none ever waits for a person."""
    seen: list[str] = []

    def execute(dialog: QDialog) -> int:
        seen.append(dialog.windowTitle())
        if isinstance(dialog, dialogs.Message):
            dialog.chosen = dialog.buttons[0].text().strip()
        return 1

    monkeypatch.setattr(QDialog, "exec", execute)
    return seen


@pytest.fixture(scope="session")
def every_type() -> Form:
    """The form of every_type.md."""
    path = Path(__file__).with_name("every_type.md")
    return read_form(xlsform.convert(xlsform.read_source(path.name, path.read_bytes())).xml)


@pytest.fixture(scope="session")
def visit_form() -> Form:
    return shipped().get("left_behind_child_visit")


@pytest.fixture
def today() -> date:
    return date(2026, 6, 15)


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station with a few children and visits, made once and copied for each test."""
    from demo import answers
    from mzdesk.casework import records
    from mzdesk.casework.filling import person_answers
    from mzdesk.casework.records import Filling
    from mzdesk.registry.sample import Sampler
    from mzdesk.registry.snapshot import Snapshot
    from mzdesk.store import subjects

    folder = tmp_path_factory.mktemp("sample") / "station"
    clock = FixedClock.at("2026-03-02T09:00:00")
    villages = tuple(village.code for village in Snapshot().below(TOWNSHIP, 12))[:3]
    spec = StationSpec("桃园镇社会工作服务站", TOWNSHIP, villages)
    station = opening.create(folder, spec, Founder(NAME, "supervisor", PASSWORD), clock=clock, cost=kdf.FLOOR).station
    sampler = Sampler(7)
    registration, visit = shipped().get("left_behind_child_registration"), shipped().get("left_behind_child_visit")
    for number, child in enumerate(sampler.people(villages, station.today(), 5, 3, 15)):
        filled = answers.registration(sampler, child, "某村", station.today(), NAME)
        session = FormSession(registration, dict(filled), clock=station.local_now)
        saved = records.save(station, session, Filling(village=child.village))
        if number < 3:
            clock.advance(days=5)
            with station.read() as connection:
                person = subjects.person(connection, station.scope, saved.person_id)
            assert person is not None
            told = answers.visit(sampler, person_answers(person), "祖父", "medium", station.today(), NAME)
            records.save(station, FormSession(visit, dict(told), clock=station.local_now), Filling(saved.person_id))
    station.close()
    return folder


@pytest.fixture
def station(sample_folder: Path, tmp_path: Path) -> Iterator[Station]:
    folder = tmp_path / "station"
    shutil.copytree(sample_folder, folder)
    account = opening.station_card(folder).accounts[0]
    opened = opening.unlock(folder, account.id, PASSWORD, clock=FixedClock.at(NOW))
    yield opened
    opened.close()


class Desk:
    """A main window with its tasks; `settle` lets everything load; errors are raised at the end of the test."""

    def __init__(self, station: Station) -> None:
        self.tasks = Tasks()
        self.errors: list[BaseException] = []
        self.tasks.failed.connect(self.errors.append)
        self.window = MainWindow(station, self.tasks, fail=self.errors.append)
        self.window.resize(1366, 768)
        self.window.show()

    def open(self, request: Any) -> Any:
        self.window.open(request)
        self.settle()
        return self.window.page(self.window.current)

    def settle(self) -> None:
        for _round in range(3):
            assert self.tasks.wait(20)
            QApplication.processEvents()

    def close(self) -> None:
        self.window.blockSignals(True)
        self.window.close()
        self.tasks.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def desk(station: Station) -> Iterator[Desk]:
    made = Desk(station)
    yield made
    made.close()
    assert not made.errors, made.errors


@pytest.fixture
def open_desk(station: Station) -> Iterator[Callable[[Station], Desk]]:
    """Open further windows on the station, as after a crash or for another person."""
    opened: list[Desk] = []

    def make(at: Station) -> Desk:
        opened.append(Desk(at))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
        assert not one.errors, one.errors


@pytest.fixture
def town(station: Station) -> Township:
    """A township in care, written into the station at its `write`."""
    return Township(station)

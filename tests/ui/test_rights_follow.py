"""Rights take hold at once, the day's upkeep comes round by itself, and a restored station is asked for its password again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from mzdesk.clock import FixedClock
from mzdesk.store import backup
from mzdesk.store.scope import Role
from mzdesk.vault import accounts
from tests.ui.conftest import NOW, PASSWORD
from tests.ui.vault_rig import add_account, as_role
from ui.application import Program
from ui.main_window import MainWindow
from ui.requests import ChangeRights, Reopen
from ui.unlock import UnlockWindow


@pytest.fixture
def program(sample_folder: Path, tmp_path: Path, qapp: QApplication) -> Iterator[Program]:
    folder = tmp_path / "station"
    shutil.copytree(sample_folder, folder)
    made = Program(qapp, folder, FixedClock.at(NOW), lambda: None)
    made.show_unlock()
    assert isinstance(made.window, UnlockWindow)
    made.unlock(str(made.window.account.currentData()), PASSWORD)
    settle(made)
    yield made
    settle(made)
    if made.window is not None:
        made.window.blockSignals(True)
    made.end()


def settle(program: Program) -> None:
    for _round in range(4):
        assert program.tasks.wait(30)
        QApplication.processEvents()


def desk_of(program: Program) -> MainWindow:
    assert isinstance(program.window, MainWindow)
    return program.window


def test_a_change_of_ones_own_role_changes_the_desk(program: Program) -> None:
    station = program.station
    assert station is not None and desk_of(program).has_page("people")
    own = accounts.every(station)[0]
    add_account(station, "管理员甲", Role.ADMINISTRATOR)
    accounts.change(
        as_role(station, Role.ADMINISTRATOR), own.id, name=own.name, role=Role.CHILDREN_DIRECTOR, villages=station.identity.villages[:1]
    )
    desk_of(program).open(ChangeRights())
    settle(program)
    assert program.station is not None and program.station.scope.villages == frozenset(station.identity.villages[:1])
    assert desk_of(program).desk.station.scope == program.station.scope


def test_somebody_who_was_removed_is_asked_for_a_password(program: Program) -> None:
    station = program.station
    assert station is not None
    add_account(station, "管理员甲", Role.ADMINISTRATOR)
    accounts.remove(as_role(station, Role.ADMINISTRATOR), station.scope.actor, "离岗")
    desk_of(program).open(ChangeRights())
    assert isinstance(program.window, UnlockWindow)


def test_a_laptop_that_stays_on_is_backed_up_each_day(program: Program) -> None:
    station = program.station
    assert station is not None
    made = len(backup.snapshots(station.folder / backup.FOLDER))
    assert made >= 1, "the first start of the day makes one"
    clock = station.clock
    assert isinstance(clock, FixedClock)
    clock.advance(days=1)
    program._look_after_again()
    settle(program)
    assert len(backup.snapshots(station.folder / backup.FOLDER)) == made + 1


def test_a_restored_station_is_closed_and_unlocked_again(program: Program) -> None:
    desk_of(program).open(Reopen())
    assert isinstance(program.window, UnlockWindow) and program.station is None

"""备份与恢复 and the guide for damaged data: one press makes a checked copy, a restore keeps what is newer, damage has a way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.registry import people
from mzdesk.station import Station
from mzdesk.store import backup
from mzdesk.store.scope import Role
from mzdesk.vault import arrival, document, safety, upkeep
from tests.ui.conftest import NAME, NOW, PASSWORD
from tests.ui.vault_rig import Window, as_role
from ui.application import Program, upkeep_words
from ui.pages import backup as page_module
from ui.pages.backup import size_words
from ui.requests import Reopen
from ui.rescue import RescueWindow
from ui.tasks import Tasks


@pytest.fixture
def window(station: Station) -> Iterator[Window]:
    made = Window(station)
    yield made
    made.close()
    assert not made.errors, made.errors


def test_one_press_makes_a_copy_that_is_checked(window: Window, station: Station) -> None:
    page = window.open("backup")
    assert page.list.empty.isVisibleTo(page) and "还没有" in page.newest_chip.text()
    page.make()
    window.settle()
    assert page.list.table.rows.rowCount() == 1 and "已备份" in page.banner.text()
    copy = page.list.selected()
    assert (copy.people, copy.records) == (5, 8)
    page.verify()
    window.settle()
    assert "完好" in page.banner.text()


def test_a_copy_goes_to_the_second_place(window: Window, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stick = tmp_path / "U盘"
    stick.mkdir()
    monkeypatch.setattr(page_module, "choose_folder", lambda _parent, _title: stick)
    page = window.open("backup")
    page.choose_second()
    window.settle()
    window.settle()
    assert len(backup.snapshots(stick)) == 1 and page.second_chip.text() == "可用"
    assert [copy.second for copy in page.list.table.rows.rows()] == [False, True]
    stick.rename(tmp_path / "拔掉了")
    page.opened()
    window.settle()
    assert page.second_chip.text() == "找不到"
    page.forget_second()
    window.settle()
    assert page.second_chip.text() == "没有设置"


def test_a_damaged_copy_is_named(window: Window, station: Station) -> None:
    made = backup.make(station, "manual")
    made.path.write_bytes(made.path.read_bytes()[:-500] + b"\0" * 500)
    page = window.open("backup")
    page.verify()
    window.settle()
    assert "不能用" in page.banner.text()
    made.path.write_bytes(b"MZK1 no")
    page.opened()
    window.settle()
    assert page.list.table.rows.rowCount() == 0


def test_a_restore_says_first_what_happens_and_keeps_what_is_newer(window: Window, station: Station, answered: list[str]) -> None:
    backup.make(station, "manual")
    changed = people.find(station, people.Query(limit=1)).rows[0]
    people.edit(station, changed.id, {"address": "备份之后改的地址"})
    page = window.open("backup")
    asked: list[object] = []
    page.requested.connect(asked.append)
    page.list.table.select(0)
    page.restore_chosen()
    window.settle()
    assert any(title.startswith("恢复到") for title in answered) and "恢复好了" in answered
    assert asked == [Reopen()]
    assert people.get(station, changed.id).person.address == "备份之后改的地址"


def test_a_sound_station_is_told_so(window: Window) -> None:
    page = window.open("backup")
    page.check()
    window.settle()
    assert "数据完好" in page.banner.text() and not page.guide.isVisibleTo(page)


def test_a_social_worker_backs_up_but_does_not_restore(station: Station) -> None:
    from tests.ui.vault_rig import add_account

    add_account(station, "孙社工", Role.SOCIAL_WORKER)
    window = Window(as_role(station, Role.SOCIAL_WORKER))
    page = window.open("backup")
    assert page.make_button.isEnabled()
    assert not page.restore_button.isVisibleTo(page) and not page.other_button.isVisibleTo(page)
    window.close()


def test_doubtful_saves_are_settled_by_a_look(window: Window, station: Station) -> None:
    from mzdesk.store.meta import write_meta

    with station.write() as connection:
        write_meta(connection, arrival.DOUBT_KEY, "1")
    page = window.open("backup")
    assert page.doubt_button.isVisibleTo(page)
    page.settle_doubt()
    window.settle()
    assert not safety.overview(station).saves_in_doubt and not page.doubt_button.isVisibleTo(page)


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size_words(size) for size in (900, 757 * 1024, 3 << 20, 250 << 20, 76 << 30)] == [
        "0.9 KB",
        "757 KB",
        "3.0 MB",
        "250 MB",
        "76 GB",
    ]


def test_what_the_day_found_becomes_one_line() -> None:
    assert upkeep_words(upkeep.UpkeepReport(), read_only=False) == ("", "amber")
    assert upkeep_words(upkeep.UpkeepReport(reserve_kept=False), read_only=False)[0].startswith("磁盘快满了")
    assert upkeep_words(upkeep.UpkeepReport(reserve_kept=False), read_only=True)[0].startswith("数据所在的磁盘只能读")
    told = upkeep_words(upkeep.UpkeepReport(saves_in_doubt=True, second_place_missing=True), read_only=False)[0]
    assert "U 盘" in told and "没有正常关机" in told


# ---- the guide


@pytest.fixture
def broken(station: Station) -> Path:
    """A folder with a backup whose database has damaged pages."""
    backup.make(station, "manual")
    folder = station.folder
    station.close()
    path = folder / document.load(folder).database
    content = bytearray(path.read_bytes())
    count = len(content) // 4096
    for page in range(count - 12, count - 5):
        content[page * 4096 + 100] ^= 0xFF
    path.write_bytes(content)
    return folder


@pytest.fixture
def guide(qtbot: QtBot) -> Iterator[Callable[[Path], RescueWindow]]:
    made: list[tuple[RescueWindow, Tasks]] = []

    def open_guide(folder: Path) -> RescueWindow:
        tasks = Tasks()
        window = RescueWindow(folder, tasks, FixedClock.at(NOW), lambda: None)
        window.show()
        made.append((window, tasks))
        return window

    yield open_guide
    for window, tasks in made:
        window.close()
        tasks.close()
        window.deleteLater()


def wait(window: RescueWindow) -> None:
    from PySide6.QtWidgets import QApplication

    for _round in range(3):
        assert window._tasks.wait(30)
        QApplication.processEvents()


def test_damaged_data_is_looked_at_and_restored(broken: Path, guide: Callable[[Path], RescueWindow], qtbot: QtBot) -> None:
    window = guide(broken)
    assert window.account.currentText() == NAME
    window.password.setText("不是这个密码但也够长")
    window.look_at()
    wait(window)
    assert "密码不对" in window.password_field.message.text() and not window.view.isVisible()
    window.password.setText(PASSWORD)
    window.look_at()
    wait(window)
    assert window.view.isVisible() and "处问题" in window.view.verdict.text()
    window.view.list.table.select(0)
    with qtbot.waitSignal(window.restored, timeout=30_000):
        window.view.restore_button.click()
    account = opening.station_card(broken).accounts[0]
    opened = opening.unlock(broken, account.id, PASSWORD, clock=FixedClock.at(NOW))
    assert people.find(opened, people.Query()).total == 5
    opened.close()


def test_a_lost_vault_file_leads_to_the_backup(broken: Path, guide: Callable[[Path], RescueWindow], qtbot: QtBot) -> None:
    (broken / "vault.json").unlink()
    assert safety.has_remains(broken)
    window = guide(broken)
    assert window.account.currentText() == NAME, "the backup knows who may open it"
    window.password.setText(PASSWORD)
    window.look_at()
    wait(window)
    assert window.view.isVisible()
    window.view.list.table.select(0)
    with qtbot.waitSignal(window.restored, timeout=30_000):
        window.view.restore_button.click()
    assert opening.is_station(broken)


def test_the_unlock_window_shows_the_way_out_only_where_it_is_not_the_password(qtbot: QtBot, broken: Path) -> None:
    from PySide6.QtWidgets import QApplication

    from ui.unlock import UnlockWindow

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    program = Program(application, broken, FixedClock.at(NOW), lambda: None)
    program.show_unlock()
    unlock = program.window
    assert isinstance(unlock, UnlockWindow)
    account = str(unlock.account.currentData())
    program.unlock(account, "不是这个密码但也够长")
    assert program.tasks.wait(30) and not unlock.rescue_button.isVisible()
    content = (broken / document.load(broken).database).read_bytes()
    (broken / document.load(broken).database).write_bytes(b"\0" * len(content))
    program.unlock(account, PASSWORD)
    assert program.tasks.wait(30) and unlock.rescue_button.isVisible()
    unlock.rescue_button.click()
    assert isinstance(program.window, RescueWindow)
    program.window.blockSignals(True)
    program.window.close()
    program.end()

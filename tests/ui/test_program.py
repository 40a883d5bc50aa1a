"""Unlocking, first start, locking: the unlock window comes before the heavy modules, and nobody gets past it without the password."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.registry.snapshot import Snapshot
from mzdesk.vault import kdf, recovery
from tests.ui.conftest import NAME, NOW, PASSWORD, TOWNSHIP
from tests.ui.keyboard import type_text
from ui import appearance, application
from ui.appearance import Appearance
from ui.application import Program
from ui.first_start import FirstStart, strength_words
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import TextSize
from ui.unlock import UnlockWindow

ROOT = Path(__file__).parents[2]
HEAVY = ("sqlmodel", "sqlalchemy", "pypinyin", "keyring", "reportlab", "lxml", "httpx", "pyxform", "openpyxl", "pydantic")
PAINT = f"""
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from mzdesk.clock import SystemClock
from ui import application
made = application.make_application(["mzdesk"])
program = application.Program(made, Path(sys.argv[1]), SystemClock(), lambda: None)
seen = []
program._load_behind = lambda: (seen.extend(name for name in {HEAVY!r} if name in sys.modules), seen.append("painted"), made.quit())
program.start()
made.exec()
print(seen)
os._exit(0)
"""


def test_the_unlock_window_paints_before_heavy_modules(sample_folder: Path) -> None:
    command = [sys.executable, "-c", PAINT, str(sample_folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip() == "['painted']", done.stderr


def test_input_methods_are_reached() -> None:
    for before, after in (({}, "ibus"), ({"QT_IM_MODULE": "fcitx"}, "ibus"), ({"QT_IM_MODULE": "compose"}, "compose")):
        environment = dict(before)
        application.prepare_environment(environment)
        if sys.platform == "linux":
            assert environment["QT_IM_MODULE"] == after
            assert environment["IBUS_USE_PORTAL"] == "1"


@pytest.fixture
def program(qapp: QApplication, sample_folder: Path, tmp_path: Path) -> Iterator[Program]:
    import shutil

    folder = tmp_path / "station"
    shutil.copytree(sample_folder, folder)
    made = Program(qapp, folder, FixedClock.at(NOW), lambda: None)
    hook = sys.excepthook
    made.start()
    sys.excepthook = hook
    yield made
    made.end()
    if made.window is not None:
        made.window.blockSignals(True)
        made.window.close()


def settle(program: Program, until: Callable[[], bool]) -> None:
    for _round in range(200):
        program.tasks.wait(20)
        QApplication.processEvents()
        if until():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def unlock(program: Program, password: str) -> None:
    window = program.window
    assert isinstance(window, UnlockWindow)
    window.password.clear()
    type_text(window.password, password)
    QTest.keyClick(window.password, Qt.Key.Key_Return)


def test_a_wrong_password_is_told_and_the_right_one_opens(program: Program) -> None:
    window = program.window
    assert isinstance(window, UnlockWindow)
    assert window.focusWidget() is window.password
    unlock(program, "不是这个密码")
    settle(program, lambda: "密码不对" in window.field.message.text())
    assert window.button.isEnabled()
    unlock(program, PASSWORD)
    settle(program, lambda: isinstance(program.window, MainWindow))
    desk = program.desk_window
    assert desk is not None and desk.current == "today"
    # Locked and back: the same window with all that was on it.
    desk.lock()
    assert isinstance(program.window, UnlockWindow) and not desk.isVisible()
    unlock(program, "不是这个密码")
    again = program.window
    assert isinstance(again, UnlockWindow)
    settle(program, lambda: "密码不对" in again.field.message.text())
    unlock(program, PASSWORD)
    settle(program, lambda: program.window is desk)
    assert desk.isVisible()


def test_a_damaged_station_is_told_and_never_asks_for_a_password(qapp: QApplication, tmp_path: Path, answered: list[str]) -> None:
    from mzdesk.vault import document

    (tmp_path / document.FILE_NAME).write_text("{")
    program = Program(qapp, tmp_path, FixedClock.at(NOW), lambda: None)
    program.show_unlock()
    assert not isinstance(program.window, UnlockWindow)
    assert answered or program.window is not None
    program.end()


def test_a_second_window_is_refused(program: Program, qapp: QApplication, answered: list[str]) -> None:
    unlock(program, PASSWORD)
    settle(program, lambda: isinstance(program.window, MainWindow))
    second = Program(qapp, program._folder, FixedClock.at(NOW), lambda: None)
    second.show_unlock()
    unlock(second, PASSWORD)
    window = second.window
    assert isinstance(window, UnlockWindow)
    settle(second, lambda: "已经打开" in window.field.message.text())
    window.blockSignals(True)
    window.close()
    second.end()


def test_the_look_is_kept_and_taken(program: Program) -> None:
    unlock(program, PASSWORD)
    settle(program, lambda: isinstance(program.window, MainWindow))
    before = program.desk_window
    appearance.save(program._folder, Appearance(dark=True, size=TextSize.LARGE))
    assert before is not None
    before.open_key("people")
    before.look_changed.emit()
    settle(program, lambda: program.desk_window is not None and program.desk_window is not before)
    assert program.desk_window is not None and program.desk_window.current == "people"
    assert appearance.load(program._folder) == Appearance(dark=True, size=TextSize.LARGE)


@pytest.mark.parametrize("content", ["", "{}", '{"dark": 1}', '{"dark": true, "size": "huge"}', "\0"])
def test_a_damaged_appearance_is_the_usual_one(tmp_path: Path, content: str) -> None:
    (tmp_path / appearance.FILE_NAME).write_text(content)
    assert appearance.load(tmp_path) == Appearance()


# ---- first start


@pytest.fixture
def wizard(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FirstStart]:
    create = opening.create
    monkeypatch.setattr(opening, "create", lambda *words, **more: create(*words, **(more | {"cost": kdf.FLOOR})))
    tasks = Tasks()
    made = FirstStart(tmp_path / "new", tasks)
    made.show()
    assert tasks.wait()
    yield made
    made.blockSignals(True)
    made.close()
    tasks.close()


def choose_place(wizard: FirstStart) -> None:
    wizard.place.choose(TOWNSHIP[:2], TOWNSHIP[:4], TOWNSHIP[:6], TOWNSHIP)
    wizard.place.villages.item(0).setCheckState(Qt.CheckState.Checked)


def test_a_station_is_made_in_four_steps(wizard: FirstStart) -> None:
    assert not wizard.next_button.isEnabled()
    choose_place(wizard)
    wizard.go_on()
    assert wizard.station_name.text() == f"{Snapshot().name(TOWNSHIP)}社会工作服务站"
    type_text(wizard.name, NAME)
    wizard.go_on()
    type_text(wizard.password, PASSWORD)
    assert not wizard.next_button.isEnabled()
    type_text(wizard.again, PASSWORD)
    assert wizard.next_button.isEnabled()
    wizard.go_on()
    assert wizard._tasks.wait()
    assert wizard.step == 3
    made: list[opening.Station] = []
    wizard.finished.connect(made.append)
    key = wizard.sheet._key
    type_text(wizard.sheet.typed, key[:-1])
    wizard.sheet.confirm()
    assert made == [] and wizard.sheet.field.message.text().startswith("✕")
    type_text(wizard.sheet.typed, key[-1])
    QTest.keyClick(wizard.sheet.typed, Qt.Key.Key_Return)
    assert len(made) == 1
    assert recovery.is_confirmed(made[0])
    assert key.split("-")[0] in wizard.sheet.document().toPlainText()
    made[0].close()


def test_divisions_are_found_by_typing(wizard: FirstStart) -> None:
    combo = wizard.place.levels[0]
    combo.line.setFocus()
    combo.line.clear()
    type_text(combo.line, "sds")
    combo.take_shown()
    assert combo.currentText() == "山东省"
    assert wizard.place.levels[1].isEnabled()
    choose_place(wizard)
    wizard.place.search.setText("没有这个村")
    assert all(wizard.place.villages.item(row).isHidden() for row in range(wizard.place.villages.count()))


def test_weak_passwords_are_told_in_plain_words(wizard: FirstStart) -> None:
    choose_place(wizard)
    wizard.go_on()
    type_text(wizard.name, NAME)
    wizard.go_on()
    for weak in ("12345", "123456789012", "aaaaaaaaaaaaaa"):
        wizard.password.setText(weak)
        wizard.again.setText(weak)
        assert wizard.password_field.message.text().startswith("✕")
        assert not wizard.next_button.isEnabled()
    wizard.go_back()
    assert wizard.name.text() == NAME


def test_strength_grows() -> None:
    assert [strength_words(word) for word in ("mutoumutou", "mutou2026abc", "槐树下的第一口井水真甜2026ok")] == [
        "能用，再长一点更好",
        "比较难猜到",
        "很难猜到",
    ]

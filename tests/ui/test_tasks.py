"""Work behind the window: results in the window's thread, errors never lost, saves completed at the end."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from ui.tasks import Progress, Tasks


@pytest.fixture
def tasks(qapp: QObject) -> Tasks:
    return Tasks()


def test_result_arrives_in_the_window_thread(tasks: Tasks) -> None:
    seen: list[tuple[int, int]] = []
    tasks.run(threading.get_ident, lambda worker: seen.append((worker, threading.get_ident())))
    assert tasks.wait()
    (worker, receiver), here = seen[0], threading.get_ident()
    assert receiver == here != worker


def test_error_goes_to_its_handler_or_to_the_window(tasks: Tasks) -> None:
    mine: list[Exception] = []
    everybodys: list[Exception] = []
    tasks.failed.connect(everybodys.append)

    def fail() -> None:
        raise ValueError("no")

    tasks.run(fail, None, mine.append)
    tasks.run(fail)
    assert tasks.wait()
    assert [type(error) for error in (*mine, *everybodys)] == [ValueError, ValueError]


def test_nothing_is_delivered_to_a_widget_that_is_gone(tasks: Tasks) -> None:
    seen: list[int] = []
    owner = QWidget()
    gate = threading.Event()
    tasks.run(lambda: gate.wait(5), lambda _: seen.append(1), owner=owner)
    delete(owner)
    gate.set()
    assert tasks.wait()
    assert seen == []


def test_progress_is_told_and_cancelling_stops(tasks: Tasks) -> None:
    told: list[tuple[int, int, str]] = []
    done: list[str] = []
    started, go_on = threading.Event(), threading.Event()

    def work(progress: Progress) -> str:
        progress.report(1, 3, "一")
        started.set()
        go_on.wait(5)
        progress.report(2, 3, "二")
        return "all"

    task = tasks.run_long(work, done.append, None, lambda *step: told.append(step))
    assert started.wait(5)
    task.cancel()
    go_on.set()
    assert tasks.wait()
    assert told == [(1, 3, "一")]
    assert done == []


def test_queued_saves_are_completed_on_closing(tasks: Tasks) -> None:
    saved: list[int] = []
    for number in range(20):
        tasks.run(lambda number=number: saved.append(number))
    tasks.close()
    assert sorted(saved) == list(range(20))
    tasks.run(lambda: saved.append(99))  # after closing nothing starts any more, and nothing breaks
    assert 99 not in saved


class Bell(QObject):
    rung = Signal(bool, object)


def test_five_thousand_emits(qapp: QObject) -> None:
    """PySide6 6.12.0 aborts on Python 3.11 after some 550 emits of a bool (refcount of True); ours must not."""
    bell, heard = Bell(), []
    bell.rung.connect(lambda on, what: heard.append((on, what)))
    for number in range(5_000):
        bell.rung.emit(number % 2 == 0, None)
    assert len(heard) == 5_000

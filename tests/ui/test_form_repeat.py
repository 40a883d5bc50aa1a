"""Repeats: a table that takes paste, blocks for long answers, and undo of what came or went."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from forms.session import FormSession
from forms.xform import Form
from tests.ui.keyboard import type_text
from ui.editors import Setting
from ui.form_view import FormView


@pytest.fixture
def view(every_type: Form, qtbot: QtBot) -> FormView:
    made = FormView(FormSession(every_type), Setting(date(2026, 6, 15)))
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    return made


def family(view: FormView) -> list[str]:
    return [view.session.state(f"{ref}/name").value for ref in view.session.instances("/data/family")]


def start_rows(view: FormView) -> int:
    return len(view.session.instances("/data/family"))


def test_paste_from_wps_adds_rows_and_reads_cells(view: FormView) -> None:
    table = view.parts.tables["/data/family"]
    QGuiApplication.clipboard().setText("王一\t好\t2010.6.13\t１５\n王二\t差\t2012年1月2日\t13\n")
    table.grid.setFocus()
    QTest.keyClick(table.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert family(view)[:2] == ["王一", "王二"]
    first = view.session.instances("/data/family")[0]
    told = {name: view.session.state(f"{first}/{name}").value for name in ("kin", "born", "age")}
    assert told == {"kin": "a", "born": "2010-06-13", "age": "15"}
    model = table.model
    shown = [model.data(model.index(0, column)) for column in range(model.columnCount())]
    assert shown == ["王一", "好", "2010年6月13日", "15"]


def test_a_cell_is_typed_into(view: FormView) -> None:
    table = view.parts.tables["/data/family"]
    if not start_rows(view):
        view.add_instance("/data/family")
    table.grid.setCurrentIndex(table.model.index(0, 0))
    table.grid.edit(table.model.index(0, 0))
    line = table.grid.findChildren(QLineEdit)[0]
    type_text(line, "王三")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt commits a cell after the key was handled
    assert family(view)[0] == "王三"
    QTest.keyClick(table.grid, Qt.Key.Key_Delete)
    assert family(view)[0] == ""


def test_rows_come_and_go_and_come_back(view: FormView) -> None:
    before = start_rows(view)
    view.add_instance("/data/family")
    last = view.session.instances("/data/family")[-1]
    view.change(f"{last}/name", "王四")
    view.remove_instance(last)
    assert start_rows(view) == before
    view.undo()
    assert family(view)[-1] == "王四"
    view.redo()
    assert start_rows(view) == before


def test_the_first_error_of_a_table_is_told_and_jumped_to(view: FormView) -> None:
    if not start_rows(view):
        view.add_instance("/data/family")
    view.change("/data/words/line", "好")
    view.jump_to_first()
    table = view.parts.tables["/data/family"]
    assert "第 1 行" in table.message.text()
    assert table.grid.hasFocus()


def test_long_answers_get_a_block_each(view: FormView) -> None:
    stack = view.parts.stacks["/data/event"]
    before = len(view.session.instances("/data/event"))
    view.add_instance("/data/event")
    instance = view.session.instances("/data/event")[-1]
    field = view.parts.fields[f"{instance}/what"]
    field.editor.take_focus()
    type_text(field.editor.inputs()[0], "来过")
    assert view.session.state(f"{instance}/what").value == "来过"
    view.remove_instance(instance)
    assert len(view.session.instances("/data/event")) == before
    assert f"{instance}/what" not in view.parts.fields or before
    assert stack.isVisibleTo(view)

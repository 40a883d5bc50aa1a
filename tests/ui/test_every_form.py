"""Every shipped form on the screen: at every size of text and on a narrow window nothing lies beyond the edge or is cut off."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from forms.catalog import shipped
from forms.session import FormSession
from forms.xform import Form
from ui.editors import Setting
from ui.form_view import FormView
from ui.option import WrappingCheck, WrappingRadio, break_text
from ui.theme import Look, TextSize, apply_look, desk_font

TODAY = date(2026, 6, 15)


def answer_selects(view: FormView) -> None:
    """Choose the first of everything, so that what depends on it is shown as well."""
    for question in view.session.form.questions():
        for ref in view.session.instances(question.ref):
            state = view.session.state(ref)
            choices = view.session.choices(ref)
            if question.type == "select_one" and state.relevant and not state.readonly and not state.value and choices:
                view.change(ref, choices[0].value)


def open_view(form: Form, qtbot: QtBot, width: int) -> FormView:
    session = FormSession(form, prefill={"person_name": "买买提江·吐尔逊" * 6, "village_name": "龘泉村"})
    view = FormView(session, Setting(TODAY))
    qtbot.addWidget(view)
    view.resize(width, 700)
    view.show()
    answer_selects(view)
    view.show_all_errors()
    for _round in range(3):
        QApplication.processEvents()
    return view


@pytest.mark.parametrize("form_id", shipped().ids())
def test_a_shipped_form_fits(form_id: str, qapp: QApplication, qtbot: QtBot) -> None:
    apply_look(qapp, Look.of(size=TextSize.EXTRA))
    view = open_view(shipped().get(form_id), qtbot, 600)
    shown = [child for child in view.inner.findChildren(QWidget) if child.isVisible() and not child.isWindow()]
    beyond = [child for child in shown if child.mapTo(view.inner, child.rect().topRight()).x() >= view.inner.width()]
    assert beyond == []
    options = [child for child in shown if isinstance(child, WrappingRadio | WrappingCheck)]
    assert [option.text() for option in options if option.height() < option.height_at(option.width())] == []


def test_words_break_without_losing_a_sign(qapp: QApplication) -> None:
    metrics = QFontMetrics(desk_font(14))
    text = "身体多处损伤、严重营养不良，意识不清（疑似家暴）。"
    broken = break_text(text, metrics, 90)
    assert broken.replace("\n", "") == text
    assert broken.count("\n") >= 2
    assert not any(line[0] in "、，。）" for line in broken.split("\n"))

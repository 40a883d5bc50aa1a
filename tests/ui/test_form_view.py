"""The form as a whole: keys alone, messages that move nothing, undo, drafts in time, the way to the first problem."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from forms.session import FormSession
from forms.xform import Form
from tests.ui.keyboard import write
from ui import form_view
from ui.editors import Setting
from ui.form_undo import Change, History
from ui.form_view import FormView

TODAY = date(2026, 6, 15)


def make(form: Form, qtbot: QtBot, width: int = 1100) -> FormView:
    view = FormView(FormSession(form), Setting(TODAY))
    qtbot.addWidget(view)
    view.resize(width, 760)
    view.show()
    QApplication.processEvents()
    return view


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, modifier)
    QApplication.processEvents()


def focused(view: FormView) -> str:
    widget = QApplication.focusWidget()
    return next((ref for ref, field in view.parts.fields.items() if widget is not None and field.isAncestorOf(widget)), "")


def test_a_visit_is_filled_by_keys_alone(visit_form: Form, qtbot: QtBot) -> None:
    view = make(visit_form, qtbot)
    ended: list[bool] = []
    view.end_reached.connect(lambda: ended.append(True))
    answers = {
        "person_name": "王小明",
        "contact_mode": "1",
        "visitor": "李翀",
        "reached": "1",
        "saw_child": "1",
        "saw_carer": "1",
        "risk_level": "2",
        "report_required": "2",
        "problems": "无",
    } | {f"grade_{name}": "1" for name in ("care", "living", "health", "school", "mood", "safety")}
    view.jump_to("/data/subject/person_name")
    for _step in range(80):
        name = focused(view).rpartition("/")[2]
        if name in answers:
            write(answers[name])
        leave_area = Qt.KeyboardModifier.ControlModifier
        area = focused(view) and view.parts.fields[focused(view)].editor.tall
        press(Qt.Key.Key_Return, leave_area if area else Qt.KeyboardModifier.NoModifier)
        if ended or not focused(view):
            break
    assert view.problems() == ()
    told = view.session.answers()
    assert told["visit"]["contact_mode"] == "home"  # type: ignore[index,call-overload]
    assert told["action"]["risk_level"] == "medium"  # type: ignore[index,call-overload]


def visible_windows() -> set[QWidget]:
    return {widget for widget in QApplication.topLevelWidgets() if widget.isVisible()}


def test_no_part_of_a_form_becomes_a_window(every_type: Form, visit_form: Form, qtbot: QtBot) -> None:
    for form in (every_type, visit_form):
        before = visible_windows()
        view = make(form, qtbot)
        view.change(view.session.instances(next(form.questions()).ref)[0], "好")
        assert visible_windows() - before == {view}
        view.close()


def test_shift_enter_goes_back(every_type: Form, qtbot: QtBot) -> None:
    view = make(every_type, qtbot)
    view.jump_to("/data/words/count")
    press(Qt.Key.Key_Return)
    assert focused(view) == "/data/words/amount"
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert focused(view) == "/data/words/count"


def test_a_message_moves_nothing(every_type: Form, qtbot: QtBot) -> None:
    view = make(every_type, qtbot)
    below = view.parts.fields["/data/words/place"]
    before = below.mapTo(view.inner, below.rect().topLeft())
    view.jump_to("/data/words/count")
    write("500")
    view.jump_to("/data/words/line")
    QApplication.processEvents()
    field = view.parts.fields["/data/words/count"]
    assert field.shows_error
    assert "不超过 200" in field.message.text()
    assert field.editor.inputs()[0].property("bad") is True
    assert below.mapTo(view.inner, below.rect().topLeft()) == before


def test_an_error_waits_until_the_cursor_leaves_or_typing_rests(every_type: Form, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_view, "PATIENCE_MS", 30)
    view = make(every_type, qtbot)
    view.jump_to("/data/words/count")
    write("500")
    field = view.parts.fields["/data/words/count"]
    assert not field.shows_error
    qtbot.waitUntil(lambda: field.shows_error, timeout=3000)
    write("")
    view.change("/data/words/count", "5")
    assert not field.shows_error


def test_required_is_not_shouted_at_an_untouched_form(every_type: Form, qtbot: QtBot) -> None:
    view = make(every_type, qtbot)
    assert view.problems()
    assert not any(field.shows_error for field in view.parts.fields.values())
    view.jump_to_first()
    assert view.parts.fields["/data/words/line"].shows_error
    assert focused(view) == "/data/words/line"


def test_the_count_of_problems_follows(every_type: Form, qtbot: QtBot) -> None:
    view = make(every_type, qtbot)
    counts: list[int] = []
    view.problems_changed.connect(counts.append)
    with qtbot.waitSignal(view.problems_changed, timeout=3000):
        view.change("/data/words/count", "500")
    with qtbot.waitSignal(view.problems_changed, timeout=3000):
        view.change("/data/words/line", "好")
    assert counts == [3, 2]  # a line and a name in the first row of the table are required


def test_a_draft_is_due_soon_even_while_typing_goes_on(every_type: Form, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert form_view.DRAFT_MS <= 2_000
    monkeypatch.setattr(form_view, "DRAFT_MS", 60)
    view = make(every_type, qtbot)
    due: list[str] = []
    view.draft_due.connect(lambda: due.append(view.session.state("/data/words/line").value))
    for number in range(40):
        view.change("/data/words/line", "字" * (number + 1))
        qtbot.wait(5)
        if due:
            break
    assert due


def test_undo_and_redo_over_the_form(every_type: Form, qtbot: QtBot) -> None:
    view = make(every_type, qtbot)
    view.jump_to("/data/words/line")
    write("甲乙")
    view.jump_to("/data/words/count")
    write("7")
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert view.session.state("/data/words/count").value == ""
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert view.session.state("/data/words/line").value == ""
    assert view.parts.fields["/data/words/line"].editor.inputs()[0].text() == ""  # type: ignore[attr-defined]
    press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert view.session.state("/data/words/line").value == "甲乙"


def test_quick_typing_is_one_step_slow_typing_two() -> None:
    now = [0.0]
    history = History(lambda: now[0])
    history.note("/a", "", "1")
    now[0] = 1.0
    history.note("/a", "1", "12")
    now[0] = 9.0
    history.note("/a", "12", "123")
    first, second = history.back(), history.back()
    assert isinstance(first, Change) and isinstance(second, Change)
    assert (first.before, second.before, history.back()) == ("12", "", None)


def test_the_language_is_switched(every_type: Form, qtbot: QtBot) -> None:
    view = make(every_type, qtbot)
    view.set_language("en")
    assert view.parts.fields["/data/words/count"].name.text().startswith("Count")
    assert view.parts.frames["/data/words"][1].text() == "Words"


def test_irrelevant_cards_and_fields_go(visit_form: Form, qtbot: QtBot) -> None:
    view = make(visit_form, qtbot)
    grades, _title = view.parts.frames["/data/grades"]
    assert grades.isHidden()
    view.change("/data/visit/reached", "yes")
    assert not grades.isHidden()
    view.change("/data/visit/reached", "no")
    assert grades.isHidden()
    assert not view.parts.fields["/data/visit/unreached_reason"].isHidden()


def rows_of(view: FormView, names: list[str]) -> int:
    fields: list[QWidget] = [view.parts.fields[name] for name in names]
    return len({field.mapTo(view.inner, field.rect().topLeft()).y() for field in fields})


@pytest.mark.parametrize(("width", "rows"), [(1100, 1), (600, 2), (330, 4)])
def test_a_row_of_four_stacks_where_it_is_narrow(every_type: Form, qtbot: QtBot, width: int, rows: int) -> None:
    view = make(every_type, qtbot, width)
    names = [f"/data/words/{name}" for name in ("count", "amount", "day", "follow_up_on")]
    assert rows_of(view, names) == rows
    right = max(view.parts.fields[name].mapTo(view.inner, view.parts.fields[name].rect().topRight()).x() for name in names)
    assert right <= view.viewport().width()


def test_a_draft_shows_the_errors_of_what_was_entered(every_type: Form, qtbot: QtBot) -> None:
    session = FormSession(every_type)
    session.set("/data/words/count", "500")
    view = FormView(FormSession(every_type, dict(session.draft())), Setting(TODAY))
    qtbot.addWidget(view)
    assert view.parts.fields["/data/words/count"].shows_error
    assert not view.parts.fields["/data/words/line"].shows_error


def test_tab_follows_the_eye(visit_form: Form, qtbot: QtBot) -> None:
    """Choices are built when first shown; Tab must still go from question to question as they stand, and back the same way."""
    view = make(visit_form, qtbot)
    ended: list[bool] = []
    view.end_reached.connect(lambda: ended.append(True))
    view.change("/data/visit/reached", "yes")
    view.jump_to("/data/visit/contact_mode")
    QApplication.processEvents()
    seen = []
    while not ended and len(seen) < 90:
        seen.append(focused(view) or view._ref_of(QApplication.focusWidget()))  # type: ignore[arg-type]
        press(Qt.Key.Key_Tab)
    refs = [ref for ref in dict.fromkeys(seen) if ref]
    stations = ("visit/reached", "grades/grade_care", "grades/hazards", "action/problems", "action/refer_to", "action/risk_level")
    places = [next((place for place, ref in enumerate(refs) if ref == f"/data/{name}"), -1) for name in stations]
    assert -1 not in places, refs
    assert places == sorted(places)
    press(Qt.Key.Key_Backtab)
    assert focused(view) in refs[-3:]

"""Every type of question has an editor; each is used as a person would, and the answer is what the form's session holds."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox

from forms.session import FormSession
from forms.xform import Form
from mzdesk.errors import MzError
from tests.ui.keyboard import type_text
from ui.editors import Setting
from ui.editors_choice import OneOf, RadioRow
from ui.editors_draw import PadDialog, Signature
from ui.editors_file import Picture
from ui.form_view import FormView
from ui.loose_entry import ZONE
from ui.pictures_in import read_picture
from ui.search_combo import SearchCombo

TODAY = date(2026, 6, 15)


class Shelf:
    """Files in memory, as FormFiles keeps them on disk."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, name: str, content: bytes) -> str:
        self.kept[name] = content
        return name

    def get(self, name: str) -> bytes:
        return self.kept.get(name, b"")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def view(every_type: Form, shelf: Shelf, qtbot: object) -> FormView:
    made = FormView(FormSession(every_type), Setting(TODAY, shelf))
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.resize(1100, 800)
    made.show()
    return made


def value(view: FormView, name: str) -> str:
    return view.session.state(f"/data/{name}").value


def type_into(view: FormView, name: str, text: str) -> None:
    editor = view.parts.fields[f"/data/{name}"].editor
    editor.take_focus()
    type_text(editor.inputs()[0], text)


TYPED = [
    ("words/line", "王小明", "王小明"),
    ("words/long", "两行字", "两行字"),
    ("words/count", "１２", "12"),
    ("words/amount", "3。5", "3.5"),
    ("words/day", "0613", "2026-06-13"),
    ("words/day", "昨天", "2026-06-14"),
    ("words/day", "瞎写", "瞎写"),
    ("words/follow_up_on", "7.1", "2026-07-01"),
    ("words/hour", "9点半", f"09:30{ZONE}"),
    ("words/moment", "6.13 9:30", f"2026-06-13T09:30{ZONE}"),
    ("words/place", "36.19 117.08", "36.19 117.08"),
    ("words/code", "6901234567892", "6901234567892"),
]


@pytest.mark.parametrize(("name", "typed", "expected"), TYPED)
def test_typing(view: FormView, name: str, typed: str, expected: str) -> None:
    type_into(view, name, typed)
    assert value(view, name) == expected


def test_a_date_is_shown_in_chinese_after_leaving(view: FormView) -> None:
    type_into(view, "words/day", "0613")
    view.jump_to("/data/words/line")
    assert view.parts.fields["/data/words/day"].editor.inputs()[0].text() == "2026年6月13日"  # type: ignore[attr-defined]


def test_a_calendar_day_is_taken(view: FormView) -> None:
    editor = view.parts.fields["/data/words/day"].editor
    editor.pick("2026-05-01")  # type: ignore[attr-defined]
    assert value(view, "words/day") == "2026-05-01"


def test_a_calculation_is_shown_and_cannot_be_typed_over(view: FormView) -> None:
    type_into(view, "words/count", "21")
    line = view.parts.fields["/data/words/doubled"].editor.inputs()[0]
    assert (line.text(), line.isReadOnly()) == ("42", True)  # type: ignore[attr-defined]


def test_a_pasted_table_becomes_one_line(view: FormView) -> None:
    data = QMimeData()
    data.setText("王\t小\r\n明")
    QGuiApplication.clipboard().setMimeData(data)
    editor = view.parts.fields["/data/words/line"].editor
    editor.take_focus()
    QTest.keyClick(editor.inputs()[0], Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert value(view, "words/line") == "王 小 明"


def test_length_counts_characters_not_utf16(view: FormView) -> None:
    editor = view.parts.fields["/data/words/line"].editor
    line = editor.inputs()[0]
    line.setText("𬱖" * 3000)  # type: ignore[attr-defined]
    line.textEdited.emit(line.text())  # type: ignore[attr-defined]
    assert len(value(view, "words/line")) == 2000


def test_radio_buttons_by_digit_and_cleared_by_delete(view: FormView) -> None:
    editor = view.parts.fields["/data/picks/one"].editor
    editor.take_focus()
    QTest.keyClick(editor.inputs()[0], Qt.Key.Key_2)
    assert value(view, "picks/one") == "b"
    QTest.keyClick(editor.inputs()[1], Qt.Key.Key_Delete)
    assert value(view, "picks/one") == ""
    assert not any(button.isChecked() for button in editor.findChildren(RadioRow)[0].buttons)


def test_a_second_click_clears(view: FormView) -> None:
    button = view.parts.fields["/data/picks/one"].editor.findChildren(RadioRow)[0].buttons[0]
    for expected in ("a", ""):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(8, button.height() // 2))
        assert value(view, "picks/one") == expected


def test_minimal_is_a_list_to_unfold(view: FormView) -> None:
    combo = view.parts.fields["/data/picks/folded"].editor.findChildren(QComboBox)[0]
    assert not isinstance(combo, SearchCombo)
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert value(view, "picks/folded") == "a"


@pytest.mark.parametrize("typed", ["石头", "stz", "shitou", "龘泉"])
def test_a_long_list_is_searched_by_signs_and_initials(view: FormView, typed: str) -> None:
    combo = view.parts.fields["/data/picks/long_list"].editor.findChildren(SearchCombo)[0]
    combo.line.setFocus()
    combo.line.clear()
    type_text(combo.line, typed)
    QTest.keyClick(combo.line, Qt.Key.Key_Return)
    expected = "v6" if typed == "龘泉" else "v0"
    assert value(view, "picks/long_list") == expected


def test_the_keyboard_reaches_the_search_list_where_the_cursor_really_is(view: FormView) -> None:
    """The combo, not its line, has the focus when a person types: arrows move in what was found, leaving settles it."""
    combo = view.parts.fields["/data/picks/long_list"].editor.findChildren(SearchCombo)[0]
    combo.line.setFocus()
    combo.line.clear()
    type_text(combo, "stz")
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.line.text() == "stz"
    QTest.keyClick(combo, Qt.Key.Key_Return)
    assert value(view, "picks/long_list") == "v0"
    combo.line.setFocus()
    type_text(combo, "没有这个村")
    QTest.keyClick(combo, Qt.Key.Key_Tab)
    assert not combo._popup.isVisible()
    assert combo.line.text() == combo.shown_text()
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Return)
    assert not combo.hasFocus(), "Enter goes on to the next question"
    combo.setCurrentIndex(0)
    assert combo.line.text() == ""


def test_check_boxes_keep_the_order_of_the_form(view: FormView) -> None:
    boxes = view.parts.fields["/data/picks/several"].editor.findChildren(QCheckBox)
    for place in (2, 0):
        boxes[place].setFocus()
        QTest.keyClick(boxes[place], Qt.Key.Key_Space)
    assert value(view, "picks/several") == "a c"


def test_rank_moves_by_alt_and_arrows(view: FormView) -> None:
    editor = view.parts.fields["/data/picks/order"].editor
    rows = editor.inputs()[0]
    rows.setFocus()
    rows.setCurrentRow(0)  # type: ignore[attr-defined]
    QTest.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert value(view, "picks/order") == "b a c"


def test_a_range_is_blank_until_moved(view: FormView) -> None:
    assert value(view, "picks/scale") == ""
    slider = view.parts.fields["/data/picks/scale"].editor.inputs()[0]
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert value(view, "picks/scale") == "1"


def test_an_acknowledgement(view: FormView) -> None:
    box = view.parts.fields["/data/picks/seen"].editor.inputs()[0]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert value(view, "picks/seen") == "OK"


def test_a_note_repeats_an_answer_once_there_is_one(view: FormView) -> None:
    note = view.parts.fields["/data/picks/told"]
    assert note.isHidden()
    type_into(view, "words/line", "好")
    assert not note.isHidden()
    assert note.editor.banner.text() == "您写的是 好"  # type: ignore[attr-defined]


def test_a_matrix_row(view: FormView) -> None:
    matrix = view.parts.matrices["/data/grid/second_row"]
    button = matrix.rows["/data/grid/second_row"].buttons["c"]
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert (value(view, "grid/first_row"), value(view, "grid/second_row")) == ("", "c")


def picture() -> QImage:
    made = QImage(3200, 1600, QImage.Format.Format_RGB32)
    made.fill(QColor("#336699"))
    return made


def test_a_picture_is_scaled_and_written_anew(view: FormView, shelf: Shelf) -> None:
    editor = view.parts.fields["/data/files/photo"].editor
    assert isinstance(editor, Picture)
    QGuiApplication.clipboard().setImage(picture())
    editor.paste.click()
    content = shelf.kept[value(view, "files/photo")]
    kept = QImage.fromData(content)
    assert max(kept.width(), kept.height()) == 400  # the question's own max-pixels
    assert b"Exif" not in content
    assert editor.preview.isVisible()
    editor.remove.click()
    assert value(view, "files/photo") == ""


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0" + b"\0" * 50])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(MzError):
        read_picture(content)


def test_a_signature_is_drawn(view: FormView, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = view.parts.fields["/data/files/sign"].editor
    assert isinstance(editor, Signature)

    def sign(dialog: PadDialog) -> int:
        pad = dialog.pad
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 40))
        pad._strokes[-1].extend(QPointF(20 + step, 40 + step / 2) for step in range(60))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(80, 70))
        assert dialog.done_button.isEnabled()
        return 1

    monkeypatch.setattr(PadDialog, "exec", sign)
    editor.write.click()
    kept = QImage.fromData(shelf.kept[value(view, "files/sign")])
    colours = {kept.pixelColor(x, y).lightness() < 100 for x in range(0, kept.width(), 3) for y in range(0, kept.height(), 3)}
    assert colours == {True, False}


def test_choices_that_do_not_change_keep_their_widgets(view: FormView) -> None:
    editor = view.parts.fields["/data/picks/one"].editor
    assert isinstance(editor, OneOf)
    before = editor.inputs()
    type_into(view, "words/count", "3")
    view.show_all()
    assert editor.inputs() == before

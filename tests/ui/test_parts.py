"""Tables, dialogs, preview, chart and pictures."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mzdesk.errors import MzError
from mzdesk.reports.preview import page_sizes
from mzdesk.station import Station
from ui import dialogs, pictures
from ui.chart import scale_of
from ui.layouts import Step
from ui.paper_preview import PaperPreview, print_pdf
from ui.pictures import Setup
from ui.table import RowsTable, hidden_columns
from ui.table_model import Column
from ui.theme import Look, TextSize


@dataclass(frozen=True)
class Person:
    name: str
    village: str


COLUMNS: tuple[Column[Person], ...] = (
    Column("姓名", lambda row: row.name, 10, bold=True),
    Column("村", lambda row: row.village, 0, optional=1),
    Column("风险", lambda row: "高风险", 8, tone=lambda row: "red", chip=True, optional=2),
)


def make_table(qtbot: QtBot) -> RowsTable[Person]:
    table: RowsTable[Person] = RowsTable(COLUMNS, "人")
    qtbot.addWidget(table)
    table.resize(600, 400)
    table.show()
    return table


def test_enter_opens_the_row(qtbot: QtBot) -> None:
    table = make_table(qtbot)
    people = [Person("甲", "一村"), Person("乙", "二村")]
    table.rows.show_rows(people)
    opened: list[Person] = []
    table.row_opened.connect(opened.append)
    table.select(0)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened == [people[1]]


def test_more_rows_are_asked_for_once_and_added(qtbot: QtBot) -> None:
    table = make_table(qtbot)
    asked: list[Person] = []
    table.rows.wanted.connect(asked.append)
    table.rows.show_rows([Person(f"{number}", "") for number in range(100)], complete=False)
    table.scrollToBottom()
    QApplication.processEvents()
    assert asked == [Person("99", "")]
    assert not table.rows.canFetchMore(QModelIndex())
    table.rows.append([Person("100", "")], complete=True)
    assert table.rows.rowCount() == 101
    assert not table.rows.canFetchMore(QModelIndex())


def test_columns_give_way_by_rank() -> None:
    assert hidden_columns(COLUMNS, 40) == frozenset()
    assert hidden_columns(COLUMNS, 20) == {2}
    assert hidden_columns(COLUMNS, 5) == {1, 2}


def test_a_crash_report_names_nobody(tmp_path: Path, answered: list[str]) -> None:
    saved: list[bool] = []
    crash = dialogs.Crash(tmp_path, "0.1", lambda: saved.append(True))
    name = "王𬱖垚"
    try:
        raise ValueError(f"{name} 370983201001011234")
    except ValueError as error:
        crash.hook(type(error), error, error.__traceback__)
    report = next((tmp_path / dialogs.REPORT_FOLDER).iterdir()).read_text("utf-8")
    assert saved == [True]
    assert answered == ["程序出了意外"]
    assert "ValueError" in report and "test_parts.py" in report
    assert name not in report and "370983" not in report


def test_a_crash_in_a_crash_still_tells(tmp_path: Path, answered: list[str]) -> None:
    def fail() -> None:
        raise OSError

    crash = dialogs.Crash(tmp_path / "file", "0.1", fail)
    (tmp_path / "file").write_text("no folder")
    crash.hook(ValueError, ValueError("x"), None)
    assert answered == ["程序出了意外"]


def test_errors_a_person_can_act_on_are_sentences(answered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    bugs: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _value, _trace: bugs.append(kind))
    dialogs.show_error(None, MzError("磁盘已满", "请删除一些文件。"))
    dialogs.show_error(None, KeyError("x"))
    assert answered == ["磁盘已满"]
    assert bugs == [KeyError]


@pytest.mark.parametrize(("largest", "top"), [(0, 1), (1, 1), (4, 4), (7, 8), (34, 40), (226, 250), (99_999, 100_000)])
def test_the_axis_of_a_chart(largest: int, top: int) -> None:
    found, step = scale_of(largest)
    assert found >= max(largest, 1)
    assert found == top
    assert found % step == 0 and found // step <= 5


def test_steps_are_from_wide_to_narrow() -> None:
    from ui import layouts

    for steps in (layouts.FORM_STEPS, layouts.CARD_STEPS, layouts.SPLIT_STEPS):
        assert list(steps) == sorted(steps, key=lambda step: -step.ems)
        assert steps[-1].ems == 0
        assert isinstance(steps[0], Step)


def visit_pdf(station: Station) -> bytes:
    from mzdesk.casework import papers, records
    from mzdesk.store.records import RecordFilter

    row = records.find(station, RecordFilter(kinds=("visit",), limit=1))[0]
    return papers.print_record(station, row.id).pdf


def test_preview_zooms_and_prints_at_true_size(station: Station, tmp_path: Path, qtbot: QtBot) -> None:
    pdf = visit_pdf(station)
    preview = PaperPreview(None, "走访记录表", pdf)
    qtbot.addWidget(preview)
    preview.show()
    QApplication.processEvents()
    assert [sheet.pixmap().isNull() for sheet in preview.pages] == [False] * len(page_sizes(pdf))
    before = preview.pages[0].width()
    preview.zoom_by(-1)
    assert preview.pages[0].width() < before
    places = [sheet.geometry() for sheet in preview.pages]
    assert all(not first.intersects(second) for first, second in pairwise(places))
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setResolution(100)
    assert print_pdf(pdf, printer) == len(preview.pages)
    sizes = page_sizes((tmp_path / "printed.pdf").read_bytes())
    assert [(round(width), round(height)) for width, height in sizes] == [(595, 842)] * len(preview.pages)


def test_pictures_of_every_page(station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui.pages import registry

    own = ("today", "people", "records", "exchange", "person", "fill", "record")
    specs = tuple(spec for spec in registry.PAGES if spec.key in own)
    monkeypatch.setattr("ui.main_window.MainWindow.__init__.__defaults__", (specs, None))
    setup = Setup("small", Look.of(dark=True, size=TextSize.LARGE), QSize(1092, 614), 1.25)
    taken = pictures.shoot(station, tmp_path, (setup,))
    names = {path.stem.split("-", 2)[-1] for path in taken}
    assert {"today", "people", "records", "exchange", "person", "visit_form", "registration_form", "record"} <= names
    for path in taken:
        image = QImage(str(path))
        colours = {image.pixel(x, y) for x in range(0, image.width(), 37) for y in range(0, image.height(), 23)}
        assert image.width() >= 600 and len(colours) > 3, path.name


def test_a_dialog_is_no_taller_than_its_words_and_enter_is_safe(qtbot: object) -> None:
    words = "记录已保存。这次发现的情况需要强制报告：请先拨打110，再填写《强制报告》。本表不代替报警。"
    for danger in (False, True):
        dialog = dialogs.Message(None, "请先拨打110", words, glyph="circle-help", tone="red", verbs=("现在填写", "稍后填写"), danger=danger)
        dialog.show()
        QApplication.processEvents()
        assert dialog.height() < 300, "on an old laptop the buttons must be on the screen"
        assert dialog.focusWidget() is dialog.buttons[1 if danger else 0]
        dialog.close()

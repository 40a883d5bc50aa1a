"""Every page opens; checklists, statistics and the check of papers worked by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from mzdesk.casework import papers, records
from mzdesk.casework.duties import MONTHLY
from mzdesk.errors import MzError
from mzdesk.registry.roster_source import read_path
from mzdesk.reports.preview import page_sizes
from mzdesk.station import Station
from mzdesk.store.records import RecordFilter
from tests.ui.conftest import Desk
from ui.ask import Ask
from ui.pages.checklists import ChecklistsPage, state_words
from ui.pages.fill import FillPage
from ui.pages.registry import PAGES
from ui.pages.statistics import NAMES, Span, StatisticsPage, span_around
from ui.pages.statistics_letter import write_letter
from ui.pages.verify_paper import VerifyPaperPage
from ui.requests import OpenPage


@pytest.mark.parametrize("key", [spec.key for spec in PAGES if not spec.answers])
def test_every_page_opens_without_an_error(desk: Desk, key: str) -> None:
    if desk.window.has_page(key):
        page = desk.open(OpenPage(key))
        assert page.heading.text()


def texts(page: object, kind: type) -> list[str]:
    return [child.text() for child in page.findChildren(kind)]  # type: ignore[attr-defined]


def test_a_checklist_is_begun_with_the_enter_key(desk: Desk) -> None:
    page = desk.open(OpenPage("checklists"))
    assert isinstance(page, ChecklistsPage)
    page.form.setCurrentIndex(page.form.findData(MONTHLY))
    page.form.activated.emit(page.form.currentIndex())
    desk.settle()
    duty = page.table.selected()
    assert duty is not None
    assert state_words(duty, desk.window.desk.station.today()) in ("未填写", "已逾期")
    assert any("应访" in text for text in texts(page.proof, QLabel) + texts(page.proof, QPushButton))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    desk.settle()
    front = desk.window.page(desk.window.current)
    assert isinstance(front, FillPage)
    assert front.view is not None
    assert front.view.session.named("period") == duty.period.key
    assert front.view.session.named("village_code") == duty.village


def test_filters_leave_an_empty_list_with_a_word(desk: Desk) -> None:
    page = desk.open(OpenPage("checklists"))
    assert isinstance(page, ChecklistsPage)
    page.state.setCurrentIndex(page.state.findData("signed"))
    page.state.activated.emit(page.state.currentIndex())
    assert not page.table.isVisibleTo(page)
    assert page.empty.isVisibleTo(page)
    assert not page.fill_button.isEnabled()


def test_spans_step_over_years() -> None:
    from datetime import date

    assert Span("month", date(2026, 12, 1)).step(1).words == "2027年1月"
    assert span_around("quarter", date(2026, 11, 24)).step(-1).words == "2026年第三季度"
    assert Span("quarter", date(2026, 10, 1)).last == date(2026, 12, 31)
    assert Span("year", date(2026, 1, 1)).last == date(2026, 12, 31)


def test_every_report_is_shown_by_the_arrow_key(desk: Desk) -> None:
    page = desk.open(OpenPage("statistics"))
    assert isinstance(page, StatisticsPage)
    for place, key in enumerate(NAMES):
        assert page.key == key
        if key == "visits_village":
            assert page.register is None
        else:
            assert page.register is not None and page.register.report.key == key
        if place < len(NAMES) - 1:
            QTest.keyClick(page.list, Qt.Key.Key_Down)
            desk.settle()


def test_a_figure_leads_to_the_person_behind_it(desk: Desk) -> None:
    page = desk.open(OpenPage("statistics"))
    assert isinstance(page, StatisticsPage)
    page.list.setCurrentRow(list(NAMES).index("roster"))
    desk.settle()
    assert page.table is not None and page.register is not None
    name = next(place for place, column in enumerate(page.register.report.columns) if column.key == "name")
    page.table.setCurrentIndex(page.table.rows.index(0, name))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    desk.settle()
    assert desk.window.current == "person"


def test_a_report_is_exported_as_a_workbook(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "花名册.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page = desk.open(OpenPage("statistics"))
    assert isinstance(page, StatisticsPage)
    page.list.setCurrentRow(list(NAMES).index("roster"))
    desk.settle()
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    rows = read_path(target).sheets[0].rows
    assert any("**********" in str(cell) for row in rows for cell in row)


def test_a_printed_paper_is_checked_by_file_and_by_code(desk: Desk, station: Station, tmp_path: Path) -> None:
    record = records.find(station, RecordFilter(kinds=("visit",)))[0]
    pdf = papers.print_record(station, record.id).pdf
    path = tmp_path / "走访.pdf"
    path.write_bytes(pdf)
    page = desk.open(OpenPage("verify_paper"))
    assert isinstance(page, VerifyPaperPage)
    page.check_file(path)
    desk.settle()
    assert "一致" in texts(page.result, QLabel)
    QTest.keyClicks(page.code, "MZ1|wrong")
    QTest.keyClick(page.code, Qt.Key.Key_Return)
    desk.settle()
    assert "✕" in page.field.message.text()


def test_a_letter_goes_with_a_report(desk: Desk, station: Station) -> None:
    page = desk.open(OpenPage("statistics"))
    assert isinstance(page, StatisticsPage) and page.register is not None
    told = {
        "to": "肥城市民政局",
        "number": "桃社函〔2026〕3号",
        "contact": "李翀",
        "title": "关于报送月报的函",
        "body": "现报送月报。\n请查收。",
    }
    pdf = write_letter(station, page.register, page.key, page.wanted(), told)
    assert len(page_sizes(pdf)) == 1
    with pytest.raises(MzError, match="正文"):
        write_letter(station, page.register, page.key, page.wanted(), told | {"body": " "})
    page.write_letter()
    dialog = next(child for child in page.findChildren(Ask) if child.isVisible())
    assert page.register.title in dialog.controls["title"].text()
    dialog.reject()

"""表单 worked by keys: the list, a preview that saves nothing, a file watched while it is edited, lint, blank paper, export, trial."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from forms.command import DEFINITIONS
from forms.xlsform import read_source
from mzdesk.casework import drafts, form_library, records
from mzdesk.casework.issued_forms import catalog_of
from mzdesk.station import Station
from mzdesk.store.records import RecordFilter
from mzdesk.store.scope import Role, scope_for
from tests.ui.conftest import Desk
from tests.ui.keyboard import dialog, press, type_text
from ui.pages.forms import FormsPage
from ui.paper_preview import PaperPreview
from ui.requests import OpenPage

Kind = TypeVar("Kind", bound=QWidget)


def definition() -> str:
    return (DEFINITIONS / "care_log.md").read_text(encoding="utf-8")


def open_page(desk: Desk) -> FormsPage:
    page = desk.open(OpenPage("forms"))
    assert isinstance(page, FormsPage)
    settle(desk, page)
    return page


def settle(desk: Desk, page: FormsPage) -> None:
    """Let the timers of the page run out at once."""
    for timer in (page._timer, page._watch_timer):
        if timer.isActive():
            timer.setInterval(0)
            QTest.qWait(1)
    desk.settle()


def test_a_form_is_found_and_looked_at(desk: Desk, station: Station) -> None:
    page = open_page(desk)
    everything = form_library.at_hand(station)
    newest = sum(form.newest for form in everything)
    assert len(page.listing.table.rows.rows()) == newest
    assert page.subtitle.whole_text().startswith(f"{newest} 张表，{len(everything)} 个版本")
    page.versions.setCurrentIndex(1)
    page.versions.activated.emit(1)
    assert len(page.listing.table.rows.rows()) == len(everything)
    type_text(page.search, "care_log")
    settle(desk, page)
    assert page.pane.name.whole_text().startswith("特困人员照料护理记录表")
    assert page.pane.state.text() == "检查通过"
    type_text(page.search, "没有这张表")
    assert page.listing.empty.isVisible()


def test_a_preview_is_filled_and_nothing_is_kept(desk: Desk, station: Station) -> None:
    page = open_page(desk)
    type_text(page.search, "care_log")
    settle(desk, page)
    before = records.count(station, RecordFilter())
    view = page.pane.view
    assert view is not None
    view.change("/data/care/abnormal", "yes")
    assert view.session.state("/data/care/abnormal_note").relevant
    desk.window.save_now()
    desk.settle()
    assert (records.count(station, RecordFilter()), drafts.all_of(station)) == (before, ())


def test_a_file_is_watched_while_its_author_mends_it(desk: Desk, tmp_path: Path) -> None:
    page = open_page(desk)
    path = tmp_path / "我的表.md"
    path.write_text(definition().replace("${start_time}", "${beginn}"), encoding="utf-8")
    page.show_file(path)
    desk.settle()
    assert page.pane.state.text().endswith("处错误")
    assert page.pane.stack.currentIndex() == 1
    assert page.pane.view is None
    assert not page.print_button.isEnabled()
    assert "beginn" in "".join(found.message for found in page.pane.findings.table.rows.rows())
    assert "beginn" in page.pane.whole.text()
    path.write_text(definition(), encoding="utf-8")
    page._watcher.fileChanged.emit(str(path))
    settle(desk, page)
    assert page.pane.state.text() == "检查通过"
    assert page.pane.view is not None
    assert page.trial_button.isEnabled()
    page.listing.table.setFocus()
    page.listing.table.select(2)
    settle(desk, page)
    assert not page.trial_button.isEnabled()
    assert not page._watcher.files()


def test_a_form_is_printed_blank_and_exported(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(desk)
    type_text(page.search, "care_log")
    settle(desk, page)
    QTest.keyClick(page.search, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    dialog(PaperPreview).close()
    target = tmp_path / "照料记录.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    press(page.export_button)
    desk.settle()
    assert read_source(target.name, target.read_bytes()) == read_source("a.md", definition().encode())


def test_a_file_is_taken_in_for_trial_and_can_be_filled(
    desk: Desk, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answered: list[str]
) -> None:
    page = open_page(desk)
    path = tmp_path / "新表.md"
    path.write_text(definition().replace("2026112401", "2026120101"), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    QTest.keyClick(page.search, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    press(page.trial_button)
    desk.settle()
    assert answered == ["导入本站试用？"]
    assert catalog_of(station).get("care_log").version == "2026120101"
    assert desk.window.desk.forms.catalog().get("care_log").version == "2026120101"
    type_text(page.search, "care_log")
    (form,) = page.listing.table.rows.rows()
    assert (form.version, form.origin) == ("2026120101", "trial")


def test_who_may_not_issue_forms_may_look(open_desk: Callable[[Station], Desk], station: Station) -> None:
    desk = open_desk(station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None)))
    page = open_page(desk)
    assert not page.trial_button.isVisible()
    assert page.print_button.isEnabled()

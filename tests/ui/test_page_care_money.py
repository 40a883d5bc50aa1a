"""特困照料 worked by keys: the month's list, standards, indicators, aid, exits, papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QPushButton
from python_calamine import CalamineWorkbook

from mzdesk.care import exits, monthly, standards
from mzdesk.care.levels import Level
from mzdesk.registry import people
from mzdesk.station import Station
from mzdesk.store.scope import Role, scope_for
from tests.mzdesk.care.township import Township
from tests.ui.care_rig import open_part, three
from tests.ui.conftest import Desk
from tests.ui.keyboard import ctrl, dialog, press, type_text, wishes
from ui.ask import Ask
from ui.pages.care_aid import AidPanel
from ui.pages.care_exits import ExitsPanel
from ui.pages.care_indicators import IndicatorsPanel
from ui.pages.care_monthly import MonthlyPanel
from ui.pages.care_people import PeoplePanel
from ui.pages.care_standards import StandardsDialog
from ui.paper_preview import PaperPreview
from ui.requests import OpenPerson
from ui.widgets import Card

# ---- the month's list and the standards


def test_the_list_is_confirmed_and_taken_back(desk: Desk, town: Township, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    three(town)
    page, panel = open_part(desk, "monthly", MonthlyPanel)
    assert len(panel.lines.table.rows.rows()) == 3
    assert panel.state.text() == "未确认"
    press(panel.confirm_button)
    desk.settle()
    assert panel.state.text() == "已确认"
    assert monthly.month(station, date(2026, 6, 1)).confirmed
    monkeypatch.setattr("ui.dialogs.ask_text", lambda *_, **__: "漏了一人")
    press(panel.withdraw_button)
    desk.settle()
    assert not monthly.month(station, date(2026, 6, 1)).confirmed
    ctrl(panel.lines.table, Qt.Key.Key_P)
    desk.settle()
    dialog(PaperPreview).close()
    assert page.names["monthly"].isChecked()


def test_the_list_is_exported_masked(desk: Desk, town: Township, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _, _ = three(town)
    _page, panel = open_part(desk, "monthly", MonthlyPanel)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "清单.xlsx"), ""))
    press(panel.export_button)
    desk.settle()
    cells = [str(cell) for row in CalamineWorkbook.from_path(tmp_path / "清单.xlsx").get_sheet_by_index(0).to_python() for cell in row]
    id_no = first.person.id_no
    assert f"{id_no[:4]}**********{id_no[-4:]}" in cells
    assert id_no not in cells


def test_a_standard_is_checked_previewed_and_put_in_force(desk: Desk, town: Township, station: Station) -> None:
    three(town)
    _page, panel = open_part(desk, "monthly", MonthlyPanel)
    panel.open_standards()
    desk.settle()
    editor = dialog(StandardsDialog)
    editor.lines["basic_rural"].setText("６９８元")
    assert editor.fields["basic_rural"].message.text() == "✕ 低于下限 698.10 元"
    assert "农村低保 537 元 × 1.3 = 698.10 元" in editor.banner.text()
    assert not editor.preview_button.isEnabled()
    editor.lines["basic_rural"].setText("八百")
    assert "以元为单位" in editor.fields["basic_rural"].message.text()
    editor.lines["basic_rural"].setText("1,000")
    type_text(editor.lines["effective_from"], "20260701")
    assert editor.preview_button.isEnabled()
    press(editor.preview_button)
    desk.settle()
    assert editor.banner.text() == "从 2026年7月 的名单起：2 人的金额变动，每月合计 +480 元。"
    assert len(editor.changes.table.rows.rows()) == 2
    press(editor.apply_button)
    desk.settle()
    assert "文号" in editor.fields["document_no"].message.text()
    type_text(editor.lines["document_no"], "泰民发〔2026〕31号")
    assert not editor.apply_button.isEnabled()
    press(editor.preview_button)
    desk.settle()
    press(editor.apply_button)
    desk.settle()
    with station.read() as connection:
        assert standards.history(connection)[-1].basic_rural == 100000


def test_who_may_not_change_standards_may_look(open_desk: Callable[[Station], Desk], station: Station, town: Township) -> None:
    three(town)
    desk = open_desk(station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None)))
    _page, panel = open_part(desk, "monthly", MonthlyPanel)
    assert not panel.confirm_button.isVisible()
    panel.open_standards()
    desk.settle()
    editor = dialog(StandardsDialog)
    assert not editor.preview_button.isVisible()
    assert all(line.isReadOnly() for line in editor.lines.values())
    editor.close()


# ---- indicators, aid, exits


def test_indicators_show_the_names_behind_them(desk: Desk, town: Township) -> None:
    first, second, third = three(town)
    page, panel = open_part(desk, "indicators", IndicatorsPanel)
    cards = [card for card in panel.findChildren(Card) if card.isVisible()]
    names = [{made.text() for made in card.findChildren(QPushButton)} for card in cards]
    assert names[1] == {first.person.name, third.person.name}
    assert second.person.name not in names[1]
    words = [made.text() for made in cards[1].findChildren(QLabel)]
    assert "50.0%" in words
    assert "1 人 / 2 人（已集中供养 / 应计入）" in words
    asked = wishes(page)
    press(next(made for made in cards[1].findChildren(QPushButton) if made.text() == third.person.name))
    assert asked == [OpenPerson(third.person_id)]


def test_aid_shows_its_working_as_one_types(desk: Desk) -> None:
    _page, panel = open_part(desk, "aid", AidPanel)
    panel.times.clear()
    type_text(panel.times, "４倍")
    assert panel.amount.text() == "2,876 元"
    assert "城市低保标准 719 元 × 4 = 2876 元" in panel.working.text()
    type_text(panel.times, "0")
    panel.times.setText("40")
    assert panel.amount.text() == ""
    assert "3—12 倍" in panel.times_field.message.text()


def test_an_exit_ends_with_its_notice(desk: Desk, town: Township, station: Station, answered: list[str]) -> None:
    who = town.settle(date(2026, 1, 5), level="partial", carer="逄立春")
    town.write()
    _page, panel = open_part(desk, "people", PeoplePanel)
    panel._leave()
    ask = dialog(Ask)
    ctrl(ask, Qt.Key.Key_Return)
    assert ask.fields["left_why"].message.text() == "✕ 请填写这一项。"
    ask.controls["left_why"].setCurrentIndex(1)  # type: ignore[union-attr]
    ask.controls["died"].setCurrentIndex(1)  # type: ignore[union-attr]
    ctrl(ask, Qt.Key.Key_Return)
    desk.settle()
    assert any("已退出" in title for title in answered)
    dialog(PaperPreview).close()
    assert exits.left(station)[0].person_id == who.person_id
    assert people.get(station, who.person_id).person.life == "dead"
    page, gone = open_part(desk, "exits", ExitsPanel)
    assert len(gone.gone.table.rows.rows()) == 1
    press(gone.notice_button)
    desk.settle()
    dialog(PaperPreview).close()
    assert "近一年退出 1 人" in page.subtitle.whole_text()


def test_parts_are_reached_by_keys_and_large_letters_hold(desk: Desk, town: Township) -> None:
    three(town)
    page, panel = open_part(desk, "people", PeoplePanel)
    for number, part in enumerate(page.parts, 1):
        ctrl(page.names["people"], Qt.Key(int(Qt.Key.Key_0) + number))
        desk.settle()
        assert page.current == part
    assert panel.listing.table.rows.rows()[0].person.level in set(Level)
    assert not [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog) and widget.isVisible()]

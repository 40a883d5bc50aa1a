"""村（居）: what is done on the page is done to the divisions, people follow a merger, and one's own villages are all a director sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mzdesk.registry import divisions
from mzdesk.station import Station
from mzdesk.store.scope import Role
from tests.ui.vault_rig import Window, as_role, words_on


@pytest.fixture
def window(station: Station) -> Iterator[Window]:
    made = Window(as_role(station, Role.SUPERVISOR))
    yield made
    made.close()
    assert not made.errors, made.errors


def line_of(station: Station, code: str) -> divisions.VillageLine:
    return next(line for line in divisions.overview(as_role(station, Role.SUPERVISOR)) if line.code == code)


def choose(page: object, code: str) -> None:
    rows = [line.code for line in page.list.table.rows.rows()]  # type: ignore[attr-defined]
    page.list.table.select(rows.index(code))  # type: ignore[attr-defined]


def test_the_list_counts_people(window: Window, station: Station) -> None:
    page = window.open("divisions")
    assert sum(line.people for line in page.list.table.rows.rows()) == 5
    assert "5 人" in page.subtitle.whole_text()


def test_a_village_is_found_by_initials(window: Window) -> None:
    page = window.open("divisions")
    page.search.setText("bjl")
    assert [line.name for line in page.list.table.rows.rows()] == ["白家楼村委会"]
    page.search.setText("没有这个村")
    assert page.list.table.rows.rowCount() == 0 and page.list.empty.isVisibleTo(page)


def test_a_village_is_added_renamed_and_its_history_is_shown(window: Window, station: Station) -> None:
    page = window.open("divisions")
    page.add()
    window.fill(page, name="新立村委会")
    added = next(line for line in page._lines if line.name == "新立村委会")
    choose(page, added.code)
    page.rename()
    window.fill(page, name="新立庄村委会")
    choose(page, added.code)
    window.settle()
    assert line_of(station, added.code).name == "新立庄村委会"
    assert "改名：新立村委会 → 新立庄村委会" in words_on(page)


def test_a_doubled_name_stays_in_the_dialog(window: Window) -> None:
    page = window.open("divisions")
    page.add()
    dialog = window.fill(page, name="白家楼村委会")
    assert dialog.isVisible() and "换一个名称" in dialog.fields["name"].message.text()
    dialog.reject()


def test_a_merger_takes_the_people_along(window: Window, station: Station) -> None:
    page = window.open("divisions")
    old, new = station.identity.villages[:2]
    together = line_of(station, old).people + line_of(station, new).people
    choose(page, old)
    page.merge()
    assert "不能撤销" in window.ask(page).text.text()
    window.fill(page, into=new)
    assert line_of(station, new).people == together and line_of(station, old).retired_on
    assert old not in [line.code for line in page.list.table.rows.rows()]
    page.with_retired.setChecked(True)
    assert old in [line.code for line in page.list.table.rows.rows()]


def test_a_village_with_people_is_not_retired(window: Window, station: Station) -> None:
    page = window.open("divisions")
    choose(page, station.identity.villages[0])
    page.retire()
    window.settle()
    assert [type(error).__name__ for error in window.errors] == ["MzError"] and "人" in str(window.errors.pop())
    assert not line_of(station, station.identity.villages[0]).retired_on


def test_a_director_sees_own_villages_and_changes_none(station: Station) -> None:
    own = station.identity.villages[0]
    window = Window(as_role(station, Role.CHILDREN_DIRECTOR, villages=frozenset({own})))
    page = window.open("divisions")
    assert [line.code for line in page.list.table.rows.rows()] == [own]
    page.list.table.select(0)
    assert not any(made.isVisibleTo(page) for made in (page.add_button, page.rename_button, page.merge_button, page.retire_button))
    page.rename()
    page.add()
    window.settle()
    window.close()

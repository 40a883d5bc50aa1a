"""账户 and 移交: what an administrator does in the dialogs is what the vault then holds; a caseload moves only by its signed list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from mzdesk import opening
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import audit, tables
from mzdesk.store.scope import Role
from mzdesk.vault import accounts
from tests.ui.vault_rig import WORD, Window, add_account, as_role, words_on
from ui.pages.accounts import RemovalAsk
from ui.requests import ChangeRights


@pytest.fixture
def window(station: Station) -> Iterator[Window]:
    add_account(station, "管理员甲", Role.ADMINISTRATOR)
    made = Window(as_role(station, Role.ADMINISTRATOR))
    yield made
    made.close()
    assert not made.errors, made.errors


def names(station: Station) -> list[str]:
    return [account.name for account in accounts.every(station)]


def test_an_account_is_added_with_villages_and_opens_the_station(window: Window, station: Station) -> None:
    page = window.open("accounts")
    page.add()
    dialog = window.ask(page)
    dialog.villages.tick([station.identity.villages[0]])
    window.fill(page, name="阿卜杜拉·买买提艾力", password=WORD, again=WORD)
    added = accounts.every(station)[-1]
    assert (added.name, added.role, added.villages) == ("阿卜杜拉·买买提艾力", Role.CHILDREN_DIRECTOR, (station.identity.villages[0],))
    arrived = opening.switch_account(station, added.id, WORD)
    assert arrived.scope.villages == frozenset(added.villages)


def test_a_weak_or_mistyped_password_stays_in_the_dialog(window: Window, station: Station) -> None:
    page = window.open("accounts")
    page.add()
    window.ask(page).villages.tick([station.identity.villages[0]])
    dialog = window.fill(page, name="孙社工", password="123456", again="123456")
    assert dialog.isVisible() and "密码" in dialog.fields["password"].message.text()
    dialog = window.fill(page, name="孙社工", password=WORD, again=WORD + "。")
    assert dialog.isVisible() and "不一样" in dialog.fields["again"].message.text()
    assert "孙社工" not in names(station)
    dialog.reject()


def test_a_director_without_a_village_is_refused_with_the_reason(window: Window, station: Station) -> None:
    page = window.open("accounts")
    page.add()
    dialog = window.fill(page, name="某主任", password=WORD, again=WORD)
    assert dialog.isVisible() and "至少负责一个村" in dialog.banner.text()
    dialog.reject()


def test_role_and_villages_are_changed_and_logged(window: Window, station: Station) -> None:
    add_account(station, "孙社工", Role.SOCIAL_WORKER)
    page = window.open("accounts")
    page.list.table.select(2)
    page.change()
    window.fill(page, role="supervisor")
    assert accounts.every(station)[2].role is Role.SUPERVISOR
    with station.read() as connection:
        entry = audit.entries(connection, as_role(station, Role.ADMINISTRATOR).scope)[0]
    assert (entry.act, entry.detail["after"]["role"]) == ("rights", "supervisor")


def test_a_new_password_takes_the_place_of_the_old(window: Window, station: Station) -> None:
    worker = add_account(station, "孙社工", Role.SOCIAL_WORKER)
    page = window.open("accounts")
    page.list.table.select(2)
    page.reset()
    window.fill(page, password="新的一年从给树浇水开始好哦", again="新的一年从给树浇水开始好哦")
    with pytest.raises(MzError):
        opening.switch_account(station, worker.id, WORD)
    assert opening.switch_account(station, worker.id, "新的一年从给树浇水开始好哦").scope.actor == worker.id


def test_removing_somebody_says_what_happens_and_changes_the_key(window: Window, station: Station) -> None:
    worker = add_account(station, "孙社工", Role.SOCIAL_WORKER)
    before = station.open_vault().document.epoch
    page = window.open("accounts")
    page.list.table.select(2)
    page.remove()
    assert "换一把新的密钥" in window.ask(page, RemovalAsk).text.text()
    window.fill(page, reason="离岗")
    assert worker.name not in names(station) and station.open_vault().document.epoch == before + 1


def test_nobody_removes_or_resets_themselves_here(station: Station) -> None:
    own = add_account(station, "管理员甲", Role.ADMINISTRATOR)
    window = Window(as_role(station, Role.ADMINISTRATOR, own.id))
    page = window.open("accounts")
    page.list.table.select(1)
    assert page.list.selected() == own
    assert not page.remove_button.isEnabled() and not page.reset_button.isEnabled()
    asked: list[object] = []
    page.requested.connect(asked.append)
    page.change()
    window.main.rights_changed.connect(lambda: asked.append("told"))
    window.fill(page, name="管理员乙")
    assert ChangeRights() in asked and "told" in asked
    window.close()


def test_only_an_administrator_has_the_page(station: Station) -> None:
    window = Window(as_role(station, Role.SOCIAL_WORKER))
    assert not window.main.has_page("accounts") and window.main.has_page("handover")
    assert {section.key for section in window.open("settings").sections.shown} == {"handover", "parameters", "divisions", "backup", "audit"}
    window.close()


def test_a_caseload_moves_by_its_signed_list(station: Station) -> None:
    village = station.identity.villages[0]
    giver = add_account(station, "王昌喆", Role.CHILDREN_DIRECTOR, (village,))
    receiver = add_account(station, "孙社工", Role.SOCIAL_WORKER)
    with station.write() as connection:
        connection.execute(tables.ENROLMENT.update().values(responsible="王昌喆"))
    window = Window(as_role(station, Role.SUPERVISOR))
    page = window.open("handover")
    page.giver.setCurrentIndex(page.giver.findData(giver.id))
    page._show_villages()
    page.receiver.setCurrentIndex(page.receiver.findData(receiver.id))
    assert page.villages.chosen() == (village,) and not page.carry_button.isEnabled()
    page.prepare()
    window.settle()
    listed = page.listed
    assert listed is not None and listed.rows and page.carry_button.isEnabled()
    page.preview()
    window.settle()
    page.carry_out()
    window.settle()
    with station.read() as connection:
        query = select(tables.ENROLMENT.c.responsible).where(tables.ENROLMENT.c.village == village)
        assert set(connection.execute(query).scalars()) == {"孙社工"}
    assert "已移交" in page.banner.text() and page.listed is None
    assert not window.errors
    window.close()


def test_one_account_alone_has_nobody_to_hand_over_to(station: Station) -> None:
    window = Window(as_role(station, Role.SUPERVISOR))
    page = window.open("handover")
    assert "只有一个" in page.banner.text() and not page.list_button.isEnabled()
    assert "还没有列出清单" in words_on(page)
    window.close()

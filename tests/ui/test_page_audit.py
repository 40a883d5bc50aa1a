"""日志: found by person, act, day and words, checked whole, handed out only with an entry; the data-subject answer; retention."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from mzdesk.registry import people
from mzdesk.station import Station
from mzdesk.store import audit, tables
from mzdesk.store.scope import Role
from mzdesk.vault import log_book, retention
from tests.ui.vault_rig import Window, add_account, as_role, words_on
from ui.pages import audit_log
from ui.requests import OpenPage


@pytest.fixture
def window(station: Station) -> Iterator[Window]:
    add_account(station, "孙社工", Role.SOCIAL_WORKER)
    made = Window(station)
    yield made
    made.close()
    assert not made.errors, made.errors


def newest(station: Station) -> audit.Entry:
    with station.read() as connection:
        return audit.entries(connection, as_role(station, Role.ADMINISTRATOR).scope)[0]


def test_acts_are_told_in_chinese_and_filtered(window: Window, station: Station) -> None:
    page = window.open("audit")
    panel = page.panel("log")
    lines = panel.list.table.rows.rows()
    assert "账户与权限变更" in {line.act for line in lines} and "添加账户，孙社工（社工）" in {line.detail for line in lines}
    panel.act.setCurrentIndex(panel.act.findData("账户与权限变更"))
    panel.opened()
    window.settle()
    assert {line.act for line in panel.list.table.rows.rows()} == {"账户与权限变更"}
    panel.act.setCurrentIndex(0)
    panel.since.setText("0101")
    panel.since.editingFinished.emit()
    panel.until.setText("2026-03-01")
    panel.until.editingFinished.emit()
    window.settle()
    assert panel.list.empty.isVisibleTo(panel) and panel.since.text() == "2026年1月1日"


def test_words_are_looked_for_in_every_column(window: Window) -> None:
    panel = window.open("audit").panel("log")
    panel.text.setText("孙社工")
    panel.opened()
    window.settle()
    found = panel.list.table.rows.rows()
    assert found and all("孙社工" in f"{line.actor}{line.subject}{line.detail}" for line in found)


def test_older_lines_follow_as_one_scrolls(window: Window, station: Station) -> None:
    with station.write() as connection:
        for number in range(450):
            audit.append(connection, station.scope, "view", f"x{number}", now_ms=station.clock.now_ms())
    panel = window.open("audit").panel("log")
    rows = panel.list.table.rows
    assert rows.rowCount() == 200 and "往下翻还有" in panel.found.text()
    while rows.canFetchMore(rows.index(-1, -1)):
        rows.fetchMore(rows.index(-1, -1))
        window.settle()
    numbers = [line.number for line in rows.rows()]
    assert numbers == sorted(numbers, reverse=True) and numbers[-1] == 1 and len(numbers) == len(set(numbers))
    assert numbers[0] == len(numbers)


def test_a_sound_log_is_told_so_and_a_rewritten_one_too(window: Window, station: Station) -> None:
    panel = window.open("audit").panel("log")
    panel.check()
    window.settle()
    assert "首尾相连" in panel.result.text() and panel.check_button.isEnabled() and not panel.progress.isVisibleTo(panel)
    with station.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS audit_no_update")
        for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit_entry'").fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{row[0]}"')
        connection.execute(tables.AUDIT_ENTRY.update().where(tables.AUDIT_ENTRY.c.seq == 2).values(actor_name="别人"))
    panel.check()
    window.settle()
    assert "第 2 条日志的内容被改动" in panel.result.text()


def test_printing_and_exporting_are_entries(window: Window, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = window.open("audit").panel("log")
    panel.preview()
    window.settle()
    assert (newest(station).act, newest(station).subject) == ("print", "audit")
    target = tmp_path / "日志.xlsx"
    monkeypatch.setattr(audit_log, "choose_target", lambda *_: target)
    panel.export()
    window.settle()
    assert newest(station).act == "export" and "已导出" in panel.result.text()
    rows = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()
    assert any("添加账户，孙社工（社工）" in row for row in rows)


def test_a_social_worker_reads_own_entries_only(station: Station) -> None:
    worker = add_account(station, "孙社工", Role.SOCIAL_WORKER)
    window = Window(as_role(station, Role.SOCIAL_WORKER, worker.id))
    page = window.open("audit")
    assert page.panel("log").list.table.rows.rowCount() == 0 and "您自己的操作" in page.subtitle.whole_text()
    assert not window.errors
    window.close()


def test_an_administrator_has_the_log_without_people(station: Station) -> None:
    window = Window(as_role(station, Role.ADMINISTRATOR))
    page = window.open("audit")
    assert set(page.parts) == {"log"}
    assert not any(people.find(station, people.Query()).rows[0].name in line.subject for line in page.panel("log").list.table.rows.rows())
    window.close()


def test_a_subject_is_told_everything_and_the_question_is_logged(window: Window, station: Station) -> None:
    page = window.open("audit", part="subject")
    panel = page.panel("subject")
    row = panel.list.table.rows.row_at(0)
    panel.list.table.select(0)
    panel.ask()
    window.fill(panel, reason="监护人申请")
    assert panel.report is not None and panel.report.name == row.name
    assert {"基本信息", "走访、照料和其他记录", "谁看过、用过"} <= {section.title for section in panel.report.sections}
    assert newest(station).act == "subject_report" and newest(station).detail["reason"] == "监护人申请"
    shown = [
        model.data(model.index(place, 1)) for model in [panel.sections.findChildren(type(panel.list.table))[0].rows] for place in range(9)
    ]
    assert any("**********" in text for text in shown), "numbers are masked on the screen"
    panel.preview()
    window.settle()
    assert newest(station).act == "print" and newest(station).subject == row.id


def test_another_page_may_ask_about_a_person(window: Window, station: Station) -> None:
    row = people.find(station, people.Query(limit=1)).rows[0]
    window.main.open(OpenPage("audit", {"person_id": row.id}))
    window.settle()
    panel = window.front.panel("subject")
    dialog = window.ask(panel)
    assert row.name in dialog.windowTitle()
    dialog.reject()


def leave_long_ago(station: Station) -> list[str]:
    with station.write() as connection:
        connection.execute(tables.ENROLMENT.update().values(left_on="2018-01-01", left_why="其他", next_due=""))
        connection.execute(tables.OPERATION.update().values(verdict="accepted"))
        connection.execute(tables.FOLLOW_UP.update().values(done_on="2018-01-01"))
        connection.execute(tables.RELATION.update().values(until="2018-01-01"))
    return [one.person_id for one in retention.due(station)]


def test_retention_holds_with_a_reason_and_strips_only_after_the_count(window: Window, station: Station) -> None:
    due = leave_long_ago(station)
    assert len(due) >= 3
    panel = window.open("audit", part="retention").panel("retention")
    assert panel.due.table.rows.rowCount() == len(due)
    panel.due.table.select(0)
    kept = panel.due.selected()
    panel.hold()
    window.fill(panel, why="案件未结")
    assert [(one.person_id, one.why) for one in retention.holds(station)] == [(kept.person_id, "案件未结")]
    panel.due.table.select(0)
    gone = panel.due.selected()
    panel.deidentify()
    dialog = window.fill(panel, why="保存期满", count="5")
    assert dialog.isVisible() and "选中的是 1 人" in dialog.fields["count"].message.text()
    window.fill(panel, count="1")
    assert gone.person_id not in [one.person_id for one in retention.due(station)]
    assert newest(station).detail["why"] == "保存期满"
    panel.held.table.select(0)
    panel.release()
    window.settle()
    assert not retention.holds(station) and kept.person_id in [one.person_id for one in retention.due(station)]


def test_an_empty_retention_list_says_what_would_be_here(window: Window) -> None:
    page = window.open("audit", part="retention")
    assert "没有到期的人" in words_on(page) and not page.panel("retention").strip_button.isEnabled()


def test_the_chain_is_checked_in_pieces_as_it_is_whole(station: Station) -> None:
    with station.write() as connection:
        for number in range(4100):
            audit.append(connection, station.scope, "view", str(number), now_ms=1)
    steps: list[tuple[int, int]] = []
    found = log_book.verify_all(station, lambda done, total: steps.append((done, total)))
    assert found.breaks == () and steps[-1] == (found.entries, found.entries) and len(steps) == 3
    with station.read() as connection:
        assert audit.verify(connection, 5, found.entries + 2)[0].why.startswith(f"第 {found.entries + 1} 条到第")

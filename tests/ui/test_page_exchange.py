"""数据交换 against a real county on loopback: joining, sending, what waits, one flight, revoked and re-enrolled, where a record lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mzdesk import canonical
from mzdesk.casework import records
from mzdesk.clock import FixedClock
from mzdesk.station import Station
from mzdesk.store.meta import write_meta
from mzdesk.store.records import RecordFilter
from sync import account as accounts
from sync import lines
from sync.county import loopback, registrar
from sync.county.loopback import RunningCounty
from sync.errors import SENTENCES
from sync.exchange import Exchanged
from tests.ui.conftest import NOW, TOWNSHIP, Desk
from tests.ui.exchange_rig import county_for, join, open_exchange, queue_edit
from tests.ui.keyboard import press, type_text
from ui.pages.exchange_words import REJOIN
from ui.pages.record import RecordPage
from ui.pages.records import RecordsPage
from ui.requests import OpenPage, OpenRecord


@pytest.fixture
def county(station: Station, tmp_path: Path) -> Iterator[RunningCounty]:
    with county_for(station, tmp_path / "county") as running:
        yield running


def remember_problem(station: Station, code: str) -> None:
    sentence = SENTENCES[code]
    with station.write() as connection:
        write_meta(connection, "sync.problem", canonical.text([sentence.title, sentence.message, sentence.final]))


def device_of(station: Station) -> str:
    with station.read() as connection:
        account = accounts.load(connection)
    assert account is not None
    return account.device


def test_a_code_joins_and_everything_goes_out_by_one_key(desk: Desk, station: Station, county: RunningCounty) -> None:
    page = open_exchange(desk)
    sending = page.sending
    assert sending.join.isVisible() and not sending.grid.isVisible() and not page.sync_button.isEnabled()
    QTest.keyClick(sending.join.code, Qt.Key.Key_Return)
    assert sending.join.field.message.text() == "✕ 请先粘贴登记码"
    type_text(sending.join.code, "MZT1.abc")
    QTest.keyClick(sending.join.code, Qt.Key.Key_Return)
    desk.settle()
    assert "登记码不完整" in sending.join.field.message.text()
    sending.join.code.setText(county.issue(TOWNSHIP, station.identity.villages))
    QTest.keyClick(sending.join.code, Qt.Key.Key_Return)
    desk.settle()
    assert not sending.join.isVisible() and page.sync_button.isEnabled()
    assert sending.county.text() == "报送到：肥城市民政局"
    waiting = sending.pending.text()
    assert waiting.startswith("待同步：填写的记录 ") and "档案 5 条" in waiting and "对象类别" in waiting
    assert "还没有测到这条线路的速度" in sending.left.text() and "分钟" not in sending.left.text()
    QTest.keyClick(page, Qt.Key.Key_F9)
    desk.settle()
    assert sending.chip.text() == "已全部送达"
    assert sending.result.text().startswith("送达 ") and "回执 " in sending.result.text()
    (row, *_rest) = records.find(station, RecordFilter())
    assert row.receipt and row.receipt in sending.last.text()
    assert not sending.left.isVisible()
    assert lines.rate_of(station) is not None
    assert desk.window.chip.text() == "✓ 已全部送达"


def test_what_is_left_takes_as_long_as_was_measured(desk: Desk, station: Station, county: RunningCounty) -> None:
    join(station, county)
    lines.keep_rate(station, 1000, 10.0)
    page = open_exchange(desk)
    assert "每秒不到 1 KB" in page.sending.left.text()
    assert "分钟" in page.sending.left.text()
    assert isinstance(station.clock, FixedClock)
    station.clock.advance(days=2)
    desk.window.refresh()
    desk.settle()
    assert "还没有测到" in page.sending.left.text()


def test_there_is_one_flight_even_while_it_stops(desk: Desk, station: Station, county: RunningCounty) -> None:
    join(station, county)
    page = open_exchange(desk)
    runner = desk.window.desk.exchange
    ended: list[Exchanged] = []
    runner.finished.connect(ended.append)
    page.sync()
    assert page.stop_button.isVisible() and not page.sync_button.isEnabled() and not page.sending.stick.export_button.isEnabled()
    press(page.stop_button)
    assert runner.is_stopping and not page.stop_button.isEnabled()
    assert "正在停下" in page.sending.progress._text.text()
    runner.run()
    runner.wake()
    desk.settle()
    assert len(ended) == 1
    assert not runner.is_running and not page.stop_button.isVisible()
    QTest.keyClick(page, Qt.Key.Key_F9)
    desk.settle()
    assert page.sending.chip.text() == "已全部送达"
    assert len(ended) == 2 and not ended[1].stopped


def test_without_a_line_the_page_says_why_and_when_again(desk: Desk, station: Station, tmp_path: Path, answered: list[str]) -> None:
    with county_for(station, tmp_path / "county") as running:
        join(station, running)
    page = open_exchange(desk)
    page.sync()
    desk.settle()
    sending = page.sending
    assert sending.trouble.text().startswith("连不上县里的服务器：没有网络也不影响工作")
    assert sending.next.text().startswith("下次自动再试：")
    assert "没送完的还在本机" in sending.result.text()
    assert sending.chip.text().endswith("条待同步")
    assert page.sync_button.isEnabled() and answered == []


def test_a_revoked_laptop_is_told_and_not_asked_every_minute(
    desk: Desk, station: Station, county: RunningCounty, answered: list[str]
) -> None:
    join(station, county)
    registrar.revoke(county.county, device_of(station), "丢失", actor="admin")
    page = open_exchange(desk)
    desk.window.desk.exchange.run()
    desk.settle()
    assert page.sending.trouble.text().startswith("这台电脑已被县里注销：")
    assert page.sending.next.text() == "不会自动再试：先要处理上面的问题。"
    assert not page.sending.join.isVisible() and answered == []
    seen: list[object] = []
    desk.window.desk.exchange.started.connect(lambda: seen.append(1))
    desk.window.desk.exchange.wake(new_network=True)
    desk.settle()
    assert seen == []


@pytest.mark.parametrize("code", sorted(REJOIN))
def test_what_only_a_new_code_mends_offers_to_join_again(desk: Desk, station: Station, county: RunningCounty, code: str) -> None:
    join(station, county)
    first = device_of(station)
    remember_problem(station, code)
    page = open_exchange(desk)
    sending = page.sending
    assert sending.trouble.text() == f"{SENTENCES[code].title}：{SENTENCES[code].message}"
    assert sending.join.title.text() == "重新登记这台电脑" and sending.join.isVisible()
    assert not page.sync_button.isEnabled()
    assert sending.next.text() == "不会自动再试：先要处理上面的问题。"
    desk.window.desk.exchange.wake()
    desk.settle()
    assert sending.chip.text().endswith("条待同步")
    if code == "FORK":
        sending.join.code.setText(county.issue(TOWNSHIP, station.identity.villages))
        press(sending.join.join_button)
        desk.settle()
        assert device_of(station) != first and not sending.trouble.isVisible()
        page.sync()
        desk.settle()
        assert sending.chip.text() == "已全部送达"


def test_revoked_for_good_is_not_offered_a_new_code(desk: Desk, station: Station, county: RunningCounty) -> None:
    join(station, county)
    remember_problem(station, "REVOKED")
    page = open_exchange(desk)
    assert "已被县里注销" in page.sending.trouble.text() and not page.sending.join.isVisible()


def test_a_clock_that_is_wrong_is_told(desk: Desk, station: Station, tmp_path: Path) -> None:
    clock = FixedClock.at(NOW)
    clock.advance(seconds=20 * 60)
    with loopback.running(tmp_path / "county", TOWNSHIP[:6], "肥城市民政局", clock=clock) as running:
        join(station, running)
        page = open_exchange(desk)
        assert not page.sending.clock.isVisible()
        page.sync()
        desk.settle()
    assert page.sending.clock.text().startswith("这台电脑的时间比县里慢了 20 分钟，请校准")


def test_a_ticket_comes_from_a_file_too(desk: Desk, station: Station, county: RunningCounty, tmp_path: Path) -> None:
    page = open_exchange(desk)
    (tmp_path / "large.txt").write_bytes(b"x" * 40_000)
    page.sending.join.read_ticket(tmp_path / "large.txt")
    assert "读不到" in page.sending.join.field.message.text()
    code = county.issue(TOWNSHIP, station.identity.villages)
    (tmp_path / "ticket.txt").write_text("\ufeff" + code[:60] + "\r\n" + code[60:] + "\r\n", encoding="utf-8")
    page.sending.join.read_ticket(tmp_path / "ticket.txt")
    press(page.sending.join.join_button)
    desk.settle()
    assert page.sync_button.isEnabled()


def test_a_record_shows_where_it_lies(desk: Desk, station: Station, county: RunningCounty) -> None:
    join(station, county)
    (row, *_rest) = records.find(station, RecordFilter())
    record = desk.open(OpenRecord(row.id))
    assert isinstance(record, RecordPage)
    assert [record.copies.stick.text(), record.copies.county.text()] == ["U盘：没有", "县里：还没有回执"]
    page = open_exchange(desk)
    page.sync()
    desk.settle()
    record = desk.open(OpenRecord(row.id))
    receipt = records.get(station, row.id).row.receipt
    assert receipt and record.copies.county.text() == f"✓ 县里　回执号 {receipt}"
    assert not record.copies.stick.isVisible()
    listed = desk.open(OpenPage("records"))
    assert isinstance(listed, RecordsPage)
    model = listed.table.rows
    tips = {model.data(model.index(0, column), int(Qt.ItemDataRole.ToolTipRole)) for column in range(model.columnCount())}
    assert f"本机、县里（回执号 {receipt}）" in tips


def test_the_first_page_asks_to_sync_or_for_the_stick(desk: Desk, station: Station, county: RunningCounty) -> None:
    join(station, county)
    page = open_exchange(desk, "send", start="stick")
    assert page.sending.stick.export_button.hasFocus()
    queue_edit(station, "division", TOWNSHIP + "299", {"name": "新村"})
    page = open_exchange(desk, "send", start="sync")
    desk.settle()
    assert page.sending.chip.text() == "已全部送达"

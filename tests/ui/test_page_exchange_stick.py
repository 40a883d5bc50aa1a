"""U 盘 and 连接设置: a parcel out and its answer in by drag and drop, never a success that did not happen; proxy and certificates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from mzdesk.casework import records
from mzdesk.errors import MzError
from mzdesk.reports.sources import slip
from mzdesk.station import Station
from mzdesk.store import handed
from mzdesk.store.records import RecordFilter
from sync import exchange, lines
from sync.county import stick as county_stick
from sync.county.loopback import RunningCounty
from tests.ui.conftest import Desk
from tests.ui.exchange_rig import county_for, join, open_exchange
from tests.ui.keyboard import dialog, press, type_text
from ui.pages.exchange import ExchangePage, dropped_parcel
from ui.pages.exchange_line import LinePanel
from ui.pages.exchange_stick import StickCard
from ui.paper_preview import PaperPreview


@pytest.fixture
def county(station: Station, tmp_path: Path) -> Iterator[RunningCounty]:
    with county_for(station, tmp_path / "county") as running:
        join(station, running)
        yield running


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def export(desk: Desk, usb: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ExchangePage, StickCard]:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(usb))
    page = open_exchange(desk)
    QTest.keyClick(page.sending, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    return page, page.sending.stick


def answer(county: RunningCounty, usb: Path) -> Path:
    (parcel,) = usb.glob("*.mzp")
    return county_stick.write_answer(county_stick.receive(county.county, parcel), usb, "county")


def drop(page: ExchangePage, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys, mouse = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, mouse, keys))


def test_a_parcel_goes_out_and_its_answer_is_dropped_on_the_page(
    desk: Desk, station: Station, county: RunningCounty, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, card = export(desk, usb, monkeypatch)
    told = card.result.text()
    with station.read() as connection:
        lying = handed.on_stick(connection)
    assert told.startswith("已写好并核对：") and "不算送达" in told and lying[0].digest[:8] in told
    assert f"{len(lying)} 批 {sum(batch.count for batch in lying)} 条" in told
    assert page.sending.chip.text().endswith("条待同步")
    assert {row.copy for row in records.find(station, RecordFilter())} == {"stick"}
    back = answer(county, usb)
    drop(page, back)
    desk.settle()
    assert card.result.text().startswith("已导入：回执 ") and "收下" in card.result.text()
    assert page.sending.chip.text() == "已全部送达"
    assert exchange.status(station).last_receipt in page.sending.last.text()
    drop(page, back)
    desk.settle()
    assert card.result.text() == "这个文件以前导入过，没有新内容，也没有改动任何数据。"


def test_what_is_no_answer_of_the_county_is_refused_in_words(
    desk: Desk, station: Station, county: RunningCounty, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, card = export(desk, usb, monkeypatch)
    (own,) = usb.glob("*.mzp")
    whole = answer(county, usb).read_bytes()
    (usb / "cut.mzp").write_bytes(whole[: len(whole) // 2])
    for path, words in (
        (own, "这个文件里没有给这台电脑的内容"),
        (usb / "cut.mzp", "文件已损坏或不完整"),
        (usb / "gone.mzp", "找不到这个文件"),
    ):
        drop(page, path)
        desk.settle()
        assert card.result.text().startswith(words) and card.result.property("tone") == "red"
    assert page.sending.chip.text().endswith("条待同步")


def test_a_stick_that_fails_is_no_success(
    desk: Desk, station: Station, county: RunningCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, card = export(desk, tmp_path / "pulled", monkeypatch)
    assert card.result.text().startswith("写不进 U 盘：请检查 U 盘") and card.export_button.isEnabled()
    assert {row.copy for row in records.find(station, RecordFilter())} == {""}
    assert page.sending.chip.text().endswith("条待同步")


def test_a_parcel_without_records_says_so(
    desk: Desk, station: Station, county: RunningCounty, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.run_once(station)
    _page, card = export(desk, usb, monkeypatch)
    assert "没有要报送的内容" in card.result.text()


def test_only_one_parcel_is_taken_from_what_is_dragged(tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.mzp")), QUrl.fromLocalFile(str(tmp_path / "b.mzp"))])
    assert dropped_parcel(data) is None
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.xlsx"))])
    assert dropped_parcel(data) is None
    data.setUrls([QUrl("https://example.org/a.mzp")])
    assert dropped_parcel(data) is None
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "A.MZP"))])
    assert dropped_parcel(data) == tmp_path / "A.MZP"


def test_the_slip_lists_what_lies_on_the_stick(
    desk: Desk, station: Station, county: RunningCounty, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MzError, match="没有等回执的批次"):
        slip.print_slip(station)
    _page, card = export(desk, usb, monkeypatch)
    press(card.slip_button)
    desk.settle()
    preview = dialog(PaperPreview)
    assert len(preview.pages) == 1


# ---- the line


def line_panel(desk: Desk) -> LinePanel:
    panel = open_exchange(desk, "line").panel("line")
    assert isinstance(panel, LinePanel)
    return panel


def authority(name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=365))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_a_proxy_is_checked_tested_and_kept(desk: Desk, station: Station, county: RunningCounty) -> None:
    panel = line_panel(desk)
    type_text(panel.proxy, "10.1.2.3:8080")
    QTest.keyClick(panel.proxy, Qt.Key.Key_Return)
    desk.settle()
    assert "请写成 http://地址:端口" in panel.field.message.text() and lines.settings_of(station).proxy == ""
    panel.proxy.clear()
    press(panel.test_button)
    desk.settle()
    assert panel.result.text().startswith("连上了肥城市民政局，一问一答用了 ")
    type_text(panel.proxy, "http://127.0.0.1:9")
    press(panel.test_button)
    desk.settle()
    assert panel.result.text().startswith("连不上县里的服务器：") and lines.settings_of(station).proxy == ""
    press(panel.save_button)
    desk.settle()
    assert panel.result.text() == "已保存，下次同步起使用。" and lines.settings_of(station).proxy == "http://127.0.0.1:9"
    assert exchange.run_once(station).problem is not None


def test_the_certificate_of_an_office_is_named_and_can_go_again(desk: Desk, station: Station, tmp_path: Path) -> None:
    panel = line_panel(desk)
    assert not panel.test_button.isEnabled()
    for raw in (b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        (tmp_path / "wrong.pem").write_bytes(raw)
        panel.take_certificates(tmp_path / "wrong.pem")
        desk.settle()
        assert panel.result.text().startswith("这不是证书文件：")
    (tmp_path / "office.pem").write_bytes(authority("泰安政务网") + authority("第二张"))
    panel.take_certificates(tmp_path / "office.pem")
    desk.settle()
    assert panel.certificates.text() == "泰安政务网（2027-01-01 到期）、第二张（2027-01-01 到期）"
    desk.window.refresh()
    desk.settle()
    assert panel.forget_button.isVisible()
    press(panel.forget_button)
    desk.settle()
    assert panel.certificates.text() == "没有添加。" and lines.ca_of(station) == b""

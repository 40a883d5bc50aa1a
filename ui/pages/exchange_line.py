"""数据交换 · 连接设置: proxy and the office network's certificate, with a test that asks the county; TLS is always checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QLineEdit

from mzdesk.errors import MzError
from sync import exchange, lines
from sync.lines import LineSettings, Reached
from ui.layouts import ScrollColumn
from ui.page import Page, flow
from ui.pages.exchange_words import clock_words
from ui.panels import Panel
from ui.widgets import Banner, Card, Field, ProgressLine, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station


def read_settings(station: Station) -> tuple[LineSettings, bool]:
    """Return the settings, and whether this station has joined a county."""
    return lines.settings_of(station), exchange.status(station).enrolled


class LinePanel(Panel):
    """The settings of the line."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        scroll = ScrollColumn(margin=(0, 0, 0, 0.4), gap=0.8)
        self.column.addWidget(scroll)
        self.result = Banner()
        scroll.column.addWidget(self.result)
        scroll.column.addWidget(self._make_proxy())
        scroll.column.addWidget(self._make_certificates())
        scroll.column.addStretch(1)

    def _make_proxy(self) -> Card:
        card = Card("代理服务器")
        card.body.addWidget(label("一般留空即可。只有单位网络要求走代理时，才按网络管理员给的地址填写。", "muted", wrap=True))
        self.proxy = QLineEdit()
        self.proxy.setPlaceholderText("http://地址:端口")
        self.proxy.setMaxLength(300)
        self.proxy.returnPressed.connect(self.save)
        self.field = Field("代理地址", self.proxy, hint="留空：用系统的设置")
        self.proxy.textEdited.connect(lambda *_: self.field.show_message(""))
        card.body.addWidget(self.field)
        self.progress = ProgressLine()
        card.body.addWidget(self.progress)
        self.save_button = button("保存", "save", kind="primary", on_click=self.save, tip="Enter")
        self.test_button = button("测试连接", "refresh-cw", on_click=self.test, tip="按上面填的试一次，不保存")
        card.body.addWidget(flow(self.save_button, self.test_button))
        return card

    def _make_certificates(self) -> Card:
        card = Card("单位网络的证书")
        words = (
            "县里的证书已在登记码里，一般不用设置。只有单位网络会拆开加密检查时，才选网络管理员给的 .pem 文件。程序始终核对证书，不能关闭。"
        )
        card.body.addWidget(label(words, "muted", wrap=True))
        self.certificates = label("", wrap=True)
        card.body.addWidget(self.certificates)
        self.choose_button = button("选择证书文件…", "folder-open", on_click=self._choose)
        self.forget_button = button("不再使用", kind="link", on_click=lambda: self._keep(b""))
        card.body.addWidget(flow(self.choose_button, self.forget_button))
        return card

    # ---- showing

    def opened(self) -> None:
        self.page.load(lambda: read_settings(self.desk.station), lambda found: self.show_settings(*found))

    def show_settings(self, settings: LineSettings, enrolled: bool) -> None:
        """Show what is set."""
        self.page.subtitle.show_text("代理和证书；改完可以先测试")
        self.proxy.setText(settings.proxy)
        self._show_certificates(settings.certificates)
        self.test_button.setEnabled(enrolled)
        self.test_button.setToolTip("按上面填的试一次，不保存" if enrolled else "加入县级系统后可以测试")

    def _show_certificates(self, names: tuple[str, ...]) -> None:
        self.certificates.setText("、".join(names) if names else "没有添加。")
        self.forget_button.setVisible(bool(names))

    # ---- verbs

    def save(self) -> None:
        """Keep the proxy."""
        station, proxy = self.desk.station, self.proxy.text()
        self._run(lambda: lines.save_proxy(station, proxy), lambda _none: self.result.show_text("已保存，下次同步起使用。", "green"))

    def test(self) -> None:
        """Ask the county one question with what stands in the field."""
        station, proxy = self.desk.station, self.proxy.text()
        self._run(lambda: lines.probe(station, proxy), self._reached, "正在连接县里的服务器…")

    def _reached(self, found: Reached) -> None:
        took = f"{found.took_ms} 毫秒" if found.took_ms < 1000 else f"{found.took_ms / 1000:.1f} 秒"
        clock = clock_words(found.offset_ms)
        self.result.show_text(f"连上了{found.county}，一问一答用了 {took}。{clock}", "amber" if clock else "green")

    def _choose(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self, "选择证书文件", "", "证书 (*.pem *.crt *.cer);;所有文件 (*)")
        if path:
            self.take_certificates(Path(path))

    def take_certificates(self, path: Path) -> None:
        """Trust the certificates of a file beside the county's."""
        try:
            with path.open("rb") as file:
                raw = file.read(lines.MAX_PEM + 1)
        except OSError:
            self.result.show_text("读不到这个文件，请重新选择。", "red")
            return
        self._keep(raw or b"-")

    def _keep(self, raw: bytes) -> None:
        station = self.desk.station
        self._run(lambda: lines.set_ca(station, raw), self._kept)

    def _kept(self, names: tuple[str, ...]) -> None:
        self._show_certificates(names)
        self.result.show_text(f"已添加证书：{'、'.join(names)}" if names else "已不再使用添加的证书。", "green")

    def _run(self, work: object, done: object, words: str = "") -> None:
        for widget in (self.save_button, self.test_button, self.choose_button, self.forget_button):
            widget.setEnabled(False)
        self.result.show_text("")
        if words:
            self.progress.show_progress(0, 0, words)

        def finish(result: object) -> None:
            self._release()
            done(result)  # type: ignore[operator]

        self.desk.tasks.run(work, finish, self._refused, owner=self)  # type: ignore[arg-type]

    def _release(self) -> None:
        self.progress.hide()
        for widget in (self.save_button, self.test_button, self.choose_button, self.forget_button):
            widget.setEnabled(True)

    def _refused(self, error: Exception) -> None:
        self._release()
        if isinstance(error, MzError) and error.field == "proxy":
            self.field.show_message(error.message)
            self.proxy.setFocus()
        elif isinstance(error, MzError):
            self.result.show_text(f"{error.title}：{error.message}", "red")
        else:
            self.desk.fail(error)

"""核对打印件: whether a paper still agrees with its record, by its PDF or by the code under its QR symbol, scanned or typed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout

from mzdesk.casework import papers
from mzdesk.errors import MzError
from mzdesk.reports.verify import Finding
from ui.desk import Desk
from ui.page import Page
from ui.requests import OpenRecord
from ui.theme import look
from ui.widgets import Card, Chip, EmptyState, Field, button, label

WORDS = {"agrees": "一致", "superseded": "已有新版", "differs": "不一致", "unknown": "查无此记录"}
TONES = {"agrees": "green", "superseded": "amber", "differs": "red", "unknown": "red"}
LARGEST = 200 << 20


class VerifyPaperPage(Page):
    """Choose or drop a PDF, or type a code; each record on the paper gets a line."""

    title = "核对打印件"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.setAcceptDrops(True)
        ask = Card("要核对的纸或文件")
        self.code = QLineEdit()
        self.code.setPlaceholderText("MZ1|…（扫码枪扫二维码，或照着录入）")
        self.code.returnPressed.connect(self.check_code)
        self.field = Field("校验码", self.code, hint="纸面右上角二维码的内容；扫完会自动核对。")
        ask.body.addWidget(self.field)
        verbs = QHBoxLayout()
        verbs.addWidget(button("核对", "check", kind="primary", on_click=self.check_code))
        verbs.addWidget(button("选择 PDF 文件…", "folder-open", on_click=self.choose))
        verbs.addStretch(1)
        verbs.addWidget(label("也可以把 PDF 拖到这里", "hint"))
        ask.body.addLayout(verbs)
        self.result = Card("结果")
        self.rows = QVBoxLayout()
        self.rows.setSpacing(look().em(0.5))
        self.result.body.addLayout(self.rows)
        self.empty = EmptyState("shield-check", "还没有核对", "核对只看内容是否与本站记录一致，不改动任何记录。")
        self.content.addWidget(ask)
        self.content.addWidget(self.result)
        self.content.addWidget(self.empty)
        self.content.addStretch(1)
        self.result.hide()

    def opened(self) -> None:
        self.subtitle.show_text("纸面与记录是否一致、是不是最新的一版")
        self.code.setFocus()

    def check_code(self) -> None:
        """Check the code that was typed or scanned."""
        text = self.code.text().strip()
        if not text:
            self.field.show_message("请先扫码或录入校验码。")
            return
        self.desk.tasks.run(lambda: (papers.find_code(self.desk.station, text),), self.show_findings, self._refuse, owner=self)

    def choose(self) -> None:
        """Ask for a PDF and check it."""
        name, _ = QFileDialog.getOpenFileName(self, "选择打印件", "", "PDF 文件 (*.pdf)")
        if name:
            self.check_file(Path(name))

    def check_file(self, path: Path) -> None:
        """Check every record printed in a PDF."""
        self.desk.tasks.run(lambda: papers.find_paper(self.desk.station, read(path)), self.show_findings, self.desk.fail, owner=self)

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, MzError):
            self.field.show_message(error.message or error.title)
        else:
            self.desk.fail(error)

    def show_findings(self, found: tuple[Finding, ...]) -> None:
        """Show a line for each record."""
        self.field.show_message("")
        while (item := self.rows.takeAt(0)) is not None:
            if (layout := item.layout()) is not None:
                while (part := layout.takeAt(0)) is not None:
                    if (widget := part.widget()) is not None:
                        widget.deleteLater()
        for finding in found:
            self.rows.addLayout(self._line(finding))
        self.result.show()
        self.empty.hide()

    def _line(self, finding: Finding) -> QHBoxLayout:
        across = QHBoxLayout()
        across.addWidget(Chip(WORDS[finding.verdict], TONES[finding.verdict]), 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(label(finding.message, wrap=True), 1)
        if finding.verdict != "unknown":
            across.addWidget(button("查看记录", kind="link", on_click=lambda: self.open(OpenRecord(finding.code.record_id))))
        return across

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.check_file(paths[0])


def read(path: Path) -> bytes:
    """Return the bytes of a file; raises MzError where it cannot be read or is far too large."""
    try:
        if path.stat().st_size > LARGEST:
            raise MzError("文件过大", "请选择本程序生成的 PDF 文件。")
        return path.read_bytes()
    except OSError as error:
        raise MzError("打不开这个文件", f"请核对文件是否还在、能不能读。（{error.strerror}）") from error

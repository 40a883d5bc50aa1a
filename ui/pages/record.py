"""One saved record, read only: the form as it was filled, what the county said, its corrections, and its paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from forms.session import FormSession
from mzdesk.casework import records
from mzdesk.casework.files import FormFiles
from mzdesk.store.records import StoredRecord
from mzdesk.store.returns import ReturnedLine
from sync import returns
from ui.copies import CopiesLight
from ui.desk import Desk
from ui.editors import Setting
from ui.form_view import FormView
from ui.page import Page
from ui.pages.records import describe
from ui.paper_preview import preview_record
from ui.requests import AmendRecord, OpenPage, OpenPerson, OpenRecord, Request
from ui.theme import look
from ui.widgets import Chip, button
from ui.words import copies_words, status_tone, status_words

if TYPE_CHECKING:
    from mzdesk.station import Station
    from ui.form_shelf import FormShelf


@dataclass(frozen=True, slots=True)
class Shown:
    """A record with its form open, and the newest version of it."""

    record: StoredRecord
    session: FormSession
    newest: str
    versions: int
    returned: ReturnedLine | None = None


def read_record(station: Station, shelf: FormShelf, record_id: str) -> Shown:
    """Open a saved record. Raises MzError."""
    record = records.get(station, record_id)
    form = shelf.catalog().get(record.row.form_id, record.row.form_version)
    chain = records.versions(station, record_id)
    returned = None
    if record.row.verdict.startswith("returned"):
        returned = next((line for line in returns.waiting(station) if line.subject == record_id), None)
    return Shown(record, FormSession(form, dict(record.answers)), chain[-1].row.id, len(chain), returned)


class RecordPage(Page):
    """The page of one record."""

    title = "记录"
    scrolls = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.body.setContentsMargins(0, 0, 0, 0)
        self._record_id = ""
        self._shown: Shown | None = None
        self.view: FormView | None = None
        self.status = Chip()
        self.copies = CopiesLight()
        side = look().em(2)
        lights = QHBoxLayout()
        lights.setContentsMargins(side, 0, side, look().em(0.6))
        lights.addWidget(self.copies)
        self.body.addLayout(lights)
        self.person_button = button("档案", "user-round", on_click=self._open_person)
        self.amend_button = button("更正", "pencil", on_click=self.amend)
        for widget in (
            self.status,
            self.person_button,
            self.amend_button,
            button("打印预览", "printer", on_click=self.print_record),
            button("回到今日工作", "house", kind="primary", on_click=lambda: self.open(OpenPage("today"))),
        ):
            self.tools.addWidget(widget)

    def receive(self, request: Request) -> None:
        if isinstance(request, OpenRecord):
            self._record_id = request.record_id

    def opened(self) -> None:
        record_id = self._record_id
        if record_id:
            self.load(lambda: read_record(self.desk.station, self.desk.forms, record_id), self.show_record)

    def show_record(self, shown: Shown) -> None:
        """Show a record."""
        self._shown = shown
        row = shown.record.row
        if self.view is not None:
            self.body.removeWidget(self.view)
            self.view.deleteLater()
        self.view = FormView(shown.session, Setting(self.desk.station.today(), FormFiles(self.desk.station)))
        self.view.lock()
        self.body.addWidget(self.view)
        self.heading.setText(shown.session.form.title)
        self.subtitle.show_text(describe(row))
        self.status.show_text(status_words(row.verdict, row.receipt), status_tone(row.verdict, row.receipt))
        self.status.setToolTip(copies_words(row.copy, row.receipt))
        self.copies.show_copies(row.copy, row.receipt)
        self.person_button.setVisible(bool(row.person_id))
        self.amend_button.setVisible(not row.amended_by)
        self.banner.show_text(*_notice(shown))

    def amend(self) -> None:
        """Correct the record; where the county sent it back, the cursor goes to what it found faulty."""
        if self._shown is None:
            return
        line = self._shown.returned
        self.open(AmendRecord(self._record_id, line.field, line.sentence) if line is not None else AmendRecord(self._record_id))

    def _open_person(self) -> None:
        if self._shown is not None:
            self.open(OpenPerson(self._shown.record.row.person_id))

    def print_record(self) -> None:
        """Show the record on paper."""
        if self._shown is not None:
            row = self._shown.record.row
            preview_record(self, self.desk, row.id, f"{self._shown.session.form.title} {row.person_name}".strip())


def _notice(shown: Shown) -> tuple[str, str]:
    row = shown.record.row
    if row.verdict.startswith("returned"):
        return f"县级退回：{row.sentence or '请按要求更正'}。点“更正”改好后重新提交，原来的一版会保留。", "red"
    if row.amended_by:
        return "这一版已经更正过，现在看到的是旧版；打印时两版都在。", "amber"
    if shown.record.withheld:
        return "这条记录里有限知范围的内容，只有有权限的人能看，这里没有显示。", "primary"
    if shown.versions > 1:
        return f"这条记录更正过 {shown.versions - 1} 次，现在看到的是最新一版。", "primary"
    return (f"已送达，回执号 {row.receipt}", "green") if row.receipt else ("", "primary")

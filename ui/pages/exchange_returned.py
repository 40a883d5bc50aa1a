"""数据交换 · 县里退回: each returned operation with its reason; opening one lands on the faulty answer, sending it again closes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.errors import FormError
from forms.session import FormSession
from mzdesk.store.returns import ReturnedLine
from sync import returns
from ui.ask import Ask, Asked
from ui.faulty import label_of
from ui.mending import UNTOLD, mend
from ui.page import Page, flow
from ui.pages.exchange_words import field_words, kind_words
from ui.panels import Listing, Panel
from ui.requests import OpenPerson, OpenRecord, Request
from ui.table_model import Column
from ui.widgets import Card, EmptyState, button, label
from ui.words import show_instant

if TYPE_CHECKING:
    from forms.catalog import Catalog
    from mzdesk.station import Station

GIVE_UP = "县里不再等这一条。填写的记录仍留在本机，标记为“县级退回”；对档案的改动会恢复成县里现有的内容。原因会记入日志。"


@dataclass(frozen=True, slots=True)
class Returned:
    """The inbox, with the title of each form and what the faulty answer of each operation is called ("" unknown), by operation."""

    lines: tuple[ReturnedLine, ...]
    titles: dict[str, str]
    labels: dict[str, str]


def read_returned(station: Station, titles: dict[str, str], catalog: Catalog) -> Returned:
    """Read the inbox."""
    lines = returns.waiting(station)
    return Returned(lines, titles, {line.op: _label(line, catalog) for line in lines})


def _label(line: ReturnedLine, catalog: Catalog) -> str:
    """Return what the faulty question or column is called; no answer is needed for that."""
    if line.kind != "record":
        return field_words(line.field)
    try:
        return label_of(FormSession(catalog.get(line.form_id, line.form_version)), line.field) if line.field else ""
    except FormError:
        return ""


class ReturnedPanel(Panel):
    """The inbox."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._shown = Returned((), {}, {})
        empty = EmptyState(
            "cloud-check", "没有退回的内容", "县里退回时，会在这里写明哪一项、为什么、怎么改。改好后自动重新报送，其他的不受影响。"
        )
        self.listing: Listing[ReturnedLine] = Listing(self._columns(), "县里退回", empty)
        self.listing.table.row_opened.connect(lambda line: self._go(mend(line)))
        self.listing.table.row_selected.connect(self._choose)
        self.column.addWidget(self.listing, 1)
        self.column.addWidget(self._make_detail())

    def _columns(self) -> tuple[Column[ReturnedLine], ...]:
        return (
            Column("状态", _state, 8.5, tone=lambda line: "amber" if line.correcting else "red", chip=True),
            Column("种类", lambda line: kind_words(line.kind), 7.0),
            Column("对象", lambda line: line.person_name or "—", 7.5, bold=True),
            Column("表单、编号", self._what, 0, tip=self._what, optional=2),
            Column("退回原因", lambda line: line.sentence or UNTOLD, 0, tip=lambda line: line.sentence or UNTOLD),
            Column("填写时间", lambda line: show_instant(line.created_at), 8.5, optional=1),
        )

    def _what(self, line: ReturnedLine) -> str:
        parts = (self._shown.titles.get(line.form_id, ""), line.number)
        return "　".join(part for part in parts if part) or "—"

    def _make_detail(self) -> Card:
        self.detail = Card()
        self.sentence = label("", "strong", wrap=True)
        self.where = label("", "muted", wrap=True)
        self.detail.body.addWidget(self.sentence)
        self.detail.body.addWidget(self.where)
        self.mend_button = button("去更正", "pencil", kind="primary", on_click=self.mend, tip="Enter")
        self.view_button = button("查看", "eye", on_click=self._view)
        self.dismiss_button = button("不再报送…", "x", on_click=self.dismiss, tip="写明原因后从这里移走")
        self.detail.body.addWidget(flow(self.mend_button, self.view_button, self.dismiss_button))
        self.detail.hide()
        return self.detail

    # ---- showing

    def opened(self) -> None:
        station, shelf = self.desk.station, self.desk.forms
        self.page.load(lambda: read_returned(station, shelf.titles(), shelf.catalog()), self.show_returned)

    def show_returned(self, shown: Returned) -> None:
        """Show the inbox."""
        self._shown = shown
        mending = sum(line.correcting for line in shown.lines)
        told = f"{len(shown.lines) - mending} 条待更正" + (f"，{mending} 条已更正、等县里回执" if mending else "")
        self.page.subtitle.show_text(told if shown.lines else "没有退回的内容")
        self.listing.show_rows(shown.lines)

    def _choose(self, line: ReturnedLine | None) -> None:
        self.detail.setVisible(line is not None)
        if line is None:
            return
        self.sentence.setText(line.sentence or UNTOLD)
        name = self._shown.labels.get(line.op, "")
        where = f"要改的地方：{name}。" if name else ""
        done = "更正已经保存，县里收下后这一条自动办结。" if line.correcting else "改好保存后会自动重新报送，县里收下后这一条自动办结。"
        self.where.setText(f"{where}{done}")
        self.mend_button.setText(" 看更正后的" if line.correcting else " 去更正")
        self.view_button.setVisible(bool(line.number or line.person_id))

    # ---- verbs

    def _go(self, request: Request) -> None:
        self.page.open(request)

    def mend(self) -> None:
        """Open the correction at the faulty answer, or the file at the faulty field."""
        if line := self.listing.selected():
            self._go(mend(line))

    def _view(self) -> None:
        if line := self.listing.selected():
            self._go(OpenRecord(line.subject) if line.number else OpenPerson(line.person_id))

    def dismiss(self) -> Ask | None:
        """Give up a returned operation with a reason."""
        line = self.listing.selected()
        if line is None:
            return None
        station = self.desk.station
        dialog = Ask(
            self.page,
            self.desk,
            "不再报送这一条？",
            GIVE_UP,
            (Asked("reason", "原因", hint="例如：重复填写，另一条已送达"),),
            "不再报送",
            lambda values: returns.dismiss(station, line.op, values["reason"]),
            danger=True,
        )
        dialog.done_with.connect(lambda _none: self._dismissed())
        dialog.open()
        return dialog

    def _dismissed(self) -> None:
        self.desk.tell("已移走，原因记入了日志")
        self.page.changed.emit()
        self.page.opened()


def _state(line: ReturnedLine) -> str:
    return "更正待送达" if line.correcting else "待更正"

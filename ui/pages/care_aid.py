"""特困照料 · 临时救助测算: a range and an amount with its working; a hint for the official, never a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit

from mzdesk.care import standards, temporary_aid
from mzdesk.care.standards import Standards
from mzdesk.care.temporary_aid import CAUSE_NAMES, RANGES
from mzdesk.errors import MzError
from ui.loose_entry import clean_number
from ui.page import Page
from ui.pages.care_words import money
from ui.panels import Panel
from ui.theme import look
from ui.widgets import Card, Field, label, row

if TYPE_CHECKING:
    from mzdesk.station import Station


def read_standards(station: Station) -> Standards:
    """Return the standards of today."""
    with station.read() as connection:
        return standards.on(connection, station.today())


class AidPanel(Panel):
    """The calculator."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._standards: Standards | None = None
        self.cause = QComboBox()
        for code, name in CAUSE_NAMES.items():
            low, high = RANGES[code]
            self.cause.addItem(f"{name}（{low}—{high} 倍）", code)
        self.cause.activated.connect(lambda *_: self._show())
        self.times = QLineEdit("3")
        self.times.setMaxLength(4)
        self.times.setMaximumWidth(look().em(8))
        self.times.textChanged.connect(lambda *_: self._show())
        self.times_field = Field("倍数", self.times, required=True, hint="城市低保标准的倍数，填整数。")
        card = Card("临时救助测算", "结果只作参考，以审批为准")
        card.setMaximumWidth(look().em(56))
        card.body.addLayout(row(Field("救助事由", self.cause, required=True), self.times_field, gap=1.2))
        self.amount = label("", "big", tone="primary")
        self.span = label("", "muted", wrap=True)
        self.working = label("", wrap=True)
        for widget in (self.amount, self.span, self.working):
            card.body.addWidget(widget)
        self.column.addWidget(card)
        self.column.addStretch(1)

    def opened(self) -> None:
        self.page.subtitle.show_text("重特大疾病 3—12 倍、教育支出 3—6 倍城市低保标准")
        self.page.load(lambda: read_standards(self.desk.station), self.show_standards)

    def show_standards(self, found: Standards) -> None:
        """Show the result of today's standards."""
        self._standards = found
        self._show()

    def _show(self) -> None:
        if self._standards is None:
            return
        text = clean_number(self.times.text()).removesuffix("倍")
        try:
            aid = temporary_aid.compute(self._standards, self.cause.currentData(), int(text) if text.isdecimal() else 0)
        except MzError as error:
            self.times_field.show_message(error.message)
            for widget in (self.amount, self.span, self.working):
                widget.setText("")
            return
        self.times_field.show_message("")
        self.amount.setText(f"{money(aid.amount)} 元")
        self.span.setText(f"这一事由的范围：{money(aid.lowest)}—{money(aid.highest)} 元")
        self.working.setText(aid.working)

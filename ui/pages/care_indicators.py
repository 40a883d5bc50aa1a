"""特困照料 · 指标: the plan's indicators as numerator over denominator, with the names behind each number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mzdesk.care import support
from mzdesk.care.indicators import Indicator, Supported
from ui.layouts import FlowLayout, ScrollColumn
from ui.page import Page
from ui.panels import Panel
from ui.requests import OpenPerson
from ui.theme import look
from ui.widgets import Card, Chip, ElidedLabel, button, label, row

if TYPE_CHECKING:
    from mzdesk.station import Station

SHOWN = 60


def read_indicators(station: Station) -> tuple[Indicator, ...]:
    """Read the page."""
    return support.indicators(support.current(station))


class IndicatorsPanel(Panel):
    """A card for each indicator."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        scroll = ScrollColumn(margin=(0, 0, 0, 0))
        self.cards = QVBoxLayout()
        self.cards.setSpacing(look().em(1.0))
        scroll.column.addLayout(self.cards)
        scroll.column.addStretch(1)
        self.column.addWidget(scroll, 1)

    def opened(self) -> None:
        self.page.load(lambda: read_indicators(self.desk.station), self.show_indicators)

    def show_indicators(self, found: tuple[Indicator, ...]) -> None:
        """Show what was read."""
        while (item := self.cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for indicator in found:
            self.cards.addWidget(self._make_card(indicator))
        reached = sum(indicator.reached for indicator in found if indicator.concerned)
        self.page.subtitle.show_text(f"按今天在册人员计算，{len(found)} 项中 {reached} 项达到目标")

    def _make_card(self, indicator: Indicator) -> Card:
        card = Card(indicator.title)
        known = bool(indicator.concerned)
        words = f"目标 {indicator.target}%　{'已达到' if indicator.reached else '未达到'}" if known else f"目标 {indicator.target}%"
        card.head.addWidget(Chip(words, ("green" if indicator.reached else "red") if known else ""))
        figures = f"{len(indicator.counted)} 人 / {len(indicator.concerned)} 人（已集中供养 / 应计入）"
        card.body.addLayout(row(label(indicator.percent, "big", tone="primary"), label(figures, "muted"), gap=1.2))
        inside = {person.person_id for person in indicator.counted}
        missing = tuple(person for person in indicator.concerned if person.person_id not in inside)
        for title, people in (
            ("已集中供养", indicator.counted),
            ("还没有集中供养", missing),
            ("还不能判断（未征询或未评估）", indicator.unknown),
        ):
            card.body.addWidget(self._make_names(title, people))
        return card

    def _make_names(self, title: str, people: tuple[Supported, ...]) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.1))
        column.addWidget(ElidedLabel(f"{title}　{len(people)} 人", "muted"))
        names = QWidget()
        across = FlowLayout(names, gap=look().em(0.7), line_gap=0)
        for person in people[:SHOWN]:
            link = button(person.name, kind="link", tip="打开档案", on_click=lambda person=person: self._open(person))  # type: ignore[misc]
            link.setMaximumWidth(look().em(12))
            across.addWidget(link)
        if len(people) > SHOWN:
            across.addWidget(label(f"等，另有 {len(people) - SHOWN} 人", "hint"))
        column.addWidget(names)
        names.setVisible(bool(people))
        return holder

    def _open(self, person: Supported) -> None:
        self.page.open(OpenPerson(person.person_id))

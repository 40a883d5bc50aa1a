"""The tables behind care - services, holidays, standards -, each with what holds today, its history, and the way to change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from mzdesk.care import holidays, services, standards
from mzdesk.casework import parameter_changes
from mzdesk.store.parameters import StoredParameter
from ui.page import Page
from ui.pages.care_settings import open_holidays, open_template
from ui.panels import Listing, Panel
from ui.requests import OpenPage
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, EmptyState, button, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from mzdesk.station import Station

NAMES = {services.PARAMETER: "照料服务频次", holidays.PARAMETER: "节假日", standards.PARAMETER: "特困和救助标准"}


@dataclass(frozen=True, slots=True)
class Told:
    """One value of a table in the common history."""

    name: str
    stored: StoredParameter


def read_tables(station: Station) -> tuple[Told, ...]:
    """Return every value of the tables, newest first."""
    found = [Told(title, one) for name, title in NAMES.items() for one in parameter_changes.history(station, name)]
    return tuple(sorted(found, key=lambda told: told.stored.effective_from, reverse=True))


class TablesPanel(Panel):
    """The part of the tables."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        may = self.desk.may("parameters")
        across = QHBoxLayout()
        across.setSpacing(look().em(1.0))
        self.template = self._make_card(
            "照料服务频次",
            "每个自理等级每月应有的做饭、洗衣、打扫等次数，照料台账按它算应有和实有。",
            "修改…",
            lambda: open_template(page),
            may,
        )
        self.holidays = self._make_card(
            "节假日", "“10 个工作日内”的期限按县里的放假安排计算。每年放假通知下来后，导入一次。", "导入…", lambda: open_holidays(page), may
        )
        self.standards = self._make_card(
            "特困和救助标准",
            "低保、特困基本生活和照料护理的标准，在“特困照料—月度名单”里修改，那里能先看对每个人的影响。",
            "到特困照料",
            lambda: page.open(OpenPage("care", {"part": "monthly"})),
            self.desk.may("cases"),
        )
        for card in (self.template, self.holidays, self.standards):
            across.addWidget(card, 1)
        self.column.addLayout(across)
        self.column.addWidget(label("历次数值", "h2"))
        columns: tuple[Column[Told], ...] = (
            Column("哪一张表", lambda told: told.name, 10.0, bold=True),
            Column("从哪天起", lambda told: told.stored.effective_from, 9.0),
            Column("到哪天", lambda told: told.stored.effective_to or "现在", 9.0),
            Column("文号", lambda told: told.stored.document_no, 0),
            Column("来源", lambda told: told.stored.source, 0),
        )
        empty = EmptyState("history", "还没有改过", "现在用的都是程序自带的。")
        self.list: Listing[Told] = Listing(columns, "历次数值", empty)
        self.list.setMinimumHeight(look().em(10))
        self.column.addWidget(self.list, 1)

    def _make_card(self, title: str, words: str, verb: str, act: Callable[[], None], may: bool) -> Card:
        card = Card(title)
        card.body.addWidget(label(words, "muted", wrap=True))
        made = button(verb, on_click=act)
        made.setAccessibleName(f"{title}：{verb}")
        made.setVisible(may)
        card.body.addStretch(1)
        across = QHBoxLayout()
        across.addWidget(made)
        across.addStretch(1)
        card.body.addLayout(across)
        return card

    def opened(self) -> None:
        self.page.load(lambda: read_tables(self.desk.station), self.list.show_rows)

"""What tests of 特困照料 share: the page at one of its parts, and three people in care."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from tests.mzdesk.care.township import Settled, Township
from tests.ui.conftest import Desk
from ui.pages.care import CarePage
from ui.requests import OpenPage

TODAY = date(2026, 6, 15)
YEAR = timedelta(days=365)
Kind = TypeVar("Kind", bound=QWidget)


def open_part(desk: Desk, part: str, kind: type[Kind]) -> tuple[CarePage, Kind]:
    page = desk.open(OpenPage("care", {"part": part}))
    assert isinstance(page, CarePage)
    panel = page.panel(part)
    assert isinstance(panel, kind)
    return page, panel


def three(town: Township) -> tuple[Settled, Settled, Settled]:
    first = town.settle(date(2026, 1, 5), level="partial", area="rural", carer="逄立春")
    second = town.settle(date(2026, 1, 5), level="independent", area="urban", carer="逄立春")
    third = town.settle(date(2026, 1, 5), level="dependent", area="rural", institution=True, carer="")
    for who in (first, second):
        town.agree(who, TODAY - YEAR, TODAY + YEAR)
        town.assess(who, TODAY - timedelta(days=60), who.level)
    town.write()
    return first, second, third

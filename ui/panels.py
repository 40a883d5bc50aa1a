"""A page in parts: a row of names, one part at a time; a part is made when first shown and loads its data each time it comes up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QComboBox, QPushButton, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.desk import Desk
from ui.page import Page, flow
from ui.paper_preview import PaperPreview
from ui.requests import OpenPage, Request
from ui.table import RowsTable
from ui.table_model import Column, Row
from ui.theme import look
from ui.widgets import EmptyState, button

MONTHS_BACK = 14


class Panel(QWidget):
    """One part of a page. A subclass fills `column` and loads in `opened`."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.desk: Desk = page.desk
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(look().em(0.8))

    def opened(self) -> None:
        """Called each time the part comes to the front; a subclass loads its data here."""

    def shortcut(self, keys: str, act: Callable[[], None]) -> None:
        """Bind keys that hold while this part is on the screen."""
        QShortcut(QKeySequence(keys), self, act)

    def show_paper(self, title: str, make: Callable[[], bytes]) -> None:
        """Typeset behind the window's back, then show the pages."""
        self.desk.tasks.run(make, lambda pdf: self._preview(title, pdf), self.desk.fail, owner=self)

    def _preview(self, title: str, pdf: bytes) -> None:
        dialog = PaperPreview(self, title, pdf)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page: its key, its name, and what makes it."""

    key: str
    name: str
    make: Callable[[Page], Panel]


class PanelPage(Page):
    """A page that shows one of several parts; Ctrl+1 … Ctrl+9 choose them, ← and → move between their names."""

    scrolls = False

    def __init__(self, desk: Desk, parts: Sequence[Part]) -> None:
        super().__init__(desk)
        self.parts = {part.key: part for part in parts}
        self.current = next(iter(self.parts))
        self._panels: dict[str, Panel] = {}
        self._group = QButtonGroup(self)
        self.names: dict[str, QPushButton] = {}
        for number, part in enumerate(parts, 1):
            self.names[part.key] = self._make_name(part, number)
        self.stack = QStackedWidget()
        self.body.addWidget(flow(*self.names.values()))
        self.body.addWidget(self.stack, 1)

    def _make_name(self, part: Part, number: int) -> QPushButton:
        made = button(part.name, on_click=lambda: self.choose(part.key), tip=f"Ctrl+{number}")
        made.setCheckable(True)
        self._group.addButton(made)
        QShortcut(QKeySequence(f"Ctrl+{number}"), self, lambda: self.choose(part.key))
        return made

    def receive(self, request: Request) -> None:
        if isinstance(request, OpenPage) and request.filters.get("part") in self.parts:
            self.current = request.filters["part"]

    def opened(self) -> None:
        self.choose(self.current)

    def panel(self, key: str) -> Panel:
        """Return a part, made where it was not yet."""
        if key not in self._panels:
            self._panels[key] = self.parts[key].make(self)
            self.stack.addWidget(self._panels[key])
        return self._panels[key]

    def choose(self, key: str) -> None:
        """Bring a part to the front."""
        self.current = key
        self.names[key].setChecked(True)
        panel = self.panel(key)
        self.stack.setCurrentWidget(panel)
        panel.opened()

    def count(self, key: str, number: int) -> None:
        """Show a number behind the name of a part, none for 0."""
        if key in self.names:
            self.names[key].setText(f"{self.parts[key].name} {number}" if number else self.parts[key].name)


class Listing(QWidget, Generic[Row]):
    """A table that gives way to a sentence where it has no rows."""

    def __init__(self, columns: tuple[Column[Row], ...], name: str, empty: EmptyState) -> None:
        super().__init__()
        self.table: RowsTable[Row] = RowsTable(columns, name)
        self.empty = empty
        self._faces = QStackedLayout(self)
        self._faces.addWidget(self.table)
        self._faces.addWidget(empty)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows, with the cursor where it was or on the first."""
        number = max(self.table.currentIndex().row(), 0)
        self.table.rows.show_rows(rows)
        self._faces.setCurrentIndex(0 if rows else 1)
        if rows:
            self.table.select(min(number, len(rows) - 1))
        else:
            self.table.row_selected.emit(None)

    def selected(self) -> Row | None:
        """Return the row that the cursor is on."""
        return self.table.selected()


class MonthBox(QComboBox):
    """A choice of calendar months around today; its data is the first day."""

    def __init__(self, today: date, *, ahead: int = 0) -> None:
        super().__init__()
        self.setAccessibleName("月份")
        first = today.replace(day=1)
        for _ in range(ahead):
            first = (first + timedelta(days=32)).replace(day=1)
        for _ in range(MONTHS_BACK + ahead):
            self.addItem(f"{first.year}年{first.month}月", first)
            first = (first - timedelta(days=1)).replace(day=1)
        self.setCurrentIndex(ahead)

    def first(self) -> date:
        """Return the first day of the chosen month."""
        chosen: date = self.currentData()
        return chosen


def fit(dialog: QWidget, wide: float, high: float) -> None:
    """Give a dialog its size in em, though never larger than the window it belongs to."""
    parent = dialog.parentWidget()
    room = parent.window().size() if parent is not None else dialog.screen().availableSize()
    dialog.resize(min(look().em(wide), max(room.width() - 16, 480)), min(look().em(high), max(room.height() - 16, 360)))

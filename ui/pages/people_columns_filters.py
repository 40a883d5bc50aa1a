"""我的筛选: filters under names of one's own, kept with the station, chosen from a menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from mzdesk.registry import filters
from mzdesk.registry.filters import SavedFilter
from mzdesk.registry.people import Query
from ui import dialogs
from ui.page import Page
from ui.widgets import button


class FilterMenu(QObject):
    """A button with the saved filters. Signal: chosen(SavedFilter)."""

    chosen = Signal(object)

    def __init__(self, page: Page, query: Callable[[], Query]) -> None:
        super().__init__(page)
        self._page, self._query = page, query
        self.saved: tuple[SavedFilter, ...] = ()
        self.button = button("我的筛选", "list-checks")
        self.menu = QMenu(self.button)
        self.button.setMenu(self.menu)
        self._fill()

    def load(self) -> None:
        """Read the saved filters."""
        desk = self._page.desk
        desk.tasks.run(lambda: filters.saved(desk.station), self.show_saved, desk.fail, owner=self._page)

    def show_saved(self, saved: tuple[SavedFilter, ...]) -> None:
        """Show other filters."""
        self.saved = saved
        self._fill()

    def _fill(self) -> None:
        self.menu.clear()
        for one in self.saved:
            self.menu.addAction(one.name).triggered.connect(lambda *_, one=one: self.chosen.emit(one))
        if not self.saved:
            self.menu.addAction("还没有保存过筛选").setEnabled(False)
        self.menu.addSeparator()
        self.menu.addAction("保存现在的筛选…").triggered.connect(lambda *_: self.save())
        if self.saved:
            removing = self.menu.addMenu("删除")
            for one in self.saved:
                removing.addAction(one.name).triggered.connect(lambda *_, one=one: self.forget(one))

    def save(self) -> None:
        """Ask for a name and keep the filter as it stands."""
        query, desk = self._query(), self._page.desk
        text = "类别、村、风险、到期、标签、搜索的字和排序都会记住。同名的会被替换。"
        name = dialogs.ask_text(self._page, "保存现在的筛选", text, "名称", "保存")
        if name:
            desk.tasks.run(lambda: filters.save(desk.station, name, query), lambda _none: self.load(), desk.fail, owner=self._page)

    def forget(self, one: SavedFilter) -> None:
        """Remove a filter."""
        desk = self._page.desk
        desk.tasks.run(lambda: filters.forget(desk.station, one.name), lambda _none: self.load(), desk.fail, owner=self._page)

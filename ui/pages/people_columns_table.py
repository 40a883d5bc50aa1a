"""The table of people: columns that change, headings that sort, and several rows chosen at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QTableView

from mzdesk.registry.people import PersonRow
from ui.pages.people_columns import COLUMNS, columns_of
from ui.table import RowsTable


class PeopleTable(RowsTable[PersonRow]):
    """Signals: sort_wanted(order): a heading was pressed; chosen_changed(number of rows chosen)."""

    sort_wanted = Signal(str)
    chosen_changed = Signal(int)

    def __init__(self, keys: Sequence[str], today: date) -> None:
        super().__init__(columns_of(keys, today), "服务对象列表")
        self.keys = tuple(keys)
        self._sort = ""
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._press_heading)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit(len(self.chosen())))

    def show_columns(self, keys: Sequence[str], today: date) -> None:
        """Show other columns over the same rows; the cursor stays."""
        place = max(self.currentIndex().row(), 0)
        self.keys = tuple(keys)
        self.rows.beginResetModel()
        self.rows.columns = columns_of(keys, today)
        self.rows.endResetModel()
        for number, column in enumerate(self.rows.columns):
            self.setItemDelegateForColumn(number, self._chips if column.chip else None)  # type: ignore[arg-type]
        self._share_width()
        self.show_sort(self._sort)
        if self.rows.rowCount():
            self.select(place)

    def show_sort(self, sort: str) -> None:
        """Mark the heading that the list is sorted by; "" for none."""
        self._sort = sort
        header = self.horizontalHeader()
        both = (sort, opposite(sort)) if sort else ()
        column = next((number for number, key in enumerate(self.keys) if COLUMNS[key].sort and COLUMNS[key].sort in both), -1)
        header.setSortIndicatorShown(column >= 0)
        if column >= 0:
            rising = COLUMNS[self.keys[column]].sort == sort
            header.setSortIndicator(column, Qt.SortOrder.AscendingOrder if rising else Qt.SortOrder.DescendingOrder)

    def _press_heading(self, column: int) -> None:
        wanted = COLUMNS[self.keys[column]].sort
        if wanted:
            self.sort_wanted.emit(opposite(wanted) if self._sort == wanted else wanted)

    def chosen(self) -> tuple[PersonRow, ...]:
        """Return the rows that are chosen, in the order of the list."""
        numbers = sorted({index.row() for index in self.selectionModel().selectedRows()})
        found = (self.rows.row_at(number) for number in numbers)
        return tuple(row for row in found if row is not None)

    def choose_rows(self, numbers: Sequence[int]) -> None:
        """Choose several rows."""
        how = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        self.clearSelection()
        for number in numbers:
            self.selectionModel().select(self.rows.index(number, 0), how)


def opposite(sort: str) -> str:
    """Return the same order backwards."""
    return sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"

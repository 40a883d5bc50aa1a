"""The first step of a new station: province, city, county, township and villages from the shipped divisions, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui.layouts import SpanGrid, Step
from ui.search_combo import SearchCombo, initials_of
from ui.theme import look
from ui.widgets import Field, button, label

if TYPE_CHECKING:
    from mzdesk.registry.snapshot import Division, Snapshot

LEVEL_NAMES = ("省（自治区、直辖市）", "市（州）", "县（市、区）", "乡镇（街道）")
CODE = Qt.ItemDataRole.UserRole


class PlacePicker(QWidget):
    """Signal: changed(): township or villages were chosen or not."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        grid = SpanGrid((Step(40, 2), Step(0, 1)))
        self.levels: list[SearchCombo] = []
        for place, name in enumerate(LEVEL_NAMES):
            combo = SearchCombo()
            combo.addItem("请选择", "")
            combo.setEnabled(False)
            combo.activated.connect(lambda _row, place=place: self._chosen(place))
            self.levels.append(combo)
            grid.add(Field(name, combo, required=True, reserve=False), 1)
        column.addWidget(grid)
        column.addWidget(self._make_villages(), 1)

    def _make_villages(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, look().em(0.4), 0, 0)
        head = QHBoxLayout()
        self.count = label("村（居）：先选乡镇", "label")
        self.search = QLineEdit()
        self.search.setPlaceholderText("找村：村名或拼音首字母")
        self.search.setMinimumWidth(look().em(15))
        self.search.textChanged.connect(self._filter)
        self.all_button = button("全选", on_click=lambda: self._check_all(True))
        self.none_button = button("全不选", on_click=lambda: self._check_all(False))
        head.addWidget(self.count, 1)
        for widget in (self.search, self.all_button, self.none_button):
            head.addWidget(widget)
        column.addLayout(head)
        self.villages = QListWidget()
        self.villages.setObjectName("rows")
        self.villages.setAccessibleName("村（居）")
        self.villages.setMinimumHeight(look().em(9))
        self.villages.itemChanged.connect(lambda *_: self._count())
        column.addWidget(self.villages, 1)
        return holder

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Offer the provinces."""
        self._snapshot = snapshot
        self._fill(0, snapshot.children())
        self.levels[0].line.setFocus()

    def township(self) -> str:
        """Return the 9-digit code, "" while none is chosen."""
        return str(self.levels[3].currentData() or "")

    def township_name(self) -> str:
        """Return the name of the township."""
        return self.levels[3].currentText() if self.township() else ""

    def chosen_villages(self) -> tuple[str, ...]:
        """Return the 12-digit codes that are ticked."""
        items = (self.villages.item(row) for row in range(self.villages.count()))
        return tuple(str(item.data(CODE)) for item in items if item.checkState() == Qt.CheckState.Checked)

    def choose(self, *codes: str) -> None:
        """Choose province, city, county, township by code, as a person would."""
        for place, code in enumerate(codes):
            combo = self.levels[place]
            combo.setCurrentIndex(combo.findData(code))
            self._chosen(place)

    def _chosen(self, place: int) -> None:
        for later in self.levels[place + 1 :]:
            self._offer(later, ())
        self.villages.clear()
        code = str(self.levels[place].currentData() or "")
        if code and self._snapshot is not None:
            below = self._snapshot.children(code)
            if place < 3:
                self._fill(self._level_of(below, place + 1), below)
            else:
                self._show_villages(below)
        self._count()

    @staticmethod
    def _level_of(found: tuple[Division, ...], expected: int) -> int:
        """Return the place of the next combo; a level that a division does not have is skipped."""
        return {2: 0, 4: 1, 6: 2, 9: 3}.get(len(found[0].code), expected) if found else expected

    def _fill(self, place: int, found: tuple[Division, ...]) -> None:
        combo = self.levels[place]
        self._offer(combo, found)
        if len(found) == 1:  # 市辖区 of a municipality and the like
            combo.setCurrentIndex(1)
            self._chosen(place)

    @staticmethod
    def _offer(combo: SearchCombo, found: tuple[Division, ...]) -> None:
        combo.clear()
        combo.addItem("请选择", "")
        for division in found:
            combo.addItem(division.name, division.code)
        combo.reindex()
        combo.setEnabled(bool(found))

    def _show_villages(self, found: tuple[Division, ...]) -> None:
        self.villages.blockSignals(True)
        for division in found:
            item = QListWidgetItem(division.name)
            item.setData(CODE, division.code)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.villages.addItem(item)
        self.villages.blockSignals(False)

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        for row in range(self.villages.count()):
            item = self.villages.item(row)
            item.setHidden(bool(wanted) and wanted not in item.text() and wanted not in initials_of(item.text()))

    def _check_all(self, on: bool) -> None:
        self.villages.blockSignals(True)
        for row in range(self.villages.count()):
            if not self.villages.item(row).isHidden():
                self.villages.item(row).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.villages.blockSignals(False)
        self._count()

    def _count(self) -> None:
        total, chosen = self.villages.count(), len(self.chosen_villages())
        self.count.setText(f"村（居）：已选 {chosen} 个，共 {total} 个" if total else "村（居）：先选乡镇")
        self.changed.emit()

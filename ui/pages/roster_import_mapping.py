"""列的对应: which column holds what, with examples beside it; what is chosen here is remembered for every roster with these headings."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QVBoxLayout, QWidget

from mzdesk.registry import id_number
from mzdesk.registry.roster_headings import FIELD_BY_NAME, FIELDS
from mzdesk.registry.roster_layout import Table
from mzdesk.registry.roster_reading import text_of
from ui.layouts import ScrollColumn
from ui.theme import look
from ui.widgets import Banner, Card, ElidedLabel, button, dialog_foot, label

EXAMPLES = 3
KEPT = "（不对应，作为备注保留）"


def examples(table: Table, column: int) -> str:
    """Return the first values of a column, identity numbers masked."""
    found: list[str] = []
    for line in table.people:
        text = text_of(table.sheet.rows[line][column])
        shown = id_number.mask(text) if len(text) in (15, 18) else text
        if shown and shown not in found:
            found.append(shown)
        if len(found) == EXAMPLES:
            break
    return "、".join(found)


def problem_of(mapping: Mapping[int, str]) -> str:
    """Return why a mapping cannot work, "" where it can."""
    chosen = [field for field in mapping.values() if field]
    double = next((field for field in chosen if chosen.count(field) > 1), "")
    if double:
        return f"有两列都选了“{FIELD_BY_NAME[double].label}”，请改掉其中一列。"
    return "" if {"name", "id_no"} & set(chosen) else "请至少指明哪一列是姓名，哪一列是身份证号码。"


class MappingDialog(QDialog):
    """Signal: chosen(tuple of one mapping a table, in their order)."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, tables: tuple[Table, ...]) -> None:
        super().__init__(parent)
        self.setWindowTitle("列的对应")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.boxes: list[dict[int, QComboBox]] = []
        scroll = ScrollColumn(margin=(1.6, 1.4, 1.6, 0.6), gap=0.8)
        scroll.column.addWidget(label("每一列填的是什么？", "h2"))
        told = "左边是表里的列名和前几个内容，右边是它对应的资料。选好以后会记住，下次同样的表不用再选。"
        scroll.column.addWidget(label(told, "muted", wrap=True))
        self.banner = Banner()
        scroll.column.addWidget(self.banner)
        for table in tables:
            scroll.column.addWidget(self._make_table(table))
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, look().em(1.0))
        column.addWidget(scroll, 1)
        column.addLayout(dialog_foot(button("就这样对应", kind="primary", on_click=self.submit, tip="Ctrl+Enter"), self.reject))
        QShortcut(QKeySequence("Ctrl+Return"), self, self.submit)
        self.resize(look().em(58), look().em(44))

    def _make_table(self, table: Table) -> Card:
        card = Card(table.sheet.name or "花名册", f"{len(table.people)} 行")
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().em(1.0))
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        boxes: dict[int, QComboBox] = {}
        for number, column in enumerate(column for column in table.columns if column.heading):
            boxes[column.index] = _box(column.heading, column.field)
            grid.addWidget(ElidedLabel(column.heading, "strong"), number, 0)
            grid.addWidget(ElidedLabel(examples(table, column.index) or "（空）", "hint"), number, 1)
            grid.addWidget(boxes[column.index], number, 2)
        self.boxes.append(boxes)
        card.body.addLayout(grid)
        return card

    def mappings(self) -> tuple[dict[int, str], ...]:
        """Return what is chosen: column index → field, a table each."""
        return tuple({index: str(box.currentData()) for index, box in boxes.items()} for boxes in self.boxes)

    def submit(self) -> None:
        """Check, then hand the choice over."""
        mappings = self.mappings()
        problem = next((found for mapping in mappings if (found := problem_of(mapping))), "")
        self.banner.show_text(problem, "red")
        if not problem:
            self.chosen.emit(mappings)
            self.accept()


def _box(heading: str, field: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(heading)
    made.setMinimumWidth(look().em(16))
    made.setMaxVisibleItems(16)
    made.addItem(KEPT, "")
    for known in FIELDS:
        made.addItem(known.label, known.name)
    made.setCurrentIndex(max(made.findData(field), 0))
    return made

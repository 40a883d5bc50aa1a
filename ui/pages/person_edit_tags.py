"""Tags and relief of a person as ticks; a tag of the station's own is typed once and offered like the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout

from mzdesk.errors import MzError
from mzdesk.registry import people
from mzdesk.registry.codes import AIDS
from mzdesk.registry.tags import TAGS, tag_code, tag_name, tags_text
from mzdesk.store.rows import PersonData
from ui.layouts import CARD_STEPS, ScrollColumn, SpanGrid
from ui.page import Page
from ui.theme import look
from ui.widgets import Card, Field, button, dialog_foot, label


class TagDialog(QDialog):
    """Signal: chosen(tags, aids), each as the column holds it."""

    chosen = Signal(str, str)

    def __init__(self, page: Page, person: PersonData) -> None:
        super().__init__(page)
        self.setWindowTitle("标签和救助")
        self.tags: dict[str, QCheckBox] = {}
        self.aids: dict[str, QCheckBox] = {}
        scroll = ScrollColumn(margin=(1.6, 1.4, 1.6, 0.6), gap=0.8)
        scroll.column.addWidget(label(f"{person.name}的标签和救助", "h2", wrap=True))
        mine = person.tags.split()
        own = {code: code for code in mine if code not in TAGS}
        self._grid = SpanGrid(CARD_STEPS, line_gap=0.5)
        scroll.column.addWidget(self._make_card("标签", "可以按标签筛选", self._grid, {**TAGS, **own}, mine, self.tags))
        self.own = QLineEdit()
        self.own.setMaxLength(20)
        self.own.setPlaceholderText("例如 低视力")
        self.own.returnPressed.connect(self.add_own)
        self.own_field = Field("自己加一个标签", self.own)
        across = QHBoxLayout()
        across.addWidget(self.own_field, 1)
        across.addWidget(button("加上", "plus", on_click=self.add_own))
        scroll.column.addLayout(across)
        aids = SpanGrid(CARD_STEPS, line_gap=0.5)
        scroll.column.addWidget(self._make_card("享受的救助", "", aids, AIDS, person.aids.split(), self.aids))
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, look().em(1.0))
        column.addWidget(scroll, 1)
        column.addLayout(dialog_foot(button("保存", kind="primary", on_click=self.submit, tip="Ctrl+Enter"), self.reject))
        QShortcut(QKeySequence("Ctrl+Return"), self, self.submit)
        self.resize(look().em(50), look().em(40))

    def _make_card(
        self, title: str, note: str, grid: SpanGrid, names: Mapping[str, str], mine: list[str], boxes: dict[str, QCheckBox]
    ) -> Card:
        card = Card(title, note)
        for code, name in names.items():
            boxes[code] = QCheckBox(name)
            boxes[code].setChecked(code in mine)
            grid.add(boxes[code], 1)
        card.body.addWidget(grid)
        return card

    def add_own(self) -> None:
        """Add the tag that is typed and tick it."""
        try:
            code = tag_code(self.own.text())
        except MzError as error:
            self.own_field.show_message(error.message)
            return
        if code not in self.tags:
            self.tags[code] = QCheckBox(tag_name(code))
            self._grid.add(self.tags[code], 1)
        self.tags[code].setChecked(True)
        self.own.clear()
        self.own_field.show_message("")

    def submit(self) -> None:
        """Hand the choice over."""
        if self.own.text().strip():
            self.add_own()
        try:
            tags = tags_text(code for code, box in self.tags.items() if box.isChecked())
        except MzError as error:
            self.own_field.show_message(error.message)
            return
        self.chosen.emit(tags, " ".join(code for code, box in self.aids.items() if box.isChecked()))
        self.accept()


def edit_tags(page: Page, person: PersonData, done: Callable[[str], None]) -> TagDialog:
    """Open the dialog and write what is chosen."""
    dialog = TagDialog(page, person)

    def save(tags: str, aids: str) -> None:
        station = page.desk.station
        page.act(lambda: people.edit(station, person.id, {"tags": tags, "aids": aids}), lambda _none: done("已保存"))

    dialog.chosen.connect(save)
    dialog.open()
    return dialog

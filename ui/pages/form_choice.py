"""A choice before a form opens: between forms or drafts, or of the village; reachable by keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from ui.layouts import ScrollColumn
from ui.opening_forms import Choice, VillageWanted
from ui.search_combo import SearchCombo
from ui.theme import look
from ui.widgets import Card, Field, button, label, rule


class FormChoice(ScrollColumn):
    """Signal: chosen(Request)."""

    chosen = Signal(object)

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        card = Card(padded=True)
        card.setMaximumWidth(look().em(56))
        self.buttons: list[QPushButton] = []
        for number, offer in enumerate(choice.offers):
            if number:
                card.body.addWidget(rule())
            line = QHBoxLayout()
            words = QVBoxLayout()
            words.addWidget(label(offer.title, "strong", wrap=True))
            words.addWidget(label(offer.note, "hint", wrap=True))
            line.addLayout(words, 1)
            verb = button("选择", on_click=lambda offer=offer: self.chosen.emit(offer.request))  # type: ignore[misc]
            verb.setAccessibleName(f"选择 {offer.title}")
            verb.setAutoDefault(True)
            self.buttons.append(verb)
            line.addWidget(verb)
            card.body.addLayout(line)
        self.column.addWidget(card)
        self.column.addStretch(1)

    def focus_first(self) -> None:
        """Put the cursor on the first line."""
        if self.buttons:
            self.buttons[0].setFocus()


class VillageChoice(ScrollColumn):
    """Asks in which village. Signal: chosen(Request)."""

    chosen = Signal(object)

    def __init__(self, wanted: VillageWanted) -> None:
        super().__init__()
        card = Card("先选村（居）")
        card.setMaximumWidth(look().em(40))
        self.combo = SearchCombo()
        self.combo.addItem("请选择", "")
        for code, name in wanted.villages:
            self.combo.addItem(name, code)
        self.combo.reindex()
        card.body.addWidget(Field("对象或活动在哪个村（居）", self.combo, required=True, hint="输入几个字或拼音首字母"))
        self.go_on = button("继续", kind="primary", on_click=lambda: self.chosen.emit(wanted.in_village(self.combo.currentData())))
        self.go_on.setAutoDefault(True)
        self.go_on.setEnabled(False)
        self.combo.activated.connect(self._note)
        card.body.addWidget(self.go_on, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(card)
        self.column.addStretch(1)

    def _note(self, _row: int) -> None:
        self.go_on.setEnabled(bool(self.combo.currentData()))
        if self.go_on.isEnabled():
            self.go_on.setFocus()

    def focus_first(self) -> None:
        """Put the cursor into the list."""
        self.combo.line.setFocus()

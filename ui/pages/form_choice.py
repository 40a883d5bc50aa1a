"""A choice between forms or drafts: large lines to press, reachable by keys."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from ui.layouts import ScrollColumn
from ui.opening_forms import Choice
from ui.theme import look
from ui.widgets import Card, button, label, rule


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

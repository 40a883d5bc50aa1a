"""The three lights of a record: on this laptop, on a stick, at the county with its receipt number; words first, colour repeats them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.theme import look
from ui.widgets import Chip, label
from ui.words import copies_words


class CopiesLight(QWidget):
    """Where a record lies; a place that does not hold it yet is shown without colour."""

    def __init__(self) -> None:
        super().__init__()
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look().em(0.5))
        self.here, self.stick, self.county = Chip(), Chip(), Chip()
        across.addWidget(label("保存在", "hint"))
        for chip in (self.here, self.stick, self.county):
            across.addWidget(chip)
        across.addStretch(1)

    def show_copies(self, copy: str, receipt: str) -> None:
        """Light the places that hold the record."""
        self.here.show_text("✓ 本机", "green")
        self.stick.show_text("✓ U盘" if copy == "stick" else "U盘：没有", "amber" if copy == "stick" and not receipt else "")
        self.stick.setVisible(copy == "stick" or not (receipt or copy == "county"))
        held = f"✓ 县里　回执号 {receipt}" if receipt else "✓ 县里（由县里下发）" if copy == "county" else "县里：还没有回执"
        self.county.show_text(held, "green" if receipt or copy == "county" else "")
        self.setAccessibleName(copies_words(copy, receipt))

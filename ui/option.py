"""Radio buttons and check boxes whose words wrap where they do not fit; Qt's own cut them off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QSizePolicy

from ui.theme import look

if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    _Button = object  # a second Qt base would not do

NOT_FIRST = frozenset("，。、；：？！”’）》】…·,.;:?!)]}%")


def break_text(text: str, metrics: QFontMetrics, width: int) -> str:
    """Return `text` with line breaks so that no line is wider than `width` pixels; closing signs never begin a line."""
    lines = [""]
    for sign in text:
        if lines[-1] and metrics.horizontalAdvance(lines[-1] + sign) > width and sign not in NOT_FIRST:
            lines.append("")
        lines[-1] += sign
    return "\n".join(line.strip() for line in lines)


class _Wrapping(_Button):
    """A button that keeps its words whole and shows them broken to its width; stands before Qt's class among the bases."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.whole = words.replace("&", "&&")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setText(self.whole)

    def sizeHint(self) -> QSize:
        """Return the size with the words in one line, as Qt's class would, whatever is broken now."""
        hint = super().sizeHint()
        height = hint.height() - self.text().count("\n") * self.fontMetrics().lineSpacing()
        return QSize(self._frame_width(hint) + self.fontMetrics().size(0, self.whole).width(), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(look().em(6), self.sizeHint().width()), self.sizeHint().height())

    def height_at(self, width: int) -> int:
        """Return the height at a width."""
        return self.sizeHint().height() + self._broken(width).count("\n") * self.fontMetrics().lineSpacing()

    def fit(self, width: int) -> None:
        """Break the words for a width."""
        words = self._broken(width)
        if words != self.text():
            self.setText(words)

    def _frame_width(self, hint: QSize) -> int:
        """Return what the button needs beside its words."""
        return hint.width() - self.fontMetrics().size(0, self.text()).width()

    def _broken(self, width: int) -> str:
        """Return the words as they fit into a button of `width`."""
        if self.sizeHint().width() <= width:
            return self.whole
        return break_text(self.whole, self.fontMetrics(), max(width - self._frame_width(super().sizeHint()), look().em(2)))


class WrappingRadio(_Wrapping, QRadioButton):
    """A radio button with words that wrap."""


class WrappingCheck(_Wrapping, QCheckBox):
    """A check box with words that wrap."""

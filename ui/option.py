"""Radio buttons and check boxes whose words wrap where they do not fit; Qt's own cut them off."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QSizePolicy

from ui.theme import look

NOT_FIRST = frozenset("，。、；：？！”’）》】…·,.;:?!)]}%")


def break_text(text: str, metrics: QFontMetrics, width: int) -> str:
    """Return `text` with line breaks so that no line is wider than `width` pixels; closing signs never begin a line."""
    lines = [""]
    for sign in text:
        if lines[-1] and metrics.horizontalAdvance(lines[-1] + sign) > width and sign not in NOT_FIRST:
            lines.append("")
        lines[-1] += sign
    return "\n".join(line.strip() for line in lines)


class _Words:
    """The words of a button, whole and as they are broken now."""

    def __init__(self, button: QAbstractButton, words: str) -> None:
        self._button, self.whole = button, words.replace("&", "&&")
        button.setText(self.whole)

    def frame_width(self, hint: QSize) -> int:
        """Return what the button needs beside its words."""
        return hint.width() - self._button.fontMetrics().size(0, self._button.text()).width()

    def whole_hint(self, hint: QSize) -> QSize:
        """Return the size of the button with its words in one line."""
        lines = self._button.text().count("\n")
        height = hint.height() - lines * self._button.fontMetrics().lineSpacing()
        return QSize(self.frame_width(hint) + self._button.fontMetrics().size(0, self.whole).width(), height)

    def broken(self, hint: QSize, width: int) -> str:
        """Return the words as they fit into a button of `width`."""
        if self.whole_hint(hint).width() <= width:
            return self.whole
        return break_text(self.whole, self._button.fontMetrics(), max(width - self.frame_width(hint), look().em(2)))

    def height_at(self, hint: QSize, width: int) -> int:
        """Return the height of the button at a width."""
        lines = self.broken(hint, width).count("\n")
        return self.whole_hint(hint).height() + lines * self._button.fontMetrics().lineSpacing()

    def fit(self, hint: QSize, width: int) -> None:
        """Break the words for a width."""
        words = self.broken(hint, width)
        if words != self._button.text():
            self._button.setText(words)


class WrappingRadio(QRadioButton):
    """A radio button with words that wrap."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.words = _Words(self, words)

    def sizeHint(self) -> QSize:
        return self.words.whole_hint(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(look().em(6), self.sizeHint().width()), self.sizeHint().height())

    def height_at(self, width: int) -> int:
        """Return the height at a width."""
        return self.words.height_at(super().sizeHint(), width)

    def fit(self, width: int) -> None:
        """Break the words for a width."""
        self.words.fit(super().sizeHint(), width)


class WrappingCheck(QCheckBox):
    """A check box with words that wrap."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.words = _Words(self, words)

    def sizeHint(self) -> QSize:
        return self.words.whole_hint(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(look().em(6), self.sizeHint().width()), self.sizeHint().height())

    def height_at(self, width: int) -> int:
        """Return the height at a width."""
        return self.words.height_at(super().sizeHint(), width)

    def fit(self, width: int) -> None:
        """Break the words for a width."""
        self.words.fit(super().sizeHint(), width)

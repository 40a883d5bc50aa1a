"""The small parts that all pages are made of; they take their colours from the style sheet, through names and the property `tone`."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui import icons
from ui.theme import desk_font, look, restyle


class WrappedLabel(QLabel):
    """A label whose lines wrap: as narrow as it must be and as tall as its width asks; a dialog around it is no taller than its words."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setWordWrap(True)

    def minimumSizeHint(self) -> QSize:
        return QSize(1, self.fontMetrics().height())


def label(text: str = "", name: str = "", *, wrap: bool = False, tone: str = "") -> QLabel:
    """Return a plain-text label; `name` is one of h1 h2 strong big brand muted hint error ok label mono."""
    made = WrappedLabel(text) if wrap else QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(name)
    if tone:
        made.setProperty("tone", tone)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def show_name(widget: QLabel, text: str, *, required: bool = False) -> None:
    """Show the name of a field in a label, with a red star where an answer is required."""
    star = f'&nbsp;<span style="color:{look().tokens.red}">*</span>' if required else ""
    widget.setTextFormat(Qt.TextFormat.RichText)
    widget.setText(f"{escape(text)}{star}")


def rename(widget: QWidget, name: str) -> None:
    """Give a widget another look of the style sheet."""
    if widget.objectName() != name:
        widget.setObjectName(name)
        restyle(widget)


def set_tone(widget: QWidget, tone: str) -> None:
    """Give a widget another tone: "", primary, red, amber or green."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        restyle(widget)


class ElidedLabel(QLabel):
    """One line that ends in … where it does not fit; the whole text is in the tool tip."""

    def __init__(self, text: str = "", name: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""
        self.setText(text)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.setText(text)

    def setText(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    def whole_text(self) -> str:
        """Return the text without …"""
        return self._whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 20))
        if shown != self.text():
            super().setText(shown)
            self.setToolTip(self._whole if shown != self._whole else "")


def shorten(text: str, ems: float) -> str:
    """Return a text that is no wider than `ems`, ending in … where it was."""
    return QFontMetrics(desk_font(look().px)).elidedText(text, Qt.TextElideMode.ElideRight, look().em(ems))


class Chip(QLabel):
    """A short word on a coloured ground; the word itself carries the meaning, the colour repeats it."""

    def __init__(self, text: str = "", tone: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName("chip")
        self.setProperty("tone", tone)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)

    def show_text(self, text: str, tone: str = "") -> None:
        """Show another word."""
        self.setText(text)
        set_tone(self, tone)


def button(text: str, glyph: str = "", *, kind: str = "", on_click: Callable[[], object] | None = None, tip: str = "") -> QPushButton:
    """Return a push button; `kind` is "", primary, danger or link."""
    made = QPushButton(f" {text}" if glyph else text)
    made.setProperty("kind", kind)
    made.setAutoDefault(False)
    made.setToolTip(tip)
    if glyph:
        made.setIcon(icons.icon(glyph, {"primary": "on_primary", "danger": "on_red", "link": "primary"}.get(kind, "text")))
        made.setIconSize(icons.icon_size(1.2))
    if on_click is not None:
        made.clicked.connect(lambda *_: on_click())
    return made


def tool_button(glyph: str, name: str, on_click: Callable[[], None] | None = None) -> QToolButton:
    """Return a button with an icon only; `name` is read out and shown as a tip."""
    made = QToolButton()
    made.setIcon(icons.icon(glyph, "muted"))
    made.setIconSize(icons.icon_size(1.2))
    made.setToolTip(name)
    made.setAccessibleName(name)
    if on_click is not None:
        made.clicked.connect(lambda *_: on_click())
    return made


class Card(QFrame):
    """A white sheet with an optional title, a note beside it, and `body` for the content."""

    def __init__(self, title: str = "", note: str = "", *, padded: bool = True) -> None:
        super().__init__()
        self.setObjectName("card")
        side = look().em(1.3)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(
            side if padded else 0, look().em(1.0), side if padded else 0, look().em(0.9) if padded else look().em(0.4)
        )
        self.body.setSpacing(look().em(0.5))
        self.head = QHBoxLayout()
        self.head.setSpacing(look().em(0.6))
        if not padded:
            self.head.setContentsMargins(side, 0, side, look().em(0.3))
        self.title = label(title, "h2")
        self.note = label(note, "hint")
        if title:
            self.head.addWidget(self.title)
            self.head.addWidget(self.note)
            self.head.addStretch(1)
            self.body.addLayout(self.head)


class StatCard(QFrame):
    """One figure of the day with its name, what lies behind it, and an icon. Signal: pressed()."""

    pressed = Signal()

    def __init__(self, name: str, glyph: str, tone: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._name = name
        row = QHBoxLayout(self)
        row.setContentsMargins(look().em(1.15), look().em(1.0), look().em(1.15), look().em(1.0))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._figure = label("…", "big", tone=tone)
        self._detail = ElidedLabel("", "hint")
        words.addWidget(label(name, "muted"))
        words.addWidget(self._figure)
        words.addWidget(self._detail)
        row.addLayout(words, 1)
        row.addWidget(_round_icon(glyph, tone), 0, Qt.AlignmentFlag.AlignTop)

    def show_figure(self, figure: str, detail: str) -> None:
        """Show the figure and the line beneath it."""
        self._figure.setText(figure)
        self._detail.show_text(detail)
        self.setAccessibleName(f"{self._name} {figure} {detail}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()


def _round_icon(glyph: str, tone: str) -> QLabel:
    side = look().em(2.7)
    made = QLabel()
    made.setFixedSize(side, side)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setPixmap(icons.pixmap(glyph, tone, 1.5, 2.0))
    made.setStyleSheet(f"background: {getattr(look().tokens, tone + '_soft')}; border-radius: {side // 2}px;")
    return made


class EmptyState(QWidget):
    """What a list says when there is nothing in it: what would be here, and the one thing to do about it."""

    def __init__(self, glyph: str, title: str, text: str = "", action: QPushButton | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(look().em(1), look().em(2), look().em(1), look().em(2))
        column.setSpacing(look().em(0.5))
        picture = QLabel()
        picture.setPixmap(icons.pixmap(glyph, "outline", 3, 2.0))
        self.title = label(title, "h2")
        self.text = label(text, "hint", wrap=True)
        column.addStretch(1)
        for widget in (picture, self.title):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.text)
        if action is not None:
            column.addWidget(action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)


class Banner(QFrame):
    """A line at the top of a page that stays until it no longer holds; `tone` primary, green, amber or red."""

    def __init__(self, text: str = "", tone: str = "primary", action: QPushButton | None = None) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("tone", tone)
        row = QHBoxLayout(self)
        row.setContentsMargins(look().em(1), look().em(0.55), look().em(0.7), look().em(0.55))
        self._text = label(text, wrap=True, tone=tone)
        row.addWidget(self._text, 1)
        if action is not None:
            row.addWidget(action)
        if not text:
            self.hide()

    def show_text(self, text: str, tone: str = "primary") -> None:
        """Show another line, or none where it is blank."""
        self._text.setText(text)
        set_tone(self, tone)
        set_tone(self._text, tone)
        self.setVisible(bool(text))

    def text(self) -> str:
        """Return the line shown."""
        return self._text.text()


class Toast(QFrame):
    """A sentence at the foot of the window that goes away by itself; never for anything that a person must act on."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("toast")
        row = QHBoxLayout(self)
        row.setContentsMargins(look().em(1.2), look().em(0.7), look().em(1.2), look().em(0.7))
        self._text = label()
        row.addWidget(self._text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_text(self, text: str, milliseconds: int = 3500) -> None:
        """Show a sentence."""
        self._text.setText(text)
        self.adjustSize()
        window = self._window
        self.move((window.width() - self.width()) // 2, window.height() - self.height() - look().em(5))
        self.show()
        self.raise_()
        self._timer.start(milliseconds)


class Field(QWidget):
    """Label, input, and one line beneath that is always reserved, so that a message never moves the page."""

    def __init__(self, name: str, control: QWidget, *, required: bool = False, hint: str = "", reserve: bool = True) -> None:
        super().__init__()
        self.control = control
        self._hint, self._reserve = hint, reserve
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.2))
        self.name = label("", "label", wrap=True)
        show_name(self.name, name, required=required)
        self.message = label("", "hint", wrap=True)
        column.addWidget(self.name)
        column.addWidget(control)
        column.addWidget(self.message)
        column.addStretch(1)
        self.name.setBuddy(control)
        control.setAccessibleName(name)
        self.show_message("")

    def show_message(self, error: str, *, good: str = "") -> None:
        """Show an error, or a good word, or else the hint."""
        text = f"✕ {error}" if error else f"✓ {good}" if good else self._hint
        rename(self.message, "error" if error else "ok" if good else "hint")
        self.message.setText(text or (" " if self._reserve else ""))
        self.message.setVisible(bool(text) or self._reserve)
        self.control.setAccessibleDescription(error or good or self._hint)
        if self.control.property("bad") != bool(error):
            self.control.setProperty("bad", bool(error))
            restyle(self.control)

    def show_hint(self, hint: str) -> None:
        """Change the line that stands when nothing is wrong."""
        self._hint = hint
        self.show_message("")


class ProgressLine(QWidget):
    """A bar with a word, hidden while nothing is under way."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._text = label("", "hint", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        self.hide()

    def show_progress(self, done: int, total: int, text: str) -> None:
        """Show how far the work is; total 0 where nobody knows."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._text.setText(text)
        self.show()


def rule() -> QFrame:
    """Return a thin line."""
    made = QFrame()
    made.setObjectName("rule")
    return made


def row(*widgets: QWidget, gap: float = 0.6, stretch: bool = True) -> QHBoxLayout:
    """Return widgets side by side."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(look().em(gap))
    for widget in widgets:
        made.addWidget(widget)
    if stretch:
        made.addStretch(1)
    return made


def dialog_foot(accept: QPushButton, on_cancel: Callable[[], object]) -> QHBoxLayout:
    """Return the last line of a dialog that stands on cards: 取消 and its own verb, at the right."""
    foot = QHBoxLayout()
    foot.setContentsMargins(look().em(1.6), 0, look().em(1.6), 0)
    foot.addStretch(1)
    foot.addWidget(button("取消", on_click=on_cancel))
    foot.addWidget(accept)
    return foot

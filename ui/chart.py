"""Bars of two series by month, painted; the numbers are in the accessible name as well."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from ui.theme import desk_font, look
from ui.widgets import label


@dataclass(frozen=True, slots=True)
class Bar:
    """A month's name and its two numbers."""

    name: str
    whole: int
    part: int


def scale_of(largest: int) -> tuple[int, int]:
    """Return (top, step) of an axis of whole numbers with at most five steps."""
    step = 1
    while step * 5 < max(largest, 1):
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step * max(-(-max(largest, 1) // step), 1), step


SERIES = ("line_strong", "primary")  # the colours of the two series, as tokens


def add_legend(row: QHBoxLayout, names: tuple[str, str]) -> None:
    """Add the names of the two series with their colours to a row."""
    for name, colour in zip(names, SERIES, strict=True):
        square = QLabel()
        square.setFixedSize(look().em(0.7), look().em(0.7))
        square.setStyleSheet(f"background: {getattr(look().tokens, colour)}; border-radius: 2px;")
        row.addWidget(square)
        row.addWidget(label(name, "hint"))


class BarChart(QWidget):
    """The chart; `names` are those of the two series."""

    def __init__(self, names: tuple[str, str]) -> None:
        super().__init__()
        self._names = names
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look().em(13))

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show other numbers."""
        self._bars = bars
        words = "；".join(f"{bar.name}{self._names[0]} {bar.whole}，{self._names[1]} {bar.part}" for bar in bars)
        self.setAccessibleName(words)
        self.setToolTip(words.replace("；", "\n"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = desk_font(look().em(0.86))
        painter.setFont(font)
        metrics = QFontMetrics(font)
        top, step = scale_of(max(max(bar.whole, bar.part) for bar in self._bars))
        left = metrics.horizontalAdvance(f"{top}") + 12
        area = QRectF(left, metrics.height() + 4, self.width() - left - 6, self.height() - 2 * metrics.height() - 14)
        self._paint_axis(painter, area, metrics, top, step)
        self._paint_bars(painter, area, metrics, top)
        painter.end()

    def _paint_axis(self, painter: QPainter, area: QRectF, metrics: QFontMetrics, top: int, step: int) -> None:
        for value in range(0, top + 1, step):
            y = area.bottom() - area.height() * value / top
            painter.setPen(QPen(QColor(look().tokens.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(look().tokens.muted))
            place = QRectF(0, y - metrics.height() / 2, area.left() - 8, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(value))

    def _paint_bars(self, painter: QPainter, area: QRectF, metrics: QFontMetrics, top: int) -> None:
        room = area.width() / len(self._bars)
        width = min(room * 0.3, look().em(2.2))
        for place, bar in enumerate(self._bars):
            middle = area.left() + room * (place + 0.5)
            for side, (value, colour) in enumerate(((bar.whole, look().tokens.line_strong), (bar.part, look().tokens.primary))):
                height = area.height() * value / top
                box = QRectF(middle - width - 1 + side * (width + 2), area.bottom() - height, width, height)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(box, 2, 2)
                if place == len(self._bars) - 1 and value:
                    painter.setPen(QColor(look().tokens.text))
                    painter.drawText(box.adjusted(-20, -metrics.height() - 1, 20, 0), Qt.AlignmentFlag.AlignHCenter, str(value))
            painter.setPen(QColor(look().tokens.muted))
            name = QRectF(middle - room / 2, area.bottom() + 5, room, metrics.height())
            painter.drawText(name, Qt.AlignmentFlag.AlignCenter, bar.name)

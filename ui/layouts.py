"""Layouts that adapt to the width: a flow that wraps, and a grid of parts of a row that stacks; nothing is ever cut off at the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLayout, QLayoutItem, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import look


class FlowLayout(QLayout):
    """Items in a row that continue on the next line; the height follows the width."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8, line_gap: int = 4) -> None:
        super().__init__(parent)
        self.setContentsMargins(QMargins(0, 0, 0, 0))
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap = gap, line_gap

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0))

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            width = min(size.width(), max(rect.width(), item.minimumSize().width()))
            if x > rect.x() and x + width > rect.x() + rect.width():
                x, y, line = rect.x(), y + line + self._line_gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(width, size.height())))
            x += width + self._gap
            line = max(line, size.height())
        return y + line - rect.y()


@dataclass(frozen=True, slots=True)
class Step:
    """From a width of `ems` on, a row has `columns` columns."""

    ems: float
    columns: int


FORM_STEPS = (Step(46, 4), Step(26, 2), Step(0, 1))
CARD_STEPS = (Step(50, 4), Step(24, 2), Step(0, 1))
SPLIT_STEPS = (Step(60, 5), Step(0, 1))


class SpanGrid(QWidget):
    """Widgets that each take a part of a row: of four columns where it is wide, two where narrow, one where very narrow.

    Hidden widgets leave no gap. `full` is the number of columns that spans are counted in.
    """

    def __init__(self, steps: tuple[Step, ...] = FORM_STEPS, *, gap: float = 1.2, line_gap: float = 0.3) -> None:
        super().__init__()
        self._steps = steps
        self._full = steps[0].columns
        self._cells: list[tuple[QWidget, int]] = []
        self._columns = self._full
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().em(gap))
        self._grid.setVerticalSpacing(look().em(line_gap))

    def add(self, widget: QWidget, span: int) -> None:
        """Append a widget that takes `span` columns of a full row."""
        self._cells.append((widget, min(max(span, 1), self._full)))
        widget.setParent(self)
        widget.installEventFilter(self)
        self.arrange()

    def clear(self) -> None:
        """Remove and destroy all widgets."""
        for widget, _span in self._cells:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._cells.clear()

    def columns_at(self, width: int) -> int:
        """Return how many columns fit into a width in pixels."""
        return next(step.columns for step in self._steps if width >= look().em(step.ems))

    def arrange(self) -> None:
        """Lay the visible widgets out again."""
        for widget, _span in self._cells:
            self._grid.removeWidget(widget)
        for column in range(self._full):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        row = column = 0
        for widget, full_span in self._cells:
            if widget.isHidden():
                continue
            span = self._span(full_span)
            if column + span > self._columns:
                row, column = row + 1, 0
            self._grid.addWidget(widget, row, column, 1, span, Qt.AlignmentFlag(0))
            column += span

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.arrange()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        columns = self.columns_at(event.size().width())
        if columns != self._columns:
            self._columns = columns
            self.arrange()
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        widest = max((widget.minimumSizeHint().width() for widget, _span in self._cells if not widget.isHidden()), default=0)
        return QSize(widest, super().minimumSizeHint().height())

    def _span(self, full_span: int) -> int:
        return max(1, -(-full_span * self._columns // self._full))


class ScrollColumn(QScrollArea):
    """A page's content in one column that scrolls; only its width adapts, so nothing lies beyond the right edge."""

    def __init__(self, *, margin: tuple[float, float, float, float] = (2, 0, 2, 1.5), gap: float = 1.0) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self.column = QVBoxLayout(inner)
        left, top, right, bottom = (look().em(side) for side in margin)
        self.column.setContentsMargins(left, top, right, bottom)
        self.column.setSpacing(look().em(gap))
        inner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setWidget(inner)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

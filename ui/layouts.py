"""Layouts that adapt to the width: a flow that wraps, and a grid of parts of a row that stacks; nothing is ever cut off at the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QFrame, QLayout, QLayoutItem, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui.option import WrappingCheck, WrappingRadio
from ui.theme import look


class _ItemLayout(QLayout):
    """Items in order, without margins, whose height follows the width."""

    def __init__(self, parent: QWidget | None) -> None:
        self._items: list[QLayoutItem] = []  # Qt calls back from within the constructor
        super().__init__(parent)
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True


class FlowLayout(_ItemLayout):
    """Items in a row that continue on the next line; the height follows the width."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8, line_gap: int = 4) -> None:
        super().__init__(parent)
        self._gap, self._line_gap = gap, line_gap

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

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
            height = _wrapped_height(item, size, width)
            if x > rect.x() and x + width > rect.x() + rect.width():
                x, y, line = rect.x(), y + line + self._line_gap, 0
            if move:
                _fit_words(item, width)
                item.setGeometry(QRect(QPoint(x, y), QSize(width, height)))
            x += width + self._gap
            line = max(line, height)
        return y + line - rect.y()


def _wrapped_height(item: QLayoutItem, size: QSize, width: int) -> int:
    widget = item.widget()
    if width < size.width() and isinstance(widget, WrappingRadio | WrappingCheck):
        return widget.height_at(width)
    return size.height()


def _fit_words(item: QLayoutItem, width: int) -> None:
    widget = item.widget()
    if isinstance(widget, WrappingRadio | WrappingCheck):
        widget.fit(width)


@dataclass(frozen=True, slots=True)
class Step:
    """From a width of `ems` on, a row has `columns` columns."""

    ems: float
    columns: int


FORM_STEPS = (Step(46, 4), Step(26, 2), Step(0, 1))
CARD_STEPS = (Step(50, 4), Step(24, 2), Step(0, 1))
SPLIT_STEPS = (Step(60, 5), Step(0, 1))


class SpanLayout(_ItemLayout):
    """Items that each take some columns of a row; columns are exactly equal, hidden items leave no gap, heights follow the width."""

    def __init__(self, parent: QWidget, steps: tuple[Step, ...], *, gap: int, line_gap: int) -> None:
        self._heights: dict[int, int] = {}  # Qt calls back from within the constructor
        self._spans: dict[QWidget, int] = {}
        self._steps, self._gap, self._line_gap = steps, gap, line_gap
        super().__init__(parent)

    def add(self, widget: QWidget, span: int) -> None:
        """Append a widget that takes `span` columns of a full row."""
        self._spans[widget] = min(max(span, 1), self._steps[0].columns)
        self.addWidget(widget)

    def columns_at(self, width: int) -> int:
        """Return how many columns fit into a width in pixels."""
        return next(step.columns for step in self._steps if width >= look().em(step.ems))

    def takeAt(self, index: int) -> QLayoutItem | None:
        item = super().takeAt(index)
        if item is not None and (widget := item.widget()) is not None:
            self._spans.pop(widget, None)
        return item

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        width = look().em(self._steps[0].ems) or look().em(20)
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        return QSize(max((item.minimumSize().width() for item in self._items if not item.isEmpty()), default=0), 0)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def _rows(self, columns: int) -> list[list[tuple[QLayoutItem, int, int]]]:
        """Return rows of (item, first column, columns taken)."""
        full, column = self._steps[0].columns, columns
        rows: list[list[tuple[QLayoutItem, int, int]]] = []
        for item in self._items:
            if item.isEmpty():
                continue
            widget = item.widget()
            assert widget is not None
            span = max(1, -(-self._spans[widget] * columns // full))
            if column + span > columns:
                rows.append([])
                column = 0
            rows[-1].append((item, column, span))
            column += span
        return rows

    def _place(self, rect: QRect, *, move: bool) -> int:
        columns = self.columns_at(rect.width())
        unit = (rect.width() + self._gap) / columns
        top = rect.y()
        for row in self._rows(columns):
            cells = [(item, round(unit * column), round(unit * (column + span)) - self._gap) for item, column, span in row]
            height = max(_height_at(item, right - left) for item, left, right in cells)
            for item, left, right in cells if move else ():
                item.setGeometry(QRect(rect.x() + left, top, right - left, height))
            top += height + self._line_gap
        return max(top - rect.y() - self._line_gap, 0)


def _height_at(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()


class SpanGrid(QWidget):
    """Widgets that each take a part of a row: of four columns where it is wide, two where narrow, one where very narrow."""

    def __init__(self, steps: tuple[Step, ...] = FORM_STEPS, *, gap: float = 1.2, line_gap: float = 0.3) -> None:
        super().__init__()
        self.spans = SpanLayout(self, steps, gap=look().em(gap), line_gap=look().em(line_gap))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget, span: int) -> None:
        """Append a widget that takes `span` columns of a full row."""
        self.spans.add(widget, span)


class _Inner(QWidget):
    """What scrolls. It asks for its height at the width it has; the height at its least width, which Qt would take, is far too much."""

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        if layout is None or layout.hasHeightForWidth():
            return QSize(0, 0)
        return QSize(0, layout.minimumSize().height())


SCROLL_BAR = 12  # pixels, as the style sheet has it


class ScrollColumn(QScrollArea):
    """A page's content in one column that scrolls; only its width adapts, so nothing lies beyond the right edge."""

    def __init__(self, *, margin: tuple[float, float, float, float] = (2, 0, 2, 1.5), gap: float = 1.0) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.inner = _Inner()
        self.column = QVBoxLayout(self.inner)
        left, top, self._right, bottom = (look().em(side) for side in margin)
        self.column.setContentsMargins(left, top, self._right, bottom)
        self.column.setSpacing(look().em(gap))
        self.inner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.setWidget(self.inner)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._make_room)

    def _make_room(self, _least: int, most: int) -> None:
        """Take the bar's width out of the margin, so that the content keeps its width when the bar comes and goes."""
        margins = self.column.contentsMargins()
        right = max(self._right - SCROLL_BAR, 0) if most > 0 else self._right
        if margins.right() != right:
            self.column.setContentsMargins(margins.left(), margins.top(), right, margins.bottom())

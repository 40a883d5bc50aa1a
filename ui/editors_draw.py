"""The pad for signatures and drawings: ink from mouse, touchpad or pen, kept as a picture; a scan may be chosen instead."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.editors import Setting
from ui.editors_file import Picture
from ui.theme import look
from ui.widgets import button, label

if TYPE_CHECKING:
    from forms.xform import Question

INK = QColor("#10203A")


class Pad(QWidget):
    """White paper that takes strokes. Signal: drawn(): a stroke ended."""

    drawn = Signal()

    def __init__(self, size: QSize) -> None:
        super().__init__()
        self.setFixedSize(size)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._strokes: list[list[QPointF]] = []

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing was drawn."""
        return not any(len(stroke) > 1 for stroke in self._strokes)

    def clear(self) -> None:
        """Take clean paper."""
        self._strokes.clear()
        self.update()

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._strokes:
            self._strokes.pop()
            self.update()

    def image(self) -> QImage:
        """Return the drawing on white at twice the size."""
        made = QImage(self.size() * 2, QImage.Format.Format_RGB32)
        made.fill(Qt.GlobalColor.white)
        painter = QPainter(made)
        painter.scale(2, 2)
        self._ink(painter)
        painter.end()
        return made

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._strokes.append([event.position()])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._strokes:
            self._strokes[-1].append(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.drawn.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        painter.setPen(QPen(QColor("#C6CED8"), 1, Qt.PenStyle.DashLine))
        base = round(self.height() * 0.78)
        painter.drawLine(20, base, self.width() - 20, base)
        self._ink(painter)
        painter.end()

    def _ink(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(INK, 2.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        for stroke in self._strokes:
            path = QPainterPath(stroke[0])
            for before, after in pairwise(stroke):
                path.quadTo(before, (before + after) / 2)
            painter.drawPath(path)


class PadDialog(QDialog):
    """The pad with its three verbs."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        column.setSpacing(look().em(0.7))
        column.addWidget(label("请用鼠标、触摸板或手写笔在下面书写。", "muted"))
        self.pad = Pad(QSize(look().em(40), look().em(15)))
        column.addWidget(self.pad)
        foot = QHBoxLayout()
        foot.addWidget(button("重写", "trash-2", on_click=self.pad.clear))
        foot.addWidget(button("退一笔", "undo-2", on_click=self.pad.undo))
        foot.addStretch(1)
        foot.addWidget(button("取消", on_click=self.reject))
        self.done_button = button("完成", "check", kind="primary", on_click=self.accept)
        self.done_button.setEnabled(False)
        self.pad.drawn.connect(lambda: self.done_button.setEnabled(not self.pad.is_blank))
        foot.addWidget(self.done_button)
        column.addLayout(foot)


class Signature(Picture):
    """A signature or drawing."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self.forget_inputs()
        self.adopt(self.write, self.choose, self.remove)

    def more_buttons(self) -> tuple[QPushButton, ...]:
        words = "手写签字" if "signature" in self.question.appearance else "手绘"
        self.write = button(words, "pencil", on_click=self._write)
        return (self.write, *super().more_buttons())

    def _write(self) -> None:
        dialog = PadDialog(self, "手写签字")
        if dialog.exec() and not dialog.pad.is_blank:
            self.take_image(dialog.pad.image())

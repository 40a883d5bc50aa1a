"""Two tellings of one person side by side, field by field, with a choice each: roster and registry, two rows of a file, two files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QDialog, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from ui.layouts import ScrollColumn
from ui.theme import look
from ui.widgets import Card, Field, button, dialog_foot, label, rule

LEFT, RIGHT = "left", "right"


@dataclass(frozen=True, slots=True)
class Compared:
    """One field on both sides, in words; `chosen` is the side that counts at first, `open` False where there is nothing to choose."""

    key: str
    title: str
    left: str
    right: str
    chosen: str = LEFT
    open: bool = True


class SideBySide(QDialog):
    """Signals: settled(dict): field → left or right. `needs_reason` asks for a reason too: then settled_because(dict, reason)."""

    settled = Signal(object)
    settled_because = Signal(object, str)

    def __init__(
        self,
        parent: QWidget,
        title: str,
        text: str,
        sides: tuple[str, str],
        fields: Sequence[Compared],
        verb: str,
        *,
        needs_reason: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.groups: dict[str, tuple[QRadioButton, QRadioButton]] = {}
        self.reason: Field | None = None
        scroll = ScrollColumn(margin=(1.6, 1.4, 1.6, 0.6), gap=0.8)
        scroll.column.addWidget(label(title, "h2", wrap=True))
        scroll.column.addWidget(label(text, "muted", wrap=True))
        scroll.column.addWidget(self._make_grid(sides, fields))
        if needs_reason:
            scroll.column.addWidget(self._make_reason())
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, look().em(1.0))
        column.addWidget(scroll, 1)
        self.accept_button = button(verb, kind="primary", on_click=self.submit, tip="Ctrl+Enter")
        column.addLayout(dialog_foot(self.accept_button, self.reject))
        QShortcut(QKeySequence("Ctrl+Return"), self, self.submit)
        self.resize(look().em(54), min(look().em(17 + 2.7 * len(fields) + 5 * needs_reason), look().em(44)))

    def _make_grid(self, sides: tuple[str, str], fields: Sequence[Compared]) -> Card:
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().em(1.2))
        grid.setVerticalSpacing(look().em(0.5))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for place, words in enumerate(sides):
            grid.addWidget(label(words, "strong", wrap=True), 0, place + 1)
        grid.addWidget(rule(), 1, 0, 1, 3)
        for number, field in enumerate(fields, 2):
            grid.addWidget(label(field.title, "muted"), number, 0, Qt.AlignmentFlag.AlignTop)
            if field.open and field.left != field.right:
                for place, side in enumerate(self._make_choice(field)):
                    grid.addWidget(side, number, place + 1)
            else:
                for place, words in enumerate((field.left, field.right)):
                    grid.addWidget(label(words or "（空）", wrap=True), number, place + 1)
        card.body.addLayout(grid)
        return card

    def _make_choice(self, field: Compared) -> tuple[QWidget, QWidget]:
        pair = QRadioButton(), QRadioButton()
        group = QButtonGroup(self)
        holders = []
        for button_, words in zip(pair, (field.left, field.right), strict=True):
            group.addButton(button_)
            holder = QWidget()
            across = QHBoxLayout(holder)
            across.setContentsMargins(0, 0, 0, 0)
            across.setSpacing(look().em(0.3))
            text = label(words or "（空）", wrap=True)
            text.setBuddy(button_)
            button_.setAccessibleName(f"{field.title}：{words or '空'}")
            across.addWidget(button_, 0, Qt.AlignmentFlag.AlignTop)
            across.addWidget(text, 1)
            holders.append(holder)
        pair[0 if field.chosen == LEFT else 1].setChecked(True)
        self.groups[field.key] = pair
        return holders[0], holders[1]

    def _make_reason(self) -> Field:
        from PySide6.QtWidgets import QLineEdit

        line = QLineEdit()
        line.setMaxLength(200)
        self.reason = Field("合并的依据", line, required=True, hint="例如：同一身份证号，重复登记。会留在变更记录里。")
        line.textChanged.connect(lambda *_: self.reason.show_message("") if self.reason else None)
        return self.reason

    def choice(self) -> Mapping[str, str]:
        """Return which side counts, by field."""
        return {key: LEFT if left.isChecked() else RIGHT for key, (left, _right) in self.groups.items()}

    def submit(self) -> None:
        """Hand the choice over and close."""
        if self.reason is None:
            self.settled.emit(self.choice())
            self.accept()
            return
        reason = self.reason.control.text().strip()  # type: ignore[attr-defined]
        if not reason:
            self.reason.show_message("请写明合并的依据。")
            self.reason.control.setFocus()
            return
        self.settled_because.emit(self.choice(), reason)
        self.accept()

"""A short form in a dialog: fields with messages beneath them, a verb, and the act behind it; nothing typed is lost before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from mzdesk.errors import MzError
from mzdesk.registry.dates import Toward
from ui.desk import Desk
from ui.layouts import ScrollColumn, SpanGrid
from ui.loose_entry import ISO_DATE, clean_line, clean_text, date_value, show_date
from ui.panels import fit
from ui.person_box import PersonBox
from ui.theme import look
from ui.widgets import Banner, Field, button, label

Control = QLineEdit | QPlainTextEdit | QComboBox


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: `kind` is line, lines, date, choice or person; `value` stands in it at first; `span` is its part of a row of four."""

    key: str
    title: str
    kind: str = "line"
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = True
    hint: str = ""
    toward: Toward = Toward.PAST
    span: int = 4
    free: bool = False


class Ask(QDialog):
    """Signals: done_with(result): the act succeeded and the dialog is closing."""

    done_with = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        title: str,
        text: str,
        fields: tuple[Asked, ...],
        verb: str,
        act: Callable[[dict[str, str]], Any],
        *,
        danger: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._act = desk, act
        self.asked: Mapping[str, Asked] = {field.key: field for field in fields}
        self.controls: dict[str, Control] = {}
        self.fields: dict[str, Field] = {}
        scroll = ScrollColumn(margin=(1.6, 1.4, 1.6, 0.6), gap=0.7)
        scroll.column.addWidget(label(title, "h2", wrap=True))
        self.text = label(text, "muted", wrap=True)
        scroll.column.addWidget(self.text)
        self.text.setVisible(bool(text))
        self.banner = Banner()
        scroll.column.addWidget(self.banner)
        grid = SpanGrid(line_gap=0.4)
        for field in fields:
            grid.add(self._make_field(field), field.span)
        scroll.column.addWidget(grid)
        self.extra = scroll.column
        scroll.column.addStretch(1)
        self._assemble(scroll, verb, danger)
        narrow = all(field.span > 1 for field in fields)
        fit(self, 40 if narrow else 56, min(16 + 6 * _lines(fields), 44))
        next(iter(self.controls.values())).setFocus()

    def _assemble(self, scroll: ScrollColumn, verb: str, danger: bool) -> None:
        from PySide6.QtWidgets import QVBoxLayout

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, look().em(1.0))
        column.addWidget(scroll, 1)
        self.accept_button = button(verb, kind="danger" if danger else "primary", on_click=self.submit, tip="Ctrl+Enter")
        foot = QHBoxLayout()
        foot.setContentsMargins(look().em(1.6), 0, look().em(1.6), 0)
        foot.addStretch(1)
        foot.addWidget(button("取消", on_click=self.reject))
        foot.addWidget(self.accept_button)
        column.addLayout(foot)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.submit)

    def _make_field(self, asked: Asked) -> Field:
        control = self._make_control(asked)
        self.controls[asked.key] = control
        made = Field(asked.title, control, required=asked.required, hint=asked.hint)
        self.fields[asked.key] = made
        if isinstance(control, QLineEdit):
            if asked.kind == "date":
                control.textChanged.connect(lambda *_: self._explain_date(asked.key))
                self._explain_date(asked.key)
            else:
                control.textChanged.connect(lambda *_: made.show_message(""))
            control.returnPressed.connect(lambda: self._next(control))
        return made

    def _make_control(self, asked: Asked) -> Control:
        if asked.kind == "person":
            return PersonBox(self._desk)
        if asked.kind == "choice":
            combo = QComboBox()
            combo.setEditable(asked.free)
            for value, words in asked.choices:
                combo.addItem(words, value)
            combo.setCurrentIndex(max(combo.findData(asked.value), 0))
            if asked.free:
                combo.setEditText(asked.value)
            return combo
        if asked.kind == "lines":
            box = QPlainTextEdit(asked.value)
            box.setTabChangesFocus(True)
            box.setFixedHeight(look().em(5.5))
            return box
        line = QLineEdit(show_date(asked.value) if asked.kind == "date" else asked.value)
        line.setMaxLength(2000)
        return line

    def _explain_date(self, key: str) -> None:
        text, field = self.value(key), self.fields.get(key)
        if field is not None:
            typed = self.controls[key].text()  # type: ignore[union-attr]
            good = show_date(text) if ISO_DATE.fullmatch(text) and show_date(text) != typed.strip() else ""
            field.show_message("", good=good)

    def _next(self, control: QWidget) -> None:
        order = list(self.controls.values())
        place = order.index(control)  # type: ignore[arg-type]
        (order[place + 1] if place + 1 < len(order) else self.accept_button).setFocus()

    # ---- values

    def value(self, key: str) -> str:
        """Return what stands in a field: a date as ISO where it is one, a choice as its code."""
        control, asked = self.controls[key], self.asked[key]
        if isinstance(control, PersonBox):
            return control.person_id()
        if isinstance(control, QComboBox):
            typed = control.findText(control.currentText())
            return control.currentText().strip() if asked.free and typed < 0 else str(control.itemData(max(typed, 0)) or "")
        if isinstance(control, QPlainTextEdit):
            return clean_text(control.toPlainText()).strip()
        text = clean_line(control.text()).strip()
        return date_value(text, self._desk.station.today(), asked.toward) if asked.kind == "date" else text

    def values(self) -> dict[str, str]:
        """Return every field by key."""
        return {key: self.value(key) for key in self.controls}

    def submit(self) -> None:
        """Check, then do; the dialog closes only once it is done."""
        if not self.accept_button.isEnabled() or not self._check():
            return
        values = self.values()
        self.accept_button.setEnabled(False)
        self._desk.tasks.run(lambda: self._act(values), self._succeed, self._refuse, owner=self)

    def _check(self) -> bool:
        wrong = ""
        for key, asked in self.asked.items():
            value = self.value(key)
            error = ""
            control = self.controls[key]
            if isinstance(control, PersonBox) and control.currentText().strip() and not value:
                error = "请从查到的人里选一个。"
            elif asked.required and not value:
                error = "请填写这一项。"
            elif asked.kind == "date" and value and not ISO_DATE.fullmatch(value):
                error = "看不懂这个日期，例如 0613、6.13、昨天。"
            if error:
                self.fields[key].show_message(error)
                wrong = wrong or key
        if wrong:
            self.controls[wrong].setFocus()
        return not wrong

    def _succeed(self, result: Any) -> None:
        self.done_with.emit(result)
        self.accept()

    def _refuse(self, error: Exception) -> None:
        self.accept_button.setEnabled(True)
        if isinstance(error, MzError) and error.field in self.fields:
            self.fields[error.field].show_message(error.message)
            self.controls[error.field].setFocus()
        elif isinstance(error, MzError):
            self.banner.show_text(f"{error.title}：{error.message}" if error.message else error.title, "red")
        else:
            self._desk.fail(error)


def _lines(fields: tuple[Asked, ...]) -> float:
    """Return roughly how many lines of fields there are."""
    return sum(field.span for field in fields) / 4 + sum(0.7 for field in fields if field.kind == "lines")

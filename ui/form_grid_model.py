"""The answers of a repeat as a table: a row an instance, a column a question; values go through the form's session only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from ui.loose_entry import clean_line, clean_number, date_value, moment_value, show_date, show_moment, time_value, toward_of
from ui.theme import look

if TYPE_CHECKING:
    from forms.session import FormSession
    from forms.xform import Question
    from ui.editors import Setting

Index = QModelIndex | QPersistentModelIndex
DISPLAY, EDIT = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.EditRole)
BACKGROUND, TOOL_TIP, FOREGROUND = (
    int(Qt.ItemDataRole.BackgroundRole),
    int(Qt.ItemDataRole.ToolTipRole),
    int(Qt.ItemDataRole.ForegroundRole),
)


class GridModel(QAbstractTableModel):
    """Signals: edited(ref, value): a cell was changed by the person."""

    edited = Signal(str, str)

    def __init__(self, session: FormSession, ref: str, questions: tuple[Question, ...], setting: Setting, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self.ref, self.questions, self._setting = session, ref, questions, setting
        self._rows: tuple[str, ...] = session.instances(ref)
        self.shows_errors = False

    def reload(self) -> None:
        """Ask the session again how many instances there are."""
        self.beginResetModel()
        self._rows = self._session.instances(self.ref)
        self.endResetModel()

    def instances(self) -> tuple[str, ...]:
        """Return the refs of the rows."""
        return self._rows

    def refresh(self) -> None:
        """Show all cells anew."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.questions) - 1))

    def cell_ref(self, row: int, column: int) -> str:
        """Return the ref of a cell."""
        question = self.questions[column]
        below = question.ref[len(strip_positions(self.ref)) :]
        return f"{self._rows[row]}{below}"

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.questions)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        ref = self.cell_ref(index.row(), index.column())
        state = self._session.state(ref)
        if role in (DISPLAY, EDIT):
            return self.show(index.column(), ref, state.value) if state.relevant else "—" if role == DISPLAY else ""
        if role == BACKGROUND:
            bad = state.violation and state.relevant and (self.shows_errors or (state.value and state.violation != "required"))
            token = "red_soft" if bad else "grey_soft" if state.readonly or not state.relevant else ""
            return QColor(getattr(look().tokens, token)) if token else None
        if role == FOREGROUND:
            return QColor(look().tokens.muted) if not state.relevant else None
        if role == TOOL_TIP:
            return state.message if state.violation else state.hint
        return None

    def show(self, column: int, ref: str, value: str) -> str:
        """Return how an answer looks in its cell."""
        kind = self.questions[column].type
        if kind == "select_one":
            return next((choice.label for choice in self._session.choices(ref) if choice.value == value), value)
        if kind == "time":
            return value[:5]
        return show_moment(value) if kind == "dateTime" else show_date(value) if kind == "date" else value

    def setData(self, index: Index, value: Any, role: int = EDIT) -> bool:
        ref = self.cell_ref(index.row(), index.column())
        self.edited.emit(ref, self.read(index.column(), ref, str(value)))
        return True

    def read(self, column: int, ref: str, text: str) -> str:
        """Return the answer that a typed or pasted text stands for."""
        question = self.questions[column]
        plain = clean_line(text).strip()
        if question.type == "select_one":
            choices = self._session.choices(ref)
            return next((choice.value for choice in choices if plain in (choice.label, choice.value)), "")
        if question.type in ("int", "decimal"):
            return clean_number(plain)
        readers = {
            "date": lambda: date_value(plain, self._setting.today, toward_of(question)),
            "time": lambda: time_value(plain),
            "dateTime": lambda: moment_value(plain, self._setting.today, toward_of(question)),
        }
        return readers[question.type]() if question.type in readers else plain

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        state = self._session.state(self.cell_ref(index.row(), index.column()))
        return flags if state.readonly or not state.relevant else flags | Qt.ItemFlag.ItemIsEditable

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if role != DISPLAY:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        if not self._rows:
            return self.questions[section].name
        state = self._session.state(self.cell_ref(0, section))
        return f"{state.label} *" if state.required else state.label


def strip_positions(ref: str) -> str:
    """Return a ref without the positions of repeats."""
    return re.sub(r"\[\d+\]", "", ref)

"""Editors for dates and times: typed loosely (0613, 6.13, 昨天, full-width digits), or picked from a calendar; shown in Chinese."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QVBoxLayout, QWidget

from ui import icons
from ui.editors import Setting
from ui.editors_text import SHORT, Line
from ui.loose_entry import ISO_DATE, date_value, moment_value, show_date, show_moment, time_value, toward_of
from ui.theme import look

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice, Question


class Calendar(QWidget):
    """A month to pick a day from, beneath its field."""

    def __init__(self, line: QLineEdit, entry: DateEntry) -> None:
        super().__init__(line.window(), Qt.WindowType.Popup)
        self._entry = entry
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        self.month = QCalendarWidget()
        self.month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.month.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        self.month.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.month.setHeaderTextFormat(QTextCharFormat())
        value = entry.to_value(line.text())
        start = date.fromisoformat(value) if ISO_DATE.fullmatch(value) else entry.setting.today
        self.month.setSelectedDate(QDate(start.year, start.month, start.day))
        self.month.clicked.connect(self._pick)
        self.month.activated.connect(self._pick)
        column.addWidget(self.month)
        self.move(line.mapToGlobal(QPoint(0, line.height())))

    def _pick(self, day: QDate) -> None:
        self._entry.pick(f"{day.year():04d}-{day.month():02d}-{day.day():02d}")
        self.close()


class DateEntry(Line):
    """A date; Alt+Down opens the calendar, + and − move by a day."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self.line.setMaximumWidth(look().em(SHORT))
        self._toward = toward_of(question)
        self._calendar: Calendar | None = None
        action = self.line.addAction(icons.icon("calendar-days", "muted", 1.15), QLineEdit.ActionPosition.TrailingPosition)
        action.setToolTip("打开日历（Alt+↓）")
        action.triggered.connect(lambda *_: self.open_calendar())

    def to_value(self, text: str) -> str:
        return date_value(text, self.setting.today, self._toward)

    def to_text(self, value: str) -> str:
        return show_date(value)

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        super().show_state(state, choices)
        for action in self.line.actions():
            action.setVisible(not state.readonly)

    def open_calendar(self) -> None:
        """Show the month beneath the field."""
        if not self.line.isReadOnly():
            self._calendar = Calendar(self.line, self)
            self._calendar.show()
            self._calendar.month.setFocus()

    def pick(self, value: str) -> None:
        """Take a day from the calendar."""
        self.line.setText(show_date(value))
        self.edited.emit(value)
        self.line.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
        else:
            super().keyPressEvent(event)


class TimeEntry(Line):
    """A time of day."""

    def to_value(self, text: str) -> str:
        return time_value(text)

    def to_text(self, value: str) -> str:
        return value[:5] if value[2:3] == ":" else value


class MomentEntry(Line):
    """A date and a time, with a space between: 6.13 9:30."""

    def to_value(self, text: str) -> str:
        return moment_value(text, self.setting.today, toward_of(self.question))

    def to_text(self, value: str) -> str:
        return show_moment(value)

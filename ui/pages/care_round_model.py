"""The grid of a round: a row a person, a column a service, ticked by Space; then times, what was wrong, and days in hospital."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont

from mzdesk.care.rounds import Given, RoundPerson
from mzdesk.care.services import SERVICE_NAMES
from ui.loose_entry import clean_line, clean_number, read_time
from ui.pages.care_words import level_words
from ui.theme import desk_font, look

Index = QModelIndex | QPersistentModelIndex
DISPLAY, EDIT = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.EditRole)
SERVICES = tuple(SERVICE_NAMES)
NAME, LEVEL, FIRST_SERVICE = 0, 1, 2
START = FIRST_SERVICE + len(SERVICES)
END, ANOMALY, HOSPITAL = START + 1, START + 2, START + 3
TEXTS = {START: "开始", END: "结束", ANOMALY: "异常", HOSPITAL: "陪护天"}


class RoundModel(QAbstractTableModel):
    """What was typed of each person. Signal: edited(): a cell was changed."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._people: tuple[RoundPerson, ...] = ()
        self._services: dict[str, set[str]] = {}
        self._texts: dict[tuple[str, int], str] = {}

    def show_people(self, people: Sequence[RoundPerson]) -> None:
        """Show other rows; what was typed of others stays."""
        self.beginResetModel()
        self._people = tuple(people)
        self.endResetModel()

    def person(self, row: int) -> RoundPerson:
        """Return who stands in a row."""
        return self._people[row]

    def row_of(self, person_id: str) -> int:
        """Return the row of a person, -1 where they are not shown."""
        return next((row for row, person in enumerate(self._people) if person.person_id == person_id), -1)

    # ---- what was given

    def given(self) -> tuple[Given, ...]:
        """Return everybody for whom something was ticked or written, in the order of the rows."""
        return tuple(self._given(person.person_id) for person in self._people if self._has_any(person.person_id))

    def _has_any(self, person_id: str) -> bool:
        return bool(self._services.get(person_id)) or any(self._texts.get((person_id, column)) for column in TEXTS)

    def _given(self, person_id: str) -> Given:
        start, end, anomaly, hospital = (self._texts.get((person_id, column), "") for column in TEXTS)
        days = int(hospital) if hospital.isdecimal() else 0
        ticked = self._services.get(person_id, set())
        return Given(person_id, tuple(service for service in SERVICES if service in ticked), start, end, anomaly, days)

    def fill(self, given: Sequence[Given]) -> None:
        """Put back what was kept."""
        self.beginResetModel()
        for line in given:
            self._services[line.person_id] = set(line.services)
            days = str(line.hospital_days) if line.hospital_days else ""
            for column, text in zip(TEXTS, (line.start, line.end, line.anomaly, days), strict=True):
                self._texts[line.person_id, column] = text
        self.endResetModel()

    def toggle(self, index: Index) -> None:
        """Tick a service, or take the tick away."""
        if FIRST_SERVICE <= index.column() < START:
            ticked = self._services.setdefault(self._people[index.row()].person_id, set())
            ticked ^= {SERVICES[index.column() - FIRST_SERVICE]}
            self._announce(index.row(), index.row())

    def copy_above(self, row: int) -> None:
        """Give a row the services and times of the row above it."""
        if 0 < row < len(self._people):
            self._copy(self._people[row - 1].person_id, self._people[row].person_id)
            self._announce(row, row)

    def copy_to_all(self, row: int) -> None:
        """Give every row the services of one."""
        source = self._people[row].person_id
        for person in self._people:
            self._services[person.person_id] = set(self._services.get(source, set()))
        self._announce(0, len(self._people) - 1)

    def _copy(self, source: str, target: str) -> None:
        self._services[target] = set(self._services.get(source, set()))
        for column in (START, END):
            self._texts[target, column] = self._texts.get((source, column), "")

    def _announce(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))
        self.edited.emit()

    # ---- Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._people)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else HOSPITAL + 1

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        person, column = self._people[index.row()], index.column()
        if role in (DISPLAY, EDIT):
            return self._text(person, column)
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            left = column in (NAME, ANOMALY)
            return int((Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignHCenter) | Qt.AlignmentFlag.AlignVCenter)
        if role == int(Qt.ItemDataRole.BackgroundRole):
            return QColor(look().tokens.green_soft) if self._services.get(person.person_id) else None
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return person.name if column == NAME else self._text(person, column) if column == ANOMALY else None
        if role == int(Qt.ItemDataRole.FontRole) and column == NAME:
            bold = desk_font(look().px)
            bold.setWeight(QFont.Weight.DemiBold)
            return bold
        return None

    def _text(self, person: RoundPerson, column: int) -> str:
        if column == NAME:
            return person.name
        if column == LEVEL:
            return level_words(person.level)
        if column < START:
            return "✓" if SERVICES[column - FIRST_SERVICE] in self._services.get(person.person_id, ()) else ""
        return self._texts.get((person.person_id, column), "")

    def setData(self, index: Index, value: Any, role: int = EDIT) -> bool:
        column, text = index.column(), clean_line(str(value)).strip()
        if column not in TEXTS:
            return False
        readers: Mapping[int, str] = {
            START: read_time(text) or text,
            END: read_time(text) or text,
            ANOMALY: text,
            HOSPITAL: clean_number(text),
        }
        self._texts[self._people[index.row()].person_id, column] = readers[column]
        self._announce(index.row(), index.row())
        return True

    def faults(self) -> tuple[tuple[str, str], ...]:
        """Return (person id, sentence) for every text that is no time or no number of days."""
        found = []
        for person in self._people:
            for column in (START, END):
                text = self._texts.get((person.person_id, column), "")
                if text and not read_time(text):
                    found.append((person.person_id, f"{person.name}：{TEXTS[column]}时间“{text}”看不懂，例如 0830、9:15。"))
            days = self._texts.get((person.person_id, HOSPITAL), "")
            if days and not days.isdecimal():
                found.append((person.person_id, f"{person.name}：陪护天数请填整数。"))
        return tuple(found)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in TEXTS else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if role != DISPLAY or orientation == Qt.Orientation.Vertical:
            return None
        names = {NAME: "姓名", LEVEL: "等级", **TEXTS}
        return names.get(section) or SERVICE_NAMES[SERVICES[section - FIRST_SERVICE]]

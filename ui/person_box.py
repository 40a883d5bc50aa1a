"""A field that finds a person as one types: name, pinyin or number; only somebody picked from what was found counts."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox

from mzdesk.registry import people
from mzdesk.registry.people import PersonRow, Query
from ui.desk import Desk
from ui.words import sex_words

FOUND = 20
WAIT_MS = 180


class PersonBox(QComboBox):
    """The data of an entry is the person's id."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]
        self.setMaxVisibleItems(12)
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText("姓名、拼音或证号，回车查找")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(lambda: self.look_up(opens=False))
        line.textEdited.connect(lambda *_: self._timer.start())
        line.returnPressed.connect(lambda: self.look_up(opens=True))

    def person_id(self) -> str:
        """Return who was picked, "" for nobody."""
        place = self.findText(self.currentText())
        return str(self.itemData(place)) if place >= 0 and self.currentText() else ""

    def look_up(self, *, opens: bool) -> None:
        """Search for what was typed; `opens` shows what was found."""
        self._timer.stop()
        text = self.currentText().strip()
        if not text or self.person_id():
            return
        station = self._desk.station
        query = Query(text=text, group="*", limit=FOUND)
        self._desk.tasks.run(
            lambda: people.find(station, query).rows, lambda rows: self._show(text, rows, opens=opens), self._desk.fail, owner=self
        )

    def _show(self, text: str, rows: tuple[PersonRow, ...], *, opens: bool) -> None:
        if self.currentText().strip() != text:
            return
        self.blockSignals(True)
        self.clear()
        for row in rows:
            self.addItem(describe(row), row.id)
        self.setCurrentIndex(-1)
        self.setEditText(text)
        self.blockSignals(False)
        if opens and len(rows) == 1:
            self.setCurrentIndex(0)
        elif opens and rows:
            self.showPopup()


def describe(row: PersonRow) -> str:
    """Return a person in one line."""
    age = f"{row.age} 岁" if row.age is not None else ""
    return "　".join(part for part in (row.name, sex_words(row.sex), age, row.village_name, row.id_masked[-4:]) if part)

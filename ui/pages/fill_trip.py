"""One trip, several people: after a visit is saved, whoever else is due at the same address is offered, with what the visits share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mzdesk.casework import trips
from mzdesk.registry.ages import age_of
from mzdesk.store.due import DuePerson
from ui.layouts import ScrollColumn
from ui.requests import StartForm
from ui.theme import look
from ui.widgets import Card, Chip, button, label, shorten
from ui.words import due_tone, due_words, group_words, sex_words

if TYPE_CHECKING:
    from datetime import date

    from forms.session import FormSession
    from ui.page import Page


class TripDialog(QDialog):
    """Signal: requested(StartForm): one of the others was chosen."""

    requested = Signal(object)

    def __init__(self, parent: QWidget, others: tuple[DuePerson, ...], shared: Mapping[str, str], today: date) -> None:
        super().__init__(parent)
        self.setWindowTitle("同一住址还有人要走访")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._shared = dict(shared)
        scroll = ScrollColumn(margin=(1.6, 1.4, 1.6, 0.6), gap=0.7)
        scroll.column.addWidget(label("同一住址还有人要走访", "h2"))
        told = f"{others[0].address}。一趟走访几个人时，日期、方式、走访人和同行人不用再填。"
        scroll.column.addWidget(label(told, "muted", wrap=True))
        card = Card(padded=True)
        self.starts = [self._make_row(card, person, today) for person in others]
        scroll.column.addWidget(card)
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, look().em(1.0))
        column.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(look().em(1.6), 0, look().em(1.6), 0)
        foot.addStretch(1)
        self.later = button("以后再走访", on_click=self.reject, tip="Esc")
        foot.addWidget(self.later)
        column.addLayout(foot)
        self.resize(look().em(44), look().em(min(17 + 3 * len(others), 40)))
        self.starts[0].setDefault(True)
        self.starts[0].setFocus()

    def _make_row(self, card: Card, person: DuePerson, today: date) -> QPushButton:
        across = QHBoxLayout()
        across.setSpacing(look().em(0.6))
        name = label(shorten(person.name, 13), "strong")
        name.setToolTip(person.name)
        age = age_of(person.birth_date, today)
        facts = (sex_words(person.sex), f"{age} 岁" if age is not None else "", group_words((person.group,)))
        across.addWidget(name)
        across.addWidget(label("　".join(part for part in facts if part), "muted"))
        across.addStretch(1)
        across.addWidget(Chip(due_words(person.next_due, today), due_tone(person.next_due, today)))
        start = button("接着走访", "clipboard-pen", on_click=lambda: self._choose(person))
        start.setAccessibleName(f"接着走访 {person.name}")
        across.addWidget(start)
        card.body.addLayout(across)
        return start

    def _choose(self, person: DuePerson) -> None:
        self.accept()
        self.requested.emit(StartForm(person_id=person.person_id, kind="visit", group=person.group, answers=dict(self._shared)))


def offer_trip(page: Page, session: FormSession, person_id: str) -> None:
    """Look for others at the address behind the window's back, and offer them where there are any."""
    if session.form.kind != "visit" or not person_id:
        return
    desk, shared = page.desk, trips.shared_answers(session)

    def show(others: tuple[DuePerson, ...]) -> None:
        if others:
            dialog = TripDialog(page.window(), others, shared, desk.station.today())
            dialog.requested.connect(page.open)
            dialog.open()

    desk.tasks.run(lambda: trips.others_at_address(desk.station, person_id), show, desk.fail, owner=page)

"""Relations of a person: pick somebody who is registered by searching, or write a new one; each is stated once and seen from both sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mzdesk.registry import people, relations
from mzdesk.registry.groups import RELATIONS
from mzdesk.registry.people import PersonFile, PersonRow, Query, RelationView
from ui import dialogs, icons
from ui.ask import Ask, Asked
from ui.desk import Desk
from ui.page import Page
from ui.theme import look
from ui.widgets import button, label, row
from ui.words import group_words, sex_words

PATIENCE_MS = 150
SHOWN = 6
TOLD = ("name", "phone", "id_no", "place", "since", "until")


class PersonSearch(QWidget):
    """A line that searches the register, and what was found beneath it. Signal: picked(row or None)."""

    picked = Signal(object)

    def __init__(self, desk: Desk, but: str) -> None:
        super().__init__()
        self._desk, self._but = desk, but
        self._turn = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.3))
        self.line = QLineEdit()
        self.line.setPlaceholderText("在登记的人里找：姓名、拼音首字母、证号后四位")
        self.line.setAccessibleName("在登记的人里找")
        self.line.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.found = QListWidget()
        self.found.setAccessibleName("找到的人")
        self.found.itemActivated.connect(self._pick)
        self.found.itemClicked.connect(self._pick)
        self.found.hide()
        self.nobody = label("登记的人里没有，请在下面写明。", "hint")
        self.nobody.hide()
        for widget in (self.line, self.found, self.nobody):
            column.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE_MS)
        self._timer.timeout.connect(self.search)
        self.line.textChanged.connect(lambda *_: self._timer.start())

    def search(self) -> None:
        """Search for what is typed."""
        self._timer.stop()
        text = self.line.text().strip()
        if not text:
            self._show(())
            return
        self._turn += 1
        turn = self._turn
        query = Query(text=text, group="*", limit=SHOWN + 1)

        def show(page: people.Page) -> None:
            if turn == self._turn:
                self._show(page.rows)

        self._desk.tasks.run(lambda: people.find(self._desk.station, query), show, self._desk.fail, owner=self)

    def _show(self, rows: tuple[PersonRow, ...]) -> None:
        self.found.clear()
        others = [found for found in rows if found.id != self._but][:SHOWN]
        for found in others:
            age = f"{found.age} 岁" if found.age is not None else ""
            words = (found.name, sex_words(found.sex), age, found.village_name, group_words(found.groups), found.id_masked)
            item = QListWidgetItem("　".join(part for part in words if part))
            item.setData(Qt.ItemDataRole.UserRole, found)
            self.found.addItem(item)
        self.found.setFixedHeight(look().em(0.6 + 1.75 * max(len(others), 1)))
        self.found.setVisible(bool(others))
        self.nobody.setVisible(not others and bool(self.line.text().strip()))

    def _pick(self, item: QListWidgetItem) -> None:
        self.picked.emit(item.data(Qt.ItemDataRole.UserRole))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.found.isVisible() and not self.found.hasFocus():
            self.found.setFocus()
            self.found.setCurrentRow(0)
        else:
            super().keyPressEvent(event)


class RelationAdd(Ask):
    """The dialog that states a relation."""

    def __init__(self, page: Page, file: PersonFile) -> None:
        self.other: PersonRow | None = None
        kinds = tuple(RELATIONS.items())
        fields = (
            Asked("kind", f"是{file.person.name}的", "choice", "guardian", kinds),
            Asked("name", "姓名", span=2),
            Asked("phone", "电话", required=False, span=2),
            Asked("id_no", "身份证号", required=False, span=2, hint="登记过的人会自动连上"),
            Asked("place", "务工地或住址", required=False, span=2),
            Asked("since", "从哪天起", "date", required=False, span=2, hint="例如外出务工、开始照护的日期"),
        )
        desk = page.desk
        super().__init__(page, desk, "添加关系人", "", fields, "添加", lambda values: self._add(file.person.id, values))
        self.search = PersonSearch(desk, file.person.id)
        self.search.picked.connect(self.pick)
        self.chosen_line = label("", "strong", wrap=True)
        self.forget_button = button("换一个人", kind="link", on_click=lambda: self.pick(None))
        self.extra.insertWidget(2, self.search)
        self.extra.insertLayout(3, row(self.chosen_line, self.forget_button))
        self.pick(None)
        self.resize(look().em(42), look().em(40))
        self.search.line.setFocus()

    def pick(self, other: PersonRow | None) -> None:
        """Choose somebody who is registered, or nobody: then the fields are to be filled."""
        self.other = other
        self.search.setVisible(other is None)
        self.chosen_line.setVisible(other is not None)
        self.forget_button.setVisible(other is not None)
        for name in ("name", "id_no", "phone"):
            self.fields[name].setVisible(other is None)
        if other is not None:
            self.chosen_line.setText(f"{other.name}　{sex_words(other.sex)}　{other.village_name}　{other.id_masked}")
            self.controls["name"].setText(other.name)  # type: ignore[union-attr]
            self.controls["kind"].setFocus()

    def _add(self, person_id: str, values: Mapping[str, str]) -> str:
        told = {name: values[name] for name in TOLD if values.get(name)}
        other_id = ""
        if self.other is not None:
            other_id = self.other.id
            told = {name: told[name] for name in ("place", "since") if name in told}
        return relations.add(self._desk.station, person_id, values["kind"], told, other_id=other_id)


class RelationActs:
    """The dialogs of a person's relations; `done` is called after each act, with a sentence."""

    def __init__(self, page: Page, done: Callable[[str], None]) -> None:
        self._page, self._done = page, done

    def add(self, file: PersonFile) -> RelationAdd:
        """State a relation."""
        dialog = RelationAdd(self._page, file)
        dialog.done_with.connect(lambda _id: self._done("已添加"))
        dialog.open()
        return dialog

    def change(self, relation: RelationView) -> Ask:
        """Change what is told of a relation; a phone that is not typed again stays."""
        fields: tuple[Asked, ...] = (
            Asked("name", "姓名", value=relation.name, span=2),
            Asked(
                "phone", "电话", required=False, span=2, hint=f"现在是 {relation.phone_masked}，不改就留空" if relation.phone_masked else ""
            ),
            Asked("place", "务工地或住址", value=relation.place, required=False),
            Asked("since", "从哪天起", "date", relation.since, required=False, span=2),
            Asked("until", "到哪天为止", "date", relation.until, required=False, span=2, hint="不再是这种关系时填写"),
        )
        if relation.other_id:  # name and phone are those of the person's own file
            fields = fields[2:]
        station = self._page.desk.station

        def act(values: Mapping[str, str]) -> Any:
            told = {name: value for name, value in values.items() if name != "phone" or value}
            return relations.change(station, relation.id, told)

        dialog = Ask(self._page, self._page.desk, f"{relation.role}：{relation.name}", "", fields, "保存", act)
        dialog.done_with.connect(lambda _none: self._done("已保存"))
        dialog.open()
        return dialog

    def remove(self, relation: RelationView) -> None:
        """Take back a relation that was stated by mistake."""
        text = f"{relation.role}{relation.name}。登记有误时才移除；不再照护的，请改为填写“到哪天为止”。"
        reason = dialogs.ask_text(self._page, "移除这个关系人？", text, "原因", "移除", least=2)
        if reason:
            station = self._page.desk.station
            self._page.act(lambda: relations.remove(station, relation.id, reason), lambda _none: self._done("已移除"))

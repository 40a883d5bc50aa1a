"""The cards of a person's groups and family, each line with what can be done about it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mzdesk.registry.groups import group_name
from mzdesk.registry.people import PersonFile, RelationView
from mzdesk.store.rows import EnrolmentData
from ui.layouts import FlowLayout
from ui.loose_entry import show_date
from ui.pages.person_edit_cards import empty_card
from ui.pages.person_edit_relations import RelationActs
from ui.pages.person_edit_roles import RoleActs
from ui.requests import OpenPerson
from ui.theme import look
from ui.widgets import Card, Chip, button, label, shorten
from ui.words import due_tone, due_words, risk_tone, risk_words, short_day

NAME_ROOM = 17.0  # em


class RoleCard(Card):
    """The groups of a person: current ones first, with due dates and verbs."""

    def __init__(self, acts: RoleActs) -> None:
        super().__init__("类别与走访")
        self._acts = acts

    def show_file(self, file: PersonFile, today: date) -> None:
        """Show the groups."""
        empty_card(self)
        for role in sorted(file.enrolments, key=lambda role: bool(role.left_on)):
            self.body.addWidget(self._make_former(role, file) if role.left_on else self._make_current(role, today))
        if not file.enrolments:
            self.body.addWidget(label("现在不在任何一类中。用右上角“办理”纳入一类。", "muted", wrap=True))

    def _make_former(self, role: EnrolmentData, file: PersonFile) -> QWidget:
        holder, column = _column()
        head = _head(group_name(role.group, role.category), Chip("已退出"))
        if file.person.life == "here" and all(other.group != role.group for other in file.current):
            head.addWidget(_link("恢复", f"恢复{group_name(role.group)}", lambda: self._acts.take_back(role)))
        column.addLayout(head)
        column.addWidget(label(f"{show_date(role.entered_on)} 至 {show_date(role.left_on)}　{role.left_why}", "hint", wrap=True))
        return holder

    def _make_current(self, role: EnrolmentData, today: date) -> QWidget:
        holder, column = _column()
        column.addLayout(_head(group_name(role.group, role.category), Chip(risk_words(role.risk), risk_tone(role.risk))))
        last = short_day(role.last_visit_on, today) or "还没有走访过"
        facts = f"{show_date(role.entered_on)} 纳入　上次走访：{last}　责任人：{role.responsible or '未定'}"
        column.addWidget(label(facts, "hint", wrap=True))
        if role.suspended_until and role.suspended_until >= today.isoformat():
            column.addWidget(
                label(f"走访暂停到 {show_date(role.suspended_until)}：{role.suspended_why}", "strong", tone="amber", wrap=True)
            )
        elif role.next_due:
            tone = due_tone(role.next_due, today)
            words = f"下次应访：{show_date(role.next_due)}（{due_words(role.next_due, today)}）"
            column.addWidget(label(words, "strong", tone="" if tone == "muted" else tone, wrap=True))
            column.addWidget(label(role.due_why, "hint", wrap=True))
        column.addWidget(self._make_verbs(role, today))
        return holder

    def _make_verbs(self, role: EnrolmentData, today: date) -> QWidget:
        holder = QWidget()
        verbs = FlowLayout(holder, gap=look().em(0.2), line_gap=0)
        name = group_name(role.group)
        verbs.addWidget(_link("修改", f"修改{name}", lambda: self._acts.change(role)))
        if role.suspended_until and role.suspended_until >= today.isoformat():
            verbs.addWidget(_link("恢复走访", f"恢复{name}的走访", lambda: self._acts.resume(role)))
        else:
            verbs.addWidget(_link("暂停走访", f"暂停{name}的走访", lambda: self._acts.suspend(role)))
        verbs.addWidget(_link("退出", f"退出{name}", lambda: self._acts.leave(role)))
        return holder


class FamilyCard(Card):
    """Who belongs to a person, from both sides. Signal: opened(Request)."""

    opened = Signal(object)

    def __init__(self, acts: RelationActs) -> None:
        super().__init__("家庭与照护")
        self._acts = acts
        self._file: PersonFile | None = None
        self.add_button = button("添加", "plus", kind="link", on_click=self._add)
        self.head.addWidget(self.add_button)

    def show_file(self, file: PersonFile) -> None:
        """Show the relations: present ones first."""
        self._file = file
        empty_card(self)
        for relation in sorted(file.relations, key=lambda relation: bool(relation.until)):
            self.body.addWidget(self._make_relation(relation))
        if not file.relations:
            self.body.addWidget(label("还没有登记监护人、照护人和父母。", "hint", wrap=True))

    def _add(self) -> None:
        if self._file is not None:
            self._acts.add(self._file)

    def _make_relation(self, relation: RelationView) -> QWidget:
        holder = QWidget()
        across = QHBoxLayout(holder)
        across.setContentsMargins(0, 0, 0, 0)
        words = QWidget()
        flow = FlowLayout(words, gap=look().em(0.6), line_gap=0)
        for part in self._words(relation):
            part.setMinimumHeight(look().em(1.9))  # as high as a link, so that all stand on one line
            flow.addWidget(part)
        across.addWidget(words, 1)
        if not relation.inverse:  # what somebody else's file states is changed there
            verbs = (
                _link("修改", f"修改{relation.role}{relation.name}", lambda: self._acts.change(relation)),
                _link("移除", f"移除{relation.role}{relation.name}", lambda: self._acts.remove(relation)),
            )
            for verb in verbs:
                across.addWidget(verb, 0, Qt.AlignmentFlag.AlignTop)
        return holder

    def _words(self, relation: RelationView) -> list[QWidget]:
        found: list[QWidget] = [label(relation.role, "muted")]
        if relation.other_id:
            name = _link(
                shorten(relation.name, NAME_ROOM), f"打开{relation.name}的档案", lambda: self.opened.emit(OpenPerson(relation.other_id))
            )
            name.setStyleSheet("font-weight: 600; padding: 0;")
            found.append(name)
        else:
            found.append(label(shorten(relation.name, NAME_ROOM), "strong"))
            found[-1].setToolTip(relation.name)
        ended = f"到 {show_date(relation.until)} 为止" if relation.until else ""
        return found + [label(told, "hint") for told in (relation.phone_masked, relation.place, ended) if told]


def _column() -> tuple[QWidget, QVBoxLayout]:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, look().em(0.2))
    column.setSpacing(look().em(0.15))
    return holder, column


def _head(words: str, chip: Chip) -> QHBoxLayout:
    head = QHBoxLayout()
    head.setSpacing(look().em(0.55))
    head.addWidget(label(words, "strong"))
    head.addWidget(chip)
    head.addStretch(1)
    return head


def _link(words: str, name: str, act: object) -> QWidget:
    made = button(words, kind="link", on_click=act)  # type: ignore[arg-type]
    made.setAccessibleName(name)
    return made

"""档案: one person with what is open on top, who they are, and everything that happened; numbers stay masked until shown on purpose."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from mzdesk.casework import timeline
from mzdesk.casework.timeline import Timeline
from mzdesk.registry import people
from mzdesk.registry.groups import LIVES, group_name
from mzdesk.registry.people import PersonFile, RelationView
from mzdesk.store.rows import EnrolmentData, PersonData
from ui import dialogs
from ui.desk import Desk
from ui.layouts import SPLIT_STEPS, FlowLayout, SpanGrid
from ui.loose_entry import show_date
from ui.page import Page
from ui.pages.person_events import EventList
from ui.requests import OpenPerson, OpenRecord, Request, StartForm
from ui.theme import look
from ui.widgets import Card, Chip, button, label
from ui.words import due_tone, due_words, risk_tone, risk_words, sex_words, short_day

OTHER_FORMS = (
    ("评估", "assessment"),
    ("照料记录", "care"),
    ("协议", "agreement"),
    ("走访跟进", "follow_up"),
    ("个案活动", "activity"),
    ("重新登记（加一个类别）", "registration"),
    ("强制报告", "report"),
)


class PersonPage(Page):
    """The page of one person."""

    title = "档案"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._person_id = ""
        self._file: PersonFile | None = None
        more = button("填其他表")
        menu = QMenu(more)
        for words, kind in OTHER_FORMS:
            menu.addAction(words).triggered.connect(lambda *_, kind=kind: self.open(StartForm(person_id=self._person_id, kind=kind)))
        more.setMenu(menu)
        self.reveal_button = button("显示完整号码", "eye", on_click=self.reveal)
        self.reveal_button.setVisible(desk.may("unmask"))
        self.visit_button = button("开始走访", "clipboard-pen", kind="primary", on_click=self._visit)
        for widget in (self.reveal_button, more, self.visit_button):
            self.tools.addWidget(widget)
        self._make_content()

    def _make_content(self) -> None:
        self.matters = Card("未办结事项")
        self.matters.hide()
        self.content.addWidget(self.matters)
        grid = SpanGrid(SPLIT_STEPS, gap=1.0, line_gap=1.0)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(1.0))
        self.roles = Card("类别与走访")
        self.facts = Card("基本信息")
        self.family = Card("家庭与照护")
        for card in (self.roles, self.facts, self.family):
            column.addWidget(card)
        column.addStretch(1)
        self.events = EventList()
        self.events.requested.connect(self.open)
        grid.add(side, 2)
        grid.add(self.events, 3)
        self.content.addWidget(grid)
        self.content.addStretch(1)

    # ---- showing

    def receive(self, request: Request) -> None:
        if isinstance(request, OpenPerson):
            self._person_id = request.person_id

    def opened(self) -> None:
        person_id = self._person_id
        if person_id:
            self.load(lambda: timeline.of_person(self.desk.station, person_id, self.desk.forms.catalog()), self.show_timeline)

    def show_timeline(self, shown: Timeline) -> None:
        """Show a person."""
        file = shown.file
        self._file = file
        self.heading.setText(file.person.name)
        age = f"{file.age} 岁" if file.age is not None else ""
        life = LIVES.get(file.person.life, "") if file.person.life != "here" else ""
        self.subtitle.show_text("　".join(part for part in (sex_words(file.person.sex), age, file.village_name, life) if part))
        self._show_matters(shown)
        self._show_roles(file)
        self._show_facts(file.person, file.village_name)
        self._show_family(file)
        self.events.show_events(shown.events)

    def _show_matters(self, shown: Timeline) -> None:
        _empty(self.matters)
        today = self.desk.station.today()
        for matter in shown.open_matters:
            line = QHBoxLayout()
            line.addWidget(Chip(due_words(matter.due_on, today) or "未定期限", due_tone(matter.due_on, today)))
            line.addWidget(label(matter.title, wrap=True), 1)
            if matter.record_id:
                line.addWidget(_opening("查看", lambda record_id=matter.record_id: self.open(OpenRecord(record_id))))
            self.matters.body.addLayout(line)
        self.matters.setVisible(bool(shown.open_matters))

    def _show_roles(self, file: PersonFile) -> None:
        _empty(self.roles)
        for role in file.enrolments:
            self.roles.body.addWidget(self._make_role(role))
        if not file.enrolments:
            self.roles.body.addWidget(label("现在不在任何一类中。", "muted"))

    def _make_role(self, role: EnrolmentData) -> QWidget:
        today = self.desk.station.today()
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.15))
        head = QHBoxLayout()
        head.addWidget(label(group_name(role.group, role.category), "strong"))
        if role.left_on:
            head.addWidget(Chip("已退出"))
        else:
            head.addWidget(Chip(risk_words(role.risk), risk_tone(role.risk)))
        head.addStretch(1)
        column.addLayout(head)
        if role.left_on:
            column.addWidget(label(f"{show_date(role.entered_on)} 至 {show_date(role.left_on)}　{role.left_why}", "hint", wrap=True))
            return holder
        last = short_day(role.last_visit_on, today) or "还没有走访过"
        column.addWidget(
            label(f"{show_date(role.entered_on)} 纳入　上次走访：{last}　责任人：{role.responsible or '未定'}", "hint", wrap=True)
        )
        if role.next_due:
            tone = due_tone(role.next_due, today)
            words = f"下次应访：{show_date(role.next_due)}（{due_words(role.next_due, today)}）"
            column.addWidget(label(words, "strong", tone="" if tone == "muted" else tone, wrap=True))
            column.addWidget(label(role.due_why, "hint", wrap=True))
        return holder

    def _show_facts(self, person: PersonData, village: str) -> None:
        _empty(self.facts)
        rows = (
            ("身份证号", person.id_no or (f"无（{person.id_no_absent}）" if person.id_no_absent else "")),
            ("出生日期", show_date(person.birth_date)),
            ("电话", person.phone or (f"无（{person.phone_absent}）" if person.phone_absent else "")),
            ("现居住地", person.address if village in person.address else f"{village}{person.address}"),
            ("户籍地址", person.hukou_address),
            ("残疾证号", person.disability_no),
        )
        self.facts.body.addLayout(_table(tuple((name, value) for name, value in rows if value)))

    def _show_family(self, file: PersonFile) -> None:
        _empty(self.family)
        for relation in file.relations:
            self.family.body.addWidget(self._make_relation(relation))
        self.family.setVisible(bool(file.relations))

    def _make_relation(self, relation: RelationView) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, gap=look().em(0.6), line_gap=0)
        flow.addWidget(label(relation.role, "muted"))
        if relation.other_id:
            flow.addWidget(_opening(relation.name, lambda: self.open(OpenPerson(relation.other_id))))
        else:
            flow.addWidget(label(relation.name, "strong"))
        for words in (relation.phone_masked, relation.place):
            if words:
                flow.addWidget(label(words, "hint"))
        return holder

    # ---- verbs

    def _visit(self) -> None:
        self.open(StartForm(person_id=self._person_id, kind="visit"))

    def reveal(self) -> None:
        """Show the whole numbers after a reason was given; the act is logged."""
        words = "完整号码只在这一页显示，离开后恢复遮盖。这次查看会记入日志。"
        reason = dialogs.ask_text(self, "显示完整证件号和电话", words, "查看原因", "显示", least=2)
        if reason:
            person_id = self._person_id
            self.desk.tasks.run(lambda: people.reveal(self.desk.station, person_id, reason), self._show_whole, self.desk.fail, owner=self)

    def _show_whole(self, person: PersonData) -> None:
        if self._file is not None and person.id == self._person_id:
            self._show_facts(person, self._file.village_name)

    def left(self) -> bool:
        if self._file is not None:
            self._show_facts(self._file.person, self._file.village_name)
        return True


def _opening(words: str, act: object) -> QWidget:
    return button(words, kind="link", on_click=act)  # type: ignore[arg-type]


def _table(rows: tuple[tuple[str, str], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(look().em(1.0))
    for number, (name, value) in enumerate(rows):
        grid.addWidget(label(name, "muted"), number, 0, Qt.AlignmentFlag.AlignTop)
        shown = label(value, wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(shown, number, 1)
    return grid


def _empty(card: Card) -> None:
    """Remove everything below the title of a card."""
    while card.body.count() > 1:
        item = card.body.takeAt(1)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            while (part := inner.takeAt(0)) is not None:
                if (widget := part.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()
            inner.deleteLater()

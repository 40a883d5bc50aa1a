"""档案: one person with what is open on top, who they are, and everything that happened; numbers stay masked until shown on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from mzdesk.casework import person_files, person_papers, timeline
from mzdesk.casework.person_files import HeldFile
from mzdesk.casework.timeline import Timeline
from mzdesk.registry import merging, people, pointing_out
from mzdesk.registry.groups import LIVES
from mzdesk.registry.merging import Pair
from mzdesk.registry.people import PersonFile
from mzdesk.registry.suggestions import Suggestion
from mzdesk.store.rows import PersonData
from ui import dialogs
from ui.desk import Desk
from ui.layouts import SPLIT_STEPS, SpanGrid
from ui.loose_entry import show_date
from ui.page import Page
from ui.pages.duplicates import open_merge
from ui.pages.person_edit import PersonEdit
from ui.pages.person_edit_cards import FilesCard, SuggestionCard, TagCard
from ui.pages.person_edit_panels import FamilyCard, RoleCard
from ui.pages.person_edit_relations import RelationActs
from ui.pages.person_edit_roles import RoleActs, further_groups
from ui.pages.person_edit_tags import edit_tags
from ui.pages.person_events import EventList
from ui.pages.person_returned import open_faulty
from ui.paper_preview import PaperPreview
from ui.requests import OpenPerson, OpenRecord, Request, StartForm
from ui.theme import look
from ui.widgets import Banner, Card, Chip, button, label
from ui.words import due_tone, due_words, sex_words

if TYPE_CHECKING:
    from forms.catalog import Catalog
    from mzdesk.station import Station

OTHER_FORMS = (
    ("评估", "assessment"),
    ("照料记录", "care"),
    ("协议", "agreement"),
    ("走访跟进", "follow_up"),
    ("个案活动", "activity"),
    ("重新登记（加一个类别）", "registration"),
    ("强制报告", "report"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that the page shows."""

    timeline: Timeline
    suggestions: tuple[Suggestion, ...]
    files: tuple[HeldFile, ...]
    doubles: tuple[Pair, ...]


def read_person(station: Station, person_id: str, catalog: Catalog) -> Shown:
    """Read the page. Raises MzError where the person is not in scope."""
    return Shown(
        timeline.of_person(station, person_id, catalog),
        pointing_out.for_person(station, person_id),
        person_files.of_person(station, person_id, catalog),
        merging.candidates(station, person_id),
    )


class PersonPage(Page):
    """The page of one person."""

    title = "档案"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._person_id = ""
        self._file: PersonFile | None = None
        self._doubles: tuple[Pair, ...] = ()
        self._faulty: OpenPerson | None = None
        self.role_acts = RoleActs(self, self._after)
        self.relation_acts = RelationActs(self, self._after)
        more = button("填其他表")
        menu = QMenu(more)
        for words, kind in OTHER_FORMS:
            menu.addAction(words).triggered.connect(lambda *_, kind=kind: self.open(StartForm(person_id=self._person_id, kind=kind)))
        more.setMenu(menu)
        self.reveal_button = button("显示完整号码", "eye", kind="link", on_click=self.reveal)
        self.reveal_button.setVisible(desk.may("unmask"))
        self.edit_button = button("修改资料", "pencil", on_click=self.edit, tip="F2")
        self.acts_button = button("办理")
        self.acts_menu = QMenu(self.acts_button)
        self.acts_menu.aboutToShow.connect(self._fill_acts)
        self.acts_button.setMenu(self.acts_menu)
        self.visit_button = button("开始走访", "clipboard-pen", kind="primary", on_click=self._visit, tip="Ctrl+Enter")
        for widget in (self.edit_button, self.acts_button, more, self.visit_button):
            self.tools.addWidget(widget)
        self._make_content()
        keys: dict[str, Callable[[], object]] = {"F2": self.edit, "Ctrl+Return": self._visit, "Ctrl+P": self.print_card}
        for sequence, act in keys.items():
            QShortcut(QKeySequence(sequence), self, act).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _make_content(self) -> None:
        self.double_button = button("并排对照…", kind="link", on_click=self.compare)
        self.double_banner = Banner("", "amber", self.double_button)
        self.content.addWidget(self.double_banner)
        self.matters = Card("未办结事项")
        self.matters.hide()
        self.hints = SuggestionCard()
        self.content.addWidget(self.matters)
        self.content.addWidget(self.hints)
        grid = SpanGrid(SPLIT_STEPS, gap=1.0, line_gap=1.0)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(1.0))
        self.roles = RoleCard(self.role_acts)
        self.facts = Card("基本信息")
        self.facts.head.addWidget(self.reveal_button)
        self.family = FamilyCard(self.relation_acts)
        self.family.opened.connect(self.open)
        self.tags = TagCard()
        self.tags.edit_wanted.connect(self._edit_tags)
        self.files = FilesCard(self)
        for card in (self.roles, self.facts, self.family, self.tags, self.files):
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
            self._faulty = request if request.told else None

    def opened(self) -> None:
        person_id = self._person_id
        if person_id:
            self.load(lambda: read_person(self.desk.station, person_id, self.desk.forms.catalog()), self.show_person)

    def show_person(self, shown: Shown) -> None:
        """Show a person."""
        file = shown.timeline.file
        self._file, self._doubles = file, shown.doubles
        self.heading.setText(file.person.name)
        age = f"{file.age} 岁" if file.age is not None else ""
        life = LIVES.get(file.person.life, "") if file.person.life != "here" else ""
        self.subtitle.show_text("　".join(part for part in (sex_words(file.person.sex), age, file.village_name, life) if part))
        self.visit_button.setEnabled(file.person.life == "here")
        double = shown.doubles[0].why if shown.doubles else ""
        self.double_banner.show_text(f"可能有 {len(shown.doubles)} 份重复的档案（{double}）。" if double else "", "amber")
        self._show_matters(shown.timeline)
        self.hints.show_suggestions(shown.suggestions)
        self.roles.show_file(file, self.desk.station.today())
        self._show_facts(file.person, file.village_name)
        self.family.show_file(file)
        self.tags.show_person(file.person)
        self.files.show_files(file.person.id, shown.files)
        self.events.show_events(shown.timeline.events)
        faulty, self._faulty = self._faulty, None
        self.banner.show_text(f"县级退回：{faulty.told}" if faulty is not None else "", "red")
        if faulty is not None:
            open_faulty(self, file, faulty)

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

    # ---- verbs

    def _visit(self) -> None:
        self.open(StartForm(person_id=self._person_id, kind="visit"))

    def _after(self, told: str) -> None:
        """Show the person as they are now, after an act."""
        self.desk.tell(told)
        self.changed.emit()
        self.opened()

    def edit(self) -> PersonEdit | None:
        """Edit who the person is."""
        if self._file is None:
            return None
        dialog = PersonEdit(self, self.desk, self._file.person)
        dialog.done_with.connect(lambda written: self._after("已保存" if written else "没有改动"))
        dialog.open()
        return dialog

    def _edit_tags(self) -> None:
        if self._file is not None:
            edit_tags(self, self._file.person, self._after)

    def compare(self) -> None:
        """Show this file beside the one that may be of the same person."""
        if self._doubles and self._file is not None:
            pair = self._doubles[0]
            open_merge(self, self.desk, pair, (self._file.village_name, ""), lambda: self._after("已合并"))

    def _fill_acts(self) -> None:
        """Offer what can be done about this person now."""
        file, menu = self._file, self.acts_menu
        menu.clear()
        if file is None:
            return
        if file.person.life == "here":
            for code, name in further_groups(file):
                menu.addAction(f"纳入{name}…").triggered.connect(lambda *_, code=code: self._enrol(code))
            menu.addSeparator()
            menu.addAction("迁往本乡镇别的村…").triggered.connect(lambda *_: self.role_acts.move(file))
            menu.addAction("迁出本乡镇…").triggered.connect(lambda *_: self.role_acts.move_away(file))
            menu.addAction("登记去世…").triggered.connect(lambda *_: self.role_acts.record_death(file))
        else:
            what = "去世" if file.person.life == "dead" else "迁出"
            menu.addAction(f"撤销{what}登记…").triggered.connect(lambda *_: self.role_acts.revive(file))
        menu.addSeparator()
        menu.addAction("打印档案卡　Ctrl+P").triggered.connect(lambda *_: self.print_card())
        if self.desk.may("unmask"):
            menu.addAction("打印档案卡（完整号码）…").triggered.connect(lambda *_: self.print_whole_card())

    def _enrol(self, group: str) -> None:
        """Open the registration form of a further group; saving it enters the person into the group."""
        self.open(StartForm(person_id=self._person_id, kind="registration", group=group))

    def print_card(self, reason: str = "") -> None:
        """Typeset the card behind the window's back, then show it."""
        person_id, file = self._person_id, self._file
        if file is None:
            return
        self.desk.tasks.run(
            lambda: person_papers.print_file_cards(self.desk.station, [person_id], unmask_reason=reason),
            lambda pdf: self._preview(f"{file.person.name}档案卡", pdf),
            self.desk.fail,
            owner=self,
        )

    def print_whole_card(self) -> None:
        """Print the card with whole numbers after a reason was given; the act is logged."""
        reason = dialogs.ask_text(self, "打印完整号码的档案卡", "这次打印会记入日志。", "原因", "打印", least=2)
        if reason:
            self.print_card(reason)

    def _preview(self, title: str, pdf: bytes) -> None:
        dialog = PaperPreview(self, title, pdf)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

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

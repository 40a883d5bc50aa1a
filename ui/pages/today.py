"""今日工作: who must be seen, what was begun, what came back; each line leads to the act that settles it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mzdesk.casework.months import MonthBar
from mzdesk.registry.ages import age_of
from mzdesk.store.due import DuePerson
from mzdesk.store.duties import CHILD_GROUPS
from ui.chart import Bar, BarChart, add_legend
from ui.desk import Desk
from ui.layouts import CARD_STEPS, SPLIT_STEPS, FlowLayout, SpanGrid
from ui.mending import mend
from ui.page import Page
from ui.pages.today_data import Desktop, close_months, read_desktop
from ui.pages.today_route import RouteActs, dropped_scan
from ui.requests import ContinueDraft, OpenPage, OpenPerson, OpenRecord, Request, StartForm
from ui.theme import look
from ui.widgets import Card, Chip, ElidedLabel, EmptyState, StatCard, button, label, shorten
from ui.words import due_tone, due_words, long_day, risk_tone, risk_words, sex_words, short_day, show_instant

ROWS = 40
SERIES_NAMES = ("应访", "已访")
NOBODY = "登记了的人快到期时，会自动出现在这里。还没有登记过人？请点右上角“登记新对象”，或到“服务对象”导入花名册。"


class TodayPage(Page):
    """The first page."""

    title = "今日工作"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._months_closed = False
        self.village = QComboBox()
        self.village.setAccessibleName("村（居）")
        self.village.addItem("全部村（居）", "")
        self.village.activated.connect(lambda *_: self.opened())
        self.tools.addWidget(self.village)
        self.route = RouteActs(self)
        self.tools.addWidget(self.route.button)
        self.setAcceptDrops(True)
        self.tools.addWidget(button("登记新对象", "user-plus", kind="primary", on_click=self._register))
        self.content.addWidget(self._make_figures())
        self.content.addWidget(self._make_columns())
        self.content.addStretch(1)

    def _make_figures(self) -> SpanGrid:
        grid = SpanGrid(CARD_STEPS, gap=1.0, line_gap=0.8)
        self.overdue = StatCard("已逾期", "triangle-alert", "red")
        self.due_today = StatCard("今天到期", "clock", "amber")
        self.week = StatCard("七天内到期", "calendar-days", "primary")
        self.done = StatCard("本月完成率", "check", "green")
        for card in (self.overdue, self.due_today, self.week, self.done):
            grid.add(card, 1)
        return grid

    def _make_columns(self) -> SpanGrid:
        grid = SpanGrid(SPLIT_STEPS, gap=1.0, line_gap=1.0)
        self.due_card = Card("待办走访", "按紧急程度排列", padded=False)
        self.due_rows = QVBoxLayout()
        self.due_rows.setSpacing(0)
        self.due_card.body.addLayout(self.due_rows)
        self.due_card.body.addStretch(1)
        grid.add(self.due_card, 3)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(1.0))
        for card in (self._make_open_matters(), self._make_chart(), self._make_exchange()):
            column.addWidget(card)
        column.addStretch(1)
        grid.add(side, 2)
        return grid

    def _make_open_matters(self) -> Card:
        self.matters = Card("等您处理", padded=False)
        self.matter_rows = QVBoxLayout()
        self.matter_rows.setSpacing(0)
        self.matters.body.addLayout(self.matter_rows)
        self.matters.hide()
        return self.matters

    def _make_chart(self) -> Card:
        card = Card("近六个月走访")
        self.chart = BarChart(SERIES_NAMES)
        add_legend(card.head, SERIES_NAMES)
        card.body.addWidget(self.chart)
        return card

    def _make_exchange(self) -> Card:
        card = Card("数据交换")
        self.exchange_chip = Chip("…")
        card.head.addWidget(self.exchange_chip)
        self.exchange_lines = label("", "hint", wrap=True)
        card.body.addWidget(self.exchange_lines)
        verbs = FlowLayout(gap=look().em(0.5), line_gap=look().em(0.4))
        verbs.addWidget(button("立即同步", "refresh-cw", on_click=lambda: self.open(OpenPage("exchange", {"start": "sync"}))))
        verbs.addWidget(button("导出到 U 盘", "usb", on_click=lambda: self.open(OpenPage("exchange", {"start": "stick"}))))
        card.body.addLayout(verbs)
        return card

    # ---- showing

    def opened(self) -> None:
        village = self.village.currentData() or ""
        self.subtitle.show_text(long_day(self.desk.station.today()))
        self.load(lambda: read_desktop(self.desk.station, village), self.show_desktop)

    def show_desktop(self, shown: Desktop) -> None:
        """Show what was read."""
        self._show_villages(shown)
        self.route.villages, self.route.village = dict(shown.villages), self.village.currentData() or ""
        self._show_figures(shown)
        self._show_due(shown)
        self._show_matters(shown)
        self._show_months(shown.months)
        self._show_exchange(shown)
        if not self._months_closed:
            self._months_closed = True
            village = self.village.currentData() or ""
            self.desk.tasks.run(lambda: close_months(self.desk.station, village), self._show_months, self.desk.fail, owner=self)

    def _show_months(self, months: tuple[MonthBar, ...] | None) -> None:
        if months is not None:
            self.chart.show_bars(tuple(Bar(month.label, month.planned, month.done) for month in months))

    def _show_villages(self, shown: Desktop) -> None:
        if self.village.count() == 1:
            for code, name in shown.villages.items():
                self.village.addItem(name, code)
            self.village.setVisible(len(shown.villages) > 1)

    def _show_figures(self, shown: Desktop) -> None:
        day, counts = shown.today, shown.today.counts
        oldest = due_words(counts.oldest, day.on) if counts.overdue else ""
        self.overdue.show_figure(str(counts.overdue), f"最久{oldest}" if oldest else "没有逾期")
        self.due_today.show_figure(str(counts.today), f"其中高风险 {counts.high_today} 人" if counts.today else "今天没有到期的")
        self.week.show_figure(str(counts.week), self._villages_of_week(shown) or "七天内没有到期的")
        share = f"{day.done * 100 // day.planned}%" if day.planned else "—"
        self.done.show_figure(share, f"应访 {day.planned}，已访 {day.done}")

    @staticmethod
    def _villages_of_week(shown: Desktop) -> str:
        today = shown.today.on.isoformat()
        counted: dict[str, int] = {}
        for person in shown.today.people:
            if person.next_due > today:
                counted[person.village] = counted.get(person.village, 0) + 1
        most = sorted(counted.items(), key=lambda item: -item[1])[:2]
        return "，".join(f"{shown.villages.get(code, code)} {number}" for code, number in most)

    def _show_due(self, shown: Desktop) -> None:
        _clear(self.due_rows)
        for person in shown.today.people[:ROWS]:
            self.due_rows.addWidget(self._make_due_row(person, shown))
        more = len(shown.today.people) - ROWS
        if more > 0:
            link = button(f"还有 {more} 人，到“服务对象”里看全部", kind="link", on_click=self._open_due_people)
            self.due_rows.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        if not shown.today.people:
            self.due_rows.addWidget(EmptyState("check", "七天内没有要走访的人", NOBODY))

    def _open_due_people(self) -> None:
        self.open(OpenPage("people", {"due": "week"}))

    def _make_due_row(self, person: DuePerson, shown: Desktop) -> QFrame:
        made = QFrame()
        made.setObjectName("row")
        across = QHBoxLayout(made)
        across.setContentsMargins(look().em(1.3), look().em(0.5), look().em(1.0), look().em(0.5))
        across.setSpacing(look().em(0.8))
        words = QVBoxLayout()
        words.setSpacing(look().em(0.1))
        head = QHBoxLayout()
        head.setSpacing(look().em(0.55))
        shown_name = shorten(person.name, 13)
        name = button(shown_name, kind="link", on_click=lambda: self.open(OpenPerson(person.person_id)), tip=f"打开 {person.name} 的档案")
        name.setStyleSheet("font-weight: 600; text-align: left; padding: 0;")
        age = age_of(person.birth_date, shown.today.on)
        head.addWidget(name)
        head.addWidget(label(f"{sex_words(person.sex)}　{age} 岁" if age is not None else sex_words(person.sex), "muted"))
        head.addWidget(Chip(risk_words(person.risk), risk_tone(person.risk)))
        head.addStretch(1)
        words.addLayout(head)
        words.addWidget(ElidedLabel(self._detail(person, shown), "hint"))
        across.addLayout(words, 1)
        tone = due_tone(person.next_due, shown.today.on)
        due = label(
            due_words(person.next_due, shown.today.on), "strong" if tone != "muted" else "muted", tone="" if tone == "muted" else tone
        )
        due.setToolTip(person.why)
        across.addWidget(due)
        start = button("开始走访", on_click=lambda: self.open(StartForm(person_id=person.person_id, kind="visit", group=person.group)))
        start.setAccessibleName(f"开始走访 {person.name}")
        across.addWidget(start)
        return made

    @staticmethod
    def _detail(person: DuePerson, shown: Desktop) -> str:
        role = "监护人" if person.group in CHILD_GROUPS else "联系人"
        carer = f"{role}：{person.carer}" if person.carer else ""
        last = f"上次走访：{short_day(person.last_visit_on, shown.today.on)}" if person.last_visit_on else "还没有走访过"
        return "　".join(part for part in (shown.villages.get(person.village, ""), carer, last) if part)

    def _show_matters(self, shown: Desktop) -> None:
        _clear(self.matter_rows)
        day = shown.today.on
        for item in [line for line in shown.returned if not line.correcting][:5]:
            self._add_matter("县级退回", "red", item.sentence or "请按提示更正后重新提交", "去更正", mend(item))
        for draft in shown.today.drafts[:5]:
            words = f"{draft.person_name or typed_name(draft.answers) or '还没写姓名'}　{show_instant(draft.updated_at)}"
            self._add_matter("草稿", "", words, "继续填写", ContinueDraft(draft.id))
        for follow in shown.today.follow_ups[:5]:
            words = f"{follow.person_name}　{follow.title}　{due_words(follow.due_on, day)}"
            target: Request = OpenPerson(follow.person_id) if follow.person_id else OpenRecord(follow.record_id)
            self._add_matter("待跟进", "amber", words, "查看", target)
        self.matters.setVisible(self.matter_rows.count() > 0)

    def _add_matter(self, kind: str, tone: str, words: str, verb: str, request: Request) -> None:
        made = QFrame()
        made.setObjectName("row")
        across = QHBoxLayout(made)
        across.setContentsMargins(look().em(1.3), look().em(0.35), look().em(0.9), look().em(0.35))
        across.addWidget(Chip(kind, tone))
        across.addWidget(ElidedLabel(words), 1)
        across.addWidget(button(verb, kind="link", on_click=lambda: self.open(request)))
        self.matter_rows.addWidget(made)

    def _show_exchange(self, shown: Desktop) -> None:
        status = shown.exchange
        waiting = sum(status.pending_by_kind.values())
        if not status.enrolled:
            self.exchange_chip.show_text("未入网", "amber")
            self.exchange_lines.setText("这台电脑还没有加入县级系统。不影响登记、走访和打印；拿到县里的登记码后，在“数据交换”里加入。")
            return
        self.exchange_chip.show_text(f"{waiting} 条待同步" if waiting else "已全部送达", "amber" if waiting else "green")
        lines = [
            f"上次成功：{show_instant(status.last_receipt_at)}，回执 {status.last_receipt}" if status.last_receipt_at else "还没有同步过"
        ]
        if status.last_error is not None:
            lines.append(f"上次未成：{status.last_error.title}")
        self.exchange_lines.setText("\n".join(lines))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_scan(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_scan(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.route.take(path)

    def _register(self) -> None:
        self.open(StartForm(kind="registration"))


def typed_name(answers: Mapping[str, Any]) -> str:
    """Return the name that was typed into a form of somebody who is not registered yet, "" where none was."""
    if name := answers.get("person_name"):
        return str(name)
    inside = (typed_name(value) for value in answers.values() if isinstance(value, Mapping))
    return next((name for name in inside if name), "")


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()

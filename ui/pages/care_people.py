"""特困照料 · 人员: who is supported, how, by whom, and what is wrong; each line a step from its file, assessment, agreement, care log."""

from __future__ import annotations

from collections import Counter
from datetime import date

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from mzdesk.care import reassessments
from mzdesk.care.levels import LEVEL_NAMES
from mzdesk.registry.ages import age_of
from ui import icons
from ui.ask import Ask, Asked
from ui.page import Page, flow
from ui.pages.care_board import Board, CareLine, read_board
from ui.pages.care_exits import open_exit
from ui.pages.care_words import ALERT_TONES, ALERT_WORDS, UNSIGNED, level_tone, level_words, mode_words, wish_words
from ui.panels import Listing, Panel
from ui.requests import OpenPerson, StartForm
from ui.table_model import Column
from ui.theme import look
from ui.widgets import EmptyState, button, label
from ui.words import sex_words, short_day


class PeoplePanel(Panel):
    """The list of people."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._board = Board((), {})
        empty = EmptyState("heart-handshake", "没有符合的特困人员", "用右上角的“登记特困人员”登记，或在“服务对象”里导入花名册。")
        self.listing: Listing[CareLine] = Listing(self._columns(), "特困人员", empty)
        self.listing.table.row_opened.connect(lambda line: self.page.open(OpenPerson(line.person.row.person_id)))
        self.listing.table.row_selected.connect(lambda line: self._enable(line is not None))
        self.column.addLayout(self._make_filters())
        self.column.addWidget(self.listing, 1)
        self.column.addWidget(self._make_verbs())

    def _columns(self) -> tuple[Column[CareLine], ...]:
        today = self.desk.station.today()
        return (
            Column("姓名", lambda line: line.person.row.name, 6.5, bold=True, tip=lambda line: line.person.row.name),
            Column("村（居）", lambda line: line.village, 6.6),
            Column("性别", lambda line: sex_words(line.person.row.sex), 4.2, optional=4),
            Column("年龄", lambda line: str(age_of(line.person.row.birth_date, today) or ""), 3.8, number=True, optional=2),
            Column("方式", lambda line: mode_words(line.person.institution), 4.6, chip=True),
            Column(
                "自理等级", lambda line: level_words(line.person.level), 6.0, tone=lambda line: level_tone(line.person.level), chip=True
            ),
            Column("集中意愿", lambda line: self._wish(line), 10.2, tip=lambda line: self._wish(line), optional=3),
            Column("照料人", lambda line: line.person.carer or "—", 6.0, tip=lambda line: line.person.carer),
            Column("最近评估", lambda line: short_day(line.person.assessed_on, today) or "—", 6.5, optional=1),
            Column("提醒", alert_words, 0, tone=alert_tone, tip=lambda line: "\n".join(alert.sentence for alert in line.alerts)),
        )

    def _wish(self, line: CareLine) -> str:
        asked = short_day(line.person.wish_asked_on, self.desk.station.today())
        words = wish_words(line.person.wishes_institution)
        return f"{words}（{asked}）" if asked and line.person.wishes_institution is not None else words

    def _make_filters(self) -> QHBoxLayout:
        self.search = QLineEdit()
        self.search.setPlaceholderText("姓名")
        self.search.setAccessibleName("姓名")
        self.search.setMinimumWidth(look().em(10))
        self.search.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(lambda *_: self._show_rows())
        self.village, self.mode, self.level, self.trouble = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.village.addItem("全部村（居）", "")
        choices = (
            (self.mode, "供养方式", (("集中和分散", ""), ("集中", "institution"), ("分散", "scattered"))),
            (self.level, "自理等级", (("全部等级", ""), *((name, code.value) for code, name in LEVEL_NAMES.items()), ("未评估", "none"))),
            (self.trouble, "提醒", (("全部", ""), ("只看有提醒的", "yes"))),
        )
        for combo, name, items in choices:
            for words, value in items:
                combo.addItem(words, value)
            combo.setAccessibleName(name)
        self.village.setAccessibleName("村（居）")
        for combo in (self.village, self.mode, self.level, self.trouble):
            combo.activated.connect(lambda *_: self._show_rows())
        across = QHBoxLayout()
        self.found = label("", "muted")
        across.addWidget(flow(self.search, self.village, self.mode, self.level, self.trouble), 1)
        across.addWidget(self.found)
        return across

    def _make_verbs(self) -> QWidget:
        self.verbs = (
            button("打开档案", "user-round", on_click=self._open, tip="Enter"),
            button("评估", "list-checks", on_click=lambda: self._fill("self_care_assessment")),
            button("协议", "file-text", on_click=lambda: self._fill("care_agreement")),
            button("照料记录", "clipboard-pen", on_click=lambda: self._fill("care_log")),
            button("探视", "map-pin", on_click=lambda: self._fill("extreme_poverty_visit")),
            button("报告变化…", "bell", on_click=self.report_change, tip="自理能力有变化：10 个工作日内重新评估"),
            button("退出…", "log-out", on_click=self._leave),
        )
        self._enable(False)
        return flow(*self.verbs)

    # ---- showing

    def opened(self) -> None:
        self.page.load(lambda: read_board(self.desk.station), self.show_board)

    def show_board(self, board: Board) -> None:
        """Show what was read."""
        self._board = board
        if self.village.count() == 1:
            for code in dict.fromkeys(line.person.row.village for line in board.lines):
                self.village.addItem(board.villages.get(code, code), code)
        people = [line.person for line in board.lines]
        levels = Counter(level_words(person.level) for person in people)
        inside = sum(person.institution for person in people)
        told = "，".join(f"{name} {levels[name]}" for name in (*tuple(LEVEL_NAMES.values())[::-1], "未评估") if levels[name])
        self.page.subtitle.show_text(f"在册 {len(people)} 人：集中 {inside}，分散 {len(people) - inside}" + (f"；{told}" if told else ""))
        self.page.count("alerts", len(board.alerts))  # type: ignore[attr-defined]
        self._show_rows()

    def _show_rows(self) -> None:
        rows = [line for line in self._board.lines if self._wanted(line)]
        self.listing.show_rows(rows)
        self.found.setText(f"共 {len(rows)} 人")

    def _wanted(self, line: CareLine) -> bool:
        level = line.person.level.value if line.person.level else "none"
        return (
            self.search.text().strip() in line.person.row.name
            and self.village.currentData() in ("", line.person.row.village)
            and self.mode.currentData() in ("", "institution" if line.person.institution else "scattered")
            and self.level.currentData() in ("", level)
            and (not self.trouble.currentData() or bool(line.alerts))
        )

    def _enable(self, there_is_one: bool) -> None:
        for verb in self.verbs:
            verb.setEnabled(there_is_one)

    # ---- verbs

    def _open(self) -> None:
        if line := self.listing.selected():
            self.page.open(OpenPerson(line.person.row.person_id))

    def _fill(self, form_id: str) -> None:
        if line := self.listing.selected():
            given = {"carer": line.person.carer} if form_id == "care_log" and line.person.carer else {}
            self.page.open(StartForm(form_id, line.person.row.person_id, group="extreme_poverty", answers=given))

    def report_change(self) -> None:
        """Start the clock of a re-assessment."""
        line = self.listing.selected()
        if line is None:
            return
        station, row = self.desk.station, line.person.row
        text = f"{row.name}的生活自理能力有变化时，从报告之日起 10 个工作日内重新评估。"
        fields = (
            Asked("reported_on", "报告变化的日期", "date", station.today().isoformat(), span=2),
            Asked("what", "有什么变化", "lines", hint="例如：摔伤后不能自己下床，吃饭要人喂。"),
        )
        ask = Ask(self, self.desk, "报告自理能力变化", text, fields, "开始计时", lambda told: _report(line, self, told))
        ask.done_with.connect(self._tell)
        ask.open()

    def _tell(self, sentence: str) -> None:
        self.desk.tell(sentence)
        self.page.changed.emit()
        self.opened()

    def _leave(self) -> None:
        if line := self.listing.selected():
            open_exit(self, line.person.row, self.opened)


def _report(line: CareLine, panel: PeoplePanel, told: dict[str, str]) -> str:

    on = date.fromisoformat(told["reported_on"])
    clock = reassessments.report_change(panel.desk.station, line.person.row.person_id, told["what"], on)
    return f"{line.person.row.name}：{clock.sentence}"


def alert_words(line: CareLine) -> str:
    """Return the alerts of a line in short words."""
    words = [UNSIGNED if alert.kind == "none" and line.person.carer else ALERT_WORDS[alert.kind] for alert in line.alerts]
    return "、".join(dict.fromkeys(words))


def alert_tone(line: CareLine) -> str:
    """Return the tone of the most urgent alert."""
    return ALERT_TONES.get(line.alerts[0].kind, "") if line.alerts else ""

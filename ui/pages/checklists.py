"""儿童主任清单: what each village owes by month, quarter, half-year and year, with what the data already shows; signed as a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mzdesk.casework import checklists, evidence
from mzdesk.casework.checklists import SPOT_CHECK, Duty, DutyCount, Training
from mzdesk.casework.duties import FORM_NAMES
from mzdesk.casework.evidence import Evidence
from mzdesk.store.scope import Permission
from ui.desk import Desk
from ui.layouts import SPLIT_STEPS, SpanGrid
from ui.page import Page, flow
from ui.requests import OpenPerson, OpenRecord, StartForm
from ui.table import RowsTable
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, EmptyState, button, label
from ui.words import short_day

if TYPE_CHECKING:
    from datetime import date

    from mzdesk.station import Station

STATES = (("全部", ""), ("未填写", "open"), ("已逾期", "overdue"), ("已签", "signed"), ("待抽查", "unreviewed"))


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the page shows."""

    duties: tuple[Duty, ...]
    counts: tuple[DutyCount, ...]
    training: tuple[Training, ...]


def read_board(station: Station) -> Board:
    """Read the page."""
    found = checklists.duties(station)
    return Board(found, checklists.completion(found), checklists.training(station, station.today().year))


def state_words(duty: Duty, today: date) -> str:
    """Return 已抽查, 已签, 已逾期 or 未填写."""
    if duty.record_id:
        return "已抽查" if duty.reviewed_on else "已签"
    return "已逾期" if duty.overdue(today) else "未填写"


STATE_TONES = {"已抽查": "green", "已签": "primary", "已逾期": "red", "未填写": "amber"}


class ChecklistsPage(Page):
    """The list of duties, and beside it what the data shows for the one that is chosen."""

    title = "儿童主任清单"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._board = Board((), (), ())
        self.table: RowsTable[Duty] = RowsTable(self._columns(), "清单列表")
        self.table.row_opened.connect(lambda _row: self._fill())
        self.table.row_selected.connect(self._choose)
        self.table.setMinimumHeight(look().em(40))
        grid = SpanGrid(SPLIT_STEPS, gap=1.0, line_gap=1.0)
        grid.add(self._make_list(), 3)
        grid.add(self._make_side(), 2)
        self.content.addWidget(grid)
        self.content.addStretch(1)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._fill).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _columns(self) -> tuple[Column[Duty], ...]:
        today = self.desk.station.today()
        return (
            Column("清单", lambda duty: duty.period.title, 0, bold=True),
            Column("村（居）", lambda duty: duty.village_name, 7.0),
            Column("截止", lambda duty: short_day(duty.period.last.isoformat(), today), 6.0),
            Column(
                "状态",
                lambda duty: state_words(duty, today),
                6.0,
                tone=lambda duty: STATE_TONES[state_words(duty, today)],
                chip=True,
            ),
            Column("签字人", lambda duty: duty.author_name, 6.0),
        )

    def _make_list(self) -> QWidget:
        self.state, self.form = QComboBox(), QComboBox()
        for words, value in STATES:
            self.state.addItem(words, value)
        self.form.addItem("全部清单", "")
        for form_id, name in FORM_NAMES.items():
            self.form.addItem(name, form_id)
        for combo, name in ((self.state, "状态"), (self.form, "清单")):
            combo.setAccessibleName(name)
            combo.activated.connect(lambda *_: self._show_rows())
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.7))
        head = QHBoxLayout()
        self.found = label("", "muted")
        head.addWidget(flow(self.state, self.form), 1)
        head.addWidget(self.found)
        column.addLayout(head)
        self.empty = EmptyState("check", "没有符合的清单", "每月、每季、每半年（3 月、9 月）和每年的清单到时会自动出现在这里。")
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        return holder

    def _make_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(1.0))
        self.proof = Card("数据显示")
        self.proof_rows = QVBoxLayout()
        self.proof_rows.setSpacing(look().em(0.3))
        self.proof.body.addLayout(self.proof_rows)
        self.fill_button = button("开始填写", "clipboard-pen", kind="primary", on_click=self._fill, tip="Enter")
        self.check_button = button("抽查", "shield-check", on_click=self._spot_check)
        if not self.desk.station.scope.may(Permission.REVIEW):
            self.check_button.hide()
        self.proof.body.addWidget(flow(self.fill_button, self.check_button))
        column.addWidget(self.proof)
        self.progress = Card("完成情况")
        self.progress_rows = QVBoxLayout()
        self.progress.body.addLayout(self.progress_rows)
        column.addWidget(self.progress)
        column.addStretch(1)
        return side

    # ---- showing

    def opened(self) -> None:
        self.load(lambda: read_board(self.desk.station), self.show_board)

    def show_board(self, board: Board) -> None:
        """Show what was read."""
        self._board = board
        today = self.desk.station.today()
        late = sum(duty.overdue(today) for duty in board.duties)
        self.subtitle.show_text(f"已逾期 {late} 张" if late else "没有逾期的清单")
        clear(self.progress_rows)
        for count in board.counts:
            self.progress_rows.addWidget(label(f"{FORM_NAMES[count.form_id]}　应填 {count.planned}，已签 {count.done}"))
        for line in board.training:
            self.progress_rows.addWidget(label(f"{line.author_name}　{line.year} 年参训 {line.hours} 学时", "muted"))
        self._show_rows()

    def _show_rows(self) -> None:
        rows = tuple(duty for duty in self._board.duties if self._wanted(duty))
        self.table.rows.show_rows(rows)
        self.found.setText(f"共 {len(rows)} 张")
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        if rows:
            self.table.select(0)
        else:
            self._choose(None)

    def _wanted(self, duty: Duty) -> bool:
        today, state, form = self.desk.station.today(), self.state.currentData(), self.form.currentData()
        fits = {
            "": True,
            "open": not duty.record_id,
            "overdue": duty.overdue(today),
            "signed": bool(duty.record_id),
            "unreviewed": bool(duty.record_id) and not duty.reviewed_on,
        }
        return fits[state] and form in ("", duty.period.form_id)

    def _choose(self, duty: Duty | None) -> None:
        clear(self.proof_rows)
        self.fill_button.setEnabled(duty is not None)
        self.fill_button.setText(" 查看" if duty and duty.record_id else " 开始填写")
        self.check_button.setEnabled(duty is not None and bool(duty.record_id))
        if duty is None:
            self.proof_rows.addWidget(label("请在左边选择一张清单。", "hint"))
            return
        self.load(lambda: checklists.evidence_of(self.desk.station, duty.village, duty.period), self._show_proof)

    def _show_proof(self, found: tuple[Evidence, ...]) -> None:
        clear(self.proof_rows)
        for item in found:
            line = self._proof_line(item)
            self.proof_rows.addWidget(line, 0, Qt.AlignmentFlag.AlignLeft if isinstance(line, QPushButton) else Qt.AlignmentFlag(0))

    def _proof_line(self, item: Evidence) -> QWidget:
        if len(item.people) == 1:
            link = button(item.sentence, kind="link", on_click=lambda: self.open(OpenPerson(item.people[0])), tip="打开档案")
            link.setStyleSheet("text-align: left; padding: 0;")
            return link
        return label(item.sentence, "" if item.number else "muted", wrap=True)

    # ---- verbs

    def _fill(self) -> None:
        duty = self.table.selected()
        if duty is None:
            return
        if duty.record_id:
            self.open(OpenRecord(duty.record_id))
            return
        self.load(lambda: checklists.evidence_of(self.desk.station, duty.village, duty.period), lambda found: self._start(duty, found))

    def _start(self, duty: Duty, found: tuple[Evidence, ...]) -> None:
        given = evidence.prefill(found)
        given |= {"period": duty.period.key, "village_code": duty.village, "village_name": duty.village_name}
        self.open(StartForm(duty.period.form_id, answers=given))

    def _spot_check(self) -> None:
        duty = self.table.selected()
        if duty is not None and duty.record_id:
            given = {"village_code": duty.village, "village_name": duty.village_name, "checked_worker": duty.author_name}
            self.open(StartForm(SPOT_CHECK, answers=given))


def clear(layout: QVBoxLayout) -> None:
    """Remove everything from a column."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()

"""特困照料 · 预警: everything that is wrong with somebody's care, the most urgent first, each with the act that settles it."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from mzdesk.care.agreements import Alert
from ui.page import Page, flow
from ui.pages.care_board import Board, CareLine, read_board
from ui.pages.care_words import ALERT_TONES, ALERT_WORDS, UNSIGNED, level_tone, level_words
from ui.panels import Listing, Panel
from ui.requests import OpenPerson, OpenRecord, StartForm
from ui.table_model import Column
from ui.widgets import EmptyState, button, label

Told = tuple[CareLine, Alert]
SETTLED_BY = {
    "none": ("签订协议", "care_agreement"),
    "expired": ("续签协议", "care_agreement"),
    "incapable": ("更换照料人", "care_agreement"),
    "level": ("变更协议", "care_agreement"),
    "old_carer": ("更换照料人", "care_agreement"),
    "expires": ("续签协议", "care_agreement"),
    "reassessment": ("重新评估", "self_care_assessment"),
    "unassessed": ("开始评估", "self_care_assessment"),
    "visit": ("开始探视", "extreme_poverty_visit"),
}


class AlertsPanel(Panel):
    """The list of alerts."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._board = Board((), {})
        columns: tuple[Column[Told], ...] = (
            Column("提醒", words_of, 7.5, tone=lambda told: ALERT_TONES.get(told[1].kind, ""), chip=True),
            Column("姓名", lambda told: told[1].name, 7.0, bold=True, tip=lambda told: told[1].name),
            Column("村（居）", lambda told: told[0].village, 7.5, optional=1),
            Column(
                "自理等级",
                lambda told: level_words(told[0].person.level),
                6.5,
                tone=lambda told: level_tone(told[0].person.level),
                chip=True,
            ),
            Column("说明", lambda told: told[1].sentence, 0, tip=lambda told: told[1].sentence),
        )
        self.kind = QComboBox()
        self.kind.setAccessibleName("种类")
        self.kind.addItem("全部提醒", "")
        for kind, words in ALERT_WORDS.items():
            self.kind.addItem(words if kind != "none" else f"{words}、{UNSIGNED}", kind)
        self.kind.activated.connect(lambda *_: self._show_rows())
        self.found = label("", "muted")
        across = QHBoxLayout()
        across.addWidget(self.kind)
        across.addStretch(1)
        across.addWidget(self.found)
        self.column.addLayout(across)
        self.listing: Listing[Told] = Listing(
            columns, "预警", EmptyState("check", "没有要处理的提醒", "协议、照料人、等级、评估和探视都正常。")
        )
        self.listing.table.row_opened.connect(lambda _told: self.settle())
        self.listing.table.row_selected.connect(self._choose)
        self.column.addWidget(self.listing, 1)
        self.settle_button = button("处理", "clipboard-pen", kind="primary", on_click=self.settle, tip="Enter")
        self.file_button = button("打开档案", "user-round", on_click=self._open_file)
        self.agreement_button = button("查看协议", "eye", on_click=self._open_agreement)
        self.column.addWidget(flow(self.settle_button, self.file_button, self.agreement_button))

    def opened(self) -> None:
        self.page.load(lambda: read_board(self.desk.station), self.show_board)

    def show_board(self, board: Board) -> None:
        """Show what was read."""
        self._board = board
        self.page.count("alerts", len(board.alerts))  # type: ignore[attr-defined]
        people = sum(bool(line.alerts) for line in board.lines)
        self.page.subtitle.show_text(f"{people} 人有提醒，共 {len(board.alerts)} 条" if people else "没有要处理的提醒")
        self._show_rows()

    def _show_rows(self) -> None:
        rows = [told for told in self._board.alerts if self.kind.currentData() in ("", told[1].kind)]
        self.listing.show_rows(rows)
        self.found.setText(f"共 {len(rows)} 条")

    def _choose(self, told: Told | None) -> None:
        for verb in (self.settle_button, self.file_button):
            verb.setEnabled(told is not None)
        self.agreement_button.setEnabled(told is not None and bool(told[1].record_id))
        if told is not None:
            self.settle_button.setText(f" {SETTLED_BY[told[1].kind][0]}")

    def settle(self) -> None:
        """Open the form that settles the alert."""
        if told := self.listing.selected():
            self.page.open(StartForm(SETTLED_BY[told[1].kind][1], told[1].person_id, group="extreme_poverty"))

    def _open_file(self) -> None:
        if told := self.listing.selected():
            self.page.open(OpenPerson(told[1].person_id))

    def _open_agreement(self) -> None:
        if (told := self.listing.selected()) and told[1].record_id:
            self.page.open(OpenRecord(told[1].record_id))


def words_of(told: Told) -> str:
    """Return the alert in a few words."""
    line, alert = told
    return UNSIGNED if alert.kind == "none" and line.person.carer else ALERT_WORDS[alert.kind]

"""The visit rules: group by risk in days or calendar months, the contacts that count, previewed on everybody before they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QWidget

from mzdesk.casework import parameter_changes, rule_changes, rule_preview
from mzdesk.casework.rule_preview import Preview
from mzdesk.casework.rules import FIRST_RULES, MODE_NAMES, PARAMETER, RISK_NAMES
from mzdesk.errors import MzError
from mzdesk.registry.dates import Toward
from mzdesk.registry.groups import group_name
from mzdesk.store.parameters import StoredParameter
from ui.layouts import ScrollColumn, SpanGrid, Step
from ui.loose_entry import ISO_DATE, clean_number, date_value, show_date
from ui.page import Page, flow
from ui.panels import Listing, Panel
from ui.table_model import Column
from ui.tasks import Progress, Task
from ui.theme import look
from ui.widgets import Banner, Card, EmptyState, Field, ProgressLine, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station

ROWS = tuple(key for key in FIRST_RULES if key != "modes")
MONTH, DAYS = "month", "days"


@dataclass(frozen=True, slots=True)
class Board:
    """What holds today, every set of rules, and whether due dates are still being computed anew."""

    value: Mapping[str, Any]
    basis: str
    history: tuple[StoredParameter, ...]
    pending: bool


def read_board(station: Station) -> Board:
    """Read the part."""
    current = parameter_changes.current(station, PARAMETER)
    basis = " ".join(part for part in (current.document_no, current.source) if part) if current else "程序自带的走访频次"
    history = parameter_changes.history(station, PARAMETER)
    return Board(current.value if current else FIRST_RULES, basis, history, rule_changes.is_pending(station))


class Frequency(QWidget):
    """One cell: so many days, or once in each calendar month."""

    def __init__(self, name: str) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(look().em(0.4))
        self.days, self.kind = QLineEdit(), QComboBox()
        self.days.setFixedWidth(look().em(4))
        self.days.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.days.setMaxLength(4)
        self.kind.addItem("天一次", DAYS)
        self.kind.addItem("每自然月", MONTH)
        self.days.setAccessibleName(f"{name}：天数")
        self.kind.setAccessibleName(f"{name}：单位")
        self.kind.currentIndexChanged.connect(lambda *_: self._show_kind())
        grid.addWidget(self.days, 0, 0)
        grid.addWidget(self.kind, 0, 1)

    def _show_kind(self) -> None:
        monthly = self.kind.currentData() == MONTH
        self.days.setEnabled(not monthly)
        if monthly:
            self.days.setText("")

    def show_rule(self, text: str) -> None:
        """Show a rule such as 30d or month."""
        self.kind.setCurrentIndex(1 if text == MONTH else 0)
        self.days.setText("" if text == MONTH else text.removesuffix("d"))
        self._show_kind()

    def rule(self) -> str:
        """Return the rule, "" where the days are no number from 1 to 9999."""
        if self.kind.currentData() == MONTH:
            return MONTH
        days = clean_number(self.days.text())
        return f"{int(days)}d" if days.isdecimal() and 0 < int(days) <= 9999 else ""


class RulesPanel(Panel):
    """The editor of the rules."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._shown: Mapping[str, Any] = {}
        self._running: Task | None = None
        self.may = self.desk.may("parameters")
        scroll = ScrollColumn(margin=(0, 0, 0.4, 0))
        self.result = Banner()
        self.progress = ProgressLine()
        self.stop_button = button("停止", "x", on_click=self.stop)
        self.go_on_button = button("现在重算", "refresh-cw", on_click=self.refresh)
        scroll.column.addWidget(self.result)
        scroll.column.addWidget(self.progress)
        scroll.column.addWidget(flow(self.stop_button, self.go_on_button))
        scroll.column.addWidget(self._make_table())
        scroll.column.addWidget(self._make_basis())
        scroll.column.addWidget(self._make_history())
        scroll.column.addStretch(1)
        self.column.addWidget(scroll, 1)
        for made in (self.stop_button, self.go_on_button):
            made.hide()

    def _make_table(self) -> Card:
        self.card = Card("多久走访一次")
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().em(1.6))
        grid.setVerticalSpacing(look().em(0.5))
        grid.setColumnStretch(len(RISK_NAMES) + 1, 1)
        self.cells: dict[tuple[str, str], Frequency] = {}
        for column, risk in enumerate(RISK_NAMES.values(), 1):
            grid.addWidget(label(risk, "label"), 0, column)
        for place, key in enumerate(ROWS, 1):
            name = group_name(*key.partition("/")[::2])
            grid.addWidget(label(name, "strong"), place, 0)
            for column, (risk, risk_title) in enumerate(RISK_NAMES.items(), 1):
                cell = Frequency(f"{name} {risk_title}")
                cell.setEnabled(self.may)
                self.cells[key, risk] = cell
                grid.addWidget(cell, place, column)
        self.card.body.addLayout(grid)
        self.modes: dict[str, QCheckBox] = {mode: QCheckBox(name) for mode, name in MODE_NAMES.items()}
        for box in self.modes.values():
            box.setEnabled(self.may)
        self.card.body.addSpacing(look().em(0.4))
        self.card.body.addWidget(label("哪些方式算走访到了", "label"))
        self.card.body.addWidget(flow(*self.modes.values()))
        words = "没有联系上的不算。几个身份取最短的；当次约定的日期只会提前，不会推后。“每自然月”是每个月至少一次，不按 30 天算。"
        self.card.body.addWidget(label(words, "hint", wrap=True))
        return self.card

    def _make_basis(self) -> Card:
        self.basis = Card("施行新的频次")
        self.from_line, self.document, self.source = QLineEdit(), QLineEdit(), QLineEdit()
        self.from_line.setText(show_date(self.desk.station.today().isoformat()))
        self.from_field = Field("从哪天起", self.from_line, required=True, hint="可以写将来的日期")
        self.document_field = Field("文号", self.document, hint="例如：泰民发〔2026〕12 号")
        grid = SpanGrid((Step(50, 4), Step(24, 2), Step(0, 1)))
        for field, span in ((self.from_field, 1), (self.document_field, 1), (Field("来源", self.source, hint="没有文号时写谁定的"), 2)):
            grid.add(field, span)
        self.basis.body.addWidget(grid)
        self.preview_button = button("先看影响", "eye", on_click=self.preview)
        self.apply_button = button("施行", "check", kind="primary", on_click=self.apply)
        self.reset_button = button("改回现在的", "undo-2", on_click=self._reset)
        self.basis.body.addWidget(flow(self.preview_button, self.apply_button, self.reset_button))
        self.basis.setVisible(self.may)
        return self.basis

    def _make_history(self) -> Card:
        card = Card("历次频次")
        columns: tuple[Column[StoredParameter], ...] = (
            Column("从哪天起", lambda one: one.effective_from, 9.0, bold=True),
            Column("到哪天", lambda one: one.effective_to or "现在", 9.0),
            Column("文号", lambda one: one.document_no, 0),
            Column("来源", lambda one: one.source, 0),
        )
        empty = EmptyState("history", "还没有改过", "现在用的是程序自带的走访频次。")
        self.list: Listing[StoredParameter] = Listing(columns, "历次走访频次", empty)
        self.list.table.row_opened.connect(lambda one: self.show_value(one.value))
        self.list.setFixedHeight(look().em(13))
        card.body.addWidget(self.list)
        card.body.addWidget(label("双击或按 Enter，把那一次的频次放到上面的表里看。", "hint"))
        return card

    # ---- showing

    def opened(self) -> None:
        self.page.load(lambda: read_board(self.desk.station), self.show_board)

    def show_board(self, board: Board) -> None:
        """Show what holds today; what is being typed is left alone."""
        self.card.note.setText(f"现在的依据：{board.basis}")
        if not self._shown or self.value() == self._shown:
            self.show_value(board.value)
        self._shown = board.value
        self.list.show_rows(board.history)
        self.go_on_button.setVisible(board.pending and self._running is None)
        if board.pending and self._running is None:
            self.result.show_text("频次已经改了，还有人的到期日没有按新的重算。点“现在重算”接着算，不影响使用。", "amber")

    def show_value(self, value: Mapping[str, Any]) -> None:
        """Put a set of rules into the table."""
        for (key, risk), cell in self.cells.items():
            cell.show_rule(str(value.get(key, FIRST_RULES[key]).get(risk, MONTH)))
        for mode, box in self.modes.items():
            box.setChecked(mode in value.get("modes", FIRST_RULES["modes"]))

    def _reset(self) -> None:
        self.show_value(self._shown)
        self.result.show_text("")

    def value(self) -> dict[str, Any]:
        """Return what the table says now; an unreadable cell is ""."""
        found: dict[str, Any] = {key: {} for key in ROWS}
        for (key, risk), cell in self.cells.items():
            found[key][risk] = cell.rule()
        return {**found, "modes": [mode for mode, box in self.modes.items() if box.isChecked()]}

    def _checked(self) -> dict[str, Any] | None:
        """Return the rules where every cell can be read; say which cannot."""
        for (key, risk), cell in self.cells.items():
            if not cell.rule():
                self.result.show_text(f"{group_name(*key.partition('/')[::2])}（{RISK_NAMES[risk]}）：请填 1 到 9999 的天数。", "red")
                cell.days.setFocus()
                return None
        value = self.value()
        if not value["modes"]:
            self.result.show_text("至少要有一种方式算走访到了。", "red")
            return None
        return value

    # ---- verbs

    def _run(self, work: Any, done: Any, words: str) -> None:
        self.result.show_text("")
        for made in (self.preview_button, self.apply_button, self.go_on_button):
            made.setEnabled(False)
        self.stop_button.show()
        self.progress.show_progress(0, 0, words)
        self._running = self.desk.tasks.run_long(work, done, self._failed, self.progress.show_progress, owner=self)

    def _over(self) -> None:
        self._running = None
        for made in (self.preview_button, self.apply_button, self.go_on_button):
            made.setEnabled(True)
        self.stop_button.hide()
        self.progress.hide()

    def _failed(self, error: Exception) -> None:
        self._over()
        if isinstance(error, MzError):
            self.result.show_text(f"{error.title}：{error.message}", "red")
        else:
            self.desk.fail(error)

    def stop(self) -> None:
        """Stop at the next step; what was computed stays, the rest is gone on with later."""
        if self._running is not None:
            self._running.cancel()
        self._over()
        self.opened()

    def preview(self) -> None:
        """Count whose due dates would move."""
        value, station = self._checked(), self.desk.station
        if value is None:
            return

        def work(progress: Progress) -> Preview:
            return rule_preview.of(station, value, lambda done, total: progress.report(done, total, f"已试算 {done} 人，共 {total} 人"))

        self._run(work, self.show_preview, "正在试算…")

    def show_preview(self, found: Preview) -> None:
        """Say what would change."""
        self._over()
        if not found.changed:
            self.result.show_text(f"{found.people} 人的到期日都不变。", "green")
            return
        parts = [f"{found.earlier} 人提前" if found.earlier else "", f"{found.later} 人推后" if found.later else ""]
        overdue = f"，其中 {found.newly_overdue} 人会马上变成逾期" if found.newly_overdue else ""
        told = "，".join(part for part in parts if part)
        self.result.show_text(f"{found.people} 人里有 {found.changed} 人的到期日会变：{told}{overdue}。还没有施行。", "amber")

    def apply(self) -> None:
        """Put the rules in force, then compute every due date anew."""
        value = self._checked()
        day = date_value(self.from_line.text(), self.desk.station.today(), Toward.FUTURE)
        self.from_field.show_message("" if ISO_DATE.fullmatch(day) else "看不懂这个日期，例如 0701。")
        given = bool(self.document.text().strip() or self.source.text().strip())
        self.document_field.show_message("" if given else "请写文号，没有文号就写来源。")
        if value is None or not ISO_DATE.fullmatch(day) or not given:
            return
        station, document, source = self.desk.station, self.document.text(), self.source.text()

        def work(progress: Progress) -> int:
            rule_changes.change(station, value, date.fromisoformat(day), document, source)
            return _refresh(station, progress)

        self._run(work, self._applied, "正在施行并重算每个人的到期日…")

    def _applied(self, people: int) -> None:
        self._shown = {}
        self.document.clear()
        self.source.clear()
        self._refreshed(people)

    def refresh(self) -> None:
        """Go on with computing due dates."""
        station = self.desk.station
        self._run(lambda progress: _refresh(station, progress), self._refreshed, "正在重算到期日…")

    def _refreshed(self, people: int) -> None:
        self._over()
        self.result.show_text(f"已施行，{people} 人的到期日已按今天有效的频次重算。", "green")
        self.page.changed.emit()
        self.opened()


def _refresh(station: Station, progress: Progress) -> int:
    return rule_changes.refresh_all(station, lambda done, total: progress.report(done, total, f"已重算 {done} 人，共 {total} 人"))

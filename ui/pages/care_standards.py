"""The standards editor: amounts in 元 from a date with their 文号; breaches stand at the field, and what would change is shown first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mzdesk.care import monthly, standards
from mzdesk.care.entitlements import Entitlement
from mzdesk.care.money import read_yuan
from mzdesk.care.monthly import StandardChange
from mzdesk.care.standards import NAMES, Breach, Standards, breaches, yuan
from mzdesk.errors import MzError
from mzdesk.registry.dates import Toward
from mzdesk.store.scope import Permission
from ui.desk import Desk
from ui.layouts import ScrollColumn, SpanGrid
from ui.loose_entry import ISO_DATE, clean_line, date_value, show_date
from ui.pages.care_words import difference, level_words, money
from ui.panels import Listing, fit
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Banner, EmptyState, Field, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station

Pair = tuple[Entitlement, Entitlement]
UNKNOWN_AS_ZERO = "minimum_wage_last_year"


def read_history(station: Station) -> tuple[Standards, ...]:
    """Return every set, oldest first."""
    with station.read() as connection:
        return standards.history(connection)


class StandardsDialog(QDialog):
    """Signals: applied(): a new set is in force from its date."""

    applied = Signal()

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self._desk = desk
        self._history: tuple[Standards, ...] = ()
        self._proposed: Standards | None = None
        self.setWindowTitle("特困和救助标准")
        fit(self, 66, 48)
        self.may_change = desk.station.scope.may(Permission.PARAMETERS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, look().em(1.0))
        scroll = ScrollColumn(margin=(1.6, 1.2, 1.6, 0.6), gap=0.7)
        head = QHBoxLayout()
        head.addWidget(label("特困和救助标准（元/月）", "h2"))
        head.addStretch(1)
        self.sets = QComboBox()
        self.sets.setAccessibleName("历次标准")
        self.sets.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.sets.activated.connect(lambda *_: self._show_set())
        head.addWidget(self.sets)
        scroll.column.addLayout(head)
        self.note = label("", "muted", wrap=True)
        scroll.column.addWidget(self.note)
        self.banner = Banner()
        scroll.column.addWidget(self.banner)
        scroll.column.addWidget(self._make_fields())
        scroll.column.addWidget(self._make_preview())
        scroll.column.addStretch(1)
        column.addWidget(scroll, 1)
        column.addLayout(self._make_verbs())
        desk.tasks.run(lambda: read_history(desk.station), self.show_history, desk.fail, owner=self)

    def _make_fields(self) -> QWidget:
        grid = SpanGrid(line_gap=0.2)
        self.lines: dict[str, QLineEdit] = {}
        self.fields: dict[str, Field] = {}
        for name, title in (*NAMES.items(), ("effective_from", "从哪天起"), ("document_no", "文号"), ("source", "来源（没有文号时填）")):
            line = QLineEdit()
            line.setMaxLength(200)
            line.setReadOnly(not self.may_change)
            line.textChanged.connect(lambda *_: self._check())
            self.lines[name] = line
            self.fields[name] = Field(title, line, required=name not in ("source", "document_no", UNKNOWN_AS_ZERO))
            grid.add(self.fields[name], 2 if name in ("document_no", "source") else 1)
        return grid

    def _make_preview(self) -> QWidget:
        columns: tuple[Column[Pair], ...] = (
            Column("姓名", lambda pair: pair[1].name, 0, bold=True),
            Column("等级", lambda pair: level_words(pair[1].level), 7.0),
            Column("现在", lambda pair: money(pair[0].total), 8.0, number=True),
            Column("施行后", lambda pair: money(pair[1].total), 8.0, number=True),
            Column("变化", lambda pair: difference(pair[1].total - pair[0].total), 8.0, number=True),
        )
        self.changes: Listing[Pair] = Listing(columns, "变动的人", EmptyState("check", "没有人的金额会变"))
        self.changes.setMinimumHeight(look().em(16))
        self.changes.hide()
        return self.changes

    def _make_verbs(self) -> QHBoxLayout:
        self.preview_button = button("看看会变什么", "eye", on_click=self.preview)
        self.apply_button = button("施行", "check", kind="primary", on_click=self.apply)
        foot = QHBoxLayout()
        foot.setContentsMargins(look().em(1.6), 0, look().em(1.6), 0)
        foot.addStretch(1)
        foot.addWidget(button("关闭", on_click=self.reject))
        for verb in (self.preview_button, self.apply_button):
            verb.setEnabled(False)
            foot.addWidget(verb)
            if not self.may_change:
                verb.hide()
        return foot

    # ---- showing

    def show_history(self, history: tuple[Standards, ...]) -> None:
        """Offer every set, the newest first; the newest is where a new one starts from."""
        self._history = history
        self.sets.clear()
        for number in range(len(history) - 1, -1, -1):
            self.sets.addItem(f"{show_date(history[number].effective_from)}起", number)
        self._show_set()

    def _show_set(self) -> None:
        chosen = self._history[self.sets.currentData()]
        for name, amount in standards.values(chosen).items():
            self.lines[name].setText(yuan(amount) if amount or name != UNKNOWN_AS_ZERO else "")
        for name in ("effective_from", "document_no", "source"):
            self.lines[name].setText("")
        told = chosen.document_no or chosen.source or "没有写明来源"
        change = (
            "改动金额后填“从哪天起”和文号，先看会变什么，再施行；旧标准保留。" if self.may_change else "只能查看；修改要有“修改参数”权限。"
        )
        self.note.setText(f"依据：{told}。{change}")
        self._check()

    # ---- checking

    def proposed(self) -> tuple[Standards | None, dict[str, str]]:
        """Return the set as typed, None where it cannot be read, with the error of each field."""
        amounts, errors = self._amounts()
        since = date_value(clean_line(self.lines["effective_from"].text()), self._desk.station.today(), Toward.FUTURE)
        if not ISO_DATE.fullmatch(since):
            errors["effective_from"] = "请填施行日期，例如 2027年1月1日。"
        if errors:
            return None, errors
        number, source = (clean_line(self.lines[name].text()).strip() for name in ("document_no", "source"))
        return standards.parse(amounts, effective_from=since, document_no=number, source=source), {}

    def _amounts(self) -> tuple[dict[str, int], dict[str, str]]:
        errors: dict[str, str] = {}
        amounts: dict[str, int] = {}
        for name, title in NAMES.items():
            text = self.lines[name].text()
            try:
                amounts[name] = 0 if name == UNKNOWN_AS_ZERO and not text.strip() else read_yuan(text, title)
            except MzError as error:
                errors[name] = error.message
        return amounts, errors

    def _breaches(self) -> tuple[Breach, ...]:
        """Return the amounts below their floors, whatever the date."""
        amounts, errors = self._amounts()
        return () if errors else breaches(standards.parse(amounts))

    def _check(self) -> None:
        """Show what is wrong at each field as it is typed; a preview that no longer holds goes away."""
        self.banner.show_text("")
        found, errors = self.proposed()
        typed_date = bool(self.lines["effective_from"].text().strip())
        if not typed_date:
            errors.pop("effective_from", None)
        low = self._breaches()
        errors |= {breach.name: f"低于下限 {yuan(breach.floor)} 元" for breach in low}
        self.banner.show_text(" ".join(breach.sentence for breach in low), "red")
        for name, field in self.fields.items():
            good = show_date(found.effective_from) if name == "effective_from" and found is not None else ""
            field.show_message(errors.get(name, ""), good=good if good != self.lines[name].text().strip() else "")
        self._proposed = None
        self.apply_button.setEnabled(False)
        self.changes.hide()
        self.preview_button.setEnabled(self.may_change and found is not None and not errors)

    # ---- verbs

    def preview(self) -> None:
        """List who would be paid what."""
        found, _errors = self.proposed()
        if found is not None:
            station = self._desk.station
            self._desk.tasks.run(
                lambda: monthly.preview_change(station, found), lambda change: self._show_change(found, change), self._refuse, owner=self
            )

    def _show_change(self, proposed: Standards, change: StandardChange) -> None:
        first: date = monthly.first_month(proposed)
        words = (
            f"从 {first.year}年{first.month}月 的名单起：{len(change.changes)} 人的金额变动，每月合计 {difference(change.difference)} 元。"
        )
        self.banner.show_text(words, "primary")
        self.changes.show_rows(change.changes)
        self.changes.show()
        self._proposed = proposed
        self.apply_button.setEnabled(True)

    def apply(self) -> None:
        """Put the previewed set in force."""
        proposed = self._proposed
        if proposed is not None and self.apply_button.isEnabled():
            self.apply_button.setEnabled(False)
            station = self._desk.station
            self._desk.tasks.run(lambda: monthly.apply_change(station, proposed), lambda _none: self._finish(), self._refuse, owner=self)

    def _finish(self) -> None:
        self.applied.emit()
        self.accept()

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, MzError) and error.field in self.fields:
            self.fields[error.field].show_message(error.message)
            self.lines[error.field].setFocus()
        elif isinstance(error, MzError):
            self.banner.show_text(f"{error.title}：{error.message}", "red")
        else:
            self._desk.fail(error)

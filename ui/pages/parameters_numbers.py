"""A parameter that is one number: what it means, what holds today, a new value with its date and source, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mzdesk.casework import mandatory_reports, parameter_changes
from mzdesk.casework.parameter_changes import Change
from mzdesk.errors import MzError
from mzdesk.registry.dates import Toward
from mzdesk.store.parameters import StoredParameter
from mzdesk.vault import retention
from ui.ask import Ask, Asked
from ui.loose_entry import clean_number
from ui.page import Page, flow
from ui.panels import Listing, Panel
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, EmptyState, button, label


@dataclass(frozen=True, slots=True)
class Number:
    """A parameter: its stored name, what it is called, its unit, the program's own value, and what it is for."""

    name: str
    title: str
    unit: str
    default: int
    words: str


MINUTES = Number(
    mandatory_reports.PARAMETER,
    "强制报告时限",
    "分钟",
    mandatory_reports.DEFAULT_MINUTES,
    "法律规定“立即”报告，没有写几小时。这里的时限是本地管理要求，只用来提醒：从保存到填上受理机关和回执号，超过就变红。"
    "有现实危险的，先拨打110，本表不代替报警。",
)
YEARS = Number(
    retention.PARAMETER,
    "保存年限",
    "年",
    retention.DEFAULT_YEARS,
    "最后一次登记退出满这么多年的人，在“日志—到期去标识”里列出。国家没有统一的年限，这里是本地管理要求；有受限记录、未办事项的不会列出。",
)


def history_columns(unit: str) -> tuple[Column[StoredParameter], ...]:
    """Return the columns of the history of a number."""
    return (
        Column("从哪天起", lambda one: one.effective_from, 9.0, bold=True),
        Column("到哪天", lambda one: one.effective_to or "现在", 9.0),
        Column("数值", lambda one: f"{one.value} {unit}", 8.0),
        Column("文号", lambda one: one.document_no, 0),
        Column("来源", lambda one: one.source, 0),
    )


class NumberPanel(Panel):
    """The part of one number."""

    def __init__(self, page: Page, number: Number) -> None:
        super().__init__(page)
        self._number = number
        card = Card(number.title, "本地管理要求")
        self.value = label("…", "big", tone="primary")
        self.basis = label("", "muted", wrap=True)
        card.body.addWidget(self.value)
        card.body.addWidget(self.basis)
        card.body.addWidget(label(number.words, "muted", wrap=True))
        self.change_button = button("修改…", "pencil", kind="primary", on_click=self.change)
        self.change_button.setVisible(self.desk.may("parameters"))
        card.body.addWidget(flow(self.change_button))
        self.column.addWidget(card)
        self.column.addWidget(label("历次数值", "h2"))
        empty = EmptyState("history", "还没有改过", f"现在用的是程序自带的 {number.default} {number.unit}。")
        self.list: Listing[StoredParameter] = Listing(history_columns(number.unit), f"{number.title}历次数值", empty)
        self.list.setMinimumHeight(look().em(10))
        self.column.addWidget(self.list, 1)

    def opened(self) -> None:
        station, name = self.desk.station, self._number.name
        self.page.load(
            lambda: (parameter_changes.current(station, name), parameter_changes.history(station, name)),
            lambda found: self.show_values(*found),
        )

    def show_values(self, current: StoredParameter | None, history: tuple[StoredParameter, ...]) -> None:
        """Show what holds today, and every value."""
        self.value.setText(f"{current.value if current else self._number.default} {self._number.unit}")
        told = " ".join(part for part in (current.document_no, current.source) if part) if current else "程序自带，还没有改过"
        self.basis.setText(f"依据：{told}")
        self.list.show_rows(history)

    def change(self) -> None:
        """Ask for another value."""
        number, station = self._number, self.desk.station
        fields = (
            Asked("value", f"新的数值（{number.unit}）", span=2),
            Asked("effective_from", "从哪天起", "date", station.today().isoformat(), toward=Toward.FUTURE, span=2),
            Asked("document_no", "文号", required=False, span=2),
            Asked("source", "来源", required=False, hint="没有文号时写谁定的", span=2),
        )

        def act(told: dict[str, str]) -> None:
            parameter_changes.put(station, _change(number, told))

        ask = Ask(self, self.desk, f"修改{number.title}", "以前的数值留在历次数值里。", fields, "施行", act)
        ask.done_with.connect(lambda _none: self._changed())
        ask.open()

    def _changed(self) -> None:
        self.desk.tell(f"{self._number.title}已修改")
        self.page.changed.emit()
        self.opened()


def _change(number: Number, told: dict[str, str]) -> Change:
    text = clean_number(told["value"])
    if not text.isdecimal():
        raise MzError("数值不对", f"请填一个整数，单位是{number.unit}。", field="value")
    return Change(number.name, int(text), date.fromisoformat(told["effective_from"]), told["document_no"], told["source"])

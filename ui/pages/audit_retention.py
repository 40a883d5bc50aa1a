"""Kept long enough: who is due for de-identification, who is held longer and why; nothing happens by itself, and the act is final."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTableView

from mzdesk.clock import beijing
from mzdesk.registry import divisions
from mzdesk.store.retention import Expired
from mzdesk.store.scope import Permission
from mzdesk.vault import retention
from mzdesk.vault.retention import Hold
from ui.ask import Ask, Asked
from ui.page import Page, flow
from ui.panels import Listing, Panel
from ui.requests import OpenPage, OpenPerson
from ui.table_model import Column
from ui.theme import look
from ui.widgets import EmptyState, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the part shows."""

    years: int
    due: tuple[Expired, ...]
    held: tuple[Hold, ...]
    villages: dict[str, str]


def read_board(station: Station) -> Board:
    """Read the part."""
    due, held = retention.due(station), retention.holds(station)
    codes = frozenset({*(row.village for row in due), *(row.village for row in held)})
    return Board(retention.years(station), due, held, divisions.names(station, codes))


class RetentionPanel(Panel):
    """Two lists: due, and held."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._board = Board(0, (), (), {})
        self.words = label("", "muted", wrap=True)
        self.column.addWidget(self.words)
        due_columns: tuple[Column[Expired], ...] = (
            Column("姓名", lambda row: row.name, 0, bold=True),
            Column("村（居）", lambda row: self._village(row.village), 10.0),
            Column("最后退出", lambda row: row.left_on, 9.0),
        )
        empty = EmptyState("check", "没有到期的人", "退出满年限、没有未办事项和受限记录的人会出现在这里。")
        self.due: Listing[Expired] = Listing(due_columns, "到期的人", empty)
        self.due.table.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.due.table.row_opened.connect(lambda row: self.page.open(OpenPerson(row.person_id)))
        self.column.addWidget(self.due, 3)
        self.hold_button = button("继续保留…", "lock", on_click=self.hold)
        self.strip_button = button("去标识…", "trash-2", kind="danger", on_click=self.deidentify)
        self.strip_button.setVisible(self.desk.station.scope.may(Permission.REVIEW))
        self.years_button = button("修改年限", kind="link", on_click=lambda: self.page.open(OpenPage("parameters", {"part": "years"})))
        self.column.addWidget(flow(self.hold_button, self.strip_button, self.years_button))
        self.column.addWidget(label("继续保留的人", "h2"))
        held_columns: tuple[Column[Hold], ...] = (
            Column("姓名", lambda row: row.name, 0, bold=True),
            Column("村（居）", lambda row: self._village(row.village), 10.0),
            Column("原因", lambda row: row.why, 0),
            Column("从哪天", lambda row: f"{beijing(row.at):%Y-%m-%d}", 9.0),
        )
        self.held: Listing[Hold] = Listing(held_columns, "继续保留的人", EmptyState("lock", "没有继续保留的人"))
        self.held.table.setMinimumHeight(look().em(7))
        self.column.addWidget(self.held, 2)
        self.release_button = button("取消保留", on_click=self.release)
        self.column.addWidget(flow(self.release_button))
        self.due.table.row_selected.connect(lambda row: self.hold_button.setEnabled(row is not None))
        self.held.table.row_selected.connect(lambda row: self.release_button.setEnabled(row is not None))

    def _village(self, code: str) -> str:
        return self._board.villages.get(code, code)

    def opened(self) -> None:
        self.page.load(lambda: read_board(self.desk.station), self.show_board)

    def show_board(self, board: Board) -> None:
        """Show what was read."""
        self._board = board
        self.words.setText(
            f"最后一次登记退出满 {board.years} 年的人，个人信息不再需要，应当去标识：姓名、证号、住址、电话、表单内容都抹去，"
            "只留日期和数字供统计。案件未结、有投诉的，可以写明原因继续保留。"
        )
        self.due.show_rows(board.due)
        self.held.show_rows(board.held)
        self.strip_button.setEnabled(bool(board.due))

    def chosen(self) -> tuple[Expired, ...]:
        """Return the people who are selected in the list of those due."""
        places = sorted({index.row() for index in self.due.table.selectionModel().selectedRows()})
        found = (self.due.table.rows.row_at(place) for place in places)
        return tuple(row for row in found if row is not None)

    def hold(self) -> None:
        """Keep the chosen people longer."""
        chosen, station = self.chosen(), self.desk.station
        if not chosen:
            return

        def act(told: dict[str, str]) -> None:
            for row in chosen:
                retention.hold(station, row.person_id, told["why"])

        fields = (Asked("why", "保留的原因", hint="例如：案件未结"),)
        ask = Ask(self, self.desk, f"继续保留：{_names(chosen)}", "以后可以取消保留。", fields, "继续保留", act)
        ask.done_with.connect(lambda _none: self.opened())
        ask.open()

    def release(self) -> None:
        """End a hold."""
        row, station = self.held.selected(), self.desk.station
        if row is not None:
            self.page.act(lambda: retention.release(station, row.person_id), lambda _none: self.opened())

    def deidentify(self) -> None:
        """Say that it is final, ask for the reason, then take away what identifies."""
        chosen, station = self.chosen(), self.desk.station
        if not chosen:
            return
        ids = [row.person_id for row in chosen]
        fields = (
            Asked("why", "依据", hint="例如：保存期满，主管批准"),
            Asked("count", f"请输入人数 {len(ids)}，以免点错", span=2),
        )
        words = f"{_names(chosen)}，共 {len(ids)} 人。抹去后不能恢复；旧备份里的，随备份轮换在一年内消失；县里的由县里处理。"
        ask = Ask(self, self.desk, "去标识", words, fields, "去标识", lambda told: self._carry_out(station, ids, told), danger=True)
        ask.done_with.connect(self._done)
        ask.open()

    @staticmethod
    def _carry_out(station: Station, ids: list[str], told: dict[str, str]) -> int:
        from mzdesk.errors import MzError

        if told["count"] != str(len(ids)):
            raise MzError("人数不对", f"选中的是 {len(ids)} 人。", field="count")
        return retention.deidentify(station, ids, told["why"])

    def _done(self, count: int) -> None:
        self.desk.tell(f"已去标识 {count} 人")
        self.page.changed.emit()
        self.opened()


def _names(rows: tuple[Expired, ...]) -> str:
    shown = "、".join(row.name for row in rows[:3])
    return f"{shown}等" if len(rows) > 3 else shown

"""查重与合并: files that may be of one person, side by side, joined with a choice for each field, taken apart again where it was wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mzdesk.registry import disability, doubles, id_number, merging, phone
from mzdesk.registry.codes import ETHNICITIES, MARITAL
from mzdesk.registry.doubles import Joined, Suspect
from mzdesk.registry.field_names import FIELD_NAMES
from mzdesk.registry.groups import SEXES
from mzdesk.registry.merging import Pair
from ui import dialogs
from ui.desk import Desk
from ui.page import Page
from ui.pages.duplicates_side_by_side import LEFT, RIGHT, Compared, SideBySide
from ui.panels import Listing
from ui.requests import OpenPerson
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, EmptyState, button, row
from ui.words import sex_words, show_instant

if TYPE_CHECKING:
    from mzdesk.station import Station

COMPARED = ("name", "id_no", "sex", "birth_date", "phone", "address", "hukou_address", "ethnicity", "marital", "disability_no")
_CODES: Mapping[str, Mapping[str, str]] = {"sex": SEXES, "ethnicity": ETHNICITIES, "marital": MARITAL}
_MASKS = {"id_no": id_number.mask, "phone": phone.mask, "disability_no": disability.mask}


@dataclass(frozen=True, slots=True)
class Doubles:
    """Everything that the page shows."""

    suspects: tuple[Suspect, ...]
    joined: tuple[Joined, ...]


def read_doubles(station: Station) -> Doubles:
    """Read the page."""
    return Doubles(doubles.find(station), doubles.joined(station))


def shown_value(name: str, value: str) -> str:
    """Return a stored value as people read it, numbers masked."""
    hide = _MASKS.get(name)
    return hide(value) if hide else _CODES.get(name, {}).get(value, value)


def compared(pair: Pair) -> tuple[Compared, ...]:
    """Return the fields of a pair; a field that is blank on one side is filled from the other without asking."""
    fields = []
    for name in COMPARED:
        values = [str(getattr(person, name)) for person in (pair.first, pair.second)]
        if any(values):
            words = [shown_value(name, value) for value in values]
            # masked numbers that differ only where they are masked must not look the same
            if values[0] != values[1] and words[0] == words[1]:
                words[1] += "（中间几位不同）"
            fields.append(Compared(name, FIELD_NAMES[name], words[0], words[1], LEFT, all(values)))
    return tuple(fields)


class DuplicatesPage(Page):
    """The page of doubles."""

    title = "查重与合并"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.subtitle.show_text("同一个人有两份档案时，走访和提醒会分成两处；合并后可以随时拆开")
        suspects = Card("可能是同一个人", padded=False)
        self.joined_card = joined = Card("合并过的", "拆开后两份档案各自恢复", padded=False)
        joined.hide()
        self.suspects: Listing[Suspect] = Listing(
            _suspect_columns(), "可能重复的档案", EmptyState("check", "没有发现重复的档案", "导入和登记时也会自动核对身份证号。")
        )
        self.joined: Listing[Joined] = Listing(
            _joined_columns(), "合并过的档案", EmptyState("history", "还没有合并过", "合并以后列在这里，可以拆开。")
        )
        self.compare_button = button("并排对照并合并…", "users", kind="primary", on_click=self.compare, tip="Enter")
        self.first_button = button("看第一份", "user-round", on_click=lambda: self._view(0))
        self.second_button = button("看第二份", "user-round", on_click=lambda: self._view(1))
        self.undo_button = button("拆开…", "undo-2", on_click=self.undo)
        suspects.body.addWidget(self.suspects, 1)
        suspects.body.addLayout(_foot(self.compare_button, self.first_button, self.second_button))
        joined.body.addWidget(self.joined, 1)
        joined.body.addLayout(_foot(self.undo_button))
        for listing, height in ((self.suspects, 20), (self.joined, 13)):
            listing.setMinimumHeight(look().em(height))
        self.content.addWidget(suspects, 3)
        self.content.addWidget(joined, 2)
        self.suspects.table.row_selected.connect(self._enable)
        self.suspects.table.row_opened.connect(lambda _row: self.compare())
        self.joined.table.row_selected.connect(self._enable_undo)
        self._enable(None)
        self._enable_undo(None)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.compare).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # ---- showing

    def opened(self) -> None:
        self.load(lambda: read_doubles(self.desk.station), self.show_doubles)

    def show_doubles(self, shown: Doubles) -> None:
        """Show what was found."""
        self.suspects.show_rows(shown.suspects)
        self.joined.show_rows(shown.joined)
        self.joined_card.setVisible(bool(shown.joined))
        self.suspects.table.setFocus()

    def _enable(self, suspect: Suspect | None) -> None:
        for widget in (self.compare_button, self.first_button, self.second_button):
            widget.setEnabled(suspect is not None)

    def _enable_undo(self, made: Joined | None) -> None:
        self.undo_button.setEnabled(made is not None and not made.merge.undone_at)

    def _view(self, side: int) -> None:
        suspect = self.suspects.selected()
        if suspect is not None:
            self.open(OpenPerson(suspect.key[side]))

    # ---- verbs

    def compare(self) -> None:
        """Show the chosen pair side by side."""
        suspect = self.suspects.selected()
        if suspect is not None:
            open_merge(self, self.desk, suspect.pair, (suspect.first_place, suspect.second_place), self._merged)

    def _merged(self) -> None:
        self.desk.tell("已合并；如有差错，可以在下面拆开")
        self.opened()

    def undo(self) -> None:
        """Take the chosen merge apart after asking."""
        made = self.joined.selected()
        if made is None or made.merge.undone_at:
            return
        text = f"{made.name}的两份档案各自恢复，走访和关系回到原来的档案；合并以后的改动保留。"
        if dialogs.confirm(self, "拆开这次合并？", text, "拆开"):
            self.act(lambda: merging.undo(self.desk.station, made.merge.id), lambda _none: self.opened())


def open_merge(page: Page, desk: Desk, pair: Pair, places: tuple[str, str], done: Callable[[], None]) -> None:
    """Open the dialog that joins the second file into the first; `done()` is called once it is written."""
    text = "保留第一份档案，第二份的类别、关系和记录都归到它名下。两边不同的，逐项选择以哪个为准；空着的自动补上。"
    sides = (f"第一份（保留）　{places[0]}", f"第二份　{places[1]}")
    title = f"{pair.first.name}：{pair.why}"
    dialog = SideBySide(page, title, text, sides, compared(pair), "合并为一份", needs_reason=True)

    def settle(chosen: Mapping[str, str], reason: str) -> None:
        fields = {name: "gone" for name, side in chosen.items() if side == RIGHT}
        first, second = pair.first.id, pair.second.id
        page.act(lambda: merging.merge(desk.station, first, second, fields, reason), lambda _id: done())

    dialog.settled_because.connect(settle)
    dialog.open()


def _foot(*widgets: QWidget) -> QHBoxLayout:
    made = row(*widgets)
    made.setContentsMargins(look().em(1.3), look().em(0.3), look().em(1.3), look().em(0.4))
    return made


def _suspect_columns() -> tuple[Column[Suspect], ...]:
    def numbers(suspect: Suspect) -> str:
        people = suspect.pair.first, suspect.pair.second
        return " ／ ".join(id_number.mask(person.id_no) or "无证号" for person in people)

    return (
        Column("姓名", lambda suspect: suspect.pair.first.name, 8.0, bold=True),
        Column("依据", lambda suspect: suspect.pair.why, 11.0, tone=lambda _suspect: "amber", chip=True),
        Column("性别", lambda suspect: sex_words(suspect.pair.first.sex), 4.0, optional=2),
        Column("年龄", lambda suspect: "" if suspect.age is None else str(suspect.age), 4.0, optional=1),
        Column("第一份在", lambda suspect: suspect.first_place, 8.0),
        Column("第二份在", lambda suspect: suspect.second_place, 8.0),
        Column("身份证号", numbers, 0),
    )


def _joined_columns() -> tuple[Column[Joined], ...]:
    return (
        Column("姓名", lambda made: made.name, 8.0, bold=True),
        Column("合并时间", lambda made: show_instant(made.merge.at), 9.0),
        Column("经手人", lambda made: made.merge.actor_name, 8.0),
        Column("依据", lambda made: made.merge.reason, 0),
        Column(
            "状态",
            lambda made: "已拆开" if made.merge.undone_at else "已合并",
            6.0,
            tone=lambda made: "" if made.merge.undone_at else "green",
            chip=True,
        ),
    )

"""One account in a dialog: the name, what the role may do in plain words, the villages, and where it is new a password typed twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mzdesk.errors import MzError
from mzdesk.vault.passwords import password_problem
from ui.ask import Ask, Asked
from ui.desk import Desk
from ui.first_start import strength_words
from ui.roles import ROLE_NOTES, ROLE_TITLES
from ui.search_combo import initials_of
from ui.theme import look
from ui.widgets import button, label, row

CODE = Qt.ItemDataRole.UserRole
DIRECTOR = "children_director"
PASSWORDS = (
    Asked("password", "密码", span=2, hint="可以用一句记得住的话，中文也可以"),
    Asked("again", "再输入一遍", span=2),
)


@dataclass(frozen=True, slots=True)
class Village:
    """A village to choose from."""

    code: str
    name: str


class VillageList(QWidget):
    """Villages with ticks, found by a few characters or the initials of their pinyin."""

    def __init__(self, villages: Sequence[Village], chosen: Sequence[str] = ()) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.4))
        self.count = label("", "label")
        self.search = QLineEdit()
        self.search.setPlaceholderText("输入村名或拼音首字母查找")
        self.search.textChanged.connect(self._filter)
        column.addWidget(self.count)
        ticks = (button("全选", on_click=lambda: self._tick(True)), button("全不选", on_click=lambda: self._tick(False)))
        column.addLayout(row(self.search, *ticks, stretch=False))
        self.list = QListWidget()
        self.list.setObjectName("rows")
        self.list.setAccessibleName("村（居）")
        self.list.setMinimumHeight(look().em(15))
        self.list.itemChanged.connect(lambda *_: self._count())
        column.addWidget(self.list, 1)
        self.show_villages(villages, chosen)

    def show_villages(self, villages: Sequence[Village], chosen: Sequence[str] = ()) -> None:
        """Offer other villages."""
        self.list.blockSignals(True)
        self.list.clear()
        for village in villages:
            item = QListWidgetItem(village.name)
            item.setData(CODE, village.code)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if village.code in chosen else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._count()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(place) for place in range(self.list.count())]

    def chosen(self) -> tuple[str, ...]:
        """Return the codes that are ticked."""
        return tuple(str(item.data(CODE)) for item in self._items() if item.checkState() == Qt.CheckState.Checked)

    def tick(self, codes: Sequence[str]) -> None:
        """Tick villages, as a person would."""
        for item in self._items():
            if item.data(CODE) in codes:
                item.setCheckState(Qt.CheckState.Checked)

    def _tick(self, on: bool) -> None:
        for item in self._items():
            if not item.isHidden():
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        for item in self._items():
            item.setHidden(bool(wanted) and wanted not in item.text() and wanted not in initials_of(item.text()))

    def _count(self) -> None:
        self.count.setText(f"负责的村（居）：已选 {len(self.chosen())} 个，共 {self.list.count()} 个")


class PasswordAsk(Ask):
    """A form that ends with a password typed twice; it says at once how hard it is to guess."""

    def __init__(self, *values: Any, name: Callable[[], str], peppered: bool, **options: Any) -> None:
        super().__init__(*values, **options)
        self._name, self._peppered = name, peppered
        for key in ("password", "again"):
            line = self.controls.get(key)
            if isinstance(line, QLineEdit):
                line.setEchoMode(QLineEdit.EchoMode.Password)
                line.textChanged.connect(lambda *_: self._judge())

    def _judge(self) -> str:
        """Show and return what is wrong with the password."""
        if "password" not in self.controls:
            return ""
        password, again = self.value("password"), self.value("again")
        problem = password_problem(password, self._name(), peppered=self._peppered)
        self.fields["password"].show_message(problem if password else "", good="" if problem or not password else strength_words(password))
        different = bool(again) and again != password
        self.fields["again"].show_message("两次输入的不一样" if different else "", good="一致" if again and not different else "")
        return problem or ("两次输入的不一样" if different else "")

    def submit(self) -> None:
        """Go on only with a good password."""
        problem = self._judge()
        if problem and self.value("password"):
            self.controls["password"].setFocus()
        else:
            super().submit()


class AccountDialog(PasswordAsk):
    """Asks for an account; `act(values, villages)` does it behind the dialog."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        title: str,
        villages: Sequence[Village],
        act: Callable[[dict[str, str], tuple[str, ...]], Any],
        *,
        before: tuple[str, str, tuple[str, ...]] | None = None,
    ) -> None:
        name, role, chosen = before or ("", DIRECTOR, ())
        fields = (
            Asked("name", "姓名", value=name, span=2),
            Asked("role", "角色", "choice", value=role, choices=tuple(ROLE_TITLES.items()), span=2),
            *(PASSWORDS if before is None else ()),
        )
        super().__init__(
            parent,
            desk,
            title,
            "",
            fields,
            "添加" if before is None else "保存",
            lambda values: act(values, self.chosen_villages(values)),
            name=lambda: self.value("name"),
            peppered=desk.station.open_vault().peppered,
        )
        self.note = label("", "muted", wrap=True)
        self.villages = VillageList(villages, chosen)
        self.extra.insertWidget(self.extra.count() - 1, self.note)
        self.extra.insertWidget(self.extra.count() - 1, self.villages, 1)
        role_box = self.controls["role"]
        role_box.currentIndexChanged.connect(lambda *_: self._show_role())  # type: ignore[union-attr]
        self.resize(look().em(44), min(look().em(46), self.screen().availableGeometry().height() - look().em(6)))
        self._show_role()

    def _show_role(self) -> None:
        role = self.value("role")
        self.note.setText(f"{ROLE_TITLES[role]}：{ROLE_NOTES[role]}。")
        self.villages.setVisible(role == DIRECTOR)

    def chosen_villages(self, values: dict[str, str]) -> tuple[str, ...]:
        """Return the villages that go with the role. Raises MzError where a children's director has none."""
        if values["role"] != DIRECTOR:
            return ()
        if not self.villages.chosen():
            raise MzError("请选择负责的村", "儿童主任至少负责一个村。")
        return self.villages.chosen()

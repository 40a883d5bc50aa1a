"""设置: the parts that have pages of their own, how the desk looks, one's own password, the recovery key; a change holds at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QWidget

from mzdesk.errors import MzError
from mzdesk.vault import accounts
from mzdesk.vault.passwords import password_problem
from ui import appearance
from ui.appearance import Appearance
from ui.desk import Desk
from ui.first_start import strength_words
from ui.layouts import FlowLayout, SpanGrid, Step
from ui.page import IDLE_MINUTES, Page
from ui.pages.recovery_card import RecoveryCard
from ui.pages.settings_sections import SectionList
from ui.requests import ChangeLook, OpenPage
from ui.roles import role_title
from ui.session_end import platform_tells
from ui.theme import TextSize, look
from ui.widgets import Card, Field, button, label

SIZES = (("标准", TextSize.NORMAL), ("大字", TextSize.LARGE), ("特大字", TextSize.EXTRA))
LOCK_WORDS = f"离开 {IDLE_MINUTES} 分钟自动锁定；电脑锁屏、睡眠或注销时也一起锁定。正在填写的内容都存为草稿。"
LOCK_ALONE = f"离开 {IDLE_MINUTES} 分钟自动锁定。这台电脑不会告诉程序它锁了屏，离开时请按 Ctrl+L。正在填写的内容都存为草稿。"
KEYS = (
    ("Alt+1、Alt+2 …", "打开左边的第几页"),
    ("Alt+R", "强制报告"),
    ("Ctrl+F", "搜索"),
    ("Enter / Shift+Enter", "表单里到下一项 / 上一项"),
    ("1、2、3 …", "表单里选第几个选项"),
    ("Alt+↓", "日期栏打开日历"),
    ("Ctrl+Z / Ctrl+Y", "撤销 / 重做"),
    ("Ctrl+S", "保存草稿"),
    ("Ctrl+Enter", "提交；在名单里是开始走访"),
    ("Ctrl+P", "打印预览"),
    ("F5 / F9", "刷新 / 立即同步"),
    ("Ctrl+L", "锁定"),
)


class SettingsPage(Page):
    """The page of settings."""

    title = "设置"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sections = SectionList(desk, lambda key: self.open(OpenPage(key)))
        self.content.addWidget(self.sections)
        grid = SpanGrid((Step(56, 2), Step(0, 1)), gap=1.0, line_gap=1.0)
        self.recovery = RecoveryCard(desk)
        for card in (self._make_look(), self._make_password(), self.recovery, self._make_keys()):
            grid.add(card, 1)
        self.content.addWidget(grid)
        self.content.addStretch(1)
        scope = desk.station.scope
        self.subtitle.show_text(f"{scope.name}　{role_title(scope.role)}　{desk.station.identity.name}")

    def _make_look(self) -> Card:
        card = Card("外观")
        chosen = appearance.load(self.desk.station.folder)
        card.body.addWidget(label("明暗", "label"))
        self.darkness = Choices((("浅色", False), ("深色", True)), chosen.dark, self)
        card.body.addWidget(self.darkness)
        card.body.addWidget(label("字的大小", "label"))
        self.text_size = Choices(SIZES, chosen.size, self)
        card.body.addWidget(self.text_size)
        for row in (self.darkness, self.text_size):
            row.group.buttonClicked.connect(lambda *_: self._change_look())
        card.body.addSpacing(look().em(0.6))
        card.body.addWidget(label("自动锁定", "label"))
        self.lock_words = label(LOCK_WORDS if platform_tells() else LOCK_ALONE, "muted", wrap=True)
        card.body.addWidget(self.lock_words)
        card.body.addStretch(1)
        return card

    def _change_look(self) -> None:
        appearance.save(self.desk.station.folder, Appearance(bool(self.darkness.value()), TextSize(str(self.text_size.value()))))
        self.open(ChangeLook())

    def _make_password(self) -> Card:
        card = Card("修改我的密码")
        self.old, self.new, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        for line in (self.old, self.new, self.again):
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.textChanged.connect(lambda *_: self._check_password())
        self.old_field = Field("现在的密码", self.old, required=True)
        self.new_field = Field("新密码", self.new, required=True)
        self.again_field = Field("再输入一遍新密码", self.again, required=True)
        for field in (self.old_field, self.new_field, self.again_field):
            card.body.addWidget(field)
        self.password_button = button("修改密码", "key-round", on_click=self.change_password)
        self.password_button.setEnabled(False)
        card.body.addWidget(self.password_button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _check_password(self) -> None:
        vault = self.desk.station.open_vault()
        new, again = self.new.text(), self.again.text()
        problem = password_problem(new, self.desk.station.scope.name, peppered=vault.peppered)
        self.new_field.show_message(problem if new else "", good="" if problem else strength_words(new))
        self.again_field.show_message("两次输入的不一样" if again and len(again) >= len(new) and again != new else "")
        self.password_button.setEnabled(bool(self.old.text()) and not problem and new == again)

    def change_password(self) -> None:
        """Change one's own password."""
        old, new = self.old.text(), self.new.text()
        self.password_button.setEnabled(False)
        self.desk.tasks.run(
            lambda: accounts.change_password(self.desk.station, old, new), lambda _: self._password_changed(), self._refused, owner=self
        )

    def _password_changed(self) -> None:
        for line in (self.old, self.new, self.again):
            line.clear()
        self.desk.tell("密码已修改")

    def _refused(self, error: Exception) -> None:
        if isinstance(error, MzError):
            self.old_field.show_message(f"{error.title}。{error.message}")
        else:
            self.desk.fail(error)

    def opened(self) -> None:
        self.recovery.refresh()

    def _make_keys(self) -> Card:
        card = Card("快捷键")
        for keys, words in KEYS:
            line = FlowLayout(gap=look().em(0.6))
            line.addWidget(label(keys, "strong"))
            line.addWidget(label(words, "muted"))
            card.body.addLayout(line)
        card.body.addStretch(1)
        return card


class Choices(QWidget):
    """A few values to pick one from."""

    def __init__(self, items: tuple[tuple[str, object], ...], chosen: object, parent: QWidget) -> None:
        super().__init__(parent)
        self.group = QButtonGroup(self)
        self._values = [value for _words, value in items]
        flow = FlowLayout(self, gap=look().em(1.1))
        for number, (words, value) in enumerate(items):
            made = QRadioButton(words)
            made.setChecked(value == chosen)
            self.group.addButton(made, number)
            flow.addWidget(made)

    def value(self) -> object:
        """Return the value of the choice."""
        return self._values[self.group.checkedId()]

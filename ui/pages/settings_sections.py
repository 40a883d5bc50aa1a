"""The parts of 设置 that have a page of their own: what each is for in one line, shown to who may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from ui import icons
from ui.desk import Desk
from ui.layouts import SpanGrid, Step
from ui.theme import look
from ui.widgets import Card, button, label


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the list: the key of its page, and the permission it needs ("" for everybody)."""

    key: str
    title: str
    icon: str
    words: str
    needs: str = ""


SECTIONS: tuple[Section, ...] = (
    Section("accounts", "账户", "users", "谁能用这台电脑、各负责哪些村；重设密码、移除离岗的人", "accounts"),
    Section("handover", "移交", "heart-handshake", "把一个人手上的对象交给另一个人，打印清单签字", "cases"),
    Section("parameters", "参数", "list-checks", "走访频次、强制报告时限、照料服务、节假日、保存年限"),
    Section("divisions", "村（居）", "map-pin", "添加、改名、合并、停用村（居）", "cases"),
    Section("backup", "备份与恢复", "save", "每天自动备份；备份到 U 盘；数据出问题时恢复"),
    Section("audit", "日志", "history", "谁在什么时候看过、改过、打印过什么；个人信息查询；到期去标识"),
)


class SectionList(Card):
    """The list; `open_page(key)` is called when one is pressed."""

    def __init__(self, desk: Desk, open_page: Callable[[str], None]) -> None:
        super().__init__("管理")
        self._open_page = open_page
        self.shown = tuple(section for section in SECTIONS if not section.needs or desk.may(section.needs))
        grid = SpanGrid((Step(56, 2), Step(0, 1)), gap=1.6, line_gap=0.2)
        for section in self.shown:
            grid.add(self._make_row(section), 1)
        self.body.addWidget(grid)

    def _make_row(self, section: Section) -> QFrame:
        made = QFrame()
        across = QHBoxLayout(made)
        across.setContentsMargins(0, look().em(0.45), 0, look().em(0.45))
        across.setSpacing(look().em(0.9))
        picture = QLabel()
        picture.setPixmap(icons.pixmap(section.icon, "primary", 1.5, 2.0))
        across.addWidget(picture)
        words = QVBoxLayout()
        words.setSpacing(look().em(0.05))
        words.addWidget(label(section.title, "strong"))
        words.addWidget(label(section.words, "hint", wrap=True))
        across.addLayout(words, 1)
        opener = button("打开", on_click=lambda: self._open_page(section.key))
        opener.setAccessibleName(f"打开{section.title}")
        across.addWidget(opener)
        return made

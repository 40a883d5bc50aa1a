"""Cards of a person's file: what the program points out and why, tags, and the pictures and scans; it suggests, people decide."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mzdesk.casework import person_files
from mzdesk.casework.person_files import HeldFile
from mzdesk.registry.codes import AIDS
from mzdesk.registry.suggestions import Suggestion
from mzdesk.registry.tags import tag_name
from mzdesk.store.rows import PersonData
from ui import dialogs
from ui.layouts import FlowLayout, ScrollColumn
from ui.loose_entry import show_date
from ui.page import Page
from ui.requests import OpenRecord
from ui.theme import look
from ui.widgets import Card, Chip, button, label

WEIGHTS = {1: ("要紧", "red"), 2: ("留意", "amber"), 3: ("可考虑", "primary")}
FILES_SHOWN = 8


def empty_card(card: Card, keep: int = 1) -> None:
    """Remove everything of a card but its first `keep` parts."""
    while card.body.count() > keep:
        item = card.body.takeAt(keep)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


class SuggestionCard(Card):
    """What to look at, with the facts and the rule behind each; hidden where there is nothing."""

    def __init__(self) -> None:
        super().__init__("提示", "只是提示，由您核对决定")
        self.hide()

    def show_suggestions(self, found: tuple[Suggestion, ...]) -> None:
        """Show what was found, the weightiest first."""
        empty_card(self)
        for suggestion in found:
            self.body.addWidget(_suggestion(suggestion))
        self.setVisible(bool(found))


def _suggestion(suggestion: Suggestion) -> QWidget:
    holder = QWidget()
    across = QHBoxLayout(holder)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(look().em(0.7))
    word, tone = WEIGHTS[suggestion.weight]
    across.addWidget(Chip(word, tone), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(label(suggestion.title, wrap=True))
    why = f"依据：{suggestion.why}" + (f"　（{suggestion.source}）" if suggestion.source else "")
    words.addWidget(label(why, "hint", wrap=True))
    across.addLayout(words, 1)
    return holder


class TagCard(Card):
    """Tags and relief. Signal: edit_wanted()."""

    edit_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("标签和救助")
        self.edit_button = button("修改", kind="link", on_click=self.edit_wanted.emit)
        self.head.addWidget(self.edit_button)

    def show_person(self, person: PersonData) -> None:
        """Show the tags of a person."""
        empty_card(self)
        holder = QWidget()
        flow = FlowLayout(holder, gap=look().em(0.4), line_gap=look().em(0.3))
        for code in person.tags.split():
            flow.addWidget(Chip(tag_name(code), "primary"))
        for code in person.aids.split():
            flow.addWidget(Chip(AIDS.get(code, code), "green"))
        if not (person.tags or person.aids):
            self.body.addWidget(label("还没有。可以标上失能、独居、重点关注等，便于筛选。", "hint", wrap=True))
        self.body.addWidget(holder)


class FilesCard(Card):
    """Pictures and scans; each opens in a window of its own, never in another program's temporary folder."""

    def __init__(self, page: Page) -> None:
        super().__init__("图片和扫描件")
        self._page, self._person_id = page, ""
        self._files: tuple[HeldFile, ...] = ()
        self.hide()

    def show_files(self, person_id: str, files: tuple[HeldFile, ...], most: int = FILES_SHOWN) -> None:
        """Show the files of a person, the first ones where there are many."""
        self._person_id, self._files = person_id, files
        empty_card(self)
        for held in files[:most]:
            self.body.addWidget(self._make_row(held))
        if len(files) > most:
            more = button(f"再看 {len(files) - most} 个", kind="link", on_click=lambda: self.show_files(person_id, files, len(files)))
            self.body.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(files))

    def _make_row(self, held: HeldFile) -> QWidget:
        holder = QWidget()
        across = QHBoxLayout(holder)
        across.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(held.about or held.title, wrap=True))
        words.addWidget(label(f"{show_date(held.day)}　{held.title}　{size_words(held.size)}", "hint", wrap=True))
        across.addLayout(words, 1)
        verb = "查看" if held.is_picture else "另存…"
        across.addWidget(button(verb, kind="link", on_click=lambda: self.open_file(held)))
        if held.record_id:
            across.addWidget(button("记录", kind="link", on_click=lambda: self._page.open(OpenRecord(held.record_id))))
        return holder

    def open_file(self, held: HeldFile) -> None:
        """Show a picture, or ask where to save another file."""
        page, person_id = self._page, self._person_id
        page.desk.tasks.run(
            lambda: person_files.content(page.desk.station, person_id, held.digest),
            lambda content: self._show(held, content),
            page.desk.fail,
            owner=self,
        )

    def _show(self, held: HeldFile, content: bytes) -> None:
        if held.is_picture:
            PictureDialog(self._page, held.about or held.title, content).open()
            return
        path, _kind = QFileDialog.getSaveFileName(self, "另存附件", held.about or held.title)
        if not path:
            return
        try:
            Path(path).write_bytes(content)
        except OSError:
            dialogs.tell(self, "没有存上", "这个位置不能写入，或者磁盘已满。请换一个位置再存。")


class PictureDialog(QDialog):
    """One picture, fitted to the window."""

    def __init__(self, parent: QWidget, title: str, content: bytes) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.addWidget(label(title, "h2", wrap=True))
        scroll = ScrollColumn(margin=(0, 0, 0, 0))
        self.picture = QLabel()
        self.picture.setAccessibleName(title)
        picture = QPixmap.fromImage(QImage.fromData(content))
        wide = look().em(56)
        if picture.width() > wide:
            picture = picture.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)
        self.picture.setPixmap(picture)
        scroll.column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        scroll.column.addStretch(1)
        column.addWidget(scroll, 1)
        self.resize(look().em(60), look().em(44))


def size_words(size: int) -> str:
    """Return such as 120 KB, 2.4 MB."""
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(size // 1024, 1)} KB"

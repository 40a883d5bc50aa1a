"""Editors for pictures and files: chosen, pasted or dropped, shown small, removed; the bytes go to the form's encrypted files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from mzdesk.errors import MzError
from ui import dialogs
from ui.editors import Editor, Setting
from ui.layouts import FlowLayout
from ui.pictures_in import MAX_FILE, encode, read_picture
from ui.theme import look
from ui.widgets import ElidedLabel, button

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice, Question

KINDS = {
    "audio": "录音 (*.mp3 *.m4a *.wav *.amr *.ogg)",
    "video": "视频 (*.mp4 *.mov *.3gp *.avi)",
    "image": "图片 (*.jpg *.jpeg *.png *.bmp *.webp *.gif)",
}


class AnyFile(Editor):
    """A file of any kind."""

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__(question, setting)
        self._value = ""
        self.preview = QLabel()
        self.preview.hide()
        self.name = ElidedLabel("", "hint")
        self.choose = button("选择文件…", "folder-open", on_click=self._choose)
        self.remove = button("移除", "trash-2", on_click=lambda: self._take_answer(""))
        self.layout_.addWidget(self.preview)
        self._row = FlowLayout(gap=look().em(0.5))
        for widget in (self.choose, *self.more_buttons(), self.remove):
            self._row.addWidget(widget)
        self.layout_.addLayout(self._row)
        self.layout_.addWidget(self.name)
        self.adopt(self.choose, self.remove)

    def more_buttons(self) -> tuple[QPushButton, ...]:
        """Return further buttons of a kind of file."""
        return ()

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        changed = state.value != self._value
        self._value = state.value
        self.remove.setVisible(bool(state.value) and not state.readonly)
        self.choose.setEnabled(not state.readonly)
        self.name.show_text(state.value)
        self.name.setVisible(bool(state.value))
        if changed:
            self.show_preview(state.value)

    def show_preview(self, value: str) -> None:
        """Show the file small, where that is possible."""

    def _choose(self) -> None:
        kinds = KINDS.get(self.question.type, "所有文件 (*)")
        path, _kind = QFileDialog.getOpenFileName(self, "选择文件", "", kinds)
        if path:
            self.take_path(Path(path))

    def take_path(self, path: Path) -> None:
        """Take a file from disk."""
        try:
            if path.stat().st_size > MAX_FILE:
                raise MzError("文件太大", "请选择 40 MB 以内的文件。")
            self.take(path.name, path.read_bytes())
        except OSError:
            dialogs.tell(self, "读不到这个文件", "它可能已移走，或者 U 盘已拔出。请重新选择。")
        except MzError as error:
            dialogs.show_error(self, error)

    def take(self, name: str, content: bytes) -> None:
        """Take the bytes of a file; raises MzError."""
        if self.setting.files is None:
            raise MzError("这里不能添加文件", "预览表单时不保存文件。")
        self._take_answer(self.setting.files.put(name, self.prepare(content)))

    def prepare(self, content: bytes) -> bytes:
        """Return the bytes to keep; raises MzError."""
        return content

    def _take_answer(self, value: str) -> None:
        self.edited.emit(value)


class Picture(AnyFile):
    """A picture: scaled down and freed of EXIF before it is kept."""

    def more_buttons(self) -> tuple[QPushButton, ...]:
        self.paste = button("粘贴图片", on_click=self._paste, tip="复制一张图片，再按这里（Ctrl+V）")
        return (self.paste,)

    def _paste(self) -> None:
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            dialogs.tell(self, "剪贴板里没有图片", "请先在看图软件或微信里复制一张图片。")
            return
        self.take_image(image)

    def take_image(self, image: QImage) -> None:
        """Take an image from the clipboard or the pad."""
        try:
            self.take(f"{self.question.name}.jpg", encode(image, "PNG"))
        except MzError as error:
            dialogs.show_error(self, error)

    def prepare(self, content: bytes) -> bytes:
        limit = self.question.parameters.get("max-pixels", "")
        return read_picture(content, int(limit) if limit.isdigit() else 1600)

    def show_preview(self, value: str) -> None:
        content = self.setting.files.get(value) if value and self.setting.files else b""
        picture = QPixmap()
        if content and picture.loadFromData(content):
            side = look().em(9)
            self.preview.setPixmap(
                picture.scaled(side * 2, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            )
        self.preview.setVisible(not picture.isNull())

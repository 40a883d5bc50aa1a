"""表单: every form and version at hand, any file looked at as it will be filled, with its lint beside it; a preview saves nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mzdesk.casework import form_library
from mzdesk.casework.form_library import FormAtHand, Preview
from mzdesk.errors import MzError
from mzdesk.registry.field_names import RECORD_KINDS
from mzdesk.registry.groups import GROUPS
from mzdesk.store.scope import Permission
from ui import dialogs, icons
from ui.desk import Desk
from ui.page import Page, flow
from ui.pages.forms_preview import PreviewPane
from ui.panels import Listing
from ui.paper_preview import PaperPreview
from ui.requests import OpenPage, Request
from ui.table_model import Column
from ui.theme import look
from ui.widgets import EmptyState, button, label
from ui.words import group_words

if TYPE_CHECKING:
    from forms.xform import Form

ORIGINS = {"shipped": ("自带", ""), "county": ("县级发布", "primary"), "trial": ("试用", "amber")}
WAIT_MS = 220
FILES = "表单 (*.xlsx *.md *.xml)"


class FormsPage(Page):
    """The page of forms."""

    title = "表单"
    scrolls = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._forms: tuple[FormAtHand, ...] = ()
        self._path: Path | None = None
        self.open_button = button("打开文件…", "folder-open", kind="primary", on_click=self.choose_file, tip="Ctrl+O　.xlsx、.md 或 .xml")
        self.tools.addWidget(self.open_button)
        across = QHBoxLayout()
        across.setSpacing(look().em(1.0))
        across.addWidget(self._make_list(), 4)
        self.pane = PreviewPane(desk)
        across.addWidget(self.pane, 7)
        self.body.addLayout(across, 1)
        self.body.addWidget(self._make_verbs())
        self._timer = self._make_timer(self._open_selected)
        self._watch_timer = self._make_timer(self._reload)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(lambda _path: self._watch_timer.start())
        for keys, act in (("Ctrl+O", self.choose_file), ("Ctrl+P", self.print_blank)):
            QShortcut(QKeySequence(keys), self, act)
        self._enable()

    def _make_timer(self, act: object) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(WAIT_MS)
        made.timeout.connect(act)
        return made

    def _make_list(self) -> QWidget:
        columns: tuple[Column[FormAtHand], ...] = (
            Column("表单", lambda form: form.title, 0, bold=True, tip=describe),
            Column("版本", lambda form: form.version, 7.2),
            Column("来源", lambda form: ORIGINS[form.origin][0], 5.6, tone=lambda form: ORIGINS[form.origin][1], chip=True, optional=1),
        )
        self.listing: Listing[FormAtHand] = Listing(
            columns, "表单", EmptyState("file-text", "没有符合的表单", "换一个词再找，或打开一个文件。")
        )
        self.listing.table.row_opened.connect(lambda _form: self._open_selected())
        self.listing.table.row_selected.connect(lambda form: self._timer.start() if form is not None else None)
        self.search = QLineEdit()
        self.search.setPlaceholderText("表单名称或编号")
        self.search.setAccessibleName("查找表单")
        self.search.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(lambda *_: self._show_rows())
        self.kind, self.versions = QComboBox(), QComboBox()
        self.kind.addItem("全部种类", "")
        for code, words in RECORD_KINDS.items():
            self.kind.addItem(words, code)
        self.versions.addItem("只列最新版", "newest")
        self.versions.addItem("所有版本", "")
        for combo, name in ((self.kind, "种类"), (self.versions, "版本")):
            combo.setAccessibleName(name)
            combo.activated.connect(lambda *_: self._show_rows())
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.6))
        column.addWidget(self.search)
        column.addWidget(flow(self.kind, self.versions))
        column.addWidget(self.listing, 1)
        return holder

    def _make_verbs(self) -> QWidget:
        self.print_button = button("打印空白表", "printer", on_click=self.print_blank, tip="Ctrl+P")
        self.export_button = button("导出 Excel…", "download", on_click=self.export)
        self.trial_button = button("导入本站试用…", "upload", on_click=self.import_trial)
        if not self.desk.station.scope.may(Permission.PARAMETERS):
            self.trial_button.hide()
        self.state = label("", "hint")
        return flow(self.print_button, self.export_button, self.trial_button, self.state)

    # ---- showing

    def receive(self, request: Request) -> None:
        if isinstance(request, OpenPage) and "file" in request.filters:
            self.show_file(Path(request.filters["file"]))

    def opened(self) -> None:
        self.load(lambda: form_library.at_hand(self.desk.station), self.show_forms)

    def show_forms(self, forms: tuple[FormAtHand, ...]) -> None:
        """Show the forms at hand."""
        self._forms = forms
        newest = sum(form.newest for form in forms)
        counts = "，".join(
            f"{words} {number}" for origin, (words, _tone) in ORIGINS.items() if (number := sum(form.origin == origin for form in forms))
        )
        self.subtitle.show_text(f"{newest} 张表，{len(forms)} 个版本（{counts}）；预览不会保存任何内容")
        self._show_rows()

    def _show_rows(self) -> None:
        text = self.search.text().strip().lower()
        rows = [
            form
            for form in self._forms
            if (form.newest or not self.versions.currentData())
            and self.kind.currentData() in ("", form.kind)
            and (text in form.title.lower() or text in form.form_id)
        ]
        self.listing.show_rows(rows)

    def _open_selected(self) -> None:
        self._timer.stop()
        form = self.listing.selected()
        if form is not None and self._path is None:
            station = self.desk.station
            self.load(lambda: form_library.open_version(station, form.form_id, form.version), self._show_preview)
        elif form is not None and self.listing.table.hasFocus():
            self.close_file()
            self._open_selected()

    def _show_preview(self, shown: Preview) -> None:
        self.pane.show_preview(shown)
        self._enable()

    # ---- files

    def choose_file(self) -> None:
        """Ask for a file, then look at it."""
        path, _kind = QFileDialog.getOpenFileName(self, "打开表单文件", "", FILES)
        if path:
            self.show_file(Path(path))

    def show_file(self, path: Path) -> None:
        """Look at a file, and again each time it is saved."""
        self.close_file()
        self._path = path
        self._watcher.addPath(str(path))
        self._reload()

    def close_file(self) -> None:
        """Stop looking at the file."""
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        self._path = None
        self.banner.show_text("")

    def _reload(self) -> None:
        path = self._path
        if path is None:
            return
        if str(path) not in self._watcher.files() and path.exists():
            self._watcher.addPath(str(path))  # an office saves by replacing the file, and the watch is lost with the old one
        self.banner.show_text(f"正在看文件 {path.name}：在 Excel 或 WPS 里改了并保存，这里会跟着变。选左边的表可以离开。", "primary")
        self.load(lambda: read_file(path), self._show_preview)

    # ---- verbs

    def _enable(self) -> None:
        shown = self.pane.shown
        works = shown is not None and shown.form is not None
        self.print_button.setEnabled(works)
        self.export_button.setEnabled(works)
        self.trial_button.setEnabled(works and self._path is not None)

    def print_blank(self) -> None:
        """Show the form on paper, to be filled by hand."""
        shown = self.pane.shown
        if shown is not None and shown.form is not None:
            station, title = self.desk.station, shown.form.title
            self.desk.tasks.run(
                lambda: form_library.blank_paper(station, shown), lambda pdf: self._show_paper(title, pdf), self.desk.fail, owner=self
            )

    def _show_paper(self, title: str, pdf: bytes) -> None:
        dialog = PaperPreview(self, f"{title}（空白）", pdf)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def export(self) -> None:
        """Write the form as a workbook; where only the compiled form is at hand, as XML."""
        shown = self.pane.shown
        if shown is None or shown.form is None:
            return
        ending, kind = (".xml", "XForm (*.xml)") if shown.source_kind == "xml" else (".xlsx", "Excel 表格 (*.xlsx)")
        name = f"{shown.form.title} {shown.form.version}{ending}"
        path, _kind = QFileDialog.getSaveFileName(self, "导出表单", name, kind)
        if path:
            target = Path(path).with_suffix(ending)
            self.desk.tasks.run(
                lambda: write_form(shown, target), lambda _none: self.desk.tell(f"已导出 {target.name}"), self.desk.fail, owner=self
            )

    def import_trial(self) -> None:
        """Keep the file's form in this station for trial, after asking."""
        shown = self.pane.shown
        if shown is None or shown.form is None or not self.trial_button.isEnabled():
            return
        text = (
            f"“{shown.form.title}”版本 {shown.form.version} 将成为本站可以填写的一版，以后不能改动或删除。"
            "县里还没有发布这一版时，用它填的记录会先留在本站，县里发布同一版后才能接收。"
        )
        if dialogs.confirm(self, "导入本站试用？", text, "导入试用"):
            station = self.desk.station
            self.act(lambda: form_library.import_trial(station, shown), self._imported)

    def _imported(self, form: Form) -> None:
        self.desk.forms.forget()
        self.desk.tell(f"已导入 {form.title} {form.version}，可以试用")
        self.close_file()
        self.opened()


def read_file(path: Path) -> Preview:
    """Read a file to look at. Raises MzError where it cannot be read."""
    try:
        if path.stat().st_size > form_library.MOST_BYTES:
            raise MzError("文件太大", "表单文件一般不到 1 MB，请检查是不是选错了文件。")
        data = path.read_bytes()
    except OSError as error:
        raise MzError("文件读不出来", "请确认文件还在，没有被别的程序独占。") from error
    return form_library.preview(path.name, data)


def write_form(shown: Preview, target: Path) -> None:
    """Write a form's workbook, or its XML. Raises MzError where the place cannot be written."""
    content = shown.source if shown.source_kind == "xml" else form_library.workbook(shown)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise MzError("文件写不进去", "请先关闭同名的文件，或换一个位置再存。") from error


def describe(form: FormAtHand) -> str:
    """Return the tip of a form."""
    groups = group_words(tuple(group for group in form.groups if group in GROUPS))
    parts = (form.title, form.form_id, RECORD_KINDS.get(form.kind, form.kind), groups, form.faulty)
    return "\n".join(part for part in parts if part)

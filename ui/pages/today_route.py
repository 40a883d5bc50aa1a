"""路线单 on 今日工作: a village's walk to print, and the filled sheets taken back as photos, each kept with whom it is about."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from mzdesk.casework import route_papers, route_scans
from mzdesk.casework.route_scans import FoundSheet
from mzdesk.errors import MzError
from ui import dialogs
from ui.ask import Ask, Asked
from ui.layouts import ScrollColumn
from ui.loose_entry import show_date
from ui.page import Page
from ui.paper_preview import PaperPreview
from ui.requests import OpenPerson
from ui.theme import look
from ui.widgets import Banner, Card, button, dialog_foot, label

KINDS = "照片和扫描件 (*.jpg *.jpeg *.png *.webp *.bmp *.pdf)"
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".pdf")


def dropped_scan(data: QMimeData) -> Path | None:
    """Return the photo or scan that is being dragged, None where it is none."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() in ENDINGS), None)


class ScanDialog(QDialog):
    """Who on a sheet was visited. Signal: chosen(sheet, person ids)."""

    chosen = Signal(object, object)

    def __init__(self, parent: QWidget, sheet: FoundSheet) -> None:
        super().__init__(parent)
        self.setWindowTitle("收回路线单")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._sheet = sheet
        self.boxes: dict[str, QCheckBox] = {}
        scroll = ScrollColumn(margin=(1.6, 1.4, 1.6, 0.6), gap=0.7)
        scroll.column.addWidget(label(f"{sheet.village_name}的路线单，第 {sheet.page} 页", "h2", wrap=True))
        told = f"{show_date(sheet.printed_on)} 打印。照片会存进勾选的每个人的档案，并提醒 7 天内照它录入走访表。没走到的，请去掉勾。"
        scroll.column.addWidget(label(told, "muted", wrap=True))
        self.banner = Banner()
        scroll.column.addWidget(self.banner)
        scroll.column.addWidget(self._make_people())
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, look().em(1.0))
        column.addWidget(scroll, 1)
        self.accept_button = button("存入档案", "check", kind="primary", on_click=self.submit, tip="Ctrl+Enter")
        self.accept_button.setEnabled(bool(self._sheet.people))
        column.addLayout(dialog_foot(self.accept_button, self.reject))
        QShortcut(QKeySequence("Ctrl+Return"), self, self.submit)
        self.resize(look().em(40), look().em(min(20 + 2.4 * len(sheet.people), 42)))

    def _make_people(self) -> Card:
        card = Card()
        for person in self._sheet.people:
            across = QHBoxLayout()
            box = QCheckBox(person.name)
            box.setChecked(True)
            self.boxes[person.person_id] = box
            across.addWidget(box, 1)
            if person.kept:
                across.addWidget(label("已经收过这一页", "hint"))
            card.body.addLayout(across)
        if not self._sheet.people:
            card.body.addWidget(label("单子上的人都不在您负责的村了。", "muted", wrap=True))
        return card

    def submit(self) -> None:
        """Hand the choice over."""
        ids = tuple(person_id for person_id, box in self.boxes.items() if box.isChecked())
        if not ids:
            self.banner.show_text("请至少勾选一个人。", "red")
            return
        self.chosen.emit(self._sheet, ids)
        self.accept()


class RouteActs:
    """Printing and taking back of route sheets for a page; `village` is filled by the page with what there is."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.villages: dict[str, str] = {}
        self.village = ""
        self.button = button("路线单", "map-pin")
        menu = QMenu(self.button)
        menu.addAction("打印路线单…").triggered.connect(lambda *_: self.ask())
        menu.addAction("收回填好的路线单（照片或扫描件）…").triggered.connect(lambda *_: self.choose_scan())
        self.button.setMenu(menu)
        self.button.setToolTip("带着路线单走访；回来把照片拖到这一页")

    def ask(self) -> Ask | None:
        """Ask for the village and whether phone numbers are printed whole, then show the sheet."""
        desk = self._page.desk
        if not self.villages:
            dialogs.tell(self._page, "还没有可以走访的村", "先登记服务对象，到期后就能打印路线单。")
            return None
        offered = tuple(self.villages.items())
        fields = [Asked("village", "村（居）", "choice", self.village or offered[0][0], offered)]
        if desk.may("unmask"):
            hint = "留空则隐去电话中间四位；写明原因则打印完整电话，并记入日志"
            fields.append(Asked("reason", "打印完整电话的原因", required=False, hint=hint))
        dialog = Ask(
            self._page,
            desk,
            "打印路线单",
            "七天内应访和已逾期的人，按住址排好，留出手写的地方。",
            tuple(fields),
            "打印预览",
            lambda values: route_papers.print_route_sheet(desk.station, values["village"], unmask_reason=values.get("reason", "")),
        )
        dialog.done_with.connect(self._preview)
        dialog.open()
        return dialog

    def _preview(self, pdf: bytes) -> None:
        dialog = PaperPreview(self._page, "走访路线单", pdf)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def choose_scan(self) -> None:
        """Ask for a photo or scan."""
        path, _kind = QFileDialog.getOpenFileName(self._page, "选择路线单的照片或扫描件", "", KINDS)
        if path:
            self.take(Path(path))

    def take(self, path: Path) -> None:
        """Look for the codes in a photo or scan, then ask whom it is about."""
        desk = self._page.desk

        def work() -> tuple[bytes, tuple[FoundSheet, ...]]:
            content = read_scan(path)
            return content, route_scans.find(desk.station, content)

        desk.tasks.run(work, lambda found: self._show_found(path.name, *found), self._refuse, owner=self._page)

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, MzError):
            self._page.banner.show_text(f"{error.title}。{error.message}", "amber")
        else:
            self._page.desk.fail(error)

    def _show_found(self, name: str, content: bytes, sheets: tuple[FoundSheet, ...]) -> None:
        """Ask sheet by sheet; a scan of several pages asks for each."""
        self._page.banner.show_text("")
        if not sheets:
            return
        dialog = ScanDialog(self._page, sheets[0])
        dialog.chosen.connect(lambda sheet, ids: self._bind(name, content, sheet, ids))
        dialog.finished.connect(lambda _result: self._show_found(name, content, sheets[1:]))
        dialog.open()

    def _bind(self, name: str, content: bytes, sheet: FoundSheet, ids: tuple[str, ...]) -> None:
        station = self._page.desk.station
        self._page.act(lambda: route_scans.bind(station, sheet, name, content, ids), lambda count: self._kept(count, ids))

    def _kept(self, count: int, ids: tuple[str, ...]) -> None:
        words = f"已存入 {count} 人的档案，并列入待办" if count else "这张照片已经收过了"
        self._page.desk.tell(words)
        if len(ids) == 1:
            self._page.open(OpenPerson(ids[0]))
        else:
            self._page.opened()


def read_scan(path: Path) -> bytes:
    """Return the bytes of a file that is not too large. Raises MzError: missing, unreadable, too large."""
    try:
        if path.stat().st_size > route_scans.MAXIMUM_BYTES:
            raise MzError("文件太大", f"一个文件最大 {route_scans.MAXIMUM_BYTES >> 20} MB。")
        return path.read_bytes()
    except OSError as error:
        raise MzError("读不到这个文件", "它可能已被移走，或没有读取的权限。") from error

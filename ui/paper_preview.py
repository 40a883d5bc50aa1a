"""Print preview: pages drawn as bitmaps in memory, zoomed, saved as PDF, printed at true size; nothing is written in the clear unasked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSettings, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPixmap, QResizeEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mzdesk.reports.preview import PageBitmap, page_bitmaps, page_sizes
from ui import dialogs
from ui.layouts import ScrollColumn
from ui.theme import look
from ui.widgets import button, label, tool_button

if TYPE_CHECKING:
    from forms.session import FormSession
    from mzdesk.casework.records import Filling
    from ui.desk import Desk
    from ui.page import Page
    from ui.tasks import Progress

PRINT_DPI = 300
SETTINGS, PRINTER = ("mzdesk", "mzdesk"), "printer"  # of this computer, in the clear: the name of a machine and nothing else
ZOOMS = (0.5, 0.7, 0.85, 1.0, 1.25, 1.5, 2.0)


def image_of(bitmap: PageBitmap) -> QImage:
    """Return a page as an image of its own memory."""
    return QImage(bitmap.pixels, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32).copy()


class PaperPreview(QDialog):
    """A PDF on the screen."""

    def __init__(self, parent: QWidget | None, title: str, pdf: bytes) -> None:
        super().__init__(parent)
        self.setWindowTitle("打印预览")
        self.resize(1000, 720)
        self._title, self._pdf = title, pdf
        self._sizes = page_sizes(pdf)
        self._zoom = 1.0
        self._fits_width = True
        self._printer: QPrinter | None = None  # QPrintDialog dies without a trace where nobody holds its printer
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_bar())
        self._scroll = ScrollColumn(margin=(1, 1, 1, 1))
        self.pages = [self._make_sheet(number) for number in range(len(self._sizes))]
        column.addWidget(self._scroll, 1)

    def _make_bar(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("bar")
        across = QHBoxLayout(bar)
        across.setContentsMargins(look().em(1), look().em(0.6), look().em(1), look().em(0.6))
        across.addWidget(label(self._title, "strong"), 1)
        across.addWidget(label(f"共 {len(self._sizes)} 页", "muted"))
        across.addWidget(tool_button("zoom-out", "缩小（Ctrl+-）", lambda: self.zoom_by(-1)))
        across.addWidget(tool_button("zoom-in", "放大（Ctrl++）", lambda: self.zoom_by(1)))
        across.addWidget(button("适合宽度", on_click=self.fit_width))
        across.addWidget(button("另存为 PDF", "download", on_click=self.save_pdf))
        printing = button("打印…", "printer", kind="primary", on_click=self.print_pages)
        printing.setDefault(True)
        across.addWidget(printing)
        return bar

    def _make_sheet(self, number: int) -> QLabel:
        sheet = QLabel()
        sheet.setAccessibleName(f"第 {number + 1} 页")
        sheet.setStyleSheet(f"border: 1px solid {look().tokens.line_strong}; background: white;")
        self._scroll.column.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        return sheet

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits_width:
            self.fit_width()

    def fit_width(self) -> None:
        """Make a page as wide as the window, though never larger than life on a screen of 96 dpi times 1.25."""
        self._fits_width = True
        widest = max((width for width, _height in self._sizes), default=595.0) / 72 * 96
        self._show_at(min((self.width() - look().em(5)) / widest, 1.25))

    def zoom_by(self, steps: int) -> None:
        """Go to the next larger or smaller size."""
        self._fits_width = False
        nearest = min(range(len(ZOOMS)), key=lambda place: abs(ZOOMS[place] - self._zoom))
        self._show_at(ZOOMS[max(0, min(nearest + steps, len(ZOOMS) - 1))])

    def _show_at(self, zoom: float) -> None:
        self._zoom = zoom
        ratio = self.devicePixelRatioF()
        for sheet, bitmap in zip(self.pages, page_bitmaps(self._pdf, 96 * zoom * ratio), strict=True):
            image = image_of(bitmap)
            image.setDevicePixelRatio(ratio)
            sheet.setPixmap(QPixmap.fromImage(image))
            sheet.setFixedSize(round(image.width() / ratio) + 2, round(image.height() / ratio) + 2)

    def save_pdf(self) -> None:
        """Write the PDF where the person wants it."""
        path, _kind = QFileDialog.getSaveFileName(self, "另存为 PDF", f"{self._title}.pdf", "PDF (*.pdf)")
        if path:
            try:
                Path(path).with_suffix(".pdf").write_bytes(self._pdf)
            except OSError:
                dialogs.tell(self, "没有存上", "这个位置不能写入，或者磁盘已满。请换一个位置再存。")

    def print_pages(self) -> None:
        """Ask for a printer and print."""
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self._printer.setDocName(self._title)
        choose_printer(self._printer)
        dialog = QPrintDialog(self._printer, self)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setMinMax(1, len(self._sizes))
        if dialog.exec():
            QSettings(*SETTINGS).setValue(PRINTER, self._printer.printerName())
            print_pdf(self._pdf, self._printer)


def choose_printer(printer: QPrinter) -> None:
    """Choose the printer that was used last on this computer, where it is still there."""
    name = str(QSettings(*SETTINGS).value(PRINTER, ""))
    if name and name in QPrinterInfo.availablePrinterNames():
        printer.setPrinterName(name)


def print_pdf(pdf: bytes, printer: QPrinter) -> int:
    """Print a PDF at true size, each page in its own orientation; return the number of pages."""
    sizes = page_sizes(pdf)
    first = printer.fromPage() or 1
    last = min(printer.toPage() or len(sizes), len(sizes))
    resolution = min(PRINT_DPI, printer.resolution())
    painter = QPainter()
    for number, bitmap in enumerate(page_bitmaps(pdf, resolution, first, last)):
        _turn_paper(printer, QSizeF(bitmap.width_pt, bitmap.height_pt))
        if number == 0:
            painter.begin(printer)
        else:
            printer.newPage()
        paper = printer.paperRect(QPrinter.Unit.DevicePixel)
        painter.drawImage(QRectF(0, 0, paper.width(), paper.height()), image_of(bitmap))
    painter.end()
    return last - first + 1


def _turn_paper(printer: QPrinter, size: QSizeF) -> None:
    """Set size and orientation; they must be set before the page is begun."""
    layout = printer.pageLayout()
    layout.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    is_landscape = size.width() > size.height()
    layout.setOrientation(QPageLayout.Orientation.Landscape if is_landscape else QPageLayout.Orientation.Portrait)
    layout.setMode(QPageLayout.Mode.FullPageMode)
    printer.setPageLayout(layout)


def preview_record(page: Page, desk: Desk, record_id: str, title: str) -> None:
    """Typeset a saved record behind the window's back, then show it."""
    from mzdesk.casework import papers

    desk.tasks.run(
        lambda: papers.print_record(desk.station, record_id).pdf,
        lambda pdf: _show(page, title, pdf),
        desk.fail,
        owner=page,
    )


def preview_records(page: Page, desk: Desk, record_ids: list[str]) -> None:
    """Typeset many saved records as one file, each on a sheet of its own; the page tells how far it is, and can stop it."""
    from mzdesk.casework import papers

    def make(progress: Progress) -> bytes:
        return papers.print_records(desk.station, record_ids, duplex=True, progress=progress.report).pdf

    def tell(done: int, total: int, _text: str) -> None:
        page.banner.show_text(f"正在排版 {done}/{total} …")

    def finish(pdf: bytes) -> None:
        page.banner.show_text("")
        _show(page, f"{len(record_ids)} 条记录", pdf)

    desk.tasks.run_long(make, finish, desk.fail, tell, owner=page)


def preview_draft(page: Page, desk: Desk, session: FormSession, filling: Filling) -> None:
    """Typeset a form as it stands; it carries no number, since it is no record yet."""
    from mzdesk.casework import papers

    answers, form = session.answers(), session.form
    desk.tasks.run(
        lambda: papers.print_draft(desk.station, form, answers, filling.village),
        lambda pdf: _show(page, f"{form.title}（草稿）", pdf),
        desk.fail,
        owner=page,
    )


def _show(page: Page, title: str, pdf: bytes) -> None:
    dialog = PaperPreview(page, title, pdf)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()

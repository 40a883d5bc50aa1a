"""PDF pages as bitmaps, in memory only: nothing of a record is written to disk in the clear."""

from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2

from mzdesk.errors import MzError

LARGEST_SIDE = 12_000  # pixels; A3 at 600 dpi


@dataclass(frozen=True)
class PageBitmap:
    """One page: `pixels` are rows of `stride` bytes, blue-green-red-unused, 8 bits each (QImage.Format_RGB32)."""

    width: int
    height: int
    stride: int
    pixels: bytes
    width_pt: float
    height_pt: float


def page_sizes(pdf: bytes) -> tuple[tuple[float, float], ...]:
    """Width and height of every page in points (1/72 inch). Raises MzError where the bytes are not a PDF."""
    document = _open(pdf)
    try:
        return tuple(document.get_page_size(index) for index in range(len(document)))
    finally:
        document.close()


def page_bitmaps(pdf: bytes, dpi: float = 96.0, first: int = 1, last: int | None = None) -> Iterator[PageBitmap]:
    """Render pages `first` to `last` (from 1, inclusive; None to the end), one at a time. Raises MzError where the bytes are not a PDF."""
    document = _open(pdf)
    try:
        for index in range(max(first, 1) - 1, min(last or len(document), len(document))):
            yield _render(document[index], dpi)
    finally:
        document.close()


def _render(page: pypdfium2.PdfPage, dpi: float) -> PageBitmap:
    width, height = page.get_size()
    scale = min(dpi / 72, LARGEST_SIDE / max(width, height))
    bitmap = page.render(scale=scale, fill_color=(255, 255, 255, 255), prefer_bgrx=True)
    try:
        return PageBitmap(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer), width, height)
    finally:
        bitmap.close()
        page.close()


def _open(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise MzError("无法打开 PDF", "文件不是 PDF，或已经损坏。请重新生成后再试。") from error

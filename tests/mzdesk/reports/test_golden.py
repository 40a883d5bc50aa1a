"""Golden pages: rendered at 48 dpi and compared with the pictures in golden/, with a small tolerance for the rasterizer.

A changed layout is looked at first; then `uv run python -m tests.mzdesk.reports.test_golden` writes the pictures anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from mzdesk.reports.declared.visits import TOWNSHIP_MONTH, visit_trends
from mzdesk.reports.documents import render
from mzdesk.reports.letter import print_letter
from mzdesk.reports.preview import page_bitmaps
from mzdesk.reports.register import fill
from mzdesk.reports.register_pdf import print_register
from tests.mzdesk.reports.samples import context, golden_document, months, visit_rows
from tests.mzdesk.reports.test_letter import LETTER

FOLDER = Path(__file__).parent / "golden"
DPI = 48
TOLERANCE = 1.2  # mean difference of greys, of 255, after a slight blur


def month() -> bytes:
    """A township's month with its charts."""
    rows = visit_rows(6)
    return print_register(fill(TOWNSHIP_MONTH, rows, context(), visit_trends(months(), rows, "11月末")))


PAGES: Mapping[str, Callable[[], bytes]] = {
    "visit": lambda: render(golden_document()),
    "blank": lambda: render(golden_document(blank=True)),
    "month": month,
    "letter": lambda: print_letter(LETTER),
}


def picture(name: str) -> Image.Image:
    """The first page in greys."""
    page = next(page_bitmaps(PAGES[name](), DPI))
    return Image.frombuffer("RGB", (page.width, page.height), page.pixels, "raw", "BGRX", page.stride, 1).convert("L")


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_looks_as_it_did(name: str) -> None:
    now, before = picture(name), Image.open(FOLDER / f"{name}.png").convert("L")
    assert now.size == before.size
    soft = [image.filter(ImageFilter.GaussianBlur(1)) for image in (now, before)]
    assert ImageStat.Stat(ImageChops.difference(*soft)).mean[0] < TOLERANCE


def test_a_shifted_page_is_noticed() -> None:
    now = picture("visit")
    moved = ImageChops.offset(now, 0, 3)
    soft = [image.filter(ImageFilter.GaussianBlur(1)) for image in (now, moved)]
    assert ImageStat.Stat(ImageChops.difference(*soft)).mean[0] > TOLERANCE


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in PAGES:
        picture(each).save(FOLDER / f"{each}.png", optimize=True)

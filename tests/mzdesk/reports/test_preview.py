"""Previews: pages as bitmaps in memory, bad bytes refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzdesk.errors import MzError
from mzdesk.reports.documents import render
from mzdesk.reports.pictures import read_picture
from mzdesk.reports.preview import LARGEST_SIDE, page_bitmaps, page_sizes
from tests.mzdesk.reports.samples import document


def test_pages_are_rendered_true_to_size() -> None:
    pdf = render(document("left_behind_child_visit"))
    sizes = page_sizes(pdf)
    pages = list(page_bitmaps(pdf, 72))
    assert [(page.width, page.height) for page in pages] == [(595, 842)] * len(sizes) or all(abs(page.width - 595) <= 1 for page in pages)
    assert len(pages[0].pixels) == pages[0].stride * pages[0].height


def test_a_range_of_pages() -> None:
    pdf = render(document("left_behind_child_visit"))
    assert len(list(page_bitmaps(pdf, 30, first=2, last=2))) == 1
    assert len(list(page_bitmaps(pdf, 30, first=9))) == 0


def test_size_is_limited() -> None:
    page = next(page_bitmaps(render(document("care_log")), 30))
    assert max(page.width, page.height) < LARGEST_SIDE


@given(st.binary(max_size=200))
def test_bytes_that_are_no_pdf_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(MzError):
        page_sizes(data)


HEADS = (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_damaged_pictures_are_no_pictures(head: bytes, tail: bytes) -> None:
    assert read_picture(head + tail, 100, 30) is None

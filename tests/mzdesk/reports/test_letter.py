"""Cover letters: the measures of GB/T 9704-2012, found on the rendered page."""

from datetime import date

import pytest

from mzdesk.reports.letter import LEADING, LETTER_PAPER, SIZE, Letter, print_letter
from mzdesk.reports.page import MM
from mzdesk.reports.preview import page_bitmaps
from tests.mzdesk.reports.reading import page_texts

LETTER = Letter(
    "省庄镇社会工作服务站",
    "省社工函〔2026〕12号",
    "关于报送2026年11月走访工作情况的函",
    "泰山区民政局",
    ("现将我镇2026年11月走访工作情况函报如下。" * 6, "专此函报。"),
    date(2026, 12, 1),
    ("走访工作月报表", "走访逾期清单"),
)


def test_the_type_area_is_the_standards() -> None:
    assert LETTER_PAPER.measure == pytest.approx(156 * MM)
    assert LETTER_PAPER.depth == pytest.approx(225 * MM)
    assert pytest.approx(156 * MM) == SIZE * 28
    assert pytest.approx(225 * MM) == LEADING * 22


def test_the_letter_says_everything_in_order() -> None:
    text = "".join("".join(page_texts(print_letter(LETTER))).split())
    parts = [LETTER.organ, LETTER.number, LETTER.title, "泰山区民政局：", "函报如下。"]
    parts += ["附件：1．走访工作月报表", "2．走访逾期清单", "2026年12月1日"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_red_rules_stand_where_the_standard_puts_them() -> None:
    """§10.1: the foot rule 20 mm above the edge, 170 mm long; the head rule below the organ's name."""
    page = next(page_bitmaps(print_letter(LETTER), 127))  # 5 pixels a millimetre
    red = [
        sum(page.pixels[row * page.stride + 4 * x + 2] > 150 > page.pixels[row * page.stride + 4 * x] + 50 for x in range(page.width))
        for row in range(page.height)
    ]
    ruled = [row / 5 for row, count in enumerate(red) if count > 0.95 * 170 * 5]
    assert all(count <= 172 * 5 for count in red)
    assert min(297 - y for y in ruled) == pytest.approx(20, abs=1)
    assert 40 < min(ruled) < 55


def test_later_pages_are_numbered() -> None:
    letter = Letter(LETTER.organ, LETTER.number, LETTER.title, LETTER.to, LETTER.paragraphs * 6, LETTER.signed_on)
    pages = page_texts(print_letter(letter))
    assert len(pages) > 1
    assert "— 1 —" not in pages[0]
    assert "—2—" in "".join(pages[1].split())

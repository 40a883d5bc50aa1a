"""The file itself: true text beyond U+FFFF, every face embedded, archival marks, the same bytes for the same input."""

import re
import zlib
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mzdesk.reports.archival import Imprint
from mzdesk.reports.page import A4_PORTRAIT, Furniture, Text, lay_out, print_pages
from mzdesk.reports.press import Press
from mzdesk.reports.preview import page_bitmaps
from mzdesk.reports.text import TextStyle, Typesetter
from tests.mzdesk.reports.reading import page_texts, plain, poppler_text
from tests.mzdesk.reports.samples import IDEOGRAPHS, PRINTED_AT

RARE = "王𬱖垚、䶮志强、李㛃、赵𠀀、钱𫚥、孙𮯠：（完）"


def sheet(text: str, **furniture: str) -> bytes:
    """One text on paper."""
    press = Press()
    block = Typesetter().set_text(text, TextStyle("song", 11, 17, indent=2, justify=True), A4_PORTRAIT.measure)
    press.bookmark("一")
    print_pages(press, lay_out([Text(block, A4_PORTRAIT.measure)], A4_PORTRAIT), A4_PORTRAIT, Furniture(**furniture, numbered=False))
    return press.finish(Imprint("题名", "某某镇社会工作服务站", made_at=PRINTED_AT))


def inflated(pdf: bytes) -> bytes:
    """The file with its object streams unpacked."""
    out = [pdf]
    for match in re.finditer(rb"/Length (\d+)>>stream\n", pdf):
        data = pdf[match.end() : match.end() + int(match[1])]
        try:
            out.append(zlib.decompress(data))
        except zlib.error:
            continue
    return b"\n".join(out)


def test_rare_characters_copy_as_themselves(tmp_path: Path) -> None:
    pdf = sheet(RARE)
    assert plain(pdf) == RARE
    other = poppler_text(pdf, tmp_path)
    assert other in (None, RARE)


def test_poppler_reads_the_same(tmp_path: Path) -> None:
    text = poppler_text(sheet(RARE), tmp_path)
    if text is None:
        pytest.skip("pdftotext is not installed")
    assert text == RARE


def _ideographs() -> st.SearchStrategy[str]:
    """Unified ideographs, the extensions A to F included."""
    return st.one_of([st.integers(first, last).map(chr) for first, last in IDEOGRAPHS])


WRITING = st.one_of(_ideographs(), st.sampled_from("，。、；：！？（）《》“”0123456789abcxyzABCXYZ·—…①㎡"))


@settings(max_examples=40, deadline=None)
@given(st.lists(WRITING, min_size=1, max_size=80))
def test_chinese_text_copies_as_itself(characters: list[str]) -> None:
    text = "".join(characters)
    assert plain(sheet(text)) == text


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_printed(text: str) -> None:
    """Also what no face has, controls and lone surrogates: it must never stop a print."""
    assert len(page_texts(sheet(text))) == 1


def test_a_watermark_is_seen_but_not_read() -> None:
    marked, bare = sheet("走访记录", watermark="李翀 内部资料"), sheet("走访记录")
    assert plain(marked) == plain(bare) == "走访记录"
    seen = [next(page_bitmaps(pdf, 40)).pixels for pdf in (marked, bare)]
    assert sum(seen[0]) < sum(seen[1])


def test_no_face_outside_the_file_is_referred_to() -> None:
    content = inflated(sheet("走访 abc 123"))
    assert b"Helvetica" not in content
    assert b"/Type1" not in content
    assert content.count(b"/FontFile2") == content.count(b"/Type/FontDescriptor") + content.count(b"/Type /FontDescriptor") >= 1


def test_the_file_is_marked_as_archival_and_names_no_person() -> None:
    pdf = sheet("走访记录", watermark="李翀 内部资料")
    content = inflated(pdf)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"/OutputIntents" in content
    assert b"acsp" in content
    assert "李翀".encode("utf-16-be").hex().encode() not in content
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_dict()["Author"] == "某某镇社会工作服务站"
    document.close()


def test_the_same_input_gives_the_same_bytes() -> None:
    assert sheet(RARE) == sheet(RARE)


def test_bookmarks_form_a_tree() -> None:
    press = Press()
    for title, level in (("甲", 0), ("甲一", 1), ("乙", 0)):
        press.bookmark(title, level)
        press.blank_page((300, 300))
    document = pypdfium2.PdfDocument(press.finish(Imprint("目录")))
    found = [(item.get_title(), item.level, item.get_dest().get_index()) for item in document.get_toc()]
    document.close()
    assert found == [("甲", 0, 0), ("甲一", 1, 1), ("乙", 0, 2)]


def test_a_long_text_flows_over_pages_without_loss() -> None:
    text = "\n".join(f"第{number}段，走访情况正常；下次走访时间另行通知。" * 3 for number in range(60))
    pages = page_texts(sheet(text))
    assert len(pages) > 2
    assert "".join("".join(pages).split()) == text.replace("\n", "")

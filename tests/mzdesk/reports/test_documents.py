"""Filled forms on paper: every shipped form, filled, blank and corrected, masked and traceable."""

from __future__ import annotations

import copy
import io
import re
from typing import Any

import pytest
from PIL import Image

from forms import catalog
from forms.session import FormSession
from forms.xform_reader import read_form
from forms.xlsform import convert
from forms.xlsform_markdown import read_markdown
from mzdesk.reports.document import Amendment, Document
from mzdesk.reports.documents import render, render_batch
from mzdesk.reports.preview import page_sizes
from tests.forms.example_parts import CLOCK
from tests.forms.examples import EXAMPLES
from tests.mzdesk.reports.reading import page_texts, plain
from tests.mzdesk.reports.samples import document

VISIT = "left_behind_child_visit"


def squeeze(text: str) -> str:
    return "".join(text.split())


def form_of(source: str) -> Any:
    """A form from Markdown."""
    return read_form(convert(read_markdown(source)).xml)


@pytest.mark.parametrize("form_id", sorted(EXAMPLES))
def test_every_form_prints_its_labels_and_answers(form_id: str) -> None:
    one = document(form_id)
    text = plain(render(one))
    session = FormSession(one.form, one.answers)
    assert squeeze(one.form.title) in text
    for question in one.form.questions():
        hidden = "no" in question.attributes.get("print", "").split() or question.attributes.get("restricted") == "yes"
        for ref in session.instances(question.ref):
            state = session.state(ref)
            if hidden or not state.relevant or question.type in ("note", "image"):
                continue
            if question.type == "string" and state.value and not re.search(r"\d{11}", state.value):
                assert squeeze(state.value) in text, (question.name, state.value)
            if question.type == "select_one" and state.value:
                label = next(choice.label for choice in session.choices(ref) if choice.value == state.value)
                assert squeeze(label) in text, (question.name, label)


@pytest.mark.parametrize("form_id", sorted(EXAMPLES))
def test_every_form_prints_blank(form_id: str) -> None:
    pdf = render(document(form_id, blank=True))
    text = plain(pdf)
    assert squeeze(catalog.get(form_id).title) in text
    assert "☑" not in text
    assert "校验码" not in text


def test_numbers_are_masked_unless_asked_for() -> None:
    answers = EXAMPLES["left_behind_child_registration"]
    number = FormSession(catalog.get("left_behind_child_registration"), answers).named("person_id_no")
    masked = plain(render(document("left_behind_child_registration")))
    assert number not in masked
    assert f"{number[:4]}**********{number[-4:]}" in masked
    assert number in plain(render(document("left_behind_child_registration", mask=False)))


def test_chosen_options_are_ticked_in_reading_order() -> None:
    text = plain(render(document(VISIT)))
    assert "☑入户电话视频学校见面" in text


def test_a_correction_shows_both_versions() -> None:
    before = copy.deepcopy(EXAMPLES[VISIT])
    before["action"]["risk_level"] = "low"
    before["action"]["actions"] = "先前写错的处理。"
    amended = Amendment(before, 1, "风险等级录入错误", CLOCK)
    text = plain(render(document(VISIT, version=2, amended=amended)))
    assert "第2版" in text
    assert "代替第1版" in text
    assert "更正原因：风险等级录入错误。" in text
    assert text.count("（更正）") == 2
    assert "先前写错的处理。" in text
    assert squeeze(EXAMPLES[VISIT]["action"]["actions"]) in text


def test_restricted_questions_are_left_out_unless_allowed() -> None:
    form = form_of(
        """
| survey |
| | type | name | label | body::restricted |
| | text | open_matter | 一般情况 | |
| | text | clue | 家暴线索 | yes |
| settings |
| | form_title | form_id | version |
| | 试表 | trial | 1 |
"""
    )
    answers = {"open_matter": "正常", "clue": "邻居反映"}
    assert "家暴线索" not in plain(render(Document(form, answers)))
    assert "邻居反映" in plain(render(Document(form, answers, restricted=True)))


def test_hints_hide_relabel_and_break() -> None:
    form = form_of(
        """
| survey |
| | type | name | label | appearance | body::print | body::print-label |
| | begin_group | one | 一、甲 | w4 | | |
| | text | kept | 屏幕上的题 | w4 | lines=6 | 纸上的题 |
| | text | hidden_one | 不印的题 | w4 | no | |
| | end_group | | | | | |
| | begin_group | two | 二、乙 | w4 | page | |
| | text | next_page | 下一页 | w4 | | |
| | end_group | | | | | |
| settings |
| | form_title | form_id | version | attribute::print |
| | 试表 | trial | 1 | no |
"""
    )
    pages = page_texts(render(Document(form, {"one": {"kept": "答", "hidden_one": "不见"}, "two": {"next_page": "在此"}})))
    assert len(pages) == 2
    assert "纸上的题" in pages[0]
    assert "屏幕上的题" not in pages[0]
    assert "不见" not in pages[0]
    assert "在此" in pages[1]
    assert "盖章" not in "".join(pages)


def test_long_answers_flow_over_pages_with_continued_labels() -> None:
    answers = copy.deepcopy(EXAMPLES[VISIT])
    answers["action"]["problems"] = "\n".join(f"第{number}点，房后池塘无护栏，已与祖父约定看护。" for number in range(90))
    pages = page_texts(render(document(VISIT, answers=answers)))
    assert len(pages) >= 3
    assert "（续）" in squeeze(pages[2])
    text = squeeze("".join(pages))
    assert all(f"第{number}点，" in text for number in range(90))
    assert f"第{len(pages)}页共{len(pages)}页" in squeeze(pages[-1])


def test_a_batch_numbers_each_document_and_starts_it_on_an_odd_page() -> None:
    documents = [document(VISIT, number=f"N-{index}") for index in range(4)]
    single = len(page_sizes(render(documents[0])))
    answers = copy.deepcopy(EXAMPLES["visit_follow_up"])
    short = document("visit_follow_up", answers=answers)
    seen: list[tuple[int, int]] = []
    pdf = render_batch([short, *documents], duplex=True, progress=lambda done, total: seen.append((done, total)))
    pages = [squeeze(page) for page in page_texts(pdf)]
    starts = [index for index, page in enumerate(pages) if "第1页共" in page]
    assert len(starts) == 5
    assert all(start % 2 == 0 for start in starts)
    assert len(pages) >= 4 * single
    assert seen == [(done, 5) for done in range(1, 6)]


def test_shared_forms_print_the_same_page_as_a_single_document() -> None:
    """In a batch the unchanging part is a form object; what is seen must not differ."""
    from mzdesk.reports.preview import page_bitmaps

    documents = [document(VISIT) for _ in range(3)]
    alone = next(page_bitmaps(render(documents[0]), 60))
    together = next(page_bitmaps(render_batch(documents), 60))
    different = sum(abs(left - right) > 40 for left, right in zip(alone.pixels, together.pixels, strict=True))
    assert different < len(alone.pixels) / 2000


def test_the_file_names_no_person() -> None:
    document_ = document(VISIT)
    pdf = render(document_)
    import pypdfium2

    opened = pypdfium2.PdfDocument(pdf)
    titles = [item.get_title() for item in opened.get_toc()]
    words = " ".join([*titles, *opened.get_metadata_dict().values()])
    opened.close()
    assert "王𬱖垚" not in words
    assert "李翀" not in words


def test_a_signature_picture_is_printed_and_a_damaged_one_is_not() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (60, 20), (0, 0, 0, 255)).save(out, "PNG")
    answers = copy.deepcopy(EXAMPLES[VISIT])
    answers.setdefault("signatures", {})["visitor_signature"] = "sign.png"
    with_picture = render(document(VISIT, answers=answers, attachments={"sign.png": out.getvalue()}))
    assert b"/Subtype/Image" in with_picture
    damaged = render(document(VISIT, answers=answers, attachments={"sign.png": b"\x89PNG\r\n\x1a\nbroken"}))
    assert b"/Subtype/Image" not in damaged


def test_the_same_document_gives_the_same_bytes() -> None:
    assert render(document(VISIT)) == render(document(VISIT))

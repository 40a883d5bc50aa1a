"""Filled forms as paper: one document or a whole village's, each from its form definition alone, traceable to its record by code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from forms.session import FormSession
from mzdesk.reports.archival import Imprint
from mzdesk.reports.document import Document, Place
from mzdesk.reports.form_closing import FormClosing
from mzdesk.reports.form_fields import Field, FieldSetter
from mzdesk.reports.form_styles import AIRY, NOTE, PLACE, REMARK, SMALL_TITLE, TIGHT, TITLE, Density
from mzdesk.reports.form_table import FormTable
from mzdesk.reports.form_words import FormWords
from mzdesk.reports.page import A4_PORTRAIT, QR_SIDE, Element, Furniture, Placed, Text, lay_out, print_pages
from mzdesk.reports.press import Press
from mzdesk.reports.table import PAD_X, Cell, Row, Table
from mzdesk.reports.text import Typesetter
from mzdesk.reports.values import format_moment
from mzdesk.reports.verify import record_code, spaced_digest

SPILL = 0.3  # of the type area
LONG_TITLE = 16  # characters beside the code
CONFIDENTIAL = "内部资料"
REMARK_TEXT = "注：本表涉及个人隐私，须专柜保管，不得向无关人员提供。方框内打“√”为选中。"
REMARK_MASKED = "证件号码、手机号码按规定隐去部分数字。"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LaidDocument:
    """A document distributed over pages."""

    document: Document
    pages: tuple[tuple[Placed, ...], ...]


def render(document: Document) -> bytes:
    """One document as a PDF/A-2b file. Raises FormError where the form itself is broken."""
    return render_batch((document,))


def render_batch(
    documents: Iterable[Document], *, duplex: bool = False, title: str = "", author: str = "", progress: Progress | None = None
) -> bytes:
    """Many documents in one file, each with its own page numbers and bookmark.

    With `duplex` each starts on an odd page, so that double-sided printing never puts two people on one sheet. `progress(done, total)` is
    called after every document; what it raises stops the job.
    """
    queue: Sequence[Document] = tuple(documents)
    press, typesetter = Press(share=len(queue) > 2), Typesetter()
    words = {form: FormWords(form) for form in {document.form for document in queue}}
    codes: list[str] = []
    for done, document in enumerate(queue, 1):
        laid = lay_out_document(document, typesetter, words[document.form])
        if duplex and press.page_count % 2:
            press.blank_page((A4_PORTRAIT.width, A4_PORTRAIT.height))
        press.bookmark(document.bookmark or _bookmark(document))
        furniture = _furniture(document)
        print_pages(press, laid.pages, A4_PORTRAIT, furniture)
        if furniture.code:
            codes.append(furniture.code)
        if progress is not None:
            progress(done, len(queue))
    first = queue[0] if queue else None
    heading = title or (first.form.title if first else "")
    station = author or (first.station if first else "")
    return press.finish(Imprint(heading, station, "", tuple(codes), first.printed_at if first else None))


def lay_out_document(document: Document, typesetter: Typesetter, words: FormWords) -> LaidDocument:
    """Set a document and distribute it over A4 pages."""
    session = FormSession(document.form, None if document.blank else document.answers, attachments=document.attachments)
    before = FormSession(document.form, document.amended.answers) if document.amended else None
    setter = FieldSetter(document, session, before, typesetter, words)
    pages = _pages(setter, AIRY)
    if len(pages) > 1 and _is_nearly_empty(pages[-1]):
        tight = _pages(setter, TIGHT)
        pages = tight if len(tight) < len(pages) else pages
    return LaidDocument(document, tuple(pages))


def _pages(setter: FieldSetter, density: Density) -> list[tuple[Placed, ...]]:
    document, typesetter, width = setter.document, setter.typesetter, A4_PORTRAIT.measure
    form_table = FormTable(setter, width, density)
    rows = _amendment_rows(document, typesetter, width)
    rows += form_table.rows(document.form.body)
    closing = _closing(setter, form_table.signatures, density)
    if rows and closing:
        rows[-1] = replace(rows[-1], with_next=True)  # nobody signs a page that says nothing
    rows += closing
    elements = [*_heading(document, typesetter, width), Table(width, tuple(rows)), _remark(document, typesetter, width)]
    return lay_out(elements, A4_PORTRAIT)


def _closing(setter: FieldSetter, signatures: Sequence[Field], density: Density) -> list[Row]:
    """The closing rows; one set for all records that are still to be signed by hand."""
    closing = FormClosing(setter.document, setter.typesetter, A4_PORTRAIT.measure, density)
    if setter.document.attachments:
        return closing.rows(signatures)
    key = (density.sign, tuple(one.label for one in signatures))
    known = setter.words.closings.get(key)
    if known is None:
        known = setter.words.closings[key] = closing.rows(signatures)
    return known


def _is_nearly_empty(page: tuple[Placed, ...]) -> bool:
    """Whether a last page holds so little that a tighter setting may save it."""
    return sum(item.part.height for item in page if item.part is not None) < SPILL * A4_PORTRAIT.depth


def _heading(document: Document, typesetter: Typesetter, width: float) -> list[Element]:
    title = document.form.title
    inset = QR_SIDE + 6 if _has_code(document) else 0.0
    style = TITLE if len(title) <= LONG_TITLE else SMALL_TITLE
    block = typesetter.set_balanced(title, style, width - 2 * inset)
    out: list[Element] = [Text(block, width - 2 * inset, before=11, after=9, inset=inset)]
    place = place_line(document.header, document.blank)
    if place:
        out.append(Text(typesetter.set_text(place, PLACE, width), width, after=4))
    return out


def place_line(place: Place, blank: bool) -> str:
    """县（市、区）：… 乡镇（街道）：… 村（居）：…; parts not known are left out, on a blank form they are ruled."""
    parts = (("县（市、区）", place.county), ("乡镇（街道）", place.town), ("村（居）", place.village))
    ruled = "＿＿＿＿＿＿" if blank else ""
    return "　　".join(f"{name}：{value or ruled}" for name, value in parts if value or ruled)


def _remark(document: Document, typesetter: Typesetter, width: float) -> Element:
    text = REMARK_TEXT + (REMARK_MASKED if document.mask and not document.blank else "")
    return Text(typesetter.set_text(text, REMARK, width, keep=True), width, before=5)


def _amendment_rows(document: Document, typesetter: Typesetter, width: float) -> list[Row]:
    """What a corrected record says of itself, above everything else."""
    amended = document.amended
    if amended is None:
        return []
    parts = [f"本表为更正件（第 {document.version} 版），代替第 {amended.version} 版；标“更正”处划线者为更正前内容。"]
    if amended.reason:
        parts.append(f"更正原因：{amended.reason.rstrip('。')}。")
    if amended.amended_at is not None:
        parts.append(f"更正时间：{format_moment(amended.amended_at)}。")
    block = typesetter.set_text("".join(parts), NOTE, width - 2 * PAD_X)
    return [Row((Cell(0, width, (block,)),), with_next=True)]


def _has_code(document: Document) -> bool:
    return bool(document.record_id and document.digest and not document.blank)


def _furniture(document: Document) -> Furniture:
    code = record_code(document.record_id, document.version, document.digest) if _has_code(document) else ""
    check = f"第 {document.version} 版　校验码：{spaced_digest(document.digest)}" if code else ""
    marks = [document.printed_by, f"{document.printed_at:%Y-%m-%d %H:%M}" if document.printed_at else "", CONFIDENTIAL]
    watermark = "" if document.blank else " ".join(mark for mark in marks if mark)
    return Furniture(document.number, check, code, watermark)


def _bookmark(document: Document) -> str:
    """The record's number: a bookmark names no person."""
    return document.number or document.form.title

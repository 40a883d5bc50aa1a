"""A public notice (公示) on one A4 sheet: title, what is announced, until when, to whom one may object, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mzdesk.reports.archival import Imprint
from mzdesk.reports.letter import BODY, FLUSH, LEADING, LETTER_PAPER, SIZE, TITLE
from mzdesk.reports.page import Element, Furniture, Text, Together, lay_out, print_pages
from mzdesk.reports.press import Press
from mzdesk.reports.text import TextStyle, Typesetter
from mzdesk.reports.values import format_date

SMALL = TextStyle("song", 12, 18)
SEAL_LINES = 3  # room for the seal above the date


@dataclass(frozen=True)
class PublicNotice:
    """A notice: `organ` puts it up, from `first` to `last` (Beijing dates, both included); `foot` is a small line below."""

    title: str
    organ: str
    paragraphs: tuple[str, ...]
    first: date
    last: date
    foot: str = ""


def print_notice(notice: PublicNotice, made_at: datetime | None = None) -> bytes:
    """The notice as a PDF/A-2b file, without watermark: it is meant for everybody."""
    press = Press()
    press.bookmark(notice.title)
    pages = lay_out(_elements(notice, Typesetter()), LETTER_PAPER)
    print_pages(press, pages, LETTER_PAPER, Furniture(numbered=False))
    return press.finish(Imprint(notice.title, notice.organ, format_date(notice.first), made_at=made_at))


def _elements(notice: PublicNotice, typesetter: Typesetter) -> list[Element]:
    width = LETTER_PAPER.measure
    period = f"公示期：{format_date(notice.first)}至{format_date(notice.last)}。"
    out: list[Element] = [Text(typesetter.set_balanced(notice.title, TITLE, width), width, 0.0, 2 * LEADING)]
    out += [Text(typesetter.set_text(paragraph, BODY, width), width) for paragraph in (*notice.paragraphs, period)]
    inset = width / 2
    signed = [
        Text(typesetter.set_text(f"{notice.organ}（盖章）", FLUSH, width - inset), width - inset, before=SEAL_LINES * LEADING, inset=inset),
        Text(typesetter.set_text(format_date(notice.first), FLUSH, width - inset - SIZE), width - inset - SIZE, inset=inset + SIZE),
    ]
    if notice.foot:
        signed.append(Text(typesetter.set_text(notice.foot, SMALL, width), width, before=2 * LEADING))
    out.append(Together(tuple(signed)))
    return out

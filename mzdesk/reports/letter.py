"""Cover letters (函) in the letter form of GB/T 9704-2012 §10.1: 156 × 225 mm, 22 lines of 28 characters, red double rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from mzdesk.reports.archival import Imprint
from mzdesk.reports.fonts import chain
from mzdesk.reports.ink import Ink
from mzdesk.reports.page import MM, Element, Figure, Furniture, Paper, Text, Together, lay_out, print_pages
from mzdesk.reports.press import Press
from mzdesk.reports.text import TextStyle, Typesetter
from mzdesk.reports.values import format_date

LETTER_PAPER = Paper(210 * MM, 297 * MM, 28 * MM, 26 * MM, 37 * MM, 35 * MM)
SIZE = LETTER_PAPER.measure / 28  # 三号, 28 characters on 156 mm
LEADING = LETTER_PAPER.depth / 22  # 22 lines on 225 mm
RED = "0.8 0 0"
RULE = 170 * MM  # length of the double rules
MARK_TOP, RULE_GAP, FOOT_RULE = 30 * MM, 4 * MM, 20 * MM
BODY = TextStyle("song", SIZE, LEADING, indent=2, justify=True)
FLUSH = TextStyle("song", SIZE, LEADING)
RIGHT = TextStyle("song", SIZE, LEADING, "right")
TITLE = TextStyle("title", 22, 33, "center")
NUMBER = TextStyle("song", 14, 18)


class LineSetter(Protocol):
    """Sets one paragraph with white space around it."""

    def __call__(self, text: str, style: TextStyle, *, before: float = 0.0, after: float = 0.0) -> Text: ...


@dataclass(frozen=True)
class Letter:
    """A cover letter. `organ` is the full name of the issuing body, `number` the 发文字号, e.g. 省政函〔2026〕12号."""

    organ: str
    number: str
    title: str
    to: str
    paragraphs: tuple[str, ...]
    signed_on: date
    attachments: tuple[str, ...] = ()
    contact: str = ""


def print_letter(letter: Letter, made_at: datetime | None = None) -> bytes:
    """The letter as a PDF/A-2b file."""
    press = Press()
    pages = lay_out(_elements(letter, Typesetter()), LETTER_PAPER)
    press.bookmark(letter.title)
    print_pages(press, pages, LETTER_PAPER, Furniture(numbered=False), decorate=_decorate)
    return press.finish(Imprint(letter.title, letter.organ, letter.number, made_at=made_at))


def _elements(letter: Letter, typesetter: Typesetter) -> list[Element]:
    width = LETTER_PAPER.measure
    size = _mark_size(letter.organ)

    def line(text: str, style: TextStyle, *, before: float = 0.0, after: float = 0.0) -> Text:
        return Text(typesetter.set_text(text, style, width), width, before, after)

    head = MARK_TOP + size + RULE_GAP + 10 - LETTER_PAPER.top
    out: list[Element] = [Figure(max(head, 0.0), lambda ink, x, top: _letterhead(letter, size, ink))]
    out += [line(letter.number, RIGHT, after=LEADING), Text(typesetter.set_balanced(letter.title, TITLE, width), width, after=LEADING)]
    out.append(line(f"{letter.to.rstrip('：')}：", FLUSH))
    out += [line(paragraph, BODY) for paragraph in letter.paragraphs]
    out += _attachments(letter, line)
    out.append(Together(tuple(_signature(letter, typesetter, width))))
    return out


def _attachments(letter: Letter, line: LineSetter) -> list[Text]:
    """附件：1．… below the body after an empty line (§7.3.4); one attachment has no number."""
    if not letter.attachments:
        return []
    if len(letter.attachments) == 1:
        return [line(f"附件：{letter.attachments[0]}", BODY, before=LEADING)]
    first = [line(f"附件：1．{letter.attachments[0]}", BODY, before=LEADING)]
    return first + [line(f"　　　{number}．{name}", BODY) for number, name in enumerate(letter.attachments[1:], 2)]


def _signature(letter: Letter, typesetter: Typesetter, width: float) -> list[Text]:
    """The organ centred over the date, the date four characters from the right (§7.3.5.1)."""
    written = format_date(letter.signed_on)
    date_width = chain("song").width(written) * SIZE
    date_left = width - 4 * SIZE - date_width
    organ_width = chain("song").width(letter.organ) * SIZE
    organ_left = min(max(date_left + (date_width - organ_width) / 2, 0.0), max(width - organ_width, 0.0))
    rows = [
        Text(typesetter.set_text(letter.organ, FLUSH, width - organ_left), width - organ_left, before=2 * LEADING, inset=organ_left),
        Text(typesetter.set_text(written, FLUSH, width - date_left), width - date_left, inset=date_left),
    ]
    if letter.contact:
        rows.append(Text(typesetter.set_text(f"（{letter.contact}）", BODY, width), width))
    return rows


def _mark_size(organ: str) -> float:
    """Size of the organ's name in the head: as large as the rule is long allows, at most 22 mm high."""
    return min(RULE / max(len(organ), 1), 40.0)


def _letterhead(letter: Letter, size: float, ink: Ink) -> None:
    style = TextStyle("title", size, size, "center")
    left = (LETTER_PAPER.width - RULE) / 2
    top = LETTER_PAPER.height - MARK_TOP
    ink.ops.append(f"{RED} rg {RED} RG")
    ink.plain(letter.organ, style, left, top, RULE)
    y = top - size - RULE_GAP
    ink.rules([(left, y, left + RULE, y)], 2.2)
    ink.rules([(left, y - 3, left + RULE, y - 3)], 0.7)
    ink.rules([(left, FOOT_RULE + 3, left + RULE, FOOT_RULE + 3)], 0.7)
    ink.rules([(left, FOOT_RULE, left + RULE, FOOT_RULE)], 2.2)
    ink.ops.append("0 g 0 G")


def _decorate(ink: Ink, page: int, pages: int) -> None:
    """— 2 —, from the second page (§7.5, §10.1): odd numbers right, even ones left, one character in."""
    if page == 1:
        return
    text = f"— {page} —"
    width = chain("song").width(text) * NUMBER.size
    left = LETTER_PAPER.left + SIZE
    x = LETTER_PAPER.width - LETTER_PAPER.right - SIZE - width if page % 2 else left
    ink.plain(text, NUMBER, x, LETTER_PAPER.bottom - 7 * MM, width + 1)

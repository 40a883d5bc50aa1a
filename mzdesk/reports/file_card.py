"""档案卡: one person on one A4 sheet: who they are, in which groups, who looks after them, and the last visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mzdesk.reports.archival import Imprint
from mzdesk.reports.ink import Ink
from mzdesk.reports.office_table import OfficeTable
from mzdesk.reports.page import A4_PORTRAIT, Element, Figure, Furniture, Text, Together, lay_out, print_pages
from mzdesk.reports.press import Press
from mzdesk.reports.table import Row, Table
from mzdesk.reports.text import TextStyle, Typesetter

TITLE = TextStyle("title", 20, 28, "center")
LEFT, RIGHT = TextStyle("song", 10.5, 14), TextStyle("song", 10.5, 14, "right")
CONFIDENTIAL = "内部资料"
_ROLE_SHARES = (26, 16, 12, 14, 32)
_KIN_SHARES = (14, 20, 22, 44)
_VISIT_SHARES = (18, 16, 18, 14, 34)


@dataclass(frozen=True)
class CardRole:
    """A group as the card prints it, all in words."""

    name: str
    since: str
    risk: str
    responsible: str
    due: str


@dataclass(frozen=True)
class CardKin:
    """Somebody related, in words."""

    role: str
    name: str
    phone: str
    place: str


@dataclass(frozen=True)
class CardVisit:
    """A past visit, in words."""

    day: str
    how: str
    visitor: str
    risk: str
    number: str


@dataclass(frozen=True)
class FileCard:
    """What a card prints; numbers come masked or whole as the caller has decided, logged and been allowed."""

    station: str
    place: str
    name: str
    sex: str
    birth_date: str
    age: str
    id_no: str
    ethnicity: str
    marital: str
    phone: str
    address: str
    hukou_address: str
    disability_no: str
    aids: str
    tags: str
    roles: tuple[CardRole, ...]
    kin: tuple[CardKin, ...]
    visits: tuple[CardVisit, ...]
    printed_by: str = ""
    printed_at: datetime | None = None


def print_cards(cards: Sequence[FileCard], *, duplex: bool = False) -> bytes:
    """The cards as one PDF/A-2b file, each beginning a page (with `duplex` a sheet) and a bookmark of its own."""
    press = Press(share=len(cards) > 1)
    for card in cards:
        if duplex and press.page_count % 2:
            press.blank_page((A4_PORTRAIT.width, A4_PORTRAIT.height))
        _add(press, card)
    title = f"{cards[0].name}档案卡" if len(cards) == 1 else f"档案卡（{len(cards)} 人）"
    return press.finish(Imprint(title, cards[0].station, "", made_at=cards[0].printed_at))


def _add(press: Press, card: FileCard) -> None:
    typesetter, width = Typesetter(), A4_PORTRAIT.measure
    elements: list[Element] = [
        Text(typesetter.set_text("服务对象档案卡", TITLE, width), width, after=6),
        _head_line(card, typesetter, width),
        Table(width, tuple(_rows(card, OfficeTable(typesetter, width)))),
        Together((_foot(card, typesetter, width),)),
    ]
    press.bookmark(card.name)
    printed = f"{card.printed_at:%Y-%m-%d %H:%M}" if card.printed_at else ""
    watermark = " ".join(part for part in (card.printed_by, printed, CONFIDENTIAL) if part)
    print_pages(press, lay_out(elements, A4_PORTRAIT), A4_PORTRAIT, Furniture(watermark=watermark))


def _head_line(card: FileCard, typesetter: Typesetter, width: float) -> Figure:
    left = typesetter.set_text(f"单位：{card.station}", LEFT, width * 0.6)
    right = typesetter.set_text(card.place, RIGHT, width * 0.4)

    def paint(ink: Ink, x: float, top: float) -> None:
        ink.block(left, x, top, width * 0.6)
        ink.block(right, x + width * 0.6, top, width * 0.4)

    return Figure(max(left.height, right.height) + 4, paint)


def _rows(card: FileCard, table: OfficeTable) -> list[Row]:
    rows = [
        table.pairs((("姓名", card.name, 0.12, 0.38), ("性别", card.sex, 0.1, 0.1), ("年龄", card.age, 0.1, 0.2))),
        table.pairs((("身份证号", card.id_no, 0.12, 0.38), ("出生日期", card.birth_date, 0.14, 0.36))),
        table.pairs((("民族", card.ethnicity, 0.12, 0.14), ("婚姻状况", card.marital, 0.12, 0.12), ("联系电话", card.phone, 0.14, 0.36))),
        table.pairs((("现居住地址", card.address, 0.16, 0.84),)),
        table.pairs((("户籍地址", card.hukou_address, 0.16, 0.84),)),
        table.pairs((("残疾证号", card.disability_no, 0.16, 0.84),)),
        table.pairs((("救助和标签", "　".join(part for part in (card.aids, card.tags) if part), 0.16, 0.84),)),
        table.section("在册类别"),
        table.heads(("类别", "纳入日期", "风险等级", "责任人", "下次应访"), _ROLE_SHARES),
        *(table.line((role.name, role.since, role.risk, role.responsible, role.due), _ROLE_SHARES) for role in card.roles or _NO_ROLE),
        table.section("家庭与照护"),
        table.heads(("关系", "姓名", "电话", "务工地、住址"), _KIN_SHARES),
        *(table.line((kin.role, kin.name, kin.phone, kin.place), _KIN_SHARES) for kin in card.kin or _NO_KIN),
        table.section("最近走访"),
        table.heads(("日期", "方式", "走访人", "风险", "记录编号"), _VISIT_SHARES),
        *(table.line((visit.day, visit.how, visit.visitor, visit.risk, visit.number), _VISIT_SHARES) for visit in card.visits or _NO_VISIT),
    ]
    return rows


_NO_ROLE = (CardRole("现在不在任何一类中", "", "", "", ""),)
_NO_KIN = (CardKin("", "没有登记", "", ""),)
_NO_VISIT = (CardVisit("还没有", "", "", "", ""),)


def _foot(card: FileCard, typesetter: Typesetter, width: float) -> Figure:
    fields = ("填表人：", "核对人：", "核对日期：　　年　　月　　日")
    share = width / len(fields)
    blocks = [typesetter.set_text(text, LEFT, share) for text in fields]

    def paint(ink: Ink, x: float, top: float) -> None:
        for index, block in enumerate(blocks):
            ink.block(block, x + index * share, top - 10, share)

    return Figure(26.0, paint)

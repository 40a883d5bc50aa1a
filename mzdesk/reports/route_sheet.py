"""走访路线单: a walk through one village on paper, stops by address, with room to write and a code on every sheet that leads back to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from mzdesk.reports.archival import Imprint
from mzdesk.reports.ink import Ink
from mzdesk.reports.office_table import LABEL, LIST, SMALL, OfficeTable
from mzdesk.reports.page import MM, Furniture, Paper, Placed, lay_out, print_pages
from mzdesk.reports.press import Press
from mzdesk.reports.qr import encode
from mzdesk.reports.table import Cell, Row, Table
from mzdesk.reports.text import Blank, Block, TextStyle, Typesetter

SHEET = Paper(297 * MM, 210 * MM, 12 * MM, 12 * MM, 37 * MM, 15 * MM)
TITLE = TextStyle("title", 18, 26, "center")
HEAD = TextStyle("song", 10.5, 14)
NAME = TextStyle("hei", 11, 14)
QR_SIDE, QR_TOP = 21 * MM, 11 * MM
LINES, LINE = 3, 19.0  # lines to write on, in points
CONFIDENTIAL = "内部资料，用后收回"
HEADS = (
    "序",
    "住址",
    "姓名",
    "类别、风险",
    "照护人、电话",
    "应访日期",
    "上次走访发现",
    "走访情况（日期、方式、见到谁、发现的问题、怎么处理的）",
)
SHARES = (3.5, 12, 9.5, 9, 11.5, 8.5, 14, 32)


@dataclass(frozen=True)
class RouteStop:
    """One person on the walk, all in words; stops at one address follow each other."""

    address: str
    name: str
    about: str  # 男　9 岁
    group: str
    risk: str
    carer: str
    phone: str
    due: str
    last: str
    finding: str


@dataclass(frozen=True)
class RouteSheet:
    """A walk: `code` is the text of the symbol, to which the number of the page is added."""

    station: str
    village: str
    day: str
    code: str
    stops: tuple[RouteStop, ...]
    printed_by: str = ""
    printed_at: datetime | None = None


@dataclass(frozen=True)
class RoutePaper:
    """The file, and how many of the stops stand on each page."""

    pdf: bytes
    stops_by_page: tuple[int, ...]


def code_of_page(code: str, page: int) -> str:
    """Return the text of the symbol on a page."""
    return f"{code}.{page}"


def print_route(sheet: RouteSheet) -> RoutePaper:
    """The walk as a PDF/A-2b file."""
    typesetter = Typesetter()
    rows = _rows(sheet.stops, typesetter)
    table = Table(SHEET.measure, (_heads(typesetter), *rows), head=1)
    pages = lay_out([table], SHEET)
    press = Press()
    press.bookmark(f"{sheet.village}走访路线单")
    printed = f"{sheet.printed_at:%Y-%m-%d %H:%M}" if sheet.printed_at else ""
    watermark = " ".join(part for part in (sheet.printed_by, printed, CONFIDENTIAL) if part)
    print_pages(press, pages, SHEET, Furniture(watermark=watermark), _Head(sheet, typesetter).paint)
    imprint = Imprint(f"{sheet.village}走访路线单", sheet.station, sheet.day, made_at=sheet.printed_at)
    return RoutePaper(press.finish(imprint), _counts(pages))


def _counts(pages: Sequence[tuple[Placed, ...]]) -> tuple[int, ...]:
    """Return how many stops each page holds; rows are never split, so that each stands on one page."""
    return tuple(sum(len(placed.part.rows) - 1 for placed in page if placed.part is not None and placed.part.rows) for page in pages)


def _heads(typesetter: Typesetter) -> Row:
    return OfficeTable(typesetter, SHEET.measure).heads(HEADS, SHARES)


def _rows(stops: Sequence[RouteStop], typesetter: Typesetter) -> list[Row]:
    edges = [SHEET.measure * sum(SHARES[:count]) / sum(SHARES) for count in range(len(SHARES) + 1)]
    rows = []
    for number, stop in enumerate(stops):
        same = number > 0 and bool(stop.address) and stops[number - 1].address == stop.address
        blocks = _blocks(number + 1, stop, typesetter, [right - left - 6 for left, right in pairwise(edges)], same)
        cells = (Cell(edges[place], edges[place + 1] - edges[place], found) for place, found in enumerate(blocks))
        rows.append(Row(tuple(cells), whole=True))
    return rows


def _blocks(number: int, stop: RouteStop, typesetter: Typesetter, widths: Sequence[float], same: bool) -> list[tuple[Block, ...]]:
    """Return the texts of a row; a stop at the address of the one before says so, so that a page that begins with it still tells where."""
    address = f"{stop.address}\n（同上一户）" if same else stop.address or "（没有登记住址）"
    columns: list[list[tuple[str, TextStyle]]] = [
        [(str(number), LABEL)],
        [(address, LIST)],
        [(stop.name, NAME), (stop.about, SMALL)],
        [(stop.group, LIST), (stop.risk, LIST)],
        [(stop.carer, LIST), (stop.phone, LIST)],
        [(stop.due, LIST), (stop.last, SMALL)],
        [(stop.finding, SMALL)],
    ]
    set_blocks: list[tuple[Block, ...]] = [
        tuple(typesetter.set_text(text, style, width) for text, style in texts if text)
        for texts, width in zip(columns, widths, strict=False)
    ]
    return [*set_blocks, (Blank(LINES * LINE, LINE, ruled=True, width=widths[-1]),)]


class _Head:
    """Paints what stands above the table of every page."""

    def __init__(self, sheet: RouteSheet, typesetter: Typesetter) -> None:
        self._sheet, self._set = sheet, typesetter
        width = SHEET.measure - QR_SIDE - 8 * MM
        self._title = typesetter.set_balanced(f"{sheet.village}走访路线单", TITLE, width)
        blank = "_" * 16
        told = f"单位：{sheet.station}　　制单日期：{sheet.day}　　共 {len(sheet.stops)} 人　　走访人：{blank}　　同行人：{blank}"
        self._line = typesetter.set_text(told, HEAD, width)
        self._note = typesetter.set_text("走访后拍照或扫描，拖进“今日工作”，会自动归到每个人名下；记录以录入的走访表为准。", SMALL, width)
        self._width = width

    def paint(self, ink: Ink, page: int, pages: int) -> None:
        """Paint title, line and code."""
        top = SHEET.height - QR_TOP
        for block in (self._title, self._line, self._note):
            ink.block(block, SHEET.left, top, self._width)
            top -= block.height + 3
        symbol = encode(code_of_page(self._sheet.code, page))
        x, y = SHEET.width - SHEET.right - QR_SIDE, SHEET.height - QR_TOP - QR_SIDE
        quiet = QR_SIDE / symbol.size * 4
        ink.fill(x - quiet, y - quiet, QR_SIDE + 2 * quiet, QR_SIDE + 2 * quiet, 1.0)
        ink.symbol(symbol, x, y, QR_SIDE)

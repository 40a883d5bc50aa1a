"""Pages: elements flow down the type area; every page gets 第 x 页 共 y 页 and its watermark, the first the record's code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mzdesk.reports.ink import Ink
from mzdesk.reports.outlines import text_path
from mzdesk.reports.press import Press
from mzdesk.reports.qr import encode
from mzdesk.reports.table import Part, Table, flow, paint_part, static_key
from mzdesk.reports.text import Block, TextStyle

MM = 72 / 25.4
FOOT = TextStyle("song", 8, 10)
FOOT_RIGHT = TextStyle("song", 8, 10, "right")
FOOT_CENTER = TextStyle("song", 9, 11, "center")
WATERMARK_GREY = 0.92  # light enough that grey-scale printers and photocopies keep the text readable
WATERMARK_SIZE = 15.0
QR_SIDE = 19 * MM
TAIL_ROWS = 3  # rows of a table that go along with what closes it
QR_QUIET = 4  # modules of white around the symbol (ISO/IEC 18004 §6.3.8)


@dataclass(frozen=True)
class Paper:
    """A sheet and its type area, in points."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def measure(self) -> float:
        """Width of the type area."""
        return self.width - self.left - self.right

    @property
    def depth(self) -> float:
        """Height of the type area."""
        return self.height - self.top - self.bottom


A4_PORTRAIT = Paper(210 * MM, 297 * MM, 24 * MM, 24 * MM, 16 * MM, 19 * MM)
A4_LANDSCAPE = Paper(297 * MM, 210 * MM, 18 * MM, 18 * MM, 13 * MM, 16 * MM)


Decorate = Callable[[Ink, int, int], None]


@dataclass(frozen=True)
class Furniture:
    """What stands around the type area. `number` and `check` are printed in the foot, `code` is the QR payload, "" for none."""

    number: str = ""
    check: str = ""
    code: str = ""
    watermark: str = ""
    numbered: bool = True


# ---- elements ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Text:
    """A block in the type area, `inset` points from its left edge, with white space around."""

    block: Block
    width: float
    before: float = 0.0
    after: float = 0.0
    inset: float = 0.0


@dataclass(frozen=True, eq=False)
class Figure:
    """Something that paints itself, `height` points high: a chart, a letterhead, a stamp box. `paint(ink, x, top)`."""

    height: float
    paint: Callable[[Ink, float, float], None]


@dataclass(frozen=True, eq=False)
class Together:
    """Elements that stay on one page."""

    elements: tuple["Element", ...]


Element = Text | Figure | Table | Together


@dataclass(frozen=True, eq=False, slots=True)
class Placed:
    """An element on a page; `top` in points from the foot of the sheet."""

    element: Text | Figure | Table
    part: Part | None
    top: float


def lay_out(elements: Sequence[Element], paper: Paper) -> list[tuple[Placed, ...]]:
    """Distribute elements over pages."""
    pages: list[list[Placed]] = [[]]
    top = paper.height - paper.top
    floor = paper.bottom
    for element in elements:
        group = element.elements if isinstance(element, Together) else (element,)
        if isinstance(element, Together) and top - _height(group) < floor - 0.01 and pages[-1]:
            top = _page_for_tail(pages, paper)
        for single in group:
            top = _place(single, pages, top, paper)
    return [tuple(page) for page in pages]


def _page_for_tail(pages: list[list[Placed]], paper: Paper) -> float:
    """Open a page for a closing group, and bring the last rows of the table before it along: charts and signatures never stand alone."""
    top = paper.height - paper.top
    last = pages[-1][-1]
    pages.append([])
    if not isinstance(last.element, Table) or last.part is None:
        return top
    table, part = last.element, last.part
    if len(part.rows) - table.head <= 2 * TAIL_ROWS or any(cell.rows > 1 for row in part.rows[table.head :] for cell in row.cells):
        return top
    cut = len(part.rows) - TAIL_ROWS
    head = slice(0, table.head)
    pages[-2][-1] = Placed(table, Part(part.rows[:cut], part.heights[:cut]), last.top)
    tail = Part(part.rows[head] + part.rows[cut:], part.heights[head] + part.heights[cut:])
    pages[-1].append(Placed(table, tail, top))
    return top - tail.height


def _height(elements: Sequence[Element]) -> float:
    return sum(_element_height(element) for element in elements)


def _element_height(element: Element) -> float:
    if isinstance(element, Text):
        return element.before + element.block.height + element.after
    if isinstance(element, Figure):
        return element.height
    if isinstance(element, Table):
        return flow(element, 1e9, 1e9)[0].height
    return _height(element.elements)


def _place(element: Element, pages: list[list[Placed]], top: float, paper: Paper) -> float:
    """Place one element, opening pages as needed; returns the new top."""
    if isinstance(element, Table):
        return _place_table(element, pages, top, paper)
    if isinstance(element, Text):
        return _place_text(element, pages, top, paper)
    if isinstance(element, Together):
        raise TypeError("groups do not nest")
    if top - element.height < paper.bottom - 0.01 and pages[-1]:
        pages.append([])
        top = paper.height - paper.top
    pages[-1].append(Placed(element, None, top))
    return top - element.height


def _place_table(table: Table, pages: list[list[Placed]], top: float, paper: Paper) -> float:
    parts = flow(table, top - paper.bottom, paper.depth)
    for index, part in enumerate(parts):
        if index:
            pages.append([])
            top = paper.height - paper.top
        if part.rows:
            pages[-1].append(Placed(table, part, top))
            top -= part.height
    return top


def _place_text(text: Text, pages: list[list[Placed]], top: float, paper: Paper) -> float:
    top -= text.before
    block: Block | None = text.block
    while block is not None:
        lines = round(block.height / block.step)
        fit = int((top - paper.bottom + 0.01) / block.step)
        rest: Block | None = None
        if fit < lines:
            if fit == 0 and not pages[-1]:
                fit = lines  # taller than the sheet: better over the edge than never
            elif fit < 2 or lines - fit < 2:
                fit = 0 if lines <= 3 or fit < 2 else lines - 2
            if 0 < fit < lines:
                block, rest = block.split(fit)
            elif fit == 0:
                pages.append([])
                top = paper.height - paper.top
                continue
        pages[-1].append(Placed(Text(block, text.width, inset=text.inset), None, top))
        top -= block.height
        block = rest
        if rest is not None:
            pages.append([])
            top = paper.height - paper.top
    return top - text.after


# ---- painting ------------------------------------------------------------------------------------------------------------------


def print_pages(
    press: Press, pages: Sequence[tuple[Placed, ...]], paper: Paper, furniture: Furniture, decorate: Decorate | None = None
) -> None:
    """Paint laid-out pages onto the press; `decorate(ink, page, pages)` adds what a kind of paper has of its own."""
    for index, placed in enumerate(pages):
        ink = Ink(press.supplies)
        if furniture.watermark:
            ink.form(_watermark(press, furniture.watermark, paper))
        for item in placed:
            _paint(press, item, paper, ink)
        _paint_foot(ink, paper, furniture, index + 1, len(pages))
        if furniture.code and index == 0:
            _paint_code(ink, paper, furniture.code)
        if decorate is not None:
            decorate(ink, index + 1, len(pages))
        press.page(ink, (paper.width, paper.height))


def _paint(press: Press, item: Placed, paper: Paper, ink: Ink) -> None:
    element = item.element
    if isinstance(element, Text):
        ink.block(element.block, paper.left + element.inset, item.top, element.width)
    elif isinstance(element, Figure):
        element.paint(ink, paper.left, item.top)
    elif item.part is not None:
        _paint_table(press, element, item.part, item.top, paper, ink)


def _paint_table(press: Press, table: Table, part: Part, top: float, paper: Paper, ink: Ink) -> None:
    if not press.share:
        paint_part(part, table, paper.left, top, ink, ink)
        return
    key = static_key(part, top)

    def paint(static: Ink) -> None:
        paint_part(part, table, paper.left, top, static, None)

    ink.form(press.form(key, (paper.width, paper.height), paint, keep=part))
    paint_part(part, table, paper.left, top, None, ink)


def _paint_foot(ink: Ink, paper: Paper, furniture: Furniture, page: int, pages: int) -> None:
    top = paper.bottom - 16
    if furniture.numbered:
        ink.plain(f"第 {page} 页　共 {pages} 页", FOOT_CENTER, paper.left, top, paper.measure)
    if furniture.number:
        ink.plain(f"编号：{furniture.number}", FOOT, paper.left, top, paper.measure)
    if furniture.check:
        ink.plain(furniture.check, FOOT_RIGHT, paper.left, top, paper.measure)


def _paint_code(ink: Ink, paper: Paper, code: str) -> None:
    """The QR symbol in the upper right corner of the type area, with a white quiet zone over the watermark."""
    symbol = encode(code)
    quiet = QR_SIDE / symbol.size * QR_QUIET
    x, y = paper.width - paper.right - QR_SIDE, paper.height - 14 * MM - QR_SIDE
    ink.fill(x - quiet, y - quiet / 2, QR_SIDE + 2 * quiet, QR_SIDE + 2 * quiet, 1.0)
    ink.symbol(symbol, x, y, QR_SIDE)


def _watermark(press: Press, text: str, paper: Paper) -> str:
    """The form that carries the watermark of a job, drawn as paths so that extracted text stays clean."""

    def paint_tiles(ink: Ink) -> None:
        path, width = text_path(text, "hei", WATERMARK_SIZE)

        def paint_line(below: Ink) -> None:
            below.ops.append(f"{WATERMARK_GREY} g 1 0 0 1 0 {WATERMARK_SIZE / 3:g} cm {path} f")

        line = press.form(("watermark line", text), (width + 1, WATERMARK_SIZE * 1.5), paint_line)
        for x, y in _tiles(width, paper):
            ink.form(line, f"0.819 0.574 -0.574 0.819 {x:.0f} {y:.0f}")

    return press.form(("watermark", text, paper), (paper.width, paper.height), paint_tiles)


def _tiles(width: float, paper: Paper) -> list[tuple[float, float]]:
    """Where the watermark stands: rows of lines, every other row shifted."""
    step_x, step_y = max(width * 0.9 + 60, 250.0), 175.0
    places: list[tuple[float, float]] = []
    row, y = 0, 40.0
    while y < paper.height:
        x = -80.0 if row % 2 else 35.0
        while x < paper.width:
            places.append((x, y))
            x += step_x
        row, y = row + 1, y + step_y
    return places

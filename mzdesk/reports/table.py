"""Form tables: rows of freely placed cells that flow over pages; every part is closed by rules, and a continued label says（续）."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mzdesk.reports.ink import Ink
from mzdesk.reports.text import Blank, Block, ChoiceBlock, TextBlock, TextStyle, Typesetter

OUTER, INNER = 1.2, 0.6  # weights of the frame and of the inner rules, in points
PAD_X, PAD_Y = 3.0, 3.5  # white space between a rule and the text, in points
CONTINUED = "（续）"
LEAST_LINES = 2  # a split cell keeps at least this many lines on both pages
CONTINUED_STYLE = TextStyle("hei", 9, 12, "center")


@dataclass(eq=False, slots=True)
class Cell:
    """Never changed once made. A cell at `x`, `width` points wide, over `rows` rows. A `static` cell is part of the blank form."""

    x: float
    width: float
    blocks: tuple[Block, ...] = ()
    rows: int = 1
    static: bool = False
    label: bool = False
    middle: bool = True
    grey: float | None = None
    pad_x: float = PAD_X
    pad_y: float = PAD_Y
    needed: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        needed = 2 * self.pad_y
        for block in self.blocks:
            needed += block.height
        self.needed = needed

    @property
    def inner(self) -> float:
        """Width of the text column."""
        return self.width - 2 * self.pad_x


@dataclass(eq=False, slots=True)
class Row:
    """Cells from left to right, never changed. `least` is the least height; `with_next` keeps a heading with what follows.

    `whole` forbids a split; `new_page` begins a page; `carry` are heading rows that return above this row where it begins a page.
    """

    cells: tuple[Cell, ...]
    least: float = 0.0
    with_next: bool = False
    whole: bool = False
    carry: tuple["Row", ...] = ()
    new_page: bool = False
    needed: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        needed = 0.0
        for cell in self.cells:
            if cell.rows == 1 and cell.needed > needed:
                needed = cell.needed
        self.needed = needed

    @property
    def height(self) -> float:
        return self.least if self.least > self.needed else self.needed


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """The rows of a table on one page, with their heights."""

    rows: tuple[Row, ...]
    heights: tuple[float, ...]

    @property
    def height(self) -> float:
        return sum(self.heights)


@dataclass(frozen=True, eq=False)
class Table:
    """A table of `width` points. `head` rows are repeated on every page."""

    width: float
    rows: tuple[Row, ...]
    head: int = 0
    outer: float = OUTER
    inner: float = INNER


def flow(table: Table, first_room: float, room: float) -> list[Part]:
    """Cut a table into parts: the first has `first_room` points of height, every other `room`. An empty first part: start on a new page."""
    heights = row_heights(table.rows)
    if sum(heights) <= first_room + 0.01 and not any(row.new_page for row in table.rows):
        return [Part(table.rows, tuple(heights))]
    return list(_Flow(table, heights).parts(first_room, room))


def row_heights(rows: Sequence[Row]) -> list[float]:
    """Heights of rows; what a cell over several rows needs beyond them is given to its last row."""
    heights = [row.height for row in rows]
    for index, row in enumerate(rows):
        for cell in row.cells:
            if cell.rows > 1:
                last = min(index + cell.rows, len(rows))
                lacking = cell.needed - sum(heights[index:last])
                if lacking > 0:
                    heights[last - 1] += lacking
    return heights


class _Flow:
    """The state of one flow: rows still to place, and the labels that span them."""

    def __init__(self, table: Table, heights: Sequence[float]) -> None:
        self._head = list(table.rows[: table.head])
        self._queue = list(table.rows[table.head :])
        self._head_height = sum(heights[: table.head])

    def parts(self, first_room: float, room: float) -> Iterator[Part]:
        room_now, first = first_room, True
        while self._queue:
            if not first and self._queue[0].carry:
                self._queue[0:0] = self._queue[0].carry
            first = False
            taken = self._take(room_now - self._head_height, room - self._head_height)
            if taken:
                rows = tuple(self._head + taken)
                yield Part(rows, tuple(row_heights(rows)))
            else:
                yield Part((), ())
            room_now = room

    def _take(self, room: float, full: float) -> list[Row]:
        """The rows of the next part."""
        taken: list[Row] = []
        heights: list[float] = []
        left = room
        fresh = room >= full - 0.01
        while self._queue:
            row = self._queue[0]
            if row.new_page:
                self._queue[0] = row = replace(row, new_page=False)
                if taken:
                    break
            height = self._height_at_front()
            if height + self._follower(row) <= left + 0.01:
                taken.append(self._queue.pop(0))
                heights.append(height)
                left -= height
                continue
            pieces = split_row(row, left) if not row.whole or row.height > full else None
            if pieces is None and fresh and not taken:
                pieces = split_row(row, left, least=1)
                if pieces is None:
                    taken.append(self._queue.pop(0))
                    break
            if pieces is not None:
                taken.append(pieces[0])
                self._queue[0] = pieces[1]
                break
            while taken and taken[-1].with_next and not (fresh and len(taken) == 1):
                self._queue.insert(0, taken.pop())
            break
        self._continue_spans(taken)
        return taken

    def _height_at_front(self) -> float:
        row = self._queue[0]
        spanning = max((cell.needed for cell in row.cells if cell.rows > 1), default=0.0)
        rows = max((cell.rows for cell in row.cells), default=1)
        if rows == 1:
            return row.height
        following = sum(other.height for other in self._queue[1:rows])
        return max(row.height, spanning - following)

    def _follower(self, row: Row) -> float:
        """What must still fit below a heading: the start of the next row."""
        if not row.with_next or len(self._queue) < 2:
            return 0.0
        following = self._queue[1]
        if following.whole or split_row(following, following.height - 1) is None:
            return following.height
        return min(
            following.height, 2 * PAD_Y + LEAST_LINES * max((block.step for cell in following.cells for block in cell.blocks), default=0)
        )

    def _continue_spans(self, taken: list[Row]) -> None:
        """Cut a cell that spans beyond the page: shorter here, repeated with（续）at the head of the next part."""
        if not self._queue:
            return
        carried: list[Cell] = []
        for index, row in enumerate(taken):
            here = len(taken) - index
            over = [cell for cell in row.cells if cell.rows > here]
            if over:
                kept = tuple(replace(cell, rows=here) if cell in over else cell for cell in row.cells)
                taken[index] = replace(row, cells=kept)
                carried += [continued(replace(cell, rows=cell.rows - here)) for cell in over]
        if carried:
            first = self._queue[0]
            cells = sorted((*carried, *first.cells), key=lambda cell: cell.x)
            self._queue[0] = replace(first, cells=tuple(cells))


def continued(cell: Cell) -> Cell:
    """The cell as it is repeated on the next page."""
    texts = [block for block in cell.blocks if isinstance(block, TextBlock)]
    if not texts or any(line.text == CONTINUED for block in texts for line in block.lines):
        return cell
    style = texts[-1].style
    mark = Typesetter().set_text(CONTINUED, style, max(cell.inner, 3 * style.size))
    return replace(cell, blocks=(*cell.blocks, mark))


def split_row(row: Row, room: float, least: int = LEAST_LINES) -> tuple[Row, Row] | None:
    """Split a row so that its first part is at most `room` high; None where nothing sensible fits or there is nothing to split."""
    if room < row.least or row.height <= room:
        return None
    upper, lower = [], []
    for cell in row.cells:
        if cell.label:
            if cell.needed > room:
                return None
            upper.append(cell)
            lower.append(continued(cell))
            continue
        halves = split_cell(cell, room, least)
        if halves is None:
            return None
        upper.append(halves[0])
        lower.append(halves[1])
    if not any(cell.blocks for cell in lower if not cell.label):
        return None
    return replace(row, cells=tuple(upper), with_next=False), replace(row, cells=tuple(lower), least=0.0)


def split_cell(cell: Cell, room: float, least: int) -> tuple[Cell, Cell] | None:
    """Split the blocks of a cell at a line; a cell that fits stays whole above."""
    if cell.needed <= room:
        return cell, replace(cell, blocks=())
    left = room - 2 * cell.pad_y
    above: list[Block] = []
    below = list(cell.blocks)
    while below and below[0].height <= left + 0.01:
        left -= below[0].height
        above.append(below.pop(0))
    block = below[0]
    lines = round(block.height / block.step)
    count = int((left + 0.01) / block.step)
    if lines - count < least:
        count = lines - least
    if count >= least or (count >= 1 and above):
        upper, lower = block.split(count)
        above.append(upper)
        below[0] = lower
    elif not above:
        return None
    return replace(cell, blocks=tuple(above)), replace(cell, blocks=tuple(below), middle=cell.middle)


def paint_part(part: Part, table: Table, x: float, top: float, static: Ink | None, ink: Ink | None) -> None:
    """Paint rules, fills and static cells into `static`, answers into `ink`; one Ink for both keeps the reading order, None leaves out."""
    tops = _tops(part, top)
    for index, row in enumerate(part.rows):
        for cell in row.cells:
            if static is not None or not cell.static:
                height = tops[index] - tops[min(index + cell.rows, len(part.rows))]
                _paint_cell(cell, x + cell.x, tops[index], height, static, ink)
    if static is not None:
        _paint_rules(part, table, x, tops, static)


def _tops(part: Part, top: float) -> list[float]:
    tops = [top]
    for height in part.heights:
        tops.append(tops[-1] - height)
    return tops


def _paint_cell(cell: Cell, x: float, top: float, height: float, static: Ink | None, ink: Ink | None) -> None:
    if cell.grey is not None and static is not None:
        static.fill(x, top - height, cell.width, height, cell.grey)
    free = height - cell.needed
    at = top - cell.pad_y - (free / 2 if cell.middle and free > 0 else 0.0)
    for block in cell.blocks:
        if isinstance(block, ChoiceBlock) and not cell.static and static is not ink:
            if static is not None:
                static.choice_frame(block, x + cell.pad_x, at)
            if ink is not None:
                ink.ticks(block, x + cell.pad_x, at)
        else:
            target = static if cell.static else ink
            if target is not None:
                target.block(block, x + cell.pad_x, at, cell.inner)
        at -= block.height


def _paint_rules(part: Part, table: Table, x: float, tops: list[float], static: Ink) -> None:
    if not part.rows or not table.inner:
        return
    bottoms: dict[float, set[tuple[float, float]]] = {}
    sides: dict[float, set[tuple[float, float]]] = {}
    for index, row in enumerate(part.rows):
        for cell in row.cells:
            low = tops[min(index + cell.rows, len(part.rows))]
            left, right = x + cell.x, x + cell.x + cell.width
            if low > tops[-1] + 0.01:
                bottoms.setdefault(low, set()).add((left, right))
            if cell.x > 0.01:
                sides.setdefault(round(left, 2), set()).add((low, tops[index]))
    flat = [(a, y, b, y) for y, spans in bottoms.items() for a, b in _merged(spans)]
    upright = [(at, a, at, b) for at, spans in sides.items() for a, b in _merged(spans)]
    static.rules(flat + upright, table.inner)
    static.frame(x, tops[-1], table.width, tops[0] - tops[-1], table.outer)


def _merged(spans: set[tuple[float, float]]) -> list[tuple[float, float]]:
    out: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + 0.05:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def static_key(part: Part, top: float) -> tuple[object, ...]:
    """What the static layer of a part depends on: the geometry, and the blocks that are printed on the blank form."""
    key: list[object] = [top, *part.heights]
    for row in part.rows:
        for cell in row.cells:
            key += (cell.x, cell.width, cell.rows)
            for block in cell.blocks:
                if cell.static:
                    key.append(block if isinstance(block, Blank) else id(block))
                elif isinstance(block, ChoiceBlock):
                    key += (id(block.frame), block.first, block.height, cell.needed)
    return tuple(key)

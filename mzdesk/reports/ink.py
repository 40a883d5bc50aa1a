"""Content streams: set text, rules, boxes and fills as PDF operators; one Ink is one page or one reusable form."""

import re
from collections.abc import Iterable, Iterator

from mzdesk.reports.embedding import CodeTable
from mzdesk.reports.fonts import Face, chain
from mzdesk.reports.linebreak import CLOSING, GIVE, HALF, PAIR, WORD, Line
from mzdesk.reports.pictures import Picture
from mzdesk.reports.qr import Symbol
from mzdesk.reports.text import BASELINE, BOX_WIDTH, Blank, Block, ChoiceBlock, PlacedOption, TextBlock, TextStyle, hangs

MOST_STRETCH = 0.12  # em: a gap that would open wider is left ragged instead
_WORDS = re.compile(f"({WORD})")
BOX_SIDE = 0.78


class Supplies(dict[Face, tuple[str, CodeTable]]):
    """What the pages of one file draw on: faces with resource name and codes, and pictures with their resource names."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: dict[Picture, str] = {}
        self.painted: dict[tuple[int, float, float, float], tuple[TextBlock, list[str]]] = {}

    def __missing__(self, face: Face) -> tuple[str, CodeTable]:
        entry = self[face] = (f"F{len(self)}", CodeTable())
        return entry

    def picture(self, picture: Picture) -> str:
        """The resource name of a picture."""
        return self.pictures.setdefault(picture, f"P{len(self.pictures)}")


class Ink:
    """Collects operators in painting order."""

    def __init__(self, supplies: Supplies) -> None:
        self.supplies = supplies
        self.ops: list[str] = []
        self.forms: set[str] = set()

    def stream(self) -> bytes:
        """The operators as bytes."""
        return "\n".join(self.ops).encode("latin-1")

    # ---- lines and areas -------------------------------------------------------------------------------------------------------

    def fill(self, x: float, y: float, width: float, height: float, grey: float) -> None:
        """Fill a rectangle whose lower left corner is (x, y)."""
        self.ops.append(f"{grey:g} g {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f 0 g")

    def rules(self, segments: Iterable[tuple[float, float, float, float]], weight: float) -> None:
        """Stroke straight lines of one weight in points."""
        path = " ".join(f"{x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l" for x0, y0, x1, y1 in segments)
        if path:
            self.ops.append(f"{weight:g} w {path} S")

    def frame(self, x: float, y: float, width: float, height: float, weight: float) -> None:
        """Stroke a rectangle."""
        self.ops.append(f"{weight:g} w {x:.2f} {y:.2f} {width:.2f} {height:.2f} re S")

    def form(self, name: str, matrix: str = "") -> None:
        """Paint a reusable form, moved and turned by a matrix of six numbers."""
        self.forms.add(name)
        self.ops.append(f"q {matrix} cm /{name} Do Q" if matrix else f"/{name} Do")

    def symbol(self, symbol: Symbol, x: float, y: float, side: float) -> None:
        """Paint a QR symbol, one bit a module, as an image mask whose lower left corner is (x, y)."""
        image = f"BI/W {symbol.size}/H {symbol.size}/IM true/D[1 0]/F/AHx ID {symbol.packed().hex()}> EI"
        self.ops.append(f"q {side:.2f} 0 0 {side:.2f} {x:.2f} {y:.2f} cm {image} Q")

    # ---- blocks ----------------------------------------------------------------------------------------------------------------

    def block(self, block: Block, x: float, top: float, width: float) -> None:
        """Paint a block whose top left corner is (x, top) into a column of `width` points."""
        if isinstance(block, TextBlock):
            self.text(block, x, top, width)
        elif isinstance(block, ChoiceBlock):
            self.choices(block, x, top)
        elif isinstance(block, Picture):
            name = self.supplies.picture(block)
            self.ops.append(f"q {block.width:.2f} 0 0 {block.height:.2f} {x:.2f} {top - block.height:.2f} cm /{name} Do Q")
        else:
            self.blank(block, x, top, width)

    def blank(self, block: Blank, x: float, top: float, width: float) -> None:
        """Paint the lines to write on, if there are any."""
        if block.ruled:
            rows = int(block.height / block.step + 0.01)
            self.rules(((x, top - row * block.step + 4, x + width, top - row * block.step + 4) for row in range(1, rows + 1)), 0.4)

    def text(self, block: TextBlock, x: float, top: float, width: float) -> None:
        """Paint set lines. What a kept block looked like at a place is remembered: most of a thousand pages is alike."""
        if not block.kept:
            self.ops += self._painted(block, x, top, width)
            return
        key = (id(block), x, top, width)
        known = self.supplies.painted.get(key)
        if known is None:
            known = self.supplies.painted[key] = (block, self._painted(block, x, top, width))
        self.ops += known[1]

    def _painted(self, block: TextBlock, x: float, top: float, width: float) -> list[str]:
        style = block.style
        size = style.size
        y = top - (style.leading - size) / 2 - BASELINE * size
        out: list[str] = []
        at_x = at_y = 0.0
        for line in block.lines:
            if line.text:
                left = x + _line_offset(line, style, width)
                out.append(f"{left - at_x:.2f} {y - at_y:.2f} Td")
                at_x, at_y = left, y
                self._show(line, style, out)
            y -= style.leading
        if not out:
            return []
        grey = (f"{style.grey:g} g ", " 0 g") if style.grey else ("", "")
        ops = [f"{grey[0]}BT {' '.join(out)} ET{grey[1]}"]
        if style.strike:
            ops.append(_strike(block, x, top, width))
        return ops

    def plain(self, text: str, style: TextStyle, x: float, top: float, width: float) -> None:
        """Paint one unbroken line in a column of `width` points."""
        natural = 0.0 if style.align == "left" else chain(style.role).width(text)
        self.text(TextBlock(style, (Line(text, natural, 0.0, width / style.size, True),)), x, top, width)

    def choice_frame(self, block: ChoiceBlock, x: float, top: float) -> None:
        """Paint the empty boxes and labels."""
        for placed, line_top in _options_of(block, top):
            self._option(placed, block.style, x, line_top)

    def ticks(self, block: ChoiceBlock, x: float, top: float) -> None:
        """Paint the ticks of the chosen options."""
        for placed, line_top in _options_of(block, top):
            if placed.box and placed.index in block.chosen:
                self._tick(block.style, x + placed.x, line_top)

    def choices(self, block: ChoiceBlock, x: float, top: float) -> None:
        """Paint boxes, ticks and labels in reading order."""
        for placed, line_top in _options_of(block, top):
            if placed.box and placed.index in block.chosen:
                self._tick(block.style, x + placed.x, line_top)
            self._option(placed, block.style, x, line_top)

    def _option(self, placed: PlacedOption, style: TextStyle, x: float, top: float) -> None:
        size = style.size
        if placed.box:
            left, low = _box_corner(x + placed.x, top, style)
            self.ops.append(f"0.7 w {left:.2f} {low:.2f} {BOX_SIDE * size:.2f} {BOX_SIDE * size:.2f} re S")
        self.text(TextBlock(style, (placed.label,)), x + placed.x + BOX_WIDTH * size, top, placed.label.room * size)

    def _tick(self, style: TextStyle, x: float, top: float) -> None:
        """A tick, and an invisible ☑ below it that copies as text."""
        size = style.size
        left, low = _box_corner(x, top, style)
        name, codes = self.supplies[chain(style.role).first]
        side = BOX_SIDE * size
        points = [(left + side * dx, low + side * dy) for dx, dy in ((0.16, 0.5), (0.42, 0.2), (0.86, 0.84))]
        path = "{:.2f} {:.2f} m {:.2f} {:.2f} l {:.2f} {:.2f} l".format(*(value for point in points for value in point))
        self.ops.append(f"BT /{name} {size:g} Tf 3 Tr {left:.2f} {low + 0.02 * size:.2f} Td ({codes['☑']})Tj 0 Tr ET 1.1 w {path} S")

    # ---- one line --------------------------------------------------------------------------------------------------------------

    def _show(self, line: Line, style: TextStyle, out: list[str]) -> None:
        faces = chain(style.role)
        gap, give, squeeze = _fitting(line, style)
        if faces.covers(line.text):
            self._show_run(faces.first, line.text, style.size, gap, give, squeeze, out)
            return
        for run in faces.runs(line.text):
            self._show_run(run.face, run.text, style.size, gap, give, squeeze, out)

    def _show_run(self, face: Face, text: str, size: float, gap: float, give: float, squeeze: float, out: list[str]) -> None:
        name, codes = self.supplies[face]
        out.append(f"/{name} {size:g} Tf")
        spacing = (gap - squeeze) * size
        if not gap:
            out.append(f"{spacing:.3f} Tc {_shown(text, codes, give)}")
            return
        for piece, stretched in _stretches(text):
            out.append(f"{spacing if stretched else 0:.3f} Tc {_shown(piece, codes, give)}")


def _strike(block: TextBlock, x: float, top: float, width: float) -> str:
    """A line through every line of the block."""
    style = block.style
    path = []
    for index, line in enumerate(block.lines):
        if line.text:
            y = top - (index + 0.5) * style.leading
            left = x + _line_offset(line, style, width)
            path.append(f"{left:.2f} {y:.2f} m {left + min(line.natural * style.size, width):.2f} {y:.2f} l")
    return f"0.6 w {' '.join(path)} S"


def _line_offset(line: Line, style: TextStyle, width: float) -> float:
    """Where a line starts within its column, in points."""
    size = style.size
    if style.align == "left":
        return line.indent * size
    free = max(width - min(line.natural, line.room) * size, 0.0)
    return free / 2 if style.align == "center" else free


def _fitting(line: Line, style: TextStyle) -> tuple[float, float, float]:
    """How a line is fitted to its room: (stretch of every gap, give of every closing mark, squeeze of every character), in em."""
    over = line.natural - line.room
    if over <= 1e-6:
        if not style.justify or line.final:
            return 0.0, 0.0, 0.0
        gaps = len(line.text) - 1 - sum(len(word) - 1 for word in _WORDS.findall(line.text))
        gap = -over / gaps if gaps > 0 else 0.0
        return (gap if gap <= MOST_STRETCH else 0.0), 0.0, 0.0
    over -= hangs(line)
    if over <= 1e-6:
        return 0.0, 0.0, 0.0
    marks = sum(character in CLOSING for character in line.text[:-1])
    give = min(over / marks, GIVE) if marks else 0.0
    left = over - give * marks
    return 0.0, give, left / len(line.text) if left > 1e-6 else 0.0


def _stretches(text: str) -> list[tuple[str, bool]]:
    """Pieces of a justified line: inside a word nothing is stretched, after its last character the gap opens again."""
    pieces: list[tuple[str, bool]] = []
    pending = ""
    for index, part in enumerate(_WORDS.split(text)):
        if index % 2 and len(part) > 1:
            if pending:
                pieces.append((pending, True))
            pieces.append((part[:-1], False))
            pending = part[-1]
        else:
            pending += part
    if pending:
        pieces.append((pending, True))
    return pieces


def _shown(text: str, codes: CodeTable, give: float) -> str:
    """The show operator, with adjacent marks half an em closer and `give` em taken after every closing mark before another character."""
    if not give and PAIR.search(text) is None:
        return f"({''.join(map(codes.__getitem__, text))})Tj"
    kerns = {match.start(): HALF for match in PAIR.finditer(text)}
    if give:
        for at, character in enumerate(text[:-1], 1):
            if character in CLOSING:
                kerns[at] = min(kerns.get(at, 0.0) + give, HALF + GIVE)
    out, start = [], 0
    for at in sorted(kerns):
        out.append(f"({''.join(map(codes.__getitem__, text[start:at]))}){round(kerns[at] * 1000)}")
        start = at
    return f"[{''.join(out)}({''.join(map(codes.__getitem__, text[start:]))})]TJ"


def _options_of(block: ChoiceBlock, top: float) -> Iterator[tuple[PlacedOption, float]]:
    """The options that this (part of a) block shows, with the top of their lines."""
    for placed in block.frame.placed:
        row = placed.line - block.first
        if 0 <= row < block.rows:
            yield placed, top - row * block.style.leading


def _box_corner(x: float, line_top: float, style: TextStyle) -> tuple[float, float]:
    """Lower left corner of a check box on a line."""
    baseline = line_top - (style.leading - style.size) / 2 - BASELINE * style.size
    return x + 0.06 * style.size, baseline - 0.02 * style.size

"""Text blocks: a style and a width turn a text into set lines; nothing here knows about PDF."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from mzdesk.reports.fonts import Chain, chain, clean
from mzdesk.reports.linebreak import CLOSING, Line, break_lines, chunks, pair_kerns
from mzdesk.reports.pictures import Picture

Align = Literal["left", "center", "right"]
BASELINE = 0.88  # the ideographic em box hangs .88 em above the baseline (OpenType `ideo`/`idtp` of the shipped faces)
CACHED_LENGTH = 40
CACHED_BLOCKS = 20_000
OPTION_GAP = 0.8  # em between options
BOX_WIDTH = 1.15  # em from a check box's left edge to its label


@dataclass(frozen=True, eq=False)
class TextStyle:
    """How a text is set: role of the face, size and leading in points, first-line indent in em, ink as a grey (0 black)."""

    role: str = "song"
    size: float = 11.0
    leading: float = 15.0
    align: Align = "left"
    indent: float = 0.0
    justify: bool = False
    strike: bool = False
    grey: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class TextBlock:
    """Set lines; `height` in points is lines × leading. A `kept` block is shared by all that show the same text at the same width."""

    style: TextStyle
    lines: tuple[Line, ...]
    kept: bool = False

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading

    @property
    def step(self) -> float:
        """Height of one line, the unit by which a block may be split."""
        return self.style.leading

    def split(self, count: int) -> tuple["TextBlock", "TextBlock"]:
        """The first `count` lines and the rest."""
        return TextBlock(self.style, self.lines[:count]), TextBlock(self.style, self.lines[count:])


@dataclass(frozen=True, slots=True)
class Option:
    """One choice on paper."""

    label: str
    chosen: bool


@dataclass(frozen=True, eq=False, slots=True)
class PlacedOption:
    """A choice put on a line: `x` in points from the block's left edge, `label` a set line (a long label takes several)."""

    line: int
    x: float
    label: Line
    box: bool
    index: int


@dataclass(frozen=True, eq=False, slots=True)
class ChoiceFrame:
    """Where the options of a question stand for one width; shared by every answer to it."""

    style: TextStyle
    placed: tuple[PlacedOption, ...]
    rows: int
    width: float


@dataclass(frozen=True, eq=False, slots=True)
class ChoiceBlock:
    """All options of a question with vector check boxes, the chosen ones ticked; an option never breaks inside unless it must."""

    frame: ChoiceFrame
    chosen: frozenset[int]
    first: int = 0
    count: int = -1

    @property
    def style(self) -> TextStyle:
        return self.frame.style

    @property
    def rows(self) -> int:
        return self.frame.rows - self.first if self.count < 0 else self.count

    @property
    def height(self) -> float:
        return self.rows * self.style.leading

    @property
    def step(self) -> float:
        return self.style.leading

    def split(self, count: int) -> tuple["ChoiceBlock", "ChoiceBlock"]:
        """The first `count` lines of options and the rest."""
        return (
            ChoiceBlock(self.frame, self.chosen, self.first, count),
            ChoiceBlock(self.frame, self.chosen, self.first + count, self.rows - count),
        )


@dataclass(frozen=True, slots=True)
class Blank:
    """White space, or ruled lines to write on by hand where `ruled`."""

    height: float
    step: float = 24.0
    ruled: bool = False
    width: float = 0.0

    def split(self, count: int) -> tuple["Blank", "Blank"]:
        """The first `count` writing lines and the rest."""
        return (
            Blank(count * self.step, self.step, self.ruled, self.width),
            Blank(self.height - count * self.step, self.step, self.ruled, self.width),
        )


Block = TextBlock | ChoiceBlock | Blank | Picture


class ChunkWidths(dict[str, float]):
    """Width in em of every chunk met, adjacent marks squeezed."""

    def __init__(self, of: Chain) -> None:
        super().__init__()
        self._chain = of

    def __missing__(self, chunk: str) -> float:
        width = self._chain.width(chunk) - pair_kerns(chunk)
        if len(chunk) <= CACHED_LENGTH:
            self[chunk] = width
        return width


@cache
def widths(role: str) -> ChunkWidths:
    """The chunk widths of a role, kept for the session."""
    return ChunkWidths(chain(role))


class Typesetter:
    """Sets texts and options; short blocks are kept, so that the labels of a thousand copies of a form are set once."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, TextStyle, float], TextBlock] = {}
        self._frames: dict[tuple[tuple[str, ...], TextStyle, float], ChoiceFrame] = {}

    def set_text(self, text: str, style: TextStyle, width: float, keep: bool = False) -> TextBlock:
        """Set a text into a column of `width` points; an empty text is one empty line. `keep` keeps a long text too: it will come again."""
        if len(text) > CACHED_LENGTH and not keep:
            return self._set(text, style, width)
        key = (text, style, width)
        block = self._texts.get(key)
        if block is None:
            if len(self._texts) > CACHED_BLOCKS:
                self._texts.clear()
            block = self._texts[key] = replace(self._set(text, style, width), kept=True)
        return block

    def set_balanced(self, text: str, style: TextStyle, width: float) -> TextBlock:
        """Set a label: a remark in brackets on a line of its own where that costs none, and lines of like length."""
        key = (text, style, -width)
        block = self._texts.get(key)
        if block is None:
            block = self._texts[key] = replace(self._balanced(text, style, width), kept=True)
        return block

    def _balanced(self, text: str, style: TextStyle, width: float) -> TextBlock:
        block = self._set(text, style, width)
        if len(block.lines) < 2 or "\n" in text:
            return block
        bracketed = self._set(text.replace("（", "\n（", 1), style, width) if "（" in text[1:] else block
        if bracketed is not block and len(bracketed.lines) == len(block.lines):
            return bracketed
        narrower = width
        while narrower > 2 * style.size:
            narrower -= style.size / 2
            tried = self._set(text, style, narrower)
            if len(tried.lines) > len(block.lines) or any(line.natural > line.room + 0.01 for line in tried.lines):
                break
            block = tried
        return TextBlock(style, tuple(replace(line, room=width / style.size) for line in block.lines))

    @staticmethod
    def _set(text: str, style: TextStyle, width: float) -> TextBlock:
        measure = widths(style.role).__getitem__
        return TextBlock(style, tuple(break_lines(clean(text), measure, width / style.size, style.indent)))

    def set_options(self, options: Sequence[Option], style: TextStyle, width: float) -> ChoiceBlock:
        """Set check boxes with their labels into a column of `width` points, as many on a line as fit whole."""
        key = (tuple(option.label for option in options), style, width)
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = place_options(key[0], style, width)
        return ChoiceBlock(frame, frozenset(index for index, option in enumerate(options) if option.chosen))


def place_options(labels: Sequence[str], style: TextStyle, width: float) -> ChoiceFrame:
    """Put options on as few lines as they need; where it costs no line more, they stand in columns."""
    size, measure = style.size, widths(style.role).__getitem__
    gap, box = OPTION_GAP * size, BOX_WIDTH * size
    natural = [box + measure(clean(label)) * size for label in labels]
    column = _column_width(natural, gap, width)
    placed: list[PlacedOption] = []
    row = 0
    for index, (line, x) in enumerate(_option_places(natural, gap, width, column)):
        lines = break_lines(clean(labels[index]), measure, max((width - box - x) / size, 1.0))
        placed += [PlacedOption(line + row + below, x, text, below == 0, index) for below, text in enumerate(lines)]
        row += len(lines) - 1
    return ChoiceFrame(style, tuple(placed), placed[-1].line + 1 if placed else 1, width)


def _option_places(natural: Sequence[float], gap: float, width: float, column: float) -> list[tuple[int, float]]:
    """Line and left edge of every option; an option wider than the whole column has a line for itself."""
    places = []
    line, x = 0, 0.0
    for needed in natural:
        if x and x + needed > width + 0.01:
            line, x = line + 1, 0.0
        places.append((line, x))
        x += math.ceil((needed + gap) / column - 1e-6) * column if column else needed + gap
        if needed > width:
            x = width + gap
    return places


def _column_width(natural: Sequence[float], gap: float, width: float) -> float:
    """The width of columns in which options take no more lines than without, 0 where one line or no columns do better."""
    fewest = _option_places(natural, gap, width, 0.0)[-1][0] if natural else 0
    if not fewest or max(natural) > width:
        return 0.0
    for columns in range(8, 1, -1):
        column = (width + gap) / columns
        if _option_places(natural, gap, width, column)[-1][0] <= fewest:
            return column
    return 0.0


def word_width(text: str, role: str = "song") -> float:
    """The width in em of the widest piece of a text that must not be split."""
    measure = widths(role).__getitem__
    return max((measure(piece) for piece in chunks(text)), default=0.0)


def hangs(line: Line) -> float:
    """The blank half of a closing mark at the line's end, which may stand outside the measure (em)."""
    return 0.5 if line.text[-1:] in CLOSING and line.text else 0.0

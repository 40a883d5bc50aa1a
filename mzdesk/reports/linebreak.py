"""Chinese line breaking as pure functions; no line starts with a closing mark or ends with an opening one, and no number or word is split.

The rules are those of GB/T 15834-2011 §5.1 (marks at line edges) and of W3C CLREQ §3.1 (compression of adjacent marks).
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise

Measure = Callable[[str], float]

CLOSING = "，。、；：）》」』】〕〉〗”’"
OPENING = "（《「『【〔〈〖“‘"
NO_START = frozenset(CLOSING + "!%),.:;?]}¢°·†‡›℃‰‱々〞︶︺﹀﹂﹄！％．？］｝～…—–-/")
NO_END = frozenset(OPENING + "$([{£¥〝［｛￥")
PAIR = re.compile(f"(?<=[{CLOSING}])(?=[{CLOSING}{OPENING}])|(?<=[{OPENING}])(?=[{OPENING}])")
HALF = 0.5  # what a mark gives up beside another, or at the end of a line, in em
GIVE = 0.25  # what a mark inside a line gives up to bring one more character in, in em

_ALNUM = "0-9A-Za-z\u00c0-\u024f０-９Ａ-Ｚａ-ｚ"
WORD = f"[{_ALNUM}](?:[{_ALNUM}.,:/_@+*#&%'~\\-]*[{_ALNUM}*]|(?<=[0-9])[—–～](?=[0-9])[0-9.:]*)*"
_WORD = re.compile(WORD)
_OPEN = "[" + re.escape("".join(sorted(NO_END))) + "]"
_SHUT = "[" + re.escape("".join(sorted(NO_START))) + "]"
_CHUNK = re.compile(f"(?:^\\s+)?(?:{_OPEN}\\s*)*(?:{WORD}|\\S)(?:\\s*{_SHUT})*\\s*|\\s+")
_GLUED = re.compile(f"[{CLOSING}]{_OPEN}")


@dataclass(frozen=True, slots=True)
class Line:
    """One set line: `natural` is its width in em as if nothing were stretched, `room` the width it has, `final` ends a paragraph."""

    text: str
    natural: float
    indent: float
    room: float
    final: bool


def chunks(text: str) -> list[str]:
    """The pieces between which a line may break; joined again they are the text."""
    return _CHUNK.findall(text)


def pair_kerns(text: str) -> float:
    """How much narrower (em) adjacent marks make the text."""
    return HALF * len(PAIR.findall(text))


def break_lines(text: str, measure: Measure, width: float, indent: float = 0.0) -> list[Line]:
    """Break a text with hard line ends into lines of `width` em; every paragraph's first line is indented by `indent` em.

    `measure` gives the natural width of a chunk in em, with the squeeze of its adjacent marks.
    """
    lines: list[Line] = []
    for paragraph in text.split("\n"):
        lines.extend(_break_paragraph(paragraph, measure, width, indent if indent < width / 2 else 0.0))
    return lines


def _break_paragraph(text: str, measure: Measure, width: float, indent: float) -> list[Line]:
    natural = measure(text) if len(text) < width else width + 1
    if natural <= width - indent:
        return [Line(text.rstrip(), natural, indent, width - indent, True)]
    pieces = chunks(text)
    widths = [measure(piece) for piece in pieces]
    if _GLUED.search(text):
        widths = _squeezed_joints(pieces, widths)
    return _fill(pieces, widths, measure, width, indent)


def _squeezed_joints(pieces: list[str], widths: list[float]) -> list[float]:
    """A closing mark is half as wide where the next chunk opens with a mark."""
    out = list(widths)
    for index, (left, right) in enumerate(pairwise(pieces)):
        if left[-1] in CLOSING and right[0] in OPENING:
            out[index] -= HALF
    return out


def _slack(piece: str, measure: Measure) -> float:
    """What a chunk gives up at the end of a line: its trailing space, and the blank half of a closing mark."""
    core = piece.rstrip()
    space = measure(piece) - measure(core) if len(core) < len(piece) else 0.0
    return space + (HALF if core and core[-1] in CLOSING else 0.0)


def _fill(pieces: list[str], widths: list[float], measure: Measure, width: float, indent: float) -> list[Line]:
    lines: list[Line] = []
    ends = list(accumulate(widths))
    start, base, room = 0, 0.0, width - indent
    while start < len(pieces):
        stop = bisect_right(ends, base + room + 1e-6, start)
        if stop < len(pieces):
            stop = _pull_in(pieces, ends, start, stop, base + room, measure)
        if stop == start:
            cut = _cut_piece(pieces[start], measure, room)
            if cut < len(pieces[start]):
                pieces[start : start + 1] = [pieces[start][:cut], pieces[start][cut:]]
                widths[start : start + 1] = [measure(pieces[start]), measure(pieces[start + 1])]
                ends[start:] = accumulate(widths[start:], initial=base)
                del ends[start]
            stop = start + 1
        text = "".join(pieces[start:stop])
        core = text.rstrip()
        natural = ends[stop - 1] - base
        if len(core) < len(text):
            natural -= measure(text[len(core) :])
        elif stop < len(pieces) and core[-1] in CLOSING and pieces[stop][0] in OPENING:
            natural += HALF  # the joint is not on this line after all
        lines.append(Line(core, natural, width - room, room, stop >= len(pieces)))
        base = ends[stop - 1]
        start, room = stop, width
    return lines


def _pull_in(pieces: list[str], ends: list[float], start: int, stop: int, limit: float, measure: Measure) -> int:
    """One chunk more, where its own slack and the marks before it give the room: squeezing is better than stretching."""
    over = ends[stop] - limit - _slack(pieces[stop], measure)
    if over > 1.0:
        return stop
    give = GIVE * sum(text.rstrip()[-1:] in CLOSING for text in pieces[start:stop] if text[-1:] in CLOSING)
    return stop + 1 if over <= give + 1e-6 else stop


def _cut_piece(piece: str, measure: Measure, room: float) -> int:
    """Where to cut a chunk that is wider than a line: the last legal place that fits, else the first legal one, else nowhere."""
    legal = [at for at in range(1, len(piece)) if _may_cut(piece, at)]
    fitting = [at for at in legal if measure(piece[:at]) <= room + 1e-6]
    if fitting:
        return fitting[-1]
    return legal[0] if legal else len(piece)


def _may_cut(piece: str, at: int) -> bool:
    left, right = piece[:at].rstrip()[-1:], piece[at]
    return bool(left) and right not in NO_START and not right.isspace() and left not in NO_END

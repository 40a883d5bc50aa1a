"""The shipped faces and the chains that stand in for one another; it guards that no character of a name is ever printed as a blank."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mzdesk.reports.truetype import FontFile

FONT_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "fonts"
FACE_FILES = {
    "SWSong": "SWSong-Regular-S3.ttf",
    "SWHei": "SWHei-Regular-S3.ttf",
    "SWHeiBold": "SWHei-Bold-S1.ttf",
    "SWTitle": "SWTitle-Bold-S1.ttf",
    "SWKai": "SWKai-Regular-S1.ttf",
    "SWRare": "SWRare-HanaB-all.ttf",
}
ROLE_CHAINS = {
    "song": ("SWSong", "SWRare"),
    "hei": ("SWHei", "SWSong", "SWRare"),
    "hei_bold": ("SWHeiBold", "SWHei", "SWSong", "SWRare"),
    "title": ("SWTitle", "SWSong", "SWRare"),
    "kai": ("SWKai", "SWSong", "SWRare"),
}
MISSING = "〓"  # GETA MARK, the typesetter's sign for a sort that is not in the case (JIS X 4051)
STAND_INS = {"☐": "□", "☑": "√", "☒": "×", "\u00a0": " ", "\u2011": "-"}
NAME_LENGTH = 12  # a text this short is set in one face whole, if one face has it whole
_UNPRINTED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]")


def clean(text: str) -> str:
    """The text as it can be set: tabs as spaces, one kind of line end, no controls, joiners or variation selectors."""
    if text.isprintable() and not _UNPRINTED.search(text):
        return text
    return _UNPRINTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "  "))


class _Widths(dict[str, float]):
    """Advance of each character in em, measured once."""

    def __init__(self, face: "Face") -> None:
        super().__init__()
        self._face = face

    def __missing__(self, character: str) -> float:
        width = self._face.file.advance(self._face.glyph(character)) / 1000
        self[character] = width
        return width


class Face:
    """One open face; `name` is its PostScript name in the PDF."""

    def __init__(self, name: str, file: FontFile) -> None:
        self.name = name
        self.file = file
        self.widths: dict[str, float] = _Widths(self)

    def has(self, character: str) -> bool:
        """Whether the face draws this character, itself or by its stand-in (the box drawn as a vector has □ below it)."""
        return self.file.glyph(ord(STAND_INS.get(character, character))) != 0

    def glyph(self, character: str) -> int:
        """The glyph to draw; the geta mark where the face has none."""
        found = self.file.glyph(ord(STAND_INS.get(character, character)))
        return found or self.file.glyph(ord(MISSING))


@dataclass(frozen=True)
class Run:
    """A stretch of text in one face."""

    face: Face
    text: str


class Chain:
    """The faces of one role, best first. The first is opened at once, a fallback only when a character asks for it."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self.first = open_face(names[0])
        self._covered: set[str] = set()
        self._chunks: dict[str, float] = {}

    def covers(self, text: str) -> bool:
        """Whether the first face has every character, so that the text is one run."""
        if self._covered.issuperset(text):
            return True
        for character in set(text) - self._covered:
            if not self.first.has(character):
                return False
            self._covered.add(character)
        return True

    def runs(self, text: str) -> tuple[Run, ...]:
        """Split into runs: a short text (a name) in one face whole if any has it whole, else per character; unknown ones as 〓."""
        if self.covers(text):
            return (Run(self.first, text),)
        if len(text) <= NAME_LENGTH:
            for face in self._faces():
                if all(face.has(character) for character in text):
                    return (Run(face, text),)
        return tuple(self._patchwork(text))

    def _faces(self) -> Iterable[Face]:
        return (open_face(name) for name in self._names)

    def face_of(self, character: str) -> Face:
        """The first face of the chain that has the character, the first of all where none has."""
        return next((face for face in self._faces() if face.has(character)), self.first)

    def _patchwork(self, text: str) -> list[Run]:
        runs: list[Run] = []
        for character in text:
            face = self.first if character in self._covered else self.face_of(character)
            if runs and runs[-1].face is face:
                runs[-1] = Run(face, runs[-1].text + character)
            else:
                runs.append(Run(face, character))
        return runs

    def missing(self, text: str) -> str:
        """The characters that no face of the chain has."""
        return "".join(c for c in text if not c.isspace() and not self.face_of(c).has(c))

    def width(self, text: str) -> float:
        """Natural width in em, without any squeeze."""
        if self.covers(text):
            return sum(map(self.first.widths.__getitem__, text))
        return sum(sum(map(run.face.widths.__getitem__, run.text)) for run in self.runs(text))


@cache
def open_face(name: str) -> Face:
    """The shipped face of that name, opened once a process."""
    return Face(name, FontFile(FONT_FOLDER / FACE_FILES[name]))


@cache
def chain(role: str) -> Chain:
    """The chain of a role: song, hei, hei_bold, title, kai."""
    return Chain(ROLE_CHAINS[role])

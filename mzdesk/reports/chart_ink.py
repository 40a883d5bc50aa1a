"""Lets reportlab.graphics paint onto our Ink: the few canvas methods that its PDF renderer calls, with our embedded faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.pdfbase import pdfmetrics

from mzdesk.reports.fonts import Face, open_face
from mzdesk.reports.ink import Ink


class _Measure:
    """What reportlab asks of a face; it must never embed it itself."""

    _dynamicFont = True
    _multiByte = True

    def __init__(self, face: Face) -> None:
        self.fontName = face.name
        self.face = self
        self.name = face.name
        self.ascent, self.descent = 880, -120
        self._widths = face.widths

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:
        """Width in points."""
        return sum(map(self._widths.__getitem__, text)) * size


def register_faces(names: Sequence[str]) -> None:
    """Let reportlab measure our faces."""
    for name in names:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(_Measure(open_face(name)))


def paint_drawing(drawing: Any, ink: Ink, x: float, y: float) -> None:
    """Paint a drawing whose lower left corner is (x, y)."""
    ink.ops.append("q")
    renderPDF.draw(drawing, InkCanvas(ink), x, y)
    ink.ops.append("Q")


class _Path:
    """A path as operators."""

    def __init__(self) -> None:
        self.ops: list[str] = []

    def moveTo(self, x: float, y: float) -> None:
        self.ops.append(f"{x:.2f} {y:.2f} m")

    def lineTo(self, x: float, y: float) -> None:
        self.ops.append(f"{x:.2f} {y:.2f} l")

    def curveTo(self, *points: float) -> None:
        self.ops.append(" ".join(f"{value:.2f}" for value in points) + " c")

    def close(self) -> None:
        self.ops.append("h")


class InkCanvas:
    """A canvas for renderPDF; methods keep reportlab's names."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        self._fontname, self._fontsize = "SWHei", 9.0
        self._fillMode = 0
        self._stack: list[tuple[str, float]] = []

    def saveState(self) -> None:
        self._stack.append((self._fontname, self._fontsize))
        self._ink.ops.append("q")

    def restoreState(self) -> None:
        self._fontname, self._fontsize = self._stack.pop()
        self._ink.ops.append("Q")

    def transform(self, a: float, b: float, c: float, d: float, e: float, f: float) -> None:
        self._ink.ops.append(f"{a:.4f} {b:.4f} {c:.4f} {d:.4f} {e:.2f} {f:.2f} cm")

    def translate(self, x: float, y: float) -> None:
        self.transform(1, 0, 0, 1, x, y)

    def setStrokeColor(self, color: Any, *_: Any) -> None:
        self._ink.ops.append(f"{color.red:g} {color.green:g} {color.blue:g} RG")

    def setFillColor(self, color: Any, *_: Any) -> None:
        self._ink.ops.append(f"{color.red:g} {color.green:g} {color.blue:g} rg")

    def setLineWidth(self, width: float) -> None:
        self._ink.ops.append(f"{width:g} w")

    def setLineCap(self, cap: int) -> None:
        self._ink.ops.append(f"{cap} J")

    def setLineJoin(self, join: int) -> None:
        self._ink.ops.append(f"{join} j")

    def setDash(self, array: Sequence[float] = (), phase: float = 0) -> None:
        self._ink.ops.append(f"[{' '.join(f'{value:g}' for value in array)}] {phase:g} d")

    def setFont(self, name: str, size: float, *_: Any) -> None:
        self._fontname, self._fontsize = name, size

    def _ignore(self, *_: Any) -> None:
        """Transparency and overprint: our charts have neither."""

    setFillAlpha = setStrokeAlpha = setFillOverprint = setStrokeOverprint = setOverprintMask = _ignore

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._ink.ops.append(f"{x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S")

    def rect(self, x: float, y: float, width: float, height: float, stroke: int = 1, fill: int = 0) -> None:
        self._ink.ops.append(f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re {_PAINT[bool(stroke), bool(fill)]}")

    def beginPath(self) -> _Path:
        return _Path()

    def drawPath(self, path: _Path, stroke: int = 1, fill: int = 0, fillMode: int | None = None) -> None:
        self._ink.ops.append(f"{' '.join(path.ops)} {_PAINT[bool(stroke), bool(fill)]}")

    def drawString(self, x: float, y: float, text: str, mode: int | None = None) -> None:
        name, codes = self._ink.supplies[open_face(self._fontname)]
        shown = "".join(map(codes.__getitem__, text))
        self._ink.ops.append(f"BT /{name} {self._fontsize:g} Tf 0 Tc {x:.2f} {y:.2f} Td ({shown})Tj ET")


_PAINT = {(False, False): "n", (True, False): "S", (False, True): "f", (True, True): "B"}

"""Lucide icons (ISC) in any colour, drawn at the real device pixel ratio, so that they stay crisp at 125 % and 150 %."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.theme import look

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "icons"
RATIOS = (1.0, 1.25, 1.5, 2.0)


def icon(name: str, colour: str = "text", size: float = 1.3) -> QIcon:
    """Return an icon in the colour of a token; `size` in em. The disabled state is muted."""
    colours = look().tokens
    result = QIcon()
    for ratio in RATIOS:
        side = look().em(size)
        result.addPixmap(_draw(name, getattr(colours, colour), side, ratio), QIcon.Mode.Normal)
        result.addPixmap(_draw(name, colours.muted, side, ratio), QIcon.Mode.Disabled)
    return result


def pixmap(name: str, colour: str = "text", size: float = 1.5, ratio: float = 1.0) -> QPixmap:
    """Return one picture for a label; `size` in em, `ratio` the device pixel ratio of the screen."""
    return _draw(name, getattr(look().tokens, colour), look().em(size), ratio)


def icon_size(size: float = 1.3) -> QSize:
    """Return `size` em as a square."""
    return QSize(look().em(size), look().em(size))


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def _draw(name: str, colour: str, side: int, ratio: float) -> QPixmap:
    image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode())).render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)

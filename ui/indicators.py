"""The small pictures that the style sheet needs (radio, check, arrows), drawn from the tokens: Fusion loses its own under QSS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QTemporaryDir
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from ui.theme import Tokens

_FRAME = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none">{}</svg>'


class LookFolder:
    """A folder that goes when the application goes; a plain object, since Qt would copy a QTemporaryDir kept as a property."""

    def __init__(self) -> None:
        self.folder = QTemporaryDir(f"{QDir.tempPath()}/mzdesk-look-XXXXXX")


def write_indicators(application: QApplication, tokens: Tokens) -> str:
    """Write the pictures into a folder that lives as long as the application; return its path with forward slashes.

    Each set of colours has a folder of its own, since Qt remembers pictures by their path.
    """
    kept = application.property("look_folder")
    holder = kept if isinstance(kept, LookFolder) else LookFolder()
    application.setProperty("look_folder", holder)
    place = Path(holder.folder.path()) / tokens.page.lstrip("#")
    place.mkdir(exist_ok=True)
    for name, body in draw_indicators(tokens).items():
        (place / f"{name}.svg").write_text(_FRAME.format(body), encoding="utf-8")
    return place.as_posix()


def draw_indicators(tokens: Tokens) -> dict[str, str]:
    """Return name → SVG body."""
    pictures = {
        "down": _stroke("m6 9 6 6 6-6", tokens.muted),
        "up": _stroke("m6 15 6-6 6 6", tokens.muted),
        "branch_closed": _stroke("m9 6 6 6-6 6", tokens.muted),
    }
    for state, edge, width in (("", tokens.outline, 1.8), ("_focus", tokens.primary, 2.8), ("_off", tokens.line_strong, 1.8)):
        ground = tokens.grey_soft if state == "_off" else tokens.field
        mark = tokens.muted if state == "_off" else tokens.primary
        pictures[f"radio{state}"] = _circle(ground, edge, width)
        pictures[f"radio_on{state}"] = _circle(ground, mark, width + 0.6) + f'<circle cx="12" cy="12" r="5" fill="{mark}"/>'
        pictures[f"check{state}"] = _square(ground, edge, width)
        pictures[f"check_on{state}"] = _square(mark, tokens.text if state == "_focus" else mark, width) + _tick(tokens.on_primary)
        pictures[f"check_half{state}"] = _square(mark, mark, width) + _stroke("M7 12h10", tokens.on_primary)
    return pictures


def _stroke(path: str, colour: str, width: float = 2.4) -> str:
    return f'<path d="{path}" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"/>'


def _circle(ground: str, edge: str, width: float) -> str:
    return f'<circle cx="12" cy="12" r="9.5" fill="{ground}" stroke="{edge}" stroke-width="{width}"/>'


def _square(ground: str, edge: str, width: float) -> str:
    return f'<rect x="3" y="3" width="18" height="18" rx="3.5" fill="{ground}" stroke="{edge}" stroke-width="{width}"/>'


def _tick(colour: str) -> str:
    return _stroke("m7 12.5 3.4 3.4L17 8.8", colour, 2.6)

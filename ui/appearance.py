"""How this computer shows the desk, light or dark and how large; kept in the clear, since it is needed before unlocking."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ui.theme import Look, TextSize

FILE_NAME = "appearance.json"


@dataclass(frozen=True, slots=True)
class Appearance:
    """The choice made in 设置."""

    dark: bool = False
    size: TextSize = TextSize.NORMAL

    @property
    def look(self) -> Look:
        """Return the look of this choice."""
        return Look.of(dark=self.dark, size=self.size)


def load(folder: Path) -> Appearance:
    """Return the choice kept in `folder`, the usual look where there is none or it is damaged."""
    try:
        told = json.loads((folder / FILE_NAME).read_bytes()[:1000])
        return Appearance(told["dark"] is True, TextSize(told["size"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Appearance()


def save(folder: Path, chosen: Appearance) -> None:
    """Keep a choice; on a read-only medium it holds until the program ends."""
    with suppress(OSError):
        (folder / FILE_NAME).write_text(json.dumps(asdict(chosen)), encoding="utf-8")

"""A crash written down for the one who mends it: where, not what; no message, no value, no personal data."""

from __future__ import annotations

import json
import platform
import re
import traceback
from pathlib import Path

from mzdesk import clock as clocks
from mzdesk.errors import MzError
from mzdesk.store import diskfile

FOLDER, KEPT = "crashes", 20
_SAFE_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,80}")


def write(folder: Path, error: BaseException, *, now_ms: int, version: str = "") -> Path | None:
    """Write a report of `error` below `folder` and return its path, None where the disk refuses. Never raises.

    Kept of each error in the chain: its type, and file, line and function of each frame. Texts may quote records and are left out.
    """
    place = folder / FOLDER
    path = place / f"{clocks.beijing(now_ms):%Y%m%d-%H%M%S}.json"
    tree = {"at": now_ms, "version": version, "python": platform.python_version(), "system": platform.platform(), "errors": _chain(error)}
    try:
        place.mkdir(parents=True, exist_ok=True)
        diskfile.write_whole(path, json.dumps(tree, indent=1).encode())
        _forget_old(place)
    except (OSError, MzError):
        return None
    return path


def _chain(error: BaseException) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(found) < 10:
        seen.add(id(current))
        name = type(current).__qualname__
        frames = [[_place_of(frame.filename), frame.lineno or 0, frame.name] for frame in traceback.extract_tb(current.__traceback__)[-40:]]
        found.append({"type": name if _SAFE_TYPE.fullmatch(name) else "?", "frames": frames})
        current = current.__cause__ or current.__context__
    return found


def _place_of(filename: str) -> str:
    """Return the last three parts of a path: no user name of the laptop."""
    return "/".join(Path(filename).parts[-3:])


def _forget_old(place: Path) -> None:
    for path in sorted(place.glob("*.json"))[:-KEPT]:
        diskfile.discard(path)

"""The pictures of the manual, drawn from the sample station: `uv run python -m demo.screenshots [DEMO_FOLDER]` after `main.py demo`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

from demo.run import PASSWORD
from mzdesk import opening
from mzdesk.clock import SystemClock
from mzdesk.errors import MzError

TARGET = Path(__file__).parents[1] / "docs" / "screenshots"
COLOURS = 128
WANTED = (
    "today",
    "people",
    "records",
    "care",
    "checklists",
    "cases",
    "statistics",
    "exchange",
    "forms",
    "settings",
    "person",
    "visit_form",
    "registration_form",
    "record",
    "preview",
    "unlock",
)


def draw(sample: Path, target: Path) -> list[Path]:
    """Write the pages of the sample station in `sample` as small PNG files. Raises MzError where there is no such station."""
    from ui import pictures

    folder = sample / "station"
    if not opening.is_station(folder):
        raise MzError("没有示例站点", f"请先运行 uv run main.py demo {sample} --no-desk")
    station = opening.unlock(folder, opening.station_card(folder).accounts[0].id, PASSWORD, clock=SystemClock())
    target.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory() as drawn:
            pictures.shoot(station, Path(drawn), setups=pictures.SETUPS[:1])
            return [shrink(next(Path(drawn).glob(f"light*-{name}.png")), target / f"{name}.png") for name in WANTED]
    finally:
        station.close()


def shrink(drawn: Path, target: Path) -> Path:
    """Write a picture with a palette of `COLOURS`: a third of the size, and text as sharp as before."""
    with Image.open(drawn) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    return target


if __name__ == "__main__":
    for path in draw(Path(sys.argv[1] if len(sys.argv) > 1 else "out"), TARGET):
        print(f"{path.name}  {path.stat().st_size // 1024} KB")

"""Pictures of signatures on paper: PNG and JPEG read with limits, printed as grey so that they copy well and carry no metadata."""

import io
import warnings
import zlib
from dataclasses import dataclass

from PIL import Image

MOST_BYTES = 4_000_000
MOST_PIXELS = 6_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """A grey raster `pixel_width` × `pixel_height`, one byte a pixel in `packed` (zlib), printed `width` × `height` points."""

    packed: bytes
    pixel_width: int
    pixel_height: int
    width: float
    height: float

    @property
    def step(self) -> float:
        return self.height

    def split(self, count: int) -> tuple["Picture", "Picture"]:
        """A picture is one line high and is never split."""
        raise ValueError("a picture cannot be split")


def read_picture(data: bytes, most_width: float, most_height: float) -> Picture | None:
    """The picture scaled into a box in points, on white; None where the bytes are no PNG or JPEG, or are too large to be a signature."""
    if len(data) > MOST_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            if image.width * image.height > MOST_PIXELS or min(image.size) < 1:
                return None
            grey = _on_white(image)
    except Exception:
        return None
    scale = min(most_width / grey.width, most_height / grey.height)
    packed = zlib.compress(grey.tobytes(), 6)
    return Picture(packed, grey.width, grey.height, grey.width * scale, grey.height * scale)


def _on_white(image: Image.Image) -> Image.Image:
    colours = image.convert("RGBA")
    paper = Image.new("RGBA", colours.size, (255, 255, 255, 255))
    paper.alpha_composite(colours)
    return paper.convert("L")

"""Pictures before they are kept: upright, at most 2048 pixels, and without EXIF, GPS or any other hidden data."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mzdesk.errors import MzError

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE, QUALITY = 2048, 85
MAXIMUM_PIXELS = 100_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
NOT_A_PICTURE = MzError("打不开这张图片", "请换一张 JPG 或 PNG 图片；手机的 HEIC 照片请先另存为 JPG。")


@dataclass(frozen=True)
class Cleaned:
    """What is kept of a file, and its media type."""

    content: bytes
    media_type: str


def clean(content: bytes, media_type: str) -> Cleaned:
    """Return a picture without hidden data (JPEG, or PNG where it has transparency); other files as they are. Raises MzError."""
    if not media_type.startswith("image/"):
        return Cleaned(content, media_type)
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > MAXIMUM_PIXELS:
                    raise MzError("图片太大", "这张图片的像素太多，请用手机的普通画质重新拍一张。")
                return _rendered(picture)
    except MzError:
        raise
    except (
        OSError,
        ValueError,
        SyntaxError,
        ArithmeticError,
        IndexError,
        KeyError,
        TypeError,
        EOFError,
        Warning,
        Image.DecompressionBombError,
    ) as error:
        raise MzError(NOT_A_PICTURE.title, NOT_A_PICTURE.message) from error


def _rendered(picture: Image) -> Cleaned:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    transparent = upright.has_transparency_data
    pixels = upright.convert("RGBA" if transparent else "RGB")
    bare = Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())  # a new picture carries nothing over
    target = io.BytesIO()
    if transparent:
        bare.save(target, "PNG", optimize=True)
        return Cleaned(target.getvalue(), "image/png")
    bare.save(target, "JPEG", quality=QUALITY, optimize=True)
    return Cleaned(target.getvalue(), "image/jpeg")

"""Pictures on their way in: read within limits, turned upright, scaled down, written anew, so that no EXIF survives."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from mzdesk.errors import MzError

MAX_FILE = 40 * 1024 * 1024
MAX_SIDE = 1600
MAX_PIXELS = 120_000_000
QUALITY = 82


def read_picture(content: bytes, max_side: int = MAX_SIDE) -> bytes:
    """Return a JPEG of at most `max_side` pixels a side without metadata; raises MzError where it is no picture or too large."""
    if len(content) > MAX_FILE:
        raise MzError("图片太大", "请选择 40 MB 以内的图片，或先在手机上压缩。")
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > MAX_PIXELS:
        raise MzError("打不开这张图片", "请换成 JPG 或 PNG 图片再试。")
    if max(size.width(), size.height()) > max_side:
        reader.setScaledSize(size.scaled(QSize(max_side, max_side), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise MzError("打不开这张图片", "文件可能已损坏，请重新拍照或换一张。")
    return encode(image, "JPG")


def encode(image: QImage, kind: str) -> bytes:
    """Return an image as JPG or PNG bytes with nothing but pixels."""
    plain = QImage(image.size(), QImage.Format.Format_RGB32)
    plain.fill(Qt.GlobalColor.white)
    from PySide6.QtGui import QPainter

    painter = QPainter(plain)
    painter.drawImage(0, 0, image)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plain.save(buffer, kind, QUALITY if kind == "JPG" else -1)  # type: ignore[call-overload]
    return bytes(buffer.data().data())

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, Base

from mzdesk.errors import MzError
from mzdesk.opening import Created
from mzdesk.store import attachments, images
from mzdesk.store.scope import Role, scope_for
from mzdesk.vault import rekey
from tests.mzdesk.vault.conftest import VILLAGES

SECRET = "家住槐树下的小明".encode() * 50


def photo(size: tuple[int, int] = (3000, 1000), orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[Base.Orientation], exif[Base.Model] = orientation, "SECRET-PHONE"
    exif.get_ifd(0x8825)[GPS.GPSLatitude] = (36.0, 12.0, 0.0)
    target = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(target, "JPEG", exif=exif, comment=b"SECRET-COMMENT")
    return target.getvalue()


def test_a_file_is_kept_once_encrypted_and_comes_back(created: Created) -> None:
    station = created.station
    stored = attachments.put(station, SECRET, "application/octet-stream")
    assert attachments.put(station, SECRET, "application/octet-stream") == stored
    files = list((station.folder / attachments.FOLDER).iterdir())
    assert len(files) == 1 and stored.digest not in files[0].name and "小明".encode() not in files[0].read_bytes()
    assert attachments.read(station, stored.digest) == SECRET
    rekey.rotate(station)
    assert attachments.read(station, stored.digest) == SECRET
    other = attachments.put(station, SECRET + b"2", "application/octet-stream")
    assert attachments.read(station, other.digest) == SECRET + b"2"


def test_only_the_villages_of_the_reader(created: Created) -> None:
    station = created.station
    stored = attachments.put(station, SECRET, "application/octet-stream")
    with station.write() as connection:
        attachments.link(connection, stored, record_id="r", question="q", name="a", village=VILLAGES[0], now_ms=1)
    mine = station.as_user(scope_for("a", "甲", Role.CHILDREN_DIRECTOR, frozenset(VILLAGES[:1])))
    assert attachments.get(mine, stored.digest) == SECRET
    for villages in (frozenset(VILLAGES[1:]), frozenset[str]()):
        with pytest.raises(MzError, match="没有这个附件"):
            attachments.get(station.as_user(scope_for("b", "乙", Role.CHILDREN_DIRECTOR, villages)), stored.digest)
    with pytest.raises(MzError, match="没有这个附件"):
        attachments.get(station, stored.digest)  # an administrator sees no case content


def test_every_flipped_byte_is_noticed_and_named(created: Created) -> None:
    station = created.station
    stored = attachments.put(station, SECRET[:200], "application/octet-stream")
    with station.write() as connection:
        attachments.link(connection, stored, record_id="r", question="q", name="a", village="", now_ms=1)
    path = next((station.folder / attachments.FOLDER).iterdir())
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(MzError, match="附件损坏"):
            attachments.read(station, stored.digest)
    assert attachments.damaged(station) == (stored.digest,)
    path.unlink()
    with pytest.raises(MzError, match="附件不见了"):
        attachments.read(station, stored.digest)
    attachments.put(station, SECRET[:200], "application/octet-stream")  # putting it again mends it
    assert attachments.damaged(station) == ()


def test_orphans_go_and_drafts_stay(created: Created) -> None:
    station = created.station
    draft, orphan = (attachments.put(station, content, "text/plain") for content in (b"draft", b"orphan"))
    assert attachments.remove_orphans(station, [draft.digest]) == 1
    assert attachments.read(station, draft.digest) == b"draft"
    with pytest.raises(MzError):
        attachments.read(station, orphan.digest)


def test_pictures_are_upright_small_and_bare() -> None:
    cleaned = images.clean(photo(), "image/jpeg")
    assert b"SECRET" not in cleaned.content and b"Exif" not in cleaned.content
    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert picture.size == (683, 2048) and not picture.getexif()


def test_transparency_stays_a_png() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(target, "PNG")
    assert images.clean(target.getvalue(), "image/png").media_type == "image/png"


def test_a_bomb_and_a_giant_are_refused(created: Created, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAXIMUM_PIXELS", 100)
    with pytest.raises(MzError, match="图片太大"):
        images.clean(photo((200, 200)), "image/jpeg")
    with pytest.raises(MzError, match="文件太大"):
        attachments.put(created.station, bytes(attachments.MAXIMUM_BYTES + 1), "text/plain")


@settings(max_examples=120, deadline=None)
@given(cut=st.integers(0, 2000), place=st.integers(0, 2000), value=st.integers(0, 255), noise=st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_a_clear_error(cut: int, place: int, value: int, noise: bytes) -> None:
    content = bytearray(photo((60, 40)))
    content[place % len(content)] = value
    for candidate in (bytes(content[:cut]), bytes(content), noise, b"\x89PNG\r\n\x1a\n" + noise):
        try:
            images.clean(candidate, "image/jpeg")
        except MzError as error:
            assert error.title == images.NOT_A_PICTURE.title


def test_a_full_disk_keeps_nothing_half(created: Created, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[: len(content) // 2])
        raise OSError(28, "injected")

    monkeypatch.setattr("mzdesk.store.diskfile._write_synced", full)
    with pytest.raises(MzError, match="磁盘已满"):
        attachments.put(created.station, SECRET, "text/plain")
    assert list((folder / attachments.FOLDER).iterdir()) == []

"""A filled route sheet comes back as a photo or scan: its code says whose it is, and it is kept with a matter of each of them."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image, ImageOps

from mzdesk.casework import follow_ups
from mzdesk.casework.files import MEDIA_TYPES
from mzdesk.casework.follow_ups import NewMatter
from mzdesk.casework.route_papers import PREFIX
from mzdesk.clock import beijing
from mzdesk.errors import MzError
from mzdesk.registry.divisions import display_name
from mzdesk.reports.preview import page_bitmaps, page_sizes
from mzdesk.store import attachments, divisions, route_sheets, rows
from mzdesk.store.route_sheets import StoredSheet

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station
    from mzdesk.store.attachments import StoredFile

MAXIMUM_BYTES = attachments.MAXIMUM_BYTES
MAXIMUM_PIXELS = 100_000_000
MAXIMUM_PAGES = 40
LARGEST_SIDE = 4000  # pixels; a phone's photo is larger than the reader needs
SCAN_DPI = 200.0
WRITE_UP_DAYS = 7  # an entry later than this is flagged as late (domain/README.md §1.1)
KIND = "route_sheet"
_CODE = re.compile(rf"{PREFIX}\.([0-9a-f]{{32}})\.([1-9]\d{{0,2}})")
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
_UNREADABLE = (OSError, ValueError, SyntaxError, ArithmeticError, IndexError, KeyError, TypeError, EOFError, Warning)
NO_CODE = MzError("照片里没有找到路线单的二维码", "请把整张路线单拍全、拍正、拍清楚，右上角的二维码不要折住或反光。")


@dataclass(frozen=True, slots=True)
class OnSheet:
    """Somebody on the page: `kept` where a scan of it is already in their file."""

    person_id: str
    name: str
    village: str
    kept: bool


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """What a photo shows: the sheet, its page from 1, when it was printed, and who stands on it."""

    sheet_id: str
    page: int
    village_name: str
    printed_on: str
    people: tuple[OnSheet, ...]


def read_codes(content: bytes) -> tuple[tuple[str, int], ...]:
    """Return (sheet id, page) of every route sheet in a photo or PDF, in order. Raises MzError: too big, no picture, nothing found."""
    if len(content) > MAXIMUM_BYTES:
        raise MzError("文件太大", f"一个文件最大 {MAXIMUM_BYTES >> 20} MB。")
    found: dict[tuple[str, int], None] = {}
    for picture in _pictures(content):
        for barcode in zxingcpp.read_barcodes(picture, formats=_QR):
            if match := _CODE.fullmatch(barcode.text):
                found[(match[1], int(match[2]))] = None
    if not found:
        raise MzError(NO_CODE.title, NO_CODE.message)
    return tuple(found)


def _pictures(content: bytes) -> Iterator[Image.Image]:
    if content.startswith(b"%PDF"):
        yield from _pdf_pictures(content)
    else:
        yield _picture(content)


def _pdf_pictures(content: bytes) -> Iterator[Image.Image]:
    if len(page_sizes(content)) > MAXIMUM_PAGES:
        raise MzError("扫描件页数太多", f"一次最多 {MAXIMUM_PAGES} 页，请分开。")
    for page in page_bitmaps(content, SCAN_DPI):
        yield Image.frombuffer("RGB", (page.width, page.height), page.pixels, "raw", "BGRX", page.stride, 1).convert("L")


def _picture(content: bytes) -> Image.Image:
    """Return a photo as grey values, upright and not larger than needed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                if opened.width * opened.height > MAXIMUM_PIXELS:
                    raise MzError("图片太大", "这张图片的像素太多，请用手机的普通画质重新拍一张。")
                picture = ImageOps.exif_transpose(opened).convert("L")
    except MzError:
        raise
    except (*_UNREADABLE, Image.DecompressionBombError) as error:
        raise MzError("打不开这张图片", "请换一张 JPG 或 PNG 图片；手机的 HEIC 照片请先另存为 JPG。") from error
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    return picture


def find(station: Station, content: bytes) -> tuple[FoundSheet, ...]:
    """Return the sheets that a photo or scan shows. Raises MzError: nothing found, or none of them printed here for your villages."""
    codes = read_codes(content)
    with station.read() as connection:
        stored = [(route_sheets.get(connection, station.scope, sheet_id), page) for sheet_id, page in codes]
        sheets = [(sheet, page) for sheet, page in stored if sheet is not None and page <= len(sheet.pages)]
        if not sheets:
            raise MzError("这张路线单不是在这台电脑上打印的", "请在打印它的电脑上收回；或者它属于您不负责的村。")
        names = divisions.names(connection, {sheet.village for sheet, _ in sheets})
        return tuple(
            FoundSheet(
                sheet.id,
                page,
                display_name(names.get(sheet.village, "")),
                beijing(sheet.at).date().isoformat(),
                _people(connection, station, sheet, page),
            )
            for sheet, page in sheets
        )


def _people(connection: Connection, station: Station, sheet: StoredSheet, page: int) -> tuple[OnSheet, ...]:
    ids = sheet.pages[page - 1]
    there = rows.people(connection, station.scope, ids)
    kept = route_sheets.bound(connection, station.scope, question_of(sheet.id, page))
    found = (there[person_id] for person_id in ids if person_id in there)
    return tuple(OnSheet(person.id, person.name, person.village, person.id in kept) for person in found)


def question_of(sheet_id: str, page: int) -> str:
    """Return what an attachment is the answer to."""
    return f"/route_sheet/{sheet_id}/{page}"


def bind(station: Station, found: FoundSheet, name: str, content: bytes, person_ids: Sequence[str]) -> int:
    """Keep a photo or scan with a matter of each of these people, who must stand on the sheet; return for how many it is new.

    A second picture of the same page joins the matter that is there; the same picture twice changes nothing. Raises MzError.
    """
    chosen = {person.person_id: person for person in found.people if person.person_id in set(person_ids)}
    if not chosen:
        raise MzError("请选择走访过的人", "至少勾选一个人。")
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    media_type = "application/pdf" if content.startswith(b"%PDF") else MEDIA_TYPES.get(ending, "image/jpeg")
    stored = attachments.put(station, content, media_type)
    with station.write() as connection:
        return sum(_bind_one(connection, station, found, stored, person) for person in chosen.values())


def _bind_one(connection: Connection, station: Station, found: FoundSheet, stored: StoredFile, person: OnSheet) -> int:
    """Keep a picture with the matter of one person, opened where there is none yet; 0 where this picture is there already."""
    question = question_of(found.sheet_id, found.page)
    matter = route_sheets.bound(connection, station.scope, question).get(person.person_id)
    if matter is not None and route_sheets.has(connection, matter, question, stored.digest):
        return 0
    if matter is None:
        due = station.today() + timedelta(days=WRITE_UP_DAYS)
        title = f"照路线单补录走访：{found.village_name}，{found.printed_on} 的路线单"
        matter = follow_ups.open_matter(connection, station, NewMatter(title, due, person.person_id, kind=KIND))
    name = f"路线单第 {found.page} 页（{found.printed_on}）"
    now = station.clock.now_ms()
    attachments.link(connection, stored, record_id=matter, question=question, name=name, village=person.village, now_ms=now)
    return 1

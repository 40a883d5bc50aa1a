"""Owns how this station reaches its county: proxy, extra certificates of the office network, and the pace that was really measured.

TLS is always verified: what a person adds here is trusted beside the county's own certificate, and never instead of a check.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store.meta import read_meta, write_meta
from sync import account as accounts
from sync import enrolment
from sync.enrolment import proxy_of, set_proxy
from sync.errors import LineError, RefusedError, told
from sync.tickets import CountyCard, DeviceRecord
from sync.transport import HttpTransport, Meanwhile

MAX_PEM = 256 << 10
MAX_CERTIFICATES = 20
RATE_HOURS = 24  # a pace measured longer ago says nothing of the line today
LEAST_MEASURED = 256  # bytes; smaller bodies measure the delay, not the line
SMOOTH = 0.5
_CA, _RATE = "sync.ca", "sync.rate"

BAD_PEM = MzError("这不是证书文件", "请选择网络管理员给的 .pem 或 .crt 文件（文本格式，内有 BEGIN CERTIFICATE）。", field="ca")


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Proxy ("" for the system's) and the names of the added certificates with their last day."""

    proxy: str
    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """What a test of the line found: the county's name, how long one question took in ms, and its clock minus ours in ms."""

    county: str
    took_ms: int
    offset_ms: int


class StationLine(HttpTransport):
    """The line of a station; it measures what it sends and remembers the pace, in bytes a second."""

    def __init__(self, station: Station, card: CountyCard, token: str, proxy: str | None = None, pem: bytes | None = None) -> None:
        more = ca_of(station) if pem is None else pem
        super().__init__(card.url, token=token, ca=card.ca, more_ca=more, proxy=proxy_of(station) if proxy is None else proxy)
        self._station = station

    def send(self, frame: bytes, digest: str, *, fresh: bool, meanwhile: Meanwhile) -> bytes:
        """Deliver a frame; what it took counts for the pace."""
        started = time.monotonic()
        receipt = super().send(frame, digest, fresh=fresh, meanwhile=meanwhile)
        keep_rate(self._station, len(frame), time.monotonic() - started)
        return receipt

    def put_blob(self, digest: str, offset: int, total: int, sealed: bytes) -> int:
        """Deliver a range of an attachment; what it took counts for the pace."""
        started = time.monotonic()
        have = super().put_blob(digest, offset, total, sealed)
        keep_rate(self._station, len(sealed), time.monotonic() - started)
        return have


def keep_rate(station: Station, size: int, seconds: float) -> None:
    """Remember the pace of one delivery of `size` bytes, smoothed with the one before."""
    if size < LEAST_MEASURED or seconds <= 0:
        return
    before = rate_of(station)
    rate = size / seconds
    smooth = rate if before is None else before * (1 - SMOOTH) + rate * SMOOTH
    with station.write() as connection:
        write_meta(connection, _RATE, f"{max(round(smooth), 1)} {station.clock.now_ms()}")


def rate_of(station: Station) -> int | None:
    """Return the measured pace in bytes a second; None where nothing was measured within a day."""
    with station.read() as connection:
        rate, _, at = read_meta(connection, _RATE).partition(" ")
    if not rate or not 0 <= station.clock.now_ms() - int(at) <= RATE_HOURS * 3_600_000:
        return None
    return int(rate)


def read_pem(raw: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates in a PEM file; raises MzError where it is none, too long, or holds no authority."""
    if len(raw) > MAX_PEM:
        raise MzError("文件太大", "证书文件一般只有几 KB。请核对所选的文件。", field="ca")
    try:
        found = x509.load_pem_x509_certificates(raw)
        for certificate in found:
            _describe(certificate)
    except (ValueError, TypeError):
        raise MzError(BAD_PEM.title, BAD_PEM.message, field="ca") from None
    if len(found) > MAX_CERTIFICATES:
        raise MzError("证书太多", f"一个文件最多 {MAX_CERTIFICATES} 张证书。请只放单位网络用的那一张。", field="ca")
    return tuple(found)


def _describe(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else certificate.subject.rfc4514_string()
    return f"{name[:60]}（{certificate.not_valid_after_utc:%Y-%m-%d} 到期）"


def set_ca(station: Station, raw: bytes) -> tuple[str, ...]:
    """Trust the certificates in a PEM file beside the county's; b"" trusts none. Return their names. Raises MzError."""
    found = read_pem(raw) if raw else ()
    pem = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in found)
    with station.write() as connection:
        write_meta(connection, _CA, pem.decode())
    return tuple(_describe(certificate) for certificate in found)


def ca_of(station: Station) -> bytes:
    """Return the added certificates as PEM, b"" for none."""
    with station.read() as connection:
        return read_meta(connection, _CA).encode()


def settings_of(station: Station) -> LineSettings:
    """Return what is set."""
    pem = ca_of(station)
    return LineSettings(proxy_of(station), tuple(_describe(item) for item in read_pem(pem)) if pem else ())


def save_proxy(station: Station, proxy: str) -> None:
    """Remember a proxy, "" for the system's; raises MzError where it is no address."""
    set_proxy(station, checked_proxy(proxy))


def checked_proxy(proxy: str) -> str:
    """Return the address of a proxy; raises MzError where no program could use it."""
    given = proxy.strip()
    try:
        parts = urlsplit(given)
        usable = not given or (parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0))
    except ValueError:
        usable = False
    if not usable:
        raise MzError("代理地址不对", "请写成 http://地址:端口，不用代理就留空。", field="proxy")
    return given


def join(station: Station, code: str) -> DeviceRecord:
    """Enrol this station over its own line; raises MzError where the code or the county refuses."""
    line = StationLine(station, enrolment.read_code(code).card, "")
    try:
        return enrolment.join(station, code, line)
    finally:
        line.close()


def probe(station: Station, proxy: str) -> Reached:
    """Ask the county one question through `proxy` with the certificates kept; raises MzError that says what is wrong."""
    account = accounts.require(station)
    card = account.record.card
    line = StationLine(station, card, account.record.token, checked_proxy(proxy))
    started = time.monotonic()
    try:
        head = line.head()
    except (LineError, RefusedError) as error:
        sentence = told(error)
        raise MzError(sentence.title, sentence.message) from error
    finally:
        line.close()
    return Reached(card.name, round((time.monotonic() - started) * 1000), head.server_ms - station.clock.now_ms())

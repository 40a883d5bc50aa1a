"""Owns the line to the county: HTTP over verified TLS, a stall timer instead of a total limit, and resumable uploads.

Plain HTTP is for loopback only. Anything but a complete, well-formed answer is a LineError or a RefusedError.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mzdesk.errors import MzError
from sync import strict
from sync.errors import LineError, RefusedError
from sync.feed import MAX_PAGE
from sync.pacing import STALL_S
from sync.receipts import MAX_RECEIPT

Meanwhile = Callable[[], None] | None

ONE_PIECE = 32 << 10  # larger frames go through the resumable upload, still in one request when nothing breaks
UPLOAD_TRIES = 8
MAX_ANSWER = max(MAX_PAGE, MAX_RECEIPT) + (1 << 20)
OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Head:
    """What the county knows of this laptop: epoch, last batch and its digest, end of its feed, and where the epoch began."""

    epoch: int
    head: int
    digest: str
    feed: int
    floor: int
    server_ms: int


class Transport(Protocol):
    """The way to a county; the product has HttpTransport, tests hand in others."""

    def head(self) -> Head:
        """Return the county's head for this laptop."""
        ...

    def send(self, frame: bytes, digest: str, *, fresh: bool, meanwhile: Meanwhile) -> bytes:
        """Deliver a frame and return the bytes of its receipt; `fresh` where no part of it was ever sent.

        `meanwhile` may be called once the frame is on its way: there is time until the county answers.
        """
        ...

    def feed(self, after: int) -> bytes:
        """Return the sealed page of the feed after number `after`."""
        ...

    def enrol(self, request: bytes) -> bytes:
        """Deliver a sealed enrolment request and return the signed device record."""
        ...

    def put_blob(self, digest: str, offset: int, total: int, sealed: bytes) -> int:
        """Deliver a sealed range of an attachment and return how many bytes the county now has."""
        ...


class HttpTransport:
    """One connection to a county, kept open between requests; `ca` is the DER certificate to pin, b"" for the public ones.

    `more_ca` (PEM) is trusted beside it: an office network whose proxy opens TLS has a certificate of its own.
    """

    def __init__(
        self, url: str, *, token: str = "", ca: bytes = b"", more_ca: bytes = b"", proxy: str = "", stall_s: float = STALL_S
    ) -> None:
        self._client = httpx.Client(
            base_url=checked_url(url),
            headers={"Authorization": f"Bearer {token}"} if token else {},
            verify=tls_context(ca, more_ca) if url.startswith("https") else True,
            timeout=httpx.Timeout(stall_s),
            proxy=proxy or None,
            trust_env=not _is_loopback(url),
        )

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def head(self) -> Head:
        """Return the county's head for this laptop."""
        value = _json(self._ask("GET", "/v1/head"))
        names = ("epoch", "head", "feed", "floor", "server_ms")
        if type(value) is not dict or any(type(value.get(name)) is not int for name in names) or type(value.get("digest")) is not str:
            raise LineError("县里的回答不完整")
        return Head(digest=value["digest"], **{name: value[name] for name in names})

    def send(self, frame: bytes, digest: str, *, fresh: bool, meanwhile: Meanwhile) -> bytes:
        """Deliver a frame in one request where it is small or nothing breaks, from where it broke otherwise."""
        if len(frame) <= ONE_PIECE:
            return self._ask("POST", "/v1/batches", frame, meanwhile)
        return self._upload(frame, digest, 0 if fresh else self._offset(digest), meanwhile)

    def _offset(self, digest: str) -> int:
        value = _json(self._ask("GET", f"/v1/uploads/{digest}"))
        if type(value) is not dict or type(value.get("offset")) is not int:
            raise LineError("县里的回答不完整")
        return int(value["offset"])

    def _upload(self, frame: bytes, digest: str, offset: int, meanwhile: Meanwhile) -> bytes:
        for _ in range(UPLOAD_TRIES):
            if not 0 <= offset <= len(frame):
                raise LineError("县里的回答不完整")
            try:
                return self._ask("PATCH", f"/v1/uploads/{digest}?offset={offset}&total={len(frame)}", frame[offset:], meanwhile)
            except RefusedError as error:
                if error.code != "OFFSET" or type(error.detail.get("offset")) is not int:
                    raise
                offset = int(str(error.detail["offset"]))
        raise LineError("上传多次没有接上")

    def feed(self, after: int) -> bytes:
        """Return the sealed page after number `after`."""
        return self._ask("GET", f"/v1/feed?after={after}")

    def enrol(self, request: bytes) -> bytes:
        """Deliver an enrolment request."""
        return self._ask("POST", "/v1/devices", request)

    def put_blob(self, digest: str, offset: int, total: int, sealed: bytes) -> int:
        """Deliver a range of a sealed attachment; return how many bytes the county now has."""
        value = _json(self._ask("PATCH", f"/v1/blobs/{digest}?offset={offset}&total={total}", sealed))
        if type(value) is not dict or type(value.get("offset")) is not int:
            raise LineError("县里的回答不完整")
        return int(value["offset"])

    def _ask(self, method: str, path: str, content: bytes | None = None, meanwhile: Meanwhile = None) -> bytes:
        headers = {"Content-Type": OCTETS, "Content-Length": str(len(content))} if content is not None else {}
        body = content if content is None or meanwhile is None else _then(content, meanwhile)
        try:
            with self._client.stream(method, path, content=body, headers=headers) as answer:
                found = _read_bounded(answer)
        except httpx.HTTPError as error:
            raise LineError(_why(error)) from None
        if answer.status_code >= 300:
            raise _refusal(answer, found)
        return found


def _then(content: bytes, meanwhile: Callable[[], None]) -> Iterator[bytes]:
    """Yield the body; when it is asked for more, all of it was written and the county is at work."""
    yield content
    meanwhile()


def _read_bounded(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MAX_ANSWER:
            raise LineError("县里的回答过大")
        parts.append(part)
    return b"".join(parts)


def _refusal(answer: httpx.Response, body: bytes) -> LineError | RefusedError:
    retry = answer.headers.get("Retry-After", "")
    after = float(retry) if retry.isascii() and retry.isdigit() else None
    try:
        value = strict.loads(body)
    except strict.NotCanonicalError:
        value = None
    code = value.get("code") if type(value) is dict else None
    if answer.status_code == 401:
        return RefusedError("UNAUTHORISED")
    if answer.status_code in (408, 425, 429) or answer.status_code >= 500 or type(code) is not str:
        return LineError(f"服务器回答 {answer.status_code}", after)
    return RefusedError(code, value)


def _json(body: bytes) -> Any:
    try:
        return strict.loads(body)
    except strict.NotCanonicalError:
        raise LineError("县里的回答不完整") from None


_WHY: tuple[tuple[type[httpx.HTTPError], str], ...] = (
    (httpx.ConnectTimeout, "连接超时"),
    (httpx.TimeoutException, f"{STALL_S:.0f} 秒没有进展"),
    (httpx.ConnectError, "无法连接"),
    (httpx.ProxyError, "代理服务器出错"),
    (httpx.RemoteProtocolError, "连接中断"),
)


def _why(error: httpx.HTTPError) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "服务器的证书核对不上"
    return next((why for kind, why in _WHY if isinstance(error, kind)), "网络中断")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_url(url: str) -> str:
    """Return `url` where it is https, or http on loopback; raises MzError otherwise."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(url)):
        return url.rstrip("/")
    raise MzError("服务器地址不安全", "地址必须以 https:// 开头。请核对县里给的登记码或地址。")


def tls_context(ca: bytes, more_ca: bytes = b"") -> ssl.SSLContext:
    """Return a context of TLS 1.2 or later that trusts only `ca` (DER; b"": the public authorities) and `more_ca` (PEM)."""
    context = ssl.create_default_context(cadata=_pem(ca)) if ca else ssl.create_default_context()
    if more_ca:
        context.load_verify_locations(cadata=more_ca.decode())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _pem(ca: bytes) -> str:
    try:
        return x509.load_der_x509_certificate(ca).public_bytes(Encoding.PEM).decode()
    except ValueError:
        raise MzError("登记码里的证书读不出来", "请向县里要一个新的登记码。") from None

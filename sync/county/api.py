"""The laptops' side of the receiver over HTTP: batches, resumable uploads, head, feed, enrolment; refusals are codes, never content."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from math import ceil
from typing import Annotated, Any

from anyio import CancelScope
from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from sync import strict, tickets
from sync.county import blobs, feeding, ingest, ledger, registrar, uploads
from sync.county.blobs import BlobRange, BlobRefusedError
from sync.county.county import County, epoch_of
from sync.county.ingest import Refused
from sync.county.ledger import REVOKED, DeviceRow
from sync.county.limits import RateLimiter
from sync.county.metrics import Metrics
from sync.county.registrar import EnrolmentRefusedError
from sync.county.uploads import Upload
from sync.protocol import MAX_FRAME

OCTETS = "application/octet-stream"
MAX_REQUEST = 16 << 10
STATUS = {
    "TOO_BIG": 413,
    "UNKNOWN_DEVICE": 403,
    "BAD_SIGNATURE": 403,
    "WRONG_TOWNSHIP": 403,
    "REVOKED": 403,
    "FORK": 409,
    "GAP": 409,
    "CHAIN": 409,
    "OFFSET": 409,
    "TICKET_UNKNOWN": 403,
    "TICKET_USED": 409,
    "TICKET_EXPIRED": 403,
}
_DIGEST = Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the frame without its signature, in hex")
_BINARY: dict[str, Any] = {"requestBody": {"required": True, "content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}}}}


class Problem(BaseModel):
    """Why a request was refused: a stable code and what the client needs to go on."""

    code: str
    head: int | None = None
    offset: int | None = None
    order: str | None = None


class HeadAnswer(BaseModel):
    """What the county knows of the laptop."""

    epoch: int
    head: int
    digest: str
    feed: int
    floor: int
    server_ms: int
    limits: dict[str, int]


class OffsetAnswer(BaseModel):
    """How many bytes of an upload lie at the county."""

    offset: int


_REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (400, 401, 403, 409, 413, 422, 429, 503)}


@dataclass
class Api:
    """What the routes share."""

    county: County
    metrics: Metrics
    devices: RateLimiter = field(default_factory=lambda: RateLimiter(20, 60))
    strangers: RateLimiter = field(default_factory=lambda: RateLimiter(2, 20))

    def courier(self, request: Request, authorization: str) -> DeviceRow:
        """Return the laptop that carries this request; raises HTTPException."""
        digest = tickets.secret_digest(authorization.removeprefix("Bearer "))
        with self.county.read() as connection:
            row = ledger.device_by_token(connection, digest) if authorization.startswith("Bearer ") else None
        if row is None:
            self.admit(self.strangers, request.client.host if request.client else "")
            raise HTTPException(401, {"code": "UNAUTHORISED"}, headers={"WWW-Authenticate": "Bearer"})
        self.admit(self.devices, row.id)
        if row.state == REVOKED:
            raise HTTPException(403, {"code": "REVOKED", "order": registrar.destroy_order(self.county, row.id)})
        return row

    def admit(self, limiter: RateLimiter, key: str) -> None:
        """Let a request in, or ask to come back later; raises HTTPException 429."""
        if wait := limiter.wait(key):
            self.metrics.limited.inc()
            raise HTTPException(429, {"code": "BUSY"}, headers={"Retry-After": str(ceil(wait))})

    def take(self, frame: bytes, courier: DeviceRow) -> Response:
        """Receive a frame and answer with its receipt or the refusal."""
        answer = ingest.receive(self.county, frame, courier=courier.id, timer=self.metrics.time_stage)
        self.metrics.bytes.inc(len(frame))
        self.metrics.frames.labels(answer.code if isinstance(answer, Refused) else "replay" if answer.replay else "received").inc()
        if isinstance(answer, Refused):
            return self.refuse(answer, courier)
        self.metrics.operations.inc(answer.count)
        return Response(answer.receipt, media_type=OCTETS)

    def refuse(self, refused: Refused, courier: DeviceRow) -> Response:
        """Return the refusal, with the order to destroy where the courier itself is revoked."""
        detail: dict[str, Any] = {"code": refused.code, "head": refused.head}
        if refused.code == "REVOKED":
            with self.county.read() as connection:
                row = ledger.device(connection, courier.id)
            if row is not None and row.state == REVOKED:
                detail["order"] = registrar.destroy_order(self.county, courier.id)
        return problem(STATUS.get(refused.code, 422), detail)


def problem(status: int, detail: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """Return a refusal as canonical JSON."""
    return Response(strict.dumps(detail), status, headers, media_type="application/json")


async def bounded_body(request: Request, limit: int) -> bytes:
    """Return the body; raises HTTPException 413 as soon as it is longer than `limit`."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise HTTPException(413, {"code": "TOO_BIG"})
        parts.append(part)
    return b"".join(parts)


def routes(api: Api) -> APIRouter:
    """Return the routes under /v1."""
    router = APIRouter(prefix="/v1", responses=_REFUSALS)

    def courier(request: Request, authorization: Annotated[str, Header()] = "") -> DeviceRow:
        return api.courier(request, authorization)

    @router.post("/batches", response_class=Response, responses={200: {"content": {OCTETS: {}}}}, openapi_extra=_BINARY)
    async def post_batch(request: Request, device: Annotated[DeviceRow, Depends(courier)]) -> Response:
        """Receive one frame; the answer is its receipt."""
        frame = await bounded_body(request, MAX_FRAME)
        return await run_in_threadpool(api.take, frame, device)

    @router.get("/uploads/{digest}", response_model=OffsetAnswer)
    def get_upload(digest: Annotated[str, _DIGEST], device: Annotated[DeviceRow, Depends(courier)]) -> Response:
        """Tell how much of a broken upload lies here."""
        with api.county.read() as connection:
            return problem(200, {"offset": uploads.offset(connection, Upload(device.id, digest))})

    @router.patch("/uploads/{digest}", response_class=Response, responses={200: {"content": {OCTETS: {}}}}, openapi_extra=_BINARY)
    async def patch_upload(
        request: Request,
        digest: Annotated[str, _DIGEST],
        offset: Annotated[int, Query(ge=0, le=MAX_FRAME)],
        total: Annotated[int, Query(ge=1, le=MAX_FRAME)],
        device: Annotated[DeviceRow, Depends(courier)],
    ) -> Response:
        """Receive a frame from `offset` on; what arrived stays, and the whole frame is answered with its receipt."""
        return await _resume(api, request.stream(), Upload(device.id, digest), offset, total, device)

    @router.patch("/blobs/{digest}", response_model=OffsetAnswer, openapi_extra=_BINARY)
    async def patch_blob(
        request: Request,
        digest: Annotated[str, _DIGEST],
        offset: Annotated[int, Query(ge=0, le=blobs.MAX_BLOB)],
        total: Annotated[int, Query(ge=1, le=blobs.MAX_BLOB)],
        device: Annotated[DeviceRow, Depends(courier)],
    ) -> Response:
        """Receive one sealed range of an attachment; the answer says how much lies here."""
        sealed = await bounded_body(request, blobs.MAX_RANGE + 4096)
        try:
            have = await run_in_threadpool(blobs.take, api.county, device, BlobRange(digest, offset, total), sealed)
        except BlobRefusedError as error:
            return problem(STATUS.get(error.code, 422), {"code": error.code, "offset": error.offset})
        return problem(200, {"offset": have})

    @router.get("/head", response_model=HeadAnswer)
    def get_head(device: Annotated[DeviceRow, Depends(courier)]) -> Response:
        """Tell epoch, last batch and end of the feed."""
        with api.county.read() as connection:
            township = ledger.township(connection, device.township)
            epoch = epoch_of(connection)
        body = {"epoch": epoch, "head": device.head, "digest": device.head_digest, "feed": township.feed, "floor": township.floor}
        return problem(200, body | {"server_ms": api.county.clock.now_ms(), "limits": {"frame": MAX_FRAME}})

    @router.get("/feed", response_class=Response, responses={200: {"content": {OCTETS: {}}}})
    def get_feed(after: Annotated[int, Query(ge=0, le=strict.MAX_INTEGER)], device: Annotated[DeviceRow, Depends(courier)]) -> Response:
        """Return the sealed page of what came after a number."""
        return Response(feeding.page(api.county, device, after), media_type=OCTETS)

    @router.post("/devices", response_class=Response, responses={200: {"content": {OCTETS: {}}}}, openapi_extra=_BINARY)
    async def post_device(request: Request) -> Response:
        """Enrol a laptop with a sealed request."""
        api.admit(api.strangers, request.client.host if request.client else "")
        sealed = await bounded_body(request, MAX_REQUEST)
        try:
            return Response(await run_in_threadpool(registrar.enrol, api.county, sealed), media_type=OCTETS)
        except EnrolmentRefusedError as error:
            return problem(STATUS.get(error.code, 422), {"code": error.code})

    return router


async def _resume(api: Api, stream: AsyncIterator[bytes], upload: Upload, offset: int, total: int, device: DeviceRow) -> Response:
    """Nothing is written while all goes well; a broken or long stream keeps what arrived."""
    have = await run_in_threadpool(_offset, api.county, upload) if offset else 0
    if offset != have:
        return problem(409, {"code": "OFFSET", "offset": have})
    held, cut = await _collect(api, stream, upload, offset, total)
    if held is None:
        return problem(413, {"code": "TOO_BIG"})
    kept, tail = held
    if cut or kept + len(tail) < total:
        with CancelScope(shield=True):  # the line is gone, but what arrived stays
            kept = await run_in_threadpool(_keep, api.county, upload, kept, bytes(tail))
        return problem(409, {"code": "OFFSET", "offset": kept})
    return await run_in_threadpool(_finish, api, upload, kept, bytes(tail), device)


async def _collect(
    api: Api, stream: AsyncIterator[bytes], upload: Upload, offset: int, total: int
) -> tuple[tuple[int, bytearray] | None, bool]:
    """Return ((bytes kept in the database, bytes still in memory), whether the line broke); None where too much came."""
    kept, tail = offset, bytearray()
    try:
        async for part in stream:
            tail += part
            if kept + len(tail) > total:
                return None, False
            if len(tail) >= 4 * uploads.PART:
                kept = await run_in_threadpool(_keep, api.county, upload, kept, bytes(tail))
                tail.clear()
    except ClientDisconnect:
        return (kept, tail), True
    return (kept, tail), False


def _offset(county: County, upload: Upload) -> int:
    with county.read() as connection:
        return uploads.offset(connection, upload)


def _keep(county: County, upload: Upload, start: int, content: bytes) -> int:
    with county.write() as connection:
        if content and not uploads.keep(connection, upload, start, content, county.clock.now_ms()):
            raise HTTPException(413, {"code": "TOO_BIG"})
        return uploads.offset(connection, upload)


def _finish(api: Api, upload: Upload, kept: int, tail: bytes, device: DeviceRow) -> Response:
    if kept:
        with api.county.read() as connection:
            tail = uploads.content(connection, upload, kept) + tail
    answer = api.take(tail, device)
    if kept:
        with api.county.write() as connection:
            uploads.drop(connection, upload)
    return answer

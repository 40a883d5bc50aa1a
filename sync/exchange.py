"""Owns one exchange with the county, push then pull, and what the 数据交换 page shows; a failure changes nothing but the next try."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import exchange as store
from mzdesk.store.exchange import ReturnedOperation, SealedBatch
from mzdesk.store.meta import read_meta, write_meta
from sync import account as accounts
from sync import attachments, pull, push, signed
from sync.account import Account
from sync.errors import LineError, RefusedError, RevokedError, Sentence, told
from sync.lines import StationLine
from sync.pacing import Pace, wait_seconds
from sync.receipts import RETURNED, BadReceiptError, Receipt
from sync.signed import BadDocumentError
from sync.transport import HttpTransport, Transport

MANY_ROUNDS = 100_000
NET = "net"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an exchange is: `sent` batches of about `total`, and a Chinese word for the stage."""

    stage: str
    sent: int
    total: int


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What an exchange did; `problem` is None where it ended well; `next_try` in Unix milliseconds, 0 for none planned."""

    batches: int = 0
    sent: int = 0
    accepted: int = 0
    returned: int = 0
    pulled: int = 0
    receipts: tuple[str, ...] = ()
    problem: Sentence | None = None
    next_try: int = 0
    stopped: bool = False
    files: int = 0


@dataclass(frozen=True, slots=True)
class ExchangeStatus:
    """What the 数据交换 page shows; instants in Unix milliseconds, 0 for never; `offset_ms` = county's clock − laptop's."""

    enrolled: bool
    county: str
    device: str
    pending_by_kind: Mapping[str, int]
    bytes_left: int
    batches_waiting: int
    returned: int
    held: int
    conflicts: int
    last_receipt: str
    last_receipt_at: int
    last_error: Sentence | None
    next_try: int
    failures: int
    offset_ms: int


@dataclass
class _Run:
    station: Station
    account: Account
    line: Transport
    progress: Callable[[Progress], None] | None
    stop: Callable[[], bool] | None
    total: int = 0
    batches: int = 0
    sent: int = 0
    accepted: int = 0
    returned: int = 0
    pulled: int = 0
    feed_hi: int = 0
    numbers: list[str] = field(default_factory=list)
    reconciled: bool = False
    files: int = 0
    fresh: set[int] = field(default_factory=set)

    def tell(self, stage: str) -> None:
        if self.progress is not None:
            self.progress(Progress(stage, self.batches, max(self.total, self.batches)))

    def stopped(self) -> bool:
        return self.stop is not None and self.stop()


def run_once(
    station: Station,
    transport: Transport | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    stop: Callable[[], bool] | None = None,
    draw: random.Random | None = None,
) -> Exchanged:
    """Send everything that waits and take in what is new; what failed is in `problem`, and nothing is lost by it.

    Raises MzError where the station has not joined a county, RevokedError where the county signed an order against it.
    """
    account = accounts.require(station)
    card = account.record.card
    line = transport or StationLine(station, card, account.record.token)
    run = _Run(station, account, line, progress, stop)
    try:
        problem = _attempt(run)
    except RevokedError:
        _remember(station, RefusedError("REVOKED"), draw or random.SystemRandom())
        raise
    finally:
        if transport is None and isinstance(line, HttpTransport):
            line.close()
    next_try = _remember(station, problem, draw or random.SystemRandom())
    return Exchanged(
        run.batches,
        run.sent,
        run.accepted,
        run.returned,
        run.pulled,
        tuple(run.numbers),
        told(problem) if problem else None,
        next_try,
        run.stopped(),
        run.files,
    )


def _attempt(run: _Run) -> LineError | RefusedError | None:
    try:
        _push(run)
        _pull(run)
        run.files = attachments.send_waiting(run.station, run.account, run.line, run.stopped)
    except RefusedError as error:
        _obey(run.account, error)
        return error
    except LineError as error:
        return error
    except (BadReceiptError, BadDocumentError) as error:
        return LineError(f"县里的回答不完整：{error}")
    return None


def _obey(account: Account, error: RefusedError) -> None:
    """A signed order of the county to destroy the keys becomes RevokedError; an unsigned one is only a refusal."""
    order = error.detail.get("order")
    if error.code != "REVOKED" or not isinstance(order, str):
        return
    try:
        value = signed.verify(b"MZO1", signed.decode(order), account.record.card.sign_key)
    except BadDocumentError:
        return
    if value.get("device") == account.device and value.get("act") == "destroy":
        raise RevokedError(signed.decode(order))


def _push(run: _Run) -> None:
    pace = _pace(run.station)
    with run.station.read() as connection:
        counts = store.queue_counts(connection)
    run.total = counts.batches + max(counts.bytes_left // pace.bytes, 1 if counts.by_kind else 0)
    for _ in range(MANY_ROUNDS):
        if run.stopped() or (batch := _next_batch(run, pace)) is None:
            return
        run.tell("正在发送")
        started = time.monotonic()
        try:
            delivered = _deliver(run, batch, pace)
        except LineError:
            _keep_pace(run.station, pace.after_failure())
            raise
        if delivered:
            pace = pace.after_success(time.monotonic() - started)
            _keep_pace(run.station, pace)


def _next_batch(run: _Run, pace: Pace) -> SealedBatch | None:
    with run.station.read() as connection:
        waiting = store.unreceipted(connection, 1)
    return waiting[0] if waiting else _seal_next(run, pace)


def _seal_next(run: _Run, pace: Pace) -> SealedBatch | None:
    made = push.seal_next(run.station, run.account, pace)
    if made is not None:
        run.fresh.add(made.seq)
    return made


def _seal_ahead(run: _Run, batch: SealedBatch, pace: Pace) -> None:
    """Seal one more batch while the county works on this one, unless one lies ready: two are in flight at most."""
    with run.station.read() as connection:
        ahead = store.batch_of(connection, batch.seq + 1)
    if ahead is None and not run.stopped():
        _seal_next(run, pace)


def _deliver(run: _Run, batch: SealedBatch, pace: Pace) -> bool:
    """Send one batch and store its receipt; False where the county must first be offered earlier batches again."""
    fresh = batch.seq in run.fresh
    run.fresh.discard(batch.seq)
    try:
        raw = run.line.send(batch.frame, batch.digest, fresh=fresh, meanwhile=lambda: _seal_ahead(run, batch, pace))
    except RefusedError as error:
        if error.code in ("GAP", "CHAIN") and not run.reconciled:
            _reconcile(run, error)
            return False
        raise
    receipt = push.read_receipt(run.account, raw)
    if receipt.seq != batch.seq or receipt.digest != batch.digest:
        raise BadReceiptError("for another batch")
    push.take_receipt(run.station, run.account, receipt, NET)
    _count(run, batch, receipt)
    if receipt.verdicts is None:
        raise RefusedError(receipt.frame_reason)
    return True


def _count(run: _Run, batch: SealedBatch, receipt: Receipt) -> None:
    verdicts = receipt.verdicts or ()
    run.batches += 1
    run.sent += batch.count
    run.returned += sum(1 for item in verdicts if item.verdict == RETURNED)
    run.accepted += sum(1 for item in verdicts if item.verdict != RETURNED)
    run.numbers.append(receipt.number)
    run.feed_hi = max(run.feed_hi, receipt.feed_hi)


def _reconcile(run: _Run, refused: RefusedError) -> None:
    """The county knows less than its receipts say: it was restored from a backup. Raises `refused` where that is not so."""
    run.reconciled = True
    head = run.line.head()
    with run.station.read() as connection:
        batch = store.batch_of(connection, head.head)
    if head.head and (batch is None or batch.digest != head.digest):
        raise refused
    push.reconcile(run.station, head.epoch, head.head, head.floor)


def _pull(run: _Run) -> None:
    cursor = pull.cursor_of(run.station)
    if run.batches and cursor >= run.feed_hi:
        return
    for _ in range(MANY_ROUNDS):
        if run.stopped():
            return
        run.tell("正在接收")
        page = pull.read_page(run.account, run.line.feed(cursor))
        if page.epoch != _epoch(run.station) and not run.reconciled:
            _reconcile(run, RefusedError("CHAIN"))
            _push(run)
            cursor = pull.cursor_of(run.station)
            continue
        if page.after != cursor:
            raise BadDocumentError("another page")
        run.pulled += pull.apply_page(run.station, page)
        if page.complete:
            return
        if page.next <= cursor:
            raise BadDocumentError("no progress")
        cursor = page.next


def _epoch(station: Station) -> int:
    with station.read() as connection:
        return int(read_meta(connection, store.EPOCH, "0"))


def _pace(station: Station) -> Pace:
    with station.read() as connection:
        kept = read_meta(connection, "sync.pace")
    return Pace(int(kept)) if kept else Pace()


def _keep_pace(station: Station, pace: Pace) -> None:
    with station.write() as connection:
        write_meta(connection, "sync.pace", str(pace.bytes))


def _remember(station: Station, problem: LineError | RefusedError | None, draw: random.Random) -> int:
    """Keep the outcome for the page and the timer; return when to try next, 0 where a person must act or all is well."""
    with station.write() as connection:
        failures = int(read_meta(connection, "sync.failures") or "0") + 1 if problem else 0
        sentence = told(problem) if problem else None
        next_try = 0
        if problem is not None and sentence is not None and not sentence.final:
            after = problem.retry_after if isinstance(problem, LineError) else None
            next_try = station.clock.now_ms() + int(wait_seconds(failures, draw, after) * 1000)
        write_meta(connection, "sync.failures", str(failures))
        write_meta(connection, "sync.next_try", str(next_try))
        written = canonical.text([sentence.title, sentence.message, sentence.final]) if sentence else ""
        write_meta(connection, "sync.problem", written)
    return next_try


def status(station: Station) -> ExchangeStatus:
    """Return what waits, what failed and what is planned."""
    with station.read() as connection:
        account = accounts.load(connection)
        counts = store.queue_counts(connection)
        number, at = store.last_receipt(connection)
        problem = read_meta(connection, "sync.problem")
        return ExchangeStatus(
            enrolled=account is not None,
            county=account.record.card.name if account else "",
            device=account.device if account else "",
            pending_by_kind=counts.by_kind,
            bytes_left=counts.bytes_left + store.file_bytes_left(connection),
            batches_waiting=counts.batches,
            returned=counts.returned,
            held=counts.held,
            conflicts=counts.conflicts,
            last_receipt=number,
            last_receipt_at=at,
            last_error=Sentence(*canonical.loads(problem)) if problem else None,
            next_try=int(read_meta(connection, "sync.next_try") or "0"),
            failures=int(read_meta(connection, "sync.failures") or "0"),
            offset_ms=int(read_meta(connection, "clock_offset_ms", "0")),
        )


def returned_inbox(station: Station) -> tuple[ReturnedOperation, ...]:
    """Return what the county sent back and nobody has mended, within the scope of who is at the desk."""
    with station.read() as connection:
        found = store.returned(connection)
    return tuple(item for item in found if not item.village or station.scope.covers(item.village))


def dismiss_returned(station: Station, op: str) -> None:
    """Close a returned operation without mending it; raises MzError where it is not open."""
    with station.write() as connection:
        if not store.close_return(connection, op, f"dismissed:{station.scope.actor}"):
            raise MzError("这一条已经处理过", "请刷新“县里退回”列表。")

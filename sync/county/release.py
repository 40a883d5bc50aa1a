"""Lets operations go that were held for a parent, once the parent is there; their new verdict goes down the feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from mzdesk import canonical
from sync.county import ledger
from sync.county.county import County
from sync.county.database import copy_rows
from sync.county.judge import Grant, Judge, Judged
from sync.county.ledger import among
from sync.county.tables import FEED, OPERATION
from sync.operations import read_operation
from sync.receipts import HELD, RETURNED, Verdict

FEED_COLUMNS = ("township", "n", "kind", "village", "device", "body")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log whose verdict changes later."""

    op: str
    kind: str
    subject: str
    village: str
    device: str
    n: int
    body: str


_COLUMNS = [OPERATION.c[name] for name in Line.__slots__]


def release_held(county: County, connection: Connection, township: str, judged: Judged, feed: int, held: int) -> tuple[int, int]:
    """Judge again what waited for the subjects of `judged`, and what then waits for those; return the new (feed, held)."""
    arrived = [entry.subject for entry in judged.entries if entry.verdict.verdict != RETURNED]
    while arrived and held and (waiting := _waiting(connection, township, arrived)):
        arrived = []
        for item in waiting:
            verdict, feed = _judge_again(county, connection, township, item, feed)
            if verdict.verdict != HELD:
                held -= 1
                arrived.append(item.subject)
    return feed, held


def _waiting(connection: Connection, township: str, parents: Sequence[str]) -> list[Line]:
    query = select(*_COLUMNS).where(
        OPERATION.c.township == township, OPERATION.c.verdict == HELD, among(connection, OPERATION.c.reason, parents)
    )
    return [Line(*row) for row in connection.execute(query.order_by(OPERATION.c.n)).all()]


def _judge_again(county: County, connection: Connection, township: str, item: Line, feed: int) -> tuple[Verdict, int]:
    operation = read_operation(item.body.encode())
    parents = [str(operation.set.get(name) or "") for name in ("amends", "person_id")]
    known = ledger.known(connection, township, [], [(operation.kind, operation.id)], [parent for parent in parents if parent])
    judged = Judge(Grant(township, frozenset()), known, {}, county.clock.now_ms(), "").run([operation])
    verdict = judged.verdicts[0]
    if verdict.verdict == HELD:
        return verdict, feed
    number = feed + 1
    ledger.keep_states(connection, township, judged, dict.fromkeys(judged.states, number))
    ledger.keep_contenders(connection, township, judged, county.clock.now_ms())
    change_verdict(connection, township, item.n, verdict)
    tell_verdict(connection, township, number, item.village, item, verdict)
    return verdict, number


def change_verdict(connection: Connection, township: str, n: int, verdict: Verdict) -> None:
    """Write the verdict of a log line."""
    values = {"verdict": verdict.verdict, "reason": verdict.reason, "field": verdict.field, "sentence": verdict.sentence}
    connection.execute(update(OPERATION).where(OPERATION.c.township == township, OPERATION.c.n == n).values(values))


def tell_verdict(connection: Connection, township: str, n: int, village: str, item: Line, verdict: Verdict) -> None:
    """Put a later verdict into the feed as number `n`; every laptop of the scope sees it, its author marks its operation."""
    body = {
        "op": item.op,
        "of": item.kind,
        "id": item.subject,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "field": verdict.field,
        "sentence": verdict.sentence,
        "body": canonical.loads(item.body),
    }
    copy_rows(connection, FEED, FEED_COLUMNS, [(township, n, "verdict", village, "", canonical.text(body))])

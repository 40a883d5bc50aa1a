"""The county's own hand in a dispute: the chosen value becomes an operation of the county's, seen by every laptop of the scope."""

from __future__ import annotations

from sqlalchemy import select

from mzdesk import canonical
from mzdesk.clock import new_id
from mzdesk.errors import MzError
from sync import strict
from sync.county import audit, ingest, ledger
from sync.county.county import County
from sync.county.judge import Grant, Judge
from sync.county.ledger import ACTIVE, DeviceRow
from sync.county.tables import CONTENDER, STATE
from sync.operations import read_operation


def decide(county: County, township: str, contender: str, *, keep_current: bool, actor: str) -> None:
    """Decide between the current value and a contender; raises MzError where it is decided already."""
    now = county.clock.now_ms()
    with county.write() as connection:
        row = ledger.lock_township(connection, township)
        chosen = CONTENDER.c.township == township, CONTENDER.c.id == contender, CONTENDER.c.resolved_at == 0
        dispute = connection.execute(select(CONTENDER).where(*chosen)).first()
        if dispute is None:
            raise MzError("这一项已经裁定过", "请刷新页面。")
        state = STATE.c.township == township, STATE.c.kind == dispute.kind, STATE.c.id == dispute.subject
        current = canonical.loads(connection.execute(select(STATE.c.fields).where(*state)).scalar_one())[dispute.field]
        body = {
            "op": new_id(county.clock),
            "id": dispute.subject,
            "kind": dispute.kind,
            "set": {dispute.field: current["v"] if keep_current else canonical.loads(dispute.value)},
            "base": {dispute.field: current["op"]},
            "hlc": f"{now:012x}-0000-{county.id}",
            "actor": actor,
        }
        operation = read_operation(strict.dumps(body))
        known = ingest.look_up(connection, township, [operation])
        judged = Judge(Grant(township, frozenset()), known, {}, now, "").run([operation])
        office = DeviceRow(county.id, township, (), b"", b"", 0, "", ACTIVE, 0, "")
        ledger.append_entries(connection, office, 0, row.feed + 1, judged.entries, now)
        feed, held = ingest.store_effects(connection, township, judged, row.feed, row.held, now)
        ledger.set_feed(connection, township, feed, held)
        audit.append(connection, actor, "decide_conflict", dispute.subject, {"field": dispute.field}, now)

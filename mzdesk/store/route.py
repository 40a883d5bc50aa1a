"""The query behind the route sheet: what the last visit found."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from mzdesk import canonical
from mzdesk.store.records import visible
from mzdesk.store.scope import Scope
from mzdesk.store.tables import RECORD

CHUNK = 500


def last_findings(connection: Connection, scope: Scope, person_ids: Sequence[str]) -> dict[str, str]:
    """Return person id → the problems written down in the last visit that is not restricted, for those where there are any."""
    found: dict[str, str] = {}
    for start in range(0, len(person_ids), CHUNK):
        query = (
            select(RECORD.c.person_id, RECORD.c.answers_json)
            .where(RECORD.c.person_id.in_(person_ids[start : start + CHUNK]), RECORD.c.kind == "visit", visible(scope))
            .where(RECORD.c.amended_by == "", RECORD.c.deleted_at == 0, RECORD.c.restricted.is_(False))
            .order_by(RECORD.c.occurred_on, RECORD.c.saved_at)
        )
        for row in connection.execute(query):
            action = canonical.loads(row.answers_json).get("action", {})
            found[row.person_id] = str(action.get("problems", "")) if isinstance(action, dict) else ""
    return {person: text for person, text in found.items() if text and text != "无"}

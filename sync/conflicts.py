"""Owns the decision between two values of one field: both are kept until a named supervisor chooses, and the choice is an operation."""

from __future__ import annotations

from mzdesk.casework import due
from mzdesk.errors import MzError
from mzdesk.registry import indexing
from mzdesk.station import Station
from mzdesk.store import audit, outbox, shadows
from mzdesk.store.outbox import LANE_REST, Edit
from mzdesk.store.scope import Permission
from mzdesk.store.shadows import Dispute


def waiting(station: Station) -> tuple[Dispute, ...]:
    """Return the fields in dispute within the scope of who is at the desk."""
    with station.read() as connection:
        found = shadows.disputes(connection)
    return tuple(dispute for dispute in found if station.scope.covers(dispute.village))


def resolve(station: Station, dispute_id: str, *, keep_current: bool, reason: str = "") -> None:
    """Decide a dispute; the county closes it when the operation arrives. `reason` is kept in the log.

    Raises MzError without the right, or where it is closed.
    """
    if not station.scope.may(Permission.REVIEW):
        raise MzError("您没有裁定的权限", "请让主管（儿童督导员）裁定两种写法中哪一种是对的。")
    dispute = next((item for item in waiting(station) if item.id == dispute_id), None)
    if dispute is None:
        raise MzError("这一项已经裁定过", "请刷新列表。")
    _decide(station, dispute, dispute.current if keep_current else dispute.contender, reason)


def _decide(station: Station, dispute: Dispute, value: object, reason: str) -> None:
    now = station.clock.now_ms()
    base = {dispute.field: dispute.current_op} if dispute.current_op else {}
    edit = Edit(station.new_id(), dispute.kind, dispute.subject, {dispute.field: value}, base, dispute.village, LANE_REST)
    with station.write() as connection:
        outbox.enqueue(connection, [edit], actor=station.scope.actor, device=station.identity.device, now_ms=now)
        shadows.settle_dispute(connection, dispute.id, station.scope.actor, now)
        shadows.refresh_view(connection, dispute.kind, dispute.subject, now)
        people = shadows.people_of(connection, dispute.kind, [dispute.subject])
        due.refresh(connection, station, people)
        indexing.refresh(connection, people)
        audit.append(connection, station.scope, "resolve_conflict", dispute.subject, {"field": dispute.field, "reason": reason}, now_ms=now)

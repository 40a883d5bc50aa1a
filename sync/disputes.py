"""Owns what a person needs to decide between two values of one field: who wrote each and when, numbers masked until they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mzdesk.errors import MzError
from mzdesk.reports.masking import mask_numbers
from mzdesk.station import Station
from mzdesk.store import audit, authors
from mzdesk.store.authors import Author
from mzdesk.store.scope import Permission
from mzdesk.store.shadows import Dispute
from sync import conflicts

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two values as it may be shown; `who` is a name or says which laptop; `at` in Unix milliseconds, 0 unknown."""

    value: Any
    who: str
    at: int


@dataclass(frozen=True, slots=True)
class Contest:
    """A dispute with both sides; `masked`: a number is covered on at least one of them."""

    dispute: Dispute
    current: Side
    contender: Side
    masked: bool


def waiting(station: Station) -> tuple[Contest, ...]:
    """Return the fields in dispute within the scope of who is at the desk, oldest first."""
    found = conflicts.waiting(station)
    with station.read() as connection:
        return tuple(_contest(connection, station, dispute) for dispute in found)


def _contest(connection: Connection, station: Station, dispute: Dispute) -> Contest:
    current = _side(connection, station, dispute.current, dispute.current_op)
    contender = _side(connection, station, dispute.contender, dispute.contender_op)
    return Contest(dispute, current, contender, (current.value, contender.value) != (dispute.current, dispute.contender))


def _side(connection: Connection, station: Station, value: Any, op: str) -> Side:
    author = authors.of_operation(connection, op)
    shown = mask_numbers(value) if isinstance(value, str) else value
    return Side(shown, _who(station, author), author.at)


def _who(station: Station, author: Author) -> str:
    if not author.own:
        return "另一台电脑"
    slot = station.vault.document.slot(author.actor) if station.vault is not None else None
    return f"{slot.name}（本机）" if slot is not None else "本机"


def reveal(station: Station, dispute_id: str, reason: str) -> Dispute:
    """Return a dispute with its whole numbers; the act is logged. Raises MzError without the right, or where it is closed."""
    if not station.scope.may(Permission.UNMASK):
        raise MzError("您没有查看完整证件号的权限", "请让有权限的同事操作。")
    found = next((item for item in conflicts.waiting(station) if item.id == dispute_id), None)
    if found is None:
        raise MzError("这一项已经裁定过", "请刷新列表。")
    with station.write() as connection:
        audit.append(connection, station.scope, "unmask", found.subject, {"reason": reason}, now_ms=station.clock.now_ms())
    return found

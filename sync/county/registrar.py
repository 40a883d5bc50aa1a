"""Enrols laptops with single-use tickets, and revokes them with effect at the next request; every act is in the audit log."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from mzdesk.clock import new_id
from mzdesk.errors import MzError
from sync import signed, tickets
from sync.county import audit, ledger
from sync.county.county import County, epoch_of
from sync.county.tables import DEVICE, TICKET
from sync.signed import BadDocumentError
from sync.tickets import TICKET_DAYS, Grant, Request, Ticket

DAY_MS = 86_400_000
ROLES = ("children_director", "social_worker", "supervisor", "administrator")


class EnrolmentRefusedError(Exception):
    """A request that is not answered; `code` is one of TICKET_UNKNOWN, TICKET_USED, TICKET_EXPIRED, BAD_REQUEST."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One laptop in the county's list; instants in Unix milliseconds."""

    id: str
    township: str
    villages: str
    label: str
    state: str
    state_why: str
    head: int
    enrolled: int
    seen: int
    seen_by: str
    cursor: int


def issue(county: County, township: str, villages: Sequence[str], *, roles: Sequence[str] = (), label: str = "", actor: str) -> str:
    """Return a ticket code for one laptop of a township; raises MzError where the codes do not fit this county."""
    _check_scope(county, township, villages)
    now = county.clock.now_ms()
    grant = Grant(f"d-{new_id(county.clock)}", township, tuple(villages), tuple(roles))
    ticket = Ticket(county.folder.card(), grant, now + TICKET_DAYS * DAY_MS, secrets.token_urlsafe(16))
    row = {
        "device": grant.device,
        "township": township,
        "villages": " ".join(villages),
        "roles": " ".join(roles),
        "secret": tickets.secret_digest(ticket.secret),
        "label": label,
        "expires": ticket.expires_ms,
        "issued_by": actor,
        "issued": now,
    }
    with county.write() as connection:
        connection.execute(TICKET.insert(), row)
        audit.append(connection, actor, "issue_ticket", grant.device, {"township": township}, now)
    return tickets.write_ticket(ticket, county.folder.keys.sign)


def _check_scope(county: County, township: str, villages: Sequence[str]) -> None:
    if not (township.isdigit() and len(township) == 9 and township.startswith(county.folder.settings.code)):
        raise MzError("乡镇代码不对", f"乡镇代码是 9 位数字，并以本县代码 {county.folder.settings.code} 开头。", field="township")
    for village in villages:
        if not (village.isdigit() and len(village) == 12 and village.startswith(township)):
            raise MzError("村代码不对", f"村代码是 12 位数字，并以乡镇代码 {township} 开头：{village}", field="villages")


def enrol(county: County, sealed: bytes) -> bytes:
    """Answer an enrolment request with the signed device record; the same request gets the same answer.

    Raises EnrolmentRefusedError.
    """
    request = _open(county, sealed)
    now = county.clock.now_ms()
    with county.write() as connection:
        ticket = connection.execute(select(TICKET).where(TICKET.c.device == request.device)).first()
        if ticket is None or not secrets.compare_digest(ticket.secret, tickets.secret_digest(request.secret)):
            raise EnrolmentRefusedError("TICKET_UNKNOWN")
        if ticket.used:
            return _again(connection, request)
        if ticket.expires < now:
            raise EnrolmentRefusedError("TICKET_EXPIRED")
        ledger.lock_township(connection, ticket.township)
        grant = Grant(request.device, ticket.township, tuple(ticket.villages.split()), tuple(ticket.roles.split()))
        record = _add_device(county, connection, request, grant, ticket.label or request.label, now)
        connection.execute(update(TICKET).where(TICKET.c.device == request.device).values(used=now))
        audit.append(connection, request.device, "enrol", request.device, {"township": ticket.township}, now)
    return record


def _open(county: County, sealed: bytes) -> Request:
    for key in county.folder.keys.boxes.values():
        try:
            return tickets.read_request(sealed, key)
        except BadDocumentError:
            continue
    raise EnrolmentRefusedError("BAD_REQUEST")


def _again(connection: Connection, request: Request) -> bytes:
    row = connection.execute(select(DEVICE.c.record, DEVICE.c.sign_key).where(DEVICE.c.id == request.device)).first()
    if row is None or bytes(row.sign_key) != request.sign_key:
        raise EnrolmentRefusedError("TICKET_USED")
    return bytes(row.record)


def _add_device(county: County, connection: Connection, request: Request, grant: Grant, label: str, now: int) -> bytes:
    token = secrets.token_urlsafe(32)
    body = {"token": token, "epoch": epoch_of(connection), "enrolled": now}
    record = tickets.write_device(body, county.folder.card(), grant, county.folder.keys.sign)
    row = {
        "id": grant.device,
        "township": grant.township,
        "villages": " ".join(grant.villages),
        "roles": " ".join(grant.roles),
        "label": label,
        "sign_key": request.sign_key,
        "box_key": request.box_key,
        "token": tickets.secret_digest(token),
        "record": record,
        "state": ledger.ACTIVE,
        "enrolled": now,
        "seen": now,
    }
    connection.execute(DEVICE.insert(), row)
    return record


def revoke(county: County, device: str, why: str, *, actor: str) -> None:
    """Revoke a laptop: later frames only to quarantine, its token is void but for the order; raises MzError where unknown."""
    with county.write() as connection:
        if ledger.device(connection, device, lock=True) is None:
            raise MzError("没有这台电脑", "请核对设备编号；用 county devices 查看列表。")
        ledger.set_device_state(connection, device, ledger.REVOKED, why, county.clock.now_ms())
        audit.append(connection, actor, "revoke", device, {"why": why}, county.clock.now_ms())


def destroy_order(county: County, device: str) -> str:
    """Return the signed order that makes a revoked laptop destroy its keys, in base64url."""
    body = {"device": device, "act": "destroy", "at": county.clock.now_ms()}
    return signed.encode(signed.sign(b"MZO1", body, county.folder.keys.sign))


def devices(connection: Connection, township: str = "") -> tuple[DeviceLine, ...]:
    """Return the laptops, the longest silent first."""
    query = select(*(DEVICE.c[name] for name in DeviceLine.__slots__)).order_by(DEVICE.c.seen, DEVICE.c.id)
    rows = connection.execute(query.where(DEVICE.c.township == township) if township else query)
    return tuple(DeviceLine(*row) for row in rows)


def count_active(connection: Connection) -> int:
    """Return how many laptops may send."""
    return int(connection.execute(select(func.count()).select_from(DEVICE).where(DEVICE.c.state == ledger.ACTIVE)).scalar_one())

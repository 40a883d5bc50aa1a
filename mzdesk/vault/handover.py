"""A caseload moves from one person to another: listed first, signed on paper, then moved in one transaction and logged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mzdesk import canonical
from mzdesk.casework import restricted
from mzdesk.casework.issued_forms import catalog_in
from mzdesk.errors import MzError
from mzdesk.registry.journal import Journal, require_enrolment
from mzdesk.station import Station
from mzdesk.store import audit, caseload
from mzdesk.store.caseload import CaseRow
from mzdesk.store.restricted import split
from mzdesk.store.scope import ROLE_PERMISSIONS, Permission
from mzdesk.vault import accounts
from mzdesk.vault.accounts import Account

if TYPE_CHECKING:
    from sqlalchemy import Connection

SIGNATURES = ("移交人", "接收人", "监交人")


@dataclass(frozen=True)
class HandoverList:
    """What is handed over, as it is printed and signed: from, to, the date (ISO), the rows, and the digest on the paper's foot."""

    giver: Account
    receiver: Account
    villages: tuple[str, ...]
    on: str
    rows: tuple[CaseRow, ...]
    digest: str
    signatures: tuple[str, ...] = SIGNATURES


@dataclass(frozen=True)
class Handed:
    """What a handover moved."""

    roles: int
    follow_ups: int
    drafts: int


def prepare(station: Station, giver_id: str, receiver_id: str, villages: Iterable[str]) -> HandoverList:
    """Return the list to print and sign. Raises MzError: not in scope, unknown account, the receiver is not of these villages."""
    by_id = {account.id: account for account in accounts.every(station)}
    if giver_id not in by_id or receiver_id not in by_id or giver_id == receiver_id:
        raise MzError("请选择移交人和接收人", "两人都要有本站的账户，而且不能是同一个人。")
    chosen = tuple(sorted(set(villages)))
    _check(station, giver_id, by_id[receiver_id], chosen)
    with station.read() as connection:
        rows = caseload.current_roles(connection, station.scope, chosen, by_id[giver_id].name)
    on = station.today().isoformat()
    digest = canonical.digest([giver_id, receiver_id, on, [[row.enrolment_id, row.person_id] for row in rows]])
    return HandoverList(by_id[giver_id], by_id[receiver_id], chosen, on, rows, digest)


def carry_out(station: Station, signed: HandoverList) -> Handed:
    """Move what the signed list names: the responsible, open follow-ups, drafts. Raises MzError where it changed since printing.

    A draft with restricted answers stays with its author where the receiver may not see them.
    """
    now = prepare(station, signed.giver.id, signed.receiver.id, signed.villages)
    if [row.enrolment_id for row in now.rows] != [row.enrolment_id for row in signed.rows]:
        raise MzError("清单已经变了", "打印之后有人新增或退出，请重新打印、签字后再移交。")
    with station.write() as connection:
        journal = Journal(connection, station, "handover", f"移交给{signed.receiver.name}")
        for row in signed.rows:
            journal.change("enrolment", require_enrolment(connection, station, row.enrolment_id), {"responsible": signed.receiver.name})
        journal.close()
        kept = _drafts_not_for(connection, station, signed)
        moved = caseload.move_work(connection, station.scope, signed.villages, signed.giver.id, signed.receiver.id, but_drafts=kept)
        handed = Handed(len(signed.rows), *moved)
        detail = {"to": signed.receiver.id, "villages": list(signed.villages), "roles": handed.roles, "digest": signed.digest}
        audit.append(connection, station.scope, "handover", signed.giver.id, detail, now_ms=station.clock.now_ms())
    return handed


def _drafts_not_for(connection: Connection, station: Station, signed: HandoverList) -> list[str]:
    """Return the giver's drafts whose restricted answers the receiver may not see."""
    if Permission.RESTRICTED in ROLE_PERMISSIONS[signed.receiver.role]:
        return []
    forms, kept = catalog_in(connection), []
    for draft in caseload.drafts_of(connection, station.scope, signed.villages, signed.giver.id):
        whole, paths = restricted.marks_on(forms, draft.form_id, draft.form_version)
        if whole or split(canonical.loads(draft.answers_json), paths)[1]:
            kept.append(draft.id)
    return kept


def _check(station: Station, giver_id: str, receiver: Account, villages: tuple[str, ...]) -> None:
    scope = station.scope
    if not villages or not all(scope.covers(village) for village in villages):
        raise MzError("不能移交这些村", "请选择您负责范围内的村。", field="villages")
    if scope.actor != giver_id and not scope.may(Permission.REVIEW):
        raise MzError("没有权限", "只有移交人本人或儿童督导员/主管可以办理移交。")
    if receiver.villages and not set(villages) <= set(receiver.villages):
        raise MzError("接收人不负责这些村", "请先由管理员在“账户”页给接收人加上这些村。")

"""The people who share a laptop: who may add, change and remove them, and never without a line in the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mzdesk.errors import MzError
from mzdesk.opening import AccountCard, new_account_id, new_account_slot
from mzdesk.station import Station
from mzdesk.store.scope import Permission, Role
from mzdesk.vault import credentials, keys, passwords, rekey, rights, slots
from mzdesk.vault.document import MAXIMUM_SLOTS, Slot, VaultDocument
from mzdesk.vault.throttle import Throttle


@dataclass(frozen=True)
class Account:
    """One account; `villages` holds 12-digit codes, () means the township. `peppered`: opens on this computer only."""

    id: str
    name: str
    role: Role
    villages: tuple[str, ...]
    peppered: bool


def every(station: Station) -> tuple[Account, ...]:
    """Return the accounts of the station."""
    return tuple(_account(slot) for slot in station.open_vault().document.accounts())


def add(station: Station, name: str, role: Role, villages: Iterable[str], password: str) -> Account:
    """Add an account. Raises MzError: no permission, a name in use, villages not of the station, weak password."""
    station.scope.require(Permission.ACCOUNTS)
    vault = station.open_vault()
    card = _checked(station, AccountCard(new_account_id(station.clock), name.strip(), role.value, tuple(villages)))
    passwords.require_good(password, card.name, peppered=vault.peppered)
    if len(vault.document.slots) >= MAXIMUM_SLOTS:
        raise MzError("账户太多", f"一个站点最多 {MAXIMUM_SLOTS} 个账户，请先移除离岗的人。")
    slot = new_account_slot(vault.document.vault, card, password, vault.pepper_entry(), vault.cost)
    wrapped = slots.wrap(vault.document, slot, vault.data_key)
    rights.change(station, "rights", card.id, {"what": "add", **_rights_of(wrapped)}, lambda document: document.with_slot(wrapped))
    return _account(wrapped)


def change(station: Station, account_id: str, *, name: str, role: Role, villages: Iterable[str]) -> Account:
    """Change what an account is called and may see. Raises MzError: no permission, unknown, the last administrator."""
    station.scope.require(Permission.ACCOUNTS)
    document = station.open_vault().document
    old = _slot(document, account_id)
    card = _checked(station, AccountCard(account_id, name.strip(), role.value, tuple(villages)))
    _require_administrator_left(document, old, role)
    new = replace(old, name=card.name, role=card.role, villages=card.villages)
    detail = {"what": "change", "before": _rights_of(old), "after": _rights_of(new)}
    rights.change(station, "rights", account_id, detail, lambda current: current.with_slot(new))
    return _account(new)


def change_password(station: Station, old: str, new: str) -> None:
    """Change the password of the person at the desk. Raises MzError: wrong old one (throttled), weak new one."""
    vault, account_id = station.open_vault(), station.scope.actor
    throttle = Throttle(station.folder)
    throttle.begin(account_id, station.clock.now_ms())
    private = credentials.private_by_password(vault.document, account_id, old, vault.pepper)
    if private is None:
        raise throttle.wrong(account_id)
    throttle.succeed(account_id)
    slot = _slot(vault.document, account_id)
    passwords.require_good(new, slot.name, peppered=vault.peppered)
    name, pepper = vault.pepper_entry()
    sealed = keys.seal_account(vault.document.vault, replace(slot, pepper=name, cost=vault.cost), new, pepper, private)
    rights.change(station, "rights", account_id, {"what": "password"}, lambda document: document.with_slot(sealed))


def reset_password(station: Station, account_id: str, new: str) -> None:
    """Give an account a new password without the old one (forgotten, or a new computer). Raises MzError."""
    station.scope.require(Permission.ACCOUNTS)
    vault = station.open_vault()
    slot = _slot(vault.document, account_id)
    passwords.require_good(new, slot.name, peppered=vault.peppered)
    card = AccountCard(slot.id, slot.name, slot.role, slot.villages)
    fresh = new_account_slot(vault.document.vault, card, new, vault.pepper_entry(), vault.cost)
    wrapped = slots.wrap(vault.document, fresh, vault.data_key)
    rights.change(station, "rights", account_id, {"what": "password_reset"}, lambda document: document.with_slot(wrapped))
    Throttle(station.folder).succeed(account_id)


def remove(station: Station, account_id: str, reason: str) -> None:
    """Remove an account and rotate the data key, without anybody else's password. Raises MzError.

    The person's records stay theirs by name; hand over the caseload first (vault.handover).
    """
    station.scope.require(Permission.ACCOUNTS)
    document = station.open_vault().document
    slot = _slot(document, account_id)
    if account_id == station.scope.actor:
        raise MzError("不能移除自己", "请另一位管理员来移除这个账户。")
    if len(document.accounts()) == 1:
        raise MzError("不能移除最后一个账户", "请先添加接手的人。")
    _require_administrator_left(document, slot, None)
    detail = {"what": "remove", "reason": reason.strip(), **_rights_of(slot)}
    rekey.rotate(station, "rights", account_id, detail, lambda current: without(current, account_id))


def without(document: VaultDocument, account_id: str) -> VaultDocument:
    """Return the document without a slot."""
    return replace(document, slots=tuple(slot for slot in document.slots if slot.id != account_id))


def _account(slot: Slot) -> Account:
    return Account(slot.id, slot.name, Role(slot.role), slot.villages, bool(slot.pepper))


def _slot(document: VaultDocument, account_id: str) -> Slot:
    slot = next((one for one in document.accounts() if one.id == account_id), None)
    if slot is None:
        raise MzError("没有这个账户", "它可能刚被移除，请刷新账户列表。")
    return slot


def _rights_of(slot: Slot) -> dict[str, object]:
    return {"name": slot.name, "role": slot.role, "villages": list(slot.villages)}


def _checked(station: Station, card: AccountCard) -> AccountCard:
    if not 1 <= len(card.name) <= 50:
        raise MzError("姓名不对", "请填 1 到 50 个字的姓名。", field="name")
    others = [slot.name for slot in station.open_vault().document.accounts() if slot.id != card.id]
    if card.name in others:
        raise MzError("已有同名账户", "请在姓名后加村名或数字来区分。", field="name")
    if Role(card.role) is not Role.CHILDREN_DIRECTOR:
        return replace(card, villages=())
    identity = station.identity
    if not card.villages or not all(code in identity.villages or code.startswith(identity.township) for code in card.villages):
        raise MzError("请选择负责的村", "儿童主任至少负责一个村，而且要是本站的村。", field="villages")
    return replace(card, villages=tuple(sorted(set(card.villages))))


def _require_administrator_left(document: VaultDocument, changed: Slot, role: Role | None) -> None:
    if changed.role != Role.ADMINISTRATOR or role is Role.ADMINISTRATOR:
        return
    if not any(slot.role == Role.ADMINISTRATOR and slot.id != changed.id for slot in document.accounts()):
        raise MzError("至少要有一位管理员", "请先让另一位同事成为管理员。")

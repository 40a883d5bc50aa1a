"""The printed recovery key in daily use: retyped before the first record, replaced when the paper is lost."""

from __future__ import annotations

from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import audit
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.scope import Permission
from mzdesk.vault import credentials, recovery_key, rights, slots
from mzdesk.vault.founding import recovery_slot

_CONFIRMED = "recovery_confirmed"


def is_confirmed(station: Station) -> bool:
    """Tell whether somebody has retyped the current key from paper; until then no first record should be entered."""
    slot = station.open_vault().document.slot(credentials.RECOVERY_SLOT)
    with station.read() as connection:
        return slot is not None and read_meta(connection, _CONFIRMED) == slot.public.hex()


def confirm(station: Station, typed: str) -> None:
    """Check the key as retyped from paper. Raises MzError: a slip of the pen, or another station's paper."""
    document = station.open_vault().document
    credentials.data_key_by_recovery(document, typed)
    slot = document.slot(credentials.RECOVERY_SLOT)
    assert slot is not None
    with station.write() as connection:
        write_meta(connection, _CONFIRMED, slot.public.hex())
        audit.append(connection, station.scope, "recovery_confirmed", now_ms=station.clock.now_ms())


def replace(station: Station) -> str:
    """Make a new recovery key and return its text; the old paper is void from now on. Raises MzError."""
    if not (station.scope.may(Permission.ACCOUNTS) or len(station.open_vault().document.accounts()) == 1):
        raise MzError("没有权限", "恢复密钥由管理员更换。")
    vault, secret = station.open_vault(), recovery_key.new_secret()
    slot = slots.wrap(vault.document, recovery_slot(vault.document.vault, secret), vault.data_key)
    rights.change(station, "rights", credentials.RECOVERY_SLOT, {"what": "recovery_key"}, lambda document: document.with_slot(slot))
    return recovery_key.to_text(secret)

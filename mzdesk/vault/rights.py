"""A change of vault.json and its entry in the log: both or neither, whatever fails in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mzdesk.station import Station
from mzdesk.store import audit
from mzdesk.store.meta import write_meta
from mzdesk.vault import arrival
from mzdesk.vault import document as documents
from mzdesk.vault.document import VaultDocument


def change(station: Station, act: str, subject: str, detail: Mapping[str, Any], edit: Callable[[VaultDocument], VaultDocument]) -> None:
    """Apply `edit` to vault.json and log `act` in one step. Raises MzError; nothing has changed then.

    A kill between the file and the commit leaves the file ahead of the database: `arrival` logs it at the next opening.
    """
    vault, before = station.open_vault(), station.open_vault().document
    try:
        with station.write() as connection:
            audit.append(connection, station.scope, act, subject, detail, now_ms=station.clock.now_ms())
            write_meta(connection, arrival.COUNTER_KEY, str(before.counter + 1))
            vault.change(edit)
    except BaseException:
        if vault.document is not before:
            documents.save(vault.folder, before)
            vault.adopt(before, vault.data_key)
        raise

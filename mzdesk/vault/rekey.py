"""A new data key for everything: the whole database is written anew beside the old one, and one rename of vault.json switches.

Killed at any point the station opens with the old key and file, or with the new; never with neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mzdesk.errors import MzError
from mzdesk.opening import new_data_key
from mzdesk.station import Station
from mzdesk.store import audit, backup, diskfile, integrity, keyring_table
from mzdesk.store.database import Database
from mzdesk.store.meta import write_meta
from mzdesk.vault import arrival, keys, slots
from mzdesk.vault import document as documents
from mzdesk.vault.document import VaultDocument
from mzdesk.vault.founding import new_database_name

FAILED_COPY = MzError("更换密钥没有完成", "新写的数据文件没有通过检查，仍在使用原来的文件和密钥，内容没有变。请检查磁盘后再试。")


def rotate(
    station: Station,
    act: str = "rekey",
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
    edit: Callable[[VaultDocument], VaultDocument] = lambda document: document,
) -> None:
    """Change the data key and apply `edit` to vault.json, with `act` in the log, after a backup. Raises MzError; then nothing changed."""
    backup.make(station, "rekey")
    vault = station.open_vault()
    old_path, data_key = station.database.path, new_data_key()
    document = _next_document(vault.prepared, edit, data_key)
    new_path = station.folder / document.database
    try:
        with station.write():  # nobody writes to the old file while it is copied
            _write_new_file(station, new_path, document, data_key, (act, subject, detail or {}))
            documents.save(station.folder, document)
            vault.adopt(document, data_key)
            station.database.switch_to(new_path, keys.database_key(data_key), document.database_salt)
    except BaseException:
        if vault.document is not document:
            diskfile.discard(new_path)
        raise
    diskfile.discard(old_path)


def _next_document(
    prepare: Callable[[Callable[[VaultDocument], VaultDocument], bytes], VaultDocument],
    edit: Callable[[VaultDocument], VaultDocument],
    data_key: bytes,
) -> VaultDocument:
    def next_epoch(document: VaultDocument) -> VaultDocument:
        salt = secrets.token_bytes(slots.SALT_BYTES)
        bare = replace(edit(document), epoch=document.epoch + 1, database=new_database_name(), database_salt=salt)
        return replace(bare, slots=tuple(slots.wrap(bare, slot, data_key) for slot in bare.slots))

    return prepare(next_epoch, data_key)


def _write_new_file(
    station: Station, path: Path, document: VaultDocument, data_key: bytes, entry: tuple[str, str, Mapping[str, Any]]
) -> None:
    key, old_vault = keys.database_key(data_key), station.open_vault()
    station.database.copy_to(path, key, document.database_salt)
    new = Database(path, key, document.database_salt)
    try:
        with new.write() as connection:
            act, subject, detail = entry
            told = {**detail, "epoch": document.epoch}
            audit.append(connection, station.scope, act, subject, told, now_ms=station.clock.now_ms())
            write_meta(connection, arrival.COUNTER_KEY, str(document.counter))
            keyring_table.remember(connection, old_vault.document.epoch, old_vault.data_key)
            keyring_table.new_attachment_key(connection)
        if integrity.problems(new):
            raise MzError(FAILED_COPY.title, FAILED_COPY.message)
    finally:
        new.close()
    with diskfile.telling_disk_errors():
        diskfile.sync_file(path)
        diskfile.sync_folder(path.parent)

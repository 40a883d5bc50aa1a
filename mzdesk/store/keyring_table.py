"""Keys that live inside the encrypted database: those of earlier epochs (for old backups) and those of the attachments."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection

from mzdesk.store.meta import read_meta, write_meta

KEY_BYTES = 32


def remember(connection: Connection, epoch: int, data_key: bytes) -> None:
    """Keep the data key of an epoch that ends, so that its backups can still be read."""
    write_meta(connection, f"data_key.{epoch}", data_key.hex())


def data_key_of(connection: Connection, epoch: int) -> bytes | None:
    """Return the data key of an earlier epoch, None where it is unknown."""
    text = read_meta(connection, f"data_key.{epoch}")
    return bytes.fromhex(text) if text else None


def new_attachment_key(connection: Connection) -> int:
    """Make the key of all attachments to come and return its number; earlier files keep theirs."""
    number = int(read_meta(connection, "attachment_key", "0")) + 1
    write_meta(connection, f"attachment_key.{number}", secrets.token_hex(KEY_BYTES))
    write_meta(connection, "attachment_key", str(number))
    if not read_meta(connection, "attachment_names"):
        write_meta(connection, "attachment_names", secrets.token_hex(KEY_BYTES))
    return number


def attachment_key(connection: Connection, number: int = 0) -> tuple[int, bytes]:
    """Return (number, key) of key `number`, of the newest when 0; (0, b"") where there is none."""
    wanted = number or int(read_meta(connection, "attachment_key", "0"))
    text = read_meta(connection, f"attachment_key.{wanted}")
    return (wanted, bytes.fromhex(text)) if text else (0, b"")


def attachment_name_key(connection: Connection) -> bytes:
    """Return the key that turns a digest into a file name, so that a known picture cannot be recognised by its name."""
    return bytes.fromhex(read_meta(connection, "attachment_names"))

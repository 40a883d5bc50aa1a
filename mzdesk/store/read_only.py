"""A station on media that cannot be written (a CD, a locked stick): it opens for reading, and nothing is written beside it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from mzdesk.store.database import Database
from mzdesk.store.diskfile import telling_disk_errors


def open_database(path: Path, key: bytes, salt: bytes) -> Database:
    """Open `path` for reading. Where a write-ahead log is left, the (encrypted) files are read from a copy in temp. Raises MzError."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size == 0:
        return Database.open(path, key, salt, read_only=True)
    copy = _folded(path, log, key, salt)
    database = Database.open(copy, key, salt, read_only=True)
    database.when_closed(lambda: shutil.rmtree(copy.parent, ignore_errors=True))
    return database


def _folded(path: Path, log: Path, key: bytes, salt: bytes) -> Path:
    with telling_disk_errors():
        copy = Path(tempfile.mkdtemp(prefix="mzdesk-")) / path.name
        shutil.copyfile(path, copy)
        shutil.copyfile(log, copy.with_name(log.name))
    database = Database(copy, key, salt)
    database.schema_version()
    database.close()  # folds the log into the copy
    return copy

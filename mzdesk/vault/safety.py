"""How safe the station's data is right now: backups in both places, free space, read-only media, doubts; read for one page."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import backup, reserve, snapshot_file
from mzdesk.store.backup import BackupState, Snapshot
from mzdesk.store.meta import read_meta
from mzdesk.vault import arrival
from mzdesk.vault import document as documents

LOW_SPACE = 200 << 20  # bytes; below this the page asks for room, long before anything fails


@dataclass(frozen=True, slots=True)
class Copy:
    """One backup and where it lies: `second` in the second place, else in the station's own folder; `size` in bytes."""

    snapshot: Snapshot
    second: bool
    size: int

    @property
    def people(self) -> int:
        """Return how many people are in it."""
        return int(self.snapshot.header.counts.get("person", 0))

    @property
    def records(self) -> int:
        """Return how many records are in it."""
        return int(self.snapshot.header.counts.get("record", 0))


@dataclass(frozen=True, slots=True)
class Safety:
    """Everything that the page of backups shows; `free` in bytes, `unreadable` the names of files that only look like backups."""

    state: BackupState
    copies: tuple[Copy, ...]
    unreadable: tuple[str, ...]
    free: int
    reserve_kept: bool
    read_only: bool
    saves_in_doubt: bool

    @property
    def low_on_space(self) -> bool:
        """Tell whether the disk should be given room."""
        return self.free < LOW_SPACE


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that a backup knows, for whom its password opens it."""

    id: str
    name: str


def overview(station: Station) -> Safety:
    """Return the state of the station's backups and disk."""
    state = backup.state(station)
    second = state.second_place if state.second_reachable else None
    own = station.folder / backup.FOLDER
    copies = [*_copies(own, second=False), *(_copies(second, second=True) if second else ())]
    with station.read() as connection:
        doubt = bool(read_meta(connection, arrival.DOUBT_KEY))
    return Safety(
        state,
        tuple(sorted(copies, key=lambda copy: (-copy.snapshot.header.created_at, copy.second))),
        tuple(path.name for place in (own, second) if place for path in backup.unreadable(place)),
        shutil.disk_usage(station.folder).free,
        (station.folder / reserve.FILE_NAME).exists(),
        station.open_vault().read_only,
        doubt,
    )


def _copies(place: Path, *, second: bool) -> list[Copy]:
    found = []
    for snapshot in backup.snapshots(place):
        with contextlib.suppress(OSError):  # taken out meanwhile
            found.append(Copy(snapshot, second, snapshot.path.stat().st_size))
    return found


def read_snapshot(path: Path) -> Snapshot:
    """Return a backup that somebody chose by hand. Raises MzError where it is none."""
    return Snapshot(path, snapshot_file.read_header(path))


def holders(folder: Path, snapshots: tuple[Snapshot, ...]) -> tuple[Holder, ...]:
    """Return whose password may open the folder, or else the newest backup: those of vault.json, or of the copy in a backup."""
    with contextlib.suppress(MzError):
        return tuple(Holder(slot.id, slot.name) for slot in documents.load(folder).accounts())
    for snapshot in snapshots:
        with contextlib.suppress(MzError):
            document = documents.parse(snapshot_file.read_vault(snapshot.path))
            return tuple(Holder(slot.id, slot.name) for slot in document.accounts())
    return ()


def has_remains(folder: Path) -> bool:
    """Tell whether a folder without a readable vault.json holds data or backups of a station: never offer to start afresh there."""
    return any(folder.glob("station-*.db")) or bool(backup.snapshots(folder / backup.FOLDER))

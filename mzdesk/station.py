"""An open station: the encrypted database, who is at the desk, and the clock; every service takes one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mzdesk import clock as clocks
from mzdesk.clock import Clock

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.store.database import Database
    from mzdesk.store.scope import Scope
    from mzdesk.vault.keys import OpenVault


@dataclass(frozen=True)
class StationIdentity:
    """What a station is: name, 9-digit township code, 12-digit village codes that it keeps, and this device's id."""

    name: str
    township: str
    villages: tuple[str, ...]
    device: str


@dataclass(frozen=True)
class Station:
    """One station = one folder = one encrypted database = one key (DESIGN.md §5)."""

    folder: Path
    identity: StationIdentity
    database: Database
    scope: Scope
    clock: Clock
    vault: OpenVault | None = None  # None only where a test opened a bare database

    def read(self) -> AbstractContextManager[Connection]:
        """Return a reading transaction."""
        return self.database.read()

    def write(self) -> AbstractContextManager[Connection]:
        """Return a writing transaction: all of it is kept, or none."""
        return self.database.write()

    def today(self) -> date:
        """Return the Beijing date of the laptop's clock."""
        return clocks.today(self.clock)

    def local_now(self) -> datetime:
        """Return the aware Beijing date-time of the laptop's clock, as forms take it."""
        return clocks.beijing(self.clock.now_ms())

    def new_id(self) -> str:
        """Return a new UUIDv7."""
        return clocks.new_id(self.clock)

    def as_user(self, scope: Scope) -> Station:
        """Return the same station with another person at the desk."""
        return replace(self, scope=scope)

    def open_vault(self) -> OpenVault:
        """Return the keys of the station; a bare database has none, which is a mistake of the caller."""
        if self.vault is None:
            raise ValueError("this station was opened without its vault")
        return self.vault

    def close(self) -> None:
        """Close the database, drop the keys and let another window in."""
        self.database.close()
        if self.vault is not None:
            self.vault.close()

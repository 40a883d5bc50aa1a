"""What the desk shows of the exchange with the county; the one place where screens ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """Counts of records: not yet received by the county, and sent back by it."""

    pending: int
    returned: int

    @property
    def words(self) -> str:
        """Return the words of the chip."""
        if self.returned:
            return f"● 县级退回 {self.returned} 条"
        return f"● {self.pending} 条待同步" if self.pending else "✓ 已全部送达"

    @property
    def tone(self) -> str:
        """Return the tone of the chip."""
        return "red" if self.returned else "amber" if self.pending else "green"


def read_exchange(station: Station) -> ExchangeState:
    """Return the state now; only a stored, verified receipt makes a record delivered."""
    from mzdesk.casework import records
    from mzdesk.store.records import RecordFilter

    return ExchangeState(
        pending=records.count(station, RecordFilter(status="waiting")), returned=records.count(station, RecordFilter(status="returned"))
    )

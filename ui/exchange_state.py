"""What the desk shows of the exchange with the county; the one place where screens ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """Whether the station has joined a county, how many operations have no receipt, how many the county sent back."""

    enrolled: bool
    pending: int
    returned: int

    @property
    def words(self) -> str:
        """Return the words of the chip."""
        if self.returned:
            return f"● 县级退回 {self.returned} 条"
        if self.pending:
            return f"● {self.pending} 条待同步"
        return "✓ 已全部送达" if self.enrolled else "● 未入网"

    @property
    def tone(self) -> str:
        """Return the tone of the chip."""
        return "red" if self.returned else "amber" if self.pending or not self.enrolled else "green"


def read_exchange(station: Station) -> ExchangeState:
    """Return the state now; only a stored, verified receipt makes a record delivered."""
    from sync import exchange

    status = exchange.status(station)
    return ExchangeState(status.enrolled, sum(status.pending_by_kind.values()), status.returned)

"""What the tests of 数据交换 share: a county on loopback for the sample station, and a laptop that has joined it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget
from sqlalchemy import select

from mzdesk.station import Station
from mzdesk.store.outbox import Edit, enqueue
from sync import enrolment
from sync.county import issuing, loopback
from sync.county.loopback import RunningCounty
from sync.county.tables import OPERATION
from tests.ui.conftest import TOWNSHIP, Desk
from ui.pages.exchange import ExchangePage
from ui.requests import OpenPage

Kind = TypeVar("Kind", bound=QWidget)
WHY = "职业填写不完整，请补写监护人现在的住处"


@contextmanager
def county_for(station: Station, folder: Path) -> Iterator[RunningCounty]:
    """Run a county that shares the station's clock."""
    with loopback.running(folder, TOWNSHIP[:6], "肥城市民政局", clock=station.clock) as running:
        yield running


def join(station: Station, running: RunningCounty) -> None:
    """Make the station a member."""
    enrolment.join(station, running.issue(TOWNSHIP, station.identity.villages))


def return_record(running: RunningCounty, record_id: str, field: str, why: str = WHY) -> None:
    """Let the county's reviewer send a record back."""
    with running.county.read() as connection:
        n = connection.execute(select(OPERATION.c.n).where(OPERATION.c.subject == record_id, OPERATION.c.kind == "record")).scalar_one()
    issuing.return_record(running.county, TOWNSHIP, n, field, why, actor="reviewer")


def queue_edit(station: Station, kind: str, subject: str, fields: dict[str, Any], base: dict[str, str] | None = None) -> str:
    """Queue an edit as another version of the program might have: without the checks of this one."""
    op = station.new_id()
    edit = Edit(op, kind, subject, fields, base or {}, "")
    with station.write() as connection:
        enqueue(connection, [edit], actor=station.scope.actor, device=station.identity.device, now_ms=station.clock.now_ms())
    return op


def open_exchange(desk: Desk, part: str = "send", **filters: str) -> ExchangePage:
    page = desk.open(OpenPage("exchange", {"part": part, **filters}))
    assert isinstance(page, ExchangePage)
    return page

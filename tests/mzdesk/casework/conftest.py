"""Children, visits and sessions for the tests of casework, on the registry's real station."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from demo import answers
from forms.catalog import shipped
from forms.session import FormSession
from mzdesk.casework import records
from mzdesk.casework.filling import person_answers
from mzdesk.casework.records import Filling, Saved
from mzdesk.clock import FixedClock
from mzdesk.registry.sample import Sampler
from mzdesk.station import Station
from mzdesk.store import subjects
from tests.mzdesk.registry.conftest import director_of, empty_database, snapshot, station

__all__ = ["Desk", "desk", "director_of", "empty_database", "snapshot", "station"]

VILLAGE = "370983103201"
OTHER_VILLAGE = "370983103202"


class Desk:
    """A children's director's hands: registers, visits, moves the clock."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.sampler = Sampler(7)

    def pass_days(self, days: int) -> date:
        clock = self.station.clock
        assert isinstance(clock, FixedClock)
        clock.advance(days=days)
        return self.station.today()

    def session(self, form_id: str, filled: dict[str, Any]) -> FormSession:
        return FormSession(shipped().get(form_id), filled, clock=self.station.local_now)

    def register(self, *, village: str = VILLAGE, risk: str = "medium", entered: date | None = None) -> Saved:
        child = self.sampler.person(village, self.station.today(), 5, 12)
        filled = answers.registration(self.sampler, child, "白家楼村", self.station.today(), "李翀")
        filled["filing"] |= {"risk_level": risk, "entered_on": (entered or self.station.today()).isoformat()}
        return records.save(self.station, self.session("left_behind_child_registration", filled), Filling(village=village))

    def visit_answers(self, person_id: str, *, on: date | None = None, risk: str = "medium", **visit: str) -> dict[str, Any]:
        with self.station.read() as connection:
            person = subjects.person(connection, self.station.scope, person_id)
        assert person is not None
        filled = answers.visit(Sampler(1), person_answers(person), "王昌喆", risk, on or self.station.today(), "李翀")
        filled["visit"] |= {"contact_mode": "home", "saw_child": "yes"} | visit
        return filled

    def visit(self, person_id: str, *, amends: str = "", **told: Any) -> Saved:
        filled = self.visit_answers(person_id, **told)
        return records.save(self.station, self.session("left_behind_child_visit", filled), Filling(person_id, amends=amends))

    def due(self, person_id: str) -> str:
        from mzdesk.registry import people

        return max(role.next_due for role in people.get(self.station, person_id).enrolments)


@pytest.fixture
def desk(station: Station) -> Desk:
    return Desk(station)


def days(count: int) -> timedelta:
    return timedelta(days=count)

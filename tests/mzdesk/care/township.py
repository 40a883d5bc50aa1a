"""People in extreme poverty for the tests of care: rows put straight into a real station, many at once, always the same for a seed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert

from mzdesk.clock import BEIJING
from mzdesk.registry import indexing
from mzdesk.registry.sample import SamplePerson, Sampler
from mzdesk.station import Station
from mzdesk.store import models, models_casework
from mzdesk.store.tables import ENROLMENT, PERSON, RECORD, RELATION

VILLAGES = ("370983103201", "370983103202", "370983103203")
LEVELS = ("independent", "partial", "dependent")
ABILITIES = ("eating", "dressing", "bed", "toilet", "moving", "bathing")
FAILS = {"independent": 0, "partial": 2, "dependent": 5}


@dataclass(frozen=True, slots=True)
class Settled:
    """Somebody who was put in."""

    person: SamplePerson
    person_id: str
    enrolment_id: str
    level: str
    area: str
    carer: str


class Township:
    """Puts people, assessments, agreements and care logs into a station."""

    def __init__(self, station: Station, seed: int = 11) -> None:
        self.station = station
        self.sampler = Sampler(seed)
        self._rows: dict[Table, list[dict[str, Any]]] = {PERSON: [], ENROLMENT: [], RELATION: [], RECORD: []}

    def settle(self, entered: date, *, level: str = "", area: str = "", institution: bool = False, carer: str | None = None) -> Settled:
        """Add one person in 特困 support from a day on."""
        sampler, now = self.sampler, self.station.clock.now_ms()
        person = sampler.person(sampler.pick(VILLAGES), entered, 60, 85)
        level, area = level or sampler.pick(LEVELS), area or sampler.pick(("urban", "rural", "rural"))
        person_id, enrolment_id = self.station.new_id(), self.station.new_id()
        carer = sampler.name() if carer is None else carer
        told = {"care_level": level, "residence": area, "central_wish": sampler.pick(("yes", "no", "")), "population": "elder"}
        told |= {"card_last4": f"{sampler.number(0, 9999):04d}", "wish_asked_on": entered.isoformat()}
        row = models.Person(id=person_id, name=person.name, id_no=person.id_no, sex=person.sex, created_at=now, updated_at=now)
        row.birth_date, row.village, row.phone = person.birth_date.isoformat(), person.village, person.phone
        self._rows[PERSON].append(row.model_dump())
        role = models.Enrolment(
            id=enrolment_id,
            person_id=person_id,
            village=person.village,
            group="extreme_poverty",
            category="institution" if institution else "scattered",
            entered_on=entered.isoformat(),
            profile_json=json.dumps(told, ensure_ascii=False, sort_keys=True),
            created_at=now,
            updated_at=now,
        )
        self._rows[ENROLMENT].append(role.model_dump())
        if carer:
            relation = models.Relation(
                id=self.station.new_id(),
                person_id=person_id,
                kind="carer",
                name=carer,
                village=person.village,
                created_at=now,
                updated_at=now,
            )
            self._rows[RELATION].append(relation.model_dump())
        return Settled(person, person_id, enrolment_id, level, area, carer)

    def assess(self, who: Settled, on: date, level: str) -> None:
        """Add an assessment."""
        failed = ABILITIES[: FAILS[level]]
        abilities = {name: "cannot" if name in failed else "can" for name in ABILITIES}
        self._record(who, "self_care_assessment", "assessment", on, {"abilities": abilities, "conclusion": {"final_level": level}})

    def agree(self, who: Settled, start: date, end: date, *, level: str = "", carer_id_no: str = "", health: str = "good") -> None:
        """Add an agreement of care."""
        party = {"carer_name": who.carer, "carer_id_no": carer_id_no, "carer_health": health}
        terms = {"start_on": start.isoformat(), "end_on": end.isoformat(), "care_level": level or who.level, "fee": "280"}
        self._record(who, "care_agreement", "agreement", start, {"party_b": party, "terms": terms})

    def log(self, who: Settled, on: date, services: str, *, anomaly: str = "", start: str = "08:30", end: str = "09:15") -> None:
        """Add a care log."""
        care = {"carer": who.carer, "services": services, "abnormal": "yes" if anomaly else "no"}
        care |= {"start_time": f"{start}:00.000+08:00", "end_time": f"{end}:00.000+08:00"}
        self._record(who, "care_log", "care", on, {"care": care | ({"abnormal_note": anomaly} if anomaly else {})})

    def _record(self, who: Settled, form_id: str, kind: str, on: date, answers: dict[str, Any]) -> None:
        saved = int(datetime(on.year, on.month, on.day, 12, tzinfo=BEIJING).timestamp() * 1000) + len(self._rows[RECORD])
        row = models_casework.Record(
            id=self.station.new_id(),
            number=f"370983103-{on:%Y%m%d}-TEST-{len(self._rows[RECORD]):04d}",
            kind=kind,
            form_id=form_id,
            form_version="2026112401",
            person_id=who.person_id,
            village=who.person.village,
            answers_json=json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
            digest="0" * 64,
            occurred_on=on.isoformat(),
            author="u1",
            author_name="督导员",
            saved_at=saved,
        )
        self._rows[RECORD].append(row.model_dump())

    def write(self) -> None:
        """Put everything into the station in one transaction."""
        with self.station.write() as connection:
            self._insert(connection)
            indexing.refresh(connection, [row["id"] for row in self._rows[PERSON]], fresh=True)
        for rows in self._rows.values():
            rows.clear()

    def _insert(self, connection: Connection) -> None:
        for table, rows in self._rows.items():
            if rows:
                connection.execute(insert(table), rows)


def days(count: int) -> timedelta:
    """Return a number of days."""
    return timedelta(days=count)

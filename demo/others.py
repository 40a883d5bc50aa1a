"""The other people of the sample township: elders who stayed behind, and people in extreme poverty with all that their care needs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from forms.catalog import Catalog
from forms.session import FormSession
from mzdesk.casework import records
from mzdesk.casework.filling import person_answers
from mzdesk.casework.records import Filling
from mzdesk.clock import FixedClock
from mzdesk.registry.sample import WORKPLACES, SamplePerson, Sampler
from mzdesk.store import subjects

if TYPE_CHECKING:
    from mzdesk.station import Station

Answers = dict[str, Any]
ELDERS, SUPPORTED = 20, 16
MANAGER = "张慧敏"
FAILS = {"independent": (), "partial": ("bathing", "toilet"), "dependent": ("bathing", "toilet", "moving", "bed", "dressing")}
ABILITIES = ("eating", "dressing", "bed", "toilet", "moving", "bathing")
SERVICES = {"independent": "clean company", "partial": "cook laundry clean medicine", "dependent": "cook laundry clean bath turn medicine"}


class Town:
    """Plays what the staff of the station do for them, through the same forms and services as the screen."""

    def __init__(self, station: Station, clock: FixedClock, catalog: Catalog, names: dict[str, str], visitor: str) -> None:
        self._station, self._clock, self._catalog, self._names, self._visitor = station, clock, catalog, names, visitor
        self._sampler = Sampler(9)

    def register_elders(self) -> int:
        """Register the elders; return how many."""
        villages = self._station.identity.villages
        for elder in self._sampler.people(villages, self._station.today(), ELDERS, 61, 88):
            child = self._sampler.name(elder.name[0])
            self._save("left_behind_elder_registration", self._elder(elder, child), Filling(village=elder.village))
        return ELDERS

    def support(self) -> int:
        """Register people in extreme poverty, assess them, sign agreements and log a month of care; return how many people."""
        villages = self._station.identity.villages
        levels = ("independent", "independent", "partial", "dependent")
        for number, person in enumerate(self._sampler.people(villages, self._station.today(), SUPPORTED, 62, 86)):
            level, institution = levels[number % len(levels)], number % 5 == 4
            told = self._supported(person, level, institution)
            saved = self._save("extreme_poverty_registration", told, Filling(village=person.village))
            self._assess(saved.person_id, level)
            if not institution:
                self._sign(saved.person_id, told["carers"]["carer_name"], level, number)
        return SUPPORTED

    def care(self, until: date) -> int:
        """Log the care of the last three weeks; return how many logs."""
        from mzdesk.care import support

        logs = 0
        for person in support.current(self._station):
            if person.institution or person.level is None:
                continue
            for back in range(20, 0, -4 if person.level == "dependent" else -6):
                self._log(person.row.person_id, person.carer, person.level, until - timedelta(days=back))
                logs += 1
        return logs

    def _save(self, form_id: str, filled: Answers, filling: Filling) -> records.Saved:
        session = FormSession(self._catalog.get(form_id), filled, clock=self._station.local_now)
        return records.save(self._station, session, filling)

    def _subject(self, person_id: str) -> Answers:
        with self._station.read() as connection:
            person = subjects.person(connection, self._station.scope, person_id)
        if person is None:
            raise LookupError(person_id)
        return dict(person_answers(person))

    def _identity(self, person: SamplePerson) -> Answers:
        address = f"{self._names[person.village]}{self._sampler.pick('一二三四五')}组{self._sampler.number(1, 89)}号"
        return {
            "village_code": person.village,
            "person_name": person.name,
            "hukou": "yes",
            "person_id_no": person.id_no,
            "person_sex": person.sex,
            "person_birth_date": person.birth_date.isoformat(),
            "ethnicity": "01",
            "village_name": self._names[person.village],
            "address": address,
            "hukou_village": person.village,
            "hukou_address": address,
            "phone": person.phone,
        }

    def _filing(self, risk: str) -> Answers:
        on = self._station.today().isoformat()
        return {"risk_level": risk, "entered_on": on, "occurred_on": on, "responsible": self._visitor, "visitor": self._visitor}

    def _elder(self, elder: SamplePerson, child: str) -> Answers:
        phone = self._sampler.phone()
        return {
            "identity": self._identity(elder),
            "basis_section": {"children_away": "yes", "basis": "none"},
            "condition": {"living": self._sampler.pick(("alone", "couple")), "grandchildren": "0", "heating": "coal"},
            "children": [
                {"child_name": child, "child_relation": "son", "child_place": self._sampler.pick(WORKPLACES), "child_phone": phone}
            ],
            "emergency": {"emergency_name": child, "emergency_relation": "儿子", "emergency_phone": phone},
            "filing": self._filing(self._sampler.pick(("low", "low", "medium"))),
        }

    def _supported(self, person: SamplePerson, level: str, institution: bool) -> Answers:
        carer, phone = self._sampler.name(person.name[0]), self._sampler.phone()
        wish = "yes" if institution or self._sampler.chance(0.2) else "no"
        return {
            "identity": self._identity(person),
            "recognition": {
                "recognised_on": "2021-07-01",
                "population": "elder",
                "support_mode": "institution" if institution else "scattered",
                "residence": "rural",
                "central_wish": wish,
                "wish_asked_on": self._station.today().isoformat(),
                **({"institution": "桃园镇敬老院"} if institution else {}),
                "care_level": level,
                "card_last4": f"{self._sampler.number(0, 9999):04d}",
            },
            "eligibility": {"health": "ill", "income_low": "yes", "obligor": "none"},
            "carers": {
                "carer_name": carer,
                "carer_phone": phone,
                "guardian_name": carer,
                "guardian_phone": phone,
                "aids": "extreme_poverty",
            },
            "filing": self._filing("medium" if level == "dependent" else "low"),
        }

    def _assess(self, person_id: str, level: str) -> None:
        on = self._station.today().isoformat()
        able = {ability: "cannot" if ability in FAILS[level] else "can" for ability in ABILITIES}
        filled = {
            "subject": self._subject(person_id),
            "assessment": {"assessment_type": "review", "occurred_on": on, "assessor_1": self._visitor, "assessor_2": MANAGER},
            "abilities": able,
            "conclusion": {"final_level": level, "evidence": "现场查看。"},
        }
        self._save("self_care_assessment", filled, Filling(person_id))

    def _sign(self, person_id: str, carer: str, level: str, number: int) -> None:
        today = self._station.today()
        born = date(today.year - (72 if number % 7 == 3 else 55), 3, 3)
        filled = {
            "subject": self._subject(person_id),
            "party_a": {"township": "桃园镇人民政府", "township_agent": MANAGER, "township_phone": "0538-8330001"},
            "party_b": {
                "carer_name": carer,
                "carer_id_no": self._sampler.id_no("370983", born, "1"),
                "carer_relation": "侄子",
                "carer_phone": self._sampler.phone(),
                "carer_health": "good",
            },
            "terms": {
                "agreement_no": f"ZL-{today.year}-{number + 1:03d}",
                "occurred_on": today.isoformat(),
                "start_on": today.isoformat(),
                "end_on": (today + timedelta(days=160 if number % 6 == 1 else 365)).isoformat(),
                "care_level": level,
                "services": SERVICES[level],
                "fee": {"independent": "165", "partial": "280", "dependent": "560"}[level],
            },
            "watch": {"village_visitor": self._visitor, "visits_per_month": "2"},
        }
        self._save("care_agreement", filled, Filling(person_id))

    def _log(self, person_id: str, carer: str, level: str, day: date) -> None:
        self._clock.ms = FixedClock.at(f"{day}T18:00").ms
        filled = {
            "subject": self._subject(person_id),
            "care": {
                "occurred_on": day.isoformat(),
                "carer": carer,
                "start_time": "08:00:00.000+08:00",
                "end_time": "10:30:00.000+08:00",
                "services": SERVICES[level],
                "abnormal": "no",
            },
        }
        self._save("care_log", filled, Filling(person_id))

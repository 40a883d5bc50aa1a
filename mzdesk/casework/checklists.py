"""The checklists of the children's director: generated for each village and period, pre-filled from data, signed, reviewed, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from forms.catalog import Catalog
from forms.session import FormSession
from mzdesk.casework import evidence, filling
from mzdesk.casework.duties import FORM_NAMES, Period, periods
from mzdesk.casework.evidence import Evidence, VillageFacts
from mzdesk.casework.records import Filling
from mzdesk.clock import BEIJING, beijing
from mzdesk.errors import MzError
from mzdesk.registry.divisions import display_name
from mzdesk.store import divisions
from mzdesk.store import duties as store
from mzdesk.store.duties import Signed

if TYPE_CHECKING:
    from mzdesk.station import Station

WATCHED = (
    "phone",
    "address",
    "school",
    "schooling",
    "guardian",
    "carer",
    "trustee_name",
    "custody",
    "father_place",
    "mother_place",
    "place",
    "risk",
)
SPOT_CHECK = "supervisor_spot_check"
MONTHS_BACK = 3


@dataclass(frozen=True, slots=True)
class Duty:
    """One checklist of one village: `record_id` is "" until it is signed; `reviewed_on` is "" until a supervisor spot-checked it."""

    village: str
    village_name: str
    period: Period
    record_id: str
    author_name: str
    signed_on: str
    reviewed_on: str

    def overdue(self, today: date) -> bool:
        """Tell whether the period has ended without a signature."""
        return not self.record_id and today > self.period.last


@dataclass(frozen=True, slots=True)
class DutyCount:
    """Completion of one checklist form over villages and periods."""

    form_id: str
    planned: int
    done: int


@dataclass(frozen=True, slots=True)
class Training:
    """Hours of training that a person reported in a year's checklists."""

    author: str
    author_name: str
    year: str
    hours: str


def duties(station: Station, *, months_back: int = MONTHS_BACK) -> tuple[Duty, ...]:
    """Return the checklists that are open or ended lately, for every village in scope: the unsigned first, the oldest first.

    What ended before there was a station is nobody's arrears here; where it was signed elsewhere, it is shown.
    """
    today = station.today()
    wanted = tuple(periods(today, months_back=months_back))
    since = date(today.year - 1, 1, 1).isoformat()
    with station.read() as connection:
        villages = divisions.villages(connection, station.scope, station.identity.township)
        kept = [village for village in villages if village.code in station.identity.villages]
        signed = store.signed(connection, station.scope, forms=tuple(FORM_NAMES), since=since)
        checks = store.signed(connection, station.scope, forms=(SPOT_CHECK,), since=since)
        founded = beijing(store.founded_at(connection)).date()
    by_key = {(item.village, item.form_id, item.period): item for item in reversed(signed)}
    found = []
    for village in kept:
        for period in wanted:
            item = by_key.get((village.code, period.form_id, period.key))
            if item is None and period.last < founded:
                continue
            found.append(_duty(village.code, display_name(village.name), period, item, checks))
    return tuple(sorted(found, key=lambda duty: (bool(duty.record_id), duty.period.last, duty.village, duty.period.form_id)))


def _duty(village: str, name: str, period: Period, item: Signed | None, checks: Sequence[Signed]) -> Duty:
    if item is None:
        return Duty(village, name, period, "", "", "", "")
    reviewed = [check.occurred_on for check in checks if check.village == village and check.occurred_on >= item.occurred_on]
    return Duty(village, name, period, item.record_id, item.author_name, item.occurred_on, min(reviewed, default=""))


def evidence_of(station: Station, village: str, period: Period) -> tuple[Evidence, ...]:
    """Return what the data shows for one checklist, each number with the people behind it. Raises MzError outside the scope."""
    if not station.scope.covers(village):
        raise MzError("不能查看这个村", "这个村不在您负责的范围。")
    first_ms, last_ms = _instant(period.first), _instant(period.last + timedelta(days=1))
    with station.read() as connection:
        children = store.children(connection, station.scope, village=village, first=period.first.isoformat(), last=period.last.isoformat())
        changes = store.changed_people(connection, station.scope, village=village, fields=WATCHED, first_ms=first_ms, last_ms=last_ms)
    return evidence.COLLECTORS[period.form_id](period, VillageFacts(children, changes))


def _instant(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp() * 1000)


def start(station: Station, catalog: Catalog, village: str, period: Period) -> tuple[FormSession, Filling]:
    """Return the checklist of a village and period with everything filled in that data shows. Raises MzError outside the scope."""
    given = evidence.prefill(evidence_of(station, village, period)) | {"period": period.key}
    with station.read() as connection:
        names = divisions.names(connection, [village])
    given["village_name"] = display_name(names.get(village, ""))
    return filling.start(station, catalog, period.form_id, village=village, given=given)


def completion(found: Sequence[Duty]) -> tuple[DutyCount, ...]:
    """Return, for each checklist form, how many were planned and how many are signed."""
    return tuple(
        DutyCount(form_id, len(own), sum(bool(duty.record_id) for duty in own))
        for form_id in FORM_NAMES
        if (own := [duty for duty in found if duty.period.form_id == form_id])
    )


def training(station: Station, year: int) -> tuple[Training, ...]:
    """Return the training hours that each children's director reported for a year, by name."""
    with station.read() as connection:
        signed = store.signed(connection, station.scope, forms=("checklist_yearly",), since=f"{year}-01-01")
    hours: dict[str, Training] = {}
    for item in signed:
        reported = item.answers.get("training", {})
        told = str(reported.get("training_hours", "0")) if isinstance(reported, dict) else "0"
        if item.period == str(year):
            hours.setdefault(item.author, Training(item.author, item.author_name, item.period, told))
    return tuple(sorted(hours.values(), key=lambda line: line.author_name))

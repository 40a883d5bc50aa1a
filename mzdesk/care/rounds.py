"""Quick entry of a round: one carer, one day, many people, the same checks as the form; all of it is kept or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from forms.catalog import Catalog
from mzdesk.casework import filling, records
from mzdesk.casework.records import Saved
from mzdesk.errors import MzError

if TYPE_CHECKING:
    from forms.session import FormSession
    from mzdesk.station import Station

FORM = "care_log"


@dataclass(frozen=True, slots=True)
class Given:
    """What was done for one person on the round; `anomaly` is "" where all was well; times are HH:MM, "" where not noted."""

    person_id: str
    services: tuple[str, ...]
    start: str = ""
    end: str = ""
    anomaly: str = ""
    hospital_days: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """A carer's round on an ISO date."""

    carer: str
    on: str
    given: tuple[Given, ...] = field(default=())


def save(station: Station, catalog: Catalog, told: Round) -> tuple[Saved, ...]:
    """Check every line first, then keep them; raises MzError naming the person whose line must be mended, and then nothing is kept."""
    if not told.given:
        raise MzError("还没有选择照料对象", "请先勾选今天照料过的人。")
    prepared = [_prepare(station, catalog, told, line) for line in told.given]
    for session, target in prepared:
        problems = session.problems()
        if problems:
            name = session.named("person_name")
            raise MzError(f"{name}的记录需要修改", f"{problems[0].label}：{problems[0].message}", field=target.person_id)
    return records.save_all(station, prepared)


def _prepare(station: Station, catalog: Catalog, told: Round, line: Given) -> tuple[FormSession, records.Filling]:
    given = {
        "occurred_on": told.on,
        "carer": told.carer,
        "services": " ".join(line.services),
        "start_time": _time(line.start),
        "end_time": _time(line.end),
        "abnormal": "yes" if line.anomaly else "no",
        "abnormal_note": line.anomaly,
        "hospital_days": str(line.hospital_days) if line.hospital_days else "",
    }
    known = {name: value for name, value in given.items() if value}
    return filling.start(station, catalog, FORM, person_id=line.person_id, given=known)


def _time(text: str) -> str:
    return f"{text}:00.000+08:00" if text else ""


def everybody(person_ids: Sequence[str], services: Sequence[str]) -> tuple[Given, ...]:
    """Return a round with the same services for everybody, as a starting point."""
    return tuple(Given(person, tuple(services)) for person in person_ids)

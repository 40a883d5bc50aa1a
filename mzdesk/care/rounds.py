"""Quick entry of a round: one carer, one day, many people, the same checks as the form; all of it is kept or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from forms.catalog import Catalog
from mzdesk.care import agreements, support
from mzdesk.care.levels import Level
from mzdesk.casework import filling, records
from mzdesk.casework.records import Saved
from mzdesk.errors import MzError
from mzdesk.store import settings

if TYPE_CHECKING:
    from forms.session import FormSession
    from mzdesk.station import Station

FORM = "care_log"
DRAFT = "care_round"


@dataclass(frozen=True, slots=True)
class RoundPerson:
    """Somebody whom a round may reach; `carer` is who looks after them, "" where nobody is known."""

    person_id: str
    name: str
    village: str
    level: Level | None
    carer: str


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


def people(station: Station) -> tuple[RoundPerson, ...]:
    """Return everybody who lives scattered, with the carer of their agreement or else of their registration."""
    signed = agreements.newest(station)
    found = []
    for person in support.current(station):
        agreement = signed.get(person.row.person_id)
        if not person.institution:
            carer = agreement.carer if agreement and agreement.carer else person.carer
            found.append(RoundPerson(person.row.person_id, person.row.name, person.row.village, person.level, carer))
    return tuple(found)


def keep(station: Station, told: Round) -> None:
    """Keep a round that is still being entered, so that a power cut does not cost it."""
    with station.write() as connection:
        settings.write(connection, station.scope, DRAFT, asdict(told))


def kept(station: Station) -> Round | None:
    """Return the round that was being entered, None where there is none."""
    with station.read() as connection:
        stored = settings.read(connection, station.scope, DRAFT)
    if not stored:
        return None
    given = tuple(Given(**{**line, "services": tuple(line["services"])}) for line in stored["given"])
    return Round(stored["carer"], stored["on"], given)


def discard(station: Station) -> None:
    """Throw the kept round away."""
    with station.write() as connection:
        settings.forget(connection, station.scope, DRAFT)


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
    saved = records.save_all(station, prepared)
    discard(station)
    return saved


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

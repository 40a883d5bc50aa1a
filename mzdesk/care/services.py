"""The care that was planned and the care that was given: a template of services per level, and what the care logs show of a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mzdesk.care import support
from mzdesk.care.levels import Level
from mzdesk.care.support import Person
from mzdesk.casework.duties import last_of_month
from mzdesk.errors import MzError
from mzdesk.registry.registration import flatten
from mzdesk.store import audit, parameters
from mzdesk.store import care as store
from mzdesk.store.care import CareRecord
from mzdesk.store.parameters import StoredParameter
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

FORM = "care_log"
PARAMETER = "care_template"
MOST_PER_MONTH = 93
SERVICE_NAMES: Mapping[str, str] = {
    "cook": "做饭",
    "laundry": "洗衣",
    "clean": "打扫",
    "haircut": "理发",
    "bath": "助浴",
    "turn": "翻身",
    "hospital": "送医",
    "errand": "代购",
    "company": "陪伴",
    "medicine": "用药提醒",
}

# Times a month by level; our own starting point, which the county or township changes (domain/README.md §1.5: configurable).
FIRST_TEMPLATE: dict[str, dict[str, int]] = {
    "independent": {"clean": 2, "company": 4, "haircut": 1},
    "partial": {"cook": 12, "laundry": 4, "clean": 4, "company": 8, "haircut": 1, "bath": 2, "medicine": 12},
    "dependent": {"cook": 30, "laundry": 8, "clean": 12, "company": 30, "haircut": 1, "bath": 4, "turn": 30, "medicine": 30},
}


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """One service of one person in a month."""

    service: str
    planned: int
    done: int


@dataclass(frozen=True, slots=True)
class CareMonth:
    """A person's month of care; `minutes` of care given, `anomalies` as they were written, `hospital_days` accompanied."""

    person_id: str
    name: str
    village: str
    level: Level | None
    carer: str
    services: tuple[ServiceCount, ...]
    logs: int
    minutes: int
    hospital_days: int
    anomalies: tuple[str, ...]

    @property
    def planned(self) -> int:
        """Return how many services were planned."""
        return sum(item.planned for item in self.services)

    @property
    def done(self) -> int:
        """Return how many planned services were given; more than planned of one kind does not make up for another."""
        return sum(min(item.done, item.planned) for item in self.services)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a carer's monthly sheet, which is signed as the basis of payment."""

    on: str
    start: str
    end: str
    minutes: int
    services: str
    person_name: str
    anomaly: str
    record_id: str


def template_on(connection: Connection, day: date) -> Mapping[str, Mapping[str, int]]:
    """Return level → service → times a month that hold on a Beijing date."""
    stored = parameters.value_on(connection, PARAMETER, day)
    return parse_template(stored.value) if stored else FIRST_TEMPLATE


def parse_template(value: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Check a template; raises MzError naming the service and the level that cannot be."""
    checked: dict[str, dict[str, int]] = {}
    for level, services in value.items():
        known = level in set(Level)
        for service, times in services.items() if known else ():
            whole = isinstance(times, int) and not isinstance(times, bool) and 0 <= times <= MOST_PER_MONTH
            if service not in SERVICE_NAMES or not whole:
                told = SERVICE_NAMES.get(service, service)
                raise MzError("照料频次写法不对", f"{told}：每月次数应为 0 到 {MOST_PER_MONTH} 的整数。", field=service)
        if known:
            checked[level] = dict(services)
    return checked


def template(station: Station) -> Mapping[str, Mapping[str, int]]:
    """Return the template of today."""
    with station.read() as connection:
        return template_on(connection, station.today())


def change_template(station: Station, value: Mapping[str, Mapping[str, int]], effective_from: date, document_no: str) -> None:
    """Put another template in force from a date, with its source. Raises MzError: no right, no source, a number that cannot be."""
    if not station.scope.may(Permission.PARAMETERS):
        raise MzError("您没有修改参数的权限", "请联系管理员或主管。")
    if not document_no.strip():
        raise MzError("请写明依据", "填写文号，没有文号就写谁定的。", field="document_no")
    checked = parse_template(value)
    now = station.clock.now_ms()
    stored = StoredParameter(station.new_id(), PARAMETER, effective_from.isoformat(), "", checked, document_no.strip(), "照料服务频次")
    with station.write() as connection:
        parameters.put(connection, stored, now_ms=now)
        audit.append(connection, station.scope, "parameter", PARAMETER, {"from": stored.effective_from}, now_ms=now)


def minutes_between(start: str, end: str) -> int:
    """Return the minutes between two times such as 09:00:00.000+08:00; 0 where one is missing; a night counts over midnight."""
    if not (start and end):
        return 0
    first, last = (datetime.strptime(text[:5], "%H:%M") for text in (start, end))  # noqa: DTZ007  (times of one place)
    return int((last - first).total_seconds() // 60) % (24 * 60)


def month(station: Station, first: date) -> tuple[CareMonth, ...]:
    """Return the month of care of everybody who lives scattered and was supported at its end, by village and name."""
    last = min(last_of_month(first), max(first, station.today()))
    people = [person for person in support.current(station, last) if not person.institution]
    with station.read() as connection:
        template = template_on(connection, first)
        logs = store.care_records(connection, station.scope, FORM, since=first.isoformat(), until=last_of_month(first).isoformat())
    by_person: dict[str, list[CareRecord]] = {}
    for log in logs:
        by_person.setdefault(log.person_id, []).append(log)
    return tuple(_month_of(person, by_person.get(person.row.person_id, ()), template) for person in people)


def _month_of(person: Person, logs: Sequence[CareRecord], template: Mapping[str, Mapping[str, int]]) -> CareMonth:
    told = [flatten(log.answers) for log in logs]
    done = Counter(service for answers in told for service in answers.get("services", "").split())
    planned = template.get(person.level or Level.SELF, {})
    services = tuple(
        ServiceCount(service, planned.get(service, 0), done[service]) for service in SERVICE_NAMES if planned.get(service) or done[service]
    )
    return CareMonth(
        person.row.person_id,
        person.row.name,
        person.row.village,
        person.level,
        person.carer,
        services,
        len(logs),
        sum(minutes_between(answers.get("start_time", ""), answers.get("end_time", "")) for answers in told),
        sum(int(answers.get("hospital_days") or 0) for answers in told),
        tuple(answers.get("abnormal_note", "") or "有异常" for answers in told if answers.get("abnormal") == "yes"),
    )


def carers(station: Station, first: date) -> tuple[str, ...]:
    """Return the carers who logged care in a month, by name."""
    return tuple(sorted({flatten(log.answers).get("carer", "") for log in _logs(station, first)} - {""}))


def sheet(station: Station, carer: str, first: date) -> tuple[LogLine, ...]:
    """Return a carer's month in order of time."""
    with station.read() as connection:
        names = {row.person_id: row.name for row in store.supported(connection, station.scope)}
    lines = [_line(log, names.get(log.person_id, "")) for log in _logs(station, first) if flatten(log.answers).get("carer") == carer]
    return tuple(sorted(lines, key=lambda line: (line.on, line.start)))


def _logs(station: Station, first: date) -> tuple[CareRecord, ...]:
    with station.read() as connection:
        return store.care_records(connection, station.scope, FORM, since=first.isoformat(), until=last_of_month(first).isoformat())


def _line(log: CareRecord, name: str) -> LogLine:
    told = flatten(log.answers)
    start, end = told.get("start_time", ""), told.get("end_time", "")
    services = [SERVICE_NAMES.get(service, service) for service in told.get("services", "").split()]
    if told.get("other_service"):
        services.append(told["other_service"])
    anomaly = told.get("abnormal_note", "") if told.get("abnormal") == "yes" else ""
    return LogLine(log.occurred_on, start[:5], end[:5], minutes_between(start, end), "、".join(services), name, anomaly, log.record_id)

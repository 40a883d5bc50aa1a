"""Rows of the care reports: 特困照料台账, 自理能力评估汇总, 发放清单, and the plan's indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mzdesk.care import agreements, monthly, services, support
from mzdesk.care.levels import LEVEL_NAMES, Level
from mzdesk.care.support import ASSESSMENT, Person
from mzdesk.registry.registration import flatten
from mzdesk.reports.declared.care import AssessmentRow, CareRow, PaymentRow
from mzdesk.reports.declared.duties import IndicatorRow
from mzdesk.reports.sources.selection import Selection
from mzdesk.store import care as store
from mzdesk.store import rows as people_store
from mzdesk.store.care import CareRecord

if TYPE_CHECKING:
    from mzdesk.station import Station

KIND_NAMES = {True: "集中", False: "分散"}
PLAN = "泰安市“十四五”民政事业发展规划（征求意见稿）"
_ORDER = (Level.SELF, Level.PARTIAL, Level.FULL)


def _within(people: Sequence[Person], wanted: Selection) -> list[Person]:
    return [person for person in people if wanted.village in ("", person.row.village)]


def _level(level: Level | None) -> str:
    return LEVEL_NAMES[level] if level is not None else "未评估"


def ledger_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[CareRow, ...]:
    """Return the month of care of everybody in scattered care, with the agreement that holds."""
    signed = agreements.newest(station)
    found = []
    for month in services.month(station, wanted.first):
        if wanted.village not in ("", month.village):
            continue
        agreement = signed.get(month.person_id)
        found.append(
            CareRow(
                village=names.get(month.village, month.village),
                name=month.name,
                kind=KIND_NAMES[False],
                level=_level(month.level),
                carer=agreement.carer if agreement else month.carer,
                agreement_ends=agreement.end_on if agreement else None,
                due=month.planned,
                done=month.done,
                hospital_days=month.hospital_days,
                incidents="；".join(month.anomalies),
                behind={"name": (month.person_id,)},
            )
        )
    return tuple(found)


def assessment_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[AssessmentRow, ...]:
    """Return the assessments by village at the end of the period."""
    people = _within(support.current(station, wanted.last), wanted)
    with station.read() as connection:
        records = store.care_records(connection, station.scope, ASSESSMENT, until=wanted.last.isoformat())
    by_person: dict[str, list[CareRecord]] = {}
    for record in records:
        by_person.setdefault(record.person_id, []).append(record)
    villages = dict.fromkeys(person.row.village for person in people)
    return tuple(
        _assessed(names.get(village, village), [item for item in people if item.row.village == village], by_person) for village in villages
    )


def _assessed(name: str, people: Sequence[Person], by_person: Mapping[str, Sequence[CareRecord]]) -> AssessmentRow:
    told = {item.row.person_id: [flatten(record.answers) for record in by_person.get(item.row.person_id, ())] for item in people}
    levels = {person: [Level(answers["final_level"]) for answers in known if answers.get("final_level")] for person, known in told.items()}
    assessed = {person: known for person, known in levels.items() if known}
    moves = [_ORDER.index(known[-1]) - _ORDER.index(known[-2]) for known in assessed.values() if len(known) > 1]
    last = [known[-1] for known in assessed.values()]
    overridden = [known[-1] for known in told.values() if known and known[-1].get("override_reason")]
    return AssessmentRow(
        name=name,
        enrolled=len(people),
        assessed=len(assessed),
        able=last.count(Level.SELF),
        partly=last.count(Level.PARTIAL),
        unable=last.count(Level.FULL),
        raised=sum(move > 0 for move in moves),
        lowered=sum(move < 0 for move in moves),
        overridden=len(overridden),
        behind={"enrolled": tuple(told), "assessed": tuple(assessed)},
    )


def payment_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[PaymentRow, ...]:
    """Return the payments of the month that the period begins with."""
    told = monthly.month(station, wanted.first.replace(day=1))
    lines = [line for line in told.lines if wanted.village in ("", line.village)]
    with station.read() as connection:
        people = people_store.people(connection, station.scope, [line.person_id for line in lines])
        rows = {row.person_id: row for row in store.supported(connection, station.scope)}
    found = []
    for line in lines:
        row, person = rows.get(line.person_id), people.get(line.person_id)
        found.append(
            PaymentRow(
                village=names.get(line.village, line.village),
                name=line.name,
                id_number=person.id_no if person else "",
                kind=KIND_NAMES[row is not None and row.category == support.INSTITUTION],
                level=LEVEL_NAMES[line.level],
                basic=line.basic,
                care=line.care,
                paid=line.total,
                account_tail=str(row.profile.get("card_last4", "")) if row else "",
                behind={"name": (line.person_id,)},
            )
        )
    return tuple(found)


def indicator_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[IndicatorRow, ...]:
    """Return the plan's indicators at the end of the period, each with the people behind numerator and denominator."""
    found = []
    for indicator in support.indicators(_within(support.current(station, wanted.last), wanted)):
        counted = tuple(person.person_id for person in indicator.counted)
        concerned = tuple(person.person_id for person in indicator.concerned)
        found.append(
            IndicatorRow(
                indicator=indicator.title,
                numerator_name="其中已集中供养",
                numerator=len(counted),
                denominator_name="有意愿的特困人员" if "意愿" in indicator.title else "部分或完全丧失自理能力的特困人员",
                denominator=len(concerned),
                target=f"{indicator.target}%",
                met="—" if not concerned else "是" if indicator.reached else "否",
                source=PLAN,
                behind={"numerator": counted, "denominator": concerned},
            )
        )
    return tuple(found)

"""The monthly list for the county: computed, reconciled with the month before, confirmed once, and what a new standard would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mzdesk.care import standards, support
from mzdesk.care.entitlements import Entitlement, Poverty, Reconciliation, month_of, monthly_list, next_month, reconcile, spans
from mzdesk.care.levels import Level
from mzdesk.care.standards import Breach, Standards, breaches
from mzdesk.errors import MzError
from mzdesk.store import audit, parameters
from mzdesk.store import care as store
from mzdesk.store.care import ListLine
from mzdesk.store.parameters import StoredParameter
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class MonthlyList:
    """A month's list with its reconciliation; `confirmed` tells whether it was confirmed (then the lines are the kept ones)."""

    first: date
    lines: tuple[Entitlement, ...]
    reconciliation: Reconciliation
    confirmed: bool

    @property
    def total(self) -> int:
        """Return the sum, 分."""
        return sum(line.total for line in self.lines)


@dataclass(frozen=True, slots=True)
class StandardChange:
    """What a new set of standards would do: amounts below their floors, and each person's line before and after."""

    breaches: tuple[Breach, ...]
    changes: tuple[tuple[Entitlement, Entitlement], ...]

    @property
    def difference(self) -> int:
        """Return the change of the month's total, 分."""
        return sum(after.total - before.total for before, after in self.changes)


def month(station: Station, first: date) -> MonthlyList:
    """Return the list of the month that starts on `first`, against the month before."""
    with station.read() as connection:
        people = support.dated(connection, station)
        history = standards.history(connection)
        lines, confirmed = _lines(connection, station, people, history, first)
        before, _ = _lines(connection, station, people, history, month_of(first - timedelta(days=1)))
    left = {person.person_id: f"{person.left_why}（{person.left_on}）" for person in people if person.left_on}
    return MonthlyList(first, lines, reconcile(before, lines, left), confirmed)


def _lines(
    connection: Connection, station: Station, people: Sequence[Poverty], history: Sequence[Standards], first: date
) -> tuple[tuple[Entitlement, ...], bool]:
    kept = store.confirmed(connection, station.scope, f"{first:%Y-%m}")
    if kept:
        return tuple(_entitlement(line) for line in kept), True
    return monthly_list(people, first, history), False


def _entitlement(line: ListLine) -> Entitlement:
    return Entitlement(line.person_id, line.name, line.village, line.area, Level(line.level), line.basic, line.care)


def confirm(station: Station, first: date) -> MonthlyList:
    """Keep the list of a month as it stands, so that next month is reconciled with what was really reported. Raises MzError."""
    if not station.scope.may(Permission.REVIEW):
        raise MzError("您没有确认月报的权限", "请让主管（儿童督导员）确认。")
    told = month(station, first)
    if told.confirmed:
        raise MzError("这个月已经确认过", "确认后的名单不再改动；如有错漏，请先撤回再确认。")
    if told.reconciliation.gap:
        raise MzError("本月与上月的差额对不上", "请先核对变动名单，差额应为 0。")
    if not told.lines:
        raise MzError("这个月没有人", "没有需要确认的名单。")
    lines = [ListLine(line.person_id, line.name, line.village, line.area, line.level, line.basic, line.care) for line in told.lines]
    now = station.clock.now_ms()
    with station.write() as connection:
        store.confirm(connection, station.scope, f"{first:%Y-%m}", lines, now_ms=now)
        audit.append(connection, station.scope, "confirm_list", f"{first:%Y-%m}", {"people": len(lines), "fen": told.total}, now_ms=now)
    return replace(told, confirmed=True)


def withdraw(station: Station, first: date, reason: str) -> None:
    """Take a confirmed list back, with a reason in the log. Raises MzError."""
    if not station.scope.may(Permission.REVIEW):
        raise MzError("您没有撤回月报的权限", "请让主管（儿童督导员）操作。")
    if not reason.strip():
        raise MzError("请写明撤回原因", "原因会记入日志。", field="reason")
    now = station.clock.now_ms()
    with station.write() as connection:
        lines = store.withdraw(connection, station.scope, f"{first:%Y-%m}")
        audit.append(connection, station.scope, "withdraw_list", f"{first:%Y-%m}", {"people": lines, "why": reason}, now_ms=now)


def preview_change(station: Station, proposed: Standards) -> StandardChange:
    """Return what a new set of standards would change in the first month that it decides, before it is applied."""
    first = first_month(proposed)
    with station.read() as connection:
        people = support.dated(connection, station)
        history = standards.history(connection)
    old = {line.person_id: line for line in monthly_list(people, first, history)}
    new = monthly_list(people, first, [replace(proposed, effective_from=first.isoformat())])
    pairs = tuple((old[line.person_id], line) for line in new if line.person_id in old and old[line.person_id] != line)
    return StandardChange(breaches(proposed), pairs)


def first_month(proposed: Standards) -> date:
    """Return the first day of the first month that a set of standards decides: it must hold on that day."""
    day = date.fromisoformat(proposed.effective_from)
    return day if day.day == 1 else next_month(day)


def apply_change(station: Station, proposed: Standards) -> None:
    """Put a new set of standards in force from its date. Raises MzError: no right, no source, an amount below its floor."""
    if not station.scope.may(Permission.PARAMETERS):
        raise MzError("您没有修改标准的权限", "请联系管理员或主管。")
    if not (proposed.document_no.strip() or proposed.source.strip()):
        raise MzError("请写明依据", "填写文件的文号，没有文号就写来源。", field="document_no")
    if found := breaches(proposed):
        raise MzError("有标准低于下限", " ".join(breach.sentence for breach in found), field=found[0].name)
    value = standards.values(proposed)
    stored = StoredParameter(
        station.new_id(), standards.PARAMETER, proposed.effective_from, "", value, proposed.document_no, proposed.source
    )
    now = station.clock.now_ms()
    with station.write() as connection:
        if not parameters.history(connection, standards.PARAMETER):
            standards.seed(connection, station)
        parameters.put(connection, stored, now_ms=now)
        audit.append(connection, station.scope, "change_parameter", standards.PARAMETER, {"from": stored.effective_from}, now_ms=now)


def history_of(station: Station, person_id: str) -> tuple[tuple[date, Entitlement], ...]:
    """Return a person's monthly amount over time: each first month in which it differs from the one before."""
    with station.read() as connection:
        people = [person for person in support.dated(connection, station) if person.person_id == person_id]
        history = standards.history(connection)
    return tuple(span for person in people for span in spans(person, history, station.today()))

"""Putting visits off for a while, with a reason and an end: hospital, away with the parents; never without a date."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mzdesk.casework import due
from mzdesk.errors import MzError
from mzdesk.registry.journal import Journal, require_enrolment

if TYPE_CHECKING:
    from mzdesk.station import Station

LONGEST_DAYS = 366


def suspend(station: Station, enrolment_id: str, until: date, why: str) -> None:
    """Put visits of a role off until the day after `until`. Raises MzError without a reason, in the past, or for more than a year."""
    days = (until - station.today()).days
    if not why.strip():
        raise MzError("请写明暂停走访的原因", "例如“住院”“随父母外出”。", field="suspended_why")
    if not 0 <= days <= LONGEST_DAYS:
        raise MzError("暂停的日期不对", "请填写今天以后、一年以内的日期；到期后会自动恢复提醒。", field="suspended_until")
    _set(station, enrolment_id, until.isoformat(), why.strip())


def resume(station: Station, enrolment_id: str) -> None:
    """Let visits of a role be due again."""
    _set(station, enrolment_id, "", "")


def _set(station: Station, enrolment_id: str, until: str, why: str) -> None:
    with station.write() as connection:
        role = require_enrolment(connection, station, enrolment_id)
        journal = Journal(connection, station, "suspension", why)
        journal.change("enrolment", role, {"suspended_until": until, "suspended_why": why})
        due.refresh(connection, station, journal.close())

"""A change of the visit rules: checked, dated, logged, and then every due date is computed anew, in steps that can be cancelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from mzdesk.casework import due
from mzdesk.casework.rules import PARAMETER, parse_rules
from mzdesk.errors import MzError
from mzdesk.store import audit, parameters
from mzdesk.store import due as store
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.parameters import StoredParameter
from mzdesk.store.scope import SYSTEM, Permission

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

Progress = Callable[[int, int], None]
STEP = 1000
PENDING, APPLIED = "due_refresh_after", "due_rules_applied"


def change(station: Station, value: Mapping[str, Any], effective_from: date, document_no: str, source: str = "") -> None:
    """Put a new set of visit rules in force from a date, with its 文号. Raises MzError without the right, unreadable, or without source."""
    if not station.scope.may(Permission.PARAMETERS):
        raise MzError("您没有修改参数的权限", "请联系管理员或主管。")
    if not (document_no.strip() or source.strip()):
        raise MzError("请写明依据", "填写文件的文号，没有文号就写来源。", field="document_no")
    parse_rules(value, document_no, source)
    now = station.clock.now_ms()
    stored = StoredParameter(station.new_id(), PARAMETER, effective_from.isoformat(), "", dict(value), document_no.strip(), source.strip())
    with station.write() as connection:
        parameters.put(connection, stored, now_ms=now)
        audit.append(connection, station.scope, "change_parameter", PARAMETER, {"from": stored.effective_from}, now_ms=now)
        write_meta(connection, PENDING, "0")


def refresh_all(station: Station, progress: Progress | None = None) -> int:
    """Compute every due date anew, a thousand people a transaction; goes on where an earlier run was stopped. Return how many people."""
    with station.read() as connection:
        after, total = read_meta(connection, PENDING, "0"), store.count_enrolled(connection, SYSTEM)
    done = 0
    while True:
        with station.write() as connection:
            people = store.enrolled_after(connection, SYSTEM, after, STEP)
            due.refresh(connection, station, people)
            after = people[-1] if people else ""
            write_meta(connection, PENDING, after)
            if not people:
                write_meta(connection, APPLIED, _in_force(connection, station))
                return done
        done += len(people)
        if progress is not None:
            progress(done, total)


def is_pending(station: Station) -> bool:
    """Tell whether a recomputation was not finished, or a set of rules has come into force since the last one."""
    with station.read() as connection:
        unfinished = bool(read_meta(connection, PENDING))
        return unfinished or read_meta(connection, APPLIED) != _in_force(connection, station)


def _in_force(connection: Connection, station: Station) -> str:
    current = parameters.value_on(connection, PARAMETER, station.today())
    return current.id if current else ""

"""The single numbers that a station or its county changes by date: checked, with their 文号 or source, history, and a line in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mzdesk.casework import mandatory_reports
from mzdesk.errors import MzError
from mzdesk.store import audit, parameters
from mzdesk.store.parameters import StoredParameter
from mzdesk.store.scope import Permission
from mzdesk.vault import retention

if TYPE_CHECKING:
    from mzdesk.station import Station

LONGEST_MINUTES, LONGEST_YEARS = 7 * 24 * 60, 100


@dataclass(frozen=True, slots=True)
class Change:
    """A new value: in force from a Beijing date, by a 文号 or another source."""

    name: str
    value: Any
    effective_from: date
    document_no: str = ""
    source: str = ""


def _whole(least: int, most: int, told: str) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise MzError("数值不对", f"{told}应为 {least} 到 {most} 的整数。", field="value")

    return check


CHECKS: Mapping[str, Callable[[Any], None]] = {
    mandatory_reports.PARAMETER: _whole(1, LONGEST_MINUTES, "强制报告的时限（分钟）"),
    retention.PARAMETER: _whole(1, LONGEST_YEARS, "保存年限"),
}


def put(station: Station, change: Change) -> None:
    """Put a value in force from its date. Raises MzError: no right, unknown name, a value that cannot be, no 文号 and no source."""
    if not station.scope.may(Permission.PARAMETERS):
        raise MzError("您没有修改参数的权限", "请联系管理员或主管。")
    if change.name not in CHECKS:
        raise MzError("没有这个参数", "请刷新参数页再试。", field="name")
    if not (change.document_no.strip() or change.source.strip()):
        raise MzError("请写明依据", "填写文件的文号，没有文号就写来源。", field="document_no")
    CHECKS[change.name](change.value)
    now, since = station.clock.now_ms(), change.effective_from.isoformat()
    stored = StoredParameter(station.new_id(), change.name, since, "", change.value, change.document_no.strip(), change.source.strip())
    with station.write() as connection:
        parameters.put(connection, stored, now_ms=now)
        audit.append(connection, station.scope, "parameter", change.name, {"from": since, "file": stored.document_no}, now_ms=now)


def current(station: Station, name: str) -> StoredParameter | None:
    """Return the value that holds today, None where the program's own holds."""
    with station.read() as connection:
        return parameters.value_on(connection, name, station.today())


def history(station: Station, name: str) -> tuple[StoredParameter, ...]:
    """Return every value, newest first."""
    with station.read() as connection:
        return tuple(reversed(parameters.history(connection, name)))

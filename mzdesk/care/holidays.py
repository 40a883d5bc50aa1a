"""The county's table of holidays and working weekends, as an effective-dated parameter: read from what an office has, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from mzdesk.care.workdays import WorkCalendar
from mzdesk.errors import MzError
from mzdesk.registry.dates import Toward, read_date
from mzdesk.store import audit, parameters
from mzdesk.store.parameters import StoredParameter
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

PARAMETER = "holidays"
MOST_BYTES, MOST_LINES = 200_000, 2000
OFF, ON = ("休", "放假", "假", "休息", "节假日"), ("班", "上班", "补班", "调休上班", "工作日")
_SPLIT = re.compile(r"[\s,，;；|]+")


def calendar_on(connection: Connection, day: date) -> WorkCalendar:
    """Return the working days as this station knows them on a Beijing date."""
    stored = parameters.value_on(connection, PARAMETER, day)
    return WorkCalendar({str(name): bool(value) for name, value in stored.value.items()} if stored else {})


def parse_table(text: str, today: date) -> dict[str, bool]:
    """Return ISO date → working day or not, from lines such as "2027-01-01 休" or "2027年2月14日,班". Raises MzError naming the line."""
    if len(text.encode()) > MOST_BYTES:
        raise MzError("节假日表太大", "一次最多 2000 行，请只保留日期和“休”或“班”两列。")
    lines = [line.strip() for line in unicodedata.normalize("NFKC", text).splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise MzError("节假日表太长", "一次最多 2000 行，请按年分开导入。")
    found = dict(_parse_line(number, line, today) for number, line in enumerate(lines, 1))
    if not found:
        raise MzError("表里没有日期", "每行写一个日期和“休”或“班”，例如：2027-01-01 休。")
    return found


def _parse_line(number: int, line: str, today: date) -> tuple[str, bool]:
    words = [word for word in _SPLIT.split(line) if word]
    day = read_date(words[0], today, Toward.THIS_YEAR) if words else None
    kind = words[1] if len(words) > 1 else ""
    if day is None or kind not in (*OFF, *ON):
        raise MzError("有一行看不懂", f"第 {number} 行“{line[:40]}”：请写成“2027-01-01 休”或“2027-02-14 班”。", field=str(number))
    return day.isoformat(), kind in ON


def import_table(station: Station, table: Mapping[str, bool], document_no: str) -> int:
    """Add days to the county's table, with the 文号 of the notice; return how many days are known now. Raises MzError without the right."""
    if not station.scope.may(Permission.PARAMETERS):
        raise MzError("您没有修改参数的权限", "请联系管理员或主管。")
    if not document_no.strip():
        raise MzError("请写明依据", "填写放假通知的文号。", field="document_no")
    now, today = station.clock.now_ms(), station.today()
    with station.write() as connection:
        known = dict(calendar_on(connection, today).imported) | dict(table)
        stored = StoredParameter(station.new_id(), PARAMETER, today.isoformat(), "", known, document_no.strip(), "放假安排通知")
        parameters.put(connection, stored, now_ms=now)
        audit.append(connection, station.scope, "parameter", PARAMETER, {"days": len(table)}, now_ms=now)
    return len(known)

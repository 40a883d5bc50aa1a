"""救助和监测线索: what visits found of people who slide into need, listed, handed to the county as a workbook, closed with the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mzdesk.casework import follow_ups
from mzdesk.errors import MzError
from mzdesk.registry.divisions import display_name
from mzdesk.registry.workbook import Sheet, write_workbook
from mzdesk.reports.masking import mask_numbers
from mzdesk.store import audit, divisions, rows
from mzdesk.store.follow_ups import FollowUpRow
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mzdesk.station import Station
    from mzdesk.store.rows import PersonData

KINDS = ("aid", "lead")
HEADINGS = (
    "序号",
    "村（居）",
    "姓名",
    "公民身份号码",
    "联系电话",
    "线索类别",
    "线索内容",
    "发现日期",
    "责任人",
    "办理期限",
    "办结日期",
    "办理结果",
)


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead with the village's name."""

    row: FollowUpRow
    village_name: str

    @property
    def category(self) -> str:
        """Return 临时救助 or 监测线索."""
        return follow_ups.KINDS[self.row.kind]


def all_of(station: Station) -> tuple[Lead, ...]:
    """Return the leads in scope: the open ones first, urgent aid before the rest."""
    found = follow_ups.find_all(station, kinds=KINDS)
    with station.read() as connection:
        names = divisions.names(connection, sorted({row.village for row in found}))
    ordered = sorted(found, key=lambda row: (bool(row.done_on), KINDS.index(row.kind)))
    return tuple(Lead(row, display_name(names.get(row.village, ""))) for row in ordered)


def export(station: Station, path: Path, leads: Sequence[Lead], *, plain_reason: str = "") -> int:
    """Write leads to an .xlsx file; numbers are masked unless a reason is given by somebody with the right. The act is logged.

    Return how many lines were written. Raises MzError: nothing to write, no right, the place cannot be written.
    """
    if not leads:
        raise MzError("没有可以导出的线索", "走访时勾选“救助和监测线索”后，会列在这里。")
    if plain_reason and not station.scope.may(Permission.EXPORT_PLAIN):
        raise MzError("您没有导出完整号码的权限", "请导出遮盖号码的表，或请主管导出。")
    with station.read() as connection:
        people = rows.people(connection, station.scope, [lead.row.person_id for lead in leads])
    lines = [_line(number, lead, people, plain=bool(plain_reason)) for number, lead in enumerate(leads, 1)]
    title = f"{station.identity.name}低收入人口动态监测线索表"
    note = f"导出：{station.scope.name}　{station.local_now():%Y-%m-%d %H:%M}　{'含完整号码，用后即删' if plain_reason else '号码已遮盖'}"
    write_workbook(path, [Sheet("监测线索", title, HEADINGS, lines, note)])
    with station.write() as connection:
        detail = {"report": "leads", "lines": len(lines), "plain": bool(plain_reason), "why": plain_reason}
        audit.append(connection, station.scope, "export", "leads", detail, now_ms=station.clock.now_ms())
    return len(lines)


def _line(number: int, lead: Lead, people: Mapping[str, PersonData], *, plain: bool) -> tuple[str, ...]:
    row, person = lead.row, people.get(lead.row.person_id)
    numbers = (person.id_no, person.phone) if person else ("", "")
    shown = numbers if plain else tuple(mask_numbers(number) for number in numbers)
    found_on = f"{follow_ups.opened_on(row):%Y-%m-%d}"
    told = (lead.category, row.title, found_on, row.owner, row.due_on, row.done_on, row.outcome)
    return (str(number), lead.village_name, row.person_name, *shown, *told)

"""Rows of what the office answers for: 强制报告登记簿, 儿童主任履职表, 批次报送单."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from mzdesk.casework import mandatory_reports
from mzdesk.casework.duties import FORM_NAMES, HALF_YEARLY, MONTHLY, QUARTERLY, YEARLY
from mzdesk.clock import beijing
from mzdesk.registry.registration import flatten
from mzdesk.reports.declared.duties import BatchRow, DutyRow, MandatoryRow
from mzdesk.reports.sources.selection import Selection
from mzdesk.store import duties as store
from mzdesk.store import records, statistics

if TYPE_CHECKING:
    from mzdesk.station import Station

ASKED = {MONTHLY: 12, QUARTERLY: 4, HALF_YEARLY: 2, YEARLY: 1}
SITUATIONS = {
    "s1": "1 隐私部位损伤",
    "s2": "2 未满十四周岁女性受侵害",
    "s3": "3 十四周岁以上女性受侵害",
    "s4": "4 多处损伤、营养不良等",
    "s5": "5 自杀、自残、工伤、中毒等",
    "s6": "6 遗弃或无人照料",
    "s7": "7 来源不明、失踪、被拐",
    "s8": "8 被组织乞讨",
    "s9": "9 其他严重侵害",
}
WAYS = {"net": "网络", "stick": "U盘"}


def mandatory_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[MandatoryRow, ...]:
    """Return the register of mandatory reports of a period. Raises MzError without the right; looking at it is logged."""
    first, last = wanted.first.isoformat(), wanted.last.isoformat()
    lines = [line for line in mandatory_reports.register(station) if first <= line.row.occurred_on <= last]
    with station.read() as connection:
        stored = {line.row.id: records.get(connection, station.scope, line.row.id) for line in lines}
    found = []
    for line in sorted(lines, key=lambda item: item.row.saved_at):
        record = stored[line.row.id]
        told = flatten(record.answers) if record else {}
        found.append(
            MandatoryRow(
                number=line.row.number,
                situation="；".join(SITUATIONS.get(code, code) for code in line.situation.split()),
                subject=told.get("person_name", "") or line.row.person_name,
                found=_moment(told.get("occurred_on", ""), told.get("occurred_at", "")),
                finder=told.get("finder", "") or told.get("visitor", ""),
                called_police=_moment(told.get("police_called_at", "")),
                reported=_moment(told.get("received_at", "")),
                authority="　".join(part for part in (line.agency, line.officer) if part),
                receipt=line.receipt_no,
                outcome=told.get("follow_up_note", ""),
                behind={"number": (line.row.id,)},
            )
        )
    return tuple(found)


def _moment(day: str, time: str = "") -> str:
    """Return such as 11月23日16时05分 of an ISO date with its time, or of an ISO date-time."""
    if "T" in day:
        day, time = day.split("T", 1)
    if not day:
        return ""
    told = date.fromisoformat(day)
    clock = f"{time[:2]}时{time[3:5]}分" if len(time) >= 5 else ""
    return f"{told.month}月{told.day}日{clock}"


def director_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[DutyRow, ...]:
    """Return a year of checklists and activities, by month of signing; of one village, or of all that the station keeps."""
    year = wanted.last.year
    forms = (*FORM_NAMES, "case_activity", "group_activity", "community_activity")
    with station.read() as connection:
        signed = store.signed(connection, station.scope, forms=forms, since=f"{year}-01-01")
    villages = 1 if wanted.village else max(len(station.identity.villages), 1)
    own = [item for item in signed if item.occurred_on[:4] == str(year) and wanted.village in ("", item.village)]
    titles = dict(FORM_NAMES) | {"case_activity": "个案服务", "group_activity": "小组活动", "community_activity": "社区活动"}
    found = []
    for form_id, title in titles.items():
        by_month = {month: [item.record_id for item in own if item.form_id == form_id and _month(item) == month] for month in range(1, 13)}
        counts: dict[str, Any] = {f"month{month}": len(ids) for month, ids in by_month.items()}
        asked = ASKED.get(form_id, 0) * villages
        behind = {f"month{month}": tuple(ids) for month, ids in by_month.items() if ids}
        found.append(DutyRow(duty=title, **counts, done=sum(counts.values()), asked=asked, behind=behind))
    return tuple(found)


def _month(item: store.Signed) -> int:
    return int(item.occurred_on[5:7])


def batch_rows(station: Station, wanted: Selection, names: Mapping[str, str]) -> tuple[BatchRow, ...]:
    """Return the batches of a period with what the county's receipts said of each."""
    first, last = wanted.instants()
    with station.read() as connection:
        sent = statistics.batches(connection, first_ms=first, last_ms=last)
    return tuple(
        BatchRow(
            number=batch.receipt or f"第 {batch.seq} 批",
            sent_on=beijing(batch.sealed_at).date(),
            way=WAYS.get(batch.channel, batch.channel or "未送出"),
            count=batch.count,
            accepted=batch.accepted,
            returned=batch.returned,
            pending=batch.count - batch.accepted - batch.returned,
            digest=batch.digest,
            sender=station.scope.name,
        )
        for batch in sent
    )

"""Matters that a record leaves open: a next step, a referral, a lead, a report that must be made; each with an owner, a date and an end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mzdesk.care import holidays
from mzdesk.care.workdays import REASSESSMENT_DAYS, WorkCalendar
from mzdesk.casework.facts import RecordFacts
from mzdesk.clock import beijing, new_id
from mzdesk.errors import MzError
from mzdesk.store import follow_ups as store
from mzdesk.store import outbox, shadows, subjects
from mzdesk.store.follow_ups import FollowUpRow
from mzdesk.store.outbox import Edit

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

STAGES = ("发现报告", "应急处置", "评估帮扶", "监护干预")  # the four steps of the plan's chain
FOUND, EMERGENCY, SUPPORT, INTERVENTION = STAGES
KINDS: Mapping[str, str] = {
    "report": "强制报告",
    "aid": "临时救助",
    "anomaly": "照料异常",
    "reassessment": "重新评估",
    "referral": "转介",
    "lead": "监测线索",
    "follow_up": "跟进",
    "route_sheet": "路线单补录",
}
LEADS: Mapping[str, str] = {
    "illness": "因病",
    "disaster": "因灾",
    "accident": "意外",
    "income": "收入骤减",
    "dibao_edge": "低保边缘",
    "temporary_aid": "临时救助",
}
AID = "temporary_aid"
REFERRAL_DAYS, LEAD_DAYS, ANOMALY_DAYS, AID_HOURS = 10, 10, 3, 24  # the 24 hours are the plan's, the days are our own
LONGEST_TITLE = 200
SELF_CARE = "self_care_assessment"
_SETTLED_BY: Mapping[str, tuple[str, ...]] = {"report": ("report",), "visit": ("route_sheet",)}
_SETTLED = {"report": "已填写强制报告，受理情况见登记簿", "route_sheet": "已录入走访表"}
_SENT = ("record_id", "person_id", "village", "kind", "title", "owner", "due_on", "stage", "outcome", "done_on", "restricted")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be done: `kind` one of KINDS, `due_on` a Beijing date, `stage` one of STAGES."""

    kind: str
    title: str
    due_on: date
    stage: str = FOUND


@dataclass(frozen=True, slots=True)
class NewMatter:
    """A matter entered by hand, of a person, or of a village where `person_id` is ""."""

    title: str
    due_on: date
    person_id: str = ""
    village: str = ""
    kind: str = "follow_up"
    owner: str = ""
    stage: str = FOUND


def planned(facts: RecordFacts, today: date, calendar: WorkCalendar) -> tuple[Matter, ...]:
    """Decide which matters a record opens."""
    told, found = facts.findings, []
    if facts.report_required == "yes" and facts.kind != "report":
        found.append(Matter("report", "走访发现应强制报告的情形，请先拨打110，再填写强制报告", today))
    if facts.refer_to and facts.refer_to != "none":
        found.append(Matter("referral", _title("转介", told.refer_name, told.refer_note), today + timedelta(days=REFERRAL_DAYS), SUPPORT))
    leads = told.leads.split()
    if AID in leads:
        found.append(Matter("aid", _title("急需临时救助", told.leads_note), today + timedelta(days=1), EMERGENCY))
    monitored = "、".join(LEADS.get(lead, lead) for lead in leads if lead != AID)
    if monitored:
        found.append(Matter("lead", _title(monitored, told.leads_note), today + timedelta(days=LEAD_DAYS), FOUND))
    if told.abnormal == "yes":
        found.append(Matter("anomaly", _title("照料异常", told.abnormal_note), today + timedelta(days=ANOMALY_DAYS), SUPPORT))
    if told.care_change == "yes":
        found.append(reassessment(told.care_change_note, date.fromisoformat(facts.occurred_on or today.isoformat()), calendar))
    return tuple(found)


def reassessment(what: str, reported_on: date, calendar: WorkCalendar) -> Matter:
    """Return the re-assessment that a reported change asks for: within 10 working days (domain/README.md §1.5)."""
    return Matter("reassessment", _title("自理能力有变化", what), calendar.after(reported_on, REASSESSMENT_DAYS), SUPPORT)


def _title(*parts: str) -> str:
    return "：".join(part.strip().replace("\n", " ") for part in parts if part.strip())[:LONGEST_TITLE]


def settled_by(facts: RecordFacts) -> tuple[str, ...]:
    """Return the kinds of open matters that a record about the same person settles; a report filled is not yet a report received."""
    if facts.form_id == SELF_CARE:
        return ("reassessment",)
    return _SETTLED_BY.get(facts.kind, ())


def open_from(
    connection: Connection, station: Station, facts: RecordFacts, record_id: str, *, restricted: bool, amends: str = "", number: str = ""
) -> None:
    """Open what a record asks for and close what it settles, in its own transaction; a correction opens nothing twice."""
    known = store.follow_correction(connection, amends, record_id) if amends else ()
    seen = {kind for kind, _ in known}
    for matter in planned(facts, station.today(), holidays.calendar_on(connection, station.today())):
        if matter.kind not in seen:
            _open(connection, station, matter, record_id=record_id, person_id=facts.person_id, village=facts.village, restricted=restricted)
    kinds = settled_by(facts) if facts.person_id else ()
    for row in store.find(connection, station.scope, person_id=facts.person_id, kinds=kinds) if kinds else ():
        done = (facts.occurred_on or station.today().isoformat())[:10]
        _close(connection, station, row, _SETTLED.get(row.kind) or f"已填写评估表 {number}".strip(), done)


def _open(
    connection: Connection,
    station: Station,
    matter: Matter,
    *,
    record_id: str,
    person_id: str,
    village: str,
    restricted: bool,
    owner: str = "",
) -> str:
    row = FollowUpRow(
        new_id(station.clock),
        record_id,
        person_id,
        "",
        village,
        matter.kind,
        matter.title,
        owner or station.scope.name,
        matter.due_on.isoformat(),
        matter.stage,
        "",
        "",
        restricted,
    )
    store.add(connection, row, now_ms=station.clock.now_ms())
    sent = {name: value for name, value in asdict(row).items() if name in _SENT and value not in ("", False)}
    _send(connection, station, row, sent)
    return row.id


def _send(connection: Connection, station: Station, row: FollowUpRow, sent: Mapping[str, Any]) -> None:
    """Queue what changed, with the values that its author saw."""
    seen = shadows.overlay(connection, "follow_up", row.id)
    base = {name: str(seen[name]["op"]) for name in sent if name in seen}
    lane = outbox.LANE_URGENT if row.restricted or row.kind in ("report", "aid") else outbox.LANE_REST
    edit = Edit(station.new_id(), "follow_up", row.id, sent, base, row.village, lane)
    outbox.enqueue(connection, [edit], actor=station.scope.actor, device=station.identity.device, now_ms=station.clock.now_ms())


def _close(connection: Connection, station: Station, row: FollowUpRow, outcome: str, done_on: str) -> None:
    store.close(connection, station.scope, row.id, outcome=outcome, done_on=done_on, now_ms=station.clock.now_ms())
    _send(connection, station, row, {"outcome": outcome, "done_on": done_on})


def find_open(station: Station, *, until: str = "", person_id: str = "", kinds: tuple[str, ...] = ()) -> tuple[FollowUpRow, ...]:
    """Return the open matters in scope, the earliest due first."""
    with station.read() as connection:
        return store.find(connection, station.scope, until=until, person_id=person_id, kinds=kinds)


def find_all(station: Station, *, kinds: tuple[str, ...] = (), limit: int = 1000) -> tuple[FollowUpRow, ...]:
    """Return open and closed matters in scope: the open ones first, the earliest due first, then the latest closed."""
    with station.read() as connection:
        rows = store.find(connection, station.scope, kinds=kinds, open_only=False, limit=limit)
    opened = [row for row in rows if not row.done_on]
    return (*opened, *sorted((row for row in rows if row.done_on), key=lambda row: row.done_on, reverse=True))


def add(station: Station, told: NewMatter) -> str:
    """Keep a matter entered by hand and return its id. Raises MzError: no title, unknown kind, past date, out of scope."""
    if not told.title.strip():
        raise MzError("请写明要做什么", "例如“联系县医院办理大病救助”。", field="title")
    if told.due_on < station.today():
        raise MzError("期限不对", "期限不能早于今天。", field="due_on")
    return add_matter(station, told)


def add_matter(station: Station, told: NewMatter) -> str:
    """Keep a matter whose date a rule has set, be it past. Raises MzError: unknown kind or step, out of scope."""
    if told.kind not in KINDS or told.stage not in STAGES:
        raise MzError("请选择种类和环节", f"环节为：{'、'.join(STAGES)}。", field="stage")
    with station.write() as connection:
        return open_matter(connection, station, told)


def open_matter(connection: Connection, station: Station, told: NewMatter) -> str:
    """Keep a matter within an act that writes more than it; return its id. Raises MzError where it is out of scope."""
    return _open(
        connection,
        station,
        Matter(told.kind, _title(told.title), told.due_on, told.stage),
        record_id="",
        person_id=told.person_id,
        village=_village(connection, station, told),
        restricted=told.kind == "report",
        owner=told.owner.strip(),
    )


def _village(connection: Connection, station: Station, told: NewMatter) -> str:
    if told.person_id:
        person = subjects.person(connection, station.scope, told.person_id)
        if person is None:
            raise MzError("找不到这个人", "此人不在您负责的村，或档案已合并。", field="person")
        return person.village
    if not station.scope.covers(told.village):
        raise MzError("请选择对象或村（居）", "事项要么属于一个人，要么属于您负责的一个村。", field="person")
    return told.village


def hand_over(station: Station, follow_up_id: str, owner: str) -> None:
    """Give a matter to somebody else. Raises MzError without a name."""
    if not owner.strip():
        raise MzError("请写明交给谁", "填写接手人的姓名或单位。", field="owner")
    _change(station, follow_up_id, {"owner": owner.strip()})


def move_on(station: Station, follow_up_id: str, stage: str, due_on: date) -> None:
    """Take a matter to another step of the chain, with a new date. Raises MzError: unknown step, past date."""
    if stage not in STAGES:
        raise MzError("请选择环节", "、".join(STAGES), field="stage")
    if due_on < station.today():
        raise MzError("期限不对", "期限不能早于今天。", field="due_on")
    _change(station, follow_up_id, {"stage": stage, "due_on": due_on.isoformat()})


def _change(station: Station, follow_up_id: str, values: dict[str, str]) -> None:
    with station.write() as connection:
        row = _require_open(connection, station, follow_up_id)
        fresh = {name: value for name, value in values.items() if getattr(row, name) != value}
        if fresh:
            store.change(connection, station.scope, follow_up_id, fresh, now_ms=station.clock.now_ms())
            _send(connection, station, row, fresh)


def close(station: Station, follow_up_id: str, outcome: str) -> None:
    """Close a matter; raises MzError without an outcome."""
    if not outcome.strip():
        raise MzError("请写明结果", "例如“已转民政办，6 月 20 日答复”。", field="outcome")
    with station.write() as connection:
        row = _require_open(connection, station, follow_up_id)
        _close(connection, station, row, outcome.strip(), station.today().isoformat())


def _require_open(connection: Connection, station: Station, follow_up_id: str) -> FollowUpRow:
    row = store.get(connection, station.scope, follow_up_id)
    if row is None or row.done_on:
        raise MzError("找不到这件事项", "它可能已经办结，或不在您负责的村。")
    return row


def opened_on(row: FollowUpRow) -> date:
    """Return the Beijing date on which a matter was opened."""
    return beijing(opened_ms(row)).date()


def opened_ms(row: FollowUpRow) -> int:
    """Return when a matter was opened, in Unix milliseconds: from its UUIDv7, since another laptop stores it only when it hears of it."""
    digits = row.id.replace("-", "")
    return int(digits[:12], 16) if len(digits) == 32 and digits[12] == "7" else row.created_at


def minutes_left(row: FollowUpRow, now_ms: int) -> int | None:
    """Return the minutes left of the 24 hours of a 临时救助 lead (negative: passed), None for any other matter or a closed one."""
    if row.kind != "aid" or row.done_on:
        return None
    return AID_HOURS * 60 - (now_ms - opened_ms(row)) // 60_000


def counts(rows: Sequence[FollowUpRow], today: date) -> tuple[int, int]:
    """Return (open, overdue)."""
    opened = [row for row in rows if not row.done_on]
    return len(opened), sum(bool(row.due_on) and row.due_on < today.isoformat() for row in opened)

"""One day at a village desk, played on made-up people: station, registrations, visits, county, exchange, papers, pictures, summary."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from demo import answers
from demo.others import Town
from forms.catalog import shipped
from forms.session import FormSession
from forms.xform import Form
from mzdesk import opening
from mzdesk.casework import papers, records
from mzdesk.casework.filling import person_answers
from mzdesk.casework.records import Filling
from mzdesk.clock import BEIJING, FixedClock, SystemClock
from mzdesk.errors import MzError
from mzdesk.registry.divisions import display_name
from mzdesk.registry.sample import Sampler
from mzdesk.registry.snapshot import Snapshot
from mzdesk.station import Station
from mzdesk.store import subjects

Say = Callable[[str], None]
TOWNSHIP = "370983103"  # 泰安市肥城市桃园镇
PASSWORD = "taoyuan-demo-2026"  # noqa: S105  (of a sample station with made-up people)
FOUNDER, ROLE = "李翀", "supervisor"
CHILDREN, VISITS = 200, 400
DAYS_BACK = 150
MARK = "mzdesk-demo"


@dataclass
class Tally:
    """What the demo did and counted, as summary.json tells it."""

    people: int = 0
    visits: int = 0
    batches: int = 0
    receipts: int = 0
    accepted: int = 0
    returned: int = 0
    pages: int = 0
    pictures: int = 0
    others: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Enrolled:
    """A registered child of the demo."""

    person_id: str
    carer: str
    risk: str
    entered_on: date


def run(folder: Path, say: Say) -> Path:
    """Play the day into `folder` and return the station's folder. Raises MzError where the folder holds something else."""
    clear(folder)
    tally = Tally()
    timed = _Stopwatch(tally, say)
    with timed("新建示例站点"):
        station, clock = found(folder / "station")
    try:
        with timed(f"登记 {CHILDREN} 名留守儿童"):
            children = register_children(station, clock, tally, say)
        with timed("登记留守老年人、特困人员及其照料"):
            town = Town(station, clock, shipped(), village_names(), FOUNDER)
            tally.others = {"elders": town.register_elders(), "extreme_poverty": town.support()}
        with timed(f"填写 {VISITS} 次走访"):
            visit_children(station, clock, children, tally, say)
            tally.others["care_logs"] = town.care(station.today())
            clock.ms = SystemClock().now_ms()
        with timed("启动县级接收端，入网并同步"):
            exchange(station, folder / "county", tally)
        with timed("打印走访记录表、花名册和月报"):
            print_papers(station, folder / "papers", tally)
            print_registers(station, folder / "papers", tally)
        with timed("给每一页拍照"):
            take_pictures(station, folder / "pictures", tally)
    finally:
        station.close()
    summary = summarise(folder, tally)
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
    say(f"完成：{tally.people} 人、{tally.visits} 次走访、{tally.pages} 页；")
    say(f"发出 {tally.batches} 批，收到 {tally.receipts} 张回执，退回 {tally.returned} 条。")
    say(f"示例站点：{folder / 'station'}，登录人“{FOUNDER}”，密码 {PASSWORD}")
    return folder / "station"


def clear(folder: Path) -> None:
    """Make room for a new demo; a folder that holds anything but an earlier demo is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise MzError("这个文件夹不是空的", f"请换一个空文件夹，以免覆盖您的文件：{folder}")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("demo\n", "utf-8")


class _Stopwatch:
    """Says each step and notes the seconds that it took."""

    def __init__(self, tally: Tally, say: Say) -> None:
        self._tally, self._say = tally, say
        self._label, self._start = "", 0.0

    def __call__(self, label: str) -> _Stopwatch:
        self._label = label
        return self

    def __enter__(self) -> None:
        self._say(f"· {self._label} …")
        self._start = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._tally.seconds[self._label] = round(time.monotonic() - self._start, 2)


def found(folder: Path) -> tuple[Station, FixedClock]:
    """Make the station some months ago, so that its history can be played."""
    now = SystemClock().now_ms()
    clock = FixedClock(now - DAYS_BACK * 86_400_000)
    villages = tuple(village.code for village in Snapshot().below(TOWNSHIP, 12))
    spec = opening.StationSpec("桃园镇社会工作服务站", TOWNSHIP, villages)
    created = opening.create(folder, spec, opening.Founder(FOUNDER, ROLE, PASSWORD), clock=clock)
    return created.station, clock


def village_names() -> dict[str, str]:
    """Return code → name as people say it, of the township's villages."""
    return {village.code: display_name(village.name) for village in Snapshot().below(TOWNSHIP, 12)}


def register_children(station: Station, clock: FixedClock, tally: Tally, say: Say) -> list[Enrolled]:
    """Register the children over the first two months."""
    form = shipped().get("left_behind_child_registration")
    sampler = Sampler(20261124)
    names = village_names()
    found: list[Enrolled] = []
    step = 60 * 86_400_000 // CHILDREN
    for child in sampler.people(station.identity.villages, station.today(), CHILDREN, 3, 15):
        clock.ms += step
        filled = answers.registration(sampler, child, names[child.village], station.today(), FOUNDER)
        saved = records.save(station, session_of(station, form, filled), Filling(village=child.village))
        found.append(Enrolled(saved.person_id, filled["care"]["trustee"]["trustee_name"], filled["filing"]["risk_level"], station.today()))
        tally.people += 1
        if tally.people % 50 == 0:
            say(f"  已登记 {tally.people} 人")
    return found


def visit_children(station: Station, clock: FixedClock, children: list[Enrolled], tally: Tally, say: Say) -> None:
    """Visit them until now: the children at high risk most often, a few forgotten."""
    form = shipped().get("left_behind_child_visit")
    sampler = Sampler(4)
    plan = planned_visits(sampler, children, station.today(), SystemClock())
    for day, child in plan:
        clock.ms = max(clock.ms, FixedClock.at(f"{day}T16:30").ms)
        with station.read() as connection:
            person = subjects.person(connection, station.scope, child.person_id)
        if person is None:
            raise LookupError(child.person_id)
        filled = answers.visit(sampler, person_answers(person), child.carer, child.risk, day, FOUNDER)
        records.save(station, session_of(station, form, filled), Filling(child.person_id))
        tally.visits += 1
        if tally.visits % 100 == 0:
            say(f"  已填写 {tally.visits} 次")
    clock.ms = SystemClock().now_ms()


def planned_visits(sampler: Sampler, children: list[Enrolled], start: date, clock: SystemClock) -> list[tuple[date, Enrolled]]:
    """Draw `VISITS` days between entry and yesterday, in order of time."""
    from mzdesk.clock import today

    last = today(clock) - timedelta(days=1)
    weights = {"high": 6, "medium": 3, "low": 1}
    pool = [child for child in children for _ in range(weights[child.risk])]
    drawn = []
    for index in range(VISITS):
        child = pool[sampler.number(0, len(pool) - 1)] if index >= CHILDREN else children[index]
        earliest = max(child.entered_on, start)
        drawn.append((earliest + timedelta(days=sampler.number(0, max(0, (last - earliest).days))), child))
    return sorted(drawn, key=lambda item: (item[0], item[1].person_id))


def session_of(station: Station, form: Form, filled: Mapping[str, Any]) -> FormSession:
    """Return a session that holds these answers."""
    return FormSession(form, dict(filled), clock=station.local_now)


def exchange(station: Station, folder: Path, tally: Tally) -> None:
    """Run a county on loopback, join it, and send everything."""
    from sync import enrolment
    from sync import exchange as exchanges
    from sync.county import loopback

    with loopback.running(folder, TOWNSHIP[:6], "肥城市") as county:
        enrolment.join(station, county.issue(TOWNSHIP, station.identity.villages, "示例站点"))
        done = exchanges.run_once(station)
        tally.batches, tally.receipts = done.batches, len(done.receipts)
        tally.accepted, tally.returned = done.accepted, done.returned
        if done.problem is not None:
            raise MzError("示例同步没有成功", str(done.problem))


def print_papers(station: Station, folder: Path, tally: Tally) -> None:
    """Print single visit sheets and the sheets of one village in one file."""
    from mzdesk.store.records import RecordFilter

    folder.mkdir()
    visits = records.find(station, RecordFilter(kinds=("visit",), limit=VISITS))
    for row in visits[:3]:
        paper = papers.print_record(station, row.id)
        (folder / f"走访记录表-{row.number}.pdf").write_bytes(paper.pdf)
        tally.pages += paper.pages
    village = visits[0].village
    batch = papers.print_records(station, [row.id for row in visits if row.village == village])
    (folder / "一村走访记录表.pdf").write_bytes(batch.pdf)
    tally.pages += batch.pages


def print_registers(station: Station, folder: Path, tally: Tally) -> None:
    """Print the roster of the children and the month's report, and save both as workbooks."""
    from mzdesk.casework.duties import last_of_month
    from mzdesk.reports.register_pdf import print_register
    from mzdesk.reports.sources.build import build
    from mzdesk.reports.sources.selection import Selection
    from mzdesk.reports.workbook import write_workbook

    last = last_of_month(station.today())
    for key, group in (("roster", "left_behind_child"), ("visits_township", ""), ("care_ledger", ""), ("payments", "")):
        register = build(station, key, Selection(last.replace(day=1), last, group=group))
        pdf = print_register(register)
        (folder / f"{register.title}.pdf").write_bytes(pdf)
        (folder / f"{register.title}.xlsx").write_bytes(write_workbook(register))
        tally.pages += papers.page_count(pdf)


def take_pictures(station: Station, folder: Path, tally: Tally) -> None:
    """Photograph every page of the desk, without a screen."""
    import command_line

    command_line.require_qt()
    from ui import pictures

    tally.pictures = len(pictures.shoot(station, folder))


def summarise(folder: Path, tally: Tally) -> dict[str, Any]:
    """Return the content of summary.json."""
    from datetime import datetime

    return {
        "made_at": datetime.now(BEIJING).isoformat(timespec="seconds"),
        "township": {"code": TOWNSHIP, "name": "泰安市肥城市桃园镇"},
        "people": tally.people,
        "visits": tally.visits,
        "batches": tally.batches,
        "receipts": tally.receipts,
        "accepted": tally.accepted,
        "returned": tally.returned,
        "pages": tally.pages,
        "pictures": tally.pictures,
        "others": tally.others,
        "seconds": tally.seconds,
        "files": sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".pdf", ".png", ".xlsx")),
    }

"""The log as it is read, searched, checked and handed out; reading is filtered by who asks, handing out is an entry itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from mzdesk.clock import BEIJING, beijing
from mzdesk.reports.register import Column, Context, Register, Report, fill
from mzdesk.station import Station
from mzdesk.store import audit, log_subjects
from mzdesk.store.audit import Break, Entry, Filters
from mzdesk.vault import log_words

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE, CHECKED_AT_ONCE, MOST_HANDED_OUT = 500, 2000, 5000
Progress = Callable[[int, int], None]
REPORT = Report(
    "audit_log",
    "操作日志",
    (
        Column("序号", "seq", 6, align="center"),
        Column("时间", "at", 14, align="center"),
        Column("谁", "actor", 9, align="center"),
        Column("做了什么", "act", 12, align="center"),
        Column("对象", "subject", 14),
        Column("说明", "detail", 32),
    ),
    note="每一条都与前一条相连，改动或删去任何一条都会被查出。",
    signatures=("核对人：", "单位负责人：", "日期：　　年　　月　　日"),
)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is asked for; "", () and None mean any. Dates are Beijing dates, both included; `text` is looked for in every column."""

    actor: str = ""
    acts: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    text: str = ""
    before: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry in words; `subject` is the name of what it is about, where the reader may know it."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    detail: str
    digest: str

    @property
    def seq(self) -> str:
        """Return the number as text."""
        return str(self.number)


@dataclass(frozen=True, slots=True)
class LogPage:
    """Lines, newest first; `before` continues the reading, 0 where there is no more."""

    lines: tuple[LogLine, ...]
    before: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What the check of the whole chain found: how many entries, from and to (Unix ms), the breaks, the newest digest."""

    entries: int
    breaks: tuple[Break, ...]
    digest: str


def read(station: Station, wanted: LogFilter) -> LogPage:
    """Return the entries that this person may read: all for administrators and supervisors, one's own for the others."""
    found: list[LogLine] = []
    before = wanted.before
    with station.read() as connection:
        while True:
            entries = audit.entries(connection, station.scope, _filters(wanted, before))
            lines = _lines(connection, station, entries)
            for line in lines:
                before = line.number
                if _fits(line, wanted.text):
                    found.append(line)
                if len(found) == wanted.limit:
                    return LogPage(tuple(found), before)
            if len(entries) < PAGE:
                return LogPage(tuple(found), 0)


def _filters(wanted: LogFilter, before: int) -> Filters:
    return Filters(
        actor=wanted.actor,
        acts=wanted.acts,
        since_ms=_midnight(wanted.since) if wanted.since else 0,
        until_ms=_midnight(wanted.until + timedelta(days=1)) if wanted.until else 0,
        before=before,
        limit=PAGE,
    )


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), BEIJING).timestamp() * 1000)


def _fits(line: LogLine, text: str) -> bool:
    wanted = text.strip()
    return not wanted or any(wanted in cell for cell in (line.at, line.actor, line.act, line.subject, line.detail))


def _lines(connection: Connection, station: Station, entries: Sequence[Entry]) -> list[LogLine]:
    subjects = [entry.subject for entry in entries if entry.subject]
    names = {**_accounts(station), **log_words.SUBJECTS, **log_subjects.names(connection, station.scope, subjects)}
    return [_line(entry, names) for entry in entries]


def _accounts(station: Station) -> dict[str, str]:
    vault = station.vault
    return {slot.id: slot.name for slot in vault.document.slots} if vault is not None else {}


def _line(entry: Entry, names: Mapping[str, str]) -> LogLine:
    at = f"{beijing(entry.at):%Y-%m-%d %H:%M:%S}"
    about = names.get(entry.subject, "") if entry.subject != entry.actor else ""
    return LogLine(entry.seq, at, entry.actor_name, log_words.act_words(entry.act), about, log_words.detail_words(entry), entry.digest)


def actors(station: Station) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of everybody who stands in the log, as far as this person may read it."""
    with station.read() as connection:
        return audit.actors(connection, station.scope)


def verify_all(station: Station, progress: Progress | None = None) -> Verification:
    """Check the chain from the first entry to the newest."""
    with station.read() as connection:
        last, digest = audit.head(connection)
        breaks: list[Break] = []
        for start in range(1, last + 1, CHECKED_AT_ONCE):
            end = min(start + CHECKED_AT_ONCE - 1, last)
            breaks += audit.verify(connection, start, end)
            if progress is not None:
                progress(end, last)
    return Verification(last, tuple(breaks), digest)


def hand_out(station: Station, wanted: LogFilter, how: str) -> Register:
    """Return the log as a register to print or export (`how` is print or export), which is logged first."""
    page = read(station, _everything(wanted))
    with station.write() as connection:
        audit.append(connection, station.scope, how, "audit", {"lines": len(page.lines)}, now_ms=station.clock.now_ms())
    context = Context(station.identity.name, period=_period(wanted), printed_by=station.scope.name, printed_at=station.local_now())
    return fill(REPORT, page.lines, context)


def _everything(wanted: LogFilter) -> LogFilter:
    return replace(wanted, before=0, limit=MOST_HANDED_OUT)


def _period(wanted: LogFilter) -> str:
    if wanted.since is None and wanted.until is None:
        return "全部"
    return f"{wanted.since or '最早'} 至 {wanted.until or '今日'}"

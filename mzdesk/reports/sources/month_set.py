"""The month-end set: on the first start of a month the reports of the month before are prepared by themselves, ready to print and sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mzdesk.reports.preview import page_sizes
from mzdesk.reports.register import Register
from mzdesk.reports.register_pdf import print_registers
from mzdesk.reports.sources.build import build
from mzdesk.reports.sources.selection import Selection
from mzdesk.store import prepared_sets
from mzdesk.store.prepared_sets import PreparedSet
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from mzdesk.station import Station

REPORTS = ("visits_township", "overdue", "director_duties", "care_ledger", "assessment_summary", "payments", "plan_indicators")
ALWAYS_FILLED = frozenset({"director_duties", "plan_indicators"})  # they have rows where nobody is registered, too
Progress = Callable[[int, int], None]


def month_before(day: date) -> Selection:
    """Return the whole month before the one of a day."""
    last = day.replace(day=1) - timedelta(days=1)
    return Selection(last.replace(day=1), last)


def prepared(station: Station) -> PreparedSet | None:
    """Return last month's set of the person at the desk, None where it is not prepared yet."""
    with station.read() as connection:
        return prepared_sets.get(connection, station.scope, _key(month_before(station.today())))


def prepare(station: Station, progress: Progress | None = None) -> PreparedSet | None:
    """Prepare last month's set and keep it; None where there was nobody. A report that does not add up is left out and named."""
    wanted = month_before(station.today())
    sound: list[Register] = []
    problems: list[str] = []
    for done, key in enumerate(REPORTS, 1):
        register = build(station, key, wanted)
        if register.problems:
            problems.append(f"{register.title}：{register.problems[0]}")
        elif register.rows:
            sound.append(register)
        if progress is not None:
            progress(done, len(REPORTS))
    if not problems and all(register.report.key in ALWAYS_FILLED for register in sound):
        return None
    pdf = print_registers(sound, f"{wanted.period}报表", duplex=True) if sound else b""
    pages = len(page_sizes(pdf)) if sound else 0
    titles = tuple(register.title for register in sound)
    made = PreparedSet(_key(wanted), pages, titles, tuple(problems), pdf, station.clock.now_ms())
    with station.write() as connection:
        prepared_sets.keep(connection, station.scope, made)
    return made


def prepare_once(station: Station, progress: Progress | None = None) -> PreparedSet | None:
    """Return last month's set, preparing it where it is missing; None for somebody without cases, or where there was nobody."""
    if not station.scope.may(Permission.CASES):
        return None
    return prepared(station) or prepare(station, progress)


def _key(wanted: Selection) -> str:
    return f"{wanted.first:%Y-%m}"

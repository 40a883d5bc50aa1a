"""What a station does for itself in the background after it opened: reserve, backup, its trial, the log's chain, left-over files."""

from __future__ import annotations

from dataclasses import dataclass

from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import audit, backup, integrity, reserve
from mzdesk.store.audit import Break
from mzdesk.store.integrity import Problem
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.vault import arrival

_CHECKED_ON = "integrity.checked_on"


@dataclass(frozen=True)
class UpkeepReport:
    """What was found; all empty on a good day. `backup_problem` and the rest are Chinese sentences for a banner."""

    breaks: tuple[Break, ...] = ()
    problems: tuple[Problem, ...] = ()
    backup_problem: str = ""
    second_place_missing: bool = False
    reserve_kept: bool = True
    saves_in_doubt: bool = False  # the log of the newest saves was damaged; ask the user to look at their last entries


def run(station: Station) -> UpkeepReport:
    """Do the day's upkeep; safe to call at every start, cheap the second time on the same day. Reads the whole file once a day."""
    with station.read() as connection:
        breaks = audit.verify_recent(connection)
        doubt = bool(read_meta(connection, arrival.DOUBT_KEY))
    if station.open_vault().read_only:
        return UpkeepReport(breaks, reserve_kept=False, saves_in_doubt=doubt)
    kept = reserve.ensure(station.folder)
    problem = backup.check_newest(station)  # yesterday's, before today's takes its place
    problems = _daily_check(station)
    if not problems:
        problem = _daily_backup(station) or problem
    state = backup.state(station)
    return UpkeepReport(breaks, problems, problem, state.second_place is not None and not state.second_reachable, kept, doubt)


def acknowledge_doubt(station: Station) -> None:
    """Somebody has looked at the last entries: ask no more."""
    with station.write() as connection:
        write_meta(connection, arrival.DOUBT_KEY, "")


def _daily_check(station: Station) -> tuple[Problem, ...]:
    today = station.today().isoformat()
    with station.read() as connection:
        if read_meta(connection, _CHECKED_ON) == today:
            return ()
    problems = integrity.problems(station.database, log_too=False)
    if not problems:
        with station.write() as connection:
            write_meta(connection, _CHECKED_ON, today)
    return problems


def _daily_backup(station: Station) -> str:
    if not backup.due(station):
        return ""
    try:
        backup.make(station, "daily")
    except MzError as error:
        return str(error)
    return ""

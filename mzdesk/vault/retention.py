"""Keeping no longer than needed (个人信息保护法第十九条): propose, hold where there is a reason, then take away what identifies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.registry import indexing
from mzdesk.registry.journal import require_person
from mzdesk.station import Station
from mzdesk.store import attachments, audit, parameters, retention
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.retention import HOLD, Expired
from mzdesk.store.scope import Permission

PARAMETER, DEFAULT_YEARS = "retention_years", 5  # a local rule: no national figure is published; the county sets it with its 文号


def years(station: Station) -> int:
    """Return how many years after the last role ended a person is kept."""
    with station.read() as connection:
        found = parameters.value_on(connection, PARAMETER, station.today())
    return int(found.value) if found is not None else DEFAULT_YEARS


def due(station: Station) -> tuple[Expired, ...]:
    """Return the people in scope whose time has come; nothing happens to them by itself."""
    today = station.today()
    before = date(today.year - years(station), today.month, min(today.day, 28))
    with station.read() as connection:
        return retention.expired(connection, station.scope, before.isoformat())


@dataclass(frozen=True, slots=True)
class Hold:
    """A person who is kept longer, why, and since which instant (Unix ms)."""

    person_id: str
    name: str
    village: str
    why: str
    at: int


def holds(station: Station) -> tuple[Hold, ...]:
    """Return the people in scope who are kept longer."""
    with station.read() as connection:
        rows = retention.held(connection, station.scope)
    told = [(row, canonical.loads(row.told_json)) for row in rows]
    return tuple(Hold(row.person_id, row.name, row.village, str(said["why"]), int(said["at"])) for row, said in told)


def hold(station: Station, person_id: str, why: str) -> None:
    """Keep a person longer, with a reason (a court case, a complaint). Raises MzError: no reason, out of scope."""
    if not why.strip():
        raise MzError("请写明保留的原因", "例如“案件未结”，以后可以取消。", field="why")
    _set_hold(station, person_id, canonical.text({"why": why.strip(), "by": station.scope.actor, "at": station.clock.now_ms()}))


def release(station: Station, person_id: str) -> None:
    """End a hold. Raises MzError out of scope."""
    _set_hold(station, person_id, "")


def held_because(station: Station, person_id: str) -> str:
    """Return why a person is held, "" where not."""
    with station.read() as connection:
        require_person(connection, station, person_id)
        text = read_meta(connection, HOLD + person_id)
    return str(canonical.loads(text)["why"]) if text else ""


def _set_hold(station: Station, person_id: str, value: str) -> None:
    with station.write() as connection:
        require_person(connection, station, person_id)
        write_meta(connection, HOLD + person_id, value)
        what = {"what": "hold" if value else "release"}
        audit.append(connection, station.scope, "retention", person_id, what, now_ms=station.clock.now_ms())


def deidentify(station: Station, person_ids: Iterable[str], reason: str = "") -> int:
    """Take away what identifies these people, who must be due; return how many. It cannot be undone; backups follow within a year.

    `reason` is what the person who does it writes into the log.

    Raises MzError: no permission, or somebody is not due (any more).
    """
    station.scope.require(Permission.REVIEW)
    wanted, allowed, kept_years = set(person_ids), {one.person_id for one in due(station)}, years(station)
    if wanted - allowed:
        raise MzError("有人还不能去标识", "名单变了：有人又有了登记、待办或保留。请刷新名单再选。")
    loose: list[str] = []
    with station.write() as connection:
        for person_id in sorted(wanted):
            loose += retention.strip(connection, person_id, station.clock.now_ms())
            audit.append(
                connection,
                station.scope,
                "retention",
                person_id,
                {"years": kept_years, **({"why": reason.strip()} if reason.strip() else {})},
                now_ms=station.clock.now_ms(),
            )
        indexing.refresh(connection, sorted(wanted))
    attachments.remove_files(station, loose)
    return len(wanted)

"""A person's file as a timeline: records, changes of the file and matters, newest first, with the open matters on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mzdesk.casework.issued_forms import catalog_of
from mzdesk.casework.rules import MODE_NAMES
from mzdesk.clock import BEIJING
from mzdesk.registry import people
from mzdesk.registry.field_names import FIELD_NAMES, made_name, value_name
from mzdesk.registry.people import PersonFile
from mzdesk.store import follow_ups, records
from mzdesk.store.changes import ChangeRow
from mzdesk.store.follow_ups import FollowUpRow
from mzdesk.store.records import RecordFilter, RecordRow

if TYPE_CHECKING:
    from forms.catalog import Catalog
    from mzdesk.station import Station

MANY = 2000


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: `at` in Unix milliseconds sorts it; `record_id` opens the form behind it, "" where there is none."""

    at: int
    day: str
    kind: str  # record, change, matter
    title: str
    detail: str
    record_id: str = ""
    verdict: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A person's file with what happened and what is open."""

    file: PersonFile
    open_matters: tuple[FollowUpRow, ...]
    events: tuple[Event, ...]


def of_person(station: Station, person_id: str, catalog: Catalog | None = None) -> Timeline:
    """Return the timeline of a person in scope. Raises MzError where there is none."""
    file = people.get(station, person_id)
    forms = catalog or catalog_of(station)
    titles = {form.form_id: form.title for form in forms.all()}
    with station.read() as connection:
        rows = records.find(connection, station.scope, RecordFilter(person_id=person_id, current_only=False, limit=MANY))
        matters = follow_ups.find(connection, station.scope, person_id=person_id, open_only=False, limit=MANY)
    events = [_of_record(row, titles) for row in rows]
    events += _changes(file)
    events += [_of_matter(matter) for matter in matters if matter.done_on]
    ordered = tuple(sorted(events, key=lambda event: event.at, reverse=True))
    return Timeline(file, tuple(matter for matter in matters if not matter.done_on), ordered)


def _changes(file: PersonFile) -> list[Event]:
    """Return the changes of the file, one event for each act: what was changed together is told together."""
    acts: dict[tuple[int, str], list[str]] = {}
    for change in reversed(file.history):
        if told := _told(change):
            acts.setdefault((change.at, change.actor_name), []).append(told)
    return [Event(at, _day(at), "change", "资料变动", f"{'；'.join(told)}　{actor}") for (at, actor), told in acts.items()]


def _told(change: ChangeRow) -> str:
    if not change.field:
        return made_name(change.table, change.new)
    if change.field not in FIELD_NAMES:
        return ""
    old, new = (value_name(change.field, value) or "（空）" for value in (change.old, change.new))
    return f"{FIELD_NAMES[change.field]}：{old} → {new}"


def _of_record(row: RecordRow, titles: dict[str, str]) -> Event:
    title = titles.get(row.form_id, row.form_id) + ("（更正）" if row.amends else "")
    parts = [MODE_NAMES.get(row.contact_mode, ""), "未联系上" if row.reached == "no" else "", row.author_name]
    if row.late_days:
        parts.append(f"补录，迟 {row.late_days} 天")
    if row.amended_by:
        parts.append("已更正，见新版")
    at = _instant(row.occurred_on, row.saved_at)
    return Event(
        at, row.occurred_on or _day(row.saved_at), "record", title, "　".join(filter(None, parts)), row.id, row.verdict, row.receipt
    )


def _of_matter(matter: FollowUpRow) -> Event:
    return Event(_instant(matter.done_on, 0), matter.done_on, "matter", f"办结：{matter.title}", matter.outcome, matter.record_id)


def _day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, BEIJING).date().isoformat()


def _instant(day: str, otherwise: int) -> int:
    if not day:
        return otherwise
    return int(datetime.fromisoformat(day).replace(hour=23, minute=59, tzinfo=BEIJING).timestamp() * 1000)

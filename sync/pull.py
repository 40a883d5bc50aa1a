"""Owns the way down: a signed page and the cursor are applied in one transaction; own changes without a verdict stay on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mzdesk.casework import due, restricted
from mzdesk.casework.issued_forms import catalog_in
from mzdesk.clock import beijing
from mzdesk.registry import indexing
from mzdesk.station import Station
from mzdesk.store import exchange as store
from mzdesk.store import shadows
from mzdesk.store.meta import read_meta, write_meta
from mzdesk.store.shadows import State, VerdictChange
from sync import feed
from sync.account import Account
from sync.feed import Page
from sync.signed import BadDocumentError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from forms.catalog import Catalog


class PageGapError(Exception):
    """The page starts beyond the cursor: an earlier one is still missing."""


@dataclass
class _Work:
    """What one page touches; people whose due date and search keys must follow."""

    connection: Connection
    now_ms: int
    people: set[str] = field(default_factory=set)
    touched: set[tuple[str, str]] = field(default_factory=set)
    _forms: Catalog | None = None

    def marks_on(self, form_id: str, version: str) -> tuple[bool, frozenset[tuple[str, ...]]]:
        """Return what a form says of restricted answers; forms that came with this page are known too."""
        if self._forms is None:
            self._forms = catalog_in(self.connection)
        return restricted.marks_on(self._forms, form_id, version)


def read_page(account: Account, raw: bytes) -> Page:
    """Return a page of this county for this laptop; raises BadDocumentError."""
    page = feed.read_page(raw, account.box_key, account.record.card.sign_key)
    if page.county != account.record.card.county or page.device != account.device:
        raise BadDocumentError("for another laptop")
    return page


def cursor_of(station: Station) -> int:
    """Return the number of the last feed entry that this station holds."""
    with station.read() as connection:
        return int(read_meta(connection, store.CURSOR, "0"))


def apply_page(station: Station, page: Page) -> int:
    """Apply a page; return how many new items it held. Raises PageGapError where an earlier page is missing."""
    with station.write() as connection:
        cursor = int(read_meta(connection, store.CURSOR, "0"))
        if page.after > cursor:
            raise PageGapError
        work = _Work(connection, station.clock.now_ms())
        items = [item for item in page.items if item["n"] > cursor]
        for item in items:
            if (apply := APPLIERS.get(item["kind"])) is not None:
                apply(work, item)
        reached = max(cursor, page.next)
        write_meta(connection, store.CURSOR, str(reached))
        work.touched.update(shadows.reflected_since(connection, cursor, reached))
        _refresh(work)
        people = sorted(work.people - {""})
        due.refresh(connection, station, people)
        indexing.refresh(connection, people)
    return len(items)


def _refresh(work: _Work) -> None:
    for kind, subject in sorted(work.touched, key=lambda pair: (_ORDER.get(pair[0], 9), pair)):
        shadows.refresh_view(work.connection, kind, subject, work.now_ms)
        work.people.update(shadows.people_of(work.connection, kind, [subject]))


_ORDER = {"person": 0, "enrolment": 1, "relation": 2}


def _record(work: _Work, item: Mapping[str, Any]) -> None:
    content = {**item["set"], "id": item["id"], "actor": item["actor"]}
    whole, paths = work.marks_on(str(content["form_id"]), str(content["form_version"]))
    if shadows.add_record(work.connection, content, restricted=whole, restricted_paths=paths):
        work.people.add(content.get("person_id", ""))


def _state(work: _Work, item: Mapping[str, Any]) -> None:
    kind, subject = item["of"], item["id"]
    state = State(kind, subject, item["fields"], item["revision"])
    shadows.keep_shadow(work.connection, state, f"{beijing(work.now_ms):%Y-%m}")
    shadows.keep_contenders(work.connection, item.get("contenders", ()))
    if kind in shadows.VIEWS:
        work.touched.add((kind, subject))


def _left(work: _Work, item: Mapping[str, Any]) -> None:
    if item["of"] in shadows.VIEWS:
        work.people.update(shadows.people_of(work.connection, item["of"], [item["id"]]))
        shadows.leave_scope(work.connection, item["of"], item["id"], item["village"], work.now_ms)


def _verdict(work: _Work, item: Mapping[str, Any]) -> None:
    change = VerdictChange(item["op"], item["verdict"], item["reason"], item["field"], item["sentence"], item["n"])
    if shadows.change_verdict(work.connection, change) and item["of"] in shadows.VIEWS:
        work.touched.add((item["of"], item["id"]))
    elif item["of"] == "record" and item["verdict"] not in ("returned", "held"):
        _record(work, item["body"])


def _tombstone(work: _Work, item: Mapping[str, Any]) -> None:
    shadows.bury_record(work.connection, item["id"], item["why"], item["at"])


def _form(work: _Work, item: Mapping[str, Any]) -> None:
    shadows.keep_form(work.connection, {**item["form"], "source": item["form"]["source"].encode(), "received_at": work.now_ms})


def _parameter(work: _Work, item: Mapping[str, Any]) -> None:
    shadows.keep_parameter(work.connection, item["parameter"])


def _division(work: _Work, item: Mapping[str, Any]) -> None:
    shadows.keep_division(work.connection, item["division"])


APPLIERS: Mapping[str, Callable[[_Work, Mapping[str, Any]], None]] = {
    feed.RECORD_ITEM: _record,
    feed.STATE_ITEM: _state,
    feed.LEFT_ITEM: _left,
    feed.VERDICT_ITEM: _verdict,
    feed.TOMBSTONE_ITEM: _tombstone,
    feed.FORM_ITEM: _form,
    feed.PARAMETER_ITEM: _parameter,
    feed.DIVISION_ITEM: _division,
}

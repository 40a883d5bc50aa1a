"""Opening a form to fill: afresh for a person, from a draft, or as the correction of a record; always on the right version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.catalog import Catalog
from forms.session import FormSession
from mzdesk.casework.records import Filling
from mzdesk.errors import MzError
from mzdesk.registry.divisions import display_name
from mzdesk.store import drafts, records, subjects
from mzdesk.store.drafts import StoredDraft
from mzdesk.store.subjects import Named

if TYPE_CHECKING:
    from mzdesk.station import Station


def start(
    station: Station, catalog: Catalog, form_id: str, *, person_id: str = "", village: str = "", given: dict[str, str] | None = None
) -> tuple[FormSession, Filling]:
    """Return a new session of the newest version, with what the program knows already filled in.

    `given` adds answers by question name (a shared date, a period). Raises MzError where the person is not in scope.
    """
    known = {"visitor": station.scope.name, "village_code": village, "township": station.identity.name}
    if person_id:
        known |= person_answers(_person(station, person_id))
    session = FormSession(catalog.get(form_id), prefill=known | (given or {}), clock=station.local_now)
    return session, Filling(person_id, village or known.get("village_code", ""))


def person_answers(person: Named) -> dict[str, str]:
    """Return the reserved answers that a person gives to a form (docs/architecture.md)."""
    return {
        "person_id": person.id,
        "person_name": person.name,
        "person_sex": person.sex,
        "person_birth_date": person.birth_date,
        "person_id_no": person.id_no,
        "village_code": person.village,
        "village_name": display_name(person.village_name),
    }


def resume(station: Station, catalog: Catalog, draft_id: str) -> tuple[FormSession, Filling]:
    """Return a session as it was when the draft was kept, on the draft's own form version."""
    with station.read() as connection:
        draft = drafts.get(connection, station.scope, draft_id)
    if draft is None:
        raise MzError("找不到这份草稿", "它可能已经提交，或是别人的草稿。")
    return _reopened(station, catalog, draft)


def _reopened(station: Station, catalog: Catalog, draft: StoredDraft) -> tuple[FormSession, Filling]:
    form = catalog.get(draft.form_id, draft.form_version)
    session = FormSession(form, dict(draft.answers), clock=station.local_now, amends=draft.amends or None)
    return session, Filling(draft.person_id, draft.village, draft.id, draft.amends)


def amend(station: Station, catalog: Catalog, record_id: str) -> tuple[FormSession, Filling]:
    """Return a session that corrects a record; saving it makes a new record and both versions are kept."""
    with station.read() as connection:
        record = records.get(connection, station.scope, record_id)
    if record is None:
        raise MzError("找不到要更正的记录", "它可能已移出您负责的村。请回到列表刷新后再试。")
    form = catalog.get(record.row.form_id, record.row.form_version)
    session = FormSession(form, dict(record.answers), clock=station.local_now, amends=record_id)
    return session, Filling(record.row.person_id, record.row.village, "", record_id)


def _person(station: Station, person_id: str) -> Named:
    with station.read() as connection:
        found = subjects.person(connection, station.scope, person_id)
    if found is None:
        raise MzError("找不到这个人", "此人不在您负责的村，或档案已合并。")
    return found

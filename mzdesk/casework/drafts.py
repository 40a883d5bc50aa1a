"""Drafts: a form being filled is kept every few seconds, so that a power cut costs at most the last of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from forms.session import FormSession
from forms.xform import Form
from mzdesk.casework.records import Filling
from mzdesk.store import drafts as store
from mzdesk.store.drafts import StoredDraft

if TYPE_CHECKING:
    from mzdesk.station import Station


def keep(station: Station, session: FormSession, filling: Filling) -> str:
    """Keep what was entered so far and return the draft's id (the same one on later calls with `filling.draft_id`)."""
    answers = session.draft()
    return keep_answers(station, session.form, lambda: answers, filling)


def keep_answers(station: Station, form: Form, newest: Callable[[], Mapping[str, Any]], filling: Filling) -> str:
    """Keep a snapshot of `session.draft()`, taken where the session is edited; this may run elsewhere.

    `newest` is asked while the database is held for writing: of two saves at once, the later one never brings older answers back.
    """
    draft_id = filling.draft_id or station.new_id()
    with station.write() as connection:
        now = station.clock.now_ms()
        draft = StoredDraft(
            id=draft_id,
            form_id=form.form_id,
            form_version=form.version,
            person_id=filling.person_id,
            person_name="",
            village=filling.village,
            amends=filling.amends,
            answers=newest(),
            created_at=now,
            updated_at=now,
        )
        store.keep(connection, station.scope, draft)
    return draft_id


def all_of(station: Station) -> tuple[StoredDraft, ...]:
    """Return the drafts of the person at the desk, newest first."""
    with station.read() as connection:
        return store.all_of(connection, station.scope)


def discard(station: Station, draft_id: str) -> None:
    """Throw a draft away; asking first is the screen's duty."""
    with station.write() as connection:
        store.drop(connection, station.scope, draft_id)

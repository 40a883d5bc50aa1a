"""Queries on drafts: a form being filled, visible to its author alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from mzdesk import canonical
from mzdesk.store.scope import Scope
from mzdesk.store.tables import DRAFT, PERSON


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft with its answers; `updated_at` in Unix milliseconds."""

    id: str
    form_id: str
    form_version: str
    person_id: str
    person_name: str
    village: str
    amends: str
    answers: Mapping[str, Any]
    created_at: int
    updated_at: int


def _draft(values: RowMapping) -> StoredDraft:
    names = [name for name in StoredDraft.__slots__ if name not in ("answers", "person_name")]
    return StoredDraft(
        **{name: values[name] for name in names},
        answers=canonical.loads(values["answers_json"]),
        person_name=values["person_name"] or "",
    )


def _own(scope: Scope) -> Any:
    joined = DRAFT.outerjoin(PERSON, PERSON.c.id == DRAFT.c.person_id)
    return select(DRAFT, PERSON.c.name.label("person_name")).select_from(joined).where(DRAFT.c.author == scope.actor)


def keep(connection: Connection, scope: Scope, draft: StoredDraft) -> None:
    """Insert or replace a draft of the person at the desk."""
    names = [name for name in StoredDraft.__slots__ if name not in ("answers", "person_name")]
    values = {name: getattr(draft, name) for name in names}
    values |= {"answers_json": canonical.text(draft.answers), "author": scope.actor}
    changed = {name: values[name] for name in ("answers_json", "updated_at", "form_version")}
    statement = insert(DRAFT).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed, where=DRAFT.c.author == scope.actor))


def get(connection: Connection, scope: Scope, draft_id: str) -> StoredDraft | None:
    """Return a draft of the person at the desk."""
    values = connection.execute(_own(scope).where(DRAFT.c.id == draft_id)).mappings().first()
    return _draft(values) if values else None


def all_of(connection: Connection, scope: Scope) -> tuple[StoredDraft, ...]:
    """Return the drafts of the person at the desk, newest first."""
    return tuple(_draft(values) for values in connection.execute(_own(scope).order_by(DRAFT.c.updated_at.desc())).mappings())


def count(connection: Connection, scope: Scope) -> int:
    """Return how many drafts the person at the desk has."""
    return int(connection.execute(select(func.count()).select_from(DRAFT).where(DRAFT.c.author == scope.actor)).scalar_one())


def drop(connection: Connection, scope: Scope, draft_id: str) -> None:
    """Remove a draft of the person at the desk."""
    connection.execute(delete(DRAFT).where(DRAFT.c.id == draft_id, DRAFT.c.author == scope.actor))

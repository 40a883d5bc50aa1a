"""What a page may ask the window to open; pages know requests, never each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """Something to open."""


@dataclass(frozen=True, slots=True)
class OpenPage(Request):
    """A page of the navigation by its key, with what it should show first."""

    key: str
    filters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenPerson(Request):
    """A person's file; where the county sent a change back, `told` is its sentence, `field` the column of `subject` (an id) to mend."""

    person_id: str
    subject: str = ""
    field: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class StartForm(Request):
    """A new, empty form: `kind` and `group` choose the form where `form_id` is blank."""

    form_id: str = ""
    person_id: str = ""
    kind: str = ""
    group: str = ""
    answers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContinueDraft(Request):
    """A form that was begun."""

    draft_id: str


@dataclass(frozen=True, slots=True)
class AmendRecord(Request):
    """A correction of a saved record; the old one is kept. `field` is the faulty answer to land on, `told` what the county said."""

    record_id: str
    field: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class OpenRecord(Request):
    """A saved record, to read and print."""

    record_id: str


@dataclass(frozen=True, slots=True)
class ChangeRights(Request):
    """What the person at the desk may see was changed: show the desk as it is now."""


@dataclass(frozen=True, slots=True)
class Reopen(Request):
    """The data was put back from a backup: close the station and unlock it again."""


@dataclass(frozen=True, slots=True)
class ChangeLook(Request):
    """The appearance was changed and kept: show the desk in it."""

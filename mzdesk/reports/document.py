"""What a printed form needs to know: form, answers and the words around them, handed in as frozen data; the reports read no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from forms.xform import Form


@dataclass(frozen=True)
class Place:
    """The header line; an empty part is left open to be written by hand on a blank form, and left out otherwise."""

    county: str = ""
    town: str = ""
    village: str = ""


@dataclass(frozen=True)
class Amendment:
    """The version before a correction: its answers and revision, why and when it was corrected."""

    answers: Mapping[str, object]
    version: int
    reason: str = ""
    amended_at: datetime | None = None


@dataclass(frozen=True, eq=False)
class Document:
    """One filled form on paper.

    `number` is the human number of the record, `record_id` its UUID, `version` its revision from 1, `digest` the SHA-256 of its content in
    hexadecimal; `station` is printed as the filling unit and is the author of the file; `printed_by` and `printed_at` make the watermark.
    `mask` False prints identity and telephone numbers in full, `restricted` the questions marked `body::restricted` (of both the caller
    has checked the right, and logged it). `blank` prints the form for filling by hand. `attachments` maps file names of signature
    pictures to bytes; `bookmark` replaces the number in the file's table of contents.
    """

    form: Form
    answers: Mapping[str, object] = field(default_factory=dict)
    header: Place = Place()
    number: str = ""
    record_id: str = ""
    version: int = 1
    digest: str = ""
    station: str = ""
    printed_by: str = ""
    printed_at: datetime | None = None
    amended: Amendment | None = None
    mask: bool = True
    blank: bool = False
    restricted: bool = False
    bookmark: str = ""
    attachments: Mapping[str, bytes] = field(default_factory=dict)

"""The pictures and scans in a person's file, named as people name them, and their bytes for who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.session import FormSession
from mzdesk.casework.issued_forms import catalog_of
from mzdesk.clock import beijing
from mzdesk.errors import MzError
from mzdesk.registry.journal import require_person
from mzdesk.store import attachments, person_files
from mzdesk.store.person_files import FileRow

if TYPE_CHECKING:
    from forms.catalog import Catalog
    from mzdesk.station import Station

TAKES_FILES = frozenset({"image", "audio", "video", "file"})


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file: what it belongs to and what it shows, in words; `record_id` is "" where it belongs to a matter."""

    digest: str
    record_id: str
    title: str
    about: str
    day: str
    media_type: str
    size: int

    @property
    def is_picture(self) -> bool:
        """Tell whether it can be shown."""
        return self.media_type.startswith("image/")


def of_person(station: Station, person_id: str, catalog: Catalog | None = None) -> tuple[HeldFile, ...]:
    """Return the files of a person, newest first. Raises MzError where the person is not in scope."""
    forms = catalog or catalog_of(station)
    titles = {form.form_id: form.title for form in forms.all()}
    with station.read() as connection:
        require_person(connection, station, person_id)
        found = person_files.of_person(connection, station.scope, person_id)
    labels = {form_id: _labels(forms, form_id) for form_id in {row.about for row in found if row.record_id}}
    return tuple(_held(row, titles, labels.get(row.about, {})) for row in found)


def _held(row: FileRow, titles: dict[str, str], labels: dict[str, str]) -> HeldFile:
    day = beijing(row.created_at).date().isoformat()
    name = row.question.rsplit("/", 1)[-1].split("[")[0]
    return HeldFile(row.digest, row.record_id, titles.get(row.about, row.about), labels.get(name, ""), day, row.media_type, row.size)


def _labels(forms: Catalog, form_id: str) -> dict[str, str]:
    """Return question name → label of the questions of a form that take files."""
    form = next((form for form in forms.all() if form.form_id == form_id), None)
    if form is None:
        return {}
    session = FormSession(form)
    return {question.name: session.state(question.ref).label for question in form.questions() if question.type in TAKES_FILES}


def content(station: Station, person_id: str, digest: str) -> bytes:
    """Return the bytes of a file that lies in a person's file. Raises MzError: not theirs, not to be seen, missing, damaged."""
    with station.read() as connection:
        require_person(connection, station, person_id)
        found = person_files.of_person(connection, station.scope, person_id)
    if digest not in {row.digest for row in found}:
        raise MzError("没有这个附件", "它不在此人的档案里，或者您没有查看的权限。")
    return attachments.read(station, digest)

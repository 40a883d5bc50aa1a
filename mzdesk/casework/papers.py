"""Records on paper: what a person prints is logged, masked by default, and can be checked against its record afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2

from forms.catalog import Catalog
from forms.xform import Form
from mzdesk.casework import files
from mzdesk.casework.issued_forms import catalog_of
from mzdesk.clock import beijing
from mzdesk.errors import MzError
from mzdesk.registry.divisions import display_name
from mzdesk.reports import documents, verify
from mzdesk.reports.document import Amendment, Document, Place
from mzdesk.reports.documents import Progress
from mzdesk.reports.verify import Finding, RecordMark
from mzdesk.store import audit, divisions, records
from mzdesk.store.records import StoredRecord
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and its number of pages."""

    pdf: bytes
    pages: int


@dataclass(frozen=True, slots=True)
class PaperVerdict:
    """What the check of a paper found: one sentence, and whether every record on it agrees."""

    agrees: bool
    sentence: str


def print_record(station: Station, record_id: str, *, catalog: Catalog | None = None, unmask_reason: str = "") -> Printed:
    """Return one record as a PDF; with a reason and the right, numbers are printed in full. Raises MzError."""
    return print_records(station, [record_id], catalog=catalog, unmask_reason=unmask_reason)


def print_records(
    station: Station,
    record_ids: Sequence[str],
    *,
    catalog: Catalog | None = None,
    unmask_reason: str = "",
    duplex: bool = False,
    progress: Progress | None = None,
) -> Printed:
    """Return many records in one PDF, each from its own form version and with its corrections. Raises MzError; printing is logged."""
    if unmask_reason and not station.scope.may(Permission.UNMASK):
        raise MzError("您没有打印完整证件号码的权限", "请取消“显示完整号码”，或请主管打印。")
    forms = catalog or catalog_of(station)
    with station.read() as connection:
        papers = [_document(connection, station, forms, record_id, mask=not unmask_reason) for record_id in record_ids]
    pdf = documents.render_batch(papers, duplex=duplex, progress=progress)
    detail = {"records": len(papers), "unmask": unmask_reason}
    with station.write() as connection:
        now = station.clock.now_ms()
        for record_id in record_ids:
            audit.append(connection, station.scope, "print", record_id, detail, now_ms=now)
    return Printed(pdf, page_count(pdf))


def blank_form(station: Station, form_id: str, *, catalog: Catalog | None = None) -> Printed:
    """Return a form for filling in by hand."""
    forms = catalog or catalog_of(station)
    with station.read() as connection:
        place = _place(connection, station, "")
    pdf = documents.render(Document(forms.get(form_id), header=place, station=station.identity.name, blank=True))
    return Printed(pdf, page_count(pdf))


def print_draft(station: Station, form: Form, answers: Mapping[str, object], village: str = "") -> bytes:
    """Return a form as it stands, not saved yet: it has no number and no code, since it is no record."""
    with station.read() as connection:
        place = _place(connection, station, village)
    document = Document(
        form=form,
        answers=answers,
        restricted=True,  # the person prints what they are writing themselves
        header=place,
        station=station.identity.name,
        printed_by=station.scope.name,
        printed_at=station.local_now(),
        attachments=files.contents(station, answers),
    )
    return documents.render(document)


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def _document(connection: Connection, station: Station, forms: Catalog, record_id: str, *, mask: bool) -> Document:
    chain = records.versions(connection, station.scope, record_id)
    if not chain:
        raise MzError("找不到要打印的记录", "它可能不在您负责的村，或者您没有查看权限。")
    now, before = chain[-1], chain[-2] if len(chain) > 1 else None
    return Document(
        form=forms.get(now.row.form_id, now.row.form_version),
        answers=now.answers,
        header=_place(connection, station, now.row.village),
        number=now.row.number,
        record_id=chain[0].row.id,
        version=len(chain),
        digest=now.digest,
        station=station.identity.name,
        printed_by=station.scope.name,
        printed_at=station.local_now(),
        amended=_amendment(before, now, len(chain) - 1),
        mask=mask,
        restricted=not now.withheld,
        attachments=files.contents(station, now.answers),
    )


def _amendment(before: StoredRecord | None, now: StoredRecord, version: int) -> Amendment | None:
    if before is None or before.row.form_version != now.row.form_version:
        return None
    return Amendment(before.answers, version, amended_at=beijing(now.row.saved_at))


def _place(connection: Connection, station: Station, village: str) -> Place:
    township = station.identity.township
    names = divisions.names(connection, [township[:6], township, village])
    return Place(names.get(township[:6], ""), names.get(township, ""), display_name(names.get(village, "")))


def find_paper(station: Station, pdf: bytes) -> tuple[Finding, ...]:
    """Compare every record printed in a PDF with what the station has. Raises MzError where it is no paper of ours."""
    with station.read() as connection:
        return verify.check(pdf, lambda record_id: _mark(connection, station, record_id))


def find_code(station: Station, code: str) -> Finding:
    """Compare one code, scanned or typed, with its record. Raises MzError where it is no code."""
    with station.read() as connection:
        return verify.verify_code(verify.parse_code(code), lambda record_id: _mark(connection, station, record_id))


def _mark(connection: Connection, station: Station, record_id: str) -> RecordMark | None:
    chain = records.versions(connection, station.scope, record_id)
    if not chain:
        return None
    return RecordMark(len(chain), {version: record.digest for version, record in enumerate(chain, 1)})


def verify_paper(station: Station, pdf: bytes) -> PaperVerdict:
    """Say in one sentence a record whether a PDF agrees with the station. Raises MzError where it is no paper of ours."""
    findings = find_paper(station, pdf)
    lines = [finding.message for finding in findings]
    return PaperVerdict(all(finding.verdict == "agrees" for finding in findings), "\n".join(lines))

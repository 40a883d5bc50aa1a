"""Forms to look at: what is at hand, any file with what is wrong in it, trial, blank paper, export; nothing in a file breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.command import DEFINITIONS
from forms.lint import has_errors
from forms.xlsform import read_source, write_xlsx
from mzdesk.casework import form_library
from mzdesk.casework.issued_forms import catalog_of
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store.scope import Role, scope_for
from tests.mzdesk.registry.conftest import director_of

VISIT = "left_behind_child_visit"


def definition(form_id: str = "care_log") -> str:
    return (DEFINITIONS / f"{form_id}.md").read_text(encoding="utf-8")


def test_every_version_is_at_hand_the_newest_first(station: Station) -> None:
    found = form_library.at_hand(station)
    versions = [form.version for form in found if form.form_id == VISIT]
    assert versions == sorted(versions, reverse=True)
    assert len(versions) >= 2
    assert [form.newest for form in found if form.form_id == VISIT] == [True] + [False] * (len(versions) - 1)
    assert {form.origin for form in found} == {"shipped"}
    assert {form.form_id for form in found} == set(catalog_of(station).ids())
    assert found[0].kind == "registration"


def test_a_shipped_version_opens_with_its_source_or_else_its_xml(station: Station) -> None:
    newest, *_, oldest = (form.version for form in form_library.at_hand(station) if form.form_id == VISIT)
    shown = form_library.open_version(station, VISIT, newest)
    assert (shown.source_kind, shown.findings) == ("md", ())
    assert read_source("x.xlsx", form_library.workbook(shown)) == shown.sheets
    old = form_library.open_version(station, VISIT, oldest)
    assert (old.source_kind, old.form is not None) == ("xml", True)
    with pytest.raises(MzError, match="没有表格源文件"):
        form_library.workbook(old)
    with pytest.raises(MzError, match="找不到这一版"):
        form_library.open_version(station, VISIT, "1")


def test_a_file_is_shown_with_what_is_wrong(station: Station) -> None:
    wrong = form_library.preview("a.md", definition().replace("${start_time}", "${beginn}").encode())
    assert has_errors(wrong.findings)
    assert wrong.form is None
    assert any("beginn" in finding.message for finding in wrong.findings)
    with pytest.raises(MzError, match="还有错误"):
        form_library.blank_paper(station, wrong)
    fine = form_library.preview("a.xlsx", write_xlsx(read_source("a.md", definition().encode())))
    assert fine.findings == ()
    assert form_library.blank_paper(station, fine).startswith(b"%PDF")
    unknown = form_library.preview("a.docx", b"PK")
    assert unknown.form is None
    assert has_errors(unknown.findings)
    with pytest.raises(MzError, match="太大"):
        form_library.preview("a.md", b" " * (form_library.MOST_BYTES + 1))


def test_a_form_is_taken_in_for_trial_once(station: Station) -> None:
    shown = form_library.preview("a.md", definition().replace("2026112401", "2026120101").replace("照料日期", "服务日期").encode())
    worker = station.as_user(scope_for("u3", "社工", Role.SOCIAL_WORKER, None))
    for other in (worker, director_of(station, "370983103201")):
        with pytest.raises(MzError, match="没有导入表单的权限"):
            form_library.import_trial(other, shown)
    assert form_library.import_trial(station, shown).version == "2026120101"
    assert catalog_of(station).get("care_log").version == "2026120101"
    (trial,) = [form for form in form_library.at_hand(station) if form.origin == "trial"]
    assert form_library.open_version(station, "care_log", trial.version).source == shown.source
    with pytest.raises(MzError, match="这一版已经有了"):
        form_library.import_trial(station, shown)
    with pytest.raises(MzError, match="这一版已经有了"):
        form_library.import_trial(station, form_library.preview("a.md", definition().encode()))
    nameless = form_library.preview("a.md", definition().replace("| care_log | 2026112401 |", "| care_log | |").encode())
    with pytest.raises(MzError):
        form_library.import_trial(station, nameless)


@given(st.binary(max_size=400), st.sampled_from(("a.md", "a.xlsx", "a.xml", "a")))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_a_form_or_findings(data: bytes, name: str) -> None:
    shown = form_library.preview(name, data)
    assert shown.form is not None or has_errors(shown.findings)

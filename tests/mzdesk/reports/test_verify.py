"""Paper against record: the code in the file, as scanned and as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzdesk.errors import MzError
from mzdesk.reports.documents import render, render_batch
from mzdesk.reports.verify import PaperCode, RecordMark, check, parse_code, read_codes, record_code, spaced_digest
from tests.forms.example_parts import PERSON_ID
from tests.mzdesk.reports.reading import plain
from tests.mzdesk.reports.samples import DIGEST, document

VISIT = "left_behind_child_visit"


def test_a_print_agrees_with_its_record() -> None:
    (finding,) = check(render(document(VISIT)), lambda _: RecordMark(1, {1: DIGEST}))
    assert finding.verdict == "agrees"
    assert finding.code == PaperCode(PERSON_ID, 1, DIGEST[:16].upper())


OTHERS = [
    (None, "unknown"),
    (RecordMark(1, {1: "0" * 64}), "differs"),
    (RecordMark(2, {1: DIGEST, 2: "1" * 64}), "superseded"),
    (RecordMark(2, {2: DIGEST}), "differs"),
]


@pytest.mark.parametrize(("mark", "verdict"), OTHERS)
def test_other_verdicts(mark: RecordMark | None, verdict: str) -> None:
    assert check(render(document(VISIT)), lambda _: mark)[0].verdict == verdict


def test_a_batch_holds_the_codes_of_all_its_records() -> None:
    documents = [document(VISIT, record_id=f"0193a1b2-0000-7000-8000-{number:012d}") for number in range(5)]
    assert [code.record_id for code in read_codes(render_batch(documents))] == [one.record_id for one in documents]


def test_the_digest_is_printed_in_the_foot() -> None:
    assert spaced_digest(DIGEST).replace(" ", "") in plain(render(document(VISIT)))


def test_a_typed_code_is_read() -> None:
    code = record_code(PERSON_ID, 12, DIGEST)
    assert parse_code(f"  {code.lower()} ") == PaperCode(PERSON_ID, 12, DIGEST[:16].upper())


@given(st.text(max_size=150))
def test_anything_else_is_refused_in_words(text: str) -> None:
    try:
        parse_code(text)
    except MzError as error:
        assert error.message
    else:
        assert text.strip().upper().startswith("MZ1")


@given(st.binary(max_size=300))
def test_bytes_that_are_no_print_of_ours_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(MzError):
        read_codes(data)


def test_a_foreign_pdf_has_no_code() -> None:
    with pytest.raises(MzError, match="没有找到校验码"):
        read_codes(render(document(VISIT, digest="")))

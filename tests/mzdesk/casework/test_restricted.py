"""Restricted answers: hidden from who lacks the permission on every way out, kept through corrections, and whole at the county."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from forms.catalog import shipped
from mzdesk.casework import papers, records, restricted, timeline
from mzdesk.casework.facts import RecordFacts
from mzdesk.casework.records import Filling, Saved
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import records as store
from mzdesk.store import shadows, tables
from mzdesk.store.restricted import join, split
from mzdesk.store.scope import Role, scope_for
from mzdesk.vault import subject_report
from tests.mzdesk.casework.conftest import VILLAGE, Desk

WOMAN = "left_behind_woman_visit"
SECRET = "右臂有淤青疑似家暴"


def as_worker(station: Station, actor: str = "w") -> Station:
    return station.as_user(scope_for(actor, "社工甲", Role.SOCIAL_WORKER, None))


def woman_visit(desk: Desk, person_id: str, *, station: Station | None = None, note: str = SECRET, amends: str = "", **more: str) -> Saved:
    filled = desk.visit_answers(person_id)
    answers: dict[str, Any] = {"who": filled.get("who", {}), "visit": filled["visit"]}
    session = desk.session(WOMAN, answers)
    given_answers = {"occurred_on": desk.station.today().isoformat(), "contact_mode": "home", "reached": "yes", **more}
    if note:
        given_answers |= {"violence_clue": "yes", "violence_note": note}
    _fill(session, given_answers)
    return records.save(station or desk.station, session, Filling(person_id, village=VILLAGE, amends=amends))


def _fill(session: Any, wanted: dict[str, str]) -> None:
    """Answer what is asked for, then whatever is still required."""
    refs = {question.name: question.ref for question in session.form.questions()}
    for name, value in wanted.items():
        session.set(refs[name], value)
    for _ in range(60):
        problems = session.problems()
        if not problems:
            return
        for problem in problems:
            choices = session.choices(problem.ref)
            session.set(
                problem.ref, choices[0].value if choices else "2026-11-24" if "date" in problem.ref or "_on" in problem.ref else "1"
            )
    raise AssertionError(session.problems())


@pytest.fixture
def person_id(desk: Desk) -> str:
    return desk.register().person_id


def test_forms_say_which_answers_are_restricted() -> None:
    assert restricted.paths_of(shipped().get(WOMAN)) == {("clue",)}
    assert restricted.names_of(shipped().get(WOMAN)) == {"violence_clue", "violence_note"}
    assert restricted.is_restricted(shipped().get("mandatory_report"))
    assert not restricted.is_restricted(shipped().get(WOMAN))


def test_a_colleague_sees_the_visit_without_the_clue(desk: Desk, person_id: str) -> None:
    saved = woman_visit(desk, person_id)
    open_to_me, open_to_all = records.get(desk.station, saved.record_id), records.get(as_worker(desk.station), saved.record_id)
    assert open_to_me.reveals and not open_to_me.withheld and SECRET in json.dumps(open_to_me.answers, ensure_ascii=False)
    assert open_to_all.withheld and not open_to_all.reveals and "clue" not in open_to_all.answers
    assert open_to_all.digest == open_to_me.digest == records.digest(WOMAN, open_to_me.row.form_version, open_to_me.answers)


def test_the_author_always_sees_what_they_wrote(desk: Desk, person_id: str) -> None:
    author = as_worker(desk.station, "author")
    saved = woman_visit(desk, person_id, station=author)
    assert records.get(author, saved.record_id).reveals
    assert records.get(as_worker(desk.station, "other"), saved.record_id).withheld


def test_no_way_out_tells_a_colleague(desk: Desk, person_id: str) -> None:
    saved = woman_visit(desk, person_id)
    worker = as_worker(desk.station)
    told = [
        repr(timeline.of_person(worker, person_id)),
        repr(records.versions(worker, saved.record_id)),
        repr(subject_report.make(worker, person_id, "本人申请查阅")),
        repr(records.find(worker, store.RecordFilter(text=SECRET))),
    ]
    assert not any(SECRET in one for one in told)
    assert SECRET in repr(subject_report.make(desk.station, person_id, "本人申请查阅"))


def test_paper_shows_the_clue_only_to_who_may_see_it(desk: Desk, person_id: str) -> None:
    saved = woman_visit(desk, person_id)
    mine, theirs = (_text(papers.print_record(one, saved.record_id).pdf) for one in (desk.station, as_worker(desk.station)))
    assert SECRET in mine and "家暴线索" in mine
    assert SECRET not in theirs and "家暴线索" not in theirs
    assert papers.verify_paper(desk.station, papers.print_record(as_worker(desk.station), saved.record_id).pdf).agrees


def _text(pdf: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document).replace("\r", "").replace("\n", "")
    finally:
        document.close()


def test_a_correction_by_a_colleague_keeps_the_clue_and_does_not_show_it(desk: Desk, person_id: str) -> None:
    saved = woman_visit(desk, person_id)
    worker = as_worker(desk.station)
    corrected = woman_visit(desk, person_id, station=worker, note="", amends=saved.record_id, actions="改过的处理")
    seen, whole = records.get(worker, corrected.record_id), records.get(desk.station, corrected.record_id)
    assert seen.withheld and SECRET not in repr(seen.answers) and "改过的处理" in repr(seen.answers)
    assert SECRET in repr(whole.answers) and whole.digest == records.digest(WOMAN, whole.row.form_version, whole.answers)


def test_the_county_gets_everything(desk: Desk, person_id: str) -> None:
    saved = woman_visit(desk, person_id)
    with desk.station.read() as connection:
        query = select(tables.OPERATION.c.body).where(tables.OPERATION.c.subject == saved.record_id)
        body = connection.execute(query).scalar_one()
    assert SECRET in bytes(body).decode()


def test_a_record_from_another_laptop_is_split_too(desk: Desk, person_id: str) -> None:
    saved = woman_visit(desk, person_id)
    told = records.get(desk.station, saved.record_id)
    content = {name: getattr(told.row, name) for name in ("kind", "form_id", "form_version", "person_id", "village", "occurred_on")}
    content |= {"id": "from-elsewhere", "number": "n", "amends": "", "actor": "far", "answers": told.answers}
    whole, paths = restricted.marks_on(shipped(), WOMAN, told.row.form_version)
    with desk.station.write() as connection:
        assert shadows.add_record(connection, content, restricted=whole, restricted_paths=paths)
    assert records.get(as_worker(desk.station), "from-elsewhere").withheld
    assert SECRET in repr(records.get(desk.station, "from-elsewhere").answers)


def test_a_form_that_nobody_knows_is_restricted_as_a_whole() -> None:
    assert restricted.marks_on(shipped(), "no_such_form", "1") == (True, frozenset())
    assert restricted.marks_on(shipped(), WOMAN, "of-tomorrow") == (False, frozenset({("clue",)}))


def test_a_restricted_form_is_hidden_as_a_whole(desk: Desk, person_id: str) -> None:
    saved = woman_visit(desk, person_id)
    with desk.station.write() as connection:
        connection.execute(tables.RECORD.update().where(tables.RECORD.c.id == saved.record_id).values(restricted=True))
    with pytest.raises(MzError):
        records.get(as_worker(desk.station), saved.record_id)
    assert records.get(desk.station, saved.record_id).restricted


def test_columns_of_lists_hold_no_restricted_answer() -> None:
    facts = RecordFacts("f", "1", "visit", (), "", "", "2026-01-01", "home", "yes", "high", "", "", "")
    assert facts.open_columns(frozenset({"risk_level"}))["risk_level"] == ""
    assert facts.open_columns(frozenset())["risk_level"] == "high"
    assert replace(facts, risk_level="low").open_columns(frozenset({"form_id"}))["form_id"] == "f"


NAMES = st.sampled_from(["a", "b", "c", "a@x"])
ANSWERS = st.recursive(
    st.dictionaries(NAMES, st.text(min_size=1, max_size=3), max_size=3),
    lambda inner: st.dictionaries(NAMES, inner | st.lists(inner, max_size=3) | st.text(min_size=1, max_size=3), max_size=3),
    max_leaves=12,
)
PATHS = st.frozensets(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(tuple), max_size=4)


@given(ANSWERS, PATHS)
def test_join_undoes_split(answers: dict[str, Any], paths: frozenset[tuple[str, ...]]) -> None:
    left, taken = split(answers, paths)
    assert join(left, taken) == answers
    assert not any(_holds(left, path) for path in paths)


def _holds(node: Any, path: tuple[str, ...]) -> bool:
    if isinstance(node, list):
        return any(_holds(item, path) for item in node)
    if not isinstance(node, dict):
        return False
    found = [value for name, value in node.items() if name.partition("@")[0] == path[0]]
    return bool(found) if len(path) == 1 else any(_holds(value, path[1:]) for value in found)

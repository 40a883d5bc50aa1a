"""Records follow the person to another village: whole for the new children's director, gone for the old one, unchanged in what they say."""

from __future__ import annotations

import pytest

from mzdesk.casework import drafts, records, timeline
from mzdesk.casework.records import Filling
from mzdesk.errors import MzError
from mzdesk.registry import enrolments, merging, people
from mzdesk.station import Station
from mzdesk.store import changes as change_store
from mzdesk.store.records import RecordFilter
from mzdesk.store.tables import ATTACHMENT, CHANGE, DRAFT, FOLLOW_UP, RECORD
from tests.mzdesk.casework.conftest import OTHER_VILLAGE, VILLAGE, Desk
from tests.mzdesk.registry.conftest import director_of


@pytest.fixture
def old(station: Station) -> Station:
    return director_of(station, VILLAGE)


@pytest.fixture
def new(station: Station) -> Station:
    return director_of(station, OTHER_VILLAGE)


def seen(desk: Station, person_id: str) -> set[str]:
    return {row.id for row in records.find(desk, RecordFilter(person_id=person_id, current_only=False))}


def test_the_new_director_reads_what_was_saved_before_the_move(desk: Desk, station: Station, old: Station, new: Station) -> None:
    child = desk.register()
    visits = [desk.visit(child.person_id, risk="high") for _ in range(2)]
    everything = {child.record_id, *(visit.record_id for visit in visits)}
    before = records.get(station, visits[0].record_id)
    assert (seen(old, child.person_id), seen(new, child.person_id)) == (everything, set())
    enrolments.move(station, child.person_id, OTHER_VILLAGE, station.today().isoformat(), "随祖母搬家")
    assert (seen(old, child.person_id), seen(new, child.person_id)) == (set(), everything)
    after = records.get(new, visits[0].record_id)
    assert (after.answers, after.digest, after.row.number) == (before.answers, before.digest, before.row.number)
    assert VILLAGE in str(after.answers) and after.row.village == OTHER_VILLAGE  # where it happened is still told
    with pytest.raises(MzError):
        records.get(old, visits[0].record_id)
    told = timeline.of_person(new, child.person_id)
    assert {event.record_id for event in told.events if event.kind == "record"} == everything
    with new.read() as connection:
        history = change_store.of_person(connection, new.scope, child.person_id)
    assert {change.field for change in history} >= {"", "village"}  # from the first entry on


def test_matters_drafts_and_files_come_along_and_the_due_date_stays(desk: Desk, station: Station, old: Station, new: Station) -> None:
    child = desk.register(risk="high")
    visit = desk.visit(child.person_id)
    draft = desk.session("left_behind_child_visit", desk.visit_answers(child.person_id))
    drafts.keep(station, draft, Filling(child.person_id))
    with station.write() as connection:
        row = {"record_id": visit.record_id, "question": "photo", "name": "a.jpg", "media_type": "image/jpeg", "size": 3}
        connection.execute(ATTACHMENT.insert().values(digest="d", village=VILLAGE, created_at=1, **row))
        matter = {"id": "m", "person_id": child.person_id, "village": VILLAGE, "kind": "lead", "title": "已办结", "done_on": "2026-11-01"}
        connection.execute(FOLLOW_UP.insert().values(created_at=1, updated_at=1, **matter))
    due = people.get(station, child.person_id).current[0].next_due
    enrolments.move(station, child.person_id, OTHER_VILLAGE, station.today().isoformat())
    assert people.get(new, child.person_id).current[0].next_due == due
    with station.read() as connection:
        for table in (RECORD, ATTACHMENT, FOLLOW_UP, DRAFT, CHANGE):
            assert set(connection.execute(table.select().with_only_columns(table.c.village)).scalars()) == {OTHER_VILLAGE}, table.name
    desk.visit(child.person_id, amends=visit.record_id)  # and goes on there


def test_nobody_else_moves_and_moving_back_brings_all_back(desk: Desk, station: Station, old: Station, new: Station) -> None:
    child, neighbour = desk.register(), desk.register()
    desk.visit(neighbour.person_id)
    own = seen(old, neighbour.person_id)
    enrolments.move(station, child.person_id, OTHER_VILLAGE, station.today().isoformat())
    assert seen(old, neighbour.person_id) == own and seen(new, neighbour.person_id) == set()
    enrolments.move(station, child.person_id, VILLAGE, station.today().isoformat())
    assert seen(old, child.person_id) == {child.record_id} and seen(new, child.person_id) == set()


def test_records_of_a_double_lie_with_the_file_that_is_kept_until_it_is_undone(
    desk: Desk, station: Station, old: Station, new: Station
) -> None:
    kept, gone = desk.register(village=OTHER_VILLAGE), desk.register()
    merge = merging.merge(station, kept.person_id, gone.person_id, reason="重复登记")
    assert gone.record_id in seen(new, kept.person_id) and seen(old, kept.person_id) == set()
    merging.undo(station, merge)
    assert seen(old, gone.person_id) == {gone.record_id} and seen(new, kept.person_id) == {kept.record_id}

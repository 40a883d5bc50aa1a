from __future__ import annotations

import pytest
from sqlalchemy import func, select

from mzdesk.errors import MzError
from mzdesk.registry import merging, people, relations
from mzdesk.registry.people import Query
from mzdesk.station import Station
from mzdesk.store import records
from mzdesk.store.records import RecordFilter
from mzdesk.store.tables import LISTING, SEARCH_KEY
from tests.mzdesk.registry.conftest import village_called
from tests.mzdesk.registry.test_people import person


def record(station: Station, record_id: str, person_id: str, village: str) -> None:
    """Save a visit straight away."""
    blank: dict[str, object] = dict.fromkeys(
        ("answers_json", "digest", "risk_level", "follow_up_on", "refer_to", "report_required", "amends"), ""
    )
    values: dict[str, object] = {
        **blank,
        "id": record_id,
        "number": record_id,
        "kind": "visit",
        "form_id": "f",
        "form_version": "1",
        "person_id": person_id,
    }
    values |= {
        "village": village,
        "occurred_on": "2026-11-01",
        "contact_mode": "home",
        "reached": "yes",
        "late_days": 0,
        "restricted": False,
    }
    values |= {"author": "u1", "author_name": "甲", "saved_at": 1, "clock_offset_ms": 0}
    with station.write() as connection:
        records.add(connection, values)


def owner(station: Station, record_id: str) -> str:
    with station.read() as connection:
        return next(row.person_id for row in records.find(connection, station.scope, RecordFilter()) if row.id == record_id)


def pair(station: Station) -> tuple[str, str]:
    village = village_called(station, "潘庄")
    kept = person(station, "李甲", village, serial=1)
    gone = person(station, "李甲", village, serial=2, group="child_in_difficulty", phone="13800002206", address="三组")
    relations.add(station, gone, "guardian", {"name": "王桂兰"})
    record(station, "r1", gone, village)
    return kept, gone


def test_candidates_are_shown_with_their_differences(station: Station) -> None:
    kept, gone = pair(station)
    (found,) = merging.candidates(station, kept)
    assert (found.second.id, found.why) == (gone, "姓名和出生日期相同")
    assert {name for name, _, _ in found.differences} == {"id_no", "phone", "address"}


def test_a_merge_moves_everything_and_undo_moves_it_back(station: Station) -> None:
    kept, gone = pair(station)
    before = (people.get(station, kept), people.get(station, gone))
    merge_id = merging.merge(station, kept, gone, {"address": "gone"}, "重复登记")
    file = people.get(station, kept)
    assert [role.group for role in file.current] == ["left_behind_child", "child_in_difficulty"]
    assert (file.person.phone, file.person.address, file.relations[0].name) == ("138****2206", "三组", "王桂兰")
    assert owner(station, "r1") == kept
    assert [row.id for row in people.find(station, Query("李甲")).rows] == [kept]
    assert people.find(station, Query(group="*")).total == 1
    assert [merge.id for merge in merging.of_person(station, kept)] == [merge_id]
    merging.undo(station, merge_id)
    after = (people.get(station, kept), people.get(station, gone))
    for old, new in zip(before, after, strict=True):
        assert [role.group for role in new.current] == [role.group for role in old.current]
        assert (new.person.phone, new.person.address, len(new.relations)) == (old.person.phone, old.person.address, len(old.relations))
    assert owner(station, "r1") == gone
    assert people.find(station, Query("李甲")).total == 2
    with pytest.raises(MzError, match="撤销"):
        merging.undo(station, merge_id)


def test_one_role_of_a_kind_stays_current(station: Station) -> None:
    village = village_called(station, "潘庄")
    kept, gone = person(station, "李甲", village, serial=1), person(station, "李甲", village, serial=2)
    merging.merge(station, kept, gone, reason="重复登记")
    file = people.get(station, kept)
    assert (len(file.current), len(file.enrolments)) == (1, 2)


def test_what_was_changed_since_the_merge_stays(station: Station) -> None:
    kept, gone = pair(station)
    merge_id = merging.merge(station, kept, gone, reason="重复登记")
    people.edit(station, kept, {"address": "五组"})
    merging.undo(station, merge_id)
    assert people.get(station, kept).person.address == "五组"


def test_a_merge_needs_a_reason_and_two_people(station: Station) -> None:
    kept, gone = pair(station)
    with pytest.raises(MzError, match="依据"):
        merging.merge(station, kept, gone)
    with pytest.raises(MzError, match="不同"):
        merging.merge(station, kept, kept, reason="试")


def test_no_search_key_or_listing_row_is_left_behind(station: Station) -> None:
    kept, gone = pair(station)
    merging.merge(station, kept, gone, reason="重复登记")
    with station.read() as connection:
        assert connection.execute(select(func.count()).select_from(SEARCH_KEY).where(SEARCH_KEY.c.person_id == gone)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(LISTING).where(LISTING.c.person_id == gone)).scalar_one() == 0

from __future__ import annotations

import pytest

from mzdesk.errors import MzError
from mzdesk.registry import enrolments, people, relations
from mzdesk.registry.people import Query
from mzdesk.station import Station
from tests.mzdesk.registry.conftest import director_of, village_called
from tests.mzdesk.registry.numbers import id_number
from tests.mzdesk.registry.test_people import names, person


def test_several_groups_at_once_and_exit_with_a_reason(station: Station) -> None:
    person_id = person(station, "李桂兰", village_called(station, "潘庄"), group="left_behind_elder", birth_date="1950-01-01")
    second = enrolments.enrol(station, person_id, "extreme_poverty", entered_on="2026-10-01", category="scattered", risk="high")
    file = people.get(station, person_id)
    assert [role.group for role in file.current] == ["left_behind_elder", "extreme_poverty"]
    assert any(role.next_due for role in file.current)
    enrolments.leave(station, file.current[0].id, "2026-11-01", "转为特困人员")
    (row,) = people.find(station, Query("李桂兰")).rows
    assert row.groups == ("extreme_poverty",)
    with pytest.raises(MzError, match="已经退出"):
        enrolments.leave(station, file.current[0].id, "2026-11-01", "其他")
    with pytest.raises(MzError, match="早于"):
        enrolments.leave(station, second, "2026-09-01", "其他")
    with pytest.raises(MzError, match="原因"):
        enrolments.leave(station, second, "2026-11-01", " ")
    with pytest.raises(MzError, match="今天之后"):
        enrolments.leave(station, second, "2026-12-01", "其他")
    with pytest.raises(MzError, match="已经是"):
        enrolments.enrol(station, person_id, "extreme_poverty")
    enrolments.return_to(station, file.current[0].id, "误操作")
    assert len(people.get(station, person_id).current) == 2


def test_who_left_every_group_is_among_the_former(station: Station) -> None:
    person_id = person(station, "李甲", village_called(station, "潘庄"))
    enrolments.leave(station, people.get(station, person_id).current[0].id, "2026-11-01", "父母返回")
    assert people.find(station, Query()).total == 0
    assert names(people.find(station, Query(group="-")).rows) == ["李甲"]


def test_moving_to_another_village_takes_roles_and_relations_along(station: Station) -> None:
    first, second = village_called(station, "潘庄"), village_called(station, "业长")
    person_id = person(station, "李甲", first)
    relations.add(station, person_id, "guardian", {"name": "王桂兰"})
    enrolments.move(station, person_id, second, "2026-11-20", "随祖母搬家")
    file = people.get(director_of(station, second), person_id)
    assert (file.village_name, file.current[0].village, file.relations[0].name) == ("业长村", second, "王桂兰")
    assert people.find(director_of(station, first), Query(group="*")).total == 0
    assert [row.id for row in people.find(director_of(station, second), Query("王桂兰")).rows] == [person_id]
    with pytest.raises(MzError):
        enrolments.move(station, person_id, "370983101201", "2026-11-20")


def test_moving_away_and_death_end_every_role_and_can_be_taken_back(station: Station) -> None:
    person_id = person(station, "李甲", village_called(station, "潘庄"))
    enrolments.move_away(station, person_id, "2026-11-20", "江苏苏州", "随父母")
    file = people.get(station, person_id)
    assert (file.person.life, file.current, file.enrolments[0].left_why) == ("moved", (), "迁出：江苏苏州")
    with pytest.raises(MzError, match="迁出"):
        enrolments.enrol(station, person_id, "left_behind_child")
    enrolments.revive(station, person_id, "又回来了")
    assert len(people.get(station, person_id).current) == 1
    enrolments.record_death(station, person_id, "2026-11-21")
    assert people.get(station, person_id).current == ()
    with pytest.raises(MzError, match="去世"):
        enrolments.enrol(station, person_id, "left_behind_child")
    enrolments.revive(station, person_id, "登记有误")
    (role,) = people.get(station, person_id).current
    assert role.next_due


def test_a_role_is_changed_with_history(station: Station) -> None:
    person_id = person(station, "李甲", village_called(station, "潘庄"))
    role = people.get(station, person_id).current[0]
    enrolments.change(station, role.id, {"risk": "high", "responsible": "张主任"}, "评估")
    file = people.get(station, person_id)
    assert (file.current[0].risk, file.current[0].responsible) == ("high", "张主任")
    assert ("risk", "low", "high") in {(change.field, change.old, change.new) for change in file.history}
    assert names(people.find(station, Query(risk="high")).rows) == ["李甲"]


def test_relations_show_from_both_sides_and_are_taken_back_with_a_reason(station: Station) -> None:
    village = village_called(station, "潘庄")
    child = person(station, "李甲", village, serial=1)
    elder = person(station, "王桂兰", village, serial=2, group="left_behind_elder", birth_date="1950-01-01")
    relation_id = relations.add(station, child, "guardian", {"id_no": id_number("1950-01-01", 2), "name": "王桂兰"})
    assert [(view.role, view.other_id) for view in people.get(station, child).relations] == [("监护人", elder)]
    assert [(view.role, view.other_id, view.inverse) for view in people.get(station, elder).relations] == [("被监护人", child, True)]
    relations.change(station, relation_id, {"phone": "13800002206", "until": "2026-11-01"})
    assert people.get(station, child).relations[0].until == "2026-11-01"
    relations.remove(station, relation_id, "写错了")
    assert people.get(station, child).relations == () == people.get(station, elder).relations
    with pytest.raises(MzError, match="本人"):
        relations.add(station, child, "guardian", {}, other_id=child)
    with pytest.raises(MzError, match="姓名"):
        relations.add(station, child, "guardian", {"phone": "13800002206"})
    with pytest.raises(MzError, match="电话"):
        relations.add(station, child, "guardian", {"name": "王五", "phone": "138"})

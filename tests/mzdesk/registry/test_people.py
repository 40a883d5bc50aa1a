from __future__ import annotations

from collections.abc import Iterable

import pytest

from mzdesk.errors import MzError
from mzdesk.registry import people, relations
from mzdesk.registry.journal import Journal
from mzdesk.registry.people import Query
from mzdesk.station import Station
from mzdesk.store import audit
from tests.mzdesk.registry.conftest import director_of, village_called
from tests.mzdesk.registry.numbers import id_number


def person(station: Station, name: str, village: str, *, group: str = "left_behind_child", serial: int = 1, **more: str) -> str:
    """Register somebody straight away."""
    born = more.pop("birth_date", "2015-01-01")
    risk = more.pop("risk", "low")
    due = more.pop("next_due", "")
    with station.write() as connection:
        journal = Journal(connection, station, "test")
        values = {"name": name, "village": village, "birth_date": born, "id_no": id_number(born, serial), **more}
        person_id = journal.create("person", values)
        if group:
            role = {"person_id": person_id, "village": village, "group": group, "entered_on": "2026-01-01", "risk": risk, "next_due": due}
            journal.create("enrolment", role)
        journal.close()
    return person_id


def names(rows: Iterable[people.PersonRow]) -> list[str]:
    return [row.name for row in rows]


NAMES = ["曾小贤", "单雄信", "重耳", "欧阳娜娜", "王㛃", "韩𬱖福", "张伟", "章薇", "臧炜", "李宁", "阿不都热合曼·买买提", "林平", "𠀀某"]


@pytest.fixture
def crowd(station: Station) -> Station:
    village = village_called(station, "潘庄")
    for serial, name in enumerate(NAMES):
        person(station, name, village, serial=serial, phone=f"1380000{serial:04d}")
    return station


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("曾", "曾小贤"),
        ("zeng", "曾小贤"),
        ("ceng", "曾小贤"),
        ("ZXX", "曾小贤"),
        ("shan", "单雄信"),
        ("danxiong", "单雄信"),
        ("sxx", "单雄信"),
        ("chonger", "重耳"),
        ("zhonger", "重耳"),
        ("娜娜", "欧阳娜娜"),
        ("ouyang", "欧阳娜娜"),
        ("oyn", "欧阳娜娜"),
        ("㛃", "王㛃"),
        ("wj", "王㛃"),
        ("𬱖", "韩𬱖福"),
        ("hdf", "韩𬱖福"),
        ("𠀀", "𠀀某"),
        ("买买提", "阿不都热合曼·买买提"),
        ("热合曼·买", "阿不都热合曼·买买提"),
        ("张 伟", "张伟"),
        ("zangwei", "臧炜"),
        ("张炜 0006", "张伟"),
        ("lingping", "林平"),
        ("nining", "李宁"),
        ("zengxx", "曾小贤"),
        ("潘庄 宁", "李宁"),
        ("pz ln", "李宁"),
        ("13800000007", "章薇"),
        ("0007", "章薇"),
    ],
)
def test_search_as_one_types(crowd: Station, text: str, first: str) -> None:
    assert names(people.find(crowd, Query(text)).rows)[0] == first


def test_near_homophones_come_after_the_exact_sound(crowd: Station) -> None:
    for text in ("zhangwei", "zhang wei", "章伟"):
        found = names(people.find(crowd, Query(text)).rows)
        assert (set(found[:2]), found[2:]) == ({"张伟", "章薇"}, ["臧炜"]), text


def test_id_number_from_the_front_and_from_the_back(station: Station) -> None:
    village = village_called(station, "潘庄")
    wanted = next(serial for serial in range(500) if id_number("2015-01-01", serial).endswith("X"))
    person_id = person(station, "贾一", village, serial=wanted)
    number = id_number("2015-01-01", wanted)
    for text in (number, number[:10], number[-4:], number[-4:].lower(), number[-5:]):
        assert [row.id for row in people.find(station, Query(text)).rows] == [person_id], text
    (row,) = people.find(station, Query(number)).rows
    assert row.id_masked == f"3709**********{number[-4:]}"


@pytest.mark.parametrize(
    "text", ["%", "_", "'", '"', "\\", "；drop table", "a" * 500, "～", "@", "<", "^", "~", " ", "\u3000", "李%", "😀"]
)
def test_odd_input_finds_nothing_and_breaks_nothing(crowd: Station, text: str) -> None:
    assert people.find(crowd, Query(text)).total in (0, 1, len(NAMES))


def test_list_pages_by_keyset_and_counts_once(station: Station) -> None:
    village = village_called(station, "潘庄")
    for serial in range(25):
        person(station, f"李{'甲乙丙丁戊'[serial % 5]}", village, serial=serial, next_due=f"2026-12-{serial + 1:02d}")
    seen: list[str] = []
    after = None
    while True:
        page = people.find(station, Query(sort="due", limit=10, after=after))
        assert page.total == 25
        seen += [row.next_due for row in page.rows]
        if (after := page.after) is None:
            break
    assert seen == [f"2026-12-{day:02d}" for day in range(1, 26)]
    assert people.find(station, Query(sort="-due", limit=1)).rows[0].next_due == "2026-12-25"


def test_filters(station: Station) -> None:
    first, second = village_called(station, "潘庄"), village_called(station, "业长")
    person(station, "高险", first, serial=1, risk="high", next_due="2026-11-20", tags="solitary")
    person(station, "今天", first, serial=2, next_due="2026-11-24")
    person(station, "本周", second, serial=3, group="left_behind_elder", next_due="2026-11-30")
    person(station, "以后", second, serial=4, next_due="2027-01-01")
    person(station, "没有", second, serial=5, group="")
    assert people.find(station, Query()).total == 4
    assert people.find(station, Query(group="*")).total == 5
    assert names(people.find(station, Query(group="-")).rows) == ["没有"]
    assert names(people.find(station, Query(group="left_behind_elder")).rows) == ["本周"]
    assert names(people.find(station, Query(village=second)).rows) == ["本周", "以后"]
    assert names(people.find(station, Query(risk="high")).rows) == ["高险"]
    assert names(people.find(station, Query(tag="solitary")).rows) == ["高险"]
    assert names(people.find(station, Query(due="overdue")).rows) == ["高险"]
    assert names(people.find(station, Query(due="today")).rows) == ["今天"]
    assert names(people.find(station, Query(due="week")).rows) == ["本周"]
    assert names(people.find(station, Query(due="later")).rows) == ["以后"]
    assert names(people.find(station, Query("没", group="*", due="none")).rows) == ["没有"]
    assert names(people.find(station, Query(sort="risk")).rows)[0] == "高险"
    assert names(people.find(station, Query(sort="village")).rows)[-1] in ("今天", "高险", "本周", "以后")
    assert people.count(station, Query(group="left_behind_child")) == 3


def test_scope_is_kept_in_lists_search_and_files(station: Station) -> None:
    first, second = village_called(station, "潘庄"), village_called(station, "业长")
    mine, other = person(station, "王一", first, serial=1), person(station, "王二", second, serial=2)
    director = director_of(station, first)
    assert names(people.find(director, Query()).rows) == ["王一"]
    for sort in ("name", "due", "village", "risk", "birth"):
        assert names(people.find(director, Query(sort=sort)).rows) == ["王一"]
    for text in ("王", "wang", "w", "业长", "yz", id_number("2015-01-01", 2)):
        assert "王二" not in names(people.find(director, Query(text)).rows)
    assert people.get(director, mine).person.name == "王一"
    with pytest.raises(MzError):
        people.get(director, other)
    with pytest.raises(MzError):
        people.edit(director, other, {"address": "三组"})


def test_the_listing_follows_risk_and_due_date(station: Station) -> None:
    from sqlalchemy import update

    from mzdesk.store.tables import ENROLMENT

    person_id = person(station, "王一", village_called(station, "潘庄"), next_due="2026-12-01")
    with station.write() as connection:
        connection.execute(update(ENROLMENT).where(ENROLMENT.c.person_id == person_id).values(next_due="2026-11-01", risk="high"))
    assert names(people.find(station, Query(due="overdue", risk="high")).rows) == ["王一"]


def test_editing_keeps_history_and_search(station: Station) -> None:
    person_id = person(station, "王一", village_called(station, "潘庄"))
    people.edit(station, person_id, {"name": "汪 一", "phone": "138 0000 2206"}, reason="户口本上是汪")
    file = people.get(station, person_id)
    assert (file.person.name, file.person.phone) == ("汪一", "138****2206")
    assert {(change.field, change.old, change.new, change.reason) for change in file.history if change.source == "edit"} == {
        ("name", "王一", "汪一", "户口本上是汪"),
        ("phone", "", "138****2206", "户口本上是汪"),
    }
    assert names(people.find(station, Query("汪一")).rows) == ["汪一"]
    assert people.find(station, Query("王")).rows == ()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "李"}, "name"),
        ({"name": "李4"}, "name"),
        ({"id_no": "370983201501010019"}, "id_no"),
        ({"sex": "2"}, "sex"),
        ({"birth_date": "2015-01-02"}, "birth_date"),
        ({"birth_date": "2027-01-02"}, "birth_date"),
        ({"phone": "1380000"}, "phone"),
        ({"disability_no": "123"}, "disability_no"),
        ({"id_no": ""}, "id_no"),
    ],
)
def test_what_is_not_right_is_refused(station: Station, changed: dict[str, str], field: str) -> None:
    person_id = person(station, "王一", village_called(station, "潘庄"))
    with pytest.raises(MzError) as caught:
        people.edit(station, person_id, changed, reason="试")
    assert caught.value.field == field


def test_a_mismatch_is_overridden_with_a_recorded_reason(station: Station) -> None:
    person_id = person(station, "王一", village_called(station, "潘庄"))
    people.edit(station, person_id, {"birth_date": "2015-01-02", "identity_override": "户口登记有误"}, reason="户口登记有误")
    assert people.get(station, person_id).person.birth_date == "2015-01-02"


def test_important_fields_need_a_reason_and_doubles_are_refused(station: Station) -> None:
    village = village_called(station, "潘庄")
    first = person(station, "王一", village, serial=1)
    person(station, "王二", village, serial=2)
    with pytest.raises(MzError, match="原因"):
        people.edit(station, first, {"name": "汪一"})
    with pytest.raises(MzError, match="已经登记"):
        people.edit(station, first, {"id_no": id_number("2015-01-01", 2)}, reason="试")
    people.edit(station, first, {"address": "三组 12 号"})


def test_unmasking_is_logged(station: Station) -> None:
    person_id = person(station, "王一", village_called(station, "潘庄"))
    assert "*" in people.get(station, person_id).person.id_no
    assert people.reveal(station, person_id, "核对证件").id_no == id_number("2015-01-01", 1)
    with station.read() as connection:
        (entry,) = audit.entries(connection, station.scope, audit.Filters(act="unmask"))
    assert (entry.subject, entry.detail["reason"]) == (person_id, "核对证件")


def _folk(pan: str, ye: str) -> tuple[tuple[str, str], ...]:
    return (("李乙", pan), ("赵丁", pan), ("潘业", pan), ("潘李", ye), ("钱戊", ye))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("潘 李", {"李乙", "潘李"}),  # the village and the name, the name and the name
        ("李 潘庄", {"李乙"}),
        ("潘庄 业长", set()),  # nobody lives in two villages
        ("潘 业", {"潘李", "潘业"}),  # 潘李 lives in 业长, 潘业 is called both
        ("li pz 王", {"李乙"}),  # three: name, village, guardian
        ("liy panz", {"李乙"}),
    ],
)
def test_words_meet_whether_they_tell_of_the_name_the_village_or_the_carer(station: Station, text: str, found: set[str]) -> None:
    pan, ye = village_called(station, "潘庄"), village_called(station, "业长")
    of = {name: person(station, name, village, serial=serial) for serial, (name, village) in enumerate(_folk(pan, ye))}
    relations.add(station, of["李乙"], "guardian", {"name": "王桂兰"})
    for query in (Query(text), Query(text, group="left_behind_child"), Query(text, group="*")):
        assert set(names(people.find(station, query).rows)) == found
    own = set(names(people.find(director_of(station, pan), Query(text)).rows))
    assert own == found & {"李乙", "赵丁", "潘业"}


def test_the_rarest_word_leads_and_the_limit_holds(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "SEARCH_CAP", 3)
    village = village_called(station, "潘庄")
    for serial in range(8):
        person(station, f"李{chr(0x4E00 + serial)}", village, serial=serial)
    for text in ("李 潘庄", "潘庄 李", "li 潘"):
        page = people.find(station, Query(text, limit=2))
        assert (len(page.rows), page.total, page.total_is_floor) == (2, 3, True)
        assert len(people.found_by_text(station, Query(text), 100)) == 8

from __future__ import annotations

import pytest

from mzdesk.errors import MzError
from mzdesk.registry import people, tags
from mzdesk.registry.people import Query
from mzdesk.station import Station
from tests.mzdesk.registry.conftest import director_of, village_called
from tests.mzdesk.registry.test_people import person


def test_words_and_codes_are_one() -> None:
    assert tags.tag_code("独居") == "alone" and tags.tag_name("alone") == "独居"
    assert tags.tag_code(" 低 视力 ") == "低视力" and tags.tag_name("低视力") == "低视力"


@pytest.mark.parametrize("words", ["", "   ", "一二三四五六七八九十一二三"])
def test_what_is_no_tag_is_refused(words: str) -> None:
    with pytest.raises(MzError):
        tags.tag_code(words)


def test_a_person_has_a_dozen_tags_at_most() -> None:
    assert tags.tags_text(["alone", "alone", "aged_80"]) == "alone aged_80"
    with pytest.raises(MzError):
        tags.tags_text(str(number) for number in range(13))


def test_tags_in_use_are_those_in_scope(station: Station) -> None:
    village = village_called(station, "白家楼")
    person_id = person(station, "王小贤", village=village)
    people.edit(station, person_id, {"tags": "低视力 alone"})
    assert tags.in_use(station) == ("alone", "低视力")
    assert [row.id for row in people.find(station, Query(group="*", tag="低视力")).rows] == [person_id]
    assert tags.in_use(director_of(station, "370983103299")) == ()

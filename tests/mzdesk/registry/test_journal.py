from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from mzdesk import canonical
from mzdesk.registry import journal as journals
from mzdesk.registry import people
from mzdesk.registry.journal import Journal, _ops_text
from mzdesk.registry.people import Query
from mzdesk.station import Station
from mzdesk.store import outbox
from mzdesk.store.tables import OPERATION
from tests.mzdesk.registry.conftest import village_called
from tests.mzdesk.registry.test_people import person

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(st.characters(exclude_categories=["Cs"]))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_the_fast_way_writes_the_same_bytes(value: object) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(st.sets(st.sampled_from(["name", "id_no", "village", "profile_json"])))
def test_operations_by_field_are_canonical(names: set[str]) -> None:
    assert _ops_text(names, "0192") == canonical.text(dict.fromkeys(names, "0192"))


def test_every_change_is_an_operation_on_the_value_that_was_seen(station: Station) -> None:
    person_id = person(station, "李甲", village_called(station, "潘庄"))
    people.edit(station, person_id, {"address": "三组"})
    people.edit(station, person_id, {"address": "五组"})
    with station.read() as connection:
        bodies = [canonical.loads(body) for body in connection.execute(select(OPERATION.c.body).order_by(OPERATION.c.seq)).scalars()]
    made, _, first, second = bodies
    assert (made["kind"], made["set"]["name"], made["base"]) == ("person", "李甲", {})
    assert (first["set"], first["base"]) == ({"address": "三组"}, {})
    assert (second["set"], second["base"]) == ({"address": "五组"}, {"address": first["op"]})
    clocks = [body["hlc"] for body in bodies]
    assert clocks == sorted(set(clocks))


def test_a_large_act_is_written_in_parts_but_kept_whole(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "FLUSH_AT", 50)
    village = village_called(station, "潘庄")
    count = 125
    try:
        with station.write() as connection:
            journal = Journal(connection, station, "test")
            for number in range(count):
                journal.create("person", {"name": f"李{chr(0x4E00 + number)}", "village": village, "id_no_absent": "无户籍"})
            assert len(journal.close()) == count
            raise InterruptedError
    except InterruptedError:
        pass
    assert people.find(station, Query(group="*")).total == 0
    with station.read() as connection:
        assert connection.execute(select(func.count()).select_from(OPERATION)).scalar_one() == 0


def test_clock_ticks_in_one_go_are_those_of_single_ticks(station: Station) -> None:
    with station.write() as connection:
        several = outbox.ticks(connection, 5, "d", 3)
        assert [outbox.tick(connection, 5, "d"), *several] == [several[0][:-6] + "0003-d", *several]

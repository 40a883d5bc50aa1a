"""Repeats: adding, removing, counting, nesting, positions, and keeping apart what belongs to each instance."""

from __future__ import annotations

import pytest

from forms.errors import FormError
from forms.session import FormSession
from tests.forms.session_support import form_of, open_session, start

NESTED = form_of(
    "<o jr:template=''><n/><i jr:template=''><x/><p/></i></o><o><n/><i><x/><p/></i></o><all/>",
    '<bind nodeset="/data/o/i/p" calculate="concat(position(../..), \'.\', position(..), ../x)"/>'
    '<bind nodeset="/data/all" calculate="join(\' \', /data/o/i/p)"/>',
    '<repeat nodeset="/data/o"><input ref="n"/><repeat nodeset="/data/o/i"><input ref="/data/o/i/x"/></repeat></repeat>',
)


def test_nested_instances_come_and_go() -> None:
    session = open_session(NESTED)
    assert "/data/o[1]/i[2]/x" in session.add_repeat("/data/o[1]/i")
    session.add_repeat("/data/o")
    session.add_repeat("/data/o[2]/i")
    assert session.named("all") == "1.1 1.2 2.1"
    session.set("/data/o[1]/i[2]/x", "b")
    assert session.instances("/data/o/i/x") == ("/data/o[1]/i[1]/x", "/data/o[1]/i[2]/x", "/data/o[2]/i[1]/x")
    assert session.instances("/data/o[1]/i") == ("/data/o[1]/i[1]", "/data/o[1]/i[2]")
    changed = session.remove_repeat("/data/o[1]/i[1]")
    assert {"/data/o[1]/i", "/data/o[1]/i[1]", "/data/all"} <= changed
    assert session.named("all") == "1.1b 2.1"
    assert session.state("/data/o[1]/i").count == 1
    session.remove_repeat("/data/o[1]")
    assert session.named("all") == "1.1"


def test_answers_restore_every_instance() -> None:
    session = open_session(NESTED)
    session.add_repeat("/data/o")
    session.set("/data/o[2]/n", "乙")
    again = open_session(NESTED, session.answers())
    assert again.answers() == session.answers()
    assert session.answers()["o"] == [{"i": [{"p": "1.1"}]}, {"n": "乙", "i": []}]


def counted(**more: str) -> FormSession:
    return start(
        "<n>2</n><r jr:template=''><a>新</a><s/></r><total/>",
        '<bind nodeset="/data/n" type="int"/><bind nodeset="/data/total" calculate="count(/data/r)"/>'
        '<bind nodeset="/data/r/s" calculate="concat(../a, position(..))"/>',
        '<input ref="/data/n"/><repeat nodeset="/data/r" jr:count="/data/n"><input ref="/data/r/a"/></repeat>',
        **more,
    )


def test_count_makes_instances_and_takes_them_away() -> None:
    session = counted()
    assert session.named("total") == "2"
    assert {"/data/r", "/data/r[3]/a", "/data/r[3]/s", "/data/total"} <= session.set("/data/n", "3")
    assert session.state("/data/r[3]/s").value == "新3"
    session.set("/data/n", "1")
    assert session.instances("/data/r") == ("/data/r[1]",)


def test_a_count_not_yet_given_makes_no_row() -> None:
    session = start(
        "<n/><r><a/></r>",
        "",
        '<input ref="/data/n"/><repeat nodeset="/data/r" jr:count="/data/n"><input ref="/data/r/a"/></repeat>',
    )
    assert session.instances("/data/r") == ()


def test_a_count_typed_digit_by_digit_costs_no_row() -> None:
    session = counted()
    session.set("/data/n", "3")
    session.set("/data/r[2]/a", "乙")
    session.set("/data/r[3]/a", "")
    session.set("/data/n", "1")
    assert session.answers()["r"] == [{"a": "新", "s": "新1"}]
    assert "/data/r[2]/a" in session.set("/data/n", "12")
    assert [session.state(f"/data/r[{place}]/a").value for place in (1, 2, 3, 4)] == ["新", "乙", "", "新"]
    assert session.state("/data/r[2]/s").value == "乙2"


def test_blank_count_waits_and_absurd_counts_are_held() -> None:
    session = counted()
    session.set("/data/n", "")
    assert session.named("total") == "2"
    session.set("/data/n", "-3")
    assert session.named("total") == "0"
    session.set("/data/n", "99999999999")
    assert int(session.named("total")) <= 2000


def test_counted_and_fixed_repeats_are_not_the_persons_to_change() -> None:
    session = counted()
    assert session.add_repeat("/data/r") == session.remove_repeat("/data/r[1]") == frozenset()
    fixed = start("<r><a/></r>", "", '<repeat nodeset="/data/r" jr:noAddRemove="true()"><input ref="/data/r/a"/></repeat>')
    assert fixed.add_repeat("/data/r") == frozenset()


def test_written_instances_serve_before_the_template() -> None:
    session = start(
        "<n>0</n><r jr:template=''><a>模板</a></r><r><a>第一</a></r>",
        "",
        '<input ref="/data/n"/><repeat nodeset="/data/r" jr:count="/data/n"><input ref="/data/r/a"/></repeat>',
    )
    session.set("/data/n", "2")
    assert [session.state(ref).value for ref in session.instances("/data/r/a")] == ["第一", "模板"]


def test_attributes_of_instances_are_kept_apart() -> None:
    form = form_of(
        "<r jr:template='' key=''><a/></r>",
        '<setvalue event="odk-instance-first-load" ref="/data/r/@key" value="1"/>',
        '<repeat nodeset="/data/r"><setvalue event="odk-new-repeat" ref="/data/r/@key" value="position(..)"/>'
        '<input ref="/data/r/a"/></repeat>',
    )
    session = open_session(form)
    session.add_repeat("/data/r")
    session.add_repeat("/data/r")
    assert session.answers()["r"] == [{"@key": "1"}, {"@key": "2"}]
    assert open_session(form, session.answers()).answers()["r"] == [{"@key": "1"}, {"@key": "2"}]


def test_indexed_repeat_reads_other_instances() -> None:
    session = start(
        "<r jr:template=''><a/><before/></r>",
        '<bind nodeset="/data/r/before" calculate="indexed-repeat(/data/r/a, /data/r, position(..) - 1)"/>',
        '<repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat>',
    )
    for _ in range(3):
        session.add_repeat("/data/r")
    session.set("/data/r[2]/a", "乙")
    assert [session.state(ref).value for ref in session.instances("/data/r/before")] == ["", "", "乙"]


def test_relevance_of_a_repeat_hides_all_of_it() -> None:
    session = start(
        "<q/><r><a>1</a></r><n/>",
        '<bind nodeset="/data/r" relevant="/data/q = 1"/><bind nodeset="/data/n" calculate="sum(/data/r/a)"/>',
        '<input ref="/data/q"/><repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat>',
    )
    assert not session.state("/data/r").relevant
    assert "r" not in session.answers()
    assert {"/data/r", "/data/r[1]", "/data/r[1]/a"} <= session.set("/data/q", "1")
    assert session.answers()["r"] == [{"a": "1"}]


def test_what_is_not_a_repeat_is_refused() -> None:
    session = open_session(NESTED)
    with pytest.raises(FormError):
        session.add_repeat("/data/all")
    with pytest.raises(FormError):
        session.remove_repeat("/data/o")
    with pytest.raises(FormError):
        session.remove_repeat("/data/o[7]")
    with pytest.raises(FormError):
        session.instances("/data/nothing")
    assert session.instances("/data/o[7]/n") == ()

"""Rules of one form at work: relevance, required, readonly, constraint, calculation, types, and what `set` reports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from forms.errors import FormError
from forms.session import check
from tests.forms.session_support import CLOCK, form_of, open_session, start


def test_calculation_follows_through_a_chain() -> None:
    session = start(
        "<a/><b/><c/>",
        '<bind nodeset="/data/b" calculate="/data/a * 2"/><bind nodeset="/data/c" calculate="concat(/data/b, \'元\')"/>',
        '<input ref="/data/a"/>',
    )
    assert session.set("/data/a", "21") == {"/data/a", "/data/b", "/data/c"}
    assert session.named("c") == "42元"
    assert session.set("/data/a", "21") == frozenset()


def test_irrelevant_answers_leave_the_output_and_come_back() -> None:
    session = start(
        "<a>1</a><g><b/><c/></g>",
        '<bind nodeset="/data/g" relevant="/data/a = 1"/><bind nodeset="/data/g/c" calculate="concat(/data/g/b, \'!\')"/>',
        '<input ref="/data/a"/><group ref="/data/g"><input ref="/data/g/b"/></group>',
    )
    session.set("/data/g/b", "甲")
    assert {"/data/g", "/data/g/b", "/data/g/c"} <= session.set("/data/a", "2")
    assert not session.state("/data/g/b").relevant
    assert "g" not in session.answers()
    assert session.draft()["g"] == {"b": "甲", "c": "甲!"}
    assert b"<g>" not in session.submission()
    session.set("/data/a", "1")
    assert session.answers()["g"] == {"b": "甲", "c": "甲!"}


def test_what_is_not_relevant_counts_as_blank_for_others() -> None:
    session = start(
        "<a/><b>5</b><c/>",
        '<bind nodeset="/data/b" relevant="/data/a = \'y\'"/><bind nodeset="/data/c" calculate="coalesce(/data/b, \'none\')"/>',
    )
    assert session.named("c") == "none"
    session.set("/data/a", "y")
    assert session.named("c") == "5"


def test_required_constraint_and_type_say_what_is_wrong() -> None:
    session = start(
        "<need/><age/><born/>",
        '<bind nodeset="/data/need" required="true()" jr:requiredMsg="请写姓名。"/><bind nodeset="/data/born" type="date"/>'
        '<bind nodeset="/data/age" type="int" constraint=". &lt; 150" jr:constraintMsg="年龄不对。"/>',
        '<input ref="/data/need"><label>姓名</label></input><input ref="/data/age"/><input ref="/data/born"/>',
    )
    need = session.state("/data/need")
    assert (need.required, need.violation, need.message) == (True, "required", "请写姓名。")
    session.set("/data/age", "200")
    assert (session.state("/data/age").violation, session.state("/data/age").message) == ("constraint", "年龄不对。")
    session.set("/data/age", "abc")
    assert (session.state("/data/age").violation, session.state("/data/age").value) == ("type", "abc")
    session.set("/data/born", "2026-02-30")
    assert session.state("/data/born").violation == "type"
    assert [problem.ref for problem in session.problems()] == ["/data/need", "/data/age", "/data/born"]
    assert session.problems()[0].label == "姓名"
    for ref, value in (("/data/need", "甲"), ("/data/age", "9"), ("/data/born", "2026-02-28")):
        session.set(ref, value)
    assert session.problems() == ()


def test_required_and_constraint_may_change_with_answers() -> None:
    session = start(
        "<a/><b/>",
        '<bind nodeset="/data/b" required="/data/a = 1" constraint=". != /data/a"/>',
        '<input ref="/data/a"/><input ref="/data/b"/>',
    )
    assert not session.state("/data/b").required
    assert "/data/b" in session.set("/data/a", "1")
    assert session.state("/data/b").violation == "required"
    session.set("/data/b", "1")
    assert session.state("/data/b").violation == "constraint"
    assert "/data/b" in session.set("/data/a", "2")
    assert session.state("/data/b").violation is None


def test_readonly_is_inherited() -> None:
    session = start("<a/><g><b/></g>", '<bind nodeset="/data/g" readonly="/data/a = 1"/>', '<input ref="/data/g/b"/>')
    assert not session.state("/data/g/b").readonly
    assert {"/data/g", "/data/g/b"} <= session.set("/data/a", "1")
    assert session.state("/data/g/b").readonly


def test_spaces_do_not_answer_a_required_question() -> None:
    session = start("<a/>", '<bind nodeset="/data/a" required="true()"/>', '<input ref="/data/a"/>')
    session.set("/data/a", "  ")
    assert session.state("/data/a").violation == "required"


def test_range_keeps_to_its_ends() -> None:
    session = start("<a/>", '<bind nodeset="/data/a" type="int"/>', '<range ref="/data/a" start="1" end="5" step="1"/>')
    session.set("/data/a", "6")
    assert session.state("/data/a").violation == "constraint"
    assert "1 到 5" in session.state("/data/a").message
    session.set("/data/a", "5")
    assert session.state("/data/a").violation is None


@pytest.mark.parametrize(
    ("kind", "expression", "value"),
    [
        ("int", "4.9", "4"),
        ("int", "0 div 0", ""),
        ("string", "0 div 0", "NaN"),
        ("decimal", "'x' + 1", ""),
        ("decimal", "1 + 1", "2.0"),
        ("decimal", "1 div 4", "0.25"),
        ("geopoint", "'36 117'", "36.0 117.0"),
        ("geopoint", "'here'", ""),
        ("date", "'yesterday'", ""),
        ("int", "'-7'", "-7"),
        ("date", "date('2026-02-03T10:00:00+08:00')", "2026-02-03"),
        ("string", "1 = 1", "true"),
    ],
)
def test_calculations_take_the_type_of_their_node(kind: str, expression: str, value: str) -> None:
    session = start("<a/>", f'<bind nodeset="/data/a" type="{kind}" calculate="{expression}"/>')
    assert session.state("/data/a").value == value


def test_once_is_worked_out_once() -> None:
    session = start("<a>1</a><b/>", '<bind nodeset="/data/b" calculate="once(/data/a)"/>')
    session.set("/data/a", "2")
    assert session.named("b") == "1"


def test_rules_that_chase_each_other_come_to_rest() -> None:
    session = start("<a/><b/>", '<bind nodeset="/data/a" relevant="/data/b = \'\'"/><bind nodeset="/data/b" relevant="/data/a = \'\'"/>')
    session.set("/data/a", "1")
    session.set("/data/b", "1")
    assert session.state("/data/a").value in ("", "1")


def test_unknown_references_are_refused_and_strange_values_are_not() -> None:
    session = start("<a/><g><b/></g>", '<bind nodeset="/data/a" type="int"/>', '<input ref="/data/a"/>')
    for ref in ("/data/x", "data/a", "", "/data/a[2]", "/data/a[0]", "/data/g", "/data/a/b", "/[", "/data/g[1]/b[9]"):
        with pytest.raises(FormError):
            session.set(ref, "1")
    for value in ("\x00", "<a>", "𠮷" * 1000, "1e999", "\n\t"):
        session.set("/data/a", value)
        session.submission()
        assert session.state("/data/a").value == value


@pytest.mark.parametrize(
    ("bind", "body"),
    [
        ('<bind nodeset="/data/a" required="nonsense()"/>', ""),
        ('<bind nodeset="/data/a" readonly="nonsense()"/>', ""),
        ('<bind nodeset="/data/a" relevant="nonsense()"/>', ""),
        ('<bind nodeset="/data/a" constraint="nonsense()"/>', ""),
        ("", '<input ref="/data/a"><label><output value="nonsense()"/></label></input>'),
        ("", '<input ref="/data/a"><hint><output value="nonsense()"/></hint></input>'),
        ("", '<select1 ref="/data/a"><itemset nodeset="nonsense()"><value ref="x"/></itemset></select1>'),
    ],
)
def test_no_expression_of_a_new_form_may_fail(bind: str, body: str) -> None:
    form = form_of("<a>1</a>", bind, body)
    with pytest.raises(FormError, match="/data/a"):
        open_session(form)
    session = open_session(form, {"a": "1"})
    assert session.answers()["a"] == "1"
    session.state("/data/a")
    session.choices("/data/a")


def test_a_form_that_cannot_start_is_refused_but_a_record_always_opens() -> None:
    form = form_of("<a/><b/>", '<bind nodeset="/data/a" calculate="no-such-function(1)"/>', '<input ref="/data/b"/>')
    with pytest.raises(FormError, match="/data/a"):
        open_session(form)
    session = open_session(form, {"b": "留住"})
    assert session.answers()["b"] == "留住"
    assert session.faults


def test_check_judges_by_the_day_the_record_was_completed() -> None:
    form = form_of("<a/>", '<bind nodeset="/data/a" type="date" constraint=". &gt;= today()"/>', '<input ref="/data/a"/>')
    assert check(form, {"a": "2026-11-24"}, clock=lambda: CLOCK) == ()
    assert check(form, {"a": "2026-11-24"}, clock=lambda: CLOCK + timedelta(days=1)) != ()


def test_check_finds_what_the_screen_would() -> None:
    form = form_of(
        "<a/><b/>",
        '<bind nodeset="/data/a" required="true()"/>',
        '<input ref="/data/a"/><select1 ref="/data/b"><item><label>甲</label><value>1</value></item></select1>',
    )
    assert [problem.ref for problem in check(form, {})] == ["/data/a"]
    assert [problem.ref for problem in check(form, {"a": "1", "b": "9"})] == ["/data/b"]
    assert check(form, {"a": "1", "b": "1"}) == ()

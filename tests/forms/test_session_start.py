"""Opening: preloads, prefill, defaults that move, actions, drafts, corrections."""

from __future__ import annotations

import re
from datetime import timedelta

from forms.session import FormSession
from tests.forms.session_support import CLOCK, form_of, open_session, start

PRELOADED = form_of(
    "<start/><end/><day/><a/><meta><instanceID/></meta>",
    '<bind nodeset="/data/start" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>'
    '<bind nodeset="/data/end" type="dateTime" jr:preload="timestamp" jr:preloadParams="end"/>'
    '<bind nodeset="/data/day" type="date" jr:preload="date" jr:preloadParams="today"/>'
    '<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>',
    '<input ref="/data/a"/>',
)


def test_preloads() -> None:
    session = open_session(PRELOADED)
    assert session.named("start") == "2026-11-24T10:30:00.000+08:00"
    assert session.named("day") == "2026-11-24"
    assert re.fullmatch(r"uuid:[0-9a-f-]{36}", session.named("instanceID"))
    assert session.named("end") == ""
    assert session.answers()["end"] == "2026-11-24T10:30:00.000+08:00"


def test_a_record_opens_as_it_was() -> None:
    first = open_session(PRELOADED).answers()
    again = FormSession(PRELOADED, first, clock=lambda: CLOCK + timedelta(days=3))
    assert again.answers() == first


def test_a_correction_has_its_own_identity_and_names_the_record() -> None:
    first = open_session(PRELOADED).answers()
    correction = FormSession(PRELOADED, first, clock=lambda: CLOCK + timedelta(days=3), amends="0193")
    assert correction.named("deprecatedID") == open_session(PRELOADED, first).named("instanceID")
    assert correction.named("instanceID") not in ("", correction.named("deprecatedID"))
    assert f"<deprecatedID>{correction.named('deprecatedID')}</deprecatedID>".encode() in correction.submission()
    assert str(correction.answers()["end"]).startswith("2026-11-27")


def test_a_draft_of_a_correction_still_corrects_the_same_record() -> None:
    first = open_session(PRELOADED).answers()
    correction = open_session(PRELOADED, first, amends="0193")
    resumed = open_session(PRELOADED, correction.draft(), amends="0193")
    assert resumed.named("deprecatedID") == correction.named("deprecatedID")
    second = open_session(PRELOADED, resumed.answers(), amends="0194")
    assert second.named("deprecatedID") == resumed.named("instanceID")


def test_a_record_without_identity_is_named_by_its_id() -> None:
    assert open_session(PRELOADED, {}, amends="0193").named("deprecatedID") == "uuid:0193"


def test_prefill_fills_only_what_is_blank_and_not_calculated() -> None:
    session = start(
        "<a>旧</a><g><b/></g><c/><r><b/></r>",
        '<bind nodeset="/data/c" calculate="concat(/data/g/b, \'!\')"/><bind nodeset="/data/g/b" readonly="true()"/>',
        '<repeat nodeset="/data/r"><input ref="/data/r/b"/></repeat>',
        prefill={"a": "新", "b": "李四", "c": "没用", "无此题": "x"},
    )
    assert session.answers()["a"] == "旧"
    assert (session.named("b"), session.named("c")) == ("李四", "李四!")
    assert session.state("/data/r[1]/b").value == ""


def test_prefill_comes_before_defaults_that_move() -> None:
    binds = '<setvalue event="odk-instance-first-load" ref="/data/{0}" value="{1}"/>'
    form = form_of("<day/><who/><hello/>", binds.format("day", "today()") + binds.format("hello", "concat('你好', /data/who)"))
    session = open_session(form, prefill={"day": "2026-01-01", "who": "王五"})
    assert session.answers() | {"meta": 0} == {"day": "2026-01-01", "who": "王五", "hello": "你好王五", "meta": 0}
    assert open_session(form).named("day") == "2026-11-24"


def test_first_load_happens_once_and_load_every_time() -> None:
    form = form_of(
        "<a/><b/>",
        '<setvalue event="odk-instance-first-load" ref="/data/a" value="1"/><setvalue event="odk-instance-load" ref="/data/b">2</setvalue>',
    )
    session = open_session(form, {"a": ""})
    assert (session.named("a"), session.named("b")) == ("", "2")
    assert open_session(form).named("a") == "1"


def actions() -> FormSession:
    return start(
        "<a/><count>0</count><r jr:template=''><x/><y/></r>",
        "",
        """<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/count" value="/data/count + 1"/></input>
        <repeat nodeset="/data/r"><setvalue event="odk-new-repeat" ref="/data/r/x" value="position(..)"/><input ref="/data/r/x">
        <setvalue event="xforms-value-changed" ref="/data/r/y" value="concat(../x, '*')"/></input></repeat>""",
    )


def test_actions_run_when_the_value_changes_only() -> None:
    session = actions()
    assert "/data/count" in session.set("/data/a", "1")
    session.set("/data/a", "1")
    assert session.named("count") == "1"


def test_actions_in_a_repeat_stay_in_their_instance() -> None:
    session = actions()
    session.add_repeat("/data/r")
    session.add_repeat("/data/r")
    assert [session.state(ref).value for ref in session.instances("/data/r/y")] == ["1*", "2*"]
    session.set("/data/r[2]/x", "9")
    assert [session.state(ref).value for ref in session.instances("/data/r/y")] == ["1*", "9*"]


def test_cleared_defaults_stay_cleared() -> None:
    form = form_of("<a>默认</a>", "", '<input ref="/data/a"/>')
    session = open_session(form)
    session.set("/data/a", "")
    assert open_session(form, session.draft()).named("a") == ""


def test_answers_of_any_json_kind_are_taken_in() -> None:
    form = form_of("<a/><b/><c/><d/><r jr:template=''><x/></r>", "", '<repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>')
    given = {"a": 3, "b": True, "c": ["x", "y"], "d": {"not": "a leaf"}, "r": [{"x": 1.5}, "junk", None], "unknown": []}
    session = open_session(form, given)
    assert {key: session.answers()[key] for key in ("a", "b", "c", "r")} == {"a": "3", "b": "true", "c": "x y", "r": [{"x": "1.5"}, {}, {}]}

"""Random work on every shipped form and on forms full of corners: it never raises and never leaves a state that a fresh session lacks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms import catalog
from forms.errors import FormError
from forms.secondary import read_attachment
from forms.session import FormSession
from forms.xform import Form
from tests.forms.session_support import form_of, open_session, picture, refs

REPEATS = form_of(
    "<n/><outer jr:template=''><name/><count/><inner jr:template=''><a/><b/><sum/></inner><total/></outer><grand/><pick/><picks/><order/>",
    """<bind nodeset="/data/n" type="int"/><bind nodeset="/data/outer" relevant="/data/n != 7"/>
    <bind nodeset="/data/outer/inner/a" type="int" relevant="../../name != 'x'" constraint=". &lt; ../../count"/>
    <bind nodeset="/data/outer/inner/b" type="decimal" readonly="position(..) = 2" required="../a > 3"/>
    <bind nodeset="/data/outer/inner/sum" calculate="coalesce(../a, 0) + coalesce(../b, 0) + position(..)"/>
    <bind nodeset="/data/outer/total" calculate="sum(../inner/sum)"/>
    <bind nodeset="/data/grand" calculate="sum(/data/outer/total) + count(/data/outer/inner)"/>""",
    """<input ref="/data/n"><label>数 <output value="/data/grand"/></label></input>
    <repeat nodeset="/data/outer"><input ref="/data/outer/name"><label>名</label></input><input ref="/data/outer/count"/>
    <repeat nodeset="/data/outer/inner" jr:count="../count">
    <input ref="/data/outer/inner/a"><label>第 <output value="position(..)"/></label></input><input ref="/data/outer/inner/b"/>
    </repeat></repeat>
    <select1 ref="/data/pick">
    <itemset nodeset="/data/outer[name != '']"><value ref="name"/><label ref="total"/></itemset></select1>
    <select ref="/data/picks">
    <itemset nodeset="instance('list')/root/item[contains(name, /data/pick)]"><value ref="name"/><label ref="name"/></itemset></select>
    <odk:rank ref="/data/order">
    <itemset nodeset="instance('list')/root/item[selected(/data/picks, name)]"><value ref="name"/><label ref="name"/></itemset>
    </odk:rank>""",
    extra="<instance id='list'><root><item><name>x</name></item><item><name>xy</name></item><item><name>1</name></item></root></instance>",
)
ACTIONS = form_of(
    "<a/><b>2</b><c/><g><d/><e/></g><r jr:template=''><f/><h/></r>",
    """<bind nodeset="/data/a" type="date"/><bind nodeset="/data/g" relevant="/data/a != '' or /data/b > 3" readonly="/data/b = 5"/>
    <bind nodeset="/data/g/e" calculate="if(/data/g/d = '1', once(/data/b), /data/c)"/><bind nodeset="/data/b" type="int"/>
    <setvalue event="odk-instance-first-load" ref="/data/c" value="/data/b * 2"/>""",
    """<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/c" value="format-date(/data/a, '%Y')"/></input>
    <input ref="/data/b"/><group ref="/data/g"><label>组<output value="/data/c"/></label><input ref="/data/g/d"/></group>
    <repeat nodeset="/data/r"><setvalue event="odk-new-repeat" ref="/data/r/f" value="count(../../r)"/><input ref="/data/r/f">
    <setvalue event="xforms-value-changed" ref="/data/r/h" value="concat(../f, '!')"/></input><input ref="/data/r/h"/></repeat>""",
)
FORMS = {form.form_id: form for form in catalog.all()} | {"repeats": REPEATS, "actions": ACTIONS}
WORDS = st.sampled_from(["", "1", "2", "3", "5", "7", "x", "xy", "yes", "no", "2026-13-99", "home", "high", "a b", "张三𠮷", "-4"])


@st.composite
def work(draw: st.DrawFn, session: FormSession) -> tuple[str, str, str]:
    """One thing a person may do."""
    known = refs(session)
    repeats = [ref for ref in known if session.form.nodes[session.form.plan.by_ref[_bare(ref)]].is_repeat]
    wanted = {
        "set": [ref for ref in known if _may_set(session.form, ref)],
        "add": [ref for ref in repeats if not ref.endswith("]")],
        "remove": [ref for ref in repeats if ref.endswith("]")],
        "language": list(session.form.languages),
    }
    kind = draw(st.sampled_from([kind for kind in ["set"] * 8 + list(wanted) if wanted[kind]]))
    ref = draw(st.sampled_from(wanted[kind]))
    if kind != "set":
        return kind, ref, ""
    offered = [choice.value for choice in session.choices(ref)]
    return kind, ref, draw(st.sampled_from(offered) | WORDS if offered else WORDS)


def _bare(ref: str) -> str:
    return "".join(part.partition("[")[0] if part[0] != "@" else part for part in _split(ref))


def _split(ref: str) -> list[str]:
    return [f"/{part}" for part in ref.split("/")[1:]]


def _may_set(form: Form, ref: str) -> bool:
    """Leaves that a person fills; a calculation overwritten by hand is, by the standard, undone by the next calculation."""
    node = form.nodes[form.plan.by_ref[_bare(ref)]]
    return node.is_leaf and node.bind.calculate is None and node.local not in ("instanceID", "deprecatedID")


def _do(session: FormSession, kind: str, ref: str, value: str) -> frozenset[str]:
    if kind == "set":
        return session.set(ref, value)
    if kind == "add":
        return session.add_repeat(ref)
    return session.remove_repeat(ref) if kind == "remove" else session.set_language(ref)


@pytest.mark.parametrize("name", sorted(FORMS))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_work_never_raises_and_equals_a_fresh_session(name: str, data: st.DataObject) -> None:
    session = open_session(FORMS[name])
    before = picture(session)
    for _ in range(data.draw(st.integers(1, 12))):
        done = data.draw(work(session))
        changed = _do(session, *done)
        after = picture(session)
        assert [ref for ref in after if after[ref][0] != before.get(ref, (None,))[0] and ref not in changed] == [], done
        before = after
    fresh = open_session(FORMS[name], session.draft(), language=session.language)
    assert _without_identity(picture(fresh)) == _without_identity(before)
    assert fresh.draft() == session.draft()
    assert fresh.answers() == session.answers()
    session.submission()
    session.entities()
    session.problems()


def _without_identity(found: dict[str, Any]) -> dict[str, Any]:
    return {ref: value for ref, value in found.items() if not ref.endswith("instanceID")}


NAMES = st.sampled_from(["n", "outer", "name", "count", "inner", "a", "b", "pick", "picks", "meta"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner),
    max_leaves=20,
)


@given(st.dictionaries(NAMES, JSON))
@settings(max_examples=60, deadline=None)
def test_any_json_opens(answers: dict[str, Any]) -> None:
    session = open_session(REPEATS, answers)
    session.record_problems()
    assert open_session(REPEATS, session.draft()).draft() == session.draft()


@given(
    st.sampled_from(["x.csv", "x.xml", "x.geojson"]),
    st.binary(max_size=200) | st.text(alphabet='{}[]":,<>ab1\n', max_size=80).map(str.encode),
)
@settings(deadline=None)
def test_attachments_are_read_or_refused(name: str, data: bytes) -> None:
    try:
        read_attachment(name, data)
    except FormError as error:
        assert error.message

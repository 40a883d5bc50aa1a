"""Reading XForms: what the parts become, and what must be refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.catalog import shipped
from forms.errors import FormError
from forms.xform import Form, Group, Question, Repeat, language_code
from forms.xform_reader import read_form
from tests.forms.session_support import form_of, open_session, xform


def test_form_says_what_it_is() -> None:
    form = form_of("<a/>", root='data id="visit" version="3" kind="visit" groups="left_behind_child extreme_poverty" title_en="Visit"')
    assert (form.form_id, form.version, form.kind, form.groups) == ("visit", "3", "visit", ("left_behind_child", "extreme_poverty"))
    assert form.title_in("English (en)") == "Visit"
    assert form.title_in("中文 (zh)") == form.title_in(None) == "测试"
    assert form.languages == ("",)


def test_body_becomes_items_in_order() -> None:
    form = form_of(
        "<g><a/></g><r><b/></r>",
        '<bind nodeset="/data/g/a" type="int" entities:saveto="age"/>',
        '<group ref="/data/g" appearance="field-list w4"><label>组</label><input ref="/data/g/a" appearance="w2" x-foo="1"/></group>'
        '<group ref="/data/r"><label>成员</label><repeat nodeset="/data/r" jr:count="/data/g/a"><input ref="b"/></repeat></group>',
    )
    group, repeat = form.body
    assert isinstance(group, Group) and group.appearance == {"field-list", "w4"}
    assert isinstance(repeat, Repeat) and repeat.ref == "/data/r" and repeat.count_ref == "/data/g/a" and repeat.label.parts == ("成员",)
    first, second = form.questions()
    assert (first.ref, first.type, first.save_to) == ("/data/g/a", "int", "age")
    assert first.appearance == frozenset(("w2",))
    assert dict(first.attributes) == {"x-foo": "1"}
    assert second.ref == "/data/r/b"


@pytest.mark.parametrize(
    ("control", "bind", "kind"),
    [
        ('<input ref="/data/a"/>', 'type="xsd:date"', "date"),
        ('<input ref="/data/a"/>', 'readonly="true()"', "note"),
        ('<input ref="/data/a"/>', 'readonly="true()" calculate="1"', "string"),
        ('<input ref="/data/a"/>', 'readonly="true()" type="int"', "int"),
        ('<select1 ref="/data/a"/>', "", "select_one"),
        ('<select ref="/data/a"/>', "", "select_multiple"),
        ('<odk:rank ref="/data/a"/>', 'type="odk:rank"', "rank"),
        ('<range ref="/data/a" start="1" end="5" step="1"/>', 'type="int"', "range"),
        ('<trigger ref="/data/a"/>', "", "trigger"),
        ('<upload ref="/data/a" mediatype="image/*"/>', 'type="binary"', "image"),
        ('<upload ref="/data/a" mediatype="application/*"/>', 'type="binary"', "file"),
        ('<input ref="/data/a"/>', 'type="geopoint"', "geopoint"),
        ('<input ref="/data/a"/>', 'type="barcode"', "barcode"),
    ],
)
def test_question_types(control: str, bind: str, kind: str) -> None:
    (question,) = form_of("<a/>", f'<bind nodeset="/data/a" {bind}/>', control).questions()
    assert question.type == kind


def test_what_is_not_a_control_is_looked_through() -> None:
    body = '<frame><input ref="/data/a"/></frame><input ref="/data/nowhere"/>'
    assert [question.ref for question in form_of("<a/>", "", body).questions()] == ["/data/a"]


def test_range_and_upload_keep_their_parameters() -> None:
    body = '<range ref="/data/a" start="1" end="5" step="0.5"/><upload ref="/data/b" mediatype="image/*" odk:max-pixels="640"/>'
    first, second = form_of("<a/><b/>", '<bind nodeset="/data/a" type="decimal"/>', body).questions()
    assert first.parameters == {"start": "1", "end": "5", "step": "0.5"}
    assert second.parameters == {"mediatype": "image/*", "max-pixels": "640"}


def test_identity_is_added_where_the_form_forgot_it() -> None:
    assert any(node.ref == "/data/orx:meta/orx:instanceID" for node in form_of("<a/>").nodes)
    assert sum(node.local == "instanceID" for node in form_of("<a/><meta><instanceID/></meta>").nodes) == 1


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ("<html/>", "不是 XForm"),
        ("not xml", "XML"),
        (xform("<a/>", root="data version='1'"), "缺少 id"),
        (xform("<a/>", "<submission method='put'/>"), "put"),
        (xform("<a/>", '<bind nodeset="/data/a" calculate="1 +"/>'), "/data/a 的计算式"),
        (xform("<a/>", "", '<repeat nodeset="/data/nowhere"/>'), "/data/nowhere"),
        (xform("<a/>", "", '<range ref="/data/a" start="1" end="5" step="1"/>'), "int 或 decimal"),
        (xform("<a/>", '<bind nodeset="/data/a" type="int"/>', '<range ref="/data/a" start="1" end="x" step="1"/>'), "end"),
        (xform("<a/>", '<setvalue ref="/data/a" event="my-event" value="1"/>'), "my-event"),
        (xform("<a/>", '<setvalue ref="/data/a" event="odk-new-repeat" value="1"/>'), "重复组里面"),
        (xform("<a/>", '<setvalue event="odk-instance-load" value="1"/>'), "哪个节点"),
        (
            xform("<a/><b/>", '<bind nodeset="/data/a" calculate="/data/b + 1"/><bind nodeset="/data/b" calculate="../a"/>'),
            "/data/a → /data/b",
        ),
        (xform("<a/>", '<bind nodeset="/data/a" calculate=". + 1"/>'), "/data/a → /data/a"),
        ('<!DOCTYPE x [<!ENTITY e "1">]>' + xform("<a>&e;</a>"), "文档类型"),
        (xform("<a>" * 70 + "</a>" * 70), "嵌套"),
    ],
)
def test_refused(xml: str, words: str) -> None:
    with pytest.raises(FormError, match=words):
        read_form(xml)


@pytest.mark.parametrize(
    "before", ["/data/r[position() = position(current()/..) - 1]/total", "indexed-repeat(/data/r/total, /data/r, position(..) - 1)"]
)
def test_another_instance_of_the_same_repeat_is_no_cycle(before: str) -> None:
    form = form_of(
        "<r jr:template=''><in/><total/></r>",
        f'<bind nodeset="/data/r/total" calculate="../in + coalesce({before}, 0)"/>',
        '<repeat nodeset="/data/r"><input ref="/data/r/in"/></repeat>',
    )
    session = open_session(form, {"r": [{"in": "1"}, {"in": "2"}, {"in": "3"}]})
    assert [session.state(ref).value for ref in session.instances("/data/r/total")] == ["1", "3", "6"]
    session.set("/data/r[1]/in", "10")
    assert session.state("/data/r[3]/total").value == "15"


def test_language_code() -> None:
    assert (language_code("English (en)"), language_code("中文 (zh)"), language_code("default")) == ("en", "zh", "default")


@given(st.integers(0, 400), st.integers(0, 400), st.text(max_size=8))
def test_damaged_documents_only_ever_raise_form_error(start: int, length: int, put: str) -> None:
    document = xform(
        "<g><a/></g><r jr:template=''><b/></r>",
        '<bind nodeset="/data/g/a" relevant="/data/r/b = 1"/>',
        '<group ref="/data/g"><label>甲</label><input ref="/data/g/a"/></group><repeat nodeset="/data/r"><input ref="/data/r/b"/></repeat>',
    )
    damaged = document[:start] + put + document[start + length % 60 :]
    try:
        form: Form | None = read_form(damaged)
    except FormError:
        form = None
    if form is not None:
        assert all(isinstance(question, Question) for question in form.questions())


def test_the_size_of_a_picture_stands_on_its_bind() -> None:
    form = shipped().get("left_behind_child_visit")
    signature = next(question for question in form.questions() if question.name == "visitor_signature")
    assert signature.parameters["max-pixels"] == "1200"

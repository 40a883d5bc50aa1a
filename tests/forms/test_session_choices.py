"""Choices: fixed, filtered, from files and from repeats; answers that are no longer on offer hide and return."""

from __future__ import annotations

import pytest

from forms.errors import FormError
from forms.secondary import read_attachment
from forms.session import FormSession, check
from forms.xform import Choice
from tests.forms.session_support import form_of, open_session, start

TOWNS = """<instance id="town"><root>
<item><name>a</name><label>甲镇</label></item><item><name>b</name><label>乙镇</label></item></root></instance>
<instance id="village"><root><item><name>a1</name><label>甲一</label><town>a</town></item>
<item><name>a2</name><label>甲二</label><town>a</town></item><item><name>b1</name><label>乙一</label><town>b</town></item></root></instance>"""
VILLAGES = """<itemset nodeset="instance('village')/root/item[town = /data/town]">
<value ref="name"/><label ref="label"/></itemset>"""
CASCADE = form_of(
    "<town/><village/><several/>",
    '<bind nodeset="/data/village" required="true()"/>',
    """<select1 ref="/data/town"><itemset nodeset="instance('town')/root/item">
    <value ref="name"/><label ref="label"/></itemset></select1>"""
    f'<select1 ref="/data/village">{VILLAGES}</select1><select ref="/data/several">{VILLAGES}</select>',
    extra=TOWNS,
)
FROM_FILE = form_of(
    "<v/><label/>",
    "<bind nodeset=\"/data/label\" calculate=\"pulldata('villages', 'label', 'name', /data/v)\"/>",
    """<select1 ref="/data/v"><itemset nodeset="instance('villages')/root/item">
    <value ref="name"/><label ref="label"/></itemset></select1>""",
    extra='<instance id="villages" src="jr://file-csv/villages.csv"/>',
)


def test_filter_follows_the_answer_above() -> None:
    session = open_session(CASCADE)
    assert session.choices("/data/village") == ()
    assert "/data/village" in session.set("/data/town", "a")
    assert session.choices("/data/village") == (Choice("a1", "甲一"), Choice("a2", "甲二"))


def test_stale_answers_hide_and_return() -> None:
    session = open_session(CASCADE)
    session.set("/data/town", "a")
    session.set("/data/village", "a2")
    session.set("/data/several", "a2 a1")
    assert {"/data/village", "/data/several"} <= session.set("/data/town", "b")
    assert session.state("/data/village").value == ""
    assert session.state("/data/village").violation == "required"
    assert "village" not in session.answers()
    session.set("/data/town", "a")
    assert (session.named("village"), session.named("several")) == ("a2", "a2 a1")
    session.set("/data/town", "b")
    session.set("/data/village", "b1")
    session.set("/data/town", "a")
    assert session.named("village") == ""


def test_a_record_with_an_answer_not_on_offer_is_a_problem() -> None:
    assert [problem.ref for problem in check(CASCADE, {"town": "a", "village": "b1"})] == ["/data/village"]
    assert check(CASCADE, {"town": "a", "village": "a1"}) == ()
    assert [problem.ref for problem in check(CASCADE, {"town": "a", "village": "a1", "several": "a1 b1"})] == ["/data/several"]


def test_fixed_choices_show_a_wrong_value_as_wrong() -> None:
    session = start("<a/>", "", '<select ref="/data/a"><item><label>一</label><value>1</value></item></select>')
    session.set("/data/a", "1 2")
    assert session.state("/data/a").violation == "type"
    assert "选项" in session.state("/data/a").message


@pytest.mark.parametrize(
    "data",
    [
        b"name,label\nv1,\xe6\x9d\x8e\xe5\xba\x84\n",
        "name,label\nv1,李庄\n".encode("gb18030"),
        b"\xef\xbb\xbfname,label\nv1,\xe6\x9d\x8e\xe5\xba\x84",
    ],
)
def test_choices_and_lookups_from_csv(data: bytes) -> None:
    session = open_session(FROM_FILE, attachments={"villages.csv": data})
    assert session.choices("/data/v") == (Choice("v1", "李庄"),)
    session.set("/data/v", "v1")
    assert session.named("label") == "李庄"


def test_a_missing_file_never_costs_an_answer() -> None:
    session = open_session(FROM_FILE, {"v": "v1"})
    assert session.choices("/data/v") == ()
    assert session.answers()["v"] == "v1"


def test_a_new_form_with_a_bad_file_is_refused_and_a_record_still_opens() -> None:
    bad = {"villages.csv": b'name,label\n"v1,x\n'}
    with pytest.raises(FormError, match="villages"):
        open_session(FROM_FILE, attachments=bad)
    assert open_session(FROM_FILE, {"v": "v1"}, attachments=bad).answers()["v"] == "v1"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_of_csv(separator: str) -> None:
    rows = [["name", "label"], ["v1", "李庄"], ["v2", ""]]
    data = "\r\n".join(separator.join(row) for row in rows) + "\r\n\r\n"
    items = list(read_attachment("v.csv", data.encode()).element.elements("item"))
    assert [[cell.text() for cell in item.elements()] for item in items] == rows[1:]


def test_geojson_becomes_items() -> None:
    place = b'{"type":"Feature","geometry":{"type":"Point","coordinates":[117.1,36.2]},"properties":{"id":7}}'
    data = b'{"type":"FeatureCollection","features":[' + place + b"]}"
    item = next(read_attachment("p.geojson", data).element.elements("item"))
    assert {node.local: node.text() for node in item.elements()} == {"id": "7", "geometry": "36.2 117.1 0 0"}


BAD_FILES = [
    ("x.geojson", b"[]"),
    ("x.geojson", b"{"),
    ("x.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{}}]}'),
    ("x.geojson", b'{"type":"FeatureCollection","features":[{"type":"Point","coordinates":[1,2]}]}'),
    ("x.xml", b"<a>"),
    ("x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ("x.csv", b"a,b\n1,2,3\n"),
    ("x.csv", b"a,b\n\n1,2\n"),
    ("x.csv", b'a,b\n"1,2\n'),
    ("x.csv", b"a,b\n1,\x00\n"),
]


@pytest.mark.parametrize(("name", "data"), BAD_FILES)
def test_bad_attachments_are_refused(name: str, data: bytes) -> None:
    with pytest.raises(FormError):
        read_attachment(name, data)


def repeat_choices() -> FormSession:
    return start(
        "<r jr:template=''><n/></r><who/>",
        "",
        '<repeat nodeset="/data/r"><input ref="/data/r/n"/></repeat>'
        "<select1 ref=\"/data/who\"><itemset nodeset=\"/data/r[n != '']\"><value ref='n'/><label ref='n'/></itemset></select1>",
    )


def test_choices_from_a_repeat_follow_it() -> None:
    session = repeat_choices()
    session.add_repeat("/data/r")
    assert session.choices("/data/who") == ()
    assert "/data/who" in session.set("/data/r[1]/n", "小明")
    assert session.choices("/data/who") == (Choice("小明", "小明"),)
    session.set("/data/who", "小明")
    session.remove_repeat("/data/r[1]")
    assert session.named("who") == ""


def test_an_answered_ranking_takes_in_what_is_new() -> None:
    session = start(
        "<pick/><rank/>",
        "",
        """<input ref="/data/pick"/><odk:rank ref="/data/rank"><itemset nodeset="instance('l')/root/item[selected(/data/pick, name)]">
        <value ref="name"/><label ref="name"/></itemset></odk:rank>""",
        extra="<instance id='l'><root><item><name>a</name></item><item><name>b</name></item><item><name>c</name></item></root></instance>",
    )
    session.set("/data/pick", "a b")
    assert session.named("rank") == ""
    session.set("/data/rank", "b a")
    session.set("/data/pick", "a c")
    assert session.named("rank") == "a c"

"""XML in and out: faithful both ways, and shut to everything a hostile file might try."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import FormError
from forms.tree import COMMENT, INSTRUCTION, TEXT, Node, element
from forms.tree_xml import MAX_DEPTH, parse_xml, serialise

LAUGHS = (
    '<!DOCTYPE z [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{"&" + chr(97 + i) + ";"}{"&" + chr(97 + i) + ";"}">' for i in range(20))
    + "]><z>&u;</z>"
)


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>',
        '<!DOCTYPE d [<!ENTITY x "y">]><d/>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
        '<!DOCTYPE d SYSTEM "http://example.invalid/d.dtd"><d/>',
        '<!DOCTYPE d PUBLIC "-//X//Y" "http://example.invalid/d.dtd"><d/>',
        '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://example.invalid/p"> %p;]><d/>',
        "<!DOCTYPE d [<!ELEMENT d ANY>]><d/>",
        '<!DOCTYPE d [<!ENTITY x "y">]><d a="&x;"/>',
        LAUGHS,
        "<d>" * 300 + "</d>" * 300,
        "<d>" * (MAX_DEPTH + 5) + "</d>" * (MAX_DEPTH + 5),
        "<d>",
        "",
        "   ",
        "<a/><b/>",
        "<d>&unknown;</d>",
        "<d>\x00</d>",
    ],
)
def test_hostile_or_broken_xml_is_refused(hostile: str) -> None:
    for data in (hostile, hostile.encode()):
        with pytest.raises(FormError):
            parse_xml(data)


def test_a_plain_doctype_is_harmless() -> None:
    assert parse_xml("<!DOCTYPE html><html/>").element.local == "html"


def test_limits_on_size_and_nodes() -> None:
    with pytest.raises(FormError, match="太大"):
        parse_xml("<d>" + "x" * 100 + "</d>", max_bytes=50)
    with pytest.raises(FormError, match="太多"):
        parse_xml("<d>" + "<e/>" * 100 + "</d>", max_nodes=50)


def test_text_is_read_as_text_whatever_its_declaration_claims() -> None:
    assert parse_xml('<?xml version="1.0" encoding="gb2312"?>\n<d>㐂䶮</d>').element.text() == "㐂䶮"
    assert parse_xml('<?xml version="1.0" encoding="gb2312"?><d>中</d>'.encode("gb2312")).element.text() == "中"


def test_blank_text_between_elements_is_dropped_unless_wanted() -> None:
    source = "<d>\n  <a> </a>\n  <b/>\n</d>"
    assert [child.local for child in parse_xml(source).element.children] == ["a", "b"]
    first = parse_xml(source).element.first("a")
    assert first is not None
    assert first.text() == " "
    assert len(parse_xml(source, keep_blank=True).element.children) == 5


def test_every_kind_of_node_survives_the_round_trip() -> None:
    source = (
        '<?go on?><!--top--><d xmlns="urn:a" xmlns:p="urn:b" p:x="1&quot;&lt;" xml:lang="zh">'
        "a&amp;b<![CDATA[<raw>]]><p:e/><!--in--><?in side?></d>"
    )
    document = parse_xml(source, keep_blank=True)
    again = parse_xml(serialise(document), keep_blank=True)
    assert _shape(document) == _shape(again)
    assert [child.kind for child in document.element.children] == [TEXT, 1, COMMENT, INSTRUCTION]
    assert document.element.text() == "a&b<raw>"


def test_namespaces_needed_are_declared_where_needed() -> None:
    root = element("data", children=[element("orx:meta", uri="urn:orx", children=[element("orx:instanceID", "u", uri="urn:orx")])])
    written = serialise(root).decode()
    assert written == '<data><orx:meta xmlns:orx="urn:orx"><orx:instanceID>u</orx:instanceID></orx:meta></data>'


def test_characters_xml_cannot_hold_are_left_out() -> None:
    assert parse_xml(serialise(element("d", "a\x00\x0b\ud800b\ufffe𠀀"))).element.text() == "ab𠀀"


text = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff") | st.sampled_from("\t\n\r<>&\"']"))
name = st.sampled_from("abc")
trees = st.recursive(
    st.builds(element, name, text),
    lambda inner: st.builds(lambda local, members: element(local, children=members), name, st.lists(inner, min_size=1, max_size=4)),
    max_leaves=12,
)


@given(trees, st.dictionaries(st.sampled_from("xyz"), text))
def test_any_tree_survives_the_round_trip(tree: Node, attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        tree.set_attribute(name, value)
    assert _shape(parse_xml(serialise(tree), keep_blank=True).element) == _shape(tree)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_bytes_crash_the_parser(data: bytes | str) -> None:
    with suppress(FormError):
        parse_xml(data)


def _shape(node: Node) -> object:
    attributes = {(attribute.uri, attribute.local): attribute.value for attribute in node.attributes}
    return node.kind, node.uri, node.local, node.text(), attributes, [_shape(child) for child in node.child_nodes()]

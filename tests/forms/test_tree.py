"""The instance tree: values, edits, copies, and a document order that survives them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import FormError
from forms.tree import TEXT, Document, Node, document_of, element, order_key, sort_nodes
from forms.tree_xml import parse_xml


def sample() -> Document:
    return parse_xml("<data><a>1</a><b x='y'><c>2</c><c>3</c></b></data>")


def test_a_leaf_keeps_its_text_without_text_nodes() -> None:
    leaf = sample().element.first("a")
    assert leaf is not None
    assert leaf.text() == "1"
    assert not leaf.children
    assert [node.kind for node in leaf.child_nodes()] == [TEXT]
    assert leaf.child_nodes()[0].text() == "1"


def test_setting_text_tells_whether_it_changed_and_drops_the_made_up_text_node() -> None:
    document = sample()
    leaf = document.element.first("a")
    assert leaf is not None
    before = document.version
    assert not leaf.set_text("1")
    assert document.version == before
    made = leaf.child_nodes()[0]
    assert leaf.set_text("2")
    assert leaf.child_nodes()[0] is not made
    assert leaf.text() == "2"
    assert document.version > before


def test_a_group_cannot_be_given_text() -> None:
    group = sample().element.first("b")
    assert group is not None
    with pytest.raises(FormError):
        group.set_text("x")


def test_string_value_joins_all_text_below() -> None:
    assert sample().element.text() == "123"
    assert parse_xml("<p>a<b>b<!-- no --></b>c</p>").element.text() == "abc"


def test_attributes_can_be_read_set_and_added() -> None:
    group = sample().element.first("b")
    assert group is not None
    assert group.attribute("x") == "y"
    assert group.attribute("x", "urn:other") is None
    group.set_attribute("x", "z")
    group.set_attribute("new", "1")
    assert [(attribute.local, attribute.value) for attribute in group.attributes] == [("x", "z"), ("new", "1")]


def test_removed_and_copied_nodes_stand_alone() -> None:
    document = sample()
    group = document.element.first("b")
    assert group is not None
    twin = group.copy()
    group.remove()
    assert group.parent is None
    assert document.element.text() == "1"
    assert twin.text() == "23"
    assert twin.attribute("x") == "y"
    assert twin.parent is None
    document.element.append(twin)
    assert document.element.text() == "123"


def test_an_element_that_loses_its_last_child_is_a_leaf_again() -> None:
    top = element("a", children=[element("b")])
    top.children[0].remove()
    assert top.value == ""
    assert top.set_text("x")


def test_a_node_cannot_be_in_two_places() -> None:
    document = sample()
    group = document.element.first("b")
    assert group is not None
    with pytest.raises(FormError):
        document.element.append(group)


def test_a_loose_tree_has_no_document() -> None:
    loose = element("a", children=[element("b")])
    assert loose.children[0].document() is None
    assert loose.children[0].top() is loose
    assert document_of(loose).element is loose


def _in_order(document: Document) -> list[Node]:
    return [node for node in document.descendants() if node.kind != TEXT]


edits = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5), st.booleans()), max_size=40)


@given(edits)
def test_document_order_survives_any_edits(steps: list[tuple[int, int, bool]]) -> None:
    document = document_of(element("r", children=[element("x") for _ in range(3)]))
    for where, place, add in steps:
        nodes = [node for node in _in_order(document) if node is not document.element]
        if add or not nodes:
            parent = ([document.element, *nodes])[where % (len(nodes) + 1)]
            parent.insert(min(place, len(parent.child_nodes())), element("n", children=[element("m")]))
        else:
            nodes[where % len(nodes)].remove()
    expected = _in_order(document)
    assert sort_nodes(reversed(expected)) == expected


def test_crowding_one_place_renumbers_and_keeps_order() -> None:
    document = document_of(element("r", children=[element("a"), element("z")]))
    for _ in range(60):
        document.element.insert(1, element("n"))
    expected = list(document.element.children)
    assert sort_nodes(reversed(expected)) == expected
    assert not document.stale


def test_attributes_come_after_their_element_and_before_its_children() -> None:
    group = sample().element.first("b")
    assert group is not None
    attribute, child = group.attributes[0], group.children[0]
    assert sort_nodes([child, attribute, group]) == [group, attribute, child]
    assert order_key(group) < order_key(attribute) < order_key(child)

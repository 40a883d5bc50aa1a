"""The thirteen axes: the nodes an axis reaches from one node, in axis order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from forms.tree import ATTRIBUTE, ELEMENT, NAMESPACE, ROOT, Node

Axis = Callable[[Node], Sequence[Node]]


def child(node: Node) -> Sequence[Node]:
    return node.child_nodes() if node.kind in (ROOT, ELEMENT) else ()


def child_elements(node: Node) -> Sequence[Node]:
    """Children where only elements matter: never makes text nodes."""
    return node.children


def parent(node: Node) -> Sequence[Node]:
    return (node.parent,) if node.parent is not None else ()


def self_node(node: Node) -> Sequence[Node]:
    return (node,)


def attribute(node: Node) -> Sequence[Node]:
    return node.attributes


def namespace(node: Node) -> Sequence[Node]:
    if node.kind != ELEMENT:
        return ()
    found: list[Node] = []
    for place, (prefix, uri) in enumerate(sorted(node.in_scope().items())):
        entry = Node(NAMESPACE, prefix, uri)
        entry.parent = node
        entry.order = place
        found.append(entry)
    return found


def descendant(node: Node) -> Sequence[Node]:
    return list(node.descendants()) if node.kind in (ROOT, ELEMENT) else ()


def descendant_elements(node: Node) -> Sequence[Node]:
    found: list[Node] = []
    stack = list(reversed(node.children))
    while stack:
        current = stack.pop()
        found.append(current)
        if current.children:
            stack.extend(reversed(current.children))
    return found


def descendant_or_self(node: Node) -> Sequence[Node]:
    return [node, *descendant(node)]


def ancestor(node: Node) -> Sequence[Node]:
    found: list[Node] = []
    current = node.parent
    while current is not None:
        found.append(current)
        current = current.parent
    return found


def ancestor_or_self(node: Node) -> Sequence[Node]:
    return [node, *ancestor(node)]


def _siblings(node: Node) -> tuple[Sequence[Node], int]:
    if node.parent is None or node.kind in (ATTRIBUTE, NAMESPACE):
        return (), 0
    siblings = node.parent.child_nodes()
    return siblings, next(place for place, sibling in enumerate(siblings) if sibling is node)


def following_sibling(node: Node) -> Sequence[Node]:
    siblings, place = _siblings(node)
    return siblings[place + 1 :]


def preceding_sibling(node: Node) -> Sequence[Node]:
    siblings, place = _siblings(node)
    return siblings[:place][::-1]


def following(node: Node) -> Sequence[Node]:
    found: list[Node] = []
    current = node
    if node.kind in (ATTRIBUTE, NAMESPACE) and node.parent is not None:
        current = node.parent
        found.extend(current.descendants())
    while current.parent is not None:
        for sibling in following_sibling(current):
            found.append(sibling)
            found.extend(descendant(sibling))
        current = current.parent
    return found


def preceding(node: Node) -> Sequence[Node]:
    found: list[Node] = []
    current = node.parent if node.kind in (ATTRIBUTE, NAMESPACE) and node.parent is not None else node
    while current.parent is not None:
        for sibling in preceding_sibling(current):
            found.extend(reversed(descendant(sibling)))
            found.append(sibling)
        current = current.parent
    return found


AXIS_FUNCTIONS: Mapping[str, Axis] = MappingProxyType(
    {
        "ancestor": ancestor,
        "ancestor-or-self": ancestor_or_self,
        "attribute": attribute,
        "child": child,
        "descendant": descendant,
        "descendant-or-self": descendant_or_self,
        "following": following,
        "following-sibling": following_sibling,
        "namespace": namespace,
        "parent": parent,
        "preceding": preceding,
        "preceding-sibling": preceding_sibling,
        "self": self_node,
    }
)

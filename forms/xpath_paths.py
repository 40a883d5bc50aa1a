"""Location paths: steps to closures, sorting only where the axes can upset document order, and remembering absolute paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from forms.errors import FormError
from forms.tree import ATTRIBUTE, COMMENT, ELEMENT, INSTRUCTION, NAMESPACE, TEXT, Document, Node, sort_nodes
from forms.xpath_ast import REVERSE_AXES, NodeTest
from forms.xpath_axes import AXIS_FUNCTIONS, Axis, child_elements, descendant_elements
from forms.xpath_code import NodesClosure
from forms.xpath_context import Context
from forms.xpath_predicates import Equality, Predicate

ANY_NAMESPACE = "*"
SINGLE, LEVEL, ORDERED = range(3)
"""What is known of a node-set: at most one node; document order at one depth; document order."""

StepClosure = Callable[[list[Node], Node, int, int, Context], list[Node]]
Match = Callable[[Node], bool]

_KINDS = {"text": TEXT, "comment": COMMENT}
_KEEPS_ORDER = {
    "self": (SINGLE, LEVEL, ORDERED),
    "child": (LEVEL, LEVEL, None),
    "attribute": (LEVEL, LEVEL, ORDERED),
    "namespace": (LEVEL, LEVEL, ORDERED),
    "parent": (SINGLE, None, None),
    "descendant": (ORDERED, ORDERED, None),
    "descendant-or-self": (ORDERED, ORDERED, None),
    "following-sibling": (LEVEL, None, None),
    "following": (ORDERED, None, None),
}


def node_match(axis: str, test: NodeTest, namespaces: Mapping[str, str]) -> Match | None:
    """The test of one step as a function; None where every node of the axis passes. Raises FormError on an unknown prefix."""
    if test.kind == "node":
        return None
    if test.kind in _KINDS:
        kind = _KINDS[test.kind]
        return lambda node: node.kind == kind
    if test.kind == "processing-instruction":
        target = test.local
        if target == "*":
            return lambda node: node.kind == INSTRUCTION
        return lambda node: node.kind == INSTRUCTION and node.local == target
    return _name_match(axis, test, namespaces)


def _name_match(axis: str, test: NodeTest, namespaces: Mapping[str, str]) -> Match:
    principal = {"attribute": ATTRIBUTE, "namespace": NAMESPACE}.get(axis, ELEMENT)
    local = test.local
    if test.prefix:
        uri = namespaces.get(test.prefix)
        if uri is None:
            raise unknown_prefix(test)
        if local == "*":
            return lambda node: node.kind == principal and node.uri == uri
        return lambda node: node.local == local and node.kind == principal and node.uri == uri
    if local == "*":
        return lambda node: node.kind == principal
    default = namespaces.get("", "") if principal == ELEMENT else ""
    if default == ANY_NAMESPACE:
        return lambda node: node.local == local and node.kind == principal
    return lambda node: node.local == local and node.kind == principal and node.uri in ("", default)


def unknown_prefix(test: NodeTest) -> FormError:
    """The error of a name whose prefix nothing declares."""
    return FormError(f"前缀“{test.prefix}”没有声明。", "xpath-prefix", test.position)


def plain_child(axis: str, test: NodeTest, namespaces: Mapping[str, str]) -> str | None:
    """The local name of a step ``child::name`` that ignores namespaces, the commonest step of all."""
    if axis == "child" and test.kind == "name" and not test.prefix and test.local != "*" and namespaces.get("") == ANY_NAMESPACE:
        return test.local
    return None


def axis_function(axis: str, test: NodeTest) -> Axis:
    """The axis, without making text nodes where only elements can pass."""
    if test.kind == "name":
        if axis == "child":
            return child_elements
        if axis == "descendant":
            return descendant_elements
    return AXIS_FUNCTIONS[axis]


def step_closure(
    axis: str, test: NodeTest, predicates: Sequence[Predicate], namespaces: Mapping[str, str], state: int
) -> tuple[StepClosure, int]:
    """The closure of one step from a node-set in ``state``, and the state of what it yields."""
    kept = _KEEPS_ORDER.get(axis, (None, None, None))[state]
    backwards = axis in REVERSE_AXES
    resort = kept is None and not (backwards and state == SINGLE)
    local = plain_child(axis, test, namespaces)
    select: StepClosure
    if local is not None and not predicates:
        select = _named_children(local)
    elif axis == "self" and test.kind == "node" and not predicates:
        select = _same
    elif axis == "parent" and test.kind == "node" and not predicates:
        select = _parents
    else:
        select = _general_step(axis_function(axis, test), node_match(axis, test, namespaces), predicates, backwards and state == SINGLE)
    if resort:
        select = _sorted(select)
    return select, ORDERED if kept is None else kept


def _named_children(local: str) -> StepClosure:
    def step(nodes: list[Node], node: Node, position: int, size: int, run: Context) -> list[Node]:
        if len(nodes) == 1:
            children = nodes[0].children
            run.spend(len(children))
            return [child for child in children if child.local == local and child.kind == ELEMENT]
        found: list[Node] = []
        for member in nodes:
            run.spend(len(member.children) + 1)
            found += [child for child in member.children if child.local == local and child.kind == ELEMENT]
        return found

    return step


def _same(nodes: list[Node], node: Node, position: int, size: int, run: Context) -> list[Node]:
    return nodes


def _parents(nodes: list[Node], node: Node, position: int, size: int, run: Context) -> list[Node]:
    return [member.parent for member in nodes if member.parent is not None]


def _general_step(axis: Axis, match: Match | None, predicates: Sequence[Predicate], reverse: bool) -> StepClosure:
    index = predicates[0] if predicates and isinstance(predicates[0], Equality) else None
    rest = predicates[1:]

    def step(nodes: list[Node], node: Node, position: int, size: int, run: Context) -> list[Node]:
        found: list[Node] = []
        for member in nodes:
            if index is not None:
                known = index.known(member, run)
                if known is not None:
                    found += _narrowed(known, rest, member, run)
                    continue
            reached = axis(member)
            run.spend(len(reached) + 1)
            passed = list(reached) if match is None else [candidate for candidate in reached if match(candidate)]
            if index is not None:
                index.learn(passed, member, run)
            found += _narrowed(passed, predicates, member, run)
        if reverse:
            found.reverse()
        return found

    return step


def _narrowed(nodes: list[Node], predicates: Sequence[Predicate], origin: Node, run: Context) -> list[Node]:
    for predicate in predicates:
        if not nodes:
            break
        nodes = predicate(nodes, origin, run)
    return nodes


def _sorted(select: StepClosure) -> StepClosure:
    return lambda nodes, node, position, size, run: sort_nodes(select(nodes, node, position, size, run))


def relative_path(steps: Sequence[StepClosure]) -> NodesClosure:
    """A path from the context node."""
    if len(steps) == 1:
        only = steps[0]
        return lambda node, position, size, run: only([node], node, position, size, run)

    def path(node: Node, position: int, size: int, run: Context) -> list[Node]:
        nodes = [node]
        for step in steps:
            nodes = step(nodes, node, position, size, run)
            if not nodes:
                break
        return nodes

    return path


def started_path(start: NodesClosure, steps: Sequence[StepClosure]) -> NodesClosure:
    """A path from the node-set of an expression."""

    def path(node: Node, position: int, size: int, run: Context) -> list[Node]:
        nodes = start(node, position, size, run)
        for step in steps:
            if not nodes:
                break
            nodes = step(nodes, node, position, size, run)
        return nodes

    return path


def root_start(node: Node, position: int, size: int, run: Context) -> list[Node]:
    """Where absolute paths start."""
    root = run.env.root
    return [node.top() if root is None else root]


def remembered_path(steps: Sequence[StepClosure]) -> NodesClosure:
    """An absolute path without predicates: walked once per structure of its document. The list must not be changed by callers."""
    token = object()
    walk = started_path(root_start, steps)

    def path(node: Node, position: int, size: int, run: Context) -> list[Node]:
        root = run.env.root
        if root is None:
            root = node.top()
        if not isinstance(root, Document):
            return walk(node, position, size, run)
        found = root.paths.get(token)
        if found is None:
            found = root.paths[token] = walk(node, position, size, run)
        return found

    return path

"""Comparison of values: XPath 1.0 section 3.4, where a date counts as a number.

As in every ODK engine, ``<`` and its kin compare a boolean with the number of each node, not with whether there are nodes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import tzinfo
from types import MappingProxyType

from forms.tree import Node
from forms.xpath_code import BOOLEAN, MOMENT, NODES, NUMBER, STRING, Closure, Code, as_boolean, as_number, as_text
from forms.xpath_context import Context
from forms.xpath_values import Moment, Value, text_number, to_boolean, to_number

TESTS: Mapping[str, Callable[..., bool]] = MappingProxyType(
    {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)
FLIPPED: Mapping[str, str] = MappingProxyType({"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="})


def compare(sign: str, left: Value, right: Value, zone: tzinfo) -> bool:
    """Compare any two values."""
    test = TESTS[sign]
    if isinstance(left, list):
        return _compare_nodes(sign, left, right, zone)
    if isinstance(right, list):
        return _compare_nodes(FLIPPED[sign], right, left, zone)
    if sign not in ("=", "!="):
        return test(to_number(left, zone), to_number(right, zone))
    if isinstance(left, bool) or isinstance(right, bool):
        return test(to_boolean(left), to_boolean(right))
    if isinstance(left, (float, Moment)) or isinstance(right, (float, Moment)):
        return test(to_number(left, zone), to_number(right, zone))
    return test(left, right)


def _compare_nodes(sign: str, nodes: list[Node], other: Value, zone: tzinfo) -> bool:
    test = TESTS[sign]
    equality = sign in ("=", "!=")
    if equality and isinstance(other, bool):
        return test(bool(nodes), other)
    if isinstance(other, list):
        return _compare_node_sets(sign, nodes, other, zone)
    if equality and isinstance(other, str):
        return any(test(node.text(), other) for node in nodes)
    number = to_number(other, zone)
    return any(test(text_number(node.text(), zone), number) for node in nodes)


def _compare_node_sets(sign: str, left: list[Node], right: list[Node], zone: tzinfo) -> bool:
    if sign == "=":
        return not {node.text() for node in left}.isdisjoint(node.text() for node in right)
    if sign == "!=":
        both = {node.text() for node in left} | {node.text() for node in right}
        return bool(left) and bool(right) and len(both) > 1
    lefts = [number for number in (text_number(node.text(), zone) for node in left) if number == number]
    rights = [number for number in (text_number(node.text(), zone) for node in right) if number == number]
    if not lefts or not rights:
        return False
    if sign in ("<", "<="):
        return TESTS[sign](min(lefts), max(rights))
    return TESTS[sign](max(lefts), min(rights))


def comparison(sign: str, left: Code, right: Code) -> Closure:
    """The fastest closure for what is known of both sides."""
    test = TESTS[sign]
    kinds = {left.type, right.type}
    if sign in ("=", "!="):
        if kinds == {STRING}:
            return _both(test, as_text(left), as_text(right))
        if kinds <= {NUMBER, STRING, MOMENT} and kinds & {NUMBER, MOMENT}:
            return _both(test, as_number(left), as_number(right))
        if BOOLEAN in kinds and kinds <= {NUMBER, STRING, MOMENT, BOOLEAN, NODES}:
            return _both(test, as_boolean(left), as_boolean(right))
        if left.type == NODES and right.type == STRING:
            return _nodes_against_text(test, left.run, right.run)
        if right.type == NODES and left.type == STRING:
            return _nodes_against_text(test, right.run, left.run)
    elif kinds <= {NUMBER, STRING, MOMENT, BOOLEAN}:
        return _both(test, as_number(left), as_number(right))
    return _general(sign, left.run, right.run)


def _both(test: Callable[..., bool], left: Callable[..., object], right: Callable[..., object]) -> Closure:
    return lambda node, position, size, run: test(left(node, position, size, run), right(node, position, size, run))


def _general(sign: str, left: Closure, right: Closure) -> Closure:
    return lambda node, position, size, run: compare(
        sign, left(node, position, size, run), right(node, position, size, run), run.env.timezone
    )


def _nodes_against_text(test: Callable[..., bool], nodes: Closure, text: Closure) -> Closure:
    def closure(node: Node, position: int, size: int, run: Context) -> bool:
        found: list[Node] = nodes(node, position, size, run)  # type: ignore[assignment]
        if not found:
            return False
        wanted = text(node, position, size, run)
        return any(test(member.text(), wanted) for member in found)

    return closure

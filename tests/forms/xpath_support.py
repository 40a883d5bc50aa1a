"""Short ways to evaluate an expression in tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from forms.tree import Document, Node
from forms.tree_xml import parse_xml
from forms.xpath import DEFAULT_NAMESPACES, Context, Environment
from forms.xpath import compile as compile_expression
from forms.xpath_values import Value

NOON = datetime(2026, 3, 5, 4, 30, 15, 250_000, tzinfo=UTC)
"""12:30:15.25 in Beijing on Thursday 5 March 2026."""


def context(xml: str | Document = "<data/>", at: str = "/*", **surroundings: Any) -> Context:
    """A context whose node is the first that ``at`` finds; absolute paths start at the document."""
    document = parse_xml(xml) if isinstance(xml, str) else xml
    environment = Environment(document, clock=lambda: NOON, **surroundings)
    node = compile_expression(at).nodes(Context(document, env=environment))[0]
    return Context(node, env=environment)


def value(expression: str, xml: str | Document = "<data/>", at: str = "/*", **surroundings: Any) -> Value:
    """The value of an expression in its own type."""
    return compile_expression(expression).evaluate(context(xml, at, **surroundings))


def text(expression: str, xml: str | Document = "<data/>", at: str = "/*", **surroundings: Any) -> str:
    """The string() of an expression."""
    return compile_expression(expression).string(context(xml, at, **surroundings))


def number(expression: str, xml: str | Document = "<data/>", at: str = "/*", **surroundings: Any) -> float:
    """The number() of an expression."""
    return compile_expression(expression).number(context(xml, at, **surroundings))


def truth(expression: str, xml: str | Document = "<data/>", at: str = "/*", **surroundings: Any) -> bool:
    """The boolean() of an expression."""
    return compile_expression(expression).boolean(context(xml, at, **surroundings))


def nodes(
    expression: str, xml: str | Document = "<data/>", at: str = "/*", namespaces: Mapping[str, str] = DEFAULT_NAMESPACES
) -> list[Node]:
    """The node-set of an expression."""
    return compile_expression(expression, namespaces).nodes(context(xml, at))

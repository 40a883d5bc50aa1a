"""The syntax tree of an expression, and the questions lint and dependency analysis ask of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

AXES = frozenset(
    (
        "ancestor",
        "ancestor-or-self",
        "attribute",
        "child",
        "descendant",
        "descendant-or-self",
        "following",
        "following-sibling",
        "namespace",
        "parent",
        "preceding",
        "preceding-sibling",
        "self",
    )
)
REVERSE_AXES = frozenset(("ancestor", "ancestor-or-self", "preceding", "preceding-sibling"))


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Literal:
    value: str


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function call. An unknown name or a wrong number of arguments is an error only when evaluated; lint finds it before."""

    name: str
    arguments: tuple[Ast, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Ast


@dataclass(frozen=True, slots=True)
class Binary:
    """``operator`` is one of or and = != < <= > >= + - * div mod |."""

    operator: str
    left: Ast
    right: Ast


@dataclass(frozen=True, slots=True)
class NodeTest:
    """``kind`` is name, node, text, comment or processing-instruction; a name test has a prefix ("" for none) and a local name or *."""

    kind: str
    prefix: str = ""
    local: str = "*"
    position: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    axis: str
    test: NodeTest
    predicates: tuple[Ast, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A location path. ``start`` is None for a relative path, ROOT_START for an absolute one, or the expression it begins with."""

    start: Ast | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class RootStart:
    """The root an absolute path starts from."""


@dataclass(frozen=True, slots=True)
class Filter:
    base: Ast
    predicates: tuple[Ast, ...]


Ast = Number | Literal | Variable | Call | Negation | Binary | Path | RootStart | Filter
ROOT_START = RootStart()
ANY_NODE = NodeTest("node")


def children(ast: Ast) -> Iterator[Ast]:
    """The expressions directly inside one, in the order written."""
    if isinstance(ast, Call):
        yield from ast.arguments
    elif isinstance(ast, Negation):
        yield ast.operand
    elif isinstance(ast, Binary):
        yield ast.left
        yield ast.right
    elif isinstance(ast, Filter):
        yield ast.base
        yield from ast.predicates
    elif isinstance(ast, Path):
        if ast.start is not None:
            yield ast.start
        for step in ast.steps:
            yield from step.predicates


def walk(ast: Ast) -> Iterator[Ast]:
    """An expression and every expression in it."""
    stack = [ast]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(list(children(node))))


def calls(ast: Ast) -> tuple[Call, ...]:
    """Every function call, in the order written."""
    return tuple(node for node in walk(ast) if isinstance(node, Call))


def paths(ast: Ast) -> tuple[Path, ...]:
    """Every location path, outer before inner."""
    return tuple(node for node in walk(ast) if isinstance(node, Path))


def variables(ast: Ast) -> tuple[Variable, ...]:
    """Every variable reference."""
    return tuple(node for node in walk(ast) if isinstance(node, Variable))

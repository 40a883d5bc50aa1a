"""Compiled code: a closure with what is known of it before it runs, and its conversions to string, number, boolean and node-set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from forms.errors import FormError
from forms.tree import Node
from forms.xpath_context import Context
from forms.xpath_values import Value, text_number, to_boolean, to_number, to_text

Closure = Callable[[Node, int, int, Context], Value]
TextClosure = Callable[[Node, int, int, Context], str]
NumberClosure = Callable[[Node, int, int, Context], float]
BooleanClosure = Callable[[Node, int, int, Context], bool]
NodesClosure = Callable[[Node, int, int, Context], list[Node]]

STRING, NUMBER, BOOLEAN, NODES, MOMENT, ANY = "string", "number", "boolean", "nodes", "moment", "any"


@dataclass(frozen=True, slots=True)
class Code:
    """``type`` is what it yields (``any``: known only when run). ``fixed``: the same for every node of one evaluation, so that it may
    be computed once before a loop. ``constant``: the same for ever. ``positional``: it asks for position() or last(). ``text``: how to
    get its string(), where that is not the string of its value.
    """

    run: Closure
    type: str
    fixed: bool = False
    constant: bool = False
    positional: bool = False
    text: TextClosure | None = None


def constant(value: Value, kind: str, *, lasting: bool = True) -> Code:
    """Code that yields a value; ``lasting`` is False where its number depends on the time zone."""
    return Code(lambda node, position, size, run: value, kind, fixed=True, constant=lasting)


def failure(error: FormError) -> Code:
    """Code that raises when it is run: what is wrong in a branch never taken does no harm."""

    def fail(node: Node, position: int, size: int, run: Context) -> Value:
        raise FormError(error.message, error.code, error.position)

    return Code(fail, ANY)


def as_text(code: Code) -> TextClosure:
    """The code's string()."""
    run_code = code.run
    if code.text is not None:
        return code.text
    if code.type == STRING:
        return run_code  # type: ignore[return-value]
    if code.type == NODES:

        def first_text(node: Node, position: int, size: int, run: Context) -> str:
            nodes: list[Node] = run_code(node, position, size, run)  # type: ignore[assignment]
            return nodes[0].text() if nodes else ""

        return first_text
    return lambda node, position, size, run: to_text(run_code(node, position, size, run))


def as_number(code: Code) -> NumberClosure:
    """The code's number()."""
    run_code = code.run
    if code.type == NUMBER:
        return run_code  # type: ignore[return-value]
    if code.type == STRING:
        return lambda node, position, size, run: text_number(run_code(node, position, size, run), run.env.timezone)  # type: ignore[arg-type]
    return lambda node, position, size, run: to_number(run_code(node, position, size, run), run.env.timezone)


def as_boolean(code: Code) -> BooleanClosure:
    """The code's boolean()."""
    run_code = code.run
    if code.type == BOOLEAN:
        return run_code  # type: ignore[return-value]
    if code.type in (NODES, STRING):
        return lambda node, position, size, run: bool(run_code(node, position, size, run))
    return lambda node, position, size, run: to_boolean(run_code(node, position, size, run))


def as_nodes(code: Code) -> NodesClosure:
    """The code's node-set; raises FormError when it yields anything else."""
    run_code = code.run
    if code.type == NODES:
        return run_code  # type: ignore[return-value]

    def nodes_only(node: Node, position: int, size: int, run: Context) -> list[Node]:
        value = run_code(node, position, size, run)
        if not isinstance(value, list):
            raise FormError("这里需要引用节点，而不是一个值。", "xpath-nodeset")
        return value

    return nodes_only

"""Syntax tree to closures: folds constants, splits and indexes predicates, and picks the fastest form of each operation."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence

from forms.errors import FormError
from forms.functions_registry import Function, Library
from forms.tree import Document, Node, sort_nodes
from forms.xpath_ast import (
    ANY_NODE,
    Ast,
    Binary,
    Call,
    Filter,
    Literal,
    Negation,
    Number,
    Path,
    RootStart,
    Step,
    Variable,
)
from forms.xpath_code import (
    ANY,
    BOOLEAN,
    NODES,
    NUMBER,
    STRING,
    Closure,
    Code,
    as_boolean,
    as_nodes,
    as_number,
    as_text,
    constant,
    failure,
)
from forms.xpath_compare import TESTS, compare, comparison
from forms.xpath_context import Context
from forms.xpath_paths import ORDERED, SINGLE, StepClosure, relative_path, remembered_path, root_start, started_path, step_closure
from forms.xpath_predicates import Equality, Predicate, condition, predicate
from forms.xpath_values import Value, to_number

LONG_CHAIN = 12
JAVAROSA = "http://openrosa.org/javarosa"
_DATE_LIKE = re.compile(r"\s*\d{4}-\d")
_CONVERSIONS: Mapping[str, Callable[[Code], Closure]] = {
    "string": as_text,
    "number": as_number,
    "boolean": as_boolean,
    "nodes": as_nodes,
    "any": lambda code: code.run,
}


def divide(left: float, right: float) -> float:
    """IEEE 754 division."""
    try:
        return left / right
    except ZeroDivisionError:
        if left == 0 or left != left:
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """XPath's mod: the remainder of a truncating division."""
    if right == 0 or math.isinf(left) or left != left or right != right:
        return math.nan
    return math.fmod(left, right)


_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": divide,
    "mod": remainder,
}


class Compiler:
    """Compiles with one set of namespaces and one function library."""

    def __init__(self, namespaces: Mapping[str, str], library: Library) -> None:
        self.namespaces = namespaces
        self.library = library
        self.forms: Mapping[type, Callable[..., Code]] = {
            Number: lambda ast: constant(ast.value, NUMBER),
            Literal: lambda ast: constant(ast.value, STRING, lasting=not _DATE_LIKE.match(ast.value)),
            Variable: self.variable,
            Call: self.call,
            Negation: self.negation,
            Binary: self.binary,
            Path: self.path,
            RootStart: lambda ast: Code(root_start, NODES, fixed=True),
            Filter: self.filter,
        }

    def code(self, ast: Ast) -> Code:
        """The code of an expression, computed now if it is constant."""
        made = self.forms[type(ast)](ast)
        return _folded(made) if made.constant and not isinstance(ast, (Number, Literal)) else made

    def variable(self, ast: Variable) -> Code:
        def look_up(node: Node, position: int, size: int, run: Context) -> Value:
            if ast.name not in run.env.variables:
                raise FormError(f"没有名为“${ast.name}”的变量。", "xpath-variable", ast.position)
            return run.env.variables[ast.name]

        return Code(look_up, ANY, fixed=True)

    def negation(self, ast: Negation) -> Code:
        operand = self.code(ast.operand)
        number = as_number(operand)
        return _derived(lambda node, position, size, run: -number(node, position, size, run), NUMBER, operand)

    def binary(self, ast: Binary) -> Code:
        first, rest = _spine(ast)
        if ast.operator in ("and", "or"):
            return self.logic(ast.operator, (first, *(right for _, right in rest)))
        if ast.operator == "|":
            return self.union((first, *(right for _, right in rest)))
        made = self.code(first)
        if len(rest) > LONG_CHAIN:
            return self.chain(made, [(sign, self.code(right)) for sign, right in rest])
        for sign, right in rest:
            made = self.operation(sign, made, self.code(right))
        return made

    def chain(self, first: Code, rest: Sequence[tuple[str, Code]]) -> Code:
        """A long chain as a loop, so that it cannot exhaust the stack."""
        pairs = tuple((sign, code.run) for sign, code in rest)

        def closure(node: Node, position: int, size: int, run: Context) -> Value:
            value = first.run(node, position, size, run)
            zone = run.env.timezone
            for sign, right in pairs:
                other = right(node, position, size, run)
                if sign in TESTS:
                    value = compare(sign, value, other, zone)
                else:
                    value = _ARITHMETIC[sign](to_number(value, zone), to_number(other, zone))
            return value

        return _derived(closure, BOOLEAN if pairs[-1][0] in TESTS else NUMBER, first, *(code for _, code in rest))

    def operation(self, sign: str, left: Code, right: Code) -> Code:
        if sign in TESTS:
            return _derived(comparison(sign, left, right), BOOLEAN, left, right)
        calculate, one, other = _ARITHMETIC[sign], as_number(left), as_number(right)
        return _derived(
            lambda node, position, size, run: calculate(one(node, position, size, run), other(node, position, size, run)),
            NUMBER,
            left,
            right,
        )

    def logic(self, word: str, parts: Sequence[Ast]) -> Code:
        codes = [self.code(part) for part in parts]
        tests = tuple(as_boolean(code) for code in codes)
        stop = word == "or"

        def closure(node: Node, position: int, size: int, run: Context) -> bool:
            for test in tests:
                if test(node, position, size, run) is stop:
                    return stop
            return not stop

        return _derived(closure, BOOLEAN, *codes)

    def union(self, parts: Sequence[Ast]) -> Code:
        codes = [self.code(part) for part in parts]
        sets = tuple(as_nodes(code) for code in codes)

        def closure(node: Node, position: int, size: int, run: Context) -> list[Node]:
            found: list[Node] = []
            for members in sets:
                found += members(node, position, size, run)
            run.spend(len(found))
            return sort_nodes(found)

        return _derived(closure, NODES, *codes)

    def path(self, ast: Path) -> Code:
        if ast.start is None:
            steps, _ = self.steps(ast.steps, SINGLE)
            return Code(relative_path(steps), NODES)
        if isinstance(ast.start, RootStart):
            steps, _ = self.steps(ast.steps, SINGLE)
            plain = not any(step.predicates for step in ast.steps) and not any(step.axis == "namespace" for step in ast.steps)
            return Code(remembered_path(steps) if plain else started_path(root_start, steps), NODES, fixed=True)
        start = self.code(ast.start)
        single = isinstance(ast.start, Call) and ast.start.name in ("instance", "current")
        steps, _ = self.steps(ast.steps, SINGLE if single else ORDERED)
        return Code(started_path(as_nodes(start), steps), NODES, fixed=start.fixed, positional=start.positional)

    def steps(self, steps: Sequence[Step], state: int) -> tuple[list[StepClosure], int]:
        closures: list[StepClosure] = []
        pending: Step | None = None
        for step in steps:
            if pending is None and step.axis == "descendant-or-self" and step.test == ANY_NODE and not step.predicates:
                pending = step
                continue
            made = self.predicates(step.predicates)
            axis = step.axis
            if pending is not None:
                if axis == "child" and not any(positional for _, positional in made):
                    axis = "descendant"
                else:
                    closure, state = step_closure(pending.axis, pending.test, (), self.namespaces, state)
                    closures.append(closure)
                pending = None
            closure, state = step_closure(axis, step.test, [keep for keep, _ in made], self.namespaces, state)
            closures.append(closure)
        if pending is not None:
            closure, state = step_closure(pending.axis, pending.test, (), self.namespaces, state)
            closures.append(closure)
        return closures, state

    def filter(self, ast: Filter) -> Code:
        base = self.code(ast.base)
        nodes = as_nodes(base)
        filters = tuple(keep for keep, _ in self.predicates(ast.predicates))

        def closure(node: Node, position: int, size: int, run: Context) -> list[Node]:
            found = nodes(node, position, size, run)
            for keep in filters:
                if not found:
                    break
                found = keep(found, node, run)
            return found

        return Code(closure, NODES, fixed=base.fixed, positional=base.positional)

    def predicates(self, predicates: Sequence[Ast]) -> list[tuple[Predicate, bool]]:
        """The filters of a step, each with whether it depends on positions."""
        found: list[tuple[Predicate, bool]] = []
        for ast in predicates:
            found += self.predicate(ast)
        return found

    def predicate(self, ast: Ast) -> list[tuple[Predicate, bool]]:
        parts = _conjuncts(ast)
        codes = [self.code(part) for part in parts]
        if len(parts) > 1 and any(code.positional for code in codes):
            return [(condition(self.code(ast)), True)]
        if len(parts) == 1 and not self.equality(parts[0]):
            code = codes[0]
            return [(predicate(code), code.positional or code.type in (NUMBER, ANY))]
        equalities = [self.equality(part) for part in parts]
        found: list[Predicate] = [keep for keep in equalities if keep is not None]
        found += [condition(code) for code, keep in zip(codes, equalities, strict=True) if keep is None]
        return [(keep, False) for keep in found]

    def equality(self, ast: Ast) -> Equality | None:
        """``key = fixed`` or ``fixed = key`` as an indexable filter."""
        if not isinstance(ast, Binary) or ast.operator != "=":
            return None
        for key, wanted in ((ast.left, ast.right), (ast.right, ast.left)):
            if isinstance(key, Path) and key.start is None and not any(step.predicates for step in key.steps):
                code = self.code(wanted)
                if code.fixed:
                    return Equality(as_nodes(self.code(key)), code)
        return None

    def call(self, ast: Call) -> Code:
        fault = self.fault(ast)
        if fault is not None:
            return failure(fault)
        function = self.library[self.canonical(ast.name)]
        codes = tuple(self.code(argument) for argument in ast.arguments)
        if function.build is not None:
            return function.build(codes)
        return call_code(function, codes)

    def fault(self, ast: Call) -> FormError | None:
        """What is wrong with a call before it is made: an unknown function, or too few or too many arguments."""
        function = self.library.get(self.canonical(ast.name))
        if function is None:
            return FormError(f"没有名为“{ast.name}”的函数。", "xpath-function", ast.position)
        if function.accepts(len(ast.arguments)):
            return None
        return FormError(f"函数 {ast.name}() 要 {function.arity()} 个参数，这里有 {len(ast.arguments)} 个。", "xpath-arity", ast.position)

    def canonical(self, name: str) -> str:
        """The library's name of a function whatever prefix the form gives its namespace."""
        prefix, _, local = name.rpartition(":")
        return f"jr:{local}" if prefix and self.namespaces.get(prefix) == JAVAROSA else name


def call_code(function: Function, codes: tuple[Code, ...]) -> Code:
    """The code of an eager function's call."""
    arguments = tuple(_CONVERSIONS[function.parameter(place)](code) for place, code in enumerate(codes))
    closure = _caller(function, arguments)
    steady = function.steady and not function.local
    return Code(
        closure,
        function.result,
        fixed=steady and all(code.fixed for code in codes),
        constant=steady and not function.contextual and all(code.constant for code in codes),
        positional=any(code.positional for code in codes),
    )


def _caller(function: Function, arguments: tuple[Closure, ...]) -> Closure:
    call = function.call
    assert call is not None
    if function.local:
        return lambda node, position, size, run: call(run, node, *[each(node, position, size, run) for each in arguments])
    if function.contextual:
        return lambda node, position, size, run: call(run, *[each(node, position, size, run) for each in arguments])
    if len(arguments) == 1:
        only = arguments[0]
        return lambda node, position, size, run: call(only(node, position, size, run))
    if len(arguments) == 2:
        one, two = arguments
        return lambda node, position, size, run: call(one(node, position, size, run), two(node, position, size, run))
    return lambda node, position, size, run: call(*[each(node, position, size, run) for each in arguments])


def _derived(closure: Closure, kind: str, *parts: Code) -> Code:
    return Code(
        closure,
        kind,
        fixed=all(part.fixed for part in parts),
        constant=all(part.constant for part in parts),
        positional=any(part.positional for part in parts),
    )


def _folded(code: Code) -> Code:
    """Constant code run once now; an error stays where it is and is raised when the code is reached."""
    try:
        return constant(Context(Document()).evaluate(code.run), code.type)
    except FormError as error:
        return failure(error)


def _spine(ast: Binary) -> tuple[Ast, list[tuple[str, Ast]]]:
    """A left chain of operators of one kind, or of arithmetic and comparison in any order, without recursion."""
    rest: list[tuple[str, Ast]] = []
    left: Ast = ast
    apart = ("and", "or", "|")
    while isinstance(left, Binary) and (left.operator == ast.operator or (left.operator not in apart and ast.operator not in apart)):
        rest.append((left.operator, left.right))
        left = left.left
    rest.reverse()
    return left, rest


def _conjuncts(ast: Ast) -> list[Ast]:
    if isinstance(ast, Binary) and ast.operator == "and":
        first, rest = _spine(ast)
        return [first, *(right for _, right in rest)]
    return [ast]

"""OpenRosa's numeric functions, on IEEE 754 terms: outside its domain a function gives NaN, never an error."""

from __future__ import annotations

import math
from collections.abc import Callable

from forms.functions_registry import Shelf
from forms.tree import Node
from forms.xpath_code import NUMBER
from forms.xpath_context import Context
from forms.xpath_values import Value, text_number, to_boolean, to_number

SHELF = Shelf()


def _total(function: Callable[..., float]) -> Callable[..., float]:
    """A function of Python's math made total: NaN outside the domain, infinity on overflow."""

    def safe(*values: float) -> float:
        if any(value != value for value in values):
            return math.nan
        try:
            return float(function(*values))
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return safe


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: -math.inf if value == 0 else function(value)


def power(base: float, exponent: float) -> float:
    """IEEE 754 pow."""
    if base == 0 and exponent < 0:
        odd = exponent == int(exponent) and int(exponent) % 2 == 1
        return math.copysign(math.inf, base) if odd and math.isfinite(exponent) else math.inf
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = math.isfinite(exponent) and exponent == int(exponent) and int(exponent) % 2 == 1
        return -math.inf if base < 0 and odd else math.inf


_MATHEMATICS: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "acos": math.acos,
    "asin": math.asin,
    "atan": math.atan,
    "cos": math.cos,
    "exp": math.exp,
    "exp10": lambda value: power(10.0, value),
    "log": _logarithm(math.log),
    "log10": _logarithm(math.log10),
    "sin": math.sin,
    "sqrt": math.sqrt,
    "tan": math.tan,
}
for _name, _function in _MATHEMATICS.items():
    SHELF.add(_name, "number", NUMBER)(_total(_function))
SHELF.add("atan2", "number number", NUMBER)(_total(math.atan2))
SHELF.add("pow", "number number", NUMBER)(_total(power))


@SHELF.add("pi", "", NUMBER, most=0)
def pi() -> float:
    return math.pi


@SHELF.add("int", "number", NUMBER)
def whole(value: float) -> float:
    return float(math.trunc(value)) if math.isfinite(value) else value


@SHELF.add("max", "any", NUMBER, most=None, contextual=True)
def greatest(run: Context, *values: Value) -> float:
    return _extreme(run, values, max)


@SHELF.add("min", "any", NUMBER, most=None, contextual=True)
def least(run: Context, *values: Value) -> float:
    return _extreme(run, values, min)


def _extreme(run: Context, values: tuple[Value, ...], choose: Callable[[list[float]], float]) -> float:
    """NaN of nothing, and whenever one of the numbers is NaN."""
    numbers = [number for value in values for number in numbers_of(run, value)]
    if not numbers or any(number != number for number in numbers):
        return math.nan
    return choose(numbers)


def numbers_of(run: Context, value: Value) -> list[float]:
    """The numbers of every node of a node-set, or the one number of another value."""
    zone = run.env.timezone
    return [text_number(node.text(), zone) for node in value] if isinstance(value, list) else [to_number(value, zone)]


@SHELF.add("count-non-empty", "nodes", NUMBER)
def count_non_empty(nodes: list[Node]) -> float:
    return float(sum(1 for node in nodes if node.text()))


@SHELF.add("random", "", NUMBER, most=0, contextual=True, steady=False)
def random(run: Context) -> float:
    return run.env.chance()


@SHELF.add("checklist", "number number any", "boolean", least=2, most=None, contextual=True)
def checklist(run: Context, least: float, most: float, *values: Value) -> bool:
    """Whether the number of true answers lies between the two bounds; -1 is no bound."""
    held = sum(1.0 for value in values for truth in truths_of(value) if truth)
    return held >= least and (most == -1 or held <= most)


def truths_of(value: Value) -> list[bool]:
    """The truth of every node's text, or of one other value."""
    return [bool(node.text()) for node in value] if isinstance(value, list) else [to_boolean(value)]


@SHELF.add("weighted-checklist", "number number any", "boolean", least=2, most=None, contextual=True)
def weighted_checklist(run: Context, least: float, most: float, *values: Value) -> bool:
    """As checklist(), each answer followed by its weight; node-sets are paired node by node."""
    held = 0.0
    for answers, weights in zip(values[::2], values[1::2], strict=False):
        truths, numbers = truths_of(answers), numbers_of(run, weights)
        if len(numbers) > len(truths):
            return False
        held += sum(number for truth, number in zip(truths, numbers, strict=False) if truth)
    return held >= least and (most == -1 or held <= most)

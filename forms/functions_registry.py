"""How a function of the expression language is declared: name, arity, the types it wants, and whether its answer is always the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.xpath_code import Code


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    ``parameters`` are the types arguments are converted to (string, number, boolean, nodes, any); the last repeats for further
    arguments, of which there may be up to ``most`` (None: any number). ``call`` gets the converted values; with ``contextual`` it gets
    the Context before them, with ``local`` the Context and the context node. ``build`` instead receives the compiled arguments, for
    functions that evaluate them lazily. ``steady`` functions give the same answer for the same arguments within one evaluation.
    """

    name: str
    parameters: tuple[str, ...]
    least: int
    most: int | None
    result: str
    call: Callable[..., Any] | None = None
    build: Callable[[tuple[Code, ...]], Code] | None = None
    contextual: bool = False
    local: bool = False
    steady: bool = True

    def accepts(self, count: int) -> bool:
        """Whether a call may have that many arguments."""
        return self.least <= count and (self.most is None or count <= self.most)

    def arity(self) -> str:
        """The numbers of arguments it takes, in Chinese."""
        if self.most is None:
            return f"至少 {self.least}"
        return str(self.least) if self.least == self.most else f"{self.least} 到 {self.most}"

    def parameter(self, place: int) -> str:
        """The type wanted of the argument at that place, counted from 0."""
        return self.parameters[min(place, len(self.parameters) - 1)]


Library = Mapping[str, Function]


class Shelf:
    """Collects the functions of one module by decorator."""

    def __init__(self) -> None:
        self.functions: list[Function] = []

    def add(
        self, name: str, parameters: str, result: str, *, least: int | None = None, most: int | None = -1, **flags: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register an eager function; ``parameters`` are types separated by spaces. ``most`` -1: as many as there are parameters."""
        kinds, low, high = _arity(parameters, least, most)

        def register(call: Callable[..., Any]) -> Callable[..., Any]:
            self.functions.append(Function(name, kinds, low, high, result, call=call, **flags))
            return call

        return register

    def lazy(
        self, name: str, parameters: str, result: str = "any", *, least: int | None = None, most: int | None = -1
    ) -> Callable[[Callable[[tuple[Code, ...]], Code]], Callable[[tuple[Code, ...]], Code]]:
        """Register a function that gets compiled arguments."""
        kinds, low, high = _arity(parameters, least, most)

        def register(build: Callable[[tuple[Code, ...]], Code]) -> Callable[[tuple[Code, ...]], Code]:
            self.functions.append(Function(name, kinds, low, high, result, build=build))
            return build

        return register


def _arity(parameters: str, least: int | None, most: int | None) -> tuple[tuple[str, ...], int, int | None]:
    kinds = tuple(parameters.split())
    return kinds or ("any",), len(kinds) if least is None else least, len(kinds) if most == -1 else most


def library(*shelves: Sequence[Function]) -> Library:
    """A library of the functions of several modules; later ones win."""
    return {function.name: function for shelf in shelves for function in shelf}

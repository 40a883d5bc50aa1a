"""A regular expression as an automaton: tells in time linear in the answer whether it matches, where backtracking could take for ever."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import MappingProxyType
from typing import Any

from forms.errors import FormError

MAX_STATES = 5_000
MANY = 10
"""From this many repetitions on a repeat counts as one that backtracking may try in very many ways."""

Test = Callable[[str], bool]
_WORD = re.compile(r"\w", re.ASCII)
_SPACE = re.compile(r"\s", re.ASCII)
_CATEGORIES: Mapping[Any, Test] = MappingProxyType(
    {
        op.CATEGORY_DIGIT: lambda char: "0" <= char <= "9",
        op.CATEGORY_NOT_DIGIT: lambda char: not "0" <= char <= "9",
        op.CATEGORY_SPACE: lambda char: _SPACE.match(char) is not None,
        op.CATEGORY_NOT_SPACE: lambda char: _SPACE.match(char) is None,
        op.CATEGORY_WORD: lambda char: _WORD.match(char) is not None,
        op.CATEGORY_NOT_WORD: lambda char: _WORD.match(char) is None,
    }
)


@dataclass(slots=True)
class _State:
    """Reads a character (``test``), asks where it stands (``place``), or goes on for nothing; a state without exits is the end."""

    exits: list[_State] = field(default_factory=list)
    test: Test | None = None
    place: Any = None


class Automaton:
    """Built from a pattern in Python's syntax with ASCII classes. Raises FormError for look-around and back references."""

    def __init__(self, pattern: str) -> None:
        tree = parser.parse(pattern, re.ASCII)
        self._ignore_case = bool(tree.state.flags & re.IGNORECASE)
        self._dot_all = bool(tree.state.flags & re.DOTALL)
        self._multiline = bool(tree.state.flags & re.MULTILINE)
        self._count = 0
        self._end = _State()
        self._start = self._sequence(tree, self._end)

    def search(self, text: str) -> bool:
        """Whether the pattern matches anywhere in a text."""
        active: dict[int, _State] = {}
        for place in range(len(text) + 1):
            active = self._reached([*active.values(), self._start], text, place)
            if id(self._end) in active:
                return True
            if place < len(text):
                char = text[place]
                stepped = [state.exits[0] for state in active.values() if state.test is not None and state.test(char)]
                active = {id(state): state for state in stepped}
        return False

    def _reached(self, states: Iterable[_State], text: str, place: int) -> dict[int, _State]:
        """The states and all that can be reached from them without reading."""
        found: dict[int, _State] = {}
        stack = list(states)
        while stack:
            state = stack.pop()
            if id(state) in found:
                continue
            found[id(state)] = state
            if state.test is None and (state.place is None or self._stands(state.place, text, place)):
                stack.extend(state.exits)
        return found

    def _stands(self, where: Any, text: str, place: int) -> bool:
        if where in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
            return place == 0 or (self._multiline and where is op.AT_BEGINNING and text[place - 1] == "\n")
        if where in (op.AT_END, op.AT_END_STRING):
            return place == len(text) or (self._multiline and where is op.AT_END and text[place] == "\n")
        before = place > 0 and _WORD.match(text[place - 1]) is not None
        after = place < len(text) and _WORD.match(text[place]) is not None
        return (before != after) is (where is op.AT_BOUNDARY)

    def _new(self, **given: Any) -> _State:
        self._count += 1
        if self._count > MAX_STATES:
            raise FormError("正则表达式太复杂。", "xpath-regex")
        return _State(**given)

    def _sequence(self, items: Sequence[tuple[Any, Any]], after: _State) -> _State:
        for kind, given in reversed(list(items)):
            after = self._item(kind, given, after)
        return after

    def _item(self, kind: Any, given: Any, after: _State) -> _State:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            least, most, body = given
            return self._repeat(least, most, body, after)
        if kind is op.BRANCH:
            return self._new(exits=[self._sequence(branch, after) for branch in given[1]])
        if kind is op.SUBPATTERN and not given[1] and not given[2]:
            return self._sequence(given[3], after)
        if kind is op.AT:
            return self._new(exits=[after], place=given)
        return self._new(exits=[after], test=self._test(kind, given))

    def _repeat(self, least: int, most: int, body: Sequence[tuple[Any, Any]], after: _State) -> _State:
        if most == op.MAXREPEAT:
            loop = self._new()
            loop.exits = [self._sequence(body, loop), after]
            after = loop
        else:
            end = after
            for _ in range(most - least):
                after = self._new(exits=[self._sequence(body, after), end])
        for _ in range(least):
            after = self._sequence(body, after)
        return after

    def _test(self, kind: Any, given: Any) -> Test:
        if kind is op.ANY:
            return (lambda char: True) if self._dot_all else (lambda char: char != "\n")
        if kind is op.LITERAL:
            return self._between(given, given)
        if kind is op.NOT_LITERAL:
            excluded = self._between(given, given)
            return lambda char: not excluded(char)
        if kind is op.RANGE:
            return self._between(*given)
        if kind is op.CATEGORY:
            return _CATEGORIES[given]
        if kind is op.IN:
            return self._class(given)
        raise FormError("这个正则表达式用了前后查找或反向引用，又可能无限回溯，不能使用。", "xpath-regex")

    def _class(self, members: Sequence[tuple[Any, Any]]) -> Test:
        negated = members[0][0] is op.NEGATE
        tests = tuple(self._test(kind, given) for kind, given in members if kind is not op.NEGATE)
        return lambda char: any(test(char) for test in tests) is not negated

    def _between(self, first: int, last: int) -> Test:
        low, high = chr(first), chr(last)
        if not self._ignore_case:
            return lambda char: low <= char <= high
        return lambda char: low <= char <= high or low <= char.lower() <= high or low <= char.upper() <= high


@dataclass(frozen=True, slots=True)
class Risk:
    """``runaway``: backtracking may take exponential time. ``loops``: the power of the answer's length it may otherwise take."""

    runaway: bool
    loops: int


def risk_of(pattern: str) -> Risk:
    """How backtracking over a pattern in Python's syntax may behave."""
    loops = 0
    runaway = False
    for kind, given, inside in _items(parser.parse(pattern, re.ASCII), False):
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            least, most, body = given
            loops += most > least and most >= MANY
            shortest, longest = body.getwidth()
            many = most >= MANY and most > 1
            runaway = runaway or (many and (shortest != longest or _branches(body))) or (inside and most > least)
    return Risk(runaway, loops)


def _branches(body: Any) -> bool:
    return any(kind is op.BRANCH for kind, _, _ in _items(body, False))


def _items(items: Any, inside: bool) -> Iterator[tuple[Any, Any, bool]]:
    """Every item of a parsed pattern, with whether it lies in a repeat of many."""
    for kind, given in items:
        yield kind, given, inside
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield from _items(given[2], inside or given[1] >= MANY)
        elif kind is op.BRANCH:
            for branch in given[1]:
                yield from _items(branch, inside)
        elif kind is op.SUBPATTERN:
            yield from _items(given[3], inside)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _items(given[1], inside)
        elif kind is op.ATOMIC_GROUP:
            yield from _items(given, inside)

"""Finds, without evaluating, which nodes of the primary instance an expression can read, and which of their instances it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from forms.xform import ModelNode
from forms.xpath_ast import Ast, Binary, Call, Filter, Path, RootStart, Step, children

DOCUMENT = -1
_LANGUAGE_CALLS = frozenset(("jr:itext", "itext", "jr:choice-name", "choice-name", "choice-label"))


@dataclass(frozen=True, slots=True)
class Reference:
    """A node read. `anchor` is the node whose very instance the reader's own place fixes (DOCUMENT: any instance may be meant);
    `elsewhere` is true when a predicate or indexed-repeat picks an instance of a repeat that reader and target share."""

    target: int
    anchor: int
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Reads:
    """What one expression depends on: values, the number and order of a repeat's instances, and the language."""

    values: tuple[Reference, ...]
    repeats: tuple[int, ...]
    language: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a path may stand: a node, the node its instance hangs from, and whether a predicate chose among instances."""

    node: int
    anchor: int
    chosen: bool = False


_Places = tuple[_Place, ...]


class ReferenceFinder:
    """Follows location paths over the node descriptions of one form."""

    def __init__(self, nodes: tuple[ModelNode, ...]) -> None:
        self._nodes = nodes
        self._by_name: dict[tuple[int, str], tuple[int, ...]] = {}
        for node in nodes:
            if not node.is_attribute:
                key = (node.parent, node.local)
                self._by_name[key] = (*self._by_name.get(key, ()), node.index)

    def find(self, ast: Ast, reader: int) -> Reads:
        """What an expression evaluated at `reader` depends on."""
        walk = _Walk(self._nodes, self._by_name, reader)
        walk.visit(ast, (_Place(reader, reader),))
        return Reads(tuple(dict.fromkeys(walk.values)), tuple(dict.fromkeys(walk.repeats)), walk.language)

    def find_items(self, nodes: Ast, inner: Iterable[Ast], reader: int) -> Reads:
        """The same for a list of items: `nodes` gives them, each of `inner` is evaluated at an item."""
        walk = _Walk(self._nodes, self._by_name, reader)
        items = walk.visit(nodes, (_Place(reader, reader),))
        for ast in inner:
            walk.visit(ast, items)
        return Reads(tuple(dict.fromkeys(walk.values)), tuple(dict.fromkeys(walk.repeats)), walk.language)


class _Walk:
    """One pass over one expression."""

    def __init__(self, nodes: tuple[ModelNode, ...], by_name: Mapping[tuple[int, str], tuple[int, ...]], reader: int) -> None:
        self._nodes = nodes
        self._by_name = by_name
        self._reader = reader
        self._enclosing = frozenset(repeats_above(nodes, reader))
        self.values: list[Reference] = []
        self.repeats: list[int] = []
        self.language = False

    def visit(self, ast: Ast, here: _Places) -> _Places:
        """Notes what the expression reads; the places it may stand on where it is a node-set of this instance."""
        if isinstance(ast, Path):
            return self._path(ast, here)
        if isinstance(ast, Filter):
            found = self.visit(ast.base, here)
            self._predicates(ast.predicates, found)
            return found
        if isinstance(ast, Call):
            return self._call(ast, here)
        if isinstance(ast, Binary) and ast.operator == "|":
            return self.visit(ast.left, here) + self.visit(ast.right, here)
        for inner in children(ast):
            self.visit(inner, here)
        return ()

    def _call(self, call: Call, here: _Places) -> _Places:
        if call.name in _LANGUAGE_CALLS:
            self.language = True
        if call.name == "current":
            return (_Place(self._reader, self._reader),)
        found = []
        for place, argument in enumerate(call.arguments):
            seen = len(self.values)
            found.append(self.visit(argument, here))
            if call.name == "indexed-repeat" and place == 0:
                self.values[seen:] = [replace(value, elsewhere=self._is_shared(value.target)) for value in self.values[seen:]]
        if call.name == "position":
            asked = (place for places in found for place in places) if call.arguments else here
            self.repeats.extend(place.node for place in asked if self._is_repeat(place))
        return () if call.name == "instance" else tuple(place for places in found for place in places)

    def _path(self, path: Path, here: _Places) -> _Places:
        if path.start is None:
            places = here
        elif isinstance(path.start, RootStart):
            places = (_Place(DOCUMENT, DOCUMENT),)
        else:
            places = self.visit(path.start, here)
        for step in path.steps:
            places = self._step(step, places)
        for place in places:
            self._read(place)
        return places

    def _read(self, place: _Place) -> None:
        if place.node == DOCUMENT:
            return
        self.values.append(Reference(place.node, place.anchor, place.chosen and self._is_shared(place.node)))

    def _is_shared(self, node: int) -> bool:
        """Whether a node stands in a repeat that the reader stands in too."""
        return bool(self._enclosing.intersection(repeats_above(self._nodes, node)))

    def _step(self, step: Step, places: _Places) -> _Places:
        found = tuple(dict.fromkeys(next_place for place in places for next_place in self._move(step, place)))
        for place in found:
            if place.node >= 0 and self._nodes[place.node].is_repeat and place.node != place.anchor:
                self.repeats.append(place.node)
        self._predicates(step.predicates, found)
        if not step.predicates:
            return found
        return tuple(_Place(place.node, place.anchor, place.chosen or self._is_repeat(place)) for place in found)

    def _is_repeat(self, place: _Place) -> bool:
        return place.node >= 0 and self._nodes[place.node].is_repeat

    def _predicates(self, predicates: tuple[Ast, ...], here: _Places) -> None:
        for predicate in predicates:
            self.visit(predicate, here)

    def _move(self, step: Step, place: _Place) -> Iterator[_Place]:
        nodes = self._nodes
        if step.axis == "self":
            targets: Iterable[int] = (place.node,)
        elif step.axis == "parent":
            if place.node != DOCUMENT:
                parent = nodes[place.node].parent
                yield from self._named(step, (parent,), parent if place.node == place.anchor else place.anchor, place.chosen)
            return
        elif step.axis == "child" and step.test.kind == "name" and step.test.local != "*":
            targets = self._by_name.get((place.node, step.test.local), ())
        elif step.axis == "child":
            targets = (0,) if place.node == DOCUMENT else nodes[place.node].children
        elif step.axis == "attribute":
            targets = () if place.node == DOCUMENT else nodes[place.node].attributes
        elif step.axis in ("descendant", "descendant-or-self"):
            below = tuple(descendants(nodes, place.node))
            targets = (place.node, *below) if step.axis == "descendant-or-self" else below
        else:
            yield from self._named(step, self._sideways(step.axis, place.node), DOCUMENT, place.chosen)
            return
        yield from self._named(step, targets, place.anchor, place.chosen)

    def _named(self, step: Step, targets: Iterable[int], anchor: int, chosen: bool) -> Iterator[_Place]:
        test = step.test
        for target in targets:
            if target == DOCUMENT:
                if test.kind == "node":
                    yield _Place(DOCUMENT, DOCUMENT, chosen)
            elif test.kind == "text" or test.kind == "node" or (test.kind == "name" and test.local in ("*", self._nodes[target].local)):
                yield _Place(target, anchor, chosen)

    def _sideways(self, axis: str, node: int) -> Iterable[int]:
        """Ancestors, siblings, following and preceding nodes: every node the axis could reach."""
        if node == DOCUMENT:
            return ()
        if axis.startswith("ancestor"):
            return ancestors(self._nodes, node, include_self=axis.endswith("self"))
        if axis.endswith("sibling"):
            parent = self._nodes[node].parent
            return self._nodes[parent].children if parent >= 0 else ()
        return range(len(self._nodes))


def ancestors(nodes: tuple[ModelNode, ...], node: int, include_self: bool = False) -> Iterator[int]:
    """From the nearest upwards."""
    current = node if include_self else nodes[node].parent
    while current >= 0:
        yield current
        current = nodes[current].parent


def repeats_above(nodes: tuple[ModelNode, ...], node: int) -> tuple[int, ...]:
    """The repeats at or above a node, the nearest first."""
    return tuple(index for index in ancestors(nodes, node, include_self=True) if nodes[index].is_repeat)


def descendants(nodes: tuple[ModelNode, ...], node: int) -> Iterator[int]:
    """Every element and attribute below a node in document order; DOCUMENT means all."""
    inside = (0,) if node == DOCUMENT else (*nodes[node].attributes, *nodes[node].children)
    for index in inside:
        yield index
        yield from descendants(nodes, index)

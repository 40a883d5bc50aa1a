"""Predicates: filters over the nodes of a step, by position, by condition, or through a hash index of an equality."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from forms.tree import Node
from forms.xpath_code import ANY, NUMBER, BooleanClosure, Closure, Code, NodesClosure, as_boolean
from forms.xpath_context import Context
from forms.xpath_values import Value, text_number, to_boolean, to_number

Predicate = Callable[[list[Node], Node, Context], list[Node]]
"""Filters a candidate list; the node is that from which the step was taken."""

SMALL = 8


def predicate(code: Code) -> Predicate:
    """The filter for a predicate expression that is not an indexable equality."""
    if code.type == NUMBER:
        return _by_position(code)
    if code.type == ANY:
        return _by_value(code.run)
    return condition(code)


def condition(code: Code) -> Predicate:
    """The filter that keeps the candidates for which the code's boolean() holds."""
    return _by_condition(as_boolean(code))


def _by_position(code: Code) -> Predicate:
    run_code = code.run

    def at_once(nodes: list[Node], origin: Node, run: Context) -> list[Node]:
        wanted: float = run_code(nodes[0], 1, len(nodes), run)  # type: ignore[assignment]
        place = int(wanted) if 1 <= wanted <= len(nodes) else 0
        return [nodes[place - 1]] if place and place == wanted else []

    def each(nodes: list[Node], origin: Node, run: Context) -> list[Node]:
        size = len(nodes)
        run.spend(size)
        return [node for place, node in enumerate(nodes, 1) if run_code(node, place, size, run) == place]

    return at_once if code.fixed else each


def _by_condition(holds: BooleanClosure) -> Predicate:
    def keep(nodes: list[Node], origin: Node, run: Context) -> list[Node]:
        size = len(nodes)
        run.spend(size)
        return [node for place, node in enumerate(nodes, 1) if holds(node, place, size, run)]

    return keep


def _by_value(run_code: Closure) -> Predicate:
    def passes(node: Node, place: int, size: int, run: Context) -> bool:
        value = run_code(node, place, size, run)
        return value == place if isinstance(value, float) else to_boolean(value)

    return _by_condition(passes)


@dataclass(slots=True)
class Index:
    """Text (and, where asked, number) → places of the candidates whose key node has it; good for one version of a document."""

    version: int
    texts: dict[str, list[Node]] | None = None
    numbers: dict[float, list[Node]] | None = None
    zone: object = None
    places: dict[int, int] = field(default_factory=dict)


class Equality:
    """``[key = wanted]`` where ``wanted`` does not depend on the candidate: scans at first, and looks up in a hash index as soon as the
    same candidates of an unchanged document are asked for again.
    """

    __slots__ = ("key", "run_wanted", "token")

    def __init__(self, key: NodesClosure, wanted: Code) -> None:
        self.key = key
        self.run_wanted = wanted.run
        self.token = object()

    def __call__(self, nodes: list[Node], origin: Node, run: Context) -> list[Node]:
        return _scan(nodes, self.run_wanted(nodes[0], 1, 1, run), self.key, run)

    def known(self, origin: Node, run: Context) -> list[Node] | None:
        """The answer for all candidates below ``origin`` from the index; None while there is none."""
        index = self._index(origin)
        if index is None or index.texts is None:
            return None
        return _look_up(index, self.run_wanted(origin, 1, 1, run), run)

    def learn(self, nodes: list[Node], origin: Node, run: Context) -> None:
        """Remember that these candidates were scanned; index them from the second time on."""
        document = origin.document()
        if len(nodes) <= SMALL or document is None:
            return
        index = self._index(origin)
        if index is None:
            document.indexes[self.token, id(origin)] = Index(document.version)
        elif index.texts is None:
            _build(index, nodes, self.key, run)

    def _index(self, origin: Node) -> Index | None:
        document = origin.document()
        if document is None:
            return None
        index: Index | None = document.indexes.get((self.token, id(origin)))
        return index if index is not None and index.version == document.version else None


def _scan(nodes: list[Node], value: Value, key: NodesClosure, run: Context) -> list[Node]:
    run.spend(len(nodes))
    if isinstance(value, bool):
        return [node for node in nodes if bool(key(node, 1, 1, run)) == value]
    if isinstance(value, str):
        return [node for node in nodes if any(member.text() == value for member in key(node, 1, 1, run))]
    if isinstance(value, list):
        texts = {member.text() for member in value}
        return [node for node in nodes if any(member.text() in texts for member in key(node, 1, 1, run))] if texts else []
    zone = run.env.timezone
    number = to_number(value, zone)
    return [node for node in nodes if any(text_number(member.text(), zone) == number for member in key(node, 1, 1, run))]


def _build(index: Index, nodes: list[Node], key: NodesClosure, run: Context) -> None:
    run.spend(2 * len(nodes))
    texts: dict[str, list[Node]] = {}
    for place, node in enumerate(nodes):
        index.places[id(node)] = place
        for text in {member.text() for member in key(node, 1, 1, run)}:
            texts.setdefault(text, []).append(node)
    index.texts = texts


def _look_up(index: Index, value: Value, run: Context) -> list[Node] | None:
    if isinstance(value, bool):
        return None
    texts = index.texts or {}
    if isinstance(value, str):
        return list(texts.get(value, ()))
    if isinstance(value, list):
        wanted = {member.text() for member in value}
        if len(wanted) == 1:
            return list(texts.get(wanted.pop(), ()))
        found = {id(node): node for text in wanted for node in texts.get(text, ())}
        return sorted(found.values(), key=lambda node: index.places[id(node)])
    return list(_numbers(index, run).get(to_number(value, run.env.timezone), ()))


def _numbers(index: Index, run: Context) -> dict[float, list[Node]]:
    zone = run.env.timezone
    if index.numbers is None or index.zone is not zone:
        numbers: dict[float, list[Node]] = {}
        for text, nodes in (index.texts or {}).items():
            number = text_number(text, zone)
            if number == number:
                known = numbers.setdefault(number, [])
                known.extend(node for node in nodes if node not in known)
        for nodes in numbers.values():
            nodes.sort(key=lambda node: index.places[id(node)])
        index.numbers, index.zone = numbers, zone
    return index.numbers

"""OpenRosa's functions on nodes and the form: if, once, instances, repeats, texts, random order."""

from __future__ import annotations

import hashlib
import math

from forms.errors import FormError
from forms.functions_registry import Shelf
from forms.tree import Document, Node
from forms.xpath_code import ANY, NODES, STRING, Code, as_boolean, as_nodes, as_number, as_text
from forms.xpath_context import Context
from forms.xpath_values import Value, plain_number, to_text

SHELF = Shelf()
_MODULUS = 2_147_483_647
_MULTIPLIER = 16_807


@SHELF.lazy("if", "boolean any any")
def choose(arguments: tuple[Code, ...]) -> Code:
    test, yes, no = as_boolean(arguments[0]), arguments[1].run, arguments[2].run
    kind = arguments[1].type if arguments[1].type == arguments[2].type else ANY
    return Code(
        lambda node, position, size, run: (yes if test(node, position, size, run) else no)(node, position, size, run),
        kind,
        fixed=all(argument.fixed for argument in arguments),
        positional=any(argument.positional for argument in arguments),
    )


@SHELF.lazy("coalesce", "string string", STRING)
def coalesce(arguments: tuple[Code, ...]) -> Code:
    """The text of the first argument unless that is blank (an empty text or no number), otherwise that of the second."""
    first, second = arguments[0].run, as_text(arguments[1])

    def closure(node: Node, position: int, size: int, run: Context) -> str:
        value = first(node, position, size, run)
        text = "" if isinstance(value, float) and value != value else to_text(value)
        return text or second(node, position, size, run)

    return Code(
        closure,
        STRING,
        fixed=all(argument.fixed for argument in arguments),
        positional=any(argument.positional for argument in arguments),
    )


@SHELF.lazy("once", "string", STRING)
def once(arguments: tuple[Code, ...]) -> Code:
    """The value the question already has, or the argument while it has none."""
    value = as_text(arguments[0])
    return Code(lambda node, position, size, run: run.node.text() or value(node, position, size, run), STRING)


@SHELF.lazy("current", "", NODES)
def current(arguments: tuple[Code, ...]) -> Code:
    return Code(lambda node, position, size, run: [run.node], NODES, fixed=True)


@SHELF.add("instance", "string", NODES, contextual=True)
def instance(run: Context, identifier: str) -> list[Node]:
    root = run.env.instance(identifier)
    return [] if root is None else [root]


@SHELF.add("pulldata", "string string string string", STRING, contextual=True)
def pulldata(run: Context, identifier: str, wanted: str, key: str, value: str) -> str:
    """The column ``wanted`` of the first row of an instance whose column ``key`` is ``value``; "" where there is none."""
    root = run.env.instance(identifier.removesuffix(".csv"))
    if root is None:
        root = run.env.instance(identifier)
    if root is None:
        return ""
    row = _rows_by(root, key).get(value)
    cell = row.first(wanted) if row is not None else None
    return cell.text() if cell is not None else ""


def _rows_by(root: Node, key: str) -> dict[str, Node]:
    """The first row of each value of a column; kept while the document does not change."""
    document = root.document()
    entry = ("pulldata", id(root), key)
    if document is not None:
        known = document.indexes.get(entry)
        if known is not None and known[0] == document.version:
            rows: dict[str, Node] = known[1]
            return rows
    rows = {}
    for row in _rows(root):
        cell = row.first(key)
        if cell is not None:
            rows.setdefault(cell.text(), row)
    if document is not None:
        document.indexes[entry] = (document.version, rows)
    return rows


def _rows(root: Node) -> list[Node]:
    top = root.element if isinstance(root, Document) else root
    rows = list(top.elements())
    if len(rows) == 1 and rows[0].local == "root":
        rows = list(rows[0].elements())
    return rows


@SHELF.lazy("indexed-repeat", "nodes nodes number", NODES, most=None)
def indexed_repeat(arguments: tuple[Code, ...]) -> Code:
    """indexed-repeat(target, repeat1, index1[, repeat2, index2 …]): the target nodes within the repeat instances at those places."""
    target = as_nodes(arguments[0])
    pairs = [(as_nodes(repeat), as_number(place)) for repeat, place in zip(arguments[1::2], arguments[2::2], strict=False)]
    even = len(arguments) % 2 == 0

    def closure(node: Node, position: int, size: int, run: Context) -> list[Node]:
        if even:
            raise FormError("indexed-repeat() 的每个重复组后面要有序号。", "xpath-arity")
        levels: list[tuple[list[Node], float]] = []
        for repeat, place in pairs:
            wanted = place(node, position, size, run)
            instances = repeat(node, position, size, run)
            if wanted != wanted or not instances:
                return []
            levels.append((instances, wanted))
        holder = _repeat_at(levels, run)
        if holder is None:
            return []
        return [found for found in target(node, position, size, run) if _is_inside(found, holder)]

    return Code(closure, NODES, fixed=all(argument.fixed for argument in arguments))


def _repeat_at(levels: list[tuple[list[Node], float]], run: Context) -> Node | None:
    """The innermost instance reached by taking, from outside in, the instance at each place within the one before."""
    holder: Node | None = None
    for instances, wanted in sorted(levels, key=lambda level: _depth(level[0][0])):
        run.spend(len(instances))
        inside = [found for found in instances if holder is None or _is_inside(found, holder)]
        if not 1 <= wanted <= len(inside) or wanted != int(wanted):
            return None
        holder = inside[int(wanted) - 1]
    return holder


def _depth(node: Node) -> int:
    depth = 0
    current: Node | None = node
    while current is not None:
        depth += 1
        current = current.parent
    return depth


def _is_inside(node: Node, holder: Node) -> bool:
    current = node.parent
    while current is not None:
        if current is holder:
            return True
        current = current.parent
    return False


@SHELF.lazy("jr:itext", "string", NODES)
def itext(arguments: tuple[Code, ...]) -> Code:
    """The values of an itext id in the current language; as a string the one without a form."""
    identifier = as_text(arguments[0])

    def look_up(node: Node, position: int, size: int, run: Context) -> Value:
        return [] if run.env.itext is None else run.env.itext(identifier(node, position, size, run))

    def text(node: Node, position: int, size: int, run: Context) -> str:
        found = look_up(node, position, size, run)
        if isinstance(found, list):
            return next((value.text() for value in found if value.attribute("form") is None), "")
        return to_text(found)

    return Code(look_up, ANY, text=text)


@SHELF.add("jr:choice-name", "string string", STRING, local=True)
def choice_name(run: Context, node: Node, value: str, question: str) -> str:
    return "" if run.env.choice_name is None else run.env.choice_name(value, question, node)


@SHELF.add("property", "string", STRING, contextual=True)
def device_property(run: Context, name: str) -> str:
    return run.env.properties.get(name, "")


@SHELF.add("version", "", STRING, most=0, contextual=True)
def version(run: Context) -> str:
    return run.env.form_version


@SHELF.lazy("randomize", "nodes any", NODES, least=1)
def randomize(arguments: tuple[Code, ...]) -> Code:
    """The nodes in an order that a seed fixes for ever (Park–Miller, as ODK shuffles), or at random."""
    nodes = as_nodes(arguments[0])
    seed = arguments[1].run if len(arguments) > 1 else None

    def closure(node: Node, position: int, size: int, run: Context) -> list[Node]:
        found = nodes(node, position, size, run)
        return shuffled(found, chance_seed(run) if seed is None else seed_of(seed(node, position, size, run)))

    return Code(closure, NODES)


def chance_seed(run: Context) -> int:
    """A seed drawn at random."""
    return math.floor(run.env.chance() * (_MODULUS - 1)) + 1


def seed_of(value: Value) -> int:
    """The seed of a value as Java makes a long of it; a text that is no number is hashed, a blank is 0."""
    text = to_text(value)
    number = value if isinstance(value, float) else plain_number(text)
    if number == number:
        return max(-(2**63), min(2**63 - 1, math.trunc(number) if math.isfinite(number) else (2**64 if number > 0 else -(2**64))))
    if isinstance(value, float) or not text:
        return 0
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)


def shuffled(nodes: list[Node], seed: int) -> list[Node]:
    """An inside-out Fisher–Yates shuffle driven by the Park–Miller generator."""
    state = int(math.fmod(seed, _MODULUS)) if abs(seed) < 2**53 else (abs(seed) % _MODULUS) * (1 if seed > 0 else -1)
    if state <= 0:
        state += _MODULUS - 1
    mixed: list[Node] = []
    for place, node in enumerate(nodes):
        state = state * _MULTIPLIER % _MODULUS
        other = math.floor((state - 1) / (_MODULUS - 1) * (place + 1))
        mixed.append(node)
        mixed[place] = mixed[other]
        mixed[other] = node
    return mixed

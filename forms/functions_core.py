"""The function library of XPath 1.0 (section 4), with OpenRosa's extensions of round(), concat(), number() and position()."""

from __future__ import annotations

import math
import re
from datetime import UTC

from forms.errors import FormError
from forms.functions_registry import Shelf
from forms.tree import XML_NAMESPACE, Node
from forms.xpath_code import NODES, NUMBER, STRING, Code, as_nodes
from forms.xpath_context import Context
from forms.xpath_values import DAY, Moment, Value, parse_moment, text_number, to_number, to_text

SHELF = Shelf()
MAX_TEXT = 8_000_000
_SPACE = re.compile(r"[ \t\r\n]+")


def half_up(number: float) -> float:
    """Round half towards positive infinity, as XPath positions do."""
    return number if not math.isfinite(number) else float(math.floor(number + 0.5))


# --- node-sets


@SHELF.lazy("last", "", NUMBER)
def last(arguments: tuple[Code, ...]) -> Code:
    return Code(lambda node, position, size, run: float(size), NUMBER, positional=True)


@SHELF.lazy("position", "nodes", NUMBER, least=0)
def position(arguments: tuple[Code, ...]) -> Code:
    """Without argument XPath's position(); with a node, its place among the siblings of its name that adjoin it."""
    if not arguments:
        return Code(lambda node, place, size, run: float(place), NUMBER, positional=True)
    nodes = as_nodes(arguments[0])

    def place_of(node: Node, place: int, size: int, run: Context) -> float:
        found = nodes(node, place, size, run)
        return float(place_among_namesakes(found[0])) if found else math.nan

    return Code(place_of, NUMBER, fixed=arguments[0].fixed)


def place_among_namesakes(node: Node) -> int:
    """1 + the number of siblings of the same name just before it, as repeats are counted."""
    if node.parent is None:
        return 1
    count = 0
    for sibling in node.parent.elements():
        count = count + 1 if sibling.local == node.local and sibling.uri == node.uri else 0
        if sibling is node:
            return count
    return 1


@SHELF.add("count", "nodes", NUMBER)
def count(nodes: list[Node]) -> float:
    return float(len(nodes))


@SHELF.add("id", "any", NODES, local=True)
def elements_by_id(run: Context, node: Node, value: Value) -> list[Node]:
    texts = [member.text() for member in value] if isinstance(value, list) else [to_text(value)]
    wanted = {word for text in texts for word in text.split()}
    if not wanted:
        return []
    found: list[Node] = []
    for member in node.top().descendants():
        run.spend(1)
        identifier = member.attribute("id") or member.attribute("id", XML_NAMESPACE)
        if identifier in wanted:
            wanted.discard(identifier)
            found.append(member)
    return found


def _named(run: Context, node: Node, nodes: tuple[list[Node], ...]) -> Node | None:
    if not nodes:
        return node
    return nodes[0][0] if nodes[0] else None


@SHELF.add("local-name", "nodes", STRING, least=0, local=True)
def local_name(run: Context, node: Node, *nodes: list[Node]) -> str:
    named = _named(run, node, nodes)
    return named.local if named else ""


@SHELF.add("namespace-uri", "nodes", STRING, least=0, local=True)
def namespace_uri(run: Context, node: Node, *nodes: list[Node]) -> str:
    named = _named(run, node, nodes)
    return named.uri if named else ""


@SHELF.add("name", "nodes", STRING, least=0, local=True)
def name(run: Context, node: Node, *nodes: list[Node]) -> str:
    named = _named(run, node, nodes)
    return named.name if named else ""


@SHELF.add("lang", "string", "boolean", local=True)
def lang(run: Context, node: Node, wanted: str) -> bool:
    current: Node | None = node
    while current is not None:
        spoken = current.attribute("lang", XML_NAMESPACE)
        if spoken is not None:
            return spoken.lower() == wanted.lower() or spoken.lower().startswith(f"{wanted.lower()}-")
        current = current.parent
    return False


# --- strings


@SHELF.add("string", "string", STRING, least=0, local=True)
def string_here(run: Context, node: Node, *text: str) -> str:
    return text[0] if text else node.text()


@SHELF.add("concat", "any", STRING, least=0, most=None)
def concat(*values: Value) -> str:
    """All texts one after another; of a node-set, those of all its nodes."""
    return joined("", [text for value in values for text in texts_of(value)])


def joined(glue: str, texts: list[str]) -> str:
    """Texts joined by another. Raises FormError when the result would be absurdly long."""
    if len(glue) * len(texts) + sum(map(len, texts)) > MAX_TEXT:
        raise FormError("表达式产生的文字太长。", "xpath-text")
    return glue.join(texts)


def texts_of(value: Value) -> list[str]:
    """The strings of every node of a node-set, or the one string of another value."""
    return [node.text() for node in value] if isinstance(value, list) else [to_text(value)]


@SHELF.add("starts-with", "string string", "boolean")
def starts_with(text: str, start: str) -> bool:
    return text.startswith(start)


@SHELF.add("contains", "string string", "boolean")
def contains(text: str, part: str) -> bool:
    return part in text


@SHELF.add("substring-before", "string string", STRING)
def substring_before(text: str, mark: str) -> str:
    before, found, _ = text.partition(mark) if mark else ("", "", "")
    return before if found else ""


@SHELF.add("substring-after", "string string", STRING)
def substring_after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


@SHELF.add("substring", "string number number", STRING, least=2)
def substring(text: str, start: float, length: float = math.inf) -> str:
    first = half_up(start)
    end = first + half_up(length)
    return "".join(char for place, char in enumerate(text, 1) if first <= place < end)


@SHELF.add("string-length", "string", NUMBER, least=0, local=True)
def string_length(run: Context, node: Node, *text: str) -> float:
    return float(len(text[0] if text else node.text()))


@SHELF.add("normalize-space", "string", STRING, least=0, local=True)
def normalize_space(run: Context, node: Node, *text: str) -> str:
    return _SPACE.sub(" ", text[0] if text else node.text()).strip(" ")


@SHELF.add("translate", "string string string", STRING)
def translate(text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for place, char in enumerate(old):
        table.setdefault(ord(char), new[place] if place < len(new) else None)
    return text.translate(table)


# --- booleans


@SHELF.add("boolean", "boolean", "boolean")
def boolean(value: bool) -> bool:
    return value


@SHELF.add("not", "boolean", "boolean")
def negate(value: bool) -> bool:
    return not value


@SHELF.add("true", "", "boolean", most=0)
def true() -> bool:
    return True


@SHELF.add("false", "", "boolean", most=0)
def false() -> bool:
    return False


# --- numbers


@SHELF.add("number", "any", "any", least=0, local=True)
def number(run: Context, node: Node, *value: Value) -> Value:
    """number(); of the text of a date, days since 1970, which as a string are whole days: of a plain date those of the calendar."""
    given = value[0] if value else [node]
    if isinstance(given, (str, list)):
        text = to_text(given)
        millis = parse_moment(text, run.env.timezone)
        if millis is not None:
            of_day = millis if "T" in text else parse_moment(text, UTC)
            return Moment(millis, run.env.timezone, whole_days=floor((of_day or 0.0) / DAY))
    return to_number(given, run.env.timezone)


@SHELF.add("sum", "nodes", NUMBER, contextual=True)
def total(run: Context, nodes: list[Node]) -> float:
    return sum((text_number(node.text(), run.env.timezone) for node in nodes), 0.0)


@SHELF.add("floor", "number", NUMBER)
def floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


@SHELF.add("ceiling", "number", NUMBER)
def ceiling(value: float) -> float:
    return float(math.ceil(value)) if math.isfinite(value) else value


@SHELF.add("round", "number number", NUMBER, least=1)
def round_number(value: float, places: float = 0.0) -> float:
    return rounded(value, places)


def rounded(value: float, places: float) -> float:
    """Half away from zero to a number of decimal places, which may be negative."""
    if not math.isfinite(value) or places != places:
        return value if places == places else math.nan
    digits = int(max(-400.0, min(400.0, places)))
    if digits > 300:
        return value
    if digits < -308:
        return 0.0
    scale = 10.0 ** abs(digits)
    shifted = abs(value) * scale if digits >= 0 else abs(value) / scale
    if not math.isfinite(shifted):
        return value
    whole = float(math.floor(shifted + 0.5)) if shifted < 2**52 else shifted
    return math.copysign(whole / scale if digits >= 0 else whole * scale, value)

"""Scores the recorded expression cases of the reference engines: a case passes when the value in the requested type is equal."""

from __future__ import annotations

import json
import lzma
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from forms.errors import FormError
from forms.tree import ATTRIBUTE, COMMENT, ELEMENT, INSTRUCTION, NAMESPACE, TEXT, XMLNS_NAMESPACE, Document, Node
from forms.tree_xml import parse_xml
from forms.xpath import DEFAULT_NAMESPACES, Context, Environment, Expression
from forms.xpath import compile as compile_expression
from forms.xpath_values import Value, to_boolean, to_number, to_text

Case = dict[str, Any]

XFORMS = "http://www.w3.org/2002/xforms"
_LOCATOR = re.compile(
    r"/(?:(\*|text\(\)|comment\(\)|processing-instruction\(\))\[(\d+)\]|@\*\[local-name\(\)='([^']*)' and namespace-uri\(\)='([^']*)'\])"
)
_KINDS = {"*": ELEMENT, "text()": TEXT, "comment()": COMMENT, "processing-instruction()": INSTRUCTION}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def load(path: Path) -> Any:
    """The content of a case file, compressed or not."""
    raw = path.read_bytes()
    return json.loads(lzma.decompress(raw) if path.suffix == ".xz" else raw)


def run(path: Path, verbose: bool = False) -> tuple[int, int]:
    """Score every case of a file."""
    data = load(path)
    documents = {name: parse_xml(text, keep_blank=True) for name, text in data["documents"].items()}
    zone = ZoneInfo(data["timezone"])
    passed = 0
    for case in data["cases"]:
        fault = failure(case, documents[case["doc"]], data["namespaces"], zone)
        passed += fault is None
        if verbose and fault is not None:
            print(f"{case['id']} {case['topic']}: {case['expression']!r} on {case['doc']} {case['context']}: {fault}")
    return passed, len(data["cases"])


def failure(case: Case, document: Document, namespaces: Mapping[str, str], zone: ZoneInfo) -> str | None:
    """What is wrong with a case, None where it passes."""
    expected = case["expected"]
    environment = _environment(case, document, zone)
    try:
        context = Context(locate(document, case["context"]), env=environment)
        expression = compile_expression(case["expression"], _namespaces(case, document, namespaces))
        value = _requested(expression, context, case["requested_type"])
        actual = _typed(value, expected["type"], zone)
    except FormError as error:
        return None if expected["type"] == "error" else f"expected {expected}, refused: {error}"
    return None if _equal(actual, expected) else f"expected {expected}, got {actual!r}"


def _requested(expression: Expression, context: Context, kind: str) -> Value:
    if kind == "string":
        return expression.string(context)
    if kind == "number":
        return expression.number(context)
    if kind == "boolean":
        return expression.boolean(context)
    if kind in ("nodes", "node"):
        return expression.nodes(context)
    return expression.evaluate(context)


def _typed(value: Value, kind: str, zone: ZoneInfo) -> object:
    if kind.startswith("number"):
        return to_number(value, zone)
    if kind == "string-length":
        return len(to_text(value))
    if kind.startswith("string"):
        return to_text(value)
    if kind == "boolean":
        return to_boolean(value)
    if isinstance(value, list):
        found = [locator(node) for node in value]
        return found[:1] if kind == "first-node" else found
    return value


def _equal(actual: object, expected: Case) -> bool:
    kind: str = expected["type"]
    wanted: Any = expected.get("value")
    if kind == "error":
        return False
    if kind == "number":
        return isinstance(actual, float) and _close(actual, float(wanted))
    if kind == "number-rounded":
        return isinstance(actual, float) and math.floor(actual * expected["factor"] + 0.5) == math.floor(wanted * expected["factor"] + 0.5)
    if kind == "string-matches":
        return re.search(wanted, str(actual)) is not None
    if kind == "nodeset-unordered":
        return isinstance(actual, list) and sorted(actual) == sorted(wanted)
    return bool(actual == wanted)


def _close(actual: float, wanted: float) -> bool:
    if math.isnan(actual) or math.isnan(wanted):
        return math.isnan(actual) and math.isnan(wanted)
    return math.isclose(actual, wanted, rel_tol=1e-9, abs_tol=0.0)


def _environment(case: Case, document: Document, zone: ZoneInfo) -> Environment:
    clock = datetime.fromisoformat(case["clock"].replace("Z", "+00:00")) if "clock" in case else datetime(2026, 1, 1, tzinfo=UTC)
    root = locate(document, case["root"]) if case["root"] != "/" else None
    instances = {
        identifier: node for node in document.descendants() if node.local == "instance" and (identifier := node.attribute("id")) is not None
    }
    language = case.get("language", "")

    def itext(identifier: str) -> list[Node]:
        return [
            value
            for translation in document.descendants()
            if translation.local == "translation" and translation.attribute("lang") == language
            for text in translation.elements("text")
            if text.attribute("id") == identifier
            for value in text.elements("value")
        ]

    return Environment(root, instances=instances, clock=lambda: clock, timezone=zone, language=language, itext=itext)


def _namespaces(case: Case, document: Document, known: Mapping[str, str]) -> dict[str, str]:
    """Strict namespaces: names without prefix are in no namespace, or in that of XForms where the document is one."""
    declared = dict(known)
    if "ns-from-document" in case.get("flags", ()):
        for node in document.descendants():
            for prefix, uri in (node.namespaces or {}).items():
                declared.setdefault(prefix, uri)
    default = declared.pop("", "")
    return {**DEFAULT_NAMESPACES, **declared, "": XFORMS if default == XFORMS else ""}


def locate(document: Document, where: str) -> Node:
    """The node a locator names. Raises LookupError when the document has none."""
    node: Node = document
    place = 0
    while where != "/" and place < len(where):
        match = _LOCATOR.match(where, place)
        if match is None:
            raise LookupError(where)
        node = _below(node, match)
        place = match.end()
    return node


def _below(node: Node, match: re.Match[str]) -> Node:
    kind, place, local, uri = match.groups()
    if kind is None:
        return next(attribute for attribute in node.attributes if attribute.local == local and attribute.uri == uri)
    members = [child for child in node.child_nodes() if child.kind == _KINDS[kind]]
    return members[int(place) - 1]


def locator(node: Node) -> str:
    """The locator of a node; a namespace node's is that of the declaration."""
    parent = node.parent
    if parent is None:
        return "/"
    above = locator(parent).rstrip("/")
    if node.kind in (ATTRIBUTE, NAMESPACE):
        uri = XMLNS_NAMESPACE if node.kind == NAMESPACE else node.uri
        return f"{above}/@*[local-name()='{node.local}' and namespace-uri()='{uri}']"
    members = [child for child in parent.child_nodes() if child.kind == node.kind]
    place = next(place for place, member in enumerate(members, 1) if member is node)
    return f"{above}/{_NAMES[node.kind]}[{place}]"

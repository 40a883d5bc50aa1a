"""Opens an XForm's XML and finds its parts; nothing is fetched, no entity is expanded, and size and depth are bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from forms.errors import FormError
from forms.tree_xml import parse_etree
from forms.xform import XFORMS, XHTML
from forms.xpath import ANY_NAMESPACE, DEFAULT_NAMESPACES, Expression
from forms.xpath import compile as compile_xpath

MAX_BYTES = 16 * 1024 * 1024
MAX_ELEMENTS = 200_000
MAX_DEPTH = 64

_PREDICATE = re.compile(r"\[[^\[\]]*\]")


def parse_xml(source: str | bytes, what: str) -> etree._Element:
    """The root element without comments. Raises FormError on anything too large, too deep, not well-formed, or with a DTD of its own."""
    root = parse_etree(source, max_bytes=MAX_BYTES)
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    _check_size(root, what)
    return root


def _check_size(root: etree._Element, what: str) -> None:
    depth = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH:
            raise FormError(f"{what}嵌套超过 {MAX_DEPTH} 层。")
        if count > MAX_ELEMENTS:
            raise FormError(f"{what}超过 {MAX_ELEMENTS} 个节点。")


def split_name(element: etree._Element) -> tuple[str, str]:
    """(namespace, local name) of an element; the namespace is "" where there is none."""
    name = etree.QName(element)
    return name.namespace or "", name.localname


def written_name(element: etree._Element) -> str:
    """The name as it stands in the file: `orx:meta`, or `meta` where the namespace is the default one."""
    return f"{element.prefix}:{etree.QName(element).localname}" if element.prefix else etree.QName(element).localname


def attribute_name(element: etree._Element, key: str) -> str:
    """The written name of an attribute given in Clark notation."""
    name = etree.QName(key)
    if not name.namespace:
        return name.localname
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
    return f"{prefixes.get(name.namespace, 'ns')}:{name.localname}"


def child(element: etree._Element, local: str) -> etree._Element | None:
    """The first child of that local name, whatever its namespace."""
    return next(children(element, local), None)


def children(element: etree._Element, local: str) -> Iterator[etree._Element]:
    """The children of that local name, whatever their namespace."""
    return (item for item in element if isinstance(item.tag, str) and split_name(item)[1] == local)


def plain_attributes(element: etree._Element) -> dict[str, str]:
    """Attributes without a namespace."""
    return {str(key): str(value) for key, value in element.attrib.items() if not str(key).startswith("{")}


def resolve_ref(reference: str, base: str) -> str:
    """An absolute reference without predicates. `base` is the node it is relative to."""
    path = reference.strip()
    while (bare := _PREDICATE.sub("", path)) != path:
        path = bare
    steps = [] if path.startswith("/") else [step for step in base.split("/") if step]
    for step in (part.strip() for part in path.split("/")):
        if step == "..":
            del steps[-1:]
        elif step not in ("", ".", "current()"):
            steps.append(step)
    return "/" + "/".join(steps)


@dataclass(frozen=True)
class XFormSource:
    """The parts of one XForm document, and the compiler of its expressions."""

    xml: str
    model: etree._Element
    body: etree._Element | None
    title: str
    namespaces: Mapping[str, str]
    compiled: dict[str, Expression] = field(default_factory=dict)

    def compile(self, expression: str, where: str) -> Expression:
        """The expression as a closure, shared where the same text occurs again. Raises FormError naming the place."""
        text = expression.strip()
        if text not in self.compiled:
            try:
                self.compiled[text] = compile_xpath(text, self.namespaces)
            except FormError as error:
                raise FormError(f"{where}：{error}") from error
        return self.compiled[text]

    def optional(self, expression: str | None, where: str) -> Expression | None:
        """None where the attribute is missing or blank."""
        return self.compile(expression, where) if expression and expression.strip() else None


def open_source(xml: str | bytes) -> XFormSource:
    """Finds model and body. Raises FormError where the document is not an XForm."""
    root = parse_xml(xml, "表单")
    if split_name(root) != (XHTML, "html"):
        raise FormError("这不是 XForm 表单：根元素应为 h:html。")
    head, body = child(root, "head"), child(root, "body")
    model = child(head, "model") if head is not None else None
    if head is None or model is None or split_name(model)[0] != XFORMS:
        raise FormError("这不是 XForm 表单：找不到 model。")
    title = child(head, "title")
    text = xml if isinstance(xml, str) else etree.tostring(root, encoding="unicode")
    words = "".join(str(part) for part in title.itertext()).strip() if title is not None else ""
    return XFormSource(text, model, body, words, _all_namespaces(root))


def _all_namespaces(root: etree._Element) -> dict[str, str]:
    """Every prefix declared anywhere in the document; the outermost declaration of a prefix wins."""
    found: dict[str, str] = {}
    for _, (prefix, uri) in etree.iterwalk(root, events=("start-ns",)):
        if prefix:
            found.setdefault(str(prefix), str(uri))
    return {**DEFAULT_NAMESPACES, **found, "": ANY_NAMESPACE}

"""XML bytes to instance trees and back, through a parser that refuses entities, outside DTDs, the network and anything too big."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from forms.errors import FormError
from forms.tree import ATTRIBUTE, COMMENT, ELEMENT, INSTRUCTION, TEXT, XML_NAMESPACE, Document, Node

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MAX_BYTES = 64 << 20
MAX_NODES = 2_000_000
MAX_DEPTH = 200


def parse_xml(data: bytes | str, *, keep_blank: bool = False, max_bytes: int = MAX_BYTES, max_nodes: int = MAX_NODES) -> Document:
    """Parse a document. ``keep_blank`` keeps text that is only white space between elements. Raises FormError."""
    return document_from(parse_etree(data, max_bytes=max_bytes), keep_blank=keep_blank, max_nodes=max_nodes)


def parse_etree(data: bytes | str, *, max_bytes: int = MAX_BYTES) -> etree._Element:
    """Parse to lxml with every outside door shut; the result holds no entity. Raises FormError."""
    raw = data.encode() if isinstance(data, str) else data
    if len(raw) > max_bytes:
        raise FormError(f"文件太大（超过 {max_bytes >> 20} MB）。", "xml-size")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, strip_cdata=True
    )
    try:
        root = etree.fromstring(_without_declaration(raw) if isinstance(data, str) else raw, parser)
    except etree.XMLSyntaxError as error:
        line = getattr(error, "lineno", None)
        raise FormError(f"XML 格式有错（第 {line} 行）：{error.msg}", "xml-syntax", line) from error
    except ValueError as error:
        raise FormError(f"XML 格式有错：{error}", "xml-syntax") from error
    _refuse_dtd(root)
    return root


def _without_declaration(raw: bytes) -> bytes:
    """Text already decoded must not be decoded again by what its declaration says."""
    stripped = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if stripped.startswith(b"<?xml") and stripped[5:6].isspace():
        end = stripped.find(b"?>")
        return stripped[end + 2 :].lstrip() if end > 0 else stripped
    return raw


def _refuse_dtd(root: etree._Element) -> None:
    info: Any = root.getroottree().docinfo
    dtd = info.internalDTD
    if dtd is None:
        return
    if info.system_url or info.public_id or any(True for _ in dtd.iterentities()) or any(True for _ in dtd.iterelements()):
        raise FormError("文件含有外部或自定义的文档类型声明，出于安全不予打开。", "xml-dtd")


def document_from(root: etree._Element, *, keep_blank: bool = False, max_nodes: int = MAX_NODES) -> Document:
    """A document holding a copy of an lxml tree, with the comments and instructions around its element."""
    document = Document()
    children = [_leaf_from(sibling) for sibling in reversed(list(root.itersiblings(preceding=True)))]
    children.append(node_from(root, keep_blank=keep_blank, max_nodes=max_nodes))
    children.extend(_leaf_from(sibling) for sibling in root.itersiblings())
    for child in children:
        child.parent = document
    document.children = children
    document.renumber()
    return document


def node_from(root: etree._Element, *, keep_blank: bool = False, max_nodes: int = MAX_NODES) -> Node:
    """A loose copy of an lxml element and what is in it. Raises FormError beyond the limits."""
    top = _element_from(root, None)
    count = 1
    stack: list[tuple[etree._Element, Node, int]] = [(root, top, 1)]
    while stack:
        source, target, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise FormError(f"XML 嵌套太深（超过 {MAX_DEPTH} 层）。", "xml-depth")
        if not len(source):
            target.value = source.text or ""
            continue
        content: list[Node] = []
        _add_text(content, source.text, keep_blank)
        for child in source:
            if isinstance(child.tag, str):
                node = _element_from(child, source)
                stack.append((child, node, depth + 1))
            else:
                node = _leaf_from(child)
            content.append(node)
            _add_text(content, child.tail, keep_blank)
        count += len(content)
        if count > max_nodes:
            raise FormError(f"XML 节点太多（超过 {max_nodes} 个）。", "xml-nodes")
        for node in content:
            node.parent = target
        target.children = content
        target.value = None
    return top


def _add_text(content: list[Node], text: str | None, keep_blank: bool) -> None:
    if text and (keep_blank or not text.isspace()):
        if content and content[-1].kind == TEXT:
            content[-1].value = (content[-1].value or "") + text
        else:
            content.append(Node(TEXT, value=text))


def _element_from(source: etree._Element, parent: etree._Element | None) -> Node:
    uri, local = _split(source.tag)
    node = Node(ELEMENT, local, "", uri, source.prefix or "")
    scope = source.nsmap
    if parent is None or scope != parent.nsmap:
        outer = {} if parent is None else parent.nsmap
        declared = {prefix or "": uri for prefix, uri in scope.items() if outer.get(prefix) != uri}
        node.namespaces = declared or None
    if source.attrib:
        node.attributes = [_attribute_from(node, key, value, scope) for key, value in source.attrib.items()]  # type: ignore[arg-type]
    return node


def _attribute_from(owner: Node, key: str, value: str, scope: dict[str | None, str]) -> Node:
    uri, local = _split(key)
    prefix = ""
    if uri:
        prefix = "xml" if uri == XML_NAMESPACE else next((name for name, known in scope.items() if known == uri and name), "")
    attribute = Node(ATTRIBUTE, local, value, uri, prefix)
    attribute.parent = owner
    return attribute


def _leaf_from(source: Any) -> Node:
    if source.tag is etree.Comment:
        return Node(COMMENT, value=source.text or "")
    if source.tag is etree.PI:
        return Node(INSTRUCTION, source.target or "", source.text or "")
    raise FormError("文件含有实体引用，出于安全不予打开。", "xml-entity")


def _split(tag: str) -> tuple[str, str]:
    if tag.startswith("{"):
        uri, _, local = tag[1:].partition("}")
        return uri, local
    return "", tag


def serialise(node: Node) -> bytes:
    """UTF-8 XML of a node. A namespace that a name uses but no ancestor declares is declared where first needed."""
    parts: list[str] = []
    scope: dict[str, str] = {"": "", "xml": XML_NAMESPACE}
    if isinstance(node, Document):
        for child in node.children:
            _write(child, scope, parts)
    else:
        _write(node, scope, parts)
    return "".join(parts).encode("utf-8", "xmlcharrefreplace")


def _write(node: Node, scope: dict[str, str], parts: list[str]) -> None:
    if node.kind == TEXT:
        parts.append(_escape_text(node.value or ""))
    elif node.kind == COMMENT:
        parts.append(f"<!--{node.value}-->")
    elif node.kind == INSTRUCTION:
        parts.append(f"<?{node.local} {node.value}?>" if node.value else f"<?{node.local}?>")
    elif node.kind == ELEMENT:
        _write_element(node, scope, parts)


def _write_element(node: Node, scope: dict[str, str], parts: list[str]) -> None:
    declared = {prefix: uri for prefix, uri in (node.namespaces or {}).items() if scope.get(prefix) != uri}
    inner = {**scope, **declared}
    for named in (node, *node.attributes):
        if (named.kind == ELEMENT or named.uri) and inner.get(named.prefix) != named.uri:
            declared[named.prefix] = inner[named.prefix] = named.uri
    parts.append(f"<{node.name}")
    parts.extend(f" xmlns{':' + prefix if prefix else ''}={_quote(uri)}" for prefix, uri in declared.items())
    parts.extend(f" {attribute.name}={_quote(attribute.value or '')}" for attribute in node.attributes)
    if node.value is not None:
        parts.append(f">{_escape_text(node.value)}</{node.name}>" if node.value else "/>")
        return
    parts.append(">")
    for child in node.children:
        _write(child, inner, parts)
    parts.append(f"</{node.name}>")


def _escape_text(text: str) -> str:
    return escape(_legal(text), {"\r": "&#13;"})


def _quote(text: str) -> str:
    return '"' + escape(_legal(text), {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}) + '"'


def _legal(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold at all."""
    return text if text.isprintable() else _ILLEGAL.sub("", text)

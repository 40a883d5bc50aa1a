"""The instance tree: one light mutable node type for the whole XPath 1.0 data model, with document order that survives cheap edits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.errors import FormError

ROOT, ELEMENT, ATTRIBUTE, TEXT, COMMENT, INSTRUCTION, NAMESPACE = range(7)

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/"

_GAP = 1 << 24
_NO_NODES: tuple[Node, ...] = ()


class Node:
    """One node of an instance.

    A leaf element keeps its text in ``value`` and has no children; ``value`` is None exactly while an element has mixed content or
    child elements. Text nodes of a leaf are made only when an expression asks for them. ``order`` is a sparse label; compare nodes
    with :func:`order_key`, never with ``order`` alone.
    """

    __slots__ = ("attributes", "children", "kind", "local", "namespaces", "order", "parent", "prefix", "uri", "value")

    kind: int
    uri: str
    local: str
    prefix: str
    parent: Node | None
    children: Sequence[Node]
    attributes: Sequence[Node]
    namespaces: dict[str, str] | None
    value: str | None
    order: int

    def __init__(self, kind: int, local: str = "", value: str | None = "", uri: str = "", prefix: str = "") -> None:
        self.kind = kind
        self.local = local
        self.uri = uri
        self.prefix = prefix
        self.value = value
        self.parent = None
        self.children = _NO_NODES
        self.attributes = _NO_NODES
        self.namespaces = None
        self.order = 0

    def __repr__(self) -> str:
        return f"<{('root', 'element', 'attribute', 'text', 'comment', 'instruction', 'namespace')[self.kind]} {self.name or self.value!r}>"

    @property
    def name(self) -> str:
        """The qualified name as written, ``prefix:local`` or ``local``; empty for nodes without a name."""
        return f"{self.prefix}:{self.local}" if self.prefix else self.local

    def text(self) -> str:
        """The XPath string value."""
        value = self.value
        if value is not None:
            return value
        parts: list[str] = []
        _collect_text(self, parts)
        return "".join(parts)

    def set_text(self, text: str) -> bool:
        """Give a leaf element or an attribute its text; True when that changed it."""
        if self.value == text:
            return False
        if self.children:
            if self.value is None and any(child.kind == ELEMENT for child in self.children):
                raise FormError("不能给含有下级节点的节点直接赋值。", "tree-not-leaf")
            self.children = _NO_NODES
            self.value = text
            self._changed_structure()
            return True
        self.value = text
        document = self.document()
        if document is not None:
            document.version += 1
        return True

    def document(self) -> Document | None:
        """The document this node hangs in, or None while it is loose."""
        node: Node | None = self
        while node is not None and node.kind != ROOT:
            node = node.parent
        return node if isinstance(node, Document) else None

    def top(self) -> Node:
        """The root of the tree this node hangs in: a Document, or the topmost loose node."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def child_nodes(self) -> Sequence[Node]:
        """All children; makes the text node of a leaf if it has text."""
        if not self.children and self.value and self.kind == ELEMENT:
            text = Node(TEXT, value=self.value)
            text.parent = self
            text.order = self.order
            self.children = [text]
        return self.children

    def elements(self, local: str | None = None) -> Iterator[Node]:
        """Child elements, all or those of one local name."""
        for child in self.children:
            if child.kind == ELEMENT and (local is None or child.local == local):
                yield child

    def first(self, local: str) -> Node | None:
        """The first child element of that local name."""
        for child in self.children:
            if child.local == local and child.kind == ELEMENT:
                return child
        return None

    def attribute(self, local: str, uri: str = "") -> str | None:
        """An attribute's value, None where absent."""
        for attribute in self.attributes:
            if attribute.local == local and attribute.uri == uri:
                return attribute.value
        return None

    def set_attribute(self, local: str, value: str, uri: str = "", prefix: str = "") -> None:
        """Set or add an attribute."""
        for attribute in self.attributes:
            if attribute.local == local and attribute.uri == uri:
                attribute.set_text(value)
                return
        attribute = Node(ATTRIBUTE, local, value, uri, prefix)
        attribute.parent = self
        self.attributes = [*self.attributes, attribute]
        self._changed_structure()

    def append(self, child: Node) -> Node:
        """Add a loose node as last child and return it."""
        return self.insert(len(self.child_nodes()), child)

    def insert(self, index: int, child: Node) -> Node:
        """Add a loose node at that place among :meth:`child_nodes` and return it."""
        if child.parent is not None or child.kind in (ROOT, ATTRIBUTE, NAMESPACE) or self.kind not in (ROOT, ELEMENT):
            raise FormError("节点不能放在这里。", "tree-placement")
        children = list(self.child_nodes())
        children.insert(index, child)
        self.children = children
        self.value = None
        child.parent = self
        document = self._changed_structure()
        if document is not None:
            document.label(child)
        return child

    def remove(self) -> None:
        """Take this node out of its tree; it stays usable as a loose tree."""
        parent = self.parent
        if parent is None:
            return
        if self.kind == ATTRIBUTE:
            parent.attributes = [attribute for attribute in parent.attributes if attribute is not self]
        else:
            parent.children = [child for child in parent.children if child is not self]
            if not parent.children and parent.kind == ELEMENT:
                parent.value = ""
        parent._changed_structure()
        self.parent = None

    def copy(self) -> Node:
        """A loose deep copy."""
        twin = Node(self.kind, self.local, self.value, self.uri, self.prefix)
        twin.namespaces = self.namespaces
        twin.attributes = _adopt(twin, (attribute.copy() for attribute in self.attributes))
        if self.value is None:
            twin.children = _adopt(twin, (child.copy() for child in self.children))
        return twin

    def descendants(self) -> Iterator[Node]:
        """Every descendant (no attributes) in document order."""
        stack = list(reversed(self.child_nodes()))
        while stack:
            node = stack.pop()
            yield node
            if node.kind == ELEMENT:
                stack.extend(reversed(node.child_nodes()))

    def in_scope(self) -> dict[str, str]:
        """Prefix → URI of every namespace declared on the element or above it; the default namespace has the prefix "".

        The implicit ``xml`` is left out, as in the reference engines of ODK: on the namespace axis it would only be noise.
        """
        found: dict[str, str] = {}
        chain: list[Node] = []
        node: Node | None = self
        while node is not None:
            chain.append(node)
            node = node.parent
        for ancestor in reversed(chain):
            found.update(ancestor.namespaces or {})
        return {prefix: uri for prefix, uri in found.items() if uri}

    def _changed_structure(self) -> Document | None:
        document = self.document()
        if document is not None:
            document.version += 1
            document.structure += 1
            document.paths.clear()
            document.indexes.clear()
        return document


class Document(Node):
    """The root node of an instance, with what is known about the whole tree.

    ``version`` counts every change, ``structure`` those of nodes rather than text. ``paths`` and ``indexes`` are caches of the
    expression engine, emptied when the structure changes; an index is also checked against ``version``.
    """

    __slots__ = ("indexes", "paths", "stale", "structure", "version")

    def __init__(self) -> None:
        super().__init__(ROOT, value=None)
        self.version = 0
        self.structure = 0
        self.paths: dict[object, list[Node]] = {}
        self.indexes: dict[object, Any] = {}
        self.stale = False

    @property
    def element(self) -> Node:
        """The document element."""
        for child in self.children:
            if child.kind == ELEMENT:
                return child
        raise FormError("文档没有根元素。", "tree-empty")

    def label(self, node: Node) -> None:
        """Give a subtree just inserted its place in document order, or leave it to the next renumbering."""
        if self.stale:
            return
        low, high = _order_before(node), _order_after(node)
        members = [node, *_labelled(node)]
        step = _GAP if high is None else (high - low) // (len(members) + 1)
        if step < 1:
            self.stale = True
            return
        for place, member in enumerate(members, 1):
            member.order = low + step * place

    def renumber(self) -> None:
        """Label the whole tree afresh."""
        for place, member in enumerate(_labelled(self), 1):
            member.order = place * _GAP
        self.stale = False


def order_key(node: Node) -> tuple[int, int, int]:
    """Sort key of a node in document order: element, then its namespaces, attributes and text."""
    kind = node.kind
    parent = node.parent
    if kind == ATTRIBUTE and parent is not None:
        return parent.order, 2, next(place for place, attribute in enumerate(parent.attributes) if attribute is node)
    if kind == NAMESPACE and parent is not None:
        return parent.order, 1, node.order
    if kind == TEXT and parent is not None and node.order == parent.order:
        return parent.order, 3, 0
    return node.order, 0, 0


def sort_nodes(nodes: Iterable[Node]) -> list[Node]:
    """Distinct nodes in document order."""
    distinct = list({_identity(node): node for node in nodes}.values())
    if len(distinct) > 1:
        for document in {id(top): top for top in (node.top() for node in distinct)}.values():
            if isinstance(document, Document) and document.stale:
                document.renumber()
        distinct.sort(key=order_key)
    return distinct


def _identity(node: Node) -> object:
    """Namespace nodes are made anew each time they are asked for; they are the same when element and prefix are."""
    return (id(node.parent), node.local) if node.kind == NAMESPACE else id(node)


def element(name: str, text: str = "", children: Iterable[Node] = (), uri: str = "") -> Node:
    """A loose element; ``name`` may carry a prefix."""
    prefix, _, local = name.rpartition(":")
    node = Node(ELEMENT, local, text, uri, prefix)
    content = _adopt(node, children)
    if content:
        node.children = content
        node.value = None
    return node


def document_of(root: Node) -> Document:
    """Hang a loose element into a new document."""
    document = Document()
    document.append(root)
    document.renumber()
    return document


def _adopt(parent: Node, children: Iterable[Node]) -> Sequence[Node]:
    adopted = list(children)
    for child in adopted:
        child.parent = parent
    return adopted or _NO_NODES


def _collect_text(node: Node, parts: list[str]) -> None:
    stack = list(reversed(node.children))
    while stack:
        child = stack.pop()
        if child.kind == TEXT:
            parts.append(child.value or "")
        elif child.kind == ELEMENT:
            if child.value is not None:
                parts.append(child.value)
            else:
                stack.extend(reversed(child.children))


def _labelled(node: Node) -> Iterator[Node]:
    """Descendants that carry a label of their own, in document order; a leaf's made-up text shares that of its element."""
    stack = list(reversed(node.children))
    while stack:
        child = stack.pop()
        yield child
        if child.kind != ELEMENT:
            continue
        if child.value is None:
            stack.extend(reversed(child.children))


def _order_before(node: Node) -> int:
    parent = node.parent
    assert parent is not None
    place = next(place for place, child in enumerate(parent.children) if child is node)
    if place == 0:
        return parent.order
    before = parent.children[place - 1]
    while before.kind == ELEMENT and before.children and before.value is None:
        before = before.children[-1]
    return before.order


def _order_after(node: Node) -> int | None:
    current: Node | None = node
    while current is not None and current.parent is not None:
        siblings = current.parent.children
        place = next(place for place, child in enumerate(siblings) if child is current)
        if place + 1 < len(siblings):
            return siblings[place + 1].order
        current = current.parent
    return None

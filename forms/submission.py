"""The OpenRosa instance document of a record: relevant nodes only, in the form's order, as Collect would send it to ODK Central."""

from __future__ import annotations

from forms.session_cells import Cell, CellTree
from forms.tree import ELEMENT, Node
from forms.tree_xml import serialise
from forms.xform import XFORMS


def write_submission(tree: CellTree) -> bytes:
    """UTF-8 XML with declaration. Prefixes used are declared at the root; plain names are in no namespace."""
    root = _copy(tree, tree.root)
    root.namespaces = _used_namespaces(root)
    return b"<?xml version='1.0' encoding='UTF-8'?>\n" + serialise(root)


def _copy(tree: CellTree, cell: Cell) -> Node:
    node = tree.form.nodes[cell.index]
    written = Node(cell.kind, node.local, cell.value, _namespace(cell), cell.prefix)
    written.attributes = [_adopt(written, _copy(tree, attribute)) for attribute in cell.attributes if isinstance(attribute, Cell)]
    if node.children:
        children = [_adopt(written, _copy(tree, child)) for child in cell.children if isinstance(child, Cell) and child.relevant]
        written.children = children
        written.value = None if children else ""
    return written


def _adopt(parent: Node, child: Node) -> Node:
    child.parent = parent
    return child


def _namespace(cell: Cell) -> str:
    return "" if cell.uri == XFORMS and not cell.prefix else cell.uri


def _used_namespaces(root: Node) -> dict[str, str]:
    """Prefixed names of elements and attributes anywhere in the document."""
    found: dict[str, str] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if node.prefix and node.uri:
            found.setdefault(node.prefix, node.uri)
        stack.extend(node.attributes)
        if node.kind == ELEMENT:
            stack.extend(node.children)
    return dict(sorted(found.items()))

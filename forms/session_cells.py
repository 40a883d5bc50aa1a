"""The living instance of one session: cells in a tree, found by node or by reference; only repeats ever change its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forms.errors import FormError
from forms.tree import ATTRIBUTE, ELEMENT, Document, Node
from forms.xform import Form, ModelNode, Seed
from forms.xform_source import resolve_ref

MAX_INSTANCES = 2_000
MAX_CELLS = 200_000

_STEP = re.compile(r"^(?P<name>@?[^\[\]]+)(?:\[(?P<position>[1-9][0-9]{0,5})\])?$")


class Cell(Node):
    """One element or attribute of the instance.

    `held` is the answer itself, `value` what expressions see: the answer, or "" while not relevant. `own` is the node's own relevance,
    `relevant` that of its ancestors too. `home` is the nearest repeat instance or the root; only homes have `members`, by node index.
    `facets` keeps what the screen asked for; `anchors` the places where repeats inside this cell stand, even while they are empty;
    `spare`, at an anchor, the answers of instances that a smaller count took away, by place.
    """

    __slots__ = ("anchors", "facets", "held", "home", "index", "members", "own", "relevant", "spare")

    relevant: bool

    def __init__(self, node: ModelNode, prefix: str, text: str, parent: Cell | None) -> None:
        self.kind = ATTRIBUTE if node.is_attribute else ELEMENT
        self.local = node.local
        self.uri = node.namespace
        self.prefix = prefix
        self.value = text
        self.parent = parent
        self.children = ()
        self.attributes = ()
        self.namespaces = None
        self.order = 0
        self.index = node.index
        self.held = text
        self.own = True
        self.relevant = True if parent is None else parent.relevant
        self.facets: dict[str, object] | None = None
        self.members: dict[int, Cell] | None = None
        self.anchors: dict[int, Cell] | None = None
        self.spare: dict[int, dict[str, object]] | None = None
        self.home: Cell = self

    @property
    def cell_parent(self) -> Cell | None:
        """The enclosing cell, None at the root."""
        return self.parent if isinstance(self.parent, Cell) else None


class CellTree:
    """Builds and reshapes the instance; `cells[node]` lists every instance of a node in document order."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.cells: list[list[Cell]] = [[] for _ in form.nodes]
        self.anchors: dict[int, list[Cell]] = {node.index: [] for node in form.nodes if node.is_repeat}
        self.document = Document()
        self._prefixes = [node.name.partition(":")[0] if ":" in node.name else "" for node in form.nodes]
        self._by_ref: dict[str, Cell] = {}
        self._refs: dict[Cell, str] = {}
        self._count = 0
        self.root = self._grow(form.seed, None, None)
        self.root.parent = self.document
        self.document.children = [self.root]
        self.document.renumber()

    def _grow(self, seed: Seed, parent: Cell | None, home: Cell | None) -> Cell:
        node = self.form.nodes[seed.node]
        cell = Cell(node, self._prefixes[seed.node], seed.text, parent)
        self._count += 1
        if home is None or node.is_repeat:
            cell.members = {}
            home = cell
        cell.home = home
        if home.members is not None:
            home.members[node.index] = cell
        self.cells[node.index].append(cell)
        if seed.attributes:
            cell.attributes = [self._grow(Seed(index, text), cell, home) for index, text in seed.attributes]
        if node.children:
            cell.value = None
            cell.held = ""
            cell.children = [self._grow(inner, cell, home) for inner in seed.children]
            self._set_anchors(cell, node)
        return cell

    def _set_anchors(self, cell: Cell, node: ModelNode) -> None:
        for index in node.children:
            if self.form.nodes[index].is_repeat:
                anchor = Cell(self.form.nodes[index], self._prefixes[index], "", cell)
                anchor.home = cell.home
                cell.anchors = cell.anchors or {}
                cell.anchors[index] = anchor
                self.anchors[index].append(anchor)

    def ensure(self, parent: Cell, node: int) -> Cell:
        """The child of that node, made where it is absent: an optional element such as meta/deprecatedID."""
        for child in parent.children:
            if isinstance(child, Cell) and child.index == node:
                return child
        made = self._grow(Seed(node, ""), parent, parent.home)
        parent.children = [*parent.children, made]
        parent.value = None
        self._reshape()
        return made

    def instances(self, anchor: Cell) -> list[Cell]:
        """The instances of the repeat that stands at an anchor."""
        parent = anchor.parent
        assert parent is not None
        return [child for child in parent.children if isinstance(child, Cell) and child.index == anchor.index]

    def resize(self, anchor: Cell, count: int) -> bool:
        """Adds or removes instances at the end until there are `count`; True when that changed anything."""
        present = self.instances(anchor)
        wanted = max(0, min(count, MAX_INSTANCES))
        if wanted == len(present):
            return False
        if wanted < len(present):
            self._detach(present[wanted:])
        else:
            self._attach(anchor, [self._seed_for(anchor, position) for position in range(len(present), wanted)])
        self._reindex(anchor.index)
        return True

    def remove(self, cell: Cell) -> None:
        """Takes one instance of a repeat out."""
        self._detach([cell])
        self._reindex(cell.index)

    def _seed_for(self, anchor: Cell, position: int) -> Seed:
        """A form may write the first instances out in full; those after are made from the template."""
        if self.form.nodes[anchor.index].count is not None:
            written = [seed for seed in self._written(self.form.seed, anchor) if seed.node == anchor.index]
            if position < len(written):
                return written[position]
        return self.form.templates[anchor.index]

    def _written(self, seed: Seed, anchor: Cell) -> tuple[Seed, ...]:
        parent = anchor.cell_parent
        assert parent is not None
        if seed.node == parent.index:
            return seed.children
        return next((found for inner in seed.children if (found := self._written(inner, anchor))), ())

    def _attach(self, anchor: Cell, seeds: list[Seed]) -> None:
        """Puts new instances after those there are, as far as the instance may still grow."""
        parent = anchor.cell_parent
        assert parent is not None
        places = {index: place for place, index in enumerate(self.form.nodes[parent.index].children)}
        before = sum(1 for child in parent.children if isinstance(child, Cell) and places[child.index] <= places[anchor.index])
        grown = []
        for seed in seeds:
            if self._count >= MAX_CELLS:
                break
            grown.append(self._grow(seed, parent, parent.home))
        parent.children = [*parent.children[:before], *grown, *parent.children[before:]]

    def _detach(self, cells: list[Cell]) -> None:
        parent = cells[0].cell_parent
        assert parent is not None
        gone = {id(cell) for cell in cells}
        parent.children = [child for child in parent.children if id(child) not in gone]
        for cell in cells:
            self._count -= sum(1 for _ in walk(cell))
            cell.parent = None

    def _reindex(self, repeat: int) -> None:
        """After a change of shape: lists, references and document order anew."""
        nodes = self.form.nodes
        changed = (repeat, *self.form.plan.below[repeat])
        for index in changed:
            self.cells[index] = []
            if index in self.anchors and index != repeat:
                self.anchors[index] = []
        for parent in self.cells[nodes[repeat].parent]:
            for child in parent.children:
                if isinstance(child, Cell) and child.index == repeat:
                    self._list(child)
        self._reshape()

    def _reshape(self) -> None:
        self._by_ref.clear()
        self._refs.clear()
        document = self.document
        document.version += 1
        document.structure += 1
        document.paths.clear()
        document.renumber()

    def _list(self, top: Cell) -> None:
        for cell in walk(top):
            self.cells[cell.index].append(cell)
            for index, anchor in (cell.anchors or {}).items():
                self.anchors[index].append(anchor)

    def find(self, ref: str) -> Cell:
        """The cell of a positioned reference; a repeat's own, without position, gives its anchor. Raises FormError where there is none."""
        known = self._by_ref.get(ref)
        if known is None:
            known = self._resolve(ref)
            self._by_ref[ref] = known
        return known

    def _resolve(self, ref: str) -> Cell:
        steps = ref.split("/")[1:] if ref.startswith("/") else []
        cell: Cell | None = None
        for place, step in enumerate(steps):
            match = _STEP.match(step)
            if match is None:
                break
            cell = self._step(cell, match["name"], match["position"], is_last=place == len(steps) - 1)
            if cell is None:
                break
        if cell is None:
            raise FormError(f"表单中没有 {ref[:200]} 这个项目。", "unknown-ref")
        return cell

    def _step(self, parent: Cell | None, name: str, position: str | None, is_last: bool) -> Cell | None:
        nodes = self.form.nodes
        if parent is None:
            return self.root if nodes[0].name == name and position in (None, "1") else None
        if name.startswith("@"):
            return next((cell for cell in parent.attributes if isinstance(cell, Cell) and nodes[cell.index].name == name[1:]), None)
        if position is None and is_last:
            for index, anchor in (parent.anchors or {}).items():
                if nodes[index].name == name:
                    return anchor
        found = [child for child in parent.children if isinstance(child, Cell) and nodes[child.index].name == name]
        place = int(position or 1)
        return found[place - 1] if place <= len(found) else None

    def expand(self, ref: str) -> list[Cell]:
        """Every cell a reference can mean when positions are left out, in document order. Raises FormError on a node the form lacks."""
        steps = ref.split("/")[1:] if ref.startswith("/") else []
        found: list[Cell] = [self.root] if steps and _STEP.match(steps[0]) and steps[0].partition("[")[0] == self.form.nodes[0].name else []
        if not found or re.sub(r"\[[0-9]+\]", "", ref) not in self.form.plan.by_ref:
            raise FormError(f"表单中没有 {ref[:200]} 这个项目。", "unknown-ref")
        for step in steps[1:]:
            match = _STEP.match(step)
            assert match is not None
            found = [cell for parent in found for cell in self._matching(parent, match["name"], match["position"])]
        return found

    def _matching(self, parent: Cell, name: str, position: str | None) -> list[Cell]:
        group = parent.attributes if name.startswith("@") else parent.children
        same = [cell for cell in group if isinstance(cell, Cell) and self.form.nodes[cell.index].name == name.lstrip("@")]
        return same if position is None else same[int(position) - 1 : int(position)]

    def nearest(self, ref: str, start: Cell) -> Cell:
        """The instance of a node that shares most with `start`; a relative reference counts from there. Raises FormError."""
        path = resolve_ref(ref, self.form.nodes[start.index].ref)
        index = self.form.plan.by_ref.get(path)
        if index is None:
            raise FormError(f"表单中没有 {ref.strip()[:200]} 这个项目。", "unknown-ref")
        home: Cell | None = start.home
        while home is not None:
            found = self.under(index, home)
            if found:
                return found[0]
            above = home.cell_parent
            home = above.home if above is not None else None
        raise FormError(f"{ref.strip()[:200]} 现在没有可用的一项。", "unknown-ref")

    def holds(self, cell: Cell) -> bool:
        """Whether a cell still hangs in the instance."""
        current: Cell | None = cell
        while current is not None:
            if current is self.root:
                return True
            current = current.cell_parent
        return False

    def is_anchor(self, cell: Cell) -> bool:
        """Whether a cell is the place of a repeat rather than one of its instances."""
        parent = cell.cell_parent
        return parent is not None and parent.anchors is not None and parent.anchors.get(cell.index) is cell

    def ref(self, cell: Cell) -> str:
        """The reference of a cell, with positions inside repeats."""
        known = self._refs.get(cell)
        if known is None:
            known = self._refs[cell] = self._make_ref(cell)
        return known

    def _make_ref(self, cell: Cell) -> str:
        node = self.form.nodes[cell.index]
        parent = cell.cell_parent
        if parent is None:
            return f"/{node.name}"
        ref = f"{self.ref(parent)}/{'@' if node.is_attribute else ''}{node.name}"
        if not node.is_repeat or self.is_anchor(cell):
            return ref
        same = [child for child in parent.children if isinstance(child, Cell) and child.index == cell.index]
        return f"{ref}[{next((place for place, child in enumerate(same, 1) if child is cell), 1)}]"

    def under(self, node: int, home: Cell | None) -> list[Cell]:
        """Every instance of a node, or only those inside a repeat instance."""
        if home is None:
            return self.cells[node]
        assert home.members is not None
        member = home.members.get(node)
        if member is not None:
            return [member]
        return [cell for cell in self.cells[node] if _is_inside(cell, home)]


def _is_inside(cell: Cell, home: Cell) -> bool:
    current: Cell | None = cell
    while current is not None:
        if current is home:
            return True
        current = current.cell_parent
    return False


def walk(cell: Cell) -> Iterator[Cell]:
    """A cell and everything below it in document order, attributes first."""
    yield cell
    for attribute in cell.attributes:
        if isinstance(attribute, Cell):
            yield attribute
    for child in cell.children:
        if isinstance(child, Cell):
            yield from walk(child)


def walk_shown(cell: Cell) -> Iterator[Cell]:
    """The same with the places where repeats stand: everything a screen may show."""
    for inner in walk(cell):
        yield inner
        yield from (inner.anchors or {}).values()

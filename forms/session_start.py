"""What happens once when a session opens: preloads, prefilled answers and the actions of the load events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from forms.errors import FormError
from forms.plan_references import ancestors
from forms.session_cells import Cell, CellTree, walk
from forms.session_engine import Engine
from forms.xform import Action, Bind
from forms.xpath import Context, Environment

FIRST_LOAD, LOAD, NEW_REPEAT, VALUE_CHANGED = "odk-instance-first-load", "odk-instance-load", "odk-new-repeat", "xforms-value-changed"


def preload(tree: CellTree, environment: Environment, *, is_new: bool) -> None:
    """Fills jr:preload nodes: at creation all but `end`; on a restored record only an identity that is missing.

    An instanceID the form says nothing about gets one too, unless it is written out.
    """
    for node in tree.form.nodes:
        if node.local == "instanceID" and node.bind == Bind():
            for cell in tree.cells[node.index]:
                cell.held = cell.value = cell.held or f"uuid:{environment.new_uuid()}"
        if node.bind.preload:
            for cell in tree.cells[node.index]:
                if is_new or (node.bind.preload == "uid" and not cell.held):
                    text = _preload_value(node.bind.preload, node.bind.preload_params, environment)
                    if text is not None:
                        cell.held = cell.value = text


def _preload_value(kind: str, parameter: str, environment: Environment) -> str | None:
    now = environment.clock().astimezone(environment.timezone)
    if kind == "uid":
        return f"uuid:{environment.new_uuid()}"
    if kind == "timestamp":
        return timestamp(now) if parameter == "start" else None
    if kind == "date":
        return now.date().isoformat()
    if kind == "property":
        return environment.properties.get(parameter, "")
    return None


def timestamp(moment: datetime) -> str:
    """ISO date and time to the millisecond with offset, as ODK writes start and end."""
    return moment.isoformat(timespec="milliseconds")


def stamp_end(tree: CellTree, environment: Environment) -> None:
    """Gives `end` nodes the present time where they have none yet."""
    for node in tree.form.nodes:
        if node.bind.preload == "timestamp" and node.bind.preload_params == "end":
            for cell in tree.cells[node.index]:
                if not cell.held:
                    cell.held = timestamp(environment.clock().astimezone(environment.timezone))
                    cell.value = cell.held if cell.relevant else ""


def unstamp_end(tree: CellTree) -> None:
    """A correction ends when it is itself completed."""
    for node in tree.form.nodes:
        if node.bind.preload == "timestamp" and node.bind.preload_params == "end":
            for cell in tree.cells[node.index]:
                cell.held = cell.value = ""


def prefill(tree: CellTree, engine: Engine, values: Mapping[str, str]) -> frozenset[Cell]:
    """Gives blank nodes outside repeats the value of their name; what the form calculates stays its own. Returns those filled."""
    filled = set()
    for name, value in values.items():
        for node in tree.form.nodes:
            if node.local == name and node.is_leaf and not node.is_attribute and node.bind.calculate is None and value:
                for cell in tree.cells[node.index]:
                    if cell.home is tree.root and not cell.held:
                        engine.assign(cell, value)
                        filled.add(cell)
    engine.drain()
    return frozenset(filled)


class Actions:
    """Runs setvalue actions. The value is worked out at the node that receives it."""

    def __init__(self, tree: CellTree, engine: Engine, environment: Environment) -> None:
        self._tree = tree
        self._engine = engine
        self._environment = environment
        self._by_event: dict[str, tuple[Action, ...]] = {
            event: tuple(action for action in tree.form.actions if event in action.events)
            for event in (FIRST_LOAD, LOAD, NEW_REPEAT, VALUE_CHANGED)
        }

    def load(self, *, is_new: bool, untouched: frozenset[Cell]) -> None:
        """The events of opening; nodes in `untouched` keep what they were given."""
        for event in (FIRST_LOAD, LOAD) if is_new else (LOAD,):
            for action in self._by_event[event]:
                self._run(action, (cell for cell in self._tree.cells[action.target] if cell not in untouched))

    def grown(self, cell: Cell) -> None:
        """A new instance of a repeat."""
        for action in self._by_event[NEW_REPEAT]:
            if action.repeat == cell.index:
                self._run(action, [inner for inner in walk(cell) if inner.index == action.target])

    def changed(self, cell: Cell) -> None:
        """The value of a question has changed."""
        for action in self._by_event[VALUE_CHANGED]:
            if action.source == cell.index:
                self._run(action, [target for target in self._targets(action, cell) if target.relevant])

    def _targets(self, action: Action, source: Cell) -> list[Cell]:
        """The one instance meant: what predicates choose, else the first that shares the innermost possible repeat with the source."""
        if action.path is not None:
            try:
                found = action.path.nodes(Context(source, env=self._environment))
            except FormError as error:
                self._engine.note(error)
                return []
            return [node for node in found if isinstance(node, Cell)][:1]
        around = set(ancestors(self._tree.form.nodes, action.target, include_self=True))
        home = source.home
        while home.index not in around:
            above = home.cell_parent
            if above is None:
                return []
            home = above.home
        return self._tree.under(action.target, None if home is self._tree.root else home)[:1]

    def _run(self, action: Action, cells: Iterable[Cell]) -> None:
        for cell in list(cells):
            try:
                self._engine.assign(cell, self._value(action, cell))
            except FormError as error:
                self._engine.note(error)
        self._engine.drain()

    def _value(self, action: Action, cell: Cell) -> str:
        if action.is_geopoint:
            return cell.held
        return action.value.string(Context(cell, env=self._environment)) if action.value is not None else action.literal

"""Recalculation: a changed value wakes only the rules that read it, in order, until nothing changes; no answer makes it raise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from heapq import heappop, heappush

from forms.errors import FormError
from forms.plan import CALCULATE, CHOICES, COUNT, RELEVANT, Rule, Watch
from forms.plan_references import DOCUMENT
from forms.session_cells import Cell, CellTree, walk_shown
from forms.session_json import dump_instance, restore_instance
from forms.session_values import calculated
from forms.xpath import Context, Environment

ChoiceValues = Callable[[Cell], tuple[str, ...] | None]

MAX_FAULTS = 100
MAX_RUNS = 5_000  # rule batches in one recalculation; beyond this a form chases its own tail


class Engine:
    """Keeps the instance consistent with the form's rules.

    `changed` gathers the cells whose value, relevance or shape changed since it was last taken, `facets` what the screen must ask anew,
    `faults` the expressions that failed, by message.
    """

    def __init__(self, tree: CellTree, environment: Environment, choice_values: ChoiceValues) -> None:
        self.tree = tree
        self.form = tree.form
        self.plan = tree.form.plan
        self.environment = environment
        self.choice_values = choice_values
        self.changed: dict[Cell, None] = {}
        self.facets: dict[tuple[str, Cell], None] = {}
        self.faults: dict[str, FormError] = {}
        self._grown: list[Cell] = []
        self._triggered: dict[Cell, None] = {}
        self._pending: dict[int, dict[Cell, None]] = {}
        self._heap: list[int] = []
        self._all_from: int | None = None
        self.is_restoring = False

    def note(self, fault: FormError) -> None:
        """Remembers that an expression of the form failed, once for each message."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.setdefault(fault.message, fault)

    def take_events(self) -> tuple[list[Cell], list[Cell]]:
        """New repeat instances, and questions with actions whose value changed, since this was last asked."""
        grown, triggered = self._grown, list(self._triggered)
        self._grown, self._triggered = [], {}
        return grown, triggered

    def take_changes(self) -> tuple[list[Cell], list[tuple[str, Cell]]]:
        """Changed cells and facets to ask anew, since this was last asked."""
        changed, facets = list(self.changed), list(self.facets)
        self.changed, self.facets = {}, {}
        return changed, facets

    def forget(self) -> None:
        """What happened while opening is news to nobody."""
        self.take_events()
        self.take_changes()

    def assign(self, cell: Cell, text: str) -> None:
        """Gives a leaf its answer and wakes what reads it."""
        if cell.held == text:
            return
        cell.held = text
        choices = self.plan.own_choices[cell.index]
        if text and cell.relevant and choices is not None:
            self._wake(choices, (cell,))
            self.changed[cell] = None
        else:
            self._show(cell, text if cell.relevant else "")

    def sweep(self) -> None:
        """Runs every rule once in order, then whatever that woke."""
        for rank in range(len(self.plan.rules)):
            self._all_from = rank + 1
            self._run(rank, self._readers(self.plan.rules[rank], None))
        self._all_from = None
        self.drain()

    def drain(self) -> None:
        """Runs woken rules until none is left, or until a form that never settles has had its share."""
        runs = 0
        while self._heap and runs < MAX_RUNS:
            rank = heappop(self._heap)
            cells = self._pending.pop(rank, None)
            if cells:
                runs += 1
                self._run(rank, cells)
        self._heap.clear()
        self._pending.clear()

    def wake_language(self) -> None:
        """Rules that look up words run again."""
        for rank in self.plan.on_language:
            self._wake(rank, self._readers(self.plan.rules[rank], None))

    def reshaped(self, repeat: int, added: Iterable[Cell] = (), returned: Collection[Cell] = ()) -> None:
        """Instances of a repeat came or went: rules that count them, rules of the new ones, and rules that read inside.

        Those of `added` that only `returned` are not new to the form's actions.
        """
        inside = self.plan.below[repeat]
        for watch in self.plan.on_repeat.get(repeat, ()):
            self._notify(watch, None)
        for node in inside:
            for watch in self.plan.on_value[node]:
                self._notify(watch, None)
        below = set(inside) | {repeat}
        for cell in added:
            if cell not in returned:
                self._grown.append(cell)
            self.changed.update(dict.fromkeys(walk_shown(cell)))
        for rank, rule in enumerate(self.plan.rules):
            if rule.node in below:
                self._wake(rank, self._readers(rule, None))

    # Rules

    def _run(self, rank: int, cells: Iterable[Cell]) -> None:
        rule = self.plan.rules[rank]
        run = _RUNNERS[rule.kind]
        for cell in list(cells):
            try:
                run(self, rule, cell)
            except FormError as error:
                self.note(FormError(f"{self.form.nodes[rule.node].ref}：{error.message}", error.code))

    def _run_relevant(self, rule: Rule, cell: Cell) -> None:
        own = rule.expression.boolean(Context(cell, env=self.environment))
        if own != cell.own:
            cell.own = own
            self._settle_relevance(cell)

    def _run_calculate(self, rule: Rule, cell: Cell) -> None:
        if cell.relevant:
            try:
                text = calculated(rule.expression.string(Context(cell, env=self.environment)), self.form.nodes[rule.node].bind.type)
            except FormError:
                self.assign(cell, "")
                raise
            self.assign(cell, text)

    def _run_count(self, rule: Rule, anchor: Cell) -> None:
        number = rule.expression.number(Context(anchor, env=self.environment))
        present = self.tree.instances(anchor)
        if number == number:
            wanted = int(min(max(number, 0), 1e9))
        else:  # a blank count makes nothing, and later waits
            wanted = 0 if anchor.spare is None and not self.is_restoring else len(present)
        spare = anchor.spare if anchor.spare is not None else {}
        anchor.spare = spare
        if wanted == len(present):
            return
        spare.update((place, dump_instance(self.tree, present[place])) for place in range(wanted, len(present)))
        self.tree.resize(anchor, wanted)
        added = self.tree.instances(anchor)[len(present) :]
        returned = [cell for place, cell in enumerate(added, len(present)) if self._put_back(cell, spare.pop(place, None))]
        self.changed[anchor] = None
        self.reshaped(anchor.index, added, returned)

    def _put_back(self, cell: Cell, answers: Mapping[str, object] | None) -> bool:
        """A number typed digit by digit must not cost the rows it passed below: what it took away comes back."""
        if answers is not None:
            restore_instance(self.tree, cell, answers)
        return answers is not None

    def _run_choices(self, rule: Rule, cell: Cell) -> None:
        if cell.held and cell.relevant:
            offered = self.choice_values(cell)
            kind = self.plan.questions[cell.index].type
            self._show(cell, cell.held if offered is None else chosen_from(cell.held, offered, kind))

    def _settle_relevance(self, top: Cell) -> None:
        parent = top.cell_parent
        relevant = top.own and (parent is None or parent.relevant)
        if relevant == top.relevant:
            return
        top.relevant = relevant
        self.changed[top] = None
        if top.value is not None:
            self._show(top, top.held if relevant else "")
            if relevant:
                self._wake_own(top)
        for group in (top.attributes, top.children):
            for child in group:
                if isinstance(child, Cell):
                    self._settle_relevance(child)
        for anchor in (top.anchors or {}).values():
            self._settle_relevance(anchor)
        if top.index in self.tree.anchors and parent is not None and parent.anchors is not None:
            self.changed[parent.anchors[top.index]] = None

    def _wake_own(self, cell: Cell) -> None:
        for rank in self.plan.own_rules[cell.index]:
            self._wake(rank, (cell,))

    def _show(self, cell: Cell, text: str) -> None:
        if cell.value == text:
            self.changed[cell] = None
            return
        cell.value = text
        self.tree.document.version += 1
        self.changed[cell] = None
        if cell.index in self.plan.action_sources:
            self._triggered[cell] = None
        for watch in self.plan.on_value[cell.index]:
            self._notify(watch, cell)

    def _notify(self, watch: Watch, cell: Cell | None) -> None:
        home = self._shared_home(watch, cell)
        if watch.rank >= 0:
            if self._all_from is None or watch.rank < self._all_from:
                self._wake(watch.rank, self._readers(self.plan.rules[watch.rank], home))
            return
        for reader in self.tree.under(watch.node, home):
            if reader.facets is not None:
                self.facets[watch.facet, reader] = None

    def _shared_home(self, watch: Watch, cell: Cell | None) -> Cell | None:
        if cell is None or watch.shared == DOCUMENT:
            return None
        home = cell.home
        while home.index != watch.shared:
            above = home.cell_parent
            if above is None:
                return None
            home = above.home
        return home

    def _readers(self, rule: Rule, home: Cell | None) -> list[Cell]:
        """Where a rule runs: at the instances of its node; for a repeat also, or as its count only, at the place where it stands."""
        anchors = self.tree.anchors.get(rule.node)
        if anchors is None:
            return self.tree.under(rule.node, home)
        if home is not None:
            anchors = [anchor for anchor in anchors if home in _homes(anchor)]
        return anchors if rule.kind == COUNT else [*anchors, *self.tree.under(rule.node, home)]

    def _wake(self, rank: int, cells: Iterable[Cell]) -> None:
        waiting = self._pending.get(rank)
        if waiting is None:
            waiting = self._pending[rank] = {}
            heappush(self._heap, rank)
        for cell in cells:
            waiting[cell] = None


def _homes(cell: Cell) -> Iterable[Cell]:
    current: Cell | None = cell.home
    while current is not None:
        yield current
        above = current.cell_parent
        current = above.home if above is not None else None


def chosen_from(held: str, offered: tuple[str, ...], kind: str) -> str:
    """The part of an answer that is on offer now; an answered ranking takes in, at its end, what it has not ranked yet."""
    if kind == "select_one":
        return held if held in offered else ""
    kept = [value for value in held.split() if value in offered]
    if kind == "rank":
        kept += [value for value in offered if value not in kept]
    return " ".join(kept)


_RUNNERS: Mapping[str, Callable[[Engine, Rule, Cell], None]] = {
    RELEVANT: Engine._run_relevant,
    COUNT: Engine._run_count,
    CALCULATE: Engine._run_calculate,
    CHOICES: Engine._run_choices,
}

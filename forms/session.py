"""FormSession: one form being filled. Answers go in, relevance, messages, calculations and choices come out; no answer makes it raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from forms.entities import Entity, extract_entities
from forms.errors import FormError
from forms.plan import CONSTRAINT, MESSAGE, READONLY
from forms.secondary import SecondaryInstances
from forms.session_cells import Cell, CellTree, walk, walk_shown
from forms.session_engine import Engine
from forms.session_json import JsonAnswers, dump_answers, forget_identity, lexical, restore_answers
from forms.session_start import Actions, prefill, preload, stamp_end, unstamp_end
from forms.session_state import Facets, Problem, State
from forms.session_words import Words
from forms.submission import write_submission
from forms.tree import Node
from forms.xform import Choice, Form, language_code
from forms.xpath import Environment
from forms.xpath_context import BEIJING

MAX_ROUNDS = 50  # of actions that set off actions

_NO_FILES: Mapping[str, bytes] = MappingProxyType({})


class FormSession:
    """One instance of a form. References are absolute with positions inside repeats: `/data/parents[2]/name`.

    `answers` (as from `answers()` or `draft()`) restores a record; without it the form starts afresh and `prefill` (question name →
    value) fills blank questions. `attachments` maps file names to bytes. `clock` gives an aware time, whose zone is that of the form.
    `amends` is the instanceID or record id that this record corrects. Raises FormError where a new form cannot even start.
    """

    def __init__(
        self,
        form: Form,
        answers: Mapping[str, object] | None = None,
        *,
        language: str | None = None,
        prefill: Mapping[str, str] | None = None,
        attachments: Mapping[str, bytes] | None = None,
        clock: Callable[[], datetime] | None = None,
        amends: str | None = None,
    ) -> None:
        self.form = form
        self._is_correction = bool(amends)
        self._tree = CellTree(form)
        self._instances = SecondaryInstances(form.instances, attachments or _NO_FILES, frozenset(spec.dataset for spec in form.entities))
        self._environment = self._make_environment(clock)
        self._words = Words(form, self._environment, match_language(form, language))
        self._facets = Facets(self._tree, self._environment, self._words, self._instances.is_available)
        self._engine = Engine(self._tree, self._environment, self._facets.offered)
        self._actions = Actions(self._tree, self._engine, self._environment)
        self._open(answers, prefill or {}, amends)

    def _make_environment(self, clock: Callable[[], datetime] | None) -> Environment:
        zone = clock().tzinfo if clock is not None else None
        return Environment(
            self._tree.document,
            instances=self._instances,
            clock=clock,
            timezone=zone or BEIJING,
            itext=lambda key: self._words.entry_words(key, self._tree.root),
            choice_name=self._choice_name,
            form_version=self.form.version,
        )

    def _open(self, answers: Mapping[str, object] | None, given: Mapping[str, str], amends: str | None) -> None:
        is_new = answers is None
        if answers is None:
            self._instances.check()
        else:
            restore_answers(self._tree, answers)
        if amends:
            self._amend(amends)
        preload(self._tree, self._environment, is_new=is_new)
        self._engine.is_restoring = not is_new
        self._engine.sweep()
        self._engine.is_restoring = False
        if is_new:
            self._prove()
        filled = prefill(self._tree, self._engine, given) if is_new else frozenset()
        self._actions.load(is_new=is_new, untouched=filled)
        self._engine.forget()

    def _prove(self) -> None:
        """Raises the first FormError of a form that cannot start."""
        if self._engine.faults:
            raise next(iter(self._engine.faults.values()))
        for cell in walk(self._tree.root):
            self._facets.prove(cell)

    def _amend(self, amends: str) -> None:
        """A correction has an identity of its own and names the record it replaces; a draft of one has no identity yet."""
        for identity in list(self._cells_named("instanceID")):
            meta = identity.cell_parent
            assert meta is not None
            for node in self.form.plan.by_name["deprecatedID"]:
                if self.form.nodes[node].parent == meta.index:
                    deprecated = self._tree.ensure(meta, node)
                    before = identity.held or deprecated.held or (amends if ":" in amends else f"uuid:{amends}")
                    deprecated.held = deprecated.value = before
            identity.held = identity.value = ""
        unstamp_end(self._tree)

    # Asking

    def state(self, ref: str) -> State:
        """What the screen shows of a question, group or repeat. Raises FormError on an unknown ref."""
        return self._facets.state(self._tree.find(ref))

    def choices(self, ref: str) -> tuple[Choice, ...]:
        """What may be chosen, after the filter, in the language at hand. Raises FormError on an unknown ref."""
        return self._facets.choices(self._tree.find(ref))

    def instances(self, ref: str) -> tuple[str, ...]:
        """The positioned refs of a repeat's instances, or of a question inside one. Raises FormError on an unknown ref."""
        return tuple(self._tree.ref(cell) for cell in self._tree.expand(ref))

    def problems(self) -> tuple[Problem, ...]:
        """What still stops completion, in document order."""
        return tuple(self._problems(self._facets.violation))

    def record_problems(self) -> tuple[Problem, ...]:
        """The same for a record that someone else completed: an answer that is not on offer here is a problem too."""
        return tuple(self._problems(self._facets.record_violation))

    def _problems(self, judge: Callable[[Cell], str | None]) -> Iterator[Problem]:
        for cell in walk(self._tree.root):
            question = self.form.plan.questions.get(cell.index)
            if question is not None and question.type != "note" and cell.relevant:
                violation = judge(cell)
                if violation is not None:
                    yield Problem(self._tree.ref(cell), self._facets.title(cell), self._facets.message(cell, violation))

    def named(self, name: str) -> str:
        """The first relevant value of that question name, "" where there is none."""
        return next((cell.value for cell in self._cells_named(name) if cell.relevant and cell.value), "")

    def answers(self) -> JsonAnswers:
        """Relevant answers that are not blank, nested by name: what a Record stores."""
        stamp_end(self._tree, self._environment)
        return dump_answers(self._tree, keep_irrelevant=False)

    def draft(self) -> JsonAnswers:
        """The same with non-relevant answers kept: what a Draft stores."""
        draft = dump_answers(self._tree, keep_irrelevant=True)
        if self._is_correction:
            forget_identity(draft)
        return draft

    def glance(self) -> dict[str, tuple[bool, str]]:
        """Relevance and value of every node by positioned reference, in one walk: for paper, which reads thousands of records."""
        return {self._tree.ref(cell): (cell.relevant, cell.value or "") for cell in walk(self._tree.root)}

    def submission(self) -> bytes:
        """OpenRosa instance XML, as ODK Central accepts."""
        stamp_end(self._tree, self._environment)
        return write_submission(self._tree)

    def entities(self) -> tuple[Entity, ...]:
        """What the record writes to entity lists."""
        return extract_entities(self._tree)

    @property
    def language(self) -> str:
        """The language at hand, as the form names it."""
        return self._words.language

    @property
    def faults(self) -> tuple[FormError, ...]:
        """Expressions of the form that failed while this session ran: for the form's author, never for the person filling it."""
        return tuple(self._engine.faults.values())

    # Telling

    def set(self, ref: str, value: str) -> frozenset[str]:
        """Gives a question its answer; refs whose state changed.

        A calculation that the screen shows may be overwritten until it is next worked out; one out of sight stays as calculated.
        Raises FormError on an unknown ref, never on a bad value.
        """
        cell = self._tree.find(ref)
        node = self.form.nodes[cell.index]
        if not node.is_leaf:
            raise FormError(f"{ref[:200]} 不是可以填写的项目。", "not-a-leaf")
        if node.bind.calculate is None or cell.index in self.form.plan.questions:
            self._engine.assign(cell, lexical(value))
        return self._settle()

    def add_repeat(self, ref: str) -> frozenset[str]:
        """Adds an instance at the end of a repeat, unless the form fixes their number. Raises FormError on an unknown ref."""
        anchor = self._anchor(ref)
        if self._is_fixed(anchor.index):
            return frozenset()
        before = len(self._tree.instances(anchor))
        if self._tree.resize(anchor, before + 1):
            self._engine.changed[anchor] = None
            self._engine.reshaped(anchor.index, self._tree.instances(anchor)[before:])
        return self._settle()

    def remove_repeat(self, ref: str) -> frozenset[str]:
        """Removes one instance, `/data/parents[2]`; the refs of those after it move up. Raises FormError on an unknown ref."""
        cell = self._tree.find(ref)
        if cell.index not in self._tree.anchors or self._tree.is_anchor(cell):
            raise FormError(f"{ref[:200]} 不是重复组中的一项。", "not-an-instance")
        if self._is_fixed(cell.index):
            return frozenset()
        parent = cell.cell_parent
        assert parent is not None and parent.anchors is not None
        anchor = parent.anchors[cell.index]
        place = self._tree.instances(anchor).index(cell)
        self._tree.remove(cell)
        self._engine.changed[anchor] = None
        self._engine.reshaped(cell.index)
        for moved in self._tree.instances(anchor)[place:]:
            self._engine.changed.update(dict.fromkeys(walk_shown(moved)))
        return self._settle()

    def set_language(self, code: str) -> frozenset[str]:
        """Shows the form in a language, given as the form names it or by its code; refs whose state changed."""
        self._words.speak(match_language(self.form, code))
        self._engine.wake_language()
        self._engine.drain()
        for cell in walk_shown(self._tree.root):
            self._engine.facets.update(dict.fromkeys((name, cell) for name in cell.facets or ()))
        return self._settle()

    # Inside

    def _settle(self) -> frozenset[str]:
        """Runs rules and the actions they set off until all is quiet, then says what changed."""
        for _ in range(MAX_ROUNDS):
            self._engine.drain()
            grown, triggered = self._engine.take_events()
            if not grown and not triggered:
                break
            for cell in grown:
                self._actions.grown(cell)
            for cell in triggered:
                self._actions.changed(cell)
        return self._report()

    def _report(self) -> frozenset[str]:
        changed, facets = self._engine.take_changes()
        cells: dict[Cell, None] = {}
        for cell in changed:
            self._facets.refresh(CONSTRAINT, cell)
            cells[cell] = None
        for name, cell in facets:
            if name == MESSAGE or self._facets.refresh(name, cell):
                cells.update(dict.fromkeys(walk_shown(cell) if name == READONLY else (cell,)))
        return frozenset(self._tree.ref(cell) for cell in cells if self._tree.holds(cell))

    def _anchor(self, ref: str) -> Cell:
        cell = self._tree.find(ref)
        if cell.index not in self._tree.anchors:
            raise FormError(f"{ref[:200]} 不是重复组。", "not-a-repeat")
        parent = cell.cell_parent
        assert parent is not None and parent.anchors is not None
        return parent.anchors[cell.index]

    def _is_fixed(self, repeat: int) -> bool:
        return self.form.nodes[repeat].count is not None or repeat in self.form.plan.fixed_repeats

    def _cells_named(self, name: str) -> Iterable[Cell]:
        return (cell for index in self.form.plan.by_name.get(name, ()) for cell in self._tree.cells[index])

    def _choice_name(self, value: str, question_ref: str, node: Node) -> str:
        """The label of a choice, for jr:choice-name. Raises FormError where the question has no choices."""
        start = node if isinstance(node, Cell) else self._tree.root
        cell = self._tree.nearest(question_ref, start)
        question = self.form.plan.questions.get(cell.index)
        if question is None or (question.itemset is None and not question.choices):
            raise FormError(f"{question_ref.strip()} 没有选项，不能取选项名称。", "choice-name")
        return next((choice.label for choice in self._words.choices(question, cell) if choice.value == value), "")


def match_language(form: Form, wanted: str | None) -> str:
    """The form's name for a language given by name or code; the default where it has no such language."""
    if wanted is None or wanted in form.languages:
        return form.default_language if wanted is None else wanted
    code = language_code(wanted).lower()
    return next((name for name in form.languages if language_code(name).lower() == code), form.default_language)


def check(
    form: Form,
    answers: Mapping[str, object],
    *,
    attachments: Mapping[str, bytes] | None = None,
    clock: Callable[[], datetime] | None = None,
) -> tuple[Problem, ...]:
    """What stops a finished record from being accepted: the same rules as on the screen, without a screen.

    `clock` should give the moment the record was completed: a rule such as `. >= today()` was true then and need not be now.
    """
    return FormSession(form, answers, attachments=attachments, clock=clock).record_problems()

"""What a screen shows of one node, worked out when asked and kept until something it read has changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from forms.errors import FormError
from forms.plan import CHOICES, CONSTRAINT, HINT, LABEL, MESSAGE, READONLY, REQUIRED, text_expressions
from forms.session_cells import Cell, CellTree
from forms.session_values import LABELS, is_value
from forms.session_words import Words
from forms.xform import Choice, Text
from forms.xpath import Context, Environment, Expression

REQUIRED_WORDS = "此项必填。"
CONSTRAINT_WORDS = "填写的内容不符合要求。"
CHOICE_WORDS = "所填内容不在选项之中，请重新选择。"
RANGE_WORDS = "请填写 {start} 到 {end} 之间的数。"
_INSTANCE = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")
_SELECTS = frozenset(("select_one", "select_multiple", "rank"))


@dataclass(frozen=True, slots=True)
class State:
    """A node as the screen shows it. `violation` is None, "required", "constraint" or "type"; `message` says it in words.

    `count` is the number of instances of a repeat, None elsewhere; `media` maps image, audio, video to file names.
    """

    relevant: bool
    readonly: bool
    required: bool
    value: str
    violation: str | None
    message: str
    label: str
    hint: str
    guidance: str
    count: int | None = None
    media: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that still stops completion: where, what the question is called, what to do."""

    ref: str
    label: str
    message: str


class Facets:
    """Works facets out and keeps them on the cell."""

    def __init__(self, tree: CellTree, environment: Environment, words: Words, is_available: Callable[[str], bool]) -> None:
        self._tree = tree
        self._form = tree.form
        self._environment = environment
        self._words = words
        self._is_available = is_available

    def state(self, cell: Cell) -> State:
        """The whole state of a cell; of a repeat where the cell is its anchor."""
        is_anchor = cell.index in self._tree.anchors and self._tree.is_anchor(cell)
        violation = None if is_anchor else self.violation(cell)
        return State(
            relevant=self.relevant(cell) if is_anchor else cell.relevant,
            readonly=self.readonly(cell),
            required=self.required(cell),
            value=self._shown_value(cell),
            violation=violation,
            message=self.message(cell, violation) if violation else "",
            label=str(self.facet(LABEL, cell)),
            hint=str(self.facet(HINT, cell)),
            guidance=self._guidance(cell),
            count=len(self._tree.instances(cell)) if is_anchor else None,
            media=self._media(cell),
        )

    def _shown_value(self, cell: Cell) -> str:
        """A file stays attached while its question is not relevant, since only the person may delete it."""
        return (cell.held if self._form.nodes[cell.index].bind.type == "binary" else cell.value) or ""

    def relevant(self, anchor: Cell) -> bool:
        """Whether a repeat is shown: any of its instances is, or, while it has none, one would be."""
        instances = self._tree.instances(anchor)
        return any(cell.relevant for cell in instances) if instances else anchor.relevant

    def readonly(self, cell: Cell) -> bool:
        """Its own rule or that of anything around it."""
        current: Cell | None = cell
        while current is not None:
            if self.facet(READONLY, current):
                return True
            current = current.cell_parent
        return False

    def required(self, cell: Cell) -> bool:
        return bool(self.facet(REQUIRED, cell))

    def choices(self, cell: Cell) -> tuple[Choice, ...]:
        found = self.facet(CHOICES, cell)
        assert isinstance(found, tuple)
        return found

    def facet(self, name: str, cell: Cell) -> object:
        """A facet by name, from what is kept or worked out now."""
        if cell.facets is None:
            cell.facets = {}
        if name not in cell.facets:
            cell.facets[name] = _FACETS[name](self, cell)
        return cell.facets[name]

    def refresh(self, name: str, cell: Cell) -> bool:
        """Works a kept facet out anew; True when it differs. One that nobody asked for stays unasked."""
        if cell.facets is None or name not in cell.facets:
            return False
        before = cell.facets.pop(name)
        return self.facet(name, cell) != before

    def violation(self, cell: Cell) -> str | None:
        """What is wrong with the answer of a leaf; nothing is while it is not relevant."""
        if not cell.relevant or cell.value is None:
            return None
        if not cell.value.strip():  # spaces answer nothing
            return "required" if self.required(cell) else None
        if not is_value(cell.value, self._form.nodes[cell.index].bind.type) or not self._is_offered(cell):
            return "type"
        return None if self.facet(CONSTRAINT, cell) and self._in_range(cell) else "constraint"

    def record_violation(self, cell: Cell) -> str | None:
        """The same for a record that is to be accepted: an answer hidden because it is not on offer is wrong."""
        hidden = cell.held != cell.value and any(value not in (cell.value or "").split() for value in cell.held.split())
        return "type" if hidden else self.violation(cell)

    def message(self, cell: Cell, violation: str) -> str:
        """The form's own words, else ours."""
        bind = self._form.nodes[cell.index].bind
        if violation == "required":
            return self._safe_words(bind.required_message, cell) or REQUIRED_WORDS
        if violation == "type":
            return LABELS.get(bind.type, CHOICE_WORDS) if not is_value(cell.value or "", bind.type) else CHOICE_WORDS
        question = self._form.plan.questions.get(cell.index)
        if question is not None and not self._in_range(cell):
            return RANGE_WORDS.format(start=question.parameters.get("start", ""), end=question.parameters.get("end", ""))
        return self._safe_words(bind.constraint_message, cell) or CONSTRAINT_WORDS

    def title(self, cell: Cell) -> str:
        """What to call a node in a message: its label, else its name."""
        return str(self.facet(LABEL, cell)) or self._form.nodes[cell.index].name

    def prove(self, cell: Cell) -> None:
        """Raises FormError where an expression of the form fails at this cell: a form that cannot show a question cannot start."""
        node = self._form.nodes[cell.index]
        context = Context(cell, env=self._environment)
        try:
            for rule in (node.bind.required, node.bind.readonly, node.bind.constraint if cell.value else None):
                if rule is not None:
                    rule.boolean(context)
            question = self._form.plan.questions.get(cell.index)
            if question is not None and question.itemset is not None:
                question.itemset.nodes.nodes(context)
            for text in (self._label_text(cell), self._hint_text(cell)):
                for part in text_expressions(text, self._form.itext):
                    part.string(context)
        except FormError as error:
            raise FormError(f"{node.ref}：{error.message}", error.code) from error

    def _is_offered(self, cell: Cell) -> bool:
        """Whether an answer is among the fixed choices; of a computed list the engine shows nothing else anyway."""
        question = self._form.plan.questions.get(cell.index)
        if question is None or question.type not in _SELECTS or question.itemset is not None or not question.choices:
            return True
        offered = {choice.value for choice in question.choices}
        chosen = [cell.value] if question.type == "select_one" else (cell.value or "").split()
        return all(value in offered for value in chosen)

    def offered(self, cell: Cell) -> tuple[str, ...] | None:
        """The values on offer, in order; None where they cannot be known, as while a list that belongs to the form has not arrived."""
        question = self._form.plan.questions[cell.index]
        try:
            found = self._words.choice_values(question, cell)
        except FormError:
            return None
        if not found and question.itemset is not None:
            lists = _INSTANCE.findall(question.itemset.nodes.source)
            if not all(self._is_available(name) for name in lists):
                return None
        return found

    def _in_range(self, cell: Cell) -> bool:
        question = self._form.plan.questions.get(cell.index)
        if question is None or question.type != "range":
            return True
        try:
            value = float(cell.value or "")
        except ValueError:
            return True
        low, high = sorted((float(question.parameters["start"]), float(question.parameters["end"])))
        return low <= value <= high

    def _holds(self, rule: Expression | None, cell: Cell, *, default: bool) -> bool:
        if rule is None:
            return default
        try:
            return rule.boolean(Context(cell, env=self._environment))
        except FormError:
            return default

    def _safe_words(self, text: Text, cell: Cell, form: str | None = None) -> str:
        if text.is_blank:
            return ""
        try:
            return self._words.words(text, cell) if form is None else self._words.form_of(text, cell, form)
        except FormError:
            return ""

    def _label_text(self, cell: Cell) -> Text:
        question = self._form.plan.questions.get(cell.index)
        return question.label if question is not None else self._form.plan.frame_labels.get(cell.index, Text())

    def _hint_text(self, cell: Cell) -> Text:
        question = self._form.plan.questions.get(cell.index)
        return question.hint if question is not None else Text()

    def _guidance(self, cell: Cell) -> str:
        return self._safe_words(self._hint_text(cell), cell, "guidance")

    def _media(self, cell: Cell) -> Mapping[str, str]:
        text = self._label_text(cell)
        return self._words.media(text, cell) if text.itext else {}

    def work_required(self, cell: Cell) -> bool:
        return self._holds(self._form.nodes[cell.index].bind.required, cell, default=False)

    def work_readonly(self, cell: Cell) -> bool:
        return self._holds(self._form.nodes[cell.index].bind.readonly, cell, default=False)

    def work_constraint(self, cell: Cell) -> bool:
        return self._holds(self._form.nodes[cell.index].bind.constraint, cell, default=True)

    def work_label(self, cell: Cell) -> str:
        return self._safe_words(self._label_text(cell), cell)

    def work_hint(self, cell: Cell) -> str:
        return self._safe_words(self._hint_text(cell), cell)

    def work_choices(self, cell: Cell) -> tuple[Choice, ...]:
        question = self._form.plan.questions.get(cell.index)
        try:
            return self._words.choices(question, cell) if question is not None else ()
        except FormError:
            return ()


_FACETS: Mapping[str, Callable[[Facets, Cell], object]] = {
    REQUIRED: Facets.work_required,
    READONLY: Facets.work_readonly,
    CONSTRAINT: Facets.work_constraint,
    LABEL: Facets.work_label,
    HINT: Facets.work_hint,
    CHOICES: Facets.work_choices,
    MESSAGE: lambda facets, cell: "",
}

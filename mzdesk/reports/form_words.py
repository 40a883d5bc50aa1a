"""What paper needs of a form and what never changes from record to record, looked up once a job: labels, choices, hints and widths."""

from __future__ import annotations

from forms.session import FormSession
from forms.xform import Choice, Form, Group, Item, Question, Repeat, Text
from mzdesk.reports.hints import PrintHints, read_hints
from mzdesk.reports.table import Cell, Row

UNITS = 4  # a row is divided like the screen's grid, w1 to w4


class FormWords:
    """Looks up one form. A label with an expression, or choices with a filter, are asked of the session every time."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._hints: dict[int, PrintHints] = {}
        self._labels: dict[int, str] = {}
        self._choices: dict[int, tuple[Choice, ...]] = {}
        self.label_cells: dict[tuple[str, float, float, float], Cell] = {}
        self.closings: dict[tuple[float, tuple[str, ...]], list[Row]] = {}

    def hints(self, item: Item) -> PrintHints:
        """The layout hints of a question or group."""
        found = self._hints.get(id(item))
        if found is None:
            found = self._hints[id(item)] = read_hints(item.attributes)
        return found

    def label(self, session: FormSession, item: Question | Group | Repeat, ref: str) -> str:
        """The label on paper."""
        found = self._labels.get(id(item))
        if found is not None:
            return found
        label = self.hints(item).label or session.state(ref).label
        if self.hints(item).label or self._is_fixed(item.label):
            self._labels[id(item)] = label
        return label

    def choices(self, session: FormSession, question: Question, ref: str) -> tuple[Choice, ...]:
        """The options on offer."""
        found = self._choices.get(id(question))
        if found is not None:
            return found
        offered = session.choices(ref)
        if self._has_fixed_choices(question):
            self._choices[id(question)] = offered
        return offered

    def _is_fixed(self, text: Text) -> bool:
        if text.itext_expression is not None:
            return False
        if text.itext:
            entries = [entry.get(text.itext, {}) for entry in self._form.itext.values()]
            return all(isinstance(part, str) for entry in entries for parts in entry.values() for part in parts)
        return all(isinstance(part, str) for part in text.parts)

    def _has_fixed_choices(self, question: Question) -> bool:
        """Whether the options are a whole list: an itemset of the form's own, without predicate, not shuffled."""
        itemset = question.itemset
        if itemset is None:
            return all(self._is_fixed(choice.label) for choice in question.choices)
        source = itemset.nodes.source
        inside = any(source.startswith(f"instance('{one.id}')") and not one.src for one in self._form.instances)
        return inside and source.endswith("/root/item") and "[" not in source


def weight_of(appearance: frozenset[str]) -> int:
    """Width on the row of four: the grid theme's w1 to w4, the whole row without one."""
    return next((units for units in range(1, UNITS + 1) if f"w{units}" in appearance), UNITS)

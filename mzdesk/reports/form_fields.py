"""One question on paper: its label cell and its value cell, filled, blank or corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forms.errors import FormError
from forms.session import FormSession
from forms.xform import Question
from mzdesk.reports.document import Document
from mzdesk.reports.form_styles import LABEL, LONG, OLD, UNITS, VALUE, VALUE_CENTER, WRITING_LINE
from mzdesk.reports.hints import PrintHints, read_hints
from mzdesk.reports.text import Blank, Block, Option, TextBlock, Typesetter
from mzdesk.reports.values import CHOICES, chosen_labels, short_date, written

MOST_BOXES = 16
FEW_BOXES = 5
BLANK_LINES = 4
_BY_HAND: Mapping[str, str] = {
    "date": "　　　年　　月　　日",
    "time": "　　时　　分",
    "dateTime": "　　　年　　月　　日　　时　　分",
}


@dataclass(frozen=True, eq=False)
class Field:
    """A question to be printed: where it stands in the instance, what it says now and, in a correction, what it said before."""

    question: Question
    ref: str
    label: str
    value: str
    hints: PrintHints
    weight: int
    before: str | None = None

    @property
    def corrected(self) -> bool:
        return self.before is not None and self.before != self.value

    @property
    def is_choice(self) -> bool:
        return self.question.type in CHOICES

    @property
    def is_long(self) -> bool:
        """A text that has a row of its own and is set as paragraphs."""
        if self.is_choice or self.weight < UNITS or self.question.type != "string":
            return False
        return "multiline" in self.question.appearance or self.hints.lines > 1 or len(self.value) > 60


def weight_of(appearance: frozenset[str]) -> int:
    """Width on the row of four: the grid theme's w1 to w4, the whole row without one."""
    return next((units for units in range(1, UNITS + 1) if f"w{units}" in appearance), UNITS)


class FieldSetter:
    """Sets fields of one document. Reads a session for the record and, in a correction, one for the version before."""

    def __init__(self, document: Document, session: FormSession, before: FormSession | None, typesetter: Typesetter) -> None:
        self.document = document
        self.session = session
        self._before = before
        self.typesetter = typesetter

    # ---- reading ---------------------------------------------------------------------------------------------------------------

    def field(self, question: Question, ref: str) -> Field | None:
        """The question as it is to be printed, None where it is not."""
        hints = read_hints(question.attributes)
        if hints.hidden:
            return None
        state = self.session.state(ref)
        blank = self.document.blank
        before = self._value_before(ref)
        if not (blank or state.relevant or before):
            return None
        value = state.value if state.relevant and not blank else ""
        return Field(question, ref, hints.label or state.label, value, hints, weight_of(question.appearance), before)

    def _value_before(self, ref: str) -> str | None:
        if self._before is None:
            return None
        try:
            state = self._before.state(ref)
        except FormError:  # an instance of a repeat that did not exist then
            return ""
        return state.value if state.relevant else ""

    # ---- setting ---------------------------------------------------------------------------------------------------------------

    def label_block(self, field: Field, width: float) -> TextBlock:
        """The label, with（更正）below where the answer was corrected."""
        text = field.label.rstrip("：:")
        return self.typesetter.set_text(f"{text}\n（更正）" if field.corrected else text, LABEL, width)

    def value_blocks(self, field: Field, width: float) -> tuple[Block, ...]:
        """What stands in the value cell."""
        if self.document.blank and not self._has_boxes(field, width):
            return self._by_hand(field, width)
        blocks = self._current(field, width)
        if not field.corrected:
            return blocks
        old = "、".join(self._labels(field, field.before or "")) if field.is_choice else self._written(field, field.before or "")
        struck = self.typesetter.set_text(old or "（未填）", OLD, width)
        return (*blocks, struck) if field.is_choice else (struck, *blocks)

    def natural_width(self, field: Field) -> float:
        """The width in points that the options of a choice need on one line, 0 for anything else."""
        if not self._has_boxes(field, 1e6):
            return 0.0
        frame = self.typesetter.set_options(self._options(field), VALUE, 1e6).frame
        last = frame.placed[-1]
        return last.x + (last.label.natural + 1.2) * VALUE.size

    def _current(self, field: Field, width: float) -> tuple[Block, ...]:
        if self._has_boxes(field, width):
            return (self.typesetter.set_options(self._options(field), VALUE, width),)
        if field.is_choice:
            return (self._centered("、".join(self._labels(field, field.value)), width),)
        text = self._written(field, field.value)
        if field.is_long:
            return self._with_least(self.typesetter.set_text(text, LONG, width), field.hints.lines)
        block = self._centered(text, width)
        if len(block.lines) > 1:
            block = self._centered(short_date(text, field.question, field.value), width)
        return (block,)

    @staticmethod
    def _with_least(block: TextBlock, lines: int) -> tuple[Block, ...]:
        lacking = lines - len(block.lines)
        return (block, Blank(lacking * block.step, block.step)) if lacking > 0 else (block,)

    def _centered(self, text: str, width: float) -> TextBlock:
        block = self.typesetter.set_text(text, VALUE_CENTER, width)
        return block if len(block.lines) == 1 else self.typesetter.set_text(text, VALUE, width)

    def _written(self, field: Field, value: str) -> str:
        return written(field.question, value, self.document.mask)

    def _labels(self, field: Field, value: str) -> list[str]:
        return chosen_labels(self.session, field.ref, value)

    def _options(self, field: Field) -> list[Option]:
        if field.question.type == "trigger":
            return [Option("是", field.value == "OK")]
        chosen = set(field.value.split())
        offered = [Option(choice.label, choice.value in chosen) for choice in self.session.choices(field.ref)]
        known = {choice.value for choice in self.session.choices(field.ref)}
        return offered + [Option(value, True) for value in field.value.split() if value not in known]

    def _has_boxes(self, field: Field, width: float) -> bool:
        """Whether all options are shown with boxes, or only the answer is written."""
        if field.question.type == "trigger":
            return True
        if not field.is_choice or field.hints.text or field.question.type == "rank":
            return False
        count = len(self.session.choices(field.ref))
        if field.hints.boxes or not count:
            return bool(count)
        if "minimal" in field.question.appearance or "autocomplete" in field.question.appearance:
            return count <= (MOST_BOXES if self.document.blank else FEW_BOXES) and field.weight > 1
        return count <= 3 * MOST_BOXES

    def _by_hand(self, field: Field, width: float) -> tuple[Block, ...]:
        hint = _BY_HAND.get(field.question.type, "")
        if hint:
            return (self._centered(hint, width),)
        if field.is_long or field.hints.lines:
            return (Blank((field.hints.lines or BLANK_LINES) * WRITING_LINE, WRITING_LINE),)
        return (Blank(VALUE.leading),)

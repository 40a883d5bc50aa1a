"""One question on paper: its label cell and its value cell, filled, blank or corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forms.session import FormSession
from forms.xform import Choice, Question
from mzdesk.reports.document import Document
from mzdesk.reports.form_styles import LABEL, LONG, OLD, SMALL, VALUE, VALUE_CENTER, WRITING_LINE
from mzdesk.reports.form_words import UNITS, FormWords, weight_of
from mzdesk.reports.hints import PrintHints
from mzdesk.reports.text import Blank, Block, Option, TextBlock, Typesetter, word_width
from mzdesk.reports.values import CHOICES, chosen_labels, short_date, written

MOST_BOXES = 16
FEW_BOXES = 5
SHORT = 5  # characters that fit the narrowest cell
BLANK_LINES = 4
_BY_HAND: Mapping[str, tuple[str, ...]] = {
    "date": ("　　　年　　月　　日", "　　年　月　日", "年　月　日"),
    "time": ("　　时　　分", "时　　分", "时　分"),
    "dateTime": ("　　　年　　月　　日　　时　　分", "　　年　月　日　时　分", "月　日　时　分"),
}
LEAST_DATE: Mapping[str, float] = {"date": 5.0, "time": 4.2, "dateTime": 7.0}  # em


@dataclass(eq=False, slots=True)
class Field:
    """A question to be printed: its place in the instance, what it says now and, in a correction, what it said before. Never changed."""

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


class FieldSetter:
    """Sets fields of one document. Reads a session for the record and, in a correction, one for the version before."""

    def __init__(
        self, document: Document, session: FormSession, before: FormSession | None, typesetter: Typesetter, words: FormWords
    ) -> None:
        self.document = document
        self.session = session
        self.typesetter = typesetter
        self.words = words
        self._now = session.glance()
        self._then = before.glance() if before is not None else None

    # ---- reading ---------------------------------------------------------------------------------------------------------------

    def field(self, question: Question, ref: str) -> Field | None:
        """The question as it is to be printed, None where it is not."""
        hints = self.words.hints(question)
        if self.omits(hints):
            return None
        relevant, value = self._now.get(ref, (False, ""))
        before = self._value_before(ref)
        if not (self.document.blank or relevant or before):
            return None
        if self.document.blank or not relevant:
            value = ""
        label = self.words.label(self.session, question, ref)
        return Field(question, ref, label, value, hints, weight_of(question.appearance), before)

    def omits(self, hints: PrintHints) -> bool:
        """Whether an item stays off this paper: it is for the screen only, or not for everybody's eyes."""
        return hints.hidden or (hints.restricted and not (self.document.restricted or self.document.blank))

    def is_relevant(self, ref: str) -> bool:
        """Whether a group or repeat belongs to the record."""
        return self._now.get(ref, (False, ""))[0]

    def _value_before(self, ref: str) -> str | None:
        """The value in the version before, "" where there was none, None where nothing is being corrected."""
        if self._then is None:
            return None
        relevant, value = self._then.get(ref, (False, ""))
        return value if relevant else ""

    # ---- setting ---------------------------------------------------------------------------------------------------------------

    def label_block(self, field: Field, width: float) -> TextBlock:
        """The label, with（更正）below where the answer was corrected."""
        text = field.label.rstrip("：:")
        block = self.typesetter.set_balanced(text, LABEL, width)
        if field.corrected:
            mark = self.typesetter.set_text("（更正）", LABEL, width)
            return TextBlock(LABEL, (*block.lines, *mark.lines))
        return block

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
        if not (field.is_choice or field.question.type == "trigger"):
            return 0.0
        if not self._has_boxes(field, 1e6):
            return 0.0
        frame = self.typesetter.set_options(self._options(field), VALUE, 1e6).frame
        last = frame.placed[-1]
        return last.x + (last.label.natural + 1.2) * VALUE.size

    def least_width(self, field: Field) -> float:
        """The width in points below which a date or a number of this field would have to be split, 0 for options."""
        if field.question.type in _BY_HAND:
            return LEAST_DATE[field.question.type] * VALUE.size
        if self.document.blank or field.is_long or self._has_boxes(field, 1e6):
            return 0.0
        text = "、".join(self._labels(field, field.value)) if field.is_choice else self._written(field, field.value)
        if len(text) <= SHORT:
            return 0.0
        return max((word_width(word) for word in text.split()), default=0.0) * VALUE.size

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
        return (self._unsplit(block, text, width),)

    def _unsplit(self, block: TextBlock, text: str, width: float) -> TextBlock:
        """Smaller type for a number that the cell would split."""
        if len(block.lines) < 2 or word_width(text) * VALUE.size <= width:
            return block
        for style in SMALL:
            if word_width(text) * style.size <= width:
                return self.typesetter.set_text(text, style, width)
        return block

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
        return chosen_labels(self._offered(field), value)

    def _offered(self, field: Field) -> tuple[Choice, ...]:
        return self.words.choices(self.session, field.question, field.ref)

    def _options(self, field: Field) -> list[Option]:
        if field.question.type == "trigger":
            return [Option("是", field.value == "OK")]
        chosen = set(field.value.split())
        offered = self._offered(field)
        options = [Option(choice.label, choice.value in chosen) for choice in offered]
        strange = chosen.difference(choice.value for choice in offered)
        return options + [Option(value, True) for value in sorted(strange)]

    def _has_boxes(self, field: Field, width: float) -> bool:
        """Whether all options are shown with boxes, or only the answer is written."""
        if field.question.type == "trigger":
            return True
        if not field.is_choice or field.hints.text or field.question.type == "rank":
            return False
        count = len(self._offered(field))
        if field.hints.boxes or not count:
            return bool(count)
        if "minimal" in field.question.appearance or "autocomplete" in field.question.appearance:
            return count <= (MOST_BOXES if self.document.blank else FEW_BOXES) and field.weight > 1
        return count <= 3 * MOST_BOXES

    def _by_hand(self, field: Field, width: float) -> tuple[Block, ...]:
        for hint in _BY_HAND.get(field.question.type, ()):
            block = self._centered(hint, width)
            if len(block.lines) == 1:
                return (block,)
        if field.is_long or field.hints.lines:
            return (Blank((field.hints.lines or BLANK_LINES) * WRITING_LINE, WRITING_LINE),)
        return (Blank(VALUE.leading),)

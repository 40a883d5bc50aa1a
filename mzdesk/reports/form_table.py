"""A form's rows on paper, straight from its definition: groups are grey bars, questions label and value cells on a row of four, likert runs
matrices, repeats tables; nothing about a particular form is written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from forms.xform import Group, Item, Question, Repeat
from mzdesk.reports.form_fields import Field, FieldSetter
from mzdesk.reports.form_styles import (
    BAR,
    BAR_GREY,
    LABEL,
    LABEL_WIDTH,
    NOTE,
    SUB_BAR,
    VALUE,
    WIDE_LABEL_WIDTH,
    Density,
)
from mzdesk.reports.form_words import UNITS
from mzdesk.reports.table import PAD_X, Cell, Row
from mzdesk.reports.text import Block, TextBlock, TextStyle

BLANK_INSTANCES = 3
MOST_COLUMNS = 7
LEAST_HEADED = 4  # a shorter matrix without remarks explains itself
MATRIX_LABEL = "项　目"
MATRIX_OPTIONS = "评　定"
NUMBER_WIDTH = 32.0
WRITTEN_BY_HAND = frozenset(("signature", "draw", "annotate"))
Positions = Mapping[str, str]  # ref of a repeat → ref of the instance at hand


@dataclass
class _Section:
    """Rows gathered under one bar."""

    rows: list[Row] = field(default_factory=list)
    pending: list[Field] = field(default_factory=list)


class FormTable:
    """Turns the body of a form into rows of `width` points. `signatures` gathers the signature questions met on the way."""

    def __init__(self, setter: FieldSetter, width: float, density: Density) -> None:
        self._setter = setter
        self._session = setter.session
        self._words = setter.words
        self._blank = setter.document.blank
        self._width = width
        self._least = density.blank_row if self._blank else density.row
        self._heading = density.row - 2
        self._pad = density.pad
        self._out = _Section()
        self.signatures: list[Field] = []

    def rows(self, items: Sequence[Item]) -> list[Row]:
        """All rows of these items."""
        self._walk(items, {}, 0)
        self._flush()
        return self._out.rows

    # ---- walking ---------------------------------------------------------------------------------------------------------------

    def _walk(self, items: Sequence[Item], positions: Positions, depth: int) -> None:
        queue = list(items)
        while queue:
            item = queue.pop(0)
            if isinstance(item, Group):
                self._group(item, positions, depth)
            elif isinstance(item, Repeat):
                self._repeat(item, positions)
            elif "likert" in item.appearance:
                queue.insert(0, item)
                self._matrix(_take_matrix(queue), positions)
            else:
                self._question(item, positions)

    def _group(self, group: Group, positions: Positions, depth: int) -> None:
        hints = self._words.hints(group)
        if self._setter.omits(hints):
            return
        label = ""
        if group.ref:
            ref = _at(group.ref, positions)
            if not (self._blank or self._setter.document.amended or self._setter.is_relevant(ref)):
                return
            label = self._words.label(self._session, group, ref)
        self._flush()
        before = len(self._out.rows)
        if label:
            self._out.rows.append(self._bar(label, BAR, BAR_GREY) if depth == 0 else self._bar(label, SUB_BAR, None))
        self._walk(group.children, positions, depth + bool(label))
        self._flush()
        if label and len(self._out.rows) == before + 1:
            self._out.rows.pop()
        elif hints.page and before and len(self._out.rows) > before:
            self._out.rows[before] = replace(self._out.rows[before], new_page=True)

    def _bar(self, label: str, style: TextStyle, grey: float | None) -> Row:
        block = self._setter.typesetter.set_text(label, style, self._width - 2 * PAD_X)
        return Row((self._cell(0, self._width, (block,), static=True, grey=grey),), least=self._heading, with_next=True)

    def _question(self, question: Question, positions: Positions) -> None:
        one = self._setter.field(question, _at(question.ref, positions))
        if one is None:
            return
        if not WRITTEN_BY_HAND.isdisjoint(question.appearance):
            self.signatures.append(one)
        elif question.type == "note":
            self._note(one)
        elif one.is_long or (one.weight == UNITS and not one.is_choice):
            self._flush()
            self._pack([one])
        else:
            self._queue_field(one)

    def _queue_field(self, one: Field) -> None:
        pending = self._out.pending
        if pending and sum(other.weight for other in pending) + one.weight > UNITS:
            self._flush()
        pending.append(one)
        if sum(other.weight for other in pending) >= UNITS:
            self._flush()

    def _note(self, one: Field) -> None:
        self._flush()
        if one.label:
            block = self._setter.typesetter.set_text(one.label, NOTE, self._width - 2 * PAD_X, keep=True)
            self._out.rows.append(Row((self._cell(0, self._width, (block,), static=True),)))

    def _flush(self) -> None:
        if self._out.pending:
            fields, self._out.pending[:] = list(self._out.pending), []
            self._pack(fields)

    # ---- rows of fields --------------------------------------------------------------------------------------------------------

    def _pack(self, fields: Sequence[Field]) -> None:
        """One row of fields side by side."""
        cells: list[Cell] = []
        x = 0.0
        for one, width in zip(fields, self._widths(fields), strict=True):
            label = self._label_width(one, width)
            cells.append(self._field_label(one, x, label))
            inner = width - label - 2 * PAD_X
            cells.append(self._cell(x + label, width - label, self._setter.value_blocks(one, inner)))
            x += width
        self._out.rows.append(Row(tuple(cells), least=self._least))

    def _field_label(self, one: Field, x: float, width: float) -> Cell:
        """The label cell; the same object for every record that has it at the same place."""
        if one.corrected:
            return self._label_cell(x, width, self._setter.label_block(one, width - 2 * PAD_X))
        key = (one.label, x, width, self._pad)
        known = self._words.label_cells.get(key)
        if known is None:
            block = self._setter.label_block(one, width - 2 * PAD_X)
            known = self._words.label_cells[key] = self._label_cell(x, width, block)
        return known

    def _label_width(self, one: Field, width: float) -> float:
        """Wider for long labels where there is room; half the page at most for a question of its own with a short answer."""
        if width <= 200 or len(one.label) <= 10:
            return LABEL_WIDTH
        if width < self._width - 1 or one.is_long:
            return WIDE_LABEL_WIDTH
        two_lines = (len(one.label) / 2 + 1) * LABEL.size + 2 * PAD_X
        return min(max(WIDE_LABEL_WIDTH, two_lines), self._width / 2)

    def _cell(self, x: float, width: float, blocks: tuple[Block, ...], static: bool = False, grey: float | None = None) -> Cell:
        return Cell(x, width, blocks, static=static, grey=grey, pad_y=self._pad)

    def _label_cell(self, x: float, width: float, block: TextBlock) -> Cell:
        return Cell(x, width, (block,), static=True, label=True, pad_y=self._pad)

    def _widths(self, fields: Sequence[Field]) -> list[float]:
        """Widths of fields on a row: their weights, the last taking what is left; room is lent to options that would need a second line."""
        unit = self._width / UNITS
        widths = [one.weight * unit for one in fields]
        widths[-1] += self._width - sum(widths)
        if len(fields) == 1:
            return widths
        needs = [self._need(one, width) for one, width in zip(fields, widths, strict=True)]
        if all(need <= width for need, width in zip(needs, widths, strict=True)):
            return widths
        for index, need in enumerate(needs):
            lacking = need - widths[index]
            spare = [max(width - max(other, 0.8 * unit), 0.0) for width, other in zip(widths, needs, strict=True)]
            if 0 < lacking <= sum(spare):
                share = lacking / sum(spare)
                widths = [width - part * share for width, part in zip(widths, spare, strict=True)]
                widths[index] = need
        return widths

    def _need(self, one: Field, width: float) -> float:
        if one.value and len(one.value) * VALUE.size < width - WIDE_LABEL_WIDTH - 2 * PAD_X and not one.is_choice:
            return 0.0
        inner = self._setter.natural_width(one) or self._setter.least_width(one)
        return self._label_width(one, width) + 2 * PAD_X + inner + 2 if inner else 0.0

    # ---- matrices --------------------------------------------------------------------------------------------------------------

    def _matrix(self, pairs: Sequence[tuple[Question, Question | None]], positions: Positions) -> None:
        """Likert questions below one another: what is graded, the grades, and the remark that the form asks for beside it."""
        lines: list[tuple[Field, Field | None]] = []
        for question, remark in pairs:
            graded = self._setter.field(question, _at(question.ref, positions))
            if graded is not None:
                beside = self._setter.field(remark, _at(remark.ref, positions)) if remark is not None else None
                lines.append((graded, beside))
        if not lines:
            return
        self._flush()
        heading = next((remark for _, remark in pairs if remark is not None), None)
        columns = self._matrix_columns(lines, heading is not None)
        head = self._head_row(columns, (MATRIX_LABEL, MATRIX_OPTIONS, self._remark_label(heading, positions)))
        carry = (head,) if heading is not None or len(lines) >= LEAST_HEADED else ()
        self._out.rows += carry
        for graded, beside in lines:
            self._out.rows.append(self._matrix_row(graded, beside, columns, carry))

    def _remark_label(self, remark: Question | None, positions: Positions) -> str:
        if remark is None:
            return ""
        return self._words.label(self._session, remark, _at(remark.ref, positions))

    def _matrix_columns(self, lines: Sequence[tuple[Field, Field | None]], with_remark: bool) -> list[float]:
        options = max(self._setter.natural_width(graded) for graded, _ in lines) + 2 * PAD_X + 2
        item = min(max(max(len(graded.label) for graded, _ in lines), 4) * LABEL.size + 2 * PAD_X + 6, 0.4 * self._width)
        if not with_remark:
            return [item, self._width - item]
        options = min(options, 0.55 * self._width)
        return [item, options, self._width - item - options]

    def _head_row(self, columns: Sequence[float], labels: Sequence[str]) -> Row:
        cells, x = [], 0.0
        for width, label in zip(columns, labels, strict=False):
            cells.append(self._label_cell(x, width, self._setter.typesetter.set_balanced(label, LABEL, width - 2 * PAD_X)))
            x += width
        return Row(tuple(cells), least=self._heading, with_next=True)

    def _matrix_row(self, graded: Field, beside: Field | None, columns: Sequence[float], carry: tuple[Row, ...]) -> Row:
        label = self._setter.label_block(graded, columns[0] - 2 * PAD_X)
        cells = [self._label_cell(0, columns[0], label)]
        cells.append(self._cell(columns[0], columns[1], self._setter.value_blocks(graded, columns[1] - 2 * PAD_X)))
        if len(columns) > 2:
            blocks: tuple[Block, ...] = ()
            if beside is not None:
                text = beside.value if not self._blank else ""
                blocks = self._remark_blocks(beside, text, columns[2] - 2 * PAD_X)
            cells.append(self._cell(columns[0] + columns[1], columns[2], blocks))
        return Row(tuple(cells), least=self._least, carry=carry)

    def _remark_blocks(self, beside: Field, text: str, width: float) -> tuple[Block, ...]:
        if beside.corrected:
            return self._setter.value_blocks(beside, width)
        return (self._setter.typesetter.set_text(text, VALUE, width),) if text else ()

    # ---- repeats ---------------------------------------------------------------------------------------------------------------

    def _repeat(self, repeat: Repeat, positions: Positions) -> None:
        if self._setter.omits(self._words.hints(repeat)):
            return
        ref = _at(repeat.ref, positions)
        label = self._words.label(self._session, repeat, ref)
        instances = [] if self._blank else [one for one in self._session.instances(repeat.ref) if one.startswith(ref)]
        if not (self._blank or (instances and self._setter.is_relevant(instances[0]))):
            return
        self._flush()
        questions = [item for item in repeat.children if isinstance(item, Question)]
        simple = len(questions) == len(repeat.children) and len(questions) <= MOST_COLUMNS
        if simple and not any("multiline" in question.appearance for question in questions):
            self._repeat_table(repeat, questions, instances, positions, label)
        else:
            self._repeat_blocks(repeat, instances, positions, label)

    def _repeat_table(
        self, repeat: Repeat, questions: Sequence[Question], instances: Sequence[str], positions: Positions, label: str
    ) -> None:
        """A column a question, a row an instance; the head returns on every page."""
        shown = [question for question in questions if not self._setter.omits(self._words.hints(question)) and question.type != "note"]
        if label:
            self._out.rows.append(self._bar(label, SUB_BAR, None))
        columns = self._column_widths(shown)
        first = {**positions, repeat.ref: _first(repeat, instances, positions)}
        heads = [self._words.label(self._session, question, _at(question.ref, first)) for question in shown]
        head = self._head_row([NUMBER_WIDTH, *columns], ["序号", *heads])
        self._out.rows.append(head)
        count = BLANK_INSTANCES if self._blank else len(instances)
        for index in range(count):
            inside = {**positions, repeat.ref: instances[index]} if instances else first
            self._out.rows.append(self._repeat_row(index + 1, shown, columns, inside, head))

    def _column_widths(self, questions: Sequence[Question]) -> list[float]:
        shares = [_column_share(question) for question in questions]
        free = self._width - NUMBER_WIDTH
        return [free * share / sum(shares) for share in shares]

    def _repeat_row(self, number: int, questions: Sequence[Question], columns: Sequence[float], positions: Positions, head: Row) -> Row:
        cells = [self._label_cell(0, NUMBER_WIDTH, self._setter.typesetter.set_text(str(number), LABEL, NUMBER_WIDTH - 2 * PAD_X))]
        x = NUMBER_WIDTH
        for question, width in zip(questions, columns, strict=True):
            one = self._setter.field(question, _at(question.ref, positions))
            blocks = self._setter.value_blocks(one, width - 2 * PAD_X) if one is not None else ()
            cells.append(self._cell(x, width, blocks))
            x += width
        return Row(tuple(cells), least=self._least, carry=(head,))

    def _repeat_blocks(self, repeat: Repeat, instances: Sequence[str], positions: Positions, label: str) -> None:
        """Every instance as a small form under its own bar."""
        refs = instances or [_first(repeat, instances, positions)]
        for index, instance in enumerate(refs, 1):
            self._out.rows.append(self._bar(f"{label or '记录'}（{index}）", SUB_BAR, None))
            self._walk(repeat.children, {**positions, repeat.ref: instance}, 2)
            self._flush()


def _first(repeat: Repeat, instances: Sequence[str], positions: Positions) -> str:
    return instances[0] if instances else f"{_at(repeat.ref, positions)}[1]"


def _column_share(question: Question) -> float:
    if question.type in ("date", "time", "int", "decimal"):
        return 1.2
    return 1.0 + 0.5 * next((units for units in (2, 3, 4) if f"w{units}" in question.appearance), 1)


def _at(ref: str, positions: Positions) -> str:
    """The ref with the positions of the repeats around it."""
    for repeat, instance in reversed(list(positions.items())):
        if ref == repeat or ref.startswith(repeat + "/"):
            return instance + ref[len(repeat) :]
    return ref


def _take_matrix(queue: list[Item]) -> list[tuple[Question, Question | None]]:
    """Take the run of likert questions off the head of the queue, each with the text question that follows it."""
    return list(_matrix_pairs(queue))


def _matrix_pairs(queue: list[Item]) -> Iterator[tuple[Question, Question | None]]:
    while queue:
        item = queue[0]
        if not isinstance(item, Question) or "likert" not in item.appearance:
            return
        queue.pop(0)
        follower = queue[0] if queue else None
        if isinstance(follower, Question) and follower.type == "string" and follower.name.startswith(item.name):
            queue.pop(0)
            yield item, follower
        else:
            yield item, None

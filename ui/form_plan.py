"""How a form is laid out on the screen, decided from the form alone: sections, cells of a row of four, matrices, repeats. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.xform import Form, Group, Item, Question, Repeat

FULL = 4
WIDE_TYPES = frozenset({"select_multiple", "rank", "note", "image", "audio", "video", "file", "geotrace", "geoshape"})
TABLE_TYPES = frozenset({"string", "int", "decimal", "date", "time", "dateTime", "select_one", "barcode", "geopoint"})
TABLE_COLUMNS = 10
MATRIX_ROW = frozenset({"list-nolabel", "label"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A question with its share of a row of four. `inline` puts the label at the left, `compact` into the empty field."""

    question: Question
    span: int
    inline: bool = False
    compact: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells that follow each other."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Questions with the same choices: one row each under a common heading."""

    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A repeat: `as_table` where every answer fits a cell, otherwise one block an instance."""

    repeat: Repeat
    as_table: bool


@dataclass(frozen=True, slots=True)
class SubSection:
    """A group inside a section: a heading and its own blocks."""

    group: Group
    blocks: tuple[Block, ...]


Block = Cells | Matrix | Rows | SubSection


@dataclass(frozen=True, slots=True)
class Section:
    """A card: a group of the form's first level (None: questions that stand outside groups)."""

    group: Group | None
    blocks: tuple[Block, ...]


def plan_form(form: Form) -> tuple[Section, ...]:
    """Return the cards of a form in order."""
    sections: list[Section] = []
    loose: list[Item] = []
    for item in form.body:
        if isinstance(item, Group):
            sections += _loose_section(loose)
            loose = []
            sections.append(Section(item, plan_items(item.children, is_matrix(item))))
        else:
            loose.append(item)
    return (*sections, *_loose_section(loose))


def _loose_section(items: list[Item]) -> list[Section]:
    return [Section(None, plan_items(tuple(items)))] if items else []


def plan_items(items: tuple[Item, ...], matrix: bool = False) -> tuple[Block, ...]:
    """Return the blocks of items that follow each other."""
    blocks: list[Block] = []
    cells: list[Cell] = []
    rows: list[Question] = []

    def flush() -> None:
        if cells:
            blocks.append(Cells(tuple(cells)))
            cells.clear()
        if rows:
            blocks.append(Matrix(tuple(rows)))
            rows.clear()

    for item in items:
        if isinstance(item, Question):
            in_matrix = item.type in ("select_one", "select_multiple") and (matrix or bool(item.appearance & MATRIX_ROW))
            if (in_matrix and cells) or (not in_matrix and rows):
                flush()
            if not in_matrix:
                cells.append(_cell(item, cells[-1] if cells else None))
            elif "label" not in item.appearance:
                rows.append(item)
        else:
            flush()
            blocks.append(_container(item))
    flush()
    return tuple(blocks)


def _container(item: Group | Repeat) -> Block:
    if isinstance(item, Repeat):
        return Rows(item, fits_table(item))
    return SubSection(item, plan_items(item.children, is_matrix(item)))


def is_matrix(group: Group) -> bool:
    """Tell whether a group is shown as one table of radio buttons."""
    return "table-list" in group.appearance


def _cell(question: Question, before: Cell | None) -> Cell:
    inline = "likert" in question.appearance
    compact = before is not None and before.inline and question.name == f"{before.question.name}_note"
    return Cell(question, span_of(question), inline, compact)


def span_of(question: Question) -> int:
    """Return how many of the four columns a question takes: `w1` to `w4`, otherwise by its type."""
    for columns in range(1, FULL + 1):
        if f"w{columns}" in question.appearance:
            return columns
    if question.type in WIDE_TYPES or "multiline" in question.appearance:
        return FULL
    return 2


def leaves(items: tuple[Item, ...]) -> Iterator[Item]:
    """Yield questions and repeats of a repeat's content, groups flattened."""
    for item in items:
        if isinstance(item, Group):
            yield from leaves(item.children)
        else:
            yield item


def fits_table(repeat: Repeat) -> bool:
    """Tell whether each instance of a repeat fits one line of a table."""
    parts = list(leaves(repeat.children))
    simple = all(isinstance(part, Question) and part.type in TABLE_TYPES and "multiline" not in part.appearance for part in parts)
    return simple and len(parts) <= TABLE_COLUMNS

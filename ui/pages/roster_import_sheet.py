"""A roster on the screen: which cells it shows, what each one says, and what is wrong with it; pure, and without any widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from mzdesk.registry import id_number
from mzdesk.registry.roster_headings import FIELD_BY_NAME
from mzdesk.registry.roster_import import Roster
from mzdesk.registry.roster_layout import Table
from mzdesk.registry.roster_preview import Action, Choice, Examined, Preview, Verdict
from mzdesk.registry.roster_reading import Problem, text_of

FIRST_FIELDS = ("name", "id_no", "sex", "birth_date", "township", "village", "address", "phone")
CLEANED = ("name", "id_no", "phone", "birth_date")  # of the others the stored value is a code, not what a person would write
FILTERS = ("", "ready", "mended", "look", "known", "skipped")


@dataclass(frozen=True, slots=True)
class CellWords:
    """One cell: the text of the file or of its correction, the line beneath it, and the tone of that line (red, amber, green)."""

    text: str = ""
    beneath: str = ""
    tone: str = ""


@dataclass(frozen=True)
class SheetView:
    """A preview as the table shows it, with the choices that led to it."""

    roster: Roster
    preview: Preview
    choices: Mapping[int, Choice] = field(default_factory=dict)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The table of each row, by its number from 1."""
        return tuple(table for table in self.preview.tables for _ in table.people)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields that have a column: those of the file, and those that something is missing in."""
        there = {column.field for table in self.preview.tables for column in table.columns if column.field}
        there |= {problem.field for row in self.preview.rows for problem in row.problems if problem.field in FIELD_BY_NAME}
        there.discard("seq")
        first = [name for name in FIRST_FIELDS if name in there]
        return tuple(first + [name for name in FIELD_BY_NAME if name in there and name not in first])

    @property
    def headings(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(FIELD_BY_NAME[name].label for name in self.fields)

    def written(self, row: Examined, name: str) -> str:
        """Return the text of a cell: as corrected, else as it stands in the file."""
        choice = self.choices.get(row.row)
        if choice is not None and name in choice.corrected:
            return choice.corrected[name]
        table = self.tables[row.row - 1]
        return text_of(table.cell(row.line - 1, name)) if table.has(name) else ""

    def is_corrected(self, row: Examined, name: str) -> bool:
        """Tell whether a cell was changed here."""
        choice = self.choices.get(row.row)
        return choice is not None and name in choice.corrected

    def words(self, row: Examined, name: str) -> CellWords:
        """Return what a cell shows; a number in which nothing is wrong is masked."""
        text = self.written(row, name)
        problem = next((found for found in row.problems if found.field == name), None)
        if problem is not None:
            return CellWords(text or "（空）", problem.sentence, "red" if self.stops(row, problem) else "amber")
        shown = id_number.mask(text) if name.endswith("id_no") and len(text) in (15, 18) else text
        stored = row.reading.person.get(name, "") if name in CLEANED else ""
        if stored and stored != text and name != "birth_date":
            return CellWords(shown, f"已整理为 {id_number.mask(stored) if name == 'id_no' else stored}", "green")
        return CellWords(shown, "已改" if self.is_corrected(row, name) else "", "green")

    @staticmethod
    def stops(row: Examined, problem: Problem) -> bool:
        """Tell whether a problem is why a row cannot be taken."""
        return row.verdict is Verdict.NEEDS_LOOK and problem not in row.reading.notes and problem.reason != "differs"

    def is_skipped(self, row: Examined) -> bool:
        """Tell whether somebody decided against a row."""
        choice = self.choices.get(row.row)
        return choice is not None and choice.action is Action.SKIP

    def state(self, row: Examined) -> tuple[str, str]:
        """Return the verdict of a row as word and tone."""
        if self.is_skipped(row):
            return "不导入", ""
        if row.verdict is Verdict.NEEDS_LOOK:
            return ("重复", "amber") if row.double_of else ("需要核对", "red")
        if row.known is not None:
            return "已登记", "primary"
        return ("整理后导入", "green") if row.verdict is Verdict.REPAIRED else ("可导入", "green")

    def shows(self, row: Examined, chosen: str) -> bool:
        """Tell whether a row belongs to one of FILTERS."""
        skipped = self.is_skipped(row)
        tests = {
            "": True,
            "ready": not skipped and row.verdict is not Verdict.NEEDS_LOOK,
            "mended": not skipped and row.verdict is Verdict.REPAIRED,
            "look": not skipped and row.verdict is Verdict.NEEDS_LOOK and not row.double_of,
            "known": row.known is not None or bool(row.double_of),
            "skipped": skipped,
        }
        return tests[chosen]

    def count(self, chosen: str) -> int:
        """Return how many rows belong to one of FILTERS."""
        return sum(self.shows(row, chosen) for row in self.preview.rows)


def with_cell(choices: Mapping[int, Choice], row: int, name: str, text: str, original: str) -> dict[int, Choice]:
    """Return the choices with one cell corrected; a cell written back as it stood in the file is no correction any more."""
    before = choices.get(row, Choice())
    corrected = {**before.corrected, name: text}
    if text == original:
        corrected.pop(name)
    return _with(choices, row, replace(before, corrected=corrected))


def with_action(choices: Mapping[int, Choice], row: int, action: Action) -> dict[int, Choice]:
    """Return the choices with a row taken or left out."""
    return _with(choices, row, replace(choices.get(row, Choice()), action=action))


def with_sides(choices: Mapping[int, Choice], row: int, sides: Mapping[str, str]) -> dict[int, Choice]:
    """Return the choices with a side (ours, theirs) chosen for fields in which the registry and the roster differ."""
    before = choices.get(row, Choice())
    return _with(choices, row, replace(before, fields={**before.fields, **sides}))


def _with(choices: Mapping[int, Choice], row: int, choice: Choice) -> dict[int, Choice]:
    rest = {number: kept for number, kept in choices.items() if number != row}
    return rest if choice == Choice() else {**rest, row: choice}

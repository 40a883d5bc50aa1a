"""A roster looked through row by row before anything is written: verdicts, doubles side by side, and the choices of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mzdesk.errors import MzError
from mzdesk.registry.roster_layout import Table
from mzdesk.registry.roster_reading import Problem, Reading, Setting, read_row
from mzdesk.registry.roster_source import Cell, Source
from mzdesk.store import rows
from mzdesk.store.rows import PersonData
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

Progress = Callable[[str, int, int], bool | None]  # phase, done, total → False cancels
STEP = 500
COMPARED = ("name", "phone", "address", "village", "hukou_address", "ethnicity", "marital", "disability_no", "sex", "birth_date")


class Verdict(StrEnum):
    """What becomes of a row."""

    TAKEN = "taken"
    REPAIRED = "repaired"
    NEEDS_LOOK = "needs_look"


class Action(StrEnum):
    """What a person decided about a row."""

    TAKE = "take"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's decision on a row: cells corrected by field, and whose value counts where the registry differs (ours, theirs)."""

    action: Action = Action.TAKE
    corrected: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the registry (`ours`) and the roster (`theirs`) do not agree."""

    field: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Examined:
    """A row: `row` counts people from 1 through all sheets, `line` is the line of the sheet as Excel numbers it.

    `reason` is a short code ("" where taken), `problem` the sentence; `problems` are all of them by cell, notes included.
    """

    row: int
    sheet: str
    line: int
    verdict: Verdict
    reason: str
    problem: str
    problems: tuple[Problem, ...]
    reading: Reading
    known: PersonData | None = None
    differences: tuple[Difference, ...] = ()
    choice: Choice | None = None
    double_of: int = 0  # the earlier row of the same person


@dataclass(frozen=True, slots=True)
class Preview:
    """A roster as it would be taken now."""

    source: Source
    tables: tuple[Table, ...]
    group: str
    rows: tuple[Examined, ...]
    notices: tuple[str, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """Return how many rows have a verdict."""
        return sum(1 for row in self.rows if row.verdict is verdict)

    @property
    def takeable(self) -> tuple[Examined, ...]:
        """Return the rows that would be written."""
        return tuple(row for row in self.rows if row.verdict is not Verdict.NEEDS_LOOK and not _skipped(row))

    @property
    def rejected(self) -> tuple[Examined, ...]:
        """Return the rows that would not."""
        return tuple(row for row in self.rows if row.verdict is Verdict.NEEDS_LOOK or _skipped(row))


def _skipped(row: Examined) -> bool:
    return row.choice is not None and row.choice.action is Action.SKIP


def examine(
    connection: Connection,
    source: Source,
    tables: Sequence[Table],
    settings: Sequence[Setting],
    choices: Mapping[int, Choice],
    progress: Progress | None = None,
) -> tuple[Examined, ...]:
    """Read every row, then compare with the registry and with the rows before; `settings` belong to the tables one by one."""
    read: list[tuple[Table, int, Setting, Reading]] = []
    total = sum(len(table.people) for table in tables)
    for table, setting in zip(tables, settings, strict=True):
        fields, extra = _columns(table)
        for line in table.people:
            number = len(read) + 1
            corrected = choices[number].corrected if number in choices else {}
            read.append((table, line, setting, _read(table.sheet.rows[line], fields, extra, setting, corrected)))
            if number % STEP == 0:
                advance(progress, "核对", number, total)
    return _settle(connection, read, choices)


def advance(progress: Progress | None, phase: str, done: int, total: int) -> None:
    """Tell how far the work is; raises MzError where it was cancelled, so that the transaction is rolled back."""
    if progress is not None and progress(phase, done, total) is False:
        raise MzError("已取消", "没有导入任何一行，登记的资料没有改动。")


def _columns(table: Table) -> tuple[dict[str, int], dict[str, int]]:
    """Return field → column, and heading → column of what has no field."""
    fields = {column.field: column.index for column in table.columns if column.field}
    extra = {column.heading: column.index for column in table.columns if not column.field and column.heading}
    return fields, extra


def _read(
    cells: Sequence[Cell], fields: Mapping[str, int], extra: Mapping[str, int], setting: Setting, corrected: Mapping[str, str]
) -> Reading:
    told: dict[str, Cell] = {name: cells[index] for name, index in fields.items()}
    return read_row({**told, **corrected}, {heading: cells[index] for heading, index in extra.items()}, setting)


def _settle(
    connection: Connection, read: Sequence[tuple[Table, int, Setting, Reading]], choices: Mapping[int, Choice]
) -> tuple[Examined, ...]:
    numbers = [reading.person.get("id_no", "") for _, _, _, reading in read]
    registered = rows.people_by_id_no(connection, SYSTEM, numbers)
    nameless = _without_number(connection, [reading for _, _, _, reading in read])
    first_rows: dict[tuple[str, str], int] = {}
    settled: list[Examined] = []
    for index, (table, line, setting, reading) in enumerate(read, start=1):
        known = registered.get(numbers[index - 1]) if numbers[index - 1] else nameless.get(_sight(reading))
        examined = _examined(index, table, line, setting, reading, known, choices.get(index), first_rows)
        if examined.verdict is not Verdict.NEEDS_LOOK:
            first_rows.setdefault(identity(reading), index)
        settled.append(examined)
    return tuple(settled)


def _without_number(connection: Connection, readings: Sequence[Reading]) -> dict[tuple[str, str], PersonData]:
    """Return (name, birth date) → registered person, for the rows of people who have no identity number."""
    days = [reading.person.get("birth_date", "") for reading in readings if not reading.person.get("id_no")]
    return {(person.name, person.birth_date): person for person in rows.people_by_birth(connection, SYSTEM, days) if not person.id_no}


def _sight(reading: Reading) -> tuple[str, str]:
    return reading.person.get("name", ""), reading.person.get("birth_date", "")


def identity(reading: Reading) -> tuple[str, str]:
    """Return what tells people of a file apart: the identity number, else name and birth date."""
    number = reading.person.get("id_no", "")
    return ("", number) if number else _sight(reading)


def _examined(
    row: int,
    table: Table,
    line: int,
    setting: Setting,
    reading: Reading,
    known: PersonData | None,
    choice: Choice | None,
    first_rows: Mapping[tuple[str, str], int],
) -> Examined:
    blocking = list(reading.blocking)
    earlier = first_rows.get(identity(reading), 0) if not blocking else 0
    if earlier:
        blocking.append(Problem("id_no", "duplicate", f"与第 {earlier} 行是同一个人，只导入第 {earlier} 行"))
    differences: tuple[Difference, ...] = ()
    if known is not None and not blocking:
        blocking += _against(known, reading, setting, choice)
        differences = differences_of(known, reading)
    if not reading.group and not blocking:
        blocking.append(Problem("category", "group", "看不出是哪一类对象，请在表名里写明，或者导入时选择"))
    verdict = Verdict.NEEDS_LOOK if blocking else Verdict.REPAIRED if reading.mended else Verdict.TAKEN
    notes = [*blocking, *reading.notes, *(_note(difference) for difference in differences)]
    return Examined(
        row=row,
        sheet=table.sheet.name,
        line=line + 1,
        verdict=verdict,
        reason=blocking[0].reason if blocking else "",
        problem="；".join(problem.sentence for problem in notes),
        problems=tuple(notes),
        reading=reading,
        known=known,
        differences=differences,
        choice=choice,
        double_of=earlier,
    )


def _against(known: PersonData, reading: Reading, setting: Setting, choice: Choice | None) -> list[Problem]:
    """Return why a row cannot simply be added to a person who is registered already."""
    if not setting.covers(known.village):
        return [Problem("id_no", "registered elsewhere", "此人已在别的村登记，请交给乡镇社工站办理转入")]
    if known.life == "dead":
        return [Problem("id_no", "registered dead", "此人已登记为去世，请核对；若去世登记有误，请先更正")]
    decided = choice is not None and "name" in choice.fields
    if known.name != reading.person.get("name") and not decided:
        return [Problem("name", "name differs", f"这个身份证号已登记在“{known.name}”名下，姓名不同，请选择以哪个为准")]
    return []


def differences_of(known: PersonData, reading: Reading) -> tuple[Difference, ...]:
    """Return the fields that both sides tell, and tell differently."""
    pairs = ((name, str(getattr(known, name)), reading.person.get(name, "")) for name in COMPARED)
    return tuple(Difference(name, ours, theirs) for name, ours, theirs in pairs if ours and theirs and ours != theirs)


def _note(difference: Difference) -> Problem:
    from mzdesk.registry.roster_headings import FIELD_BY_NAME

    label = FIELD_BY_NAME[difference.field].label
    return Problem(difference.field, "differs", f"{label}与已登记的不同，已保留登记的（可逐项选择）")

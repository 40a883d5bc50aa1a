"""Finds the table inside a sheet: title, heading rows in any order and merger, and the rows that are people.

It is pure: a mapping that a person chose by hand goes through the same functions as a guessed one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mzdesk.registry.characters import plain
from mzdesk.registry.groups import GROUPS
from mzdesk.registry.roster_headings import FIELD_BY_NAME, meaning, normal
from mzdesk.registry.roster_source import Cell, Sheet

LOOK_FOR_HEADINGS = 40  # rows
_WEIGHTS = {"name": 4, "id_no": 4, "birth_date": 2, "sex": 2, "village": 2}
ENOUGH = 6  # weight that makes a row a row of headings
_NOT_A_PERSON = re.compile(
    r"^(?:合计|小计|总计|共计|累计|本页|总人数|单位负责人|负责人|分管|填表|制表|复核|审核|审批|填报|联系人[:：]|说明|填表说明|备注[:：]|注[:：]|注意|"
    r"附[:：]|附件|统计|打印|第.{1,4}页|共.{1,6}[人页户]|以上|以下空白|此表|本表)"
)
_GROUP_WORDS = (
    ("extreme_poverty", re.compile("特困|五保|供养")),
    ("left_behind_woman", re.compile("留守妇女|留守女性")),
    ("left_behind_elder", re.compile("留守老|空巢老|独居老|老年人|老人")),
    ("child_in_difficulty", re.compile("困境儿童|孤儿|无人抚养")),
    ("left_behind_child", re.compile("留守儿童|留守学生|留守")),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading as written, and the field that it holds ("" where it is kept as a remark)."""

    index: int
    heading: str
    field: str = ""

    @property
    def label(self) -> str:
        """Return the name of the field as it is shown, or the heading."""
        known = FIELD_BY_NAME.get(self.field)
        return known.label if known else self.heading


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a sheet: `people` are the indices of the rows that are people, in order; `title` is what stands above the headings."""

    sheet: Sheet
    title: str
    first_heading: int
    last_heading: int
    columns: tuple[Column, ...]
    people: tuple[int, ...]
    group: str = ""

    @property
    def fingerprint(self) -> str:
        """Return what identifies a set of headings, so that a mapping chosen once is remembered."""
        return hashlib.sha256("\x1f".join(normal(column.heading) for column in self.columns).encode()).hexdigest()[:32]

    def cell(self, row: int, field: str) -> Cell:
        """Return the cell of a field in a row of the sheet, None where the table has no such column."""
        index = next((column.index for column in self.columns if column.field == field), None)
        return None if index is None else self.sheet.rows[row][index]

    def has(self, field: str) -> bool:
        """Tell whether the table has a column of that field."""
        return any(column.field == field for column in self.columns)

    def with_mapping(self, mapping: Mapping[int, str]) -> Table:
        """Return the table with fields chosen by hand: column index → field, "" for none."""
        columns = tuple(replace(column, field=mapping.get(column.index, column.field)) for column in self.columns)
        return replace(self, columns=columns, people=_people(self.sheet, self.last_heading + 1, columns))


def find_tables(sheets: Sequence[Sheet]) -> tuple[Table, ...]:
    """Return the tables of people in the sheets, in the order of the workbook."""
    found = (find_table(sheet) for sheet in sheets)
    return tuple(table for table in found if table is not None and table.people)


def find_table(sheet: Sheet) -> Table | None:
    """Return the table of a sheet, None where no row looks like headings."""
    rows = [_filled(sheet, index) for index in range(min(LOOK_FOR_HEADINGS, len(sheet.rows)))]
    best: tuple[int, int, tuple[Column, ...], int] | None = None
    for last in range(len(rows)):
        for height in (1, 2, 3):
            if height > last + 1 or (height > 1 and _looks_like_data(rows[last])):
                continue
            columns = _columns(rows[last - height + 1 : last + 1])
            weight = _weight(columns)
            if weight >= ENOUGH and (best is None or weight > best[0]):
                best = (weight, last - height + 1, columns, last)
    if best is None:
        return None
    _, first, columns, last = best
    title = " ".join(
        dict.fromkeys(plain(str(cell)) for row in sheet.rows[:first] for cell in row if isinstance(cell, str) and cell.strip())
    )
    table = Table(sheet, title, first, last, columns, _people(sheet, last + 1, columns))
    return replace(table, group=_group_of(table))


def _filled(sheet: Sheet, row: int) -> tuple[Cell, ...]:
    """Return a row in which merged cells repeat across what they cover, so that a heading stands over each of its columns."""
    cells = list(sheet.rows[row])
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom and right - left < len(cells) and top < len(sheet.rows):
            value = sheet.rows[top][left] if left < len(sheet.rows[top]) else None
            for column in range(left, min(right + 1, len(cells))):
                cells[column] = value
    return tuple(cells)


def _columns(heading_rows: Sequence[Sequence[Cell]]) -> tuple[Column, ...]:
    """Return what one to three rows of headings mean, each field once."""
    columns = []
    for index in range(len(heading_rows[-1])):
        parts = list(dict.fromkeys(plain(str(row[index])).replace("\n", "") for row in heading_rows if row[index] not in (None, "")))
        heading = parts[-1] if parts else ""
        above = "".join(parts[:-1])
        columns.append(Column(index, " ".join(parts), meaning(heading, above)))
    return _once_each(columns)


def _once_each(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Keep the best column of each field; a second place becomes the address, a second phone another phone."""
    taken: dict[str, Column] = {}
    for column in sorted((column for column in columns if column.field), key=lambda column: (not _is_exact(column), column.index)):
        taken.setdefault(column.field, column)
    second = {"village": "address", "phone": "other_phone"}
    settled = []
    for column in columns:
        if column.field and taken[column.field] is not column:
            other = second.get(column.field, "")
            column = replace(column, field=other if other not in taken else "")
            if column.field:
                taken[column.field] = column
        settled.append(column)
    return tuple(settled)


def _is_exact(column: Column) -> bool:
    known = FIELD_BY_NAME[column.field]
    return normal(column.heading.split(" ")[-1]) in known.exact and not (column.field == "village" and "村" not in column.heading)


def _weight(columns: Sequence[Column]) -> int:
    fields = {column.field for column in columns if column.field}
    if "name" not in fields and "id_no" not in fields:
        return 0
    return sum(_WEIGHTS.get(field, 1) for field in fields)


def _looks_like_data(cells: Sequence[Cell]) -> bool:
    """Tell whether a row holds numbers, dates or digits, as headings do not."""
    return any(
        (isinstance(cell, (int, float)) and not isinstance(cell, bool)) or (isinstance(cell, str) and re.search(r"[0-9]{6}", cell))
        for cell in cells
    )


def _people(sheet: Sheet, first: int, columns: Sequence[Column]) -> tuple[int, ...]:
    fields = {column.field: column.index for column in columns if column.field}
    headings = [normal(column.heading) for column in columns]
    return tuple(row for row in range(first, len(sheet.rows)) if is_person(sheet.rows[row], fields, headings))


def is_person(cells: Sequence[Cell], fields: Mapping[str, int], headings: Sequence[str]) -> bool:
    """Tell people from blank rows, subtotals, notes, signatures and headings that are repeated on every page."""
    texts = [plain(str(cell)) if cell is not None else "" for cell in cells]
    filled = [text for text in texts if text]
    if not filled:
        return False
    has_number = "id_no" in fields and sum(sign.isdigit() for sign in texts[fields["id_no"]]) >= 6
    if not has_number and _repeats(texts, headings):
        return False
    first = filled[0] if not filled[0].replace(".", "").isdigit() or len(filled) == 1 else filled[1]
    told = [name for name, index in fields.items() if name not in ("seq", "remark", "village", "township") and texts[index]]
    if _NOT_A_PERSON.match(first.replace(" ", "")) and not has_number:
        return False
    if "name" in fields and texts[fields["name"]]:
        return has_number or len(told) > 1 or len(filled) > 1
    return has_number or len(told) >= 2


def _repeats(texts: Sequence[str], headings: Sequence[str]) -> bool:
    """Tell whether a row is the headings once more."""
    pairs = zip(map(normal, texts), headings, strict=False)
    return sum(1 for text, heading in pairs if text and heading.endswith(text)) >= 3


def _group_of(table: Table) -> str:
    """Return the group that the title, the name of the sheet, or the headings tell, "" where none does."""
    headings = " ".join(column.heading for column in table.columns)
    for text in (table.title, table.sheet.name, headings):
        if found := group_in(text):
            return found
    return ""


def group_in(text: str) -> str:
    """Return the group that is named first in a text, "" where none is."""
    hits = [(match.start(), order, group) for order, (group, words) in enumerate(_GROUP_WORDS) if (match := words.search(text))]
    return min(hits)[2] if hits else ""


assert {group for group, _ in _GROUP_WORDS} == set(GROUPS)

"""A form's sheets as lint reads them: rows by name, lists by name, languages, and which columns hold expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from forms.messages import ERROR, WARNING, Finding
from forms.xlsform_sheets import Sheets

REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}\s]*)\s*\}")
_ALIASES = {
    "relevance": "relevant",
    "calculate": "calculation",
    "read_only": "readonly",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "form_title": "title",
    "id_string": "form_id",
    "constraining_message": "constraint_message",
}
_SELECT = re.compile(r"^(select_one|select_multiple|select one|select multiple|select1|rank)\s+(\S+)")
_SILENT = frozenset(
    [
        "calculate",
        "hidden",
        "start",
        "end",
        "today",
        "deviceid",
        "username",
        "phonenumber",
        "email",
        "simserial",
        "subscriberid",
        "audit",
        "csv-external",
        "xml-external",
        "start-geopoint",
        "background-audio",
        "background-geopoint",
    ]
)


@lru_cache(maxsize=1024)
def base_column(column: str) -> str:
    """ "label::中文 (zh)" → "label", "bind::relevant" → "relevant"; aliases of pyxform become one name."""
    parts = [part.strip() for part in column.split("::")]
    first = parts[1] if parts[0].lower() == "bind" and len(parts) > 1 else parts[0]
    base = first.lower() if first.lower() in _ALIASES else "_".join(first.split()).lower()
    return _ALIASES.get(base, base)


@lru_cache(maxsize=1024)
def column_language(column: str) -> str:
    """The language of a translated column, "" where it has none."""
    parts = column.split("::")
    return parts[-1].strip() if len(parts) > 1 and parts[0].lower() != "bind" else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: `cells` by column as written, blanks left out."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def get(self, base: str) -> str:
        """The first text in a column of this base name, "" where there is none."""
        return next((text for column, text in self.cells.items() if base_column(column) == base), "")

    def column(self, base: str) -> str:
        """The column as the author wrote it, the base name where the cell is blank."""
        return next((column for column in self.cells if base_column(column) == base), base)

    def error(self, column: str, message: str) -> Finding:
        """An error at this row."""
        return Finding(ERROR, self.sheet, self.number, column, message)

    def warning(self, column: str, message: str) -> Finding:
        """A warning at this row."""
        return Finding(WARNING, self.sheet, self.number, column, message)

    @property
    def kind(self) -> str:
        """The first word of the type: text, select_one, begin_group …"""
        words = self.get("type").split()
        if len(words) > 1 and words[0] in ("begin", "end", "select"):
            return "_".join(words[:2])
        return words[0] if words else ""

    @property
    def list_name(self) -> str:
        """The choice list of a select, "" for other questions."""
        found = _SELECT.match(self.get("type"))
        return found[2] if found else ""

    @property
    def needs_label(self) -> bool:
        """Whether a person is meant to read this row."""
        return self.kind not in _SILENT and not self.kind.startswith("end") and not (self.get("calculation") and not self.get("trigger"))


@dataclass(frozen=True)
class Draft:
    """All the sheets, read for lint."""

    sheets: Sheets
    survey: tuple[Line, ...]
    choices: tuple[Line, ...]
    settings: Line
    entities: tuple[Line, ...]

    @cached_property
    def names(self) -> dict[str, Line]:
        """Question, group and repeat by name; of two with one name, the first."""
        found: dict[str, Line] = {}
        for line in self.survey:
            if line.get("name") and not line.kind.startswith("end"):
                found.setdefault(line.get("name"), line)
        return found

    @cached_property
    def lists(self) -> dict[str, list[Line]]:
        """Choices by list."""
        found: dict[str, list[Line]] = {}
        for line in self.choices:
            found.setdefault(line.get("list_name"), []).append(line)
        return found

    @cached_property
    def answers(self) -> dict[str, frozenset[str]]:
        """By question, the values that a select_one with its choices in the form can have."""
        values = {name: frozenset(choice.get("name") for choice in choices) for name, choices in self.lists.items()}
        return {name: values[line.list_name] for name, line in self.names.items() if line.kind == "select_one" and line.list_name in values}

    def languages(self, sheet: str) -> tuple[str, ...]:
        """The languages of a sheet's labels in the order of its columns; "" stands for a label column without language."""
        found = self.sheets.find(sheet)
        return tuple(column_language(column) for column in found.header if base_column(column) == "label") if found else ()

    def lines(self) -> Iterator[Line]:
        """Every row of every sheet."""
        yield from self.survey
        yield from self.choices
        yield self.settings
        yield from self.entities


def read_draft(sheets: Sheets) -> Draft:
    """The sheets as lint reads them; a sheet that is missing is empty."""

    def lines(name: str) -> tuple[Line, ...]:
        sheet = sheets.find(name)
        return tuple(Line(name, number, record) for number, record in sheet.records()) if sheet else ()

    settings = lines("settings")
    return Draft(sheets, lines("survey"), lines("choices"), settings[0] if settings else Line("settings", 2, {}), lines("entities"))

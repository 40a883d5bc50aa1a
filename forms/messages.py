"""Findings about a form, and the Chinese for every complaint of pyxform; an unknown one keeps its words inside a Chinese frame.

Sheet, row and column always come first, because the author looks for the cell before reading why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from forms.messages_pyxform import SENTENCES

ERROR = "error"
WARNING = "warning"

SHEET_NAMES = {"survey": "survey（题目）", "choices": "choices（选项）", "settings": "settings（设置）", "entities": "entities（档案）"}
_ROW = re.compile(r"\[row\s*:\s*(\d+)\]\s*")
_SHEET = re.compile(r"(?:On the '|sheet: ')(survey|choices|settings|entities|external_choices|osm)'")
_COLUMN = re.compile(r"the '([^']+)' value (?:'[^']*' )?is (?:invalid|problematic)")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend in a form: `severity` error or warning; `row` counts as Excel does, 0 where none; "" where no sheet or column."""

    severity: str
    sheet: str
    row: int
    column: str
    message: str

    @property
    def place(self) -> str:
        """ "survey（题目）表第 7 行「name」列", as much of it as is known."""
        words = f"{SHEET_NAMES.get(self.sheet, self.sheet)}表" if self.sheet else ""
        words += f"第 {self.row} 行" if self.row else ""
        return words + (f"「{self.column}」列" if self.column else "")

    def __str__(self) -> str:
        return f"{self.place}：{self.message}" if self.place else self.message


def translate_pyxform(text: str, severity: str) -> Finding:
    """One complaint of pyxform as a Finding in Chinese."""
    row = _ROW.search(text)
    sheet = _SHEET.search(text)
    column = _COLUMN.search(text)
    words = _ROW.sub("", text).strip()
    return Finding(
        severity,
        sheet.group(1) if sheet else ("survey" if row else ""),
        int(row.group(1)) if row else 0,
        column.group(1) if column else "",
        _sentence(words),
    )


def _sentence(words: str) -> str:
    for pattern, sentence in SENTENCES:
        match = pattern.search(words)
        if match:
            return match.expand(sentence)
    return f"表单转换程序认为这里有问题，原文是：{words}"

"""XLSForm → XForm XML through pyxform, imported only when a form is converted; Chinese quotation marks stay as the author typed them.

pyxform turns “ ” ‘ ’ into ASCII quotes everywhere; in words meant for people they are put out of its reach and back again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from forms.errors import FormError
from forms.messages import ERROR, WARNING, Finding, translate_pyxform
from forms.xlsform_markdown import read_markdown, write_markdown
from forms.xlsform_scheme import build_assessment, is_scheme
from forms.xlsform_sheets import Row, Sheet, Sheets
from forms.xlsform_workbook import read_xlsx, write_xlsx

__all__ = [
    "Conversion",
    "Row",
    "Sheet",
    "Sheets",
    "XlsformError",
    "convert",
    "read_markdown",
    "read_source",
    "read_xlsx",
    "write_markdown",
    "write_xlsx",
]

SUPPORTED = ("survey", "choices", "settings", "entities", "external_choices", "osm")
_WORDS = {"label", "hint", "guidance_hint", "constraint_message", "required_message", "title", "form_title", "caption"}
_HIDE = str.maketrans("“”‘’", "\ufdd0\ufdd1\ufdd2\ufdd3")  # noncharacters: XML carries them, no author types them
_SHOW = str.maketrans("\ufdd0\ufdd1\ufdd2\ufdd3", "“”‘’")
_LANGUAGE = re.compile(r"::\s*")
_QUOTED = re.compile("「([^」]+)」")


class XlsformError(FormError):
    """pyxform refused the form; `findings` say where and why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Conversion:
    """A converted form: the XForm XML, and what pyxform would have the author look at."""

    xml: str
    warnings: tuple[Finding, ...]


def read_source(name: str, data: bytes) -> Sheets:
    """The sheets of a file, by the ending of its name (.xlsx, .md); an assessment scheme comes as the form built from it.

    FormError for any other ending and for whatever is wrong inside.
    """
    sheets = _read_sheets(name, data)
    return build_assessment(sheets) if is_scheme(sheets) else sheets


def _read_sheets(name: str, data: bytes) -> Sheets:
    ending = PurePath(name).suffix.lower()
    if ending == ".md":
        return read_markdown(data)
    if ending == ".xlsx":
        return read_xlsx(data)
    if ending == ".xlsm":
        raise FormError("带宏的 .xlsm 不予导入，请另存为 .xlsx。")
    raise FormError(f"不认识的文件类型「{ending or name}」，表单应是 .xlsx 或 .md。")


def convert(sheets: Sheets) -> Conversion:
    """The XForm XML of a form, the same bytes every time. XlsformError where pyxform refuses it."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert as convert_workbook

    warnings: list[str] = []
    try:
        result = convert_workbook(_workbook(sheets), warnings=warnings, pretty_print=True)
    except PyXFormError as error:
        complaints = (translate_pyxform(text, ERROR) for text in str(error).split("\n") if text.strip())
        raise XlsformError(tuple(_located(finding, sheets) for finding in complaints)) from error
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError, SyntaxError) as error:
        # pyxform 4.5 lets such errors out on sheets it did not foresee; they say nothing to an author
        message = f"表单转换程序读不懂这张表，请核对各工作表的列名与内容（{type(error).__name__}）。"
        raise XlsformError((Finding(ERROR, "", 0, "", message),)) from error
    found = tuple(translate_pyxform(text, WARNING) for warning in warnings for text in _separate(warning))
    return Conversion(result.xform.translate(_SHOW), found)


def _located(finding: Finding, sheets: Sheets) -> Finding:
    """Where pyxform names no row, the row of the first cell that is what the sentence quotes."""
    for quoted in reversed(_QUOTED.findall(finding.message) if not finding.row else []):
        for name in ("survey", "choices"):
            sheet = sheets.find(name)
            for number, record in sheet.records() if sheet is not None else ():
                column = next((column for column, text in record.items() if text == quoted), "")
                if column:
                    return replace(finding, sheet=name, row=number, column=column)
    return finding


def _separate(warning: str) -> list[str]:
    """pyxform tells all missing translations in one text, a line each; its other warnings are one text each."""
    return warning.split("\n") if warning.startswith("Language ") else [warning]


def _workbook(sheets: Sheets) -> dict[str, Any]:
    """pyxform's own dictionary of a workbook; gaps become empty rows so that its row numbers are the author's."""
    book: dict[str, Any] = {"sheet_names": [sheet.name for sheet in sheets.sheets]}
    for name in SUPPORTED:
        sheet = sheets.find(name)
        if sheet is not None:
            book[name] = _rows(sheet)
            book[f"{name}_header"] = [dict.fromkeys(sheet.header)]
    return book


def _rows(sheet: Sheet) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for number, record in sheet.records():
        rows.extend({} for _ in range(number - 2 - len(rows)))
        rows.append({column: text.translate(_HIDE) if _is_words(sheet.name, column) else text for column, text in record.items()})
    return rows


def _is_words(sheet: str, column: str) -> bool:
    base = "_".join(_LANGUAGE.split(column)[0].split()).lower()
    return base in _WORDS and sheet.lower() != "entities"

"""What an import says afterwards: the verdict of every row for machines, and a copy of the rejected rows with reasons for people."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mzdesk.errors import MzError
from mzdesk.registry.roster_preview import Examined, Preview, Verdict
from mzdesk.registry.workbook import Sheet, write_workbook

if TYPE_CHECKING:
    from mzdesk.registry.roster_import import Outcome
    from mzdesk.registry.roster_layout import Table

VERDICT_NAMES = {Verdict.TAKEN: "已导入", Verdict.REPAIRED: "整理后导入", Verdict.NEEDS_LOOK: "需要核对"}


def report_tree(outcome: Outcome) -> dict[str, Any]:
    """Return the report: no names and no numbers of people, so that it may lie about."""
    preview = outcome.preview
    return {
        "file": preview.source.name,
        "sha256": preview.source.digest,
        "group": preview.group,
        "counts": {verdict.value: preview.count(verdict) for verdict in Verdict}
        | {"rows": len(preview.rows), "created": outcome.created, "updated": outcome.updated, "unchanged": outcome.unchanged},
        "notices": list(preview.notices),
        "rows": [_row_tree(row) for row in preview.rows],
    }


def _row_tree(row: Examined) -> dict[str, Any]:
    cells = [{"field": problem.field, "reason": problem.reason} for problem in row.problems]
    return {
        "row": row.row,
        "sheet": row.sheet,
        "line": row.line,
        "verdict": row.verdict.value,
        "reason": row.reason,
        "problem": "；".join(dict.fromkeys(_public(problem.sentence) for problem in row.problems)),
        "cells": cells,
    }


def _public(sentence: str) -> str:
    """Return a sentence without what it quotes from the roster."""
    out, depth = [], 0
    for sign in sentence:
        if sign == "“":
            depth += 1
            out.append("“…”")
        elif sign == "”":
            depth = max(0, depth - 1)
        elif not depth:
            out.append(sign)
    return "".join(out)


def write_report(outcome: Outcome, path: Path) -> None:
    """Write the report as JSON; raises MzError where the place cannot be written."""
    try:
        path.write_text(json.dumps(report_tree(outcome), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise MzError("报告写不进去", "请换一个可以写入的位置。导入本身已经完成。") from error


def write_rejected(preview: Preview, path: Path) -> int:
    """Write the rows that were not taken, as they stood, under their own headings with a column of reasons; return how many.

    Raises MzError where the place cannot be written.
    """
    rejected = preview.rejected
    sheets = []
    for number, table in enumerate(preview.tables, start=1):
        mine = [row for row in rejected if row.sheet == table.sheet.name and row.line - 1 in set(table.people)]
        if mine:
            sheets.append(_rejected_sheet(table, mine, number))
    if sheets:
        write_workbook(path, sheets)
    return len(rejected)


def _rejected_sheet(table: Table, rejected: list[Examined], number: int) -> Sheet:
    width = len(table.columns)
    headings = [column.heading or f"第{column.index + 1}列" for column in table.columns] + ["未导入的原因"]
    lines = []
    for row in rejected:
        cells = [_as_text(cell) for cell in table.sheet.rows[row.line - 1][:width]]
        skipped = "核对时选择了不导入" if row.verdict is not Verdict.NEEDS_LOOK else ""
        lines.append([*cells, skipped or row.problem])
    return Sheet(table.sheet.name or f"表{number}", f"{table.title.split(' ')[0] or '花名册'}：未导入的行", tuple(headings), lines)


def _as_text(cell: object) -> str:
    """Return a cell as it was seen; a long number that lost its digits is shown the way Excel shows it."""
    if isinstance(cell, float):
        if abs(cell) >= 1e15:
            return f"{cell:.5E}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return "" if cell is None else str(cell)

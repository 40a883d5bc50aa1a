"""Which township a roster is of, told by its title, villages and identity numbers: for a station that is made for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from mzdesk.errors import MzError
from mzdesk.registry.roster_layout import Table, find_tables
from mzdesk.registry.roster_reading import text_of
from mzdesk.registry.roster_source import read_path
from mzdesk.registry.roster_villages import VillageFinder
from mzdesk.registry.snapshot import Division, Snapshot

COUNTIES_TRIED = 3
TITLE_WEIGHT = 0.25  # of the rows: a title that names the township decides between villages of one name


def guess(path: Path, snapshot: Snapshot | None = None) -> Division:
    """Return the township that most rows of a roster belong to. Raises MzError where the file cannot be read or tells no township."""
    known = snapshot or Snapshot()
    tables = find_tables(read_path(path).sheets)
    if not any(table.people for table in tables):
        raise MzError("没有找到花名册的表头", f"请选择有“姓名”“身份证号”等列名的表格：{path.name}")
    villages = [text for table in tables for text in _cells(table, "village")]
    heading = " ".join([path.stem, *(table.title for table in tables)])
    scores = Counter[str]()
    for county in _counties(tables):
        for township in known.below(county, 9):
            scores[township.code] += _score(known, township, villages, heading)
    best, score = next(iter(scores.most_common(1)), ("", 0))
    if not score:
        raise MzError("看不出花名册属于哪个乡镇", "请先打开程序新建站点（选择乡镇和村），再导入这份花名册。")
    return Division(best, known.name(best))


def _counties(tables: Iterable[Table]) -> list[str]:
    """Return the county codes that the identity numbers begin with, the most frequent first."""
    numbers = [text for table in tables for text in _cells(table, "id_no")]
    counted = Counter(number[:6] for number in numbers if number[:6].isdigit() and len(number) >= 15)
    return [county for county, _ in counted.most_common(COUNTIES_TRIED)]


def _cells(table: Table, field: str) -> list[str]:
    return [text for row in table.people if (text := text_of(table.cell(row, field)))]


def _score(snapshot: Snapshot, township: Division, villages: list[str], heading: str) -> int:
    """Return in how many rows a village of the township is named; the township's own name in the title counts for a part of the rows."""
    names = {village.code: village.name for village in snapshot.below(township.code, 12)}
    finder = VillageFinder(names, township.name, ())
    named = sum(1 for text in villages if finder.find(text).code)
    return named + (int(len(villages) * TITLE_WEIGHT) + 1 if township.name in heading else 0)

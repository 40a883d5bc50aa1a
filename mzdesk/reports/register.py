"""Registers and statistics as declarations: columns, totals and identities are data, from which screen table, paper and workbook are made.

An identity that does not hold stops paper and workbook and names its rows; the screen shows it. Nothing here queries: rows are handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from mzdesk.errors import MzError
from mzdesk.reports.masking import mask_numbers

Kind = Literal["serial", "text", "count", "money", "number", "percent", "date", "id"]
Align = Literal["left", "center", "right"]
NUMERIC: frozenset[str] = frozenset(("count", "money", "number"))
LEAST_SHOWN = 3  # in a publication, smaller counts are suppressed (domain §4)
SUPPRESSED = "＊"
NONE = "—"


@dataclass(frozen=True)
class Column:
    """One column. `key` is the attribute of the row; `width` a share of the page; `group` a common heading of neighbours.

    Money is in 分; a percent is the ratio of two other columns (`parts`), never stored. `total` sums the column into the last row.
    `zero` is what a zero is shown as.
    """

    label: str
    key: str
    width: float
    kind: Kind = "text"
    align: Align | None = None
    group: str = ""
    total: bool = False
    parts: tuple[str, str] | None = None
    zero: str = "0"

    @property
    def aligned(self) -> Align:
        return self.align or ("left" if self.kind == "text" else "center")


@dataclass(frozen=True)
class Identity:
    """In every row, and in the total, `whole` is the sum of `parts`."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The declaration of a register. `title` may use {place} and {period}; `unit` is printed at the upper right, e.g. 单位：人、人次.

    `restricted` needs the separate permission (domain §4); `publication` forces suppression; `signatures` are the fields of the foot.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    identities: tuple[Identity, ...] = ()
    unit: str = ""
    note: str = ""
    restricted: bool = False
    publication: bool = False
    signatures: tuple[str, ...] = ("单位负责人：", "复核人：", "填表人：", "填报日期：　　年　　月　　日")

    def column(self, key: str) -> Column:
        """The column of that key. Raises KeyError where there is none."""
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True)
class Series:
    """A row of figures of a trend chart, one for every label of the chart."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class Trend:
    """A chart of columns over time or of shares; printed below the table, drawn by the desk on screen."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["columns", "shares"] = "columns"


@dataclass(frozen=True)
class Context:
    """What surrounds the figures: whose they are, of when, and who prints them. `month` is how the title names the period."""

    station: str
    place: str = ""
    period: str = ""
    month: str = ""
    number: str = ""
    printed_by: str = ""
    printed_at: datetime | None = None
    publication: bool = False
    unmasked: bool = False


@dataclass(frozen=True)
class Figure:
    """One cell: the value as typed, as shown, and the ids of the records or people behind it (what a click on it opens)."""

    value: Any
    text: str
    behind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Register:
    """A filled report: cells by row, the total row ("" texts where a column has none), what is wrong with it, and its charts."""

    report: Report
    context: Context
    title: str
    rows: tuple[tuple[Figure, ...], ...]
    totals: tuple[Figure, ...]
    problems: tuple[str, ...] = ()
    trends: tuple[Trend, ...] = field(default=())

    @property
    def has_totals(self) -> bool:
        return any(column.total for column in self.report.columns)

    def require_sound(self) -> None:
        """Raises MzError naming the rows whose parts do not add up."""
        if self.problems:
            shown = "；".join(self.problems[:10])
            more = f"（共 {len(self.problems)} 处）" if len(self.problems) > 10 else ""
            raise MzError("报表数据不平，不能打印", f"{shown}{more}。请核对后重新生成。")


def fill(report: Report, rows: Sequence[Any], context: Context, trends: Sequence[Trend] = ()) -> Register:
    """Fill a report with rows: frozen dataclasses with an attribute for every column key, and optionally `behind` (key → ids)."""
    typed = [_typed(report, row, index) for index, row in enumerate(rows, 1)]
    total = _totals(report, typed)
    problems = _problems(report, typed, total)
    hidden = _suppressed(report, typed, total) if context.publication or report.publication else frozenset()
    behind: list[Mapping[str, tuple[str, ...]]] = [getattr(row, "behind", {}) for row in rows]
    shown = tuple(_figures(report, values, context, hidden, index, behind[index]) for index, values in enumerate(typed))
    last = _figures(report, total, context, hidden, len(typed), _behind_all(behind))
    title = report.title.format(place=context.place, period=context.month or context.period)
    return Register(report, context, title, shown, last, problems, tuple(trends))


# ---- values --------------------------------------------------------------------------------------------------------------------

Values = dict[str, Any]
Spot = tuple[int, str]


def _typed(report: Report, row: Any, index: int) -> Values:
    values: Values = {}
    for column in report.columns:
        if column.kind == "serial":
            values[column.key] = index
        elif column.kind != "percent":
            values[column.key] = getattr(row, column.key)
    _add_ratios(report, values)
    return values


def _add_ratios(report: Report, values: Values) -> None:
    for column in report.columns:
        if column.parts is not None:
            part, whole = (values.get(key) for key in column.parts)
            values[column.key] = part / whole if part is not None and whole else None


def _totals(report: Report, rows: Sequence[Values]) -> Values:
    total: Values = {column.key: None for column in report.columns}
    for column in report.columns:
        if column.total and column.kind in NUMERIC:
            total[column.key] = sum(values[column.key] or 0 for values in rows)
    _add_ratios(report, total)
    return total


def _problems(report: Report, rows: Sequence[Values], total: Values) -> tuple[str, ...]:
    found = []
    for index, values in enumerate([*rows, total], 1):
        name = f"第 {index} 行（{_row_name(report, values)}）" if index <= len(rows) else "合计行"
        for identity in report.identities:
            parts = [values[key] or 0 for key in identity.parts]
            whole = values[identity.whole] or 0
            if sum(parts) != whole:
                terms = "＋".join(f"{report.column(key).label}{part}" for key, part in zip(identity.parts, parts, strict=True))
                label = report.column(identity.whole).label.replace("\n", "")
                found.append(f"{name}{terms.replace(chr(10), '')}＝{sum(parts)}，与{label}{whole}不符")
    return tuple(found)


def _row_name(report: Report, values: Values) -> str:
    return next((str(values[column.key]) for column in report.columns if column.kind == "text" and values[column.key]), "未命名")


# ---- suppression ---------------------------------------------------------------------------------------------------------------


def _suppressed(report: Report, rows: Sequence[Values], total: Values) -> frozenset[Spot]:
    """Counts from 1 to 2, and so many others that none of them can be worked out from a total or an identity."""
    lines = [*rows, total]
    counts = [column.key for column in report.columns if column.kind == "count"]
    hidden = {(index, key) for index, values in enumerate(lines) for key in counts if 0 < (values[key] or 0) < LEAST_SHOWN}
    sums = _sums(report, len(rows))
    changed = True
    while changed:
        changed = False
        for spots in sums:
            inside = [spot for spot in spots if spot in hidden]
            if len(inside) != 1:
                continue
            others = [spot for spot in spots if spot not in hidden]
            if others:
                hidden.add(min(others, key=lambda spot: (lines[spot[0]][spot[1]] in (0, None), lines[spot[0]][spot[1]] or 0, spot)))
                changed = True
    return frozenset(hidden)


def _sums(report: Report, rows: int) -> list[list[Spot]]:
    """Groups of cells of which one is the sum of the others: columns with their total, identities within a row."""
    columns = [column.key for column in report.columns if column.kind == "count" and column.total]
    groups = [[(index, key) for index in range(rows + 1)] for key in columns]
    groups += [[(index, key) for key in (identity.whole, *identity.parts)] for identity in report.identities for index in range(rows + 1)]
    return groups


# ---- showing -------------------------------------------------------------------------------------------------------------------


def _figures(
    report: Report, values: Values, context: Context, hidden: frozenset[Spot], index: int, behind: Mapping[str, tuple[str, ...]]
) -> tuple[Figure, ...]:
    out = []
    for column in report.columns:
        veiled = (index, column.key) in hidden or any((index, part) in hidden for part in column.parts or ())
        if veiled:
            out.append(Figure(None, SUPPRESSED))
        else:
            value = values[column.key]
            out.append(Figure(value, shown(column, value, context.unmasked), tuple(behind.get(column.key, ()))))
    return tuple(out)


def _behind_all(behind: Sequence[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    keys = dict.fromkeys(key for one in behind for key in one)
    return {key: tuple(item for one in behind for item in one.get(key, ())) for key in keys}


def shown(column: Column, value: Any, unmasked: bool = False) -> str:
    """A value as it is printed and shown. Identity and telephone numbers are masked in every text, unless `unmasked`."""
    if value is None:
        return NONE if column.kind == "percent" else ""
    if column.kind == "percent":
        return f"{value * 100:.1f}".removesuffix(".0") + "%"
    if column.kind == "money":
        return f"{value // 100:,}.{value % 100:02d}"
    if column.kind in ("count", "number"):
        return column.zero if value == 0 else str(value)
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    return str(value) if unmasked else mask_numbers(str(value))

"""Visit statistics: 走访月报 of a township by village and of a village by group, and the trend beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mzdesk.reports.register import Column, Identity, Report, Series, Trend


@dataclass(frozen=True)
class VisitRow:
    """The month of one village (or, in a village's own report, of one group), in people and visits.

    `enrolled` = high + medium + low at the end of the month; `due` counts people with a visit due in the month, `visited` those of
    them with a successful one; `overdue` = due − visited; `unreached` counts people whom every attempt missed;
    `visits` = home + phone + video + school.
    """

    name: str
    enrolled: int
    high: int
    medium: int
    low: int
    due: int
    visited: int
    overdue: int
    visits: int
    home: int
    phone: int
    video: int
    school: int
    unreached: int
    problems: int
    reports: int
    referred: int
    closed: int
    remark: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_FIGURES = (
    Column("在册\n（人）", "enrolled", 13, "count", total=True),
    Column("高", "high", 9, "count", group="风险等级（人）", total=True),
    Column("中", "medium", 9, "count", group="风险等级（人）", total=True),
    Column("低", "low", 10, "count", group="风险等级（人）", total=True),
    Column("应访", "due", 12, "count", group="本期走访（人）", total=True),
    Column("已访", "visited", 12, "count", group="本期走访（人）", total=True),
    Column("逾期", "overdue", 11, "count", group="本期走访（人）", total=True, zero="—"),
    Column("完成率", "rate", 15, "percent", parts=("visited", "due")),
    Column("合计", "visits", 12, "count", group="走访方式（次）", total=True),
    Column("入户", "home", 11, "count", group="走访方式（次）", total=True),
    Column("电话", "phone", 11, "count", group="走访方式（次）", total=True),
    Column("视频", "video", 11, "count", group="走访方式（次）", total=True, zero="—"),
    Column("学校", "school", 11, "count", group="走访方式（次）", total=True, zero="—"),
    Column("失访\n（人）", "unreached", 11, "count", total=True, zero="—"),
    Column("问题\n（件）", "problems", 11, "count", total=True, zero="—"),
    Column("强制\n报告\n（件）", "reports", 12, "count", total=True, zero="—"),
    Column("转介\n（件）", "referred", 11, "count", total=True, zero="—"),
    Column("办结\n（件）", "closed", 11, "count", total=True, zero="—"),
    Column("主要问题及处理情况", "remark", 48),
)
_IDENTITIES = (
    Identity("enrolled", ("high", "medium", "low")),
    Identity("due", ("visited", "overdue")),
    Identity("visits", ("home", "phone", "video", "school")),
)
_NOTE = (
    "1．“应访”按风险等级和走访频次规定测算；“逾期”指期末应访未访人数。2．完成率＝已访÷应访×100%；电话、视频不算入户，未联系上不算已访。"
    "3．强制报告件数须与《侵害未成年人案件强制报告登记簿》一致。"
)

TOWNSHIP_MONTH = Report(
    key="visits_township",
    title="{place}{period}走访工作月报表",
    unit="单位：人、次、件",
    columns=(Column("序号", "serial", 10, "serial"), Column("村（居）", "name", 24), *_FIGURES),
    identities=_IDENTITIES,
    note=_NOTE,
)
VILLAGE_MONTH = Report(
    key="visits_village",
    title="{place}{period}走访工作月报表",
    unit="单位：人、次、件",
    columns=(Column("序号", "serial", 10, "serial"), Column("对象类别", "name", 24), *_FIGURES),
    identities=_IDENTITIES,
    note=_NOTE,
)


@dataclass(frozen=True)
class MonthPoint:
    """One month of the trend: `label` is what stands below the columns, e.g. 6月."""

    label: str
    due: int
    visited: int


def visit_trends(months: Sequence[MonthPoint], rows: Sequence[VisitRow], as_of: str) -> tuple[Trend, ...]:
    """Due and visited by month, and the share of the risk levels at the end of the period (`as_of`, e.g. 6月末)."""
    labels = tuple(month.label for month in months)
    series = (Series("应访", tuple(month.due for month in months)), Series("已访", tuple(month.visited for month in months)))
    risk = tuple(sum(getattr(row, key) for row in rows) for key in ("high", "medium", "low"))
    trends = [Trend("图1　各月应访、已访人数", labels, series)] if months else []
    trends.append(Trend(f"图2　{as_of}风险等级构成（人）", ("高", "中", "低"), (Series("在册", risk),), "shares"))
    return tuple(trends)

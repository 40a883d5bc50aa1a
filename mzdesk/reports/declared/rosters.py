"""Rosters and lists of people: 三留守花名册, 逾期清单, 退出公示. Rows are handed in by whoever may see the people in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mzdesk.reports.register import Column, Report


@dataclass(frozen=True)
class RosterRow:
    """One person in one group. `sex` 男 or 女; `risk` 高, 中, 低; `keeper` guardian, supporter, or husband."""

    village: str
    name: str
    sex: str
    age: int | None
    id_number: str
    keeper: str
    phone: str
    risk: str
    last_visit: date | None
    remark: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


ROSTER = Report(
    key="roster",
    title="{place}{period}花名册",
    unit="单位：人",
    columns=(
        Column("序号", "serial", 10, "serial"),
        Column("村（居）", "village", 24),
        Column("姓名", "name", 20, align="center"),
        Column("性别", "sex", 10, align="center"),
        Column("年龄", "age", 10, "number"),
        Column("公民身份号码", "id_number", 40, "id"),
        Column("监护人、\n赡养人", "keeper", 24, align="center"),
        Column("联系电话", "phone", 28, "id"),
        Column("风险\n等级", "risk", 11, align="center"),
        Column("末次走访", "last_visit", 24, "date"),
        Column("备注", "remark", 46),
    ),
    note="1．公民身份号码、电话按规定隐去部分数字。2．年龄为周岁，按北京时间计算。",
)


@dataclass(frozen=True)
class OverdueRow:
    """One person whose visit is due. `days` is how many days ago it should have been; `attempts` counts visits that found nobody since."""

    village: str
    name: str
    group: str
    risk: str
    due_on: date
    days: int
    last_visit: date | None
    attempts: int
    responsible: str
    remark: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


OVERDUE = Report(
    key="overdue",
    title="{place}{period}走访逾期清单",
    unit="单位：人、天",
    columns=(
        Column("序号", "serial", 10, "serial"),
        Column("村（居）", "village", 26),
        Column("姓名", "name", 22, align="center"),
        Column("对象类别", "group", 28, align="center"),
        Column("风险\n等级", "risk", 12, align="center"),
        Column("应访日期", "due_on", 25, "date"),
        Column("逾期\n天数", "days", 14, "number"),
        Column("末次走访", "last_visit", 25, "date"),
        Column("未联系上\n（次）", "attempts", 18, "count", total=True, zero="—"),
        Column("责任人", "responsible", 20, align="center"),
        Column("原因及补访安排", "remark", 52),
    ),
    note="未联系上不算完成走访。",
)


@dataclass(frozen=True)
class ExitRow:
    """One person who leaves the care for people in extreme poverty: the least that a notice may say."""

    village: str
    name: str
    kind: str
    reason: str
    stops_from: date


EXIT_NOTICE = Report(
    key="exit_notice",
    title="{place}特困人员救助供养退出公示",
    unit="",
    columns=(
        Column("序号", "serial", 14, "serial"),
        Column("村（居）", "village", 50),
        Column("姓名", "name", 40, align="center"),
        Column("供养方式", "kind", 30, align="center"),
        Column("退出原因", "reason", 70),
        Column("停止供养起始月", "stops_from", 40, "date"),
    ),
    note="公示期 7 天；有异议的，请在公示期内向乡镇人民政府（街道办事处）提出。公示期满即撤下，不得留存于公开场所。",
    publication=True,
    signatures=("公示单位（盖章）：", "公示日期：　　年　　月　　日至　　月　　日", "监督电话："),
)

"""What the office answers for: 强制报告登记簿 (restricted), 儿童主任履职表, 批次报送单, 规划指标."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mzdesk.reports.register import Column, Identity, Report


@dataclass(frozen=True)
class MandatoryRow:
    """One mandatory report. Times are written, e.g. 11月23日16时05分; `subject` names the child, in full or not."""

    number: str
    situation: str
    subject: str
    found: str
    finder: str
    called_police: str
    reported: str
    authority: str
    receipt: str
    outcome: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


MANDATORY_REGISTER = Report(
    key="mandatory_register",
    title="{place}{period}侵害未成年人案件强制报告登记簿",
    unit="限知范围",
    columns=(
        Column("序号", "serial", 10, "serial"),
        Column("编号", "number", 28, align="center"),
        Column("情形", "situation", 44),
        Column("未成年人", "subject", 20, align="center"),
        Column("发现时间", "found", 26, align="center"),
        Column("发现人", "finder", 20, align="center"),
        Column("拨打110\n时间", "called_police", 26, align="center"),
        Column("报告时间", "reported", 26, align="center"),
        Column("受理机关、民警", "authority", 32),
        Column("回执号", "receipt", 26, align="center"),
        Column("处理结果", "outcome", 32),
    ),
    note="发现即报公安机关；本簿只记录，不代替报警。专人专柜保管，查阅须登记。",
    restricted=True,
)

_MONTHS = tuple(f"month{number}" for number in range(1, 13))


@dataclass(frozen=True)
class DutyRow:
    """One duty of a children's director through a year: what was done in each month (counts), of how many asked for in the year."""

    duty: str
    month1: int
    month2: int
    month3: int
    month4: int
    month5: int
    month6: int
    month7: int
    month8: int
    month9: int
    month10: int
    month11: int
    month12: int
    done: int
    asked: int
    remark: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


DIRECTOR_DUTIES = Report(
    key="director_duties",
    title="{place}{period}儿童主任履职情况表",
    unit="单位：次、学时",
    columns=(
        Column("序号", "serial", 10, "serial"),
        Column("履职事项", "duty", 58),
        *(Column(f"{number}月", f"month{number}", 11, "count", zero="") for number in range(1, 13)),
        Column("全年\n完成", "done", 15, "count"),
        Column("全年\n应做", "asked", 15, "count"),
        Column("完成率", "rate", 17, "percent", parts=("done", "asked")),
        Column("备注", "remark", 30),
    ),
    identities=(Identity("done", _MONTHS),),
    note="培训按学时计，其余按次计。",
    signatures=("儿童主任：", "儿童督导员：", "村（居）委会（盖章）：", "填报日期：　　年　　月　　日"),
)


@dataclass(frozen=True)
class BatchRow:
    """One batch handed to the county. `count` operations, `digest` SHA-256 in hexadecimal; the three counts are the receipt's verdicts."""

    number: str
    sent_on: date
    way: str
    count: int
    accepted: int
    returned: int
    pending: int
    digest: str
    sender: str
    receiver: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


BATCH_SLIP = Report(
    key="batch_slip",
    title="{place}{period}数据批次报送单",
    unit="单位：条",
    columns=(
        Column("序号", "serial", 10, "serial"),
        Column("批号", "number", 26, align="center"),
        Column("报送日期", "sent_on", 24, "date"),
        Column("方式", "way", 16, align="center"),
        Column("条数", "count", 14, "count", total=True),
        Column("接收", "accepted", 14, "count", group="县级回执", total=True),
        Column("退回", "returned", 14, "count", group="县级回执", total=True, zero="—"),
        Column("待处理", "pending", 16, "count", group="县级回执", total=True, zero="—"),
        Column("SHA-256", "digest", 78, align="center"),
        Column("报送人", "sender", 22, align="center"),
        Column("接收人", "receiver", 22, align="center"),
    ),
    identities=(Identity("count", ("accepted", "returned", "pending")),),
    note="以优盘报送的，双方当面核对条数和 SHA-256 前 8 位后签字。",
    signatures=("报送单位（盖章）：", "报送人：", "接收单位（盖章）：", "接收人：", "交接日期：　　年　　月　　日"),
)


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator of the plan's table 1 that a township can compute of its own people. `target` is written, e.g. 100%, or a ratio."""

    indicator: str
    numerator_name: str
    numerator: int
    denominator_name: str
    denominator: int
    target: str
    met: str
    source: str
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


PLAN_INDICATORS = Report(
    key="plan_indicators",
    title="{place}{period}民政事业发展规划指标完成情况表",
    unit="单位：人",
    columns=(
        Column("序号", "serial", 10, "serial"),
        Column("指标", "indicator", 56),
        Column("口径", "numerator_name", 40, group="分子"),
        Column("数值", "numerator", 18, "count", group="分子"),
        Column("口径", "denominator_name", 40, group="分母"),
        Column("数值", "denominator", 18, "count", group="分母"),
        Column("完成值", "rate", 20, "percent", parts=("numerator", "denominator")),
        Column("目标值", "target", 18, align="center"),
        Column("是否\n达到", "met", 14, align="center"),
        Column("依据", "source", 40),
    ),
    note="分子、分母均为本地在册人数；分母为 0 的不计算。",
)

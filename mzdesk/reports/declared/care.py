"""Care of people in extreme poverty: 特困照料台账, 自理能力评估汇总, 补贴发放清单."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mzdesk.reports.register import Column, Identity, Report


@dataclass(frozen=True)
class CareRow:
    """One person's care in the period. `kind` 集中 or 分散; `level` 全自理, 半护理, 全护理; `due` and `done` count services."""

    village: str
    name: str
    kind: str
    level: str
    carer: str
    agreement_ends: date | None
    due: int
    done: int
    hospital_days: int
    incidents: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


CARE_LEDGER = Report(
    key="care_ledger",
    title="{place}{period}特困人员照料护理台账",
    unit="单位：次、天",
    columns=(
        Column("序号", "serial", 10, "serial"),
        Column("村（居）、机构", "village", 32),
        Column("姓名", "name", 22, align="center"),
        Column("供养\n方式", "kind", 13, align="center"),
        Column("自理等级", "level", 22, align="center"),
        Column("照料人", "carer", 24, align="center"),
        Column("协议止期", "agreement_ends", 25, "date"),
        Column("应照料", "due", 16, "count", group="照料次数", total=True),
        Column("实照料", "done", 16, "count", group="照料次数", total=True),
        Column("落实率", "rate", 17, "percent", parts=("done", "due")),
        Column("住院陪护\n（天）", "hospital_days", 19, "count", total=True, zero="—"),
        Column("异常及处理", "incidents", 44),
    ),
    note="协议止期前 30 天应续签；照料人满 70 周岁或经评估不能胜任的应更换。",
)


@dataclass(frozen=True)
class AssessmentRow:
    """The assessments of one village or institution. `assessed` = able + partly + unable; changes count against the assessment before."""

    name: str
    enrolled: int
    assessed: int
    able: int
    partly: int
    unable: int
    raised: int
    lowered: int
    overridden: int
    remark: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


ASSESSMENT_SUMMARY = Report(
    key="assessment_summary",
    title="{place}{period}特困人员生活自理能力评估汇总表",
    unit="单位：人",
    columns=(
        Column("序号", "serial", 11, "serial"),
        Column("村（居）、机构", "name", 38),
        Column("特困\n人员", "enrolled", 18, "count", total=True),
        Column("已评估", "assessed", 18, "count", total=True),
        Column("评估率", "rate", 20, "percent", parts=("assessed", "enrolled")),
        Column("具备\n（全自理）", "able", 22, "count", group="评估等级", total=True),
        Column("部分丧失\n（半护理）", "partly", 22, "count", group="评估等级", total=True),
        Column("完全丧失\n（全护理）", "unable", 22, "count", group="评估等级", total=True),
        Column("护理\n加重", "raised", 16, "count", group="与上次比", total=True, zero="—"),
        Column("护理\n减轻", "lowered", 16, "count", group="与上次比", total=True, zero="—"),
        Column("人工调整\n等级", "overridden", 20, "count", total=True, zero="—"),
        Column("备注", "remark", 38),
    ),
    identities=(Identity("assessed", ("able", "partly", "unable")),),
    note="六项指标全部能自主完成为具备；1 至 3 项不能为部分丧失；4 至 6 项不能为完全丧失。",
)


@dataclass(frozen=True)
class PaymentRow:
    """One person's monthly payment in 分; `paid` = basic + care. `account_tail` is the last four digits of the card."""

    village: str
    name: str
    id_number: str
    kind: str
    level: str
    basic: int
    care: int
    paid: int
    account_tail: str
    remark: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


PAYMENTS = Report(
    key="payments",
    title="{place}{period}特困人员救助供养资金发放清单",
    unit="单位：元",
    columns=(
        Column("序号", "serial", 10, "serial"),
        Column("村（居）、机构", "village", 32),
        Column("姓名", "name", 22, align="center"),
        Column("公民身份号码", "id_number", 42, "id"),
        Column("供养\n方式", "kind", 14, align="center"),
        Column("自理等级", "level", 22, align="center"),
        Column("基本生活费", "basic", 27, "money", "right", "发放金额", total=True),
        Column("照料护理费", "care", 27, "money", "right", "发放金额", total=True),
        Column("合计", "paid", 28, "money", "right", "发放金额", total=True),
        Column("一卡通\n末四位", "account_tail", 17, align="center"),
        Column("备注", "remark", 36),
    ),
    identities=(Identity("paid", ("basic", "care")),),
    note="标准及文号见县级参数；金额以县级核定为准。",
)

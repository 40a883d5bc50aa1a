"""Chinese names of the fields and values that officers see; what has none is shown as it travels."""

from __future__ import annotations

from collections.abc import Mapping

from mzdesk.casework.rules import RISK_NAMES
from mzdesk.clock import beijing
from mzdesk.registry.codes import AIDS, ETHNICITIES, MARITAL
from mzdesk.registry.field_names import FIELD_NAMES
from mzdesk.registry.groups import CATEGORIES, GROUPS, LIVES, RELATIONS, SEXES

FIELDS: Mapping[str, str] = {
    **FIELD_NAMES,
    "life_on": "状态日期",
    "merged_into": "合并到",
    "deleted_at": "删除",
    "group": "对象类别",
    "person_id": "对象",
    "other_id": "关系人",
    "kind": "关系",
    "profile": "其他资料",
    "why": "原因",
    "bank_tail": "银行卡尾号",
}
VALUES: Mapping[str, Mapping[str, str]] = {
    "sex": SEXES,
    "life": LIVES,
    "group": GROUPS,
    "category": CATEGORIES,
    "risk": RISK_NAMES,
    "aids": AIDS,
    "marital": MARITAL,
    "ethnicity": ETHNICITIES,
    "kind": RELATIONS,
}
ACTS: Mapping[str, str] = {
    "log_in": "登录",
    "log_in_failed": "登录失败",
    "issue_ticket": "开登记码",
    "enrol": "电脑登记",
    "revoke": "注销电脑",
    "return_record": "退回记录",
    "decide_conflict": "裁定",
    "release_quarantine": "放行隔离批次",
    "publish_form": "发布表单",
    "issue_parameter": "下发参数",
    "export_records": "导出记录",
    "add_officer": "添加账号",
    "disable_officer": "停用账号",
    "restore": "从备份恢复",
}


def value(name: str, raw: object) -> str:
    """Return a value in words, "（空）" where there is none."""
    if raw in ("", None, {}, []):
        return "（空）"
    if name == "deleted_at":
        return f"{beijing(int(str(raw))):%Y-%m-%d} 删除" if raw else "不删除"
    if isinstance(raw, dict):
        return "，".join(f"{key}：{item}" for key, item in raw.items())
    words = VALUES.get(name, {})
    return "、".join(words.get(part, part) for part in str(raw).split()) if words else str(raw)

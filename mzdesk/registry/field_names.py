"""Chinese names of the kinds of record and of the columns in a history; a column without a name is bookkeeping and stays hidden."""

from __future__ import annotations

from collections.abc import Mapping

from mzdesk.registry.codes import AIDS, ETHNICITIES, MARITAL
from mzdesk.registry.groups import CATEGORIES, GROUPS, LIVES, RELATIONS, SEXES
from mzdesk.registry.tags import TAGS

FIELD_NAMES: Mapping[str, str] = {
    "name": "姓名",
    "id_no": "身份证号",
    "id_no_absent": "无证号原因",
    "sex": "性别",
    "birth_date": "出生日期",
    "identity_override": "与证号不符的原因",
    "ethnicity": "民族",
    "marital": "婚姻",
    "hukou_village": "户籍地",
    "hukou_address": "户籍地址",
    "village": "所在村（居）",
    "address": "现居住地址",
    "phone": "联系电话",
    "phone_absent": "无电话原因",
    "disability_no": "残疾证号",
    "aids": "救助帮扶",
    "tags": "标签",
    "life": "状态",
    "category": "类别",
    "risk": "风险等级",
    "entered_on": "纳入日期",
    "left_on": "退出日期",
    "left_why": "退出原因",
    "responsible": "责任人",
    "suspended_until": "暂停走访至",
    "suspended_why": "暂停原因",
    "place": "务工地",
    "since": "起始日期",
    "until": "终止日期",
}
_RISKS = {"high": "高", "medium": "中", "low": "低"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": SEXES,
    "life": LIVES,
    "risk": _RISKS,
    "category": CATEGORIES,
    "ethnicity": ETHNICITIES,
    "marital": MARITAL,
}
_MANY: Mapping[str, Mapping[str, str]] = {"aids": AIDS, "tags": TAGS}
_KINDS = {"person": "建立档案", "enrolment": "纳入", "relation": "登记关系人"}
RECORD_KINDS = {
    "registration": "登记",
    "visit": "走访",
    "care": "照料",
    "assessment": "评估",
    "agreement": "协议",
    "checklist": "清单",
    "report": "强制报告",
    "activity": "活动",
    "spot_check": "抽查",
    "follow_up": "跟进",
}


def value_name(field: str, value: str) -> str:
    """Return a stored value as people say it."""
    if field in _MANY:
        return "、".join(_MANY[field].get(code, code) for code in value.split())
    return _WORDS.get(field, {}).get(value, value)


def made_name(table: str, told: str) -> str:
    """Return what making a row of `table` is called: 建立档案：王明, 纳入：留守儿童, 登记关系人：王昌喆."""
    return f"{_KINDS.get(table, table)}：{GROUPS.get(told) or RELATIONS.get(told) or told}"

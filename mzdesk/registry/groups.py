"""The groups that a person can be enrolled in, their names and categories, and which of them exclude each other."""

from __future__ import annotations

GROUPS = {
    "left_behind_child": "留守儿童",
    "child_in_difficulty": "困境儿童",
    "left_behind_woman": "留守妇女",
    "left_behind_elder": "留守老年人",
    "extreme_poverty": "特困人员",
}
CATEGORIES = {
    "orphan": "孤儿",
    "unattended": "事实无人抚养儿童",
    "key_difficulty": "重点困境儿童",
    "other": "其他困境儿童",
    "scattered": "分散供养",
    "institution": "集中供养",
}
RISKS = {"high": "高", "medium": "中", "low": "低"}
SEXES = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}
LIVES = {"here": "在本地", "moved": "已迁出", "dead": "已去世"}
RELATIONS = {
    "father": "父亲",
    "mother": "母亲",
    "guardian": "监护人",
    "carer": "照护人",
    "spouse": "配偶",
    "child": "子女",
    "grandfather": "祖父",
    "grandmother": "祖母",
    "maternal_grandfather": "外祖父",
    "maternal_grandmother": "外祖母",
    "contact": "紧急联系人",
    "other": "其他",
}
INVERSE = {
    "father": "子女",
    "mother": "子女",
    "guardian": "被监护人",
    "carer": "被照护人",
    "spouse": "配偶",
    "child": "父母",
    "grandfather": "孙辈",
    "grandmother": "孙辈",
    "maternal_grandfather": "外孙辈",
    "maternal_grandmother": "外孙辈",
    "contact": "紧急联系的对象",
    "other": "其他",
}
EXITS = {
    "left_behind_child": ("年满 16 周岁", "父母返回", "迁出", "死亡", "登记有误", "其他"),
    "child_in_difficulty": ("年满 18 周岁", "困境情形消除", "迁出", "死亡", "登记有误", "其他"),
    "left_behind_woman": ("丈夫返回", "离婚", "随夫外出", "迁出", "死亡", "登记有误", "其他"),
    "left_behind_elder": ("子女返回", "入住机构", "转为特困人员", "迁出", "死亡", "登记有误", "其他"),
    "extreme_poverty": (
        "死亡、宣告死亡或宣告失踪",
        "恢复劳动能力",
        "服刑",
        "收入或财产不再符合",
        "法定义务人有能力",
        "自愿退出",
        "迁出",
        "登记有误",
        "其他",
    ),
}  # domain/README.md §2; 特困人员认定办法


def group_name(group: str, category: str = "") -> str:
    """Return such as 困境儿童（孤儿）."""
    name = GROUPS.get(group, group)
    return f"{name}（{CATEGORIES.get(category, category)}）" if category else name

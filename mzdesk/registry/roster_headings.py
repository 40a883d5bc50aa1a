"""The headings of rosters: what each of the many ways to write one means; a heading that nobody knows is kept, never dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mzdesk.registry.characters import plain


@dataclass(frozen=True, slots=True)
class Field:
    """Something a column can hold: `label` is shown in the mapping step, `exact` are whole headings, `pattern` finds the rest."""

    name: str
    label: str
    exact: frozenset[str]
    pattern: re.Pattern[str] | None = None


def _field(name: str, label: str, exact: str, pattern: str = "") -> Field:
    return Field(name, label, frozenset((label, *exact.split())), re.compile(pattern) if pattern else None)


_KIN = (
    ("father", "父亲", "父|爸爸|父亲|生父"),
    ("mother", "母亲", "母|妈妈|母亲|生母"),
    ("guardian", "监护人", "监护人|法定监护人|实际监护人|家长|户主"),
    (
        "carer",
        "照护人",
        "照护人|照料人|照料服务人|受委托人|受托人|被委托人|委托照护人|委托监护人|照顾人|看护人|抚养人|赡养人|护理人员|护理人|照护人员",
    ),
    ("spouse", "配偶", "配偶|丈夫|爱人|妻子"),
    ("child", "子女", "子女|儿子|女儿|赡养义务人|法定义务人"),
    ("contact", "紧急联系人", "紧急联系人|应急联系人|联系人|亲属联系人"),
)
_RELATION_WORDS = {"guardian": "关系 与儿童关系 与本人关系 与对象关系 与老人关系 与被监护人关系 与其关系"}


def _kin_fields() -> list[Field]:
    """Return the columns that tell of somebody else, so that 父亲姓名 is never taken for the person's own name."""
    found = []
    for prefix, label, words in _KIN:
        who = rf"^(?:{words})(?:信息|情况|的)?"
        found.append(_field(f"{prefix}_id_no", f"{label}身份证号", "", rf"{who}.*(?:身份证|证件号|证号|身份号)"))
        found.append(_field(f"{prefix}_phone", f"{label}电话", "", rf"{who}.*(?:电话|手机|联系方式|联系号码|号码)"))
        found.append(_field(f"{prefix}_place", f"{label}务工地", "", rf"{who}.*(?:务工|打工|外出地|工作地|工作单位|所在地|住址|地址|去向)"))
        found.append(_field(f"{prefix}_since", f"{label}外出日期", "", rf"{who}.*(?:外出时间|外出日期|起始)"))
        found.append(
            _field(f"{prefix}_relation", f"与{label}关系", _RELATION_WORDS.get(prefix, ""), rf"{who}.*关系|^与(?:{words})(?:的)?关系")
        )
        found.append(_field(f"{prefix}_state", f"{label}状况", "", rf"{who}(?:状况|情况|状态|现状|身体状况|健康状况)$"))
        found.append(_field(f"{prefix}_name", f"{label}姓名", words.replace("|", " "), rf"{who}(?:的)?(?:姓名|名字|名称)?$"))
    return found


# The order matters where patterns overlap: the narrower one first.
FIELDS: tuple[Field, ...] = (
    _field("seq", "序号", "序 编号 序列 No NO no № 行号 序列号 顺序号 号"),
    *_kin_fields(),
    _field("disability_no", "残疾证号", "残疾证 残疾证号码 残疾人证号 残疾人证", r"残疾(?:人)?证"),
    _field("certificate_no", "救助证号", "特困证号 供养证号 低保证号 证书编号 救助供养证号", r"(?:供养|特困|低保|救助)证"),
    _field("card_last4", "一卡通", "银行卡号 银行账号 账号 卡号", r"一卡通|银行|卡号|账号"),
    _field(
        "id_no",
        "身份证号码",
        "身份证号 身份证 公民身份号码 公民身份证号 公民身份证号码 身份号码 证件号码 证件号 证号 身份证件号码 居民身份证号 居民身份证号码"
        " 身份证编号 ID 二代身份证号码",
        r"身份证|身份号|证件号",
    ),
    _field("hukou_address", "户籍地址", "户籍地 户籍所在地 户口所在地 户籍 户籍住址 户口地址", r"户籍|户口(?:所在)?地"),
    _field("village_code", "村代码", "行政村代码 村居代码 区划代码", r"区划代码|村.*代码"),
    _field(
        "township",
        "乡镇",
        "乡镇街道 镇街 镇办 街道 所属乡镇 乡 镇 所在乡镇 乡镇名称 街道乡镇 街镇",
        r"^(?:所属|所在)?(?:乡镇|镇街|街道|街镇|镇办)",
    ),
    _field("household_group", "村民小组", "组 小组 组别 村组 社 网格 自然村 屯", r"小组|组别|自然村|网格"),
    _field(
        "village",
        "村（居）",
        "村居 村 村名 村别 行政村 所在村 所属村 村委会 村委 居委会 社区 村社区 村居名称 村名称 所在村居 所属村居 居住村 村居委会 村庄 村社"
        " 居住地 所在地 居住村居 单位 现居住村 所在行政村 村居社区 行政村社区 社区村 村或社区 所在村社区",
        r"^(?!.*(?:电话|干部|书记|主任|医)).*(?:村|社区|居委)",
    ),
    _field(
        "address",
        "现住址",
        "住址 家庭住址 地址 详细地址 居住地址 家庭地址 现居住地 现居住地址 现居地 常住地址 常住地 门牌号 现住地址 家庭详细住址 实际居住地",
        r"住址|地址|居住地|常住地|门牌",
    ),
    _field(
        "birth_date",
        "出生日期",
        "出生年月 出生年月日 生日 出生 出生时间 生年月日 出生日月 出生年",
        r"出生|生日",
    ),
    _field("age", "年龄", "周岁 岁数 年龄周岁 岁", r"^(?:现|实际)?年龄|周岁"),
    _field("sex", "性别", "男女 性別", r"^性别"),
    _field("ethnicity", "民族", "族别", r"^民族"),
    _field("marital", "婚姻状况", "婚姻 婚否 婚姻情况", r"^婚姻"),
    _field("other_phone", "其他电话", "备用电话 第二联系电话 其他联系方式", r"备用.*电话|其他.*电话"),
    _field(
        "phone",
        "联系电话",
        "电话 手机 手机号 手机号码 电话号码 联系方式 联系手机 本人电话 本人联系电话 联系号码 移动电话 固定电话 联系电话手机 电话手机",
        r"电话|手机|联系方式",
    ),
    _field("risk", "风险等级", "风险 风险级别 风险评估 等级风险 风险等次 关爱等级", r"风险"),
    _field(
        "entered_on",
        "纳入日期",
        "纳入时间 登记日期 登记时间 认定时间 认定日期 审批时间 审批日期 享受时间 起始时间 纳入年月 开始享受时间"
        " 确认时间 批准时间 入册时间 建档时间",
        r"(?:纳入|认定|审批|享受|批准|建档|确认|登记).*(?:时间|日期|年月)",
    ),
    _field(
        "category",
        "类别",
        "人员类别 儿童类别 供养方式 供养形式 困境类型 类型 困境类别 特困类别 救助供养方式 供养类型 对象类别 人员类型",
        r"(?:人员|儿童|对象|困境|特困).*(?:类别|类型)|供养(?:方式|形式|类型)",
    ),
    _field(
        "responsible", "责任人", "帮扶责任人 包保责任人 联系责任人 探访人 走访责任人 帮扶人 包保人 探访责任人", r"责任人|帮扶人|探访人|包保"
    ),
    _field(
        "school", "就读学校", "学校 所在学校 就学情况 就读学校及年级 学校名称 在读学校 年级 班级 就读年级 学校班级", r"学校|就学|就读|年级"
    ),
    _field("health", "健康状况", "身体状况 身体情况 健康情况 健康 健康程度", r"健康|身体"),
    _field("disability", "残疾情况", "残疾类别 残疾等级 残疾类别等级 残疾类别及等级 是否残疾 残疾", r"残疾"),
    _field(
        "care_level",
        "自理能力",
        "自理情况 生活自理能力 护理等级 照料护理等级 自理等级 护理级别 失能等级 照护等级",
        r"自理|护理等级|护理级别|失能|照护等级",
    ),
    _field("aids", "救助情况", "享受救助 是否低保 低保 救助类型 享受政策 享受待遇", r"救助|低保|享受"),
    _field("remark", "备注", "说明 其他 备 注 备考 其它 备注说明", r"^备注"),
    _field(
        "name",
        "姓名",
        "名字 儿童姓名 对象姓名 老人姓名 老年人姓名 妇女姓名 人员姓名 留守儿童姓名 特困人员姓名 特困对象姓名 供养对象姓名 被监护人姓名"
        " 学生姓名 本人姓名 对象 儿童 孩子姓名 留守老人姓名 留守妇女姓名 孤儿姓名 救助对象 申请人姓名 被探访人 服务对象 服务对象姓名"
        " 供养人员 人员",
        r"姓名|名字",
    ),
)
FIELD_BY_NAME = {field.name: field for field in FIELDS}
KIN_PREFIXES = tuple(prefix for prefix, _, _ in _KIN)

_PARENTHESES = re.compile(r"[(\[【〔<《{][^)\]】〕>》}]*[)\]】〕>》}]")
_PUNCTUATION = re.compile(r"[\s\W_]+")
# Headings over headings that say nothing of whom the columns are about.
_GENERIC = re.compile(
    r"^(?:.*(?:基本|个人|本人|儿童|老人|老年人|妇女|对象|人员|登记|特困|身份|户籍|家庭|居住)(?:基本)?(?:情况|信息|资料)|序号|备注)$"
)


def normal(text: object) -> str:
    """Return a heading without blanks, line breaks and punctuation."""
    return _PUNCTUATION.sub("", plain(str(text))) if text not in (None, "") else ""


def is_generic(text: str) -> bool:
    """Tell whether a heading over other headings may be left out."""
    return _GENERIC.match(normal(text)) is not None


def meaning(heading: str, above: str = "") -> str:
    """Return the name of the field that a heading stands for, "" where nobody knows; `above` is the heading over it."""
    readings = [normal(heading), normal(_PARENTHESES.sub("", plain(heading)))]
    if above and not is_generic(above) and normal(above) != readings[0]:
        readings = [normal(above) + reading for reading in readings] + (readings if not _tells_of_kin(above) else [])
    for reading in dict.fromkeys(readings):
        if reading and (found := _lookup(reading)):
            return found
    return ""


def _tells_of_kin(above: str) -> bool:
    text = normal(above)
    return any(re.match(rf"(?:{words})", text) for _, _, words in _KIN)


def _lookup(reading: str) -> str:
    if len(reading) > 20:
        return ""
    for known in FIELDS:
        if reading in known.exact or reading.replace(" ", "") in known.exact:
            return known.name
    return next((known.name for known in FIELDS if known.pattern is not None and known.pattern.search(reading)), "")

"""Words of rosters and their codes: ethnic groups (GB/T 3304), marital status (GB/T 2261.2), sexes, risks, categories, aids."""

from __future__ import annotations

import re

ETHNICITIES = {
    f"{code:02d}": name
    for code, name in enumerate(
        [
            "汉族",
            "蒙古族",
            "回族",
            "藏族",
            "维吾尔族",
            "苗族",
            "彝族",
            "壮族",
            "布依族",
            "朝鲜族",
            "满族",
            "侗族",
            "瑶族",
            "白族",
            "土家族",
            "哈尼族",
            "哈萨克族",
            "傣族",
            "黎族",
            "傈僳族",
            "佤族",
            "畲族",
            "高山族",
            "拉祜族",
            "水族",
            "东乡族",
            "纳西族",
            "景颇族",
            "柯尔克孜族",
            "土族",
            "达斡尔族",
            "仫佬族",
            "羌族",
            "布朗族",
            "撒拉族",
            "毛南族",
            "仡佬族",
            "锡伯族",
            "阿昌族",
            "普米族",
            "塔吉克族",
            "怒族",
            "乌孜别克族",
            "俄罗斯族",
            "鄂温克族",
            "德昂族",
            "保安族",
            "裕固族",
            "京族",
            "塔塔尔族",
            "独龙族",
            "鄂伦春族",
            "赫哲族",
            "门巴族",
            "珞巴族",
            "基诺族",
        ],
        start=1,
    )
} | {"97": "其他", "98": "外国血统中国籍"}
MARITAL = {"10": "未婚", "20": "已婚", "21": "初婚", "22": "再婚", "23": "复婚", "30": "丧偶", "40": "离婚", "90": "未说明"}
AIDS = {
    "dibao": "低保",
    "dibao_edge": "低保边缘",
    "extreme_poverty": "特困",
    "temporary": "临时救助",
    "medical": "医疗救助",
    "housing": "住房救助",
    "disability": "残疾人两项补贴",
    "other": "其他",
}
_SEX_WORDS = {"1": ("男", "1", "M", "MALE", "先生"), "2": ("女", "2", "F", "FEMALE", "女士")}
_RISK_WORDS = (
    ("high", re.compile("高|重点|一级|红|A")),
    ("medium", re.compile("中|二级|黄|B")),
    ("low", re.compile("低|一般|三级|绿|C|无")),
)
_CATEGORY_WORDS = (
    ("unattended", re.compile("无人抚养")),
    ("orphan", re.compile("孤儿")),
    ("key_difficulty", re.compile("困境")),
    ("scattered", re.compile("分散|居家|散居")),
    ("institution", re.compile("集中|机构|敬老院|福利院")),
)
_CARE_WORDS = (
    ("independent", re.compile("全自理|具备|^自理|完全自理|能自理")),
    ("partial", re.compile("半护理|半自理|部分|半失能")),
    ("dependent", re.compile("全护理|完全丧失|失能|不能自理|全失能")),
)


def sex_code(text: str) -> str:
    """Return the GB/T 2261.1 code of 男, 女性, 1, M …, "" where it is none of them."""
    word = text.upper()
    return next((code for code, words in _SEX_WORDS.items() if word in words or word.rstrip("性孩童生") in words), "")


def ethnicity_code(text: str) -> str:
    """Return the GB/T 3304 code of 汉, 汉族, 01 …, "" where it is none."""
    if not text:
        return ""
    if text.zfill(2) in ETHNICITIES:
        return text.zfill(2)
    return next((code for code, name in ETHNICITIES.items() if text in (name, name.removesuffix("族"))), "")


def marital_code(text: str) -> str:
    """Return the GB/T 2261.2 code of 已婚, 丧偶 …, "" where it is none."""
    return next((code for code, name in MARITAL.items() if text in (name, code)), "")


def risk_code(text: str) -> str:
    """Return high, medium or low, "" where the words tell none."""
    return next((code for code, words in _RISK_WORDS if words.search(text)), "")


def category_code(text: str) -> str:
    """Return the category of an enrolment, "" where the words tell none."""
    return next((code for code, words in _CATEGORY_WORDS if words.search(text)), "")


def care_level_code(text: str) -> str:
    """Return the level of self-care, "" where the words tell none."""
    return next((code for code, words in _CARE_WORDS if words.search(text)), "")


def aid_codes(text: str) -> tuple[str, ...]:
    """Return the kinds of relief that a text names."""
    if text in ("否", "无", "没有"):
        return ()
    found = [code for code, name in AIDS.items() if code != "other" and name in text]
    return tuple(code for code in found if not (code == "dibao" and "低保边缘" in text and text.count("低保") == 1))

"""The disability certificate number: the citizen's identity number, a category 1–7 and a degree 1–4 (GB/T 26341)."""

from __future__ import annotations

from dataclasses import dataclass

from mzdesk.errors import MzError
from mzdesk.registry.characters import digits_and_letters

CATEGORIES = {"1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重"}
DEGREES = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A read number: `category` and `degree` as digits; `issue` is the replacement count that newer cards append (B1 …), "" where none."""

    text: str
    category: str
    degree: str
    issue: str = ""

    @property
    def words(self) -> str:
        """Return such as 肢体二级."""
        return CATEGORIES[self.category] + DEGREES[self.degree]


def parse(raw: str, id_no: str = "") -> Certificate:
    """Return the parts of a certificate number; raises MzError where it is malformed or not of `id_no` (18 characters, "" unknown)."""
    text = digits_and_letters(raw).upper()
    body, issue = text[:20], text[20:]
    if len(body) != 20 or not body[:17].isdigit() or (issue and not (issue[0] == "B" and issue[1:].isdigit())):
        raise MzError("残疾证号有误", "残疾证号应为 20 位：身份证号加残疾类别和等级各一位。", field="disability_no")
    if body[18] not in CATEGORIES or body[19] not in DEGREES:
        raise MzError("残疾证号有误", "第 19 位是残疾类别 1–7，第 20 位是残疾等级 1–4，请核对。", field="disability_no")
    if id_no and body[:18] != id_no:
        raise MzError("残疾证号与身份证号不一致", "残疾证号的前 18 位应当就是本人的身份证号，请核对。", field="disability_no")
    return Certificate(text, body[18], body[19], issue)


def mask(text: str) -> str:
    """Return the number with its birth date and serial hidden; category and degree stay."""
    return text[:4] + "*" * 10 + text[14:] if len(text) >= 20 else "*" * len(text)

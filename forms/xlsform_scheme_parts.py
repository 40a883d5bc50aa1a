"""The fixed parts of a guardianship assessment: everything of the form that does not come from the county's scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Cells = dict[str, str]

ZH_LABEL, ENGLISH = "label::中文 (zh)", "label::English (en)"
ZH_HINT, EN_HINT = "hint::中文 (zh)", "hint::English (en)"
ZH_MESSAGE, EN_MESSAGE = "constraint_message::中文 (zh)", "constraint_message::English (en)"


def question(kind: str, name: str, label: str, english: str, appearance: str, **more: str) -> Cells:
    """One row of the survey sheet."""
    return {"type": kind, "name": name, ZH_LABEL: label, ENGLISH: english, "appearance": appearance} | more


def _hinted(row: Cells, hint: str, english: str) -> Cells:
    return row | {ZH_HINT: hint, EN_HINT: english}


_QUOTES = str.maketrans("'‘’", "＇＇＇")  # an XPath literal cannot hold its own quote, and pyxform turns ‘’ into it
_PAST = {"constraint": ". <= today()", ZH_MESSAGE: "日期不能晚于今天。", EN_MESSAGE: "The date must not be in the future."}
_NEXT = {"constraint": ". > ${occurred_on}", ZH_MESSAGE: "下次日期要晚于本次。", EN_MESSAGE: "The next date must be after this one."}
_AGE = (
    "if(${person_birth_date} = '' or ${occurred_on} = '', '', int((number(format-date(${occurred_on}, '%Y%m%d'))"
    " - number(format-date(${person_birth_date}, '%Y%m%d'))) div 10000))"
)
_KNOWN = {"readonly": "${person_id} != ''"}
_SUBJECT: tuple[Cells, ...] = (
    question("begin_group", "subject", "一、评估对象", "The child", "w4"),
    {"type": "today", "name": "today"},
    *({"type": "hidden", "name": name} for name in ("person_id", "person_id_no", "person_birth_date", "village_code")),
    question("text", "person_name", "姓名", "Name", "w1", required="yes") | _KNOWN,
    question("select_one sex", "person_sex", "性别", "Sex", "w1 minimal") | _KNOWN,
    question("integer", "age", "年龄（周岁）", "Age (full years)", "w1", calculation=_AGE, readonly="yes"),
    question("text", "village_name", "所在村（居）", "Village", "w1") | _KNOWN,
    {"type": "end_group"},
)
_ASSESSMENT: tuple[Cells, ...] = (
    question("date", "occurred_on", "评估日期", "Date of assessment", "w2", required="yes", default="today()") | _PAST,
    question("text", "guardian_name", "被评估的监护人", "Guardian assessed", "w2", required="yes"),
    question("text", "visitor", "评估人", "Assessor", "w2", required="yes"),
    question("text", "companion", "参加评估的其他人", "Others present", "w2"),
    {"type": "end_group"},
)
_REPORT_NOTE = "请先拨打110。保存后请接着填写《强制报告》；本表不代替报警。"
_CHOICES: tuple[Cells, ...] = tuple(
    {"list_name": name, "name": code, ZH_LABEL: label, ENGLISH: english}
    for name, code, label, english in (
        ("sex", "1", "男", "Male"),
        ("sex", "2", "女", "Female"),
        ("sex", "0", "未知", "Unknown"),
        ("sex", "9", "未说明", "Not stated"),
        ("yes_no", "yes", "是", "Yes"),
        ("yes_no", "no", "否", "No"),
    )
)
_SETTINGS = {
    "form_title": "",
    "form_id": "",
    "version": "",
    "default_language": "中文 (zh)",
    "style": "theme-grid",
    "instance_name": "concat(${person_name}, ' ', ${occurred_on})",
    "attribute::kind": "assessment",
    "attribute::groups": "left_behind_child child_in_difficulty",
    "attribute::title_en": "",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """The fixed rows, by where they stand."""

    choices: tuple[Cells, ...]
    settings: Cells

    def opening(self, facts: Mapping[str, str]) -> Iterator[Cells]:
        """Who is assessed, by which scheme, when and by whom."""
        yield from _SUBJECT
        yield question("begin_group", "assessment", "二、评估信息", "The assessment", "w4")
        notice = facts.get("notice", "") or f"本表采用的评估方案：{facts['source']}，第 {facts['version']} 版。"
        yield question("note", "scheme_notice", notice, facts.get("notice_en", "") or notice, "w4")
        for name, column in (("scheme", "form_id"), ("scheme_version", "version"), ("scheme_source", "source")):
            yield {"type": "calculate", "name": name, "calculation": f"'{facts[column].translate(_QUOTES)}'"}
        yield from _ASSESSMENT

    def conclusion(self, names: Sequence[str], most: str, ordinal: str, score: str) -> Iterator[Cells]:
        """The score (`score` is its question type), the band it gives, and what the assessor concludes."""
        answered = " and ".join(f"${{{name}}} != ''" for name in names)
        points = " + ".join(f"instance('scheme_option')/root/item[name = ${{{name}}}]/points" for name in names)
        band = "instance('scheme_band')/root/item[number(from) <= ${total} and number(below) > ${total}]/name"
        yield question("begin_group", "conclusion", f"{ordinal}、评估结论", "Conclusion", "w4")
        yield question(
            score,
            "total",
            f"总分（满分 {most}）",
            f"Score (of {most})",
            "w1",
            calculation=f"if({answered}, {points}, '')",
            readonly="yes",
        )
        yield question(
            "select_one scheme_band", "computed_band", "按分数得出的结论", "Band by score", "w1 minimal",
            calculation=f"if(${{total}} = '', '', {band})", readonly="yes",
        )  # fmt: skip
        yield question("select_one scheme_band", "final_band", "评估人的结论", "The assessor’s conclusion", "w2", required="yes")
        differs = "${final_band} != '' and ${computed_band} != '' and ${final_band} != ${computed_band}"
        yield question("text", "override_reason", "结论与分数不同的理由", "Why it differs", "w4", required="yes", relevant=differs)
        yield question("text", "advice", "帮扶建议", "Advice", "w4 multiline")
        asked = question("select_one yes_no", "report_required", "是否触发强制报告", "Mandatory report needed", "w2", required="yes")
        yield _hinted(asked, "受侵害、遗弃、长期无人照料等选“是”。", "Abuse, abandonment, long unattended: “Yes”.")
        yield question("date", "follow_up_on", "下次评估日期", "Next assessment on", "w2") | _NEXT
        warned = question("note", "report_note", _REPORT_NOTE, "Call 110 first, then fill the mandatory report.", "w4")
        yield warned | {"relevant": "${report_required} = 'yes'", "body::print": "no"}
        yield {"type": "end_group"}

    def signatures(self, ordinal: str) -> Iterator[Cells]:
        """The two signatures."""
        yield question("begin_group", "signatures", f"{ordinal}、签字", "Signatures", "w4")
        for name, label, english in (("guardian_signature", "监护人签字", "Guardian"), ("visitor_signature", "评估人签字", "Assessor")):
            yield question("image", name, label, english, "w2 signature", parameters="max-pixels=1200")
        yield {"type": "end_group"}


PARTS = Parts(_CHOICES, _SETTINGS)
_ROWS = (*PARTS.opening({"form_id": "", "version": "", "source": ""}), *PARTS.conclusion((), "", "", ""), *PARTS.signatures(""))
VISIBLE = frozenset(row["name"] for row in _ROWS if "name" in row)  # names that an indicator may not take

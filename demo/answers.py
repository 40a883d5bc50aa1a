"""What a village children's director might write about made-up children: complete, varied answers for the two forms of the demo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mzdesk.registry.ages import age_on
from mzdesk.registry.sample import SCHOOL_LEVELS, WORKPLACES, SamplePerson, Sampler

Answers = dict[str, Any]
NO_SCHOOL = ("not_yet", "dropped_out", "none")
GRADES = ("care", "living", "health", "school", "mood", "safety")
REMARKS = {
    "care": "祖父下地时孩子独自在家约两小时，已请邻居照看。",
    "living": "早餐常不吃，已与照护人约定做饭时间。",
    "health": "偏瘦，建议到乡镇卫生院复查。",
    "school": "近一个月有 3 次未交作业，已与班主任联系。",
    "mood": "话少，提到母亲时流泪。",
    "safety": "房后约 15 米有一口池塘，无护栏、无警示牌。",
}
PROBLEMS = (
    "无",
    "（一）农忙时段孩子放学后至 19 时无人照看。（二）房后池塘无防护，存在溺水风险。",
    "孩子情绪低落，与父母每周联系不足一次，亲子沟通质量不高。",
    "用电线路老化，灶房堆放柴草，存在火灾隐患。",
)
ACTIONS = (
    "向照护人讲明防溺水“六不”要求，约定放学后不单独外出。",
    "1．协调村委会在池塘加装护栏和警示牌。\n2．放学后安排到村“儿童之家”参加四点半课堂，由志愿者送回。\n"
    "3．指导父母约定“固定通话时间”，每周至少视频 2 次。",
    "与班主任联系，请学校心理老师关注；下月再访。",
)


def registration(sampler: Sampler, child: SamplePerson, village: str, on: date, visitor: str) -> Answers:
    """Return a filled 基本情况登记表; `on` is the day of registration."""
    surname = child.name[0]
    father = sampler.person(child.village, on, 26, 46, sex="1", surname=surname)
    mother = sampler.person(child.village, on, 26, 44, sex="2")
    away = (on - timedelta(days=sampler.number(200, 1500))).isoformat()
    place = sampler.pick(WORKPLACES)
    return {
        "identity": _identity(sampler, child, village),
        "health_school": _school(child, on, village),
        "parents": {
            **_parent("father", father, place, away),
            **_parent("mother", mother, place, away),
        },
        "care": _care(sampler, surname, village),
        "family": {"income": sampler.pick(("labour", "labour farming", "farming relief")), "aids": sampler.pick(("", "dibao", "medical"))},
        "filing": {
            "risk_level": "high" if sampler.chance(0.06) else "medium" if sampler.chance(0.4) else "low",
            "entered_on": on.isoformat(),
            "occurred_on": on.isoformat(),
            "responsible": visitor,
            "visitor": visitor,
        },
    }


def _identity(sampler: Sampler, child: SamplePerson, village: str) -> Answers:
    address = f"{village}{sampler.pick('一二三四五')}组{sampler.number(1, 89)}号"
    return {
        "village_code": child.village,
        "person_name": child.name,
        "hukou": "yes",
        "person_id_no": child.id_no,
        "person_sex": child.sex,
        "person_birth_date": child.birth_date.isoformat(),
        "ethnicity": "01",
        "village_name": village,
        "address": address,
        "hukou_village": child.village,
        "hukou_address": address,
        "phone": child.phone,
    }


def _school(child: SamplePerson, on: date, village: str) -> Answers:
    age = age_on(child.birth_date, on)
    schooling = next(level for limit, level in SCHOOL_LEVELS if age < limit)
    school = {} if schooling in NO_SCHOOL else {"school": f"{village}完全小学" if schooling == "primary" else "桃园镇初级中学"}
    return {"health": "healthy", "boarding": "yes" if schooling == "junior" else "no", "schooling": schooling, **school}


def _parent(role: str, parent: SamplePerson, place: str, since: str) -> Answers:
    told = {"name": parent.name, "id_no": parent.id_no, "phone": parent.phone, "away": "yes", "place": place, "away_since": since}
    return {f"{role}_{name}": value for name, value in told.items()}


def _care(sampler: Sampler, surname: str, village: str) -> Answers:
    carer = f"{surname}{sampler.pick(('昌喆', '德才', '立春', '国富', '建军', '明月'))}"
    return {
        "living_with": "paternal",
        "custody": sampler.pick(("trustee_fair", "trustee_good", "trustee_weak")),
        "entrusted": "yes",
        "trustee": {
            "trustee_name": carer,
            "trustee_relation": "祖父",
            "trustee_phone": sampler.phone(),
            "trustee_address": village,
        },
    }


def visit(sampler: Sampler, person: Answers, carer: str, risk: str, on: date, visitor: str) -> Answers:
    """Return a filled 走访记录表 of one visit; `person` holds the reserved answers about the child."""
    reached = not sampler.chance(0.06)
    mode = "phone" if sampler.chance(0.08) else "school" if sampler.chance(0.1) else "home"
    head = {"occurred_on": on.isoformat(), "occurred_at": f"{sampler.number(9, 17):02d}:{sampler.number(0, 5)}0:00.000+08:00"}
    answers: Answers = {
        "subject": person,
        "visit": head | {"contact_mode": mode, "visitor": visitor, "reached": "yes" if reached else "no"},
    }
    if not reached:
        answers["visit"]["unreached_reason"] = "家中无人，电话未接通，邻居说到县城看病。"
        answers["action"] = {"risk_level": risk, "report_required": "no"}
        return answers
    seen = "no" if mode == "phone" else "yes"
    answers["visit"] |= {"saw_child": seen, "saw_carer": "yes", "interviewee": f"{carer}，祖父"}
    answers["grades"] = _grades(sampler)
    answers["news_section"] = {"parent_contact_on": (on - timedelta(days=sampler.number(1, 20))).isoformat(), "news": "none"}
    answers["action"] = {
        "problems": sampler.pick(PROBLEMS),
        "actions": sampler.pick(ACTIONS),
        "refer_to": sampler.pick(("none", "none", "none", "education", "civil_affairs")),
        "risk_level": risk,
        "report_required": "no",
    }
    if answers["action"]["refer_to"] != "none":
        answers["action"]["refer_note"] = "请协助跟进，并在两周内反馈。"
    return answers


def _grades(sampler: Sampler) -> Answers:
    grades: Answers = {}
    for item in GRADES:
        grade = "good" if sampler.chance(0.62) else "fair" if sampler.chance(0.8) else "poor"
        grades[f"grade_{item}"] = grade
        if grade != "good":
            grades[f"grade_{item}_note"] = REMARKS[item]
    grades["hazards"] = "drowning" if grades["grade_safety"] != "good" else "none"
    return grades

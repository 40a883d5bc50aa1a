"""One realistic filled example of every shipped form, nested by name as `FormSession.answers()` gives it; all people are made up.

Everything happened on or before `TODAY`; a session over an example needs its clock set there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

Answers = dict[str, Any]

TODAY = "2026-11-24"
CLOCK = datetime(2026, 11, 24, 10, 30, tzinfo=timezone(timedelta(hours=8)))
VILLAGE = {"village_code": "370902001201"}
PERSON_ID = "0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(birth_date: str, sex: str, serial: int = 90, area: str = "370902") -> str:
    """A made-up ID number with a valid check digit (GB 11643); `birth_date` ISO, `sex` 1 or 2, `serial` the first two serial digits."""
    body = f"{area}{birth_date.replace('-', '')}{serial:02d}{sex}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def _person(name: str, birth_date: str, sex: str, **more: Any) -> Answers:
    return {
        **VILLAGE,
        "person_name": name,
        "hukou": "yes",
        "person_id_no": id_number(birth_date, sex),
        "person_sex": sex,
        "person_birth_date": birth_date,
        "ethnicity": "01",
        "village_name": "石头寨村",
        "address": "石头寨村四组17号",
        "hukou_village": "370902001201",
        "hukou_address": "石头寨村四组17号",
        "phone": "13805380001",
        **more,
    }


def _filing(**more: Any) -> Answers:
    return {
        "entered_on": "2026-11-01",
        "occurred_on": "2026-11-23",
        "responsible": "李翀",
        "visitor": "李翀",
        "remarks": "首次登记。",
        **more,
    }


def _subject(name: str, birth_date: str, sex: str) -> Answers:
    return {
        "person_id": PERSON_ID,
        "person_id_no": id_number(birth_date, sex),
        "person_birth_date": birth_date,
        "village_code": "370902001201",
        "person_name": name,
        "person_sex": sex,
        "village_name": "石头寨村",
    }


def _when(**more: Any) -> Answers:
    return {
        "occurred_on": "2026-11-23",
        "occurred_at": "15:20:00.000+08:00",
        "contact_mode": "home",
        "visitor": "李翀",
        "companion": "陈堃",
        **more,
    }


LEFT_BEHIND_CHILD_REGISTRATION: Answers = {
    "identity": _person("王𬱖垚", "2014-03-18", "1"),
    "health_school": {
        "health": "disabled",
        "boarding": "no",
        "disability_type": "4",
        "disability_level": "3",
        "disability_no": id_number("2014-03-18", "1") + "43",
        "schooling": "primary",
        "school": "石头寨完全小学五（2）班",
        "teacher_phone": "0538-8221234",
    },
    "parents": {
        "father_name": "王德昌",
        "father_id_no": id_number("1986-07-02", "1"),
        "father_phone": "13905382206",
        "father_away": "yes",
        "father_place": "浙江省温州市",
        "father_away_since": "2025-02-16",
        "mother_name": "杨娿芬",
        "mother_id_no": id_number("1988-10-21", "2"),
        "mother_phone": "15005387731",
        "mother_away": "yes",
        "mother_place": "浙江省温州市",
        "mother_away_since": "2025-02-16",
    },
    "care": {
        "living_with": "paternal",
        "custody": "trustee_fair",
        "entrusted": "yes",
        "agreement_no": "WT-2026-017",
        "trustee": {
            "trustee_name": "王昌喆",
            "trustee_id_no": id_number("1958-05-09", "1"),
            "trustee_relation": "祖父",
            "trustee_phone": "13705380918",
            "trustee_address": "石头寨村四组17号",
        },
    },
    "family": {
        "grandfather_name": "王昌喆",
        "grandfather_birth_date": "1958-05-09",
        "grandmother_name": "赵秀兰",
        "grandmother_birth_date": "1960-12-30",
        "maternal_grandfather_name": "杨立新",
        "maternal_grandfather_birth_date": "1955-01-15",
        "maternal_grandmother_name": "孙桂英",
        "maternal_grandmother_birth_date": "1957-08-08",
        "income": "labour farming",
        "aids": "medical",
    },
    "filing": _filing(risk_level="medium"),
}

LEFT_BEHIND_CHILD_VISIT: Answers = {
    "subject": _subject("王𬱖垚", "2014-03-18", "1"),
    "visit": _when(reached="yes", saw_child="yes", saw_carer="yes", interviewee="王昌喆，祖父"),
    "grades": {
        "grade_care": "fair",
        "grade_care_note": "祖父下地时孩子独自在家约两小时。",
        "grade_living": "good",
        "grade_health": "fair",
        "grade_health_note": "偏瘦，早餐常不吃。",
        "grade_school": "good",
        "grade_mood": "fair",
        "grade_mood_note": "话少，提到母亲时流泪。",
        "grade_safety": "poor",
        "grade_safety_note": "房后约15米有池塘，无护栏、无警示牌。",
        "hazards": "drowning electricity",
    },
    "news_section": {
        "parent_contact_on": "2026-11-21",
        "parent_contact_note": "母亲每周视频一次。",
        "news": "phone family",
        "new_phone": "13705380919",
        "news_note": "祖母去世后由祖父一人照料，换了手机号。",
    },
    "action": {
        "problems": "房后池塘无护栏；孩子情绪低落。",
        "actions": "与祖父约定放学后不让孩子单独去池塘边；联系班主任留意孩子情绪。",
        "refer_to": "education",
        "refer_note": "请学校心理老师跟进。",
        "risk_level": "medium",
        "report_required": "no",
        "follow_up_on": "2026-12-20",
        "follow_up_note": "看护栏是否装好。",
    },
}

LEFT_BEHIND_WOMAN_REGISTRATION: Answers = {
    "identity": _person("欧阳㛃雯", "1990-06-15", "2"),
    "condition": {"education": "junior", "marital": "21", "health": "ill", "illness": "高血压，长期服药"},
    "husband": {
        "husband_name": "刘志强",
        "husband_away_since": "2024-03-01",
        "husband_place": "江苏省苏州市",
        "contact_frequency": "weekly",
        "lives_in_village": "yes",
    },
    "family": {
        "minor_children": "2",
        "supported_elders": "1",
        "women_contact": "村妇联主席 孙慧",
        "income": "husband farming",
        "skills": "缝纫",
        "job_wish": "home",
        "difficulties": "low_income",
        "aids": "dibao_edge",
    },
    "filing": _filing(risk_level="low"),
}

LEFT_BEHIND_WOMAN_VISIT: Answers = {
    "subject": _subject("欧阳㛃雯", "1990-06-15", "2"),
    "visit": _when(reached="yes", husband_kin_present="no"),
    "grades": {
        "grade_life": "good",
        "grade_health": "fair",
        "grade_health_note": "血压控制得不稳。",
        "grade_work": "fair",
        "grade_family": "good",
    },
    "clue": {"violence_clue": "no"},
    "action": {
        "needs": "job medical",
        "needs_note": "想找能在家做的零活。",
        "actions": "介绍镇上来料加工点。",
        "refer_to": "labour",
        "refer_note": "报名手工编织培训。",
        "risk_level": "low",
        "follow_up_on": "2027-03-01",
        "follow_up_note": "问培训情况。",
    },
}

LEFT_BEHIND_ELDER_REGISTRATION: Answers = {
    "identity": _person("亓兰芳", "1944-02-29", "2"),
    "basis_section": {"children_away": "yes", "basis": "none"},
    "condition": {
        "living": "alone",
        "grandchildren": "0",
        "tags": "aged_80",
        "ability_score": "72.5",
        "ability_on": "2026-09-10",
        "chronic": "高血压、关节炎",
        "medicine": "硝苯地平",
        "heating": "coal",
    },
    "children": [
        {"child_name": "亓建军", "child_relation": "son", "child_place": "山东省青岛市", "child_phone": "13605381111"},
        {"child_name": "亓秀英", "child_relation": "daughter", "child_place": "北京市", "child_phone": "13605382222"},
    ],
    "emergency": {
        "emergency_name": "亓建军",
        "emergency_relation": "儿子",
        "emergency_phone": "13605381111",
        "aids": "dibao medical",
    },
    "filing": _filing(risk_level="medium"),
}

LEFT_BEHIND_ELDER_VISIT: Answers = {
    "subject": _subject("亓兰芳", "1944-02-29", "2"),
    "visit": _when(reached="yes", interviewee="本人"),
    "health": {"health_expression": "good", "health_movement": "fair", "health_illness": "fair", "health_note": "膝盖疼，下楼要扶。"},
    "mind": {"mind_mood": "good", "mind_thinking": "good", "mind_stress": "fair"},
    "safety": {"safety_gas": "good", "safety_heating": "poor", "safety_electricity": "good", "safety_note": "煤炉烟道没有接到室外。"},
    "hygiene": {"hygiene_person": "good", "hygiene_home": "fair", "hygiene_around": "good"},
    "housing": {"housing_indoors": "good", "housing_outdoors": "good", "housing_neighbours": "good"},
    "action": {
        "needs": "repair comfort",
        "actions": "当场帮助开窗通风，装上一氧化碳报警器。",
        "refer_to": "civil_affairs",
        "refer_note": "申请冬季取暖安全改造。",
        "risk_level": "high",
        "follow_up_on": "2026-11-28",
        "new_phone": "13605383333",
        "follow_up_note": "看烟道是否改好。",
        "leads": "illness temporary_aid",
        "leads_note": "10 月住院自付 8000 余元，家中存款已用完。",
    },
}

CHILD_IN_DIFFICULTY_REGISTRATION: Answers = {
    "identity": _person("诸葛犇犇", "2012-09-05", "1"),
    "father": {
        "father_name": "诸葛国富",
        "father_id_no": id_number("1984-04-04", "1"),
        "father_state": "dead",
        "father_since": "2023-01-12",
        "father_evidence": "死亡证明 2023-0112",
        "father_evidence_on": "2023-01-15",
    },
    "mother": {
        "mother_name": "林桂兰",
        "mother_state": "out_of_contact",
        "mother_since": "2025-01-10",
        "mother_evidence": "公安机关查找证明 2026-031",
        "mother_evidence_on": "2026-03-31",
    },
    "category_section": {"category": "unattended", "confirmed_by": "张慧敏"},
    "life": {
        "health": "healthy",
        "schooling": "junior",
        "boarding": "yes",
        "guardian_name": "诸葛德才",
        "guardian_id_no": id_number("1956-11-11", "1"),
        "guardian_relation": "祖父",
        "guardian_phone": "13505386666",
        "guardian_address": "石头寨村二组5号",
        "aids": "dibao",
    },
    "filing": _filing(risk_level="high"),
}

EXTREME_POVERTY_REGISTRATION: Answers = {
    "identity": _person("单富贵", "1952-10-01", "1"),
    "recognition": {
        "recognised_on": "2021-07-01",
        "certificate_no": "TK370902-0311",
        "population": "elder",
        "support_mode": "scattered",
        "residence": "rural",
        "central_wish": "no",
        "wish_asked_on": "2026-10-08",
        "care_level": "partial",
        "card_last4": "0917",
    },
    "eligibility": {"health": "ill", "income_low": "yes", "obligor": "none"},
    "carers": {
        "carer_name": "单志国",
        "carer_phone": "13405387777",
        "guardian_name": "单志国",
        "guardian_phone": "13405387777",
        "aids": "extreme_poverty medical",
    },
    "filing": _filing(risk_level="medium"),
}

EXTREME_POVERTY_VISIT: Answers = {
    "subject": _subject("逄德才", "1951-05-09", "1"),
    "visit": _when(reached="yes", interviewee="本人、照料人逄立春"),
    "carer": {
        "carer_present": "yes",
        "carer_as_agreed": "yes",
        "carer_note": "侄子逄立春，身体好。",
        "services_seen": "cook laundry company",
        "in_hospital": "no",
    },
    "grades": {
        "grade_care": "good",
        "grade_food": "good",
        "grade_living": "fair",
        "grade_hygiene": "fair",
        "grade_health": "poor",
        "grade_health_note": "左腿无力，近一周不能自己下床。",
        "grade_mood": "good",
        "grade_safety": "good",
        "care_change": "yes",
        "care_change_note": "上月能自己如厕、洗澡，现在都要人扶。",
    },
    "action": {
        "abnormal": "yes",
        "abnormal_note": "夜间跌倒一次，未送医。",
        "actions": "联系村医上门，提醒照料人夜间陪护。",
        "refer_to": "health",
        "refer_note": "请卫生院上门看左腿。",
        "risk_level": "high",
        "follow_up_on": "2026-11-28",
        "follow_up_note": "看能否下床。",
        "leads": "illness",
        "leads_note": "买药每月自付 300 元左右。",
    },
}
SELF_CARE_ASSESSMENT: Answers = {
    "subject": _subject("单富贵", "1952-10-01", "1"),
    "assessment": {
        "assessment_type": "change",
        "occurred_on": "2026-11-20",
        "change_reported_on": "2026-11-12",
        "assessor_1": "李翀",
        "assessor_2": "赵敏",
        "other_assessors": "村医 孙强",
    },
    "abilities": {"eating": "can", "dressing": "can", "bed": "cannot", "toilet": "cannot", "moving": "can", "bathing": "cannot"},
    "conclusion": {"final_level": "partial", "evidence": "住院病历；现场查看。"},
    "opinions": {
        "township_opinion": "同意评估结论。",
        "township_on": "2026-11-21",
        "county_opinion": "同意，自下月起按半护理执行。",
        "county_on": "2026-11-23",
    },
}

CARE_LOG: Answers = {
    "subject": _subject("单富贵", "1952-10-01", "1"),
    "care": {
        "occurred_on": "2026-11-23",
        "carer": "单志国",
        "start_time": "08:00:00.000+08:00",
        "end_time": "10:30:00.000+08:00",
        "services": "cook clean medicine",
        "other_service": "换煤球",
        "hospital_days": "0",
        "abnormal": "yes",
        "abnormal_note": "腿肿，已联系村医来看。",
    },
}

CARE_AGREEMENT: Answers = {
    "subject": _subject("单富贵", "1952-10-01", "1"),
    "party_a": {"township": "桃园镇人民政府", "township_agent": "张慧敏", "township_phone": "0538-8330001"},
    "party_b": {
        "carer_name": "单志国",
        "carer_id_no": id_number("1968-03-03", "1"),
        "carer_relation": "侄子",
        "carer_phone": "13405387777",
        "carer_health": "good",
    },
    "guardian": {"guardian_name": "单志国", "guardian_phone": "13405387777"},
    "terms": {
        "agreement_no": "ZL-2026-008",
        "occurred_on": "2026-11-20",
        "start_on": "2026-12-01",
        "end_on": "2027-11-30",
        "care_level": "partial",
        "service_frequency": "每天一次",
        "services": "cook laundry clean medicine",
        "other_service": "代缴电费",
        "fee": "280.00",
        "payment": "按月打入一卡通",
        "assessment_terms": "每月由村级探视责任人考核一次。",
        "breach_terms": "连续三次未上门的，扣减当月费用。",
        "termination_terms": "任何一方提前三十天告知可解除。",
    },
    "watch": {"village_visitor": "李翀", "visits_per_month": "2"},
}

ENTRUSTED_CARE_AGREEMENT: Answers = {
    "subject": {
        "person_id": PERSON_ID,
        "person_id_no": id_number("2014-03-18", "1"),
        "village_code": "370902001201",
        "person_name": "王𬱖垚",
        "person_sex": "1",
        "person_birth_date": "2014-03-18",
        "village_name": "石头寨村",
        "school": "石头寨完全小学五（2）班",
    },
    "principals": {
        "father_name": "王德昌",
        "father_place": "浙江省温州市",
        "father_phone": "13905382206",
        "mother_name": "杨娿芬",
        "mother_place": "浙江省温州市",
        "mother_phone": "15005387731",
        "reason": "夫妻均在外务工，无法在家照护。",
    },
    "trustee": {
        "trustee_name": "王昌喆",
        "trustee_id_no": id_number("1958-05-09", "1"),
        "trustee_relation": "祖父",
        "trustee_phone": "13705380918",
        "trustee_address": "石头寨村四组17号",
        "trustee_health": "good",
        "lives_together": "yes",
        "trustee_capable": "yes",
    },
    "bars": {"bar_harm": "no", "bar_addiction": "no", "bar_neglect": "no", "bar_other": "no"},
    "terms": {
        "agreement_no": "WT-2026-017",
        "occurred_on": "2026-11-20",
        "start_on": "2026-12-01",
        "end_on": "2027-11-30",
        "living_cost": "600",
        "contact_per_week": "2",
        "medical_authority": "祖父可签字，费用由父亲承担。",
        "emergency_name": "王德才",
        "emergency_phone": "13905380000",
        "child_view": "“我想和爷爷住，周末想跟妈妈视频。”",
        "school_told_on": "2026-11-21",
        "village_told_on": "2026-11-21",
    },
}

MANDATORY_REPORT: Answers = {
    "situation_section": {**VILLAGE, "occurred_on": "2026-11-23", "occurred_at": "16:05:00.000+08:00", "situation": "s4 s6"},
    "child": {
        "person_name": "某某",
        "person_sex": "2",
        "stated_age": "9",
        "village_name": "石头寨村",
        "school": "石头寨完全小学",
        "guardian": "不详",
    },
    "facts": {
        "place": "村卫生室",
        "finder": "村医 孙强 13805389999",
        "facts": "手臂、后背多处淤青，孩子说“不听话就挨打”。",
        "suspect": "不详",
        "suspect_relation": "共同生活的亲属",
        "measures": "已送镇卫生院检查，由村妇联主席陪护。",
    },
    "reporting": {
        "police_called": "yes",
        "police_called_at": "2026-11-23T16:10:00.000+08:00",
        "agency": "桃园派出所",
        "officer": "赵警官",
        "receipt_no": "TY20261123-05",
        "received_at": "2026-11-23T16:40:00.000+08:00",
        "also_told": "village township civil_affairs",
        "visitor": "李翀",
        "reporter_phone": "13805381234",
        "follow_up_note": "需要临时监护安排。",
    },
}

GUARDIANSHIP_ASSESSMENT: Answers = {
    "subject": _subject("王𬱖垚", "2014-03-18", "1"),
    "assessment": {"occurred_on": "2026-11-20", "guardian_name": "王昌喆", "visitor": "李翀", "companion": "赵敏"},
    "domain_1": {"a_health": "a_health_2", "a_time": "a_time_1", "a_habits": "a_habits_1"},
    "domain_2": {"b_food": "b_food_1", "b_medical": "b_medical_2", "b_school": "b_school_1", "b_safety": "b_safety_2"},
    "domain_3": {"c_bond": "c_bond_1", "c_discipline": "c_discipline_2", "c_home": "c_home_2"},
    "conclusion": {
        "final_band": "weak",
        "advice": "安排邻里看护。",
        "report_required": "no",
        "follow_up_on": "2027-05-20",
    },
}


def _checklist(period: str) -> Answers:
    return {**VILLAGE, "village_name": "石头寨村", "visitor": "李翀", "period": period, "occurred_on": "2026-11-24"}


_TAIL = {"problems": "需要一份防溺水宣传画。", "told_village_on": "2026-11-24", "told_supervisor_on": "2026-11-24"}

CHECKLIST_MONTHLY: Answers = {
    "head": _checklist("2026-11"),
    "visits": {"visits_due": "12", "visits_done": "11", "visits_missed": "王某：随父母外出探亲，下周补访。"},
    "changes": {
        "children_new": "1",
        "children_lost": "0",
        "changes_note": "新增张某，父母本月外出。",
        "contact_changes": "done",
        "contact_changes_note": "更新电话3个。",
        "school_changes": "done",
    },
    "scan": {
        "scan_alone": "0",
        "scan_missing": "0",
        "scan_dropped_out": "1",
        "scan_no_hukou": "0",
        "scan_note": "赵某辍学，已联系学校劝返。",
    },
    "tail": _TAIL,
}

CHECKLIST_QUARTERLY: Answers = {
    "head": _checklist("2026Q4"),
    "verify": {"carers": "done", "agreements": "partly", "agreements_note": "两份待家长回来补签。", "workplaces": "done", "roster": "done"},
    "talk": {"safety_talk": "done", "safety_talk_on": "2026-11-15", "safety_talk_people": "36", "safety_talk_topic": "冬季用火用电安全"},
    "tail": _TAIL,
}

CHECKLIST_HALF_YEARLY: Answers = {
    "head": {**_checklist("2026-09"), "occurred_on": "2026-09-30"},
    "risk": {
        "reassessed": "done",
        "risk_high": "2",
        "risk_medium": "5",
        "risk_low": "19",
        "risk_changed": "3",
        "risk_note": "周某升为高风险，每周走访。",
    },
    "tail": {**_TAIL, "told_village_on": "2026-09-30", "told_supervisor_on": "2026-09-30"},
}

CHECKLIST_YEARLY: Answers = {
    "head": _checklist("2026"),
    "tasks": {"winter_visits": "done", "summer_drowning": "done", "full_scan": "partly", "full_scan_note": "两个自然村待复核。"},
    "training": {"training_hours": "24.5", "training_topics": "强制报告、走访技巧"},
    "leaving": {"reaching_16": "2", "reaching_18": "1", "leaving_note": "与镇人社所对接技能培训。"},
    "tail": _TAIL,
}

SUPERVISOR_SPOT_CHECK: Answers = {
    "head": {
        **VILLAGE,
        "person_id": PERSON_ID,
        "occurred_on": "2026-11-24",
        "village_name": "石头寨村",
        "checked_worker": "李翀",
        "visitor": "张慧敏",
        "person_name": "王𬱖垚",
        "record_no": "370902-20261123-0042",
        "check_mode": "revisit",
    },
    "items": {
        "check_real": "yes",
        "check_timely": "yes",
        "check_complete": "partly",
        "check_complete_note": "没有写父母最近联系日期。",
        "check_risk": "yes",
        "check_followed": "no",
        "check_followed_note": "池塘护栏未跟进。",
        "check_safe": "yes",
    },
    "result_section": {"result": "mend", "follow_up_on": "2026-12-05", "problems": "十日内跟进池塘护栏。"},
}

CASE_ACTIVITY: Answers = {
    "subject": _subject("王𬱖垚", "2014-03-18", "1"),
    "session": {
        "occurred_on": "2026-11-22",
        "session_no": "3",
        "start_time": "14:00:00.000+08:00",
        "end_time": "15:00:00.000+08:00",
        "session_mode": "home",
        "visitor": "赵敏",
    },
    "work": {
        "goal": "陪孩子整理对祖母的思念。",
        "process": "一起看照片、画全家福，孩子说出最想念的事。",
        "change": "能主动说话，情绪平稳。",
        "reflection": "下次请祖父一起参加。",
    },
    "next": {
        "case_stage": "serve",
        "refer_to": "none",
        "follow_up_on": "2026-12-06",
        "follow_up_note": "祖孙一起做手工。",
    },
}

_ATTENDANCE = {"count_children": "12", "count_women": "3", "count_elders": "2", "count_others": "1", "volunteers": "4"}

GROUP_ACTIVITY: Answers = {
    "head": {
        **VILLAGE,
        "activity_name": "“小当家”自护小组",
        "occurred_on": "2026-11-21",
        "village_name": "石头寨村",
        "place": "儿童之家",
        "start_time": "09:00:00.000+08:00",
        "end_time": "10:30:00.000+08:00",
        "visitor": "赵敏",
        "companion": "李翀",
        "session_no": "2",
        "session_total": "6",
    },
    "people_section": _ATTENDANCE,
    "work": {
        "goal": "认识家中的危险。",
        "process": "找一找、画一画、情景表演。",
        "dynamics": "大孩子会带小孩子。",
        "evaluation": "能说出五处危险。",
        "follow_up_on": "2026-11-28",
        "follow_up_note": "王某参与少，下节多鼓励。",
    },
}

COMMUNITY_ACTIVITY: Answers = {
    "head": {
        **VILLAGE,
        "activity_name": "“爱心厨房”邻里节",
        "occurred_on": "2026-11-14",
        "village_name": "石头寨村",
        "place": "村文化广场",
        "start_time": "09:30:00.000+08:00",
        "end_time": "12:00:00.000+08:00",
        "visitor": "赵敏",
        "companion": "村志愿队",
        "partners": "镇卫生院",
        "cost": "860.50",
    },
    "people_section": _ATTENDANCE,
    "work": {
        "goal": "让留守老人儿童与邻里熟悉起来。",
        "process": "包饺子、量血压、讲安全。",
        "evaluation": "老人反映热闹，愿意再来。",
        "problems": "椅子不够，下次提前借。",
    },
}

VISIT_FOLLOW_UP: Answers = {
    "subject": _subject("王𬱖垚", "2014-03-18", "1"),
    "origin": {"origin_record": "370902-20261110-0042", "stage": "support", "matter": "房后池塘无护栏。"},
    "visit": _when(reached="yes", interviewee="王昌喆，祖父", actions="与村委会一起装上护栏和警示牌。"),
    "outcome_section": {
        "outcome": "continue",
        "outcome_note": "护栏已装，情绪问题继续跟进。",
        "risk_level": "medium",
        "follow_up_on": "2026-12-20",
        "report_required": "no",
    },
}

EXAMPLES: Mapping[str, Answers] = {
    "left_behind_child_registration": LEFT_BEHIND_CHILD_REGISTRATION,
    "left_behind_child_visit": LEFT_BEHIND_CHILD_VISIT,
    "left_behind_woman_registration": LEFT_BEHIND_WOMAN_REGISTRATION,
    "left_behind_woman_visit": LEFT_BEHIND_WOMAN_VISIT,
    "left_behind_elder_registration": LEFT_BEHIND_ELDER_REGISTRATION,
    "left_behind_elder_visit": LEFT_BEHIND_ELDER_VISIT,
    "child_in_difficulty_registration": CHILD_IN_DIFFICULTY_REGISTRATION,
    "extreme_poverty_registration": EXTREME_POVERTY_REGISTRATION,
    "extreme_poverty_visit": EXTREME_POVERTY_VISIT,
    "self_care_assessment": SELF_CARE_ASSESSMENT,
    "care_log": CARE_LOG,
    "care_agreement": CARE_AGREEMENT,
    "entrusted_care_agreement": ENTRUSTED_CARE_AGREEMENT,
    "mandatory_report": MANDATORY_REPORT,
    "guardianship_assessment": GUARDIANSHIP_ASSESSMENT,
    "checklist_monthly": CHECKLIST_MONTHLY,
    "checklist_quarterly": CHECKLIST_QUARTERLY,
    "checklist_half_yearly": CHECKLIST_HALF_YEARLY,
    "checklist_yearly": CHECKLIST_YEARLY,
    "supervisor_spot_check": SUPERVISOR_SPOT_CHECK,
    "case_activity": CASE_ACTIVITY,
    "group_activity": GROUP_ACTIVITY,
    "community_activity": COMMUNITY_ACTIVITY,
    "visit_follow_up": VISIT_FOLLOW_UP,
}

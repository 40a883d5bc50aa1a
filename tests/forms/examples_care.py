"""Filled examples of the forms of 特困 care, entrusted care, mandatory reports and guardianship."""

from __future__ import annotations

from tests.forms.example_parts import PERSON_ID, VILLAGE, Answers, filing, id_number, person, subject, when

EXTREME_POVERTY_REGISTRATION: Answers = {
    "identity": person("单富贵", "1952-10-01", "1"),
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
    "filing": filing(risk_level="medium"),
}

EXTREME_POVERTY_VISIT: Answers = {
    "subject": subject("逄德才", "1951-05-09", "1"),
    "visit": when(reached="yes", interviewee="本人、照料人逄立春"),
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
    "subject": subject("单富贵", "1952-10-01", "1"),
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
    "subject": subject("单富贵", "1952-10-01", "1"),
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
    "subject": subject("单富贵", "1952-10-01", "1"),
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
    "subject": subject("王𬱖垚", "2014-03-18", "1"),
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

"""Filled examples of the forms of 留守儿童, 留守妇女, 留守老年人 and 困境儿童."""

from __future__ import annotations

from tests.forms.example_parts import Answers, filing, id_number, person, subject, when

LEFT_BEHIND_CHILD_REGISTRATION: Answers = {
    "identity": person("王𬱖垚", "2014-03-18", "1"),
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
    "filing": filing(risk_level="medium"),
}

LEFT_BEHIND_CHILD_VISIT: Answers = {
    "subject": subject("王𬱖垚", "2014-03-18", "1"),
    "visit": when(reached="yes", saw_child="yes", saw_carer="yes", interviewee="王昌喆，祖父"),
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
    "identity": person("欧阳㛃雯", "1990-06-15", "2"),
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
    "filing": filing(risk_level="low"),
}

LEFT_BEHIND_WOMAN_VISIT: Answers = {
    "subject": subject("欧阳㛃雯", "1990-06-15", "2"),
    "visit": when(reached="yes", husband_kin_present="no"),
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
    "identity": person("亓兰芳", "1944-02-29", "2"),
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
    "filing": filing(risk_level="medium"),
}

LEFT_BEHIND_ELDER_VISIT: Answers = {
    "subject": subject("亓兰芳", "1944-02-29", "2"),
    "visit": when(reached="yes", interviewee="本人"),
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
    "identity": person("诸葛犇犇", "2012-09-05", "1"),
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
    "filing": filing(risk_level="high"),
}

"""Filled examples of the checklists, the spot check, the activities and the follow-up."""

from __future__ import annotations

from tests.forms.example_parts import PERSON_ID, VILLAGE, Answers, subject, when


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
    "subject": subject("王𬱖垚", "2014-03-18", "1"),
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
    "subject": subject("王𬱖垚", "2014-03-18", "1"),
    "origin": {"origin_record": "370902-20261110-0042", "stage": "support", "matter": "房后池塘无护栏。"},
    "visit": when(reached="yes", interviewee="王昌喆，祖父", actions="与村委会一起装上护栏和警示牌。"),
    "outcome_section": {
        "outcome": "continue",
        "outcome_note": "护栏已装，情绪问题继续跟进。",
        "risk_level": "medium",
        "follow_up_on": "2026-12-20",
        "report_required": "no",
    },
}

"""Made-up rows for every report, and filled documents; all people are invented."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from forms import catalog
from forms.xform_reader import read_form
from forms.xlsform import convert
from forms.xlsform_markdown import read_markdown
from mzdesk.clock import BEIJING
from mzdesk.reports.declared.care import AssessmentRow, CareRow, PaymentRow
from mzdesk.reports.declared.duties import BatchRow, DutyRow, IndicatorRow, MandatoryRow
from mzdesk.reports.declared.rosters import ExitRow, OverdueRow, RosterRow
from mzdesk.reports.declared.visits import MonthPoint, VisitRow
from mzdesk.reports.document import Document, Place
from mzdesk.reports.register import Context
from tests.forms.example_parts import CLOCK, PERSON_ID, id_number
from tests.forms.examples import EXAMPLES

PRINTED_AT = datetime(2026, 12, 1, 9, 12, tzinfo=BEIJING)
DIGEST = "ba10a282c9c6d7010000000000000000"
VILLAGES = ["石头寨村", "新田村", "大坪村", "下㙍村", "龘泉村", "马鞍山村", "水井湾村", "高坡村", "岩脚村", "犀牛洞村"]
VILLAGES += ["干河村", "坝子村", "青杠林村", "新田社区", "桥头村", "㼆家冲村"]
NAMES = ["王𬱖垚", "李㛃", "陈堃", "杨翀", "䶮志强", "单富贵", "亓兰芳", "欧阳玉珍", "赵𠀀", "韦㼆", "阿依古丽·买买提"]
# Unified ideographs and their extensions A to F: first and last.
IDEOGRAPHS = (
    (0x4E00, 0x9FA5),
    (0x3400, 0x4DB5),
    (0x20000, 0x2A6D6),
    (0x2A700, 0x2B734),
    (0x2B740, 0x2B81D),
    (0x2B820, 0x2CEA1),
    (0x2CEB0, 0x2EBE0),
)
NOTES = ("1名儿童祖父住院，临时监护由伯父承担，已签委托书。", "池塘护栏已加装；心理社工已介入王𬱖垚。", "", "通村道路塌方，12月2日后补访。")


def context(**more: Any) -> Context:
    """The circumstances of a print."""
    usual: dict[str, Any] = {
        "station": "省庄镇社会工作服务站",
        "place": "省庄镇",
        "period": "2026年11月1日至11月30日",
        "month": "2026年11月",
        "number": "YB-370902-108-202611",
        "printed_by": "李翀",
        "printed_at": PRINTED_AT,
    }
    return Context(**{**usual, **more})


def document(form_id: str, **more: Any) -> Document:
    """The example of a form as a document."""
    usual: dict[str, Any] = {
        "answers": EXAMPLES[form_id],
        "header": Place("泰山区", "省庄镇", "石头寨村"),
        "number": "LSET-370902-2026-1124-0042",
        "record_id": PERSON_ID,
        "digest": DIGEST,
        "station": "省庄镇社会工作服务站",
        "printed_by": "李翀",
        "printed_at": CLOCK,
    }
    return Document(catalog.get(form_id), **{**usual, **more})


GOLDEN_FORM = """
| survey |
| | type | name | label | appearance | relevant |
| | begin_group | subject | 一、儿童信息 | w4 | |
| | text | person_name | 姓名 | w1 | |
| | select_one sex | person_sex | 性别 | w1 minimal | |
| | integer | age | 年龄（周岁） | w1 | |
| | text | village_name | 所在村（居） | w1 | |
| | text | id_no | 公民身份号码 | w2 | |
| | text | phone | 联系电话 | w2 | |
| | end_group | | | | |
| | begin_group | visit | 二、走访情况 | w4 | |
| | date | occurred_on | 走访日期 | w1 | |
| | time | occurred_at | 走访时间 | w1 | |
| | select_one mode | contact_mode | 走访方式 | w2 | |
| | select_one grade | care | 监护照料 | w2 likert | |
| | text | care_note | 情况说明 | w2 | |
| | select_one grade | health | 健康 | w2 likert | |
| | text | health_note | 情况说明 | w2 | |
| | begin_repeat | parents | 父母情况 | | |
| | text | name | 姓名 | | |
| | text | place | 务工地 | | |
| | text | parent_phone | 电话 | | |
| | end_repeat | | | | |
| | text | story | 走访情况记录 | w4 multiline | |
| | end_group | | | | |
| | image | visitor_signature | 走访人签字 | w2 signature | |
| | image | person_signature | 受访人签字 | w2 signature | |
| choices |
| | list_name | name | label |
| | sex | 1 | 男 |
| | sex | 2 | 女 |
| | mode | home | 入户 |
| | mode | phone | 电话 |
| | mode | video | 视频 |
| | mode | school | 学校见面 |
| | grade | good | 好 |
| | grade | fair | 一般 |
| | grade | poor | 差 |
| settings |
| | form_title | form_id | version | style | attribute::kind | attribute::groups |
| | 农村留守儿童走访记录表 | golden | 1 | theme-grid | visit | left_behind_child |
"""
STORY = (
    "6月13日下午，儿童主任李翀、镇儿童督导员陈堃到王𬱖垚家中走访。家中有祖父王昌喆一人照看，祖母去年病故。孩子放学后通常先做作业，"
    "再帮祖父喂猪、做晚饭；晚上多在手机上看短视频，约1.5—2小时（手机为母亲留下的旧手机）。\n孩子说：“爸爸过年才回来，妈妈打电话时我不知道说什么。”"
    "谈到学校生活，他表示喜欢体育课、不喜欢住校；2025年度已参保（参保号：GZ-5204-2025-00917734）。"
)


def golden_document(**more: Any) -> Document:
    """A document whose form belongs to the tests, so that its picture changes only with the typesetting."""
    form = read_form(convert(read_markdown(GOLDEN_FORM)).xml)
    subject = {"person_name": "王𬱖垚", "person_sex": "1", "age": "12", "village_name": "石头寨村"}
    subject |= {"id_no": id_number("2014-03-18", "1"), "phone": "13805380001"}
    visit = {"occurred_on": "2026-06-13", "occurred_at": "16:20:00.000+08:00", "contact_mode": "home", "care": "fair", "health": "good"}
    parents = [
        {"name": "王德昌", "place": "浙江省温州市", "parent_phone": "13912342206"},
        {"name": "杨㛃芬", "place": "", "parent_phone": ""},
    ]
    answers = {"subject": subject, "visit": {**visit, "care_note": "祖父下地时无人照看。", "parents": parents, "story": STORY}}
    base = document("left_behind_child_visit")
    return replace(base, form=form, answers=answers, **more)


def visit_rows(count: int, seed: int = 4) -> list[VisitRow]:
    """A township's month whose identities hold."""
    dice = random.Random(seed)
    rows = []
    for index in range(count):
        high, medium, low = dice.choice((0, 0, 1, 2)), dice.randint(2, 7), dice.randint(6, 33)
        due = high * 4 + medium + low // 3
        overdue = min(dice.choice((0, 0, 0, 1, 2, 4)), due)
        home, phone, video, school = due - overdue, dice.randint(0, 3), dice.choice((0, 0, 1)), dice.choice((0, 0, 0, 2))
        name = VILLAGES[index % len(VILLAGES)]
        rows.append(
            VisitRow(
                name=name if index < len(VILLAGES) else f"{name}{index}",
                enrolled=high + medium + low,
                high=high,
                medium=medium,
                low=low,
                due=due,
                visited=due - overdue,
                overdue=overdue,
                visits=home + phone + video + school,
                home=home,
                phone=phone,
                video=video,
                school=school,
                unreached=dice.choice((0, 0, 1)),
                problems=dice.choice((0, 1, 2)),
                reports=dice.choice((0, 0, 0, 1)),
                referred=dice.choice((0, 0, 1)),
                closed=dice.choice((0, 1)),
                remark=dice.choice(NOTES),
                behind={"overdue": tuple(f"{index}-{number}" for number in range(overdue))},
            )
        )
    return rows


def months() -> list[MonthPoint]:
    """Half a year."""
    return [
        MonthPoint(f"{6 + n}月", due, due - gap)
        for n, (due, gap) in enumerate(((151, 12), (148, 28), (160, 5), (166, 6), (170, 12), (226, 31)))
    ]


def roster_rows(count: int) -> list[RosterRow]:
    """A roster with rare names."""
    dice = random.Random(7)
    rows = []
    for index in range(count):
        sex = dice.choice("12")
        born = date(2012, 1, 1) + timedelta(days=dice.randint(0, 4000))
        rows.append(
            RosterRow(
                VILLAGES[index % len(VILLAGES)],
                NAMES[index % len(NAMES)],
                "男" if sex == "1" else "女",
                2026 - born.year,
                id_number(born.isoformat(), sex, 10 + index % 89),
                dice.choice(("王昌喆", "杨㛃芬", "李桂兰")),
                f"138{dice.randint(10**7, 10**8 - 1)}",
                dice.choice("高中低"),
                date(2026, 11, dice.randint(1, 30)),
                dice.choice(("", "随祖父母居住", "父亲11月返乡，拟退出；母亲仍在浙江省温州市务工")),
            )
        )
    return rows


def rows_of(key: str) -> Sequence[Any]:
    """Rows for a report of the catalog."""
    return _ROWS[key]()


_ROWS: dict[str, Callable[[], Sequence[Any]]] = {
    "roster": lambda: roster_rows(45),
    "visits_township": lambda: visit_rows(16),
    "visits_village": lambda: visit_rows(3),
    "overdue": lambda: [
        OverdueRow("石头寨村", name, "农村留守儿童", "中", date(2026, 11, 1), 29, date(2026, 10, 2), 1, "李翀", "已约12月2日补访")
        for name in NAMES
    ],
    "care_ledger": lambda: [
        CareRow("石头寨村", "单富贵", "分散", "半护理", "单志国", date(2027, 11, 30), 30, 28, 0, "11月12日跌倒，已送医"),
        CareRow("省庄镇敬老院", "䶮志强", "集中", "全护理", "护理一组", None, 90, 90, 3),
    ],
    "assessment_summary": lambda: [
        AssessmentRow("石头寨村", 12, 11, 6, 3, 2, 1, 0, 1, "1人住院，出院后评估"),
        AssessmentRow("新田村", 4, 4, 4, 0, 0, 0, 0, 0),
    ],
    "payments": lambda: [
        PaymentRow("石头寨村", "单富贵", id_number("1952-03-04", "1"), "分散", "半护理", 76000, 28000, 104000, "0919"),
        PaymentRow("石头寨村", "赵𠀀", id_number("1949-08-21", "2"), "分散", "全自理", 76000, 16500, 92500, "2207", "11月新增"),
    ],
    "mandatory_register": lambda: [
        MandatoryRow(
            "BG-2026-003",
            "4 多处损伤，疑似家暴",
            "某某（9岁，女）",
            "11月23日16时05分",
            "村医孙强",
            "11月23日16时10分",
            "11月23日16时30分",
            "桃园派出所 赵警官",
            "TY20261123-05",
            "已立案",
        )
    ],
    "director_duties": lambda: [
        DutyRow("按期走访", 11, 12, 12, 11, 12, 12, 10, 12, 12, 12, 11, 0, 127, 144),
        DutyRow("参加培训（学时）", 0, 0, 8, 0, 0, 8, 0, 0, 8, 0, 0, 0, 24, 24, "参训率100%"),
    ],
    "exit_notice": lambda: [
        ExitRow("石头寨村", "单富贵", "分散供养", "自愿申请退出", date(2026, 12, 1)),
        ExitRow("新田村", "赵𠀀", "分散供养", "死亡", date(2026, 12, 1)),
    ],
    "batch_slip": lambda: [
        BatchRow(
            "B-0007", date(2026, 11, 24), "优盘", 42, 40, 2, 0, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "李翀"
        )
    ],
    "plan_indicators": lambda: [
        IndicatorRow("有集中供养意愿的特困人员集中供养率", "已集中供养", 7, "有集中供养意愿", 7, "100%", "是", "规划表1"),
        IndicatorRow("生活不能自理特困人员集中供养率", "已集中供养", 5, "生活不能自理", 9, "60%", "否", "规划表1"),
        IndicatorRow("儿童主任参训率", "已参训", 0, "在册儿童主任", 0, "100%", "—", "规划表1"),
    ],
}

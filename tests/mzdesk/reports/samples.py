"""Made-up rows for every report, and filled documents; all people are invented."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from forms import catalog
from mzdesk.clock import BEIJING
from mzdesk.reports.declared.care import AssessmentRow, CareRow, PaymentRow
from mzdesk.reports.declared.duties import BatchRow, DutyRow, IndicatorRow, MandatoryRow
from mzdesk.reports.declared.rosters import ExitRow, OverdueRow, RosterRow
from mzdesk.reports.declared.visits import MonthPoint, VisitRow
from mzdesk.reports.document import Document, Place
from mzdesk.reports.register import Context
from tests.forms.examples import CLOCK, EXAMPLES, PERSON_ID, id_number

PRINTED_AT = datetime(2026, 12, 1, 9, 12, tzinfo=BEIJING)
DIGEST = "ba10a282c9c6d7010000000000000000"
VILLAGES = ["石头寨村", "新田村", "大坪村", "下㙍村", "龘泉村", "马鞍山村", "水井湾村", "高坡村", "岩脚村", "犀牛洞村"]
VILLAGES += ["干河村", "坝子村", "青杠林村", "新田社区", "桥头村", "㼆家冲村"]
NAMES = ["王𬱖垚", "李㛃", "陈堃", "杨翀", "䶮志强", "单富贵", "亓兰芳", "欧阳玉珍", "赵𠀀", "韦㼆", "阿依古丽·买买提"]
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

"""Paper: a thousand one-page visit records in one file, against plain reportlab platypus and, where it is installed, typst.

`uv run --with typst python -m tests.benchmarks paper` measures typst too; it is no dependency of the product. All print the same fields,
the same ~450 characters of text and the same face; ours alone keeps the Chinese line-breaking rules, codes every record and embeds PDF/A.
"""

from __future__ import annotations

import importlib
import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from forms.xform import Form
from forms.xform_reader import read_form
from forms.xlsform import convert
from forms.xlsform_markdown import read_markdown
from mzdesk.clock import BEIJING
from mzdesk.reports.declared.visits import TOWNSHIP_MONTH, VisitRow, visit_trends
from mzdesk.reports.document import Document, Place
from mzdesk.reports.documents import render, render_batch
from mzdesk.reports.fonts import FACE_FILES, FONT_FOLDER
from mzdesk.reports.preview import page_sizes
from mzdesk.reports.register import Context, fill
from mzdesk.reports.register_pdf import print_register

RECORDS = 1000
PRINTED_AT = datetime(2026, 11, 24, 10, 30, tzinfo=BEIJING)
FORM = """
| survey |
| | type | name | label | appearance |
| | text | person_name | 姓名 | w2 |
| | text | person_sex | 性别 | w2 |
| | date | birth | 出生日期 | w2 |
| | text | id_no | 身份证号 | w2 |
| | text | village | 村（居） | w2 |
| | text | phone | 联系电话 | w2 |
| | text | category | 对象类别 | w2 |
| | date | occurred_on | 走访日期 | w2 |
| | text | visitor | 走访人 | w2 |
| | text | contact_mode | 走访方式 | w2 |
| | text | duration | 时长 | w2 |
| | text | risk | 风险等级 | w2 |
| | text | body | 走访情况 | w4 multiline |
| | text | plan | 下一步计划 | w4 multiline |
| | image | visitor_signature | 走访人签字 | w2 signature |
| | image | person_signature | 服务对象签字 | w2 signature |
| settings |
| | form_title | form_id | version | style | attribute::kind | attribute::print |
| | 走访记录表 | bench_visit | 1 | theme-grid | visit | no |
"""
SENTENCES = (
    "上门走访了解老人近期身体状况，血压偏高已提醒按时服药，协助联系村卫生室复查",
    "与监护人沟通孩子学习情况，作业完成较好，情绪稳定，建议周末参加社工站兴趣小组",
    "核实家庭收入变化，子女外出务工，月均收入约一千二百元，低保金按时到账，无新增困难",
    "房屋漏雨已上报民政办，协调村委会安排修缮，预计下周完工将持续跟进",
    "链接爱心企业捐赠冬衣两套棉被一床，已签收，服务对象表示感谢",
    "门前道路湿滑，存在跌倒隐患，建议安装扶手与防滑垫",
    "孙辈就读镇中心小学五年级，成绩中等偏上",
    "厨房煤气软管老化，现场协助更换并讲解用电用气安全知识",
    "自述夜间咳嗽、睡眠差，已预约县人民医院呼吸内科",
    "申请材料尚缺银行流水与残疾证复印件，约定2026年12月15日前补交",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "翀堃昊宇晨曦雨桐子轩梓涵浩然欣怡俊杰诗涵思远嘉怡建国秀英桂兰志强玉珍德昌芬喆垚淼鑫"


def make_records(count: int) -> list[dict[str, str]]:
    """Made-up visits: varied names, numbers and about 450 characters of text each."""
    dice = random.Random(11)
    return [make_record(dice, index) for index in range(count)]


def make_record(dice: random.Random, index: int) -> dict[str, str]:
    """One visit."""
    day = f"{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
    return {
        "person_name": dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, 2)),
        "person_sex": dice.choice("男女"),
        "birth": f"2014-{day}",
        "id_no": f"3709022014{day.replace('-', '')}{dice.randint(1000, 9999)}",
        "village": dice.choice(("石头寨村", "新田村", "大坪村", "马鞍山村")),
        "phone": f"138{dice.randint(10**7, 10**8 - 1)}",
        "category": "留守儿童",
        "occurred_on": f"2026-05-{index % 28 + 1:02d}",
        "visitor": "李翀",
        "contact_mode": "入户",
        "duration": "45分钟",
        "risk": dice.choice("高中低"),
        "body": "。".join(dice.choices(SENTENCES, k=10)) + "。",
        "plan": "。".join(dice.choices(SENTENCES, k=4)) + "。",
    }


def make_form() -> Form:
    """The benchmark's form, converted as a county's would be."""
    return read_form(convert(read_markdown(FORM)).xml)


def make_documents(form: Form, records: list[dict[str, str]]) -> list[Document]:
    """What the desk hands to the reports."""
    return [
        Document(
            form,
            record,
            Place("泰山区", "省庄镇", record["village"]),
            number=f"LSET-370902-2026-{index:05d}",
            record_id=f"0193a1b2-7c3d-7e4f-8a5b-{index:012d}",
            digest=f"{index * 2654435761 % 2**64:016x}",
            station="省庄镇社会工作服务站",
            printed_by="李翀",
            printed_at=PRINTED_AT,
        )
        for index, record in enumerate(records)
    ]


# ---- peers ---------------------------------------------------------------------------------------------------------------------


def platypus(form: Form, records: list[dict[str, str]]) -> bytes:
    """The same page as anybody would print it with reportlab: one Table of wrapping Paragraphs (wordWrap CJK), page numbers by callback.

    It has the same fields, long texts, signature fields and remark; what it has not: line-breaking rules, codes, watermark, PDF/A, 共 y 页.
    """
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    if "peer" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("peer", str(FONT_FOLDER / FACE_FILES["SWSong"])))
    body = ParagraphStyle("b", fontName="peer", fontSize=11, leading=17, wordWrap="CJK", firstLineIndent=22)
    heading = ParagraphStyle("h", fontName="peer", fontSize=20, leading=28, alignment=1)
    small = ParagraphStyle("s", fontName="peer", fontSize=11, leading=15, wordWrap="CJK")
    spans = [("SPAN", (1, row), (3, row)) for row in (6, 7)] + [("SPAN", (column, 8), (column + 1, 8)) for column in (0, 2)]
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *spans])
    names = [question.name for question in form.questions() if question.type in ("string", "date")]
    labels = {name: plain_label(name) for name in names}
    sign = "签名：<br/><br/>　　　　　　　　　年　　月　　日"
    story: list[Any] = []
    for record in records:
        cells = [Paragraph(text, small) for name in names[:12] for text in (labels[name], record[name])]
        rows: list[list[Any]] = [cells[start : start + 4] for start in range(0, len(cells), 4)]
        rows += [[Paragraph(labels[name], small), Paragraph(record[name], body), "", ""] for name in ("body", "plan")]
        rows.append([Paragraph("走访人：<br/>" + sign, small), "", Paragraph("服务对象：<br/>" + sign, small), ""])
        place = f"县（市、区）：泰山区　　乡镇（街道）：省庄镇　　村（居）：{record['village']}"
        story += [Paragraph(form.title, heading), Paragraph(place, small)]
        story += [Table(rows, colWidths=[52, 178, 52, 178], style=grid), Spacer(1, 5)]
        story += [Paragraph("注：本表涉及个人隐私，须专柜保管，不得向无关人员提供。方框内打“√”为选中。", small), PageBreak()]

    def number(canvas: Any, _: Any) -> None:
        canvas.setFont("peer", 9)
        canvas.drawCentredString(A4[0] / 2, 34, f"第 {canvas.getPageNumber()} 页")

    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, invariant=1).build(story, onFirstPage=number, onLaterPages=number)
    return out.getvalue()


def plain_label(name: str) -> str:
    """The label of a question of the benchmark's form."""
    return next(line.split("|")[4].strip() for line in FORM.splitlines() if f"| {name} |" in line)


TYPST = """#set page(paper: "a4", margin: (x: 24mm, y: 16mm))
#set text(font: "SW Song", size: 11pt, lang: "zh", region: "cn")
#set par(leading: 0.65em, justify: true)
#let records = json("records.json")
#let labels = json("labels.json")
#for (i, r) in records.enumerate() [
  #if i > 0 { pagebreak() }
  #align(center, text(size: 20pt, "走访记录表"))
  编号：#str(i)
  #table(columns: (70pt, 165pt, 70pt, 165pt), ..labels.map(x => (x.at(1), r.at(x.at(0)))).flatten())
  走访情况：
  #par(first-line-indent: (amount: 2em, all: true), r.body)
  下一步计划：
  #par(first-line-indent: (amount: 2em, all: true), r.plan)
  走访人签字：　　　　　　服务对象签字：
]
"""


def typst_peer(form: Form, records: list[dict[str, str]], folder: Path) -> Callable[[], bytes] | None:
    """The same records in typst, None where it is not installed."""
    try:
        typst = importlib.import_module("typst")
    except ImportError:
        return None
    labels = [(question.name, plain_label(question.name)) for question in form.questions() if question.type in ("string", "date")][:12]
    (folder / "records.json").write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    (folder / "labels.json").write_text(json.dumps(labels, ensure_ascii=False), "utf-8")
    (folder / "records.typ").write_text(TYPST, "utf-8")
    fonts = [str(FONT_FOLDER)]
    return lambda: bytes(typst.compile(str(folder / "records.typ"), font_paths=fonts, ignore_system_fonts=True))


def township_month() -> bytes:
    """The month report of a township of 60 villages, filled and printed with its charts."""
    dice = random.Random(3)
    rows = [_village_month(dice, f"第{index + 1}村") for index in range(60)]
    context = Context("省庄镇社会工作服务站", "省庄镇", "2026年11月1日至11月30日", "2026年11月", "YB-1", "李翀", PRINTED_AT)
    return print_register(fill(TOWNSHIP_MONTH, rows, context, visit_trends((), rows, "11月末")))


def _village_month(dice: random.Random, name: str) -> VisitRow:
    high, medium, low, due, overdue = dice.randint(0, 3), dice.randint(2, 9), dice.randint(20, 40), dice.randint(10, 50), dice.randint(0, 5)
    return VisitRow(
        name=name,
        enrolled=high + medium + low,
        high=high,
        medium=medium,
        low=low,
        due=due,
        visited=due - overdue,
        overdue=overdue,
        visits=due,
        home=due - 4,
        phone=4,
        video=0,
        school=0,
        unreached=1,
        problems=2,
        reports=0,
        referred=1,
        closed=1,
        remark=dice.choice(("", "池塘护栏已加装；心理社工已介入。")),
    )


# ---- measuring -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timed:
    """Seconds of the best of several runs, and what came out."""

    seconds: float
    result: bytes


def best_of(runs: int, work: Callable[[], bytes]) -> Timed:
    """The fastest run: the one that the machine disturbed least."""
    best = Timed(float("inf"), b"")
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - start
        if seconds < best.seconds:
            best = Timed(seconds, result)
    return best


COLD = """
import time
from tests.benchmarks.paper import *
document = make_documents(make_form(), make_records(1))[0]
start = time.perf_counter()
render(document)
print(time.perf_counter() - start)
"""


COLD_TYPST = """
import tempfile, time
from pathlib import Path
from tests.benchmarks.paper import *
with tempfile.TemporaryDirectory() as folder:
    peer = typst_peer(make_form(), make_records(1), Path(folder))
    start = time.perf_counter()
    peer()
    print(time.perf_counter() - start)
"""


def cold_single(program: str = COLD) -> float:
    """Milliseconds for the first record of a fresh process, faces not yet open."""
    runs = [float(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout) for _ in range(3)]
    return min(runs) * 1000


def run() -> dict[str, dict[str, float]]:
    """Measure everything; figures and ratios by name."""
    form, records = make_form(), make_records(RECORDS)
    documents = make_documents(form, records)
    render_batch(documents[:20])
    platypus(form, records[:20])
    ours = best_of(3, lambda: render_batch(documents))
    theirs = best_of(2, lambda: platypus(form, records))
    single = best_of(20, lambda: render(documents[7]))
    figures = {
        "characters_per_record": sum(len(r["body"]) + len(r["plan"]) for r in records) / RECORDS,
        "pages_per_s": RECORDS / ours.seconds,
        "platypus_pages_per_s": RECORDS / theirs.seconds,
        "bytes_per_page": len(ours.result) / RECORDS,
        "platypus_bytes_per_page": len(theirs.result) / RECORDS,
        "warm_single_ms": single.seconds * 1000,
        "cold_single_ms": cold_single(),
    }
    figures["township_month_ms"] = best_of(3, township_month).seconds * 1000
    ratios = {"speed_vs_platypus": theirs.seconds / ours.seconds}
    with tempfile.TemporaryDirectory() as folder:
        peer = typst_peer(form, records, Path(folder))
        if peer is not None:
            set_by_typst = best_of(1, peer)  # a second run in one process would find everything in typst's memory
            if len(page_sizes(set_by_typst.result)) != RECORDS:
                raise RuntimeError("typst set another number of pages")
            figures["typst_pages_per_s"] = RECORDS / set_by_typst.seconds
            ratios["speed_vs_typst"] = set_by_typst.seconds / ours.seconds
            figures["typst_cold_single_ms"] = cold_single(COLD_TYPST)
            ratios["cold_single_vs_typst"] = figures["cold_single_ms"] / figures["typst_cold_single_ms"]
    for name, value in {**figures, **ratios}.items():
        print(f"{name:28} {value:12.2f}")
    return {"figures": figures, "ratios": ratios}

"""What the vault puts on paper: the signed list of a handover and the answer to a data-subject request; printing is logged."""

from __future__ import annotations

from dataclasses import dataclass

from mzdesk.registry.divisions import display_name
from mzdesk.registry.groups import GROUPS, RISKS
from mzdesk.reports.archival import Imprint
from mzdesk.reports.page import A4_PORTRAIT, Element, Furniture, Text, lay_out, print_pages
from mzdesk.reports.press import Press
from mzdesk.reports.register import Column, Context, Register, Report, fill
from mzdesk.reports.register_pdf import print_register
from mzdesk.reports.register_table import RegisterTable
from mzdesk.reports.text import TextStyle, Typesetter
from mzdesk.station import Station
from mzdesk.store import audit
from mzdesk.store import divisions as store
from mzdesk.vault.handover import HandoverList
from mzdesk.vault.subject_report import Section, SubjectReport

TITLE, HEADING = TextStyle("title", 18, 26, "center"), TextStyle("hei", 12, 18)
BODY, SMALL = TextStyle("song", 10.5, 16), TextStyle("song", 9, 13)
CONFIDENTIAL = "内部资料"
HANDOVER = Report(
    "handover",
    "个案移交清单（{period}）",
    (
        Column("序号", "serial", 6, "serial"),
        Column("村（居）", "village", 14),
        Column("姓名", "name", 12),
        Column("类别", "group", 12, align="center"),
        Column("风险", "risk", 8, align="center"),
        Column("下次走访", "next_due", 12, align="center"),
        Column("未办事项", "open_follow_ups", 9, "count", total=True),
        Column("备注", "remark", 16),
    ),
    unit="单位：人次",
    signatures=("移交人：", "接收人：", "监交人：", "日期：　　年　　月　　日"),
)
WIDTHS = {
    "内容": 44,
    "原来": 24,
    "现在": 24,
    "做了什么": 24,
    "名称": 24,
    "事项": 30,
    "编号": 19,
    "时间": 17,
    "产生": 17,
    "收到回执": 17,
    "身份证号": 19,
}


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """One line of the signed list."""

    village: str
    name: str
    group: str
    risk: str
    next_due: str
    open_follow_ups: int
    remark: str = ""


def handover_register(station: Station, listed: HandoverList) -> Register:
    """Return the list that is signed, for screen and paper."""
    with station.read() as connection:
        names = store.names(connection, listed.villages)
    lines = [
        HandoverLine(
            display_name(names.get(row.village, row.village)),
            row.name,
            GROUPS.get(row.group, row.group),
            RISKS.get(row.risk, row.risk),
            row.next_due,
            row.open_follow_ups,
        )
        for row in listed.rows
    ]
    context = Context(
        station.identity.name,
        period=listed.on,
        month=f"{listed.giver.name}移交给{listed.receiver.name}",
        number=f"清单校验码 {listed.digest[:16]}",
        printed_by=station.scope.name,
        printed_at=station.local_now(),
    )
    return fill(HANDOVER, lines, context)


def print_handover(station: Station, listed: HandoverList) -> bytes:
    """Return the list as a PDF; printing is logged."""
    pdf = print_register(handover_register(station, listed))
    _log_print(station, listed.giver.id, {"rows": len(listed.rows), "to": listed.receiver.id})
    return pdf


def print_subject_report(station: Station, report: SubjectReport) -> bytes:
    """Return the answer to a data-subject request as a PDF, a heading and a table for each kind of data; printing is logged."""
    typesetter, width = Typesetter(), A4_PORTRAIT.measure
    title = f"{report.name}的个人信息处理情况"
    made = station.local_now()
    elements: list[Element] = [
        Text(typesetter.set_balanced(title, TITLE, width), width, after=6),
        Text(typesetter.set_text(_opening(station, report), BODY, width), width, after=4),
    ]
    for section in report.sections:
        elements += _section(section, typesetter, width)
    elements.append(
        Text(
            typesetter.set_text("经办人：　　　　　　　　领取人：　　　　　　　　日期：　　　　年　　月　　日", BODY, width),
            width,
            before=18,
        )
    )
    press = Press(share=True)
    mark = f"{station.scope.name} {made:%Y-%m-%d %H:%M} {CONFIDENTIAL}"
    print_pages(press, lay_out(elements, A4_PORTRAIT), A4_PORTRAIT, Furniture("", f"打印时间：{made:%Y-%m-%d %H:%M}", "", mark))
    pdf = press.finish(Imprint(title, station.identity.name, "", made_at=made))
    _log_print(station, report.person_id, {"reason": report.reason})
    return pdf


def _opening(station: Station, report: SubjectReport) -> str:
    return (
        f"{station.identity.name}根据《中华人民共和国个人信息保护法》第四十五条，应申请提供本站保存的个人信息、报送情况和查看情况。"
        f"查询原因：{report.reason}。查询人：{report.made_by}。"
    )


def _section(section: Section, typesetter: Typesetter, width: float) -> list[Element]:
    heading = Text(typesetter.set_text(f"{section.title}（{len(section.rows)} 条）", HEADING, width), width, before=9, after=3)
    if not section.rows:
        return [heading, Text(typesetter.set_text("没有。", BODY, width), width)]
    keys = [f"c{place}" for place in range(len(section.columns))]
    columns = tuple(Column(name, key, WIDTHS.get(name, 12)) for name, key in zip(section.columns, keys, strict=True))
    rows = [_Row(dict(zip(keys, row, strict=True))) for row in section.rows]
    register = fill(Report("subject", section.title, columns), rows, Context(""))
    return [heading, RegisterTable(register, typesetter, width).table()]


class _Row:
    """A row of a section: the columns are not known before."""

    def __init__(self, values: dict[str, str]) -> None:
        self.__dict__.update(values)


def _log_print(station: Station, subject: str, detail: dict[str, object]) -> None:
    with station.write() as connection:
        audit.append(connection, station.scope, "print", subject, detail, now_ms=station.clock.now_ms())
